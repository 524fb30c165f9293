/** What happened, as alerts see it: who it is about, and what can be said of it at that moment. Pure. */
import type { Condition } from './alert.ts';
import type { Asker } from './asker.ts';
import type { HappeningBody } from './events.ts';
import { describeExit, describeSpan, type Exit } from './exit.ts';
import { type Life, pidOf } from './life.ts';
import type { Millis, ProcessSpec } from './program.ts';
import { isExpected, shouldRestart } from './restart.ts';
import { listPids } from './status.ts';

/** What can be said of something that happened, kept until it is told. */
export interface Facts {
  /** Wall clock. */
  readonly at: number;
  readonly program: string | null;
  readonly group: string | null;
  readonly process: string | null;
  readonly pid: number | null;
  /** One line without its subject: `exited with 3 after 12 s`. */
  readonly what: string;
  readonly ended: { readonly exit: Exit; readonly ranFor: Millis } | null;
  /** Sentences. */
  readonly details: readonly string[];
}

/** Something that alerts go by. `subject` is the process's name, or what of the daemon's it is. */
export type Occurrence =
  | { readonly type: 'told'; readonly condition: Condition; readonly subject: string; readonly facts: Facts }
  | {
      /** A life ended. */
      readonly type: 'ended';
      readonly subject: string;
      readonly isUnexpected: boolean;
      /** Nobody was stopping it. */
      readonly isUnasked: boolean;
      readonly facts: Facts;
    }
  /** It is RUNNING, a log can be written again, a config was taken: what was wrong is over. */
  | { readonly type: 'up'; readonly subject: string; readonly started: boolean; readonly facts: Facts }
  /** It is in a state that is not RUNNING. */
  | { readonly type: 'down'; readonly subject: string }
  | { readonly type: 'gone'; readonly subject: string }
  | { readonly type: 'renamed'; readonly subject: string; readonly to: string };

/** A process as it is after what happened. */
export interface Subject {
  readonly spec: ProcessSpec;
  readonly life: Life;
}

/** Problems of a refused config that an alert names. */
const MOST_PROBLEMS = 10;

/** The subject of what is about the config. */
export const CONFIG_SUBJECT = 'the config';

/** What alerts make of a happening, in their order; nothing of most. `at` is wall clock. */
export function occurrencesOf(happening: HappeningBody, process: Subject | undefined, at: number): Occurrence[] {
  switch (happening.type) {
    case 'process.exit':
    case 'process.state':
      return process === undefined ? [] : ofProcess(happening, process, at);
    case 'process.removed':
      return [{ type: 'gone', subject: happening.process }];
    case 'process.reconfigured':
      return happening.was === happening.process
        ? []
        : [{ type: 'renamed', subject: happening.was, to: happening.process }];
    case 'config.refused': {
      const { problems, reason } = happening;
      const more = problems.length - MOST_PROBLEMS;
      const details = [
        'Nothing was changed: what runs goes by the config from before.',
        ...problems.slice(0, MOST_PROBLEMS),
        ...(more > 0 ? [`And ${more} more.`] : []),
      ];
      return [told('reloadfailed', CONFIG_SUBJECT, about(at, `was not taken (${reason})`, details))];
    }
    case 'config.reloaded':
      return [up(CONFIG_SUBJECT, about(at, `was taken (${happening.reason})`, []))];
    case 'log.trouble': {
      const details = ['Programs run on. What they print is kept as far as there is room, then lost.'];
      return [
        told('logtrouble', logSubject(happening.path), about(at, `cannot be written: ${happening.problem}`, details)),
      ];
    }
    case 'log.restored': {
      const { path, lost } = happening;
      const details = lost > 0 ? [`${lost} bytes of it were lost.`] : ['Nothing of it was lost.'];
      return [up(logSubject(path), about(at, 'can be written again', details))];
    }
    default:
      return [];
  }
}

/** What alerts make of a line that one of them looks for. */
export function outputOccurrence(line: string, { spec, life }: Subject, at: number): Occurrence {
  const facts = { ...factsOf({ spec, life }, at), pid: pidOf(life) ?? null, what: `printed: ${line}`, details: [] };
  return told('output', spec.fullname, facts);
}

