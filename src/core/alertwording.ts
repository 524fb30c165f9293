/** What the rules want told, in words: one line that says it all, and sentences with what else there is to know. Pure. */
import type { AlertMessage, AlertSpec, Condition } from './alert.ts';
import { formatMoment } from './daytime.ts';
import { describeSpan } from './exit.ts';
import { CONFIG_SUBJECT, type Facts, times } from './occurrence.ts';
import type { PublicState } from './status.ts';
import type { Surplus } from './surplus.ts';
import type { Alarm, Telling } from './telling.ts';
import { joinWords } from './words.ts';

export interface Setting {
  readonly spec: AlertSpec;
  readonly host: string;
  /** The config file, by which the client finds this daemon. */
  readonly config: string;
  /** Wall clock. */
  readonly now: number;
  /** Of the process that it is about, now. */
  readonly state: PublicState | undefined;
  /** The last lines of its screen. */
  readonly screen: readonly string[];
}

/** Names that a summary of many lists for each condition. */
const MOST_NAMES = 12;

/** What is told of one subject. */
type OfSubject = Extract<Telling, { kind: 'one' | 'more' }>;

/** What happened to whom, in a line. */
export function summaryOf(telling: OfSubject, spec: AlertSpec): string {
  const { condition, subject } = telling;
  const what = telling.kind === 'more' ? againWords(condition, telling.held) : whatOf(telling, spec);
  return `${begun(subject)} ${what}`;
}

/** The message that tells this. */
export function messageOf(telling: Telling, setting: Setting): AlertMessage {
  const { spec, host, screen } = setting;
  const base = { id: telling.id, alert: spec.name, host, screen, endsAlarm: null, endsSummary: null };
  if (telling.kind === 'surplus') return { ...base, ...ofSurplus(telling.surplus, telling.total, setting) };
  const { condition, facts } = telling;
  const { program, group, process, pid, ended, at } = facts;
  const look = lookAt(telling, setting);
  const about = { condition, at, program, group, process, pid, ended, look, summary: summaryOf(telling, spec) };
  if (telling.kind === 'more') {
    const { held } = telling;
    const details = [...latestOf(condition, facts), ...nowSentence(telling, setting), ...endsSentence(telling, spec)];
    return { ...base, ...about, details, heldBack: held };
  }
  const { absorbed, alarm } = telling;
  const heldBack = [...absorbed.values()].reduce((sum, count) => sum + count, 0);
  return {
    ...base,
    ...about,
    details: [
      ...(condition === 'crashloop' ? [`The last time it ${facts.what}.`] : []),
      ...facts.details,
      ...(condition === 'crashloop' ? [] : endsSentence(telling, spec)),
      ...(alarm ? [alarmSentence(alarm)] : []),
      ...[...absorbed].map(([other, count]) => `Not told until now: it ${againWords(other, count)}.`),
    ],
    heldBack,
    endsAlarm: alarm?.id ?? null,
    endsSummary: alarm?.summary ?? null,
  };
}

function whatOf({ condition, facts, ends, alarm }: Extract<Telling, { kind: 'one' }>, spec: AlertSpec): string {
  if (condition === 'crashloop')
    return `ended ${times(ends)} within ${spanOf(spec.crashloop.within)}: it is in a crash loop`;
  if (condition !== 'recovered' || facts.process === null) return facts.what;
  return alarm?.condition === 'crashloop'
    ? `is out of its crash loop: it has been running for ${spanOf(spec.crashloop.within)}`
    : 'is running again';
}

/** What happened so often again, after the subject. */
function againWords(condition: Condition, count: number): string {
  const often = count === 1 ? 'once more' : `${count} more times`;
  switch (condition) {
    case 'unexpected':
      return `ended unexpectedly ${often}`;
    case 'fatal':
      return `gave up ${often}`;
    case 'crashloop':
      return `was in a crash loop ${often}`;
    case 'recovered':
      return `recovered ${often}`;
    case 'stopped':
      return `was stopped ${often}`;
    case 'started':
      return `was started ${often}`;
    case 'reloadfailed':
      return `was not taken ${often}`;
    case 'logtrouble':
      return `could not be written ${often}`;
    case 'output':
      return `printed ${count === 1 ? 'one more line' : `${count} more lines`} to tell of`;
  }
}

