/** Options, read by commander after the table of verbs. */
import { Command, CommanderError } from 'commander';
import { GLOBAL_OPTIONS, VERSION_OPTION } from './options.ts';
import { type Arguments, type CommandLine, type Globals, type Invocation, UsageError, type Verb } from './verb.ts';

type Options = Arguments['options'];

/** The options before the verb, and what is left. Throws UsageError for an option that there is not. */
export function parseGlobalOptions(argv: readonly string[]): CommandLine {
  const flags = [...GLOBAL_OPTIONS, VERSION_OPTION].map(option => option.flags);
  const { options, words } = parse(argv, flags, { name: 'taskmasterctl', passThrough: true });
  const { help = false, version = false, ...globals } = options as Globals & { help?: boolean; version?: boolean }; // by the flags given
  return { globals, help, version, words };
}

/** The words of a verb, its own options and the shared ones among them. Throws UsageError. */
export function parseVerbOptions(verb: Verb, rest: readonly string[]): Invocation {
  const flags = [...verb.options.map(option => option.flags), ...globalFlagsFor(verb)];
  const parsed = parse(spellOutDashNumber(verb, rest), flags, { name: verb.name });
  const shared = new Set(GLOBAL_OPTIONS.map(option => longName(option.flags)));
  const pick = (isShared: boolean): Options =>
    Object.fromEntries(Object.entries(parsed.options).filter(([key]) => shared.has(key) === isShared));
  const { help = false, ...globals } = pick(true) as Globals & { help?: boolean }; // by the flags given
  return { verb, args: { words: parsed.words, options: pick(false) }, globals, help };
}

/** commander throws in place of printing and leaving, and takes any words: the table says how many are right. */
function parse(
  words: readonly string[],
  flags: readonly string[],
  { name, passThrough = false }: { readonly name: string; readonly passThrough?: boolean },
): { options: Options; words: readonly string[] } {
  const command = new Command(name).exitOverride().helpOption(false).argument('[words...]');
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
