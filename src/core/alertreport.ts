/** What an alert says, in the forms that its ways of delivery need. */
import type { AlertMessage, Condition } from './alert.ts';
import { formatMoment } from './daytime.ts';
import { oneLine } from './oneline.ts';

export interface Report {
  /** One line, as of a mail. */
  readonly subject: string;
  /** The subject of the mail that it is a reply to; null when it is none. */
  readonly thread: string | null;
  /** All there is to say, as plain text, lines ended by `\n`. */
  readonly text: string;
  /** The same for programs. */
  readonly json: Readonly<Record<string, unknown>>;
  /** All but the screen, in one line, as for a log. */
  readonly line: string;
}

/** Characters of a subject: what a list of mails shows of it, and then some. */
const LONGEST_SUBJECT = 140;

/** Columns of text: what a terminal and a quoted mail hold. */
const WIDTH = 76;

/** What a condition means, after the name of the alert. */
const MEANINGS: Readonly<Record<Condition | 'test', string>> = {
  unexpected: 'an end that nobody asked for',
  fatal: 'a program that is given up',
  crashloop: 'a crash loop',
  recovered: 'the end of an alarm',
  stopped: 'a stop',
  started: 'a start',
  reloadfailed: 'a config that was not taken',
  logtrouble: 'trouble with a log file',
  output: 'a line of output',
  test: 'a test',
};

/** The message in words. */
export function reportOf(message: AlertMessage): Report {
  const { summary, details, host, at, ended, endsSummary } = message;
  const subject = subjectOf(host, summary);
  return {
    subject,
    thread: endsSummary === null ? null : subjectOf(host, endsSummary),
    text: textOf(message),
    json: {
      // What chat services show of a hook's body.
      text: subject,
      ...message,
      at: new Date(at).toISOString(),
      ended: ended && { ...ended.exit, ranForSeconds: Math.round(ended.ranFor) / 1000 },
    },
    line: [sentence(summary), ...details].join(' '),
  };
}

function subjectOf(host: string, summary: string): string {
  return oneLine(`[${host}] ${summary}`, LONGEST_SUBJECT);
}

function textOf(message: AlertMessage): string {
  const { summary, details, screen, look } = message;
  const shown =
    screen.length === 0
      ? []
      : ['', 'The last lines of its screen:', '', ...screen.map(line => `  | ${line}`.trimEnd())];
  const lines = [
    ...wrapped(sentence(summary)),
    ...(details.length > 0 ? ['', ...details.flatMap(wrapped)] : []),
    '',
    ...factsOf(message),
    ...shown,
    '',
    'To look closer:',
    '',
    `  ${look}`,
  ];
  return lines.map(line => `${line}\n`).join('');
}

function factsOf({ host, process, pid, at, alert, condition }: AlertMessage): string[] {
  // What is about no process, and not about the daemon either, is about several.
  const isMany = process === null && condition !== 'reloadfailed' && condition !== 'logtrouble' && condition !== 'test';
  const rows: (readonly [string, string])[] = [
    ['host', host],
    ...(process === null ? [] : [['process', pid === null ? process : `${process}, pid ${pid}`] as const]),
    ['time', momentOf(at)],
    ['alert', `${alert}: ${isMany ? 'many things at once' : MEANINGS[condition]}`],
  ];
  return rows.map(([name, value]) => `  ${name.padEnd('process'.length)}  ${value}`);
}

/** The time of day where the daemon runs, and how far that is from UTC. */
function momentOf(at: number): string {
  const minutes = -new Date(at).getTimezoneOffset();
  const two = (n: number): string => `${Math.floor(n)}`.padStart(2, '0');
  const zone =
    minutes === 0 ? 'UTC' : `${minutes < 0 ? '-' : '+'}${two(Math.abs(minutes) / 60)}:${two(Math.abs(minutes) % 60)}`;
  return `${formatMoment(at).slice(0, -'.123'.length)} ${zone}`;
}

function sentence(text: string): string {
  return /[.!?…]$/.test(text) ? text : `${text}.`;
}

/** Words in lines of no more than `WIDTH`, but for a word that is longer. */
function wrapped(text: string): string[] {
  const lines: string[] = [];
  for (const word of text.split(' ')) {
    const last = lines.at(-1);
    if (last !== undefined && last.length + 1 + word.length <= WIDTH) lines[lines.length - 1] = `${last} ${word}`;
    else lines.push(word);
  }
  return lines;
}
