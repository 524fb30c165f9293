import {
  GLOBAL_OPTIONS,
  type Grammar,
  longOf,
  nameOf,
  optionsOf,
  READ_ONLY_OPTION,
  readPlainOptions,
  shortOf,
  takesValue,
  VERSION_OPTION,
} from './options.ts';
import {
  type Arguments,
  type CommandLine,
  findVerb,
  type Globals,
  type Invocation,
  type Parameter,
  type ParameterKind,
  UsageError,
  type Verb,
} from './verb.ts';

/** There is no such verb: the message is the word. Exit code 1. */
export class UnknownVerbError extends Error {
  override readonly name = 'UnknownVerbError';
}

/** Reads the options before the verb. Throws UsageError for one that there is not. */
export async function parseGlobals(argv: readonly string[]): Promise<CommandLine> {
  const flags = [...GLOBAL_OPTIONS, READ_ONLY_OPTION, VERSION_OPTION].map(option => option.flags);
  const { options, words } = await read(argv, { name: 'taskmasterctl', flags, passThrough: true });
  const given = options as Globals & { help?: boolean; version?: boolean; readOnly?: boolean }; // by the flags given
  const { help = false, version = false, readOnly = false, ...globals } = given;
  return { globals, help, version, readOnly, words };
}

/**
 * Parses a verb and its words. Throws UnknownVerbError, or UsageError when options or arguments do not fit the verb's
 * entry in the table.
 */
export async function parseVerb(verbs: readonly Verb[], [name = '', ...rest]: readonly string[]): Promise<Invocation> {
  const verb = findVerb(verbs, name);
  if (verb === undefined) throw new UnknownVerbError(name);
  const flags = optionsOf(verb).map(option => option.flags);
  const { options, words } = await read(spellOutDashNumber(verb, rest), { name: verb.name, flags, passThrough: false });
  const shared = new Set(GLOBAL_OPTIONS.map(option => nameOf(option.flags)));
  const pick = (isShared: boolean): Arguments['options'] =>
    Object.fromEntries(Object.entries(options).filter(([key]) => shared.has(key) === isShared));
  const { help = false, ...globals } = pick(true) as Globals & { help?: boolean }; // by the flags given
  if (!help) checkCount(verb, words.length);
  return { verb, args: { words, options: pick(false) }, globals, help };
}

async function read(words: readonly string[], grammar: Grammar): Promise<Arguments> {
  return readPlainOptions(words, grammar) ?? (await import('./cli.ts')).readOptions(words, grammar);
}

/** supervisorctl's `tail -1000`, in the words of the verb's own option. */
function spellOutDashNumber(verb: Verb, words: readonly string[]): readonly string[] {
  const option = verb.options.find(({ dashNumber }) => dashNumber === true);
  if (option === undefined) return words;
  const valued = verb.options.map(({ flags }) => flags).filter(takesValue);
  const isBeforeValue = (word = ''): boolean => valued.some(flags => word === shortOf(flags) || word === longOf(flags));
  const end = words.includes('--') ? words.indexOf('--') : words.length;
  return words.flatMap((word, i) => {
    const isNumber = /^-\d+$/.test(word) && i < end && !isBeforeValue(words[i - 1]);
    return isNumber ? [longOf(option.flags), word.slice(1)] : [word];
  });
}

function checkCount(verb: Verb, count: number): void {
  const required = verb.parameters.filter(parameter => parameter.required);
  const missing = required[count];
  if (missing !== undefined) throw new UsageError(`${verb.name} needs ${meaningOf(missing)}`);
  const most = verb.parameters.at(-1)?.many === true ? Number.POSITIVE_INFINITY : verb.parameters.length;
  if (count > most) throw new UsageError(`${verb.name} takes ${most === 0 ? 'no arguments' : `at most ${most}`}`);
}

function meaningOf({ kind, choices = [] }: Parameter): string {
  return kind === 'choice' ? `one of ${choices.map(({ word }) => word).join(', ')}` : MEANING[kind];
}

const MEANING = {
  selector: 'the name of a process',
  name: 'the name of a process',
  program: 'the name of a program or of a group',
  count: 'a program and a number, like web=4',
  signal: 'the name of a signal and that of a process',
  alert: 'the name of an alert',
  file: 'a path',
  text: 'text to type',
  verb: 'the name of a command',
} as const satisfies Record<Exclude<ParameterKind, 'choice'>, string>;
