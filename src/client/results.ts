import { ERRORS, type ErrorCode } from '../protocol/errors.ts';
import type { ActionReply, ActionResult } from '../protocol/messages.ts';
import { paintError } from './palette.ts';
import { type Context, EXIT } from './verb.ts';

/** supervisorctl's words, where they are not the code's own. */
const WORDS: Readonly<Partial<Record<ErrorCode, string>>> = {
  bad_signal: 'bad signal name',
  no_such_group: 'no such process/group',
};

/** Errors whose message says more than their word does. */
const EXPLAINED: readonly ErrorCode[] = ['spawn_error', 'abnormal_termination', 'failed', 'shutting_down'];

/** What a verb prints for each process that it worked for, and which failure it is content with. */
export interface Outcome {
  /** `started`. */
  readonly done: string;
  /** `start` of a running one and `stop` of a stopped one say so and succeed. */
  readonly forgiven?: ErrorCode;
}

/** Prints supervisorctl's lines for the results of a request, or their JSON, and gives the exit code. */
export async function report(context: Context, reply: ActionReply, outcome: Outcome): Promise<number> {
  if (context.json) await context.document(reply);
  else await context.out(formatResults(reply.results, outcome, context.color));
  return exitCodeOf(reply.results, outcome);
}

export function formatResults(
  results: readonly ActionResult[],
  { done }: Pick<Outcome, 'done'>,
  color: boolean,
): string {
  return results
    .map(result => `${result.code === 'done' ? `${result.name}: ${done}` : formatError(result, color)}\n`)
    .join('');
}

/** `web: ERROR (spawn error): cannot run /nope: no such file`. */
export function formatError({ name, code, message }: Omit<ActionResult, 'ok'>, color: boolean): string {
  const error = color ? paintError('ERROR') : 'ERROR';
  if (code === 'no_such_process') return formatUnknown(name, color);
  const word = code === 'done' ? 'failed' : (WORDS[code] ?? code.replaceAll('_', ' '));
  const why = code !== 'done' && EXPLAINED.includes(code) && message !== '' && message !== word ? `: ${message}` : '';
  return `${name}: ${error} (${word})${why}`;
}

/** supervisorctl names the group alone when `web:*` matched nothing. */
export function formatUnknown(selector: string, color: boolean): string {
  const error = color ? paintError('ERROR') : 'ERROR';
  const group = /^(.+):\*?$/.exec(selector)?.[1];
  return group === undefined ? `${selector}: ${error} (no such process)` : `${group}: ${error} (no such group)`;
}

/** supervisorctl's: the last failure that is not forgiven counts. */
export function exitCodeOf(results: readonly ActionResult[], { forgiven }: Outcome): number {
  let exit: number = EXIT.done;
  for (const { code } of results) {
    if (code !== 'done' && code !== forgiven) exit = ERRORS[code].exit;
  }
  return exit;
}