function latestOf(condition: Condition, { what }: Facts): string[] {
  if (condition === 'started' || condition === 'stopped') return [];
  return [condition === 'output' ? `The last of them ${what}` : `The last time it ${what}.`];
}

/** How it is by the time that this is told, where the latest of what happened does not say it. */
function nowSentence({ condition, facts, isUp }: Extract<Telling, { kind: 'more' }>, { state }: Setting): string[] {
  if (facts.process === null) return isUp ? ['That is over now.'] : facts.details.slice();
  return state === undefined || condition === 'output' ? [] : [`It is ${state} now.`];
}

function endsSentence({ condition, ends }: OfSubject, spec: AlertSpec): string[] {
  if ((condition !== 'unexpected' && condition !== 'fatal') || ends < 2) return [];
  return [`It has ended ${times(ends)} within the last ${spanOf(spec.crashloop.within)}.`];
}

function alarmSentence({ at, summary }: Alarm): string {
  const when = formatMoment(at).slice(0, -'.123'.length);
  return summary === null ? `That ends its alarm of ${when}.` : `That ends the alarm of ${when}: ${summary}.`;
}

function lookAt(
  { condition, facts, subject }: Extract<Telling, { kind: 'one' | 'more' }>,
  { config }: Setting,
): string {
  const command = ['taskmasterctl', '-c', config];
  if (facts.process !== null) return joinWords([...command, 'attach', facts.process]);
  if (subject === CONFIG_SUBJECT && condition === 'reloadfailed') return joinWords([...command, 'reload', '--dry-run']);
  return joinWords([...command, 'log']);
}

function ofSurplus(
  { counts }: Surplus,
  total: number,
  { config, now }: Setting,
): Omit<AlertMessage, 'id' | 'alert' | 'host' | 'screen' | 'endsAlarm' | 'endsSummary'> {
  const kinds = [...counts].sort(([a], [b]) => ORDER.indexOf(a) - ORDER.indexOf(b));
  const sums = kinds.map(([condition, subjects]) => {
    const sum = [...subjects.values()].reduce((all, count) => all + count, 0);
    return `${sum} ${WORDS[condition]}`;
  });
  const details = kinds.map(([condition, subjects]) => `${titleOf(condition)}: ${namesOf(subjects)}.`);
  return {
    condition: kinds[0]?.[0] ?? 'unexpected',
    at: now,
    program: null,
    group: null,
    process: null,
    pid: null,
    summary: `Too much happens to tell of each: ${total} more within a minute (${sums.join(', ')})`,
    ended: null,
    details,
    look: joinWords(['taskmasterctl', '-c', config, 'status']),
    heldBack: total,
  };
}

function namesOf(subjects: ReadonlyMap<string, number>): string {
  const names = [...subjects].map(([name, count]) => (count === 1 ? name : `${name} (${count} times)`));
  const more = names.length - MOST_NAMES;
  return more > 0 ? `${names.slice(0, MOST_NAMES).join(', ')} and ${more} more` : names.join(', ');
}

/** The worst first. */
const ORDER: readonly Condition[] = [
  ...(['fatal', 'crashloop', 'unexpected', 'logtrouble', 'reloadfailed'] as const),
  ...(['output', 'stopped', 'started', 'recovered'] as const),
];

/** What conditions are called where they are counted. */
const WORDS: Readonly<Record<Condition, string>> = {
  unexpected: 'unexpected ends',
  fatal: 'given up',
  crashloop: 'crash loops',
  recovered: 'recovered',
  stopped: 'stopped',
  started: 'started',
  reloadfailed: 'configs not taken',
  logtrouble: 'logs in trouble',
  output: 'lines of output',
};

function titleOf(condition: Condition): string {
  const words = WORDS[condition];
  return `${words.charAt(0).toUpperCase()}${words.slice(1)}`;
}

/** As a sentence begins. The names of processes stay as they are. */
function begun(subject: string): string {
  return subject.startsWith('the ') ? `T${subject.slice(1)}` : subject;
}

/** A span as it was asked for: `5 min`, `90 s`, `2 h`. */
function spanOf(ms: number): string {
  if (ms >= 3_600_000 && ms % 3_600_000 === 0) return `${ms / 3_600_000} h`;
  if (ms >= 60_000 && ms % 60_000 === 0) return `${ms / 60_000} min`;
  return describeSpan(ms);
}
