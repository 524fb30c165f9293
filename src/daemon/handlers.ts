import type { Asker } from '../core/asker.ts';
import { noteOf } from '../core/intent.ts';
import { pidOf } from '../core/life.ts';
import { parseSignal } from '../core/signals.ts';
import { descriptionOf, type PublicState, reasonOf, statusOf } from '../core/status.ts';
import { WireError } from '../protocol/errors.ts';
import {
  type ActionReply,
  type ActionResult,
  type DaemonInfo,
  type ProcessInfo,
  type ProcessList,
  parseReloadRequest,
  parseScaleRequest,
  parseSelectRequest,
  parseSignalRequest,
} from '../protocol/messages.ts';
import { PROTOCOL, VERSION } from '../protocol/version.ts';
import { type AlertSubject, createAlertHandlers } from './alertroutes.ts';
import { attach } from './attaching.ts';
import { sendEvents } from './eventstream.ts';
import { type Source, sendOutput } from './follow.ts';
import type { Call, Handler, Handlers, Upgrade } from './http.ts';
import type { Journal } from './journal.ts';
import type { Process } from './process.ts';
import type { Reloader } from './reloader.ts';
import {
  clearProcess,
  type RequestOptions,
  restartProcess,
  signalProcess,
  startProcess,
  stopProcesses,
} from './requests.ts';
import { sendScreen } from './screening.ts';
import type { Supervisor } from './supervisor.ts';
import type { Usage } from './usage.ts';
import { sendUsage } from './usagestream.ts';

/** What the routes are about. */
export interface Subject extends AlertSubject {
  readonly supervisor: Supervisor;
  readonly reloader: Reloader;
  /** Writes down what was decided, so that it outlives the daemon whatever comes. */
  readonly remember: () => void;
  /** What every start waits for; undefined when there is nothing. */
  readonly holdup: () => string | undefined;
  readonly journal: Journal;
  readonly usage: Usage;
  readonly log: Source;
  readonly socket: string;
  readonly logfile: () => string;
  readonly startedAt: number;
  readonly isStopping: () => boolean;
  /** Begins the orderly end. */
  readonly shutdown: (reason: string, by: Asker) => void;
}

