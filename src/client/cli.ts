import { Command, CommanderError, Option as CommanderOption } from 'commander';
import { findVerb, unknownVerb } from './lookup.ts';
import { GLOBAL_OPTIONS, VERSION_OPTION } from './usage.ts';
import { type Arguments, UsageError, type Verb } from './verb.ts';

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

/** There is no such verb: told with the one that was meant, exit code 1. */
export class UnknownVerbError extends Error {
  override readonly name = 'UnknownVerbError';
}

/** Splits a command line into the options before the verb, and the verb with all that follows it. */
export function parseGlobals(argv: readonly string[]): {
  readonly globals: Globals;
  readonly help: boolean;
  readonly version: boolean;
  readonly words: readonly string[];
} {
  const command = bare('taskmasterctl').passThroughOptions().option(VERSION_OPTION.flags);
  for (const { flags } of GLOBAL_OPTIONS) command.option(flags);
  parse(command, argv);
  const { help = false, version = false, ...globals } = command.opts<Globals & { help?: boolean; version?: boolean }>();
  return { globals, help, version, words: command.args };
}

/**
 * Parses a verb and its words. Throws UnknownVerbError, or UsageError when options or arguments do not fit the verb's
 * entry in the table.
 */
export function parseVerb(verbs: readonly Verb[], [name = '', ...rest]: readonly string[]): Invocation {
  const verb = findVerb(verbs, name);
  if (verb === undefined) throw new UnknownVerbError(unknownVerb(verbs, name));
  const command = bare(verb.name);
  for (const { flags } of verb.options) command.option(flags);
  for (const flags of globalFlagsFor(verb)) command.option(flags);
  parse(command, spellOutDashNumber(verb, rest));
  const { help = false, config, socket, json, color, ...options } = command.opts<Globals & { help?: boolean }>();
  const globals: Globals = {
    ...(config !== undefined && { config }),
    ...(socket !== undefined && { socket }),
    ...(json !== undefined && { json }),
    ...(color !== undefined && { color }),
  };
  if (!help) checkCount(verb, command.args.length);
  return { verb, args: { words: command.args, options: options as Arguments['options'] }, globals, help }; // commander gives strings and booleans alone
}

/** A command that throws in place of printing and leaving, and takes any words: the table says how many are right. */
function bare(name: string): Command {
  const command = new Command(name).exitOverride().helpOption(false).argument('[words...]');
  return command.configureOutput({ writeOut: () => {}, writeErr: () => {} }).showSuggestionAfterError(true);
}

function parse(command: Command, words: readonly string[]): void {
  try {
    command.parse(words, { from: 'user' });
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error;
    throw new UsageError(error.message.replace(/^error: /, '').replaceAll('\n', ' '));
  }
}

/** The shared options without the short forms that the verb has for itself: `tail -c` counts bytes. */
function globalFlagsFor(verb: Verb): string[] {
  const taken = new Set(verb.options.map(({ flags }) => new CommanderOption(flags).short));
  return GLOBAL_OPTIONS.map(({ flags }) => {
    const { short } = new CommanderOption(flags);
    return short !== undefined && taken.has(short) ? flags.replace(`${short}, `, '') : flags;
  });
}

/** supervisorctl's `tail -1000`, in the words of the verb's own option. */
function spellOutDashNumber(verb: Verb, words: readonly string[]): string[] {
  const options = verb.options.map(({ flags, dashNumber }) => ({ ...new CommanderOption(flags), dashNumber }));
  const long = options.find(({ dashNumber }) => dashNumber === true)?.long;
  const takesValue = (word: string | undefined): boolean =>
    options.some(({ short, long, required }) => required && (word === short || word === long));
  const end = words.includes('--') ? words.indexOf('--') : words.length;
  return words.map((word, i) => {
    const isNumber = /^-\d+$/.test(word) && i < end && !takesValue(words[i - 1]);
    return long !== undefined && isNumber ? `${long}=${word.slice(1)}` : word;
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
