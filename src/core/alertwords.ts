/** What a message says, as the variables by which an alert's command gets it. */
import type { AlertMessage } from './alert.ts';
import { reportOf } from './alertreport.ts';

/**
 * The values of `${…}` in the words of a command. About the daemon itself there is no program, and of a life that has not
 * ended no code: they are empty. `code` of one that a signal ended is the signal's name. None holds a NUL, which would end
 * the word.
 */
export function alertValues(message: AlertMessage) {
  const { program, group, process, pid, ended, condition, host, summary } = message;
  return {
    program: program ?? '',
    process: process ?? '',
    group: group ?? '',
    condition,
    host,
    summary: withoutNul(summary),
    text: withoutNul(reportOf(message).text),
    pid: pid === null ? '' : String(pid),
    code: ended === null ? '' : String(ended.exit.code ?? ended.exit.signal ?? ''),
  };
}

/** The same for its environment, for what is no place in a command line, such as a script's text. */
export function alertEnvironment(message: AlertMessage): Readonly<Record<string, string>> {
  const { condition, program, process, summary, text, host } = alertValues(message);
  const values = { CONDITION: condition, PROGRAM: program, PROCESS: process, SUMMARY: summary, TEXT: text, HOST: host };
  return Object.fromEntries(Object.entries(values).map(([name, value]) => [`TASKMASTER_ALERT_${name}`, value]));
}

function withoutNul(text: string): string {
  return text.replaceAll('\0', '');
}