/** One small function per route. */
export function createHandlers(subject: Subject): Handlers {
  const { supervisor, reloader, requests } = subject;
  const named = ({ name }: Call): Process => {
    const process = supervisor.find(name);
    if (!process) throw new WireError('no_such_process', `no such process: ${name}`);
    return process;
  };
  const action = (
    verb: string,
    act: (processes: readonly Process[], options: RequestOptions) => Promise<readonly ActionResult[]>,
  ): Handler => {
    return async ({ body, signal, by }) => {
      refuseWhenStopping(subject);
      const { select, wait } = parseSelectRequest(parseJson(body));
      const { selected, unknown } = supervisor.select(select);
      if (selected.length > 0) requests.asked({ verb, what: select, by });
      const acting = act(selected, { wait, signal, by });
      subject.remember();
      return reply(await acting, unknown);
    };
  };
  const each = (
    verb: string,
    act: (process: Process, options: RequestOptions) => ActionResult | Promise<ActionResult>,
  ): Handler => action(verb, (processes, options) => Promise.all(processes.map(process => act(process, options))));
  const membership = (
    verb: string,
    act: (names: readonly string[], options: RequestOptions) => Promise<readonly ActionResult[]>,
  ): Handler => {
    return async ({ body, signal, by }) => {
      refuseWhenStopping(subject);
      const { select } = parseSelectRequest(parseJson(body));
      requests.asked({ verb, what: select, by });
      return reply(await act(select, { wait: false, signal, by }), []);
    };
  };
  return {
    daemon: () => daemonInfo(subject),
    log: ({ response, query }) => sendOutput(response, subject.log, query),
    processes: ({ query, signal }): ProcessList | Promise<ProcessList> => {
      const list = (): ProcessList => {
        const selectors = query.getAll('select');
        const { selected, unknown } = supervisor.select(selectors.length > 0 ? selectors : ['all']);
        return { processes: selected.map(process => processInfo(process, subject)), unknown };
      };
      return query.get('usage') === '1' ? subject.usage.once(list, signal) : list();
    },
    process: call => processInfo(named(call), subject),
    start: each('start', startProcess),
    stop: action('stop', (processes, options) => stopProcesses(supervisor, processes, options)),
    restart: each('restart', restartProcess),
    clear: each('clear', clearProcess),
    signal: call => {
      const { select, signal: text } = parseSignalRequest(parseJson(call.body));
      const signal = parseSignal(text);
      if (!signal) throw new WireError('bad_signal', `no such signal: ${text.slice(0, 40)}`);
      const { selected, unknown } = supervisor.select(select);
      if (selected.length > 0) requests.asked({ verb: 'signal', what: [signal, ...select], by: call.by });
      return reply(
        selected.map(process => signalProcess(process, signal)),
        unknown,
      );
    },
    input: call => {
      const process = named(call);
      if (pidOf(process.current) === undefined) {
        throw new WireError('not_running', `${process.fullname} is not running (${statusOf(process.current)})`);
      }
      if (!process.type(call.body)) {
        throw new WireError(
          'input_full',
          `${process.fullname} has not read what was typed before; nothing of this was typed`,
        );
      }
      requests.asked({ verb: 'input', what: [process.fullname], bytes: call.body.length, by: call.by });
      return { accepted: call.body.length };
    },
    output: call => sendOutput(call.response, sourceOf(named(call), call.query), call.query),
    screen: call => sendScreen(onlyOne(supervisor, call.name).console, call),
    attach: () => {
      throw new WireError('upgrade_required', 'this is a WebSocket: the request must ask for an upgrade');
    },
    detach: ({ name, by }) => {
      const process = onlyOne(supervisor, name);
      requests.asked({ verb: 'detach', what: [process.fullname], by });
      return { detached: process.console.detach(`detached by ${by.who}`) };
    },
    events: call => sendEvents(call, subject),
    usage: call => sendUsage(call, { usage: subject.usage, clock: subject.clock, processes: () => supervisor.all }),
    reload: async call => {
      refuseWhenStopping(subject);
      const { dryRun, wait } = parseReloadRequest(call.body.length === 0 ? undefined : parseJson(call.body));
      if (dryRun) return reloader.preview();
      requests.asked({ verb: 'reload', what: [], by: call.by });
      return await reloader.reload('a client asked for it', { wait, signal: call.signal, by: call.by });
    },
    scale: async call => {
      refuseWhenStopping(subject);
      const { program, numprocs, wait } = parseScaleRequest(parseJson(call.body));
      requests.asked({ verb: 'scale', what: [`${program}=${numprocs}`], by: call.by });
      return await reloader.scale(program, numprocs, { wait, signal: call.signal, by: call.by });
    },
    add: membership('add', (names, options) => reloader.add(names, options)),
    remove: membership('remove', (names, options) => reloader.remove(names, options)),
    ...createAlertHandlers(subject),
    shutdown: ({ by }) => {
      requests.asked({ verb: 'shutdown', what: [], by });
      const stopping = supervisor.all.filter(process => pidOf(process.current) !== undefined).length;
      subject.shutdown('a client asked for it', by);
      return { stopping };
    },
    healthz: () => ({ ok: true }),
  };
}

/** Clients that go on as viewers. */
export function createUpgrades({ supervisor, reloader }: Subject): (upgrade: Upgrade) => void {
  return upgrade => attach(onlyOne(supervisor, upgrade.name), upgrade, reloader.daemonSpec.detachkeys);
}

/** The process of this name, or the only one of this selector. */
function onlyOne(supervisor: Supervisor, name: string): Process {
  const named = supervisor.find(name);
  if (named) return named;
  const { selected } = supervisor.select([name]);
  const [process, ...more] = selected;
  if (process === undefined) throw new WireError('no_such_process', `no such process: ${name}`);
  if (more.length === 0) return process;
  const names = selected.map(({ fullname }) => fullname);
  throw new WireError('bad_request', `${name} is more than one process; name one: ${namesOf(names)}`);
}

/** As many names as fit a sentence. */
function namesOf(names: readonly string[]): string {
  const shown = 20;
  return `${names.slice(0, shown).join(', ')}${names.length > shown ? ` and ${names.length - shown} more` : ''}`;
}

