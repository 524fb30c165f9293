/** The words of an alert's command, and its environment: what a message says, for a program of the user's. */
import type { AlertMessage } from './alert.ts';
import { reportOf } from './alertreport.ts';

/** What `${…}` may name in the command of an alert, beside the environment of the daemon. */
export const ALERT_VARIABLES = [
  'program',
  'process',
  'group',
  'condition',
  'host',
  'summary',
  'text',
  'pid',
  'code',
] as const;

export type AlertVariable = (typeof ALERT_VARIABLES)[number];

/**
 * The values of the variables. About the daemon itself there is no program, and of a life that has not ended no code: they
 * are empty. `code` of one that a signal ended is the signal's name.
 */
export function alertValues(message: AlertMessage): Readonly<Record<AlertVariable, string>> {
  const { program, process, pid, ended, condition, host, summary } = message;
  const [group = ''] = (process ?? '').split(':');
  return {
    program: program ?? '',
    process: process ?? '',
    group,
    condition,
    host,
    summary,
    text: reportOf(message).text,
    pid: pid === null ? '' : String(pid),
    code: ended === null ? '' : String(ended.exit.code ?? ended.exit.signal ?? ''),
  };
}

/**
 * Fills a message into the words of a command: `${name}` is the value, `$$` a dollar, as in the config. A word stays one
 * word whatever the value holds. No value can hold a NUL, which would end it.
 */
export function fillWords(words: readonly string[], message: AlertMessage): readonly string[] {
  const values: Readonly<Record<string, string>> = alertValues(message);
  return words.map(word =>
    word.replace(/\$(?:\$|\{([a-z]+)\})/g, (whole, name: string | undefined) =>
      name === undefined ? '$' : withoutNul(Object.hasOwn(values, name) ? (values[name] ?? '') : whole),
    ),
  );
}

/** The message as variables of an environment, for what is no place in a command line, such as a script's text. */
export function alertEnvironment(message: AlertMessage): Readonly<Record<string, string>> {
  const { program, process, condition, host, summary, text } = alertValues(message);
  const values = { CONDITION: condition, PROGRAM: program, PROCESS: process, SUMMARY: summary, TEXT: text, HOST: host };
  return Object.fromEntries(
    Object.entries(values).map(([name, value]) => [`TASKMASTER_ALERT_${name}`, withoutNul(value)]),
  );
}

function withoutNul(text: string): string {
  return text.replaceAll('\0', '');
}
