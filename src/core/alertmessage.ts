/** An alert's message at the edges: made small enough to be queued, and read again from where it was kept. */
import { type AlertMessage, CONDITIONS } from './alert.ts';

/** Characters of a line, whatever made it: a screen is seldom wider than this, and a program's name never. */
const LONGEST_LINE = 500;

/** Lines of a screen, and sentences of details: what an alert shows is 30 and a few. */
const MOST_LINES = 60;

/** The message with every text and list cut to a size that bounds what a full queue can take: some 64 KiB each. */
export function fitMessage(message: AlertMessage): AlertMessage {
  const { summary, details, screen, look } = message;
  return { ...message, summary: cut(summary), details: cutAll(details), screen: cutAll(screen), look: cut(look) };
}

function cutAll(lines: readonly string[]): readonly string[] {
  return lines.slice(-MOST_LINES).map(cut);
}

function cut(line: string): string {
  return line.length > LONGEST_LINE ? `${line.slice(0, LONGEST_LINE - 1)}…` : line;
}

/** Reads what was once written of a message; undefined when it is none. */
export function parseMessage(value: unknown): AlertMessage | undefined {
  if (typeof value !== 'object' || value === null) return undefined;
  const fields = value as Readonly<Record<string, unknown>>; // an object's fields, each looked at below
  const {
    id,
    alert,
    condition,
    at,
    host,
    program,
    group,
    process,
    pid,
    summary,
    ended,
    look,
    heldBack,
    endsAlarm,
    endsSummary,
  } = fields;
  const { details, screen } = fields;
  const isConditionKnown = condition === 'test' || CONDITIONS.some(known => known === condition);
  const isRight =
    [id, alert, host, summary, look].every(isText) &&
    [at, heldBack].every(Number.isFinite) &&
    [program, group, process, endsAlarm, endsSummary].every(text => text === null || isText(text)) &&
    (pid === null || Number.isInteger(pid)) &&
    [details, screen].every(list => Array.isArray(list) && list.every(isText)) &&
    isConditionKnown &&
    isEnd(ended);
  return isRight ? fitMessage(fields as unknown as AlertMessage) : undefined; // every field was looked at
}

function isText(value: unknown): value is string {
  return typeof value === 'string';
}

function isEnd(value: unknown): boolean {
  if (value === null) return true;
  if (typeof value !== 'object' || !('exit' in value) || !('ranFor' in value)) return false;
  const { exit, ranFor } = value;
  if (typeof exit !== 'object' || exit === null || !('code' in exit) || !('signal' in exit)) return false;
  return (
    Number.isFinite(ranFor) &&
    (exit.code === null || Number.isInteger(exit.code)) &&
    (exit.signal === null || isText(exit.signal))
  );
}