function refuseWhenStopping(subject: Subject): void {
  if (subject.isStopping()) throw new WireError('shutting_down', 'the daemon is shutting down');
}

function reply(results: readonly ActionResult[], unknown: readonly string[]): ActionReply {
  const missing = unknown.map(
    (name): ActionResult => ({ name, ok: false, code: 'no_such_process', message: 'no such process' }),
  );
  return { results: [...results, ...missing] };
}

function parseJson(body: Buffer): unknown {
  try {
    return JSON.parse(body.toString('utf8'));
  } catch (error) {
    throw new WireError('bad_request', `the body is not JSON: ${error instanceof Error ? error.message : error}`);
  }
}

function sourceOf(process: Process, query: URLSearchParams): Source {
  const stream = query.get('stream') ?? 'all';
  const onGrowth = (listener: () => void): Disposable => process.onOutput(listener);
  const onGone = (listener: () => void): Disposable =>
    process.onHappening(({ type }) => (type === 'process.removed' ? listener() : undefined));
  if (stream === 'all') return { scrollback: process.console.scrollback, onGrowth, onGone };
  if (stream !== 'stderr')
    throw new WireError('bad_request', `stream must be all or stderr, not '${stream.slice(0, 40)}'`);
  if (!process.stderr) {
    throw new WireError(
      'bad_request',
      `stderr of ${process.fullname} is not apart: its config sends it where stdout goes`,
    );
  }
  return { scrollback: process.stderr, onGrowth, onGone };
}

function daemonInfo(subject: Subject): DaemonInfo {
  const counts: Partial<Record<PublicState, number>> = {};
  for (const { current } of subject.supervisor.all) {
    const state = statusOf(current);
    counts[state] = (counts[state] ?? 0) + 1;
  }
  return {
    version: VERSION,
    protocol: PROTOCOL,
    pid: process.pid,
    config: subject.config,
    socket: subject.socket,
    logfile: subject.logfile(),
    uptime: Math.round(subject.clock.now() - subject.startedAt),
    mood: subject.isStopping() ? 'shutdown' : 'running',
    scaled: Object.fromEntries(subject.reloader.scales),
    resources: countOf(process.getActiveResourcesInfo()),
    counts,
  };
}

function countOf(names: readonly string[]): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const name of names) counts[name] = (counts[name] ?? 0) + 1;
  return counts;
}

/** Everything that `status` shows of one process. */
function processInfo(process: Process, { clock, holdup, usage }: Subject): ProcessInfo {
  const { spec, current, console, intent, waitsFor } = process;
  const { cpu = null, memory = null } = usage.of(process) ?? {};
  const now = clock.now();
  const wall = (at: number): number => Math.round(clock.wall() - (now - at));
  const { last, state, restarts, generation, want } = current;
  const reason = reasonOf(current) ?? (state.kind === 'launching' ? holdup() : undefined);
  const target = (log: typeof spec.stdout): string | null => (log.kind === 'file' ? log.path : null);
  return {
    name: spec.fullname,
    group: spec.group,
    program: spec.program,
    process: spec.name,
    num: spec.num,
    state: statusOf(current),
    want,
    intent: intent ?? null,
    note: waitsFor ?? noteOf(intent, spec.autostart) ?? null,
    pid: pidOf(current) ?? null,
    uptime: 'since' in state ? Math.round(now - state.since) : null,
    description: descriptionOf(current, now, wall) || (reason ?? ''),
    reason: reason ?? null,
    starts: generation,
    restarts,
    lastExit: last ? { ...last.exit, pid: last.pid, ranFor: Math.round(last.ranFor), at: wall(last.at) } : null,
    leftovers: state.kind === 'clearing' ? state.members : [],
    command: spec.argv,
    terminal: spec.terminal,
    size: console.size,
    viewers: console.viewers,
    cpu,
    memory,
    bells: console.bells,
    lastOutput: console.lastOutput === undefined ? null : wall(console.lastOutput),
    scrollback: { from: console.scrollback.tail, to: console.scrollback.head },
    stdout: target(spec.stdout),
    stderr: target(spec.stderr),
    autostart: spec.autostart,
    priority: spec.priority,
  };
}
