import { type CommandLine, findVerb, type Invocation, UsageError, type Verb } from './verb.ts';

/** There is no such verb: the message is the word. Exit code 1. */
export class UnknownVerbError extends Error {
  override readonly name = 'UnknownVerbError';
}

/**
 * Reads the options before the verb. Throws UsageError for one that there is not.
 *
 * Words without a dash are no options: only those with one are given to commander, which costs a bare `status` a fifth
 * of its time.
 */
export async function parseGlobals(argv: readonly string[]): Promise<CommandLine> {
  if (!argv[0]?.startsWith('-')) return { globals: {}, help: false, version: false, words: argv };
  const { parseGlobalOptions } = await import('./cli.ts');
  return parseGlobalOptions(argv);
}

/**
 * Parses a verb and its words. Throws UnknownVerbError, or UsageError when options or arguments do not fit the verb's
 * entry in the table.
 */
export async function parseVerb(verbs: readonly Verb[], [name = '', ...rest]: readonly string[]): Promise<Invocation> {
  const verb = findVerb(verbs, name);
  if (verb === undefined) throw new UnknownVerbError(name);
  const invocation = rest.some(word => word.startsWith('-'))
    ? (await import('./cli.ts')).parseVerbOptions(verb, rest)
    : { verb, args: { words: rest, options: {} }, globals: {}, help: false };
  if (!invocation.help) checkCount(verb, invocation.args.words.length);
  return invocation;
}

function checkCount(verb: Verb, count: number): void {
  const required = verb.parameters.filter(parameter => parameter.required);
  const missing = required[count];
  if (missing !== undefined) throw new UsageError(`${verb.name} needs ${MEANING[missing.kind]}`);
  const most = verb.parameters.at(-1)?.many === true ? Number.POSITIVE_INFINITY : verb.parameters.length;
  if (count > most) throw new UsageError(`${verb.name} takes ${most === 0 ? 'no arguments' : `at most ${most}`}`);
}

const MEANING = {
  selector: 'the name of a process',
  name: 'the name of a process',
  signal: 'the name of a signal and that of a process',
  text: 'text to type',
  verb: 'the name of a command',
} as const satisfies Record<Verb['parameters'][number]['kind'], string>;