type OfProcess = Extract<HappeningBody, { type: 'process.exit' | 'process.state' }>;

function ofProcess(happening: OfProcess, { spec, life }: Subject, at: number): Occurrence[] {
  const subject = happening.process;
  const base = { ...factsOf({ spec, life }, at), pid: happening.pid };
  if (happening.type === 'process.exit') {
    const { exit, ranFor, expected, stoppedBy } = happening;
    const what = `${describeExit(exit)} after ${describeSpan(ranFor)}`;
    const facts = { ...base, what, ended: { exit, ranFor }, details: afterwards({ spec, life }, exit) };
    return [{ type: 'ended', subject, isUnexpected: !expected, isUnasked: stoppedBy === null, facts }];
  }
  const { to, reason } = happening;
  const { last } = life;
  const ended = last === undefined ? null : { exit: last.exit, ranFor: last.ranFor };
  switch (to) {
    case 'RUNNING': {
      const details = [
        ...(happening.by === null ? [] : [`It was started${byWhom(happening.by)}.`]),
        ...(life.restarts > 0 ? [`It has been started again ${times(life.restarts)} so far.`] : []),
      ];
      return [{ type: 'up', subject, started: true, facts: { ...base, what: 'is running', details } }];
    }
    case 'FATAL': {
      const details = life.failures > 1 ? [`It was tried ${times(life.failures)}. It is not tried again.`] : [];
      const facts = { ...base, pid: last?.pid ?? null, what: `gave up: ${reason ?? 'no reason'}`, ended, details };
      return [down(subject), told('fatal', subject, facts)];
    }
    case 'STOPPED':
      if (life.want === 'up') return [down(subject)]; // it is being restarted
      return [
        down(subject),
        told('stopped', subject, {
          ...base,
          pid: last?.pid ?? null,
          what: `was stopped${byWhom(happening.by)}`,
          ended,
        }),
      ];
    case 'EXITED': {
      // An end that was not expected is told as that, and one that a start follows is none.
      if (last === undefined || life.want === 'up' || !isExpected(spec, last.exit)) return [down(subject)];
      const what = `ended: it ${describeExit(last.exit)} after ${describeSpan(last.ranFor)}`;
      return [down(subject), told('stopped', subject, { ...base, pid: last.pid, what, ended })];
    }
    default:
      return [down(subject)];
  }
}

function byWhom(by: Asker | null): string {
  return by === null ? '' : ` by ${by.who}`;
}

/** What becomes of a process whose life has ended by itself. */
function afterwards({ spec, life }: Subject, exit: Exit): string[] {
  const { state } = life;
  const hint = life.last?.hint;
  const why = hint === undefined ? [] : [`${hint.charAt(0).toUpperCase()}${hint.slice(1)}.`];
  if (state.kind === 'clearing' && state.members.length > 0) {
    return [...why, `Others of its session live on (${listPids(state.members)}).`];
  }
  if (state.kind === 'fatal') return [...why, 'It is not started again.'];
  if (state.kind === 'exited' || (state.kind === 'clearing' && !shouldRestart(spec, exit) && state.manner === 'ran'))
    return [...why, `It is not started again, as autorestart is ${spec.autorestart}.`];
  if (life.want === 'down') return [...why, 'It is not started again.'];
  return [...why, 'It is started again.'];
}

function factsOf({ spec }: Subject, at: number): Omit<Facts, 'what' | 'pid'> {
  return { at, program: spec.program, group: spec.group, process: spec.fullname, ended: null, details: [] };
}

function about(at: number, what: string, details: readonly string[]): Facts {
  return { at, program: null, group: null, process: null, pid: null, what, ended: null, details };
}

function told(condition: Condition, subject: string, facts: Facts): Occurrence {
  return { type: 'told', condition, subject, facts };
}

function up(subject: string, facts: Facts): Occurrence {
  return { type: 'up', subject, started: false, facts };
}

function down(subject: string): Occurrence {
  return { type: 'down', subject };
}

function logSubject(path: string): string {
  return `the log ${path}`;
}

/** `once`, `twice`, `3 times`. */
export function times(count: number): string {
  return count === 1 ? 'once' : count === 2 ? 'twice' : `${count} times`;
}
