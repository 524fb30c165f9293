import { formatMoment } from './daytime.ts';
import { formatFields, parseRecord } from './fields.ts';

/** pino's numbers, for a log that keeps them. */
const LEVELS: Readonly<Record<number, string>> = {
  10: 'trace',
  20: 'debug',
  30: 'info',
  40: 'warn',
  50: 'error',
  60: 'fatal',
};

/** Fields for scripts, whose values the message has in words. */
const TOLD: ReadonlySet<string> = new Set(
  'hostname program process code signal ranFor stoppedBy changes changed unchanged by verb what times bytes viewer typed'.split(
    ' ',
  ),
);

/** Of the longest level. */
const LEVEL_WIDTH = 5;

/**
 * One line of the daemon's log, readable: time, level, message, then what else it says as `key=value`. A line that is not
 * one of its records is given back as it is.
 */
export function formatLogLine(line: string, color: boolean): string {
  const record = parseRecord(line);
  if (record === undefined) return line;
  const { level, time, msg, ...all } = record;
  const rest = Object.fromEntries(Object.entries(all).filter(([name]) => !TOLD.has(name)));
  const word = levelWord(level).toUpperCase().padEnd(LEVEL_WIDTH);
  const parts = [
    momentOf(time),
    color ? paintLevel(word) : word,
    typeof msg === 'string' ? msg : '',
    formatFields(rest),
  ];
  return parts.filter(part => part !== '').join(' ');
}

function levelWord(level: unknown): string {
  if (typeof level === 'number') return LEVELS[level] ?? String(level);
  return typeof level === 'string' ? level : '';
}

function momentOf(time: unknown): string {
  if (typeof time === 'number') return formatMoment(time);
  return typeof time === 'string' ? formatMoment(Date.parse(time)) : '';
}

/** A level of the daemon's log, upper case and padded, in its colour: red needs somebody, yellow may. */
function paintLevel(level: string): string {
  const word = level.trim();
  const code = word === 'ERROR' || word === 'FATAL' ? 31 : word === 'WARN' ? 33 : word === 'INFO' ? 32 : 2;
  return `\x1b[${code}m${level}\x1b[0m`;
}
