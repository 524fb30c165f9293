import type { Arguments, Option, Verb } from './verb.ts';

/** Options that stand before a verb, and behind it too where the verb has no option of that name. */
export const GLOBAL_OPTIONS: readonly Option[] = [
  { flags: '-c, --config <file>', help: 'the config of the daemon to talk to', value: 'file' },
  { flags: '-s, --socket <path>', help: 'its socket, in place of a config', value: 'file' },
  { flags: '--json', help: 'print JSON where the command knows it' },
  { flags: '--color', help: 'colours even when not on a terminal' },
  { flags: '--no-color', help: 'no colours (as does NO_COLOR in the environment)' },
  { flags: '-h, --help', help: 'explain the command' },
];

/** A verb's own options, and those that every verb knows, less the short forms that it has for itself: `tail -c` counts bytes. */
export function optionsOf({ options }: Pick<Verb, 'options'>): readonly Option[] {
  const taken = new Set(options.map(({ flags }) => shortOf(flags)));
  const shared = GLOBAL_OPTIONS.map(option => {
    const short = shortOf(option.flags);
    const isTaken = short !== undefined && taken.has(short);
    return isTaken ? { ...option, flags: option.flags.replace(`${short}, `, '') } : option;
  });
  return [...options, ...shared];
}

/** Only before a verb. */
export const VERSION_OPTION: Option = { flags: '--version', help: "print this client's version" };

/** Only before a verb: `shell`, `dashboard` and `attach` have an option of that name that means the same. */
export const READ_ONLY_OPTION: Option = { flags: '--read-only', help: 'refuse whatever would change something' };

/** The word with which shells ask for a completion. It is no verb: nobody types it, and help does not list it. */
export const COMPLETE_WORD = '__complete';

/** What is to be read: the options that there are, and whether they may stand behind the first other word. */
export interface Grammar {
  readonly name: string;
  readonly flags: readonly string[];
  /** All that follows the first word that is no option belongs to somebody else. */
  readonly passThrough: boolean;
}

/**
 * Reads options that are written plainly: a whole flag a word, its value in the next. Undefined for anything else (`-fn5`,
 * `--lines=5`, `--`, a mistake), which is commander's to read or to refuse. It is here since commander's loading is a
 * sixth of a `status`; a test holds the two to the same answers.
 */
export function readPlainOptions(words: readonly string[], { flags, passThrough }: Grammar): Arguments | undefined {
  const options: Record<string, string | boolean> = {};
  for (const flag of flags)
    if (isNegative(flag) && !flags.some(other => isSame(flag, other))) options[nameOf(flag)] = true;
  const rest: string[] = [];
  for (let i = 0; i < words.length; i++) {
    const word = words[i] ?? '';
    if (!word.startsWith('-')) {
      if (passThrough) return { words: words.slice(i), options };
      rest.push(word);
      continue;
    }
    const flag = flags.find(candidate => word === shortOf(candidate) || word === longOf(candidate));
    if (flag === undefined) return undefined;
    if (takesValue(flag)) {
      const value = words[++i];
      if (value === undefined || value.startsWith('-')) return undefined;
      options[nameOf(flag)] = value;
    } else {
      options[nameOf(flag)] = !isNegative(flag);
    }
  }
  return { words: rest, options };
}

/** `-n` of `-n, --lines <lines>`. */
export function shortOf(flags: string): string | undefined {
  return /^-\w(?=, |$)/.exec(flags)?.[0];
}

/** `--lines` of `-n, --lines <lines>`. */
export function longOf(flags: string): string {
  return /--[\w-]+/.exec(flags)?.[0] ?? '';
}

/** `lines` of `-n, --lines <lines>`, `wait` of `--no-wait`, `dryRun` of `--dry-run`: commander's name for the value. */
export function nameOf(flags: string): string {
  return longOf(flags)
    .replace(/^--(no-)?/, '')
    .replace(/-./g, letter => letter.slice(1).toUpperCase());
}

export function takesValue(flags: string): boolean {
  return flags.endsWith('>');
}

function isNegative(flags: string): boolean {
  return longOf(flags).startsWith('--no-');
}

function isSame(negative: string, other: string): boolean {
  return !isNegative(other) && nameOf(other) === nameOf(negative);
}
