/**
 * Command lines, read by commander after the table of verbs. A line without a dash has no options: its words are taken as
 * they are, and commander, whose loading is a quarter of a bare `status`, stays away.
 */
import type { Command } from 'commander';
import { GLOBAL_OPTIONS, VERSION_OPTION } from './options.ts';
import { type Arguments, findVerb, UsageError, type Verb } from './verb.ts';

/** What stands before the verb, or behind it where the verb has no option of that name. */
export interface Globals {
  readonly config?: string;
  readonly socket?: string;
  readonly json?: boolean;
  readonly color?: boolean;
}

/** A verb and its words, ready to run; `help` asks to explain it instead. */
export interface Invocation {
  readonly verb: Verb;
  readonly args: Arguments;
  readonly globals: Globals;
  readonly help: boolean;
}

/** There is no such verb: the message is the word. Exit code 1. */
export class UnknownVerbError extends Error {
  override readonly name = 'UnknownVerbError';
}

/** A command line, split where the verb begins. */
export interface CommandLine {
  readonly globals: Globals;
  readonly help: boolean;
  readonly version: boolean;
  /** The verb and all that follows it. */
  readonly words: readonly string[];
}

/** Reads the options before the verb. Throws UsageError for one that there is not. */
export async function parseGlobals(argv: readonly string[]): Promise<CommandLine> {
  if (!argv[0]?.startsWith('-')) return { globals: {}, help: false, version: false, words: argv };
  const flags = [...GLOBAL_OPTIONS, VERSION_OPTION].map(option => option.flags);
  const { options, words } = await parse(argv, flags, { name: 'taskmasterctl', passThrough: true });
  const { help = false, version = false, ...globals } = options as Globals & { help?: boolean; version?: boolean }; // by the flags given
  return { globals, help, version, words };
}

/**
 * Parses a verb and its words. Throws UnknownVerbError, or UsageError when options or arguments do not fit the verb's
 * entry in the table.
 */
export async function parseVerb(verbs: readonly Verb[], [name = '', ...rest]: readonly string[]): Promise<Invocation> {
  const verb = findVerb(verbs, name);
  if (verb === undefined) throw new UnknownVerbError(name);
  const { options, words, globals, help } = rest.some(word => word.startsWith('-'))
    ? await parseOptions(verb, rest)
    : { options: {}, words: rest, globals: {}, help: false };
  if (!help) checkCount(verb, words.length);
  return { verb, args: { words, options }, globals, help };
}

type Options = Arguments['options'];

async function parseOptions(
  verb: Verb,
  rest: readonly string[],
): Promise<Arguments & Pick<Invocation, 'globals' | 'help'>> {
  const flags = [...verb.options.map(option => option.flags), ...globalFlagsFor(verb)];
  const parsed = await parse(spellOutDashNumber(verb, rest), flags, { name: verb.name });
  const shared = new Set(GLOBAL_OPTIONS.map(option => longName(option.flags)));
  const pick = (isShared: boolean): Options =>
    Object.fromEntries(Object.entries(parsed.options).filter(([key]) => shared.has(key) === isShared));
  const { help = false, ...globals } = pick(true) as Globals & { help?: boolean }; // by the flags given
  return { options: pick(false), words: parsed.words, globals, help };
}

/** commander throws in place of printing and leaving, and takes any words: the table says how many are right. */
async function parse(
  words: readonly string[],
  flags: readonly string[],
  { name, passThrough = false }: { readonly name: string; readonly passThrough?: boolean },
): Promise<{ options: Options; words: readonly string[] }> {
  const { Command, CommanderError } = await import('commander');
  const command: Command = new Command(name).exitOverride().helpOption(false).argument('[words...]');
  command.configureOutput({ writeOut: () => {}, writeErr: () => {} }).passThroughOptions(passThrough);
  for (const flag of flags) command.option(flag);
  try {
    command.parse(words, { from: 'user' });
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error;
    throw new UsageError(error.message.replace(/^error: /, '').replaceAll('\n', ' '));
  }
  return { options: command.opts<Record<string, string | boolean>>(), words: command.args };
}

const shortFlag = (flags: string): string | undefined => /^-\w(?=, |$)/.exec(flags)?.[0];
const longFlag = (flags: string): string => /--[\w-]+/.exec(flags)?.[0] ?? '';
const longName = (flags: string): string => longFlag(flags).replace(/^--(no-)?/, '');

/** The shared options without the short forms that the verb has for itself: `tail -c` counts bytes. */
function globalFlagsFor(verb: Verb): string[] {
  const taken = new Set(verb.options.map(({ flags }) => shortFlag(flags)));
  return GLOBAL_OPTIONS.map(({ flags }) => {
    const short = shortFlag(flags);
    return short !== undefined && taken.has(short) ? flags.replace(`${short}, `, '') : flags;
  });
}

/** supervisorctl's `tail -1000`, in the words of the verb's own option. */
function spellOutDashNumber(verb: Verb, words: readonly string[]): readonly string[] {
  const option = verb.options.find(({ dashNumber }) => dashNumber === true);
  if (option === undefined) return words;
  const valued = verb.options.filter(({ flags }) => flags.endsWith('>')).map(({ flags }) => flags);
  const takesValue = (word = ''): boolean =>
    valued.some(flags => word === shortFlag(flags) || word === longFlag(flags));
  const end = words.includes('--') ? words.indexOf('--') : words.length;
  return words.map((word, i) => {
    const isNumber = /^-\d+$/.test(word) && i < end && !takesValue(words[i - 1]);
    return isNumber ? `${longFlag(option.flags)}=${word.slice(1)}` : word;
  });
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
