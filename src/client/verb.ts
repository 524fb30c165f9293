import type { Api } from './api.ts';
import type { UserTerminal } from './attach/terminal.ts';
import type { ShellControls } from './controls.ts';
import type { Host } from './host.ts';

/**
 * What an argument is, for completion and for the sentence that says it is missing. `program` is the name of a program or of
 * a group, `count` is `PROGRAM=N`, `choice` one of the parameter's `choices`.
 */
export type ParameterKind =
  | 'selector'
  | 'name'
  | 'program'
  | 'count'
  | 'signal'
  | 'alert'
  | 'choice'
  | 'file'
  | 'verb'
  | 'text';

/** One of the words that an argument may be. */
export interface Choice {
  readonly word: string;
  readonly help: string;
}

export interface Parameter {
  /** As the usage shows it: `SEL`, `NAME`. */
  readonly label: string;
  readonly kind: ParameterKind;
  /** All that a `choice` may be; of another kind what may stand behind the first as well. */
  readonly choices?: readonly Choice[];
  readonly required: boolean;
  /** May be given many times; only the last parameter of a verb may. */
  readonly many: boolean;
}

export interface Option {
  /** As commander reads them: `-n, --lines <lines>`, `--no-wait`. */
  readonly flags: string;
  readonly help: string;
  /** supervisorctl's spelling: `-1000` means this option with the value 1000. */
  readonly dashNumber?: boolean;
  /** What its value is, where completion can help; undefined for numbers and free words. */
  readonly value?: ParameterKind;
}

export interface Example {
  readonly line: string;
  readonly help: string;
}

/**
 * One verb of the client, as data: the command line, the control shell, its completion, `--help` and docs/COMMANDS.md
 * are all read from it. `load` brings in the code, so that a command loads only the verb it runs.
 */
export interface Verb {
  readonly name: string;
  readonly aliases: readonly string[];
  /** One line, without a full stop. */
  readonly summary: string;
  /** Changes what runs or what the daemon knows: refused where everything is only to be looked at. */
  readonly changes: boolean;
  /** With this a verb that `changes` does not. */
  readonly harmless?: Harmless;
  /** The one place where it exists; undefined for both. */
  readonly where?: Place;
  /** Sentences for `--help` and the docs; empty when the summary says all. */
  readonly details: string;
  readonly parameters: readonly Parameter[];
  readonly options: readonly Option[];
  readonly examples: readonly Example[];
  /** What `--json` prints; undefined when it changes nothing. */
  readonly json?: string;
  /** Exit code when there is no daemon; undefined for a verb that needs none. supervisorctl has one for `status` alone. */
  readonly exitWithoutDaemon: number | undefined;
  readonly load: () => Promise<{ readonly run: Run }>;
}

/** Where a verb can be called: one command after another in a shell of ours, or as words behind `taskmasterctl`. */
export type Place = 'command line' | 'shell';

/** An option that makes a verb harmless, or the first word that does and is meant when there is none. */
export type Harmless = { readonly option: string } | { readonly word: string };

/** A verb's words, parsed: `options` by commander's names, so that `--no-wait` is `wait: false`. */
export interface Arguments {
  readonly words: readonly string[];
  readonly options: Readonly<Record<string, string | boolean>>;
}

/** What stands before the verb, or behind it where the verb has no option of that name. */
export interface Globals {
  readonly config?: string;
  readonly socket?: string;
  readonly json?: boolean;
  readonly color?: boolean;
}

/** A command line, split where the verb begins. */
export interface CommandLine {
  readonly globals: Globals;
  readonly help: boolean;
  readonly version: boolean;
  readonly readOnly: boolean;
  /** The verb and all that follows it. */
  readonly words: readonly string[];
}

/** A verb and its words, ready to run; `help` asks to explain it instead. */
export interface Invocation {
  readonly verb: Verb;
  readonly args: Arguments;
  readonly globals: Globals;
  readonly help: boolean;
}

/** All that a verb knows of the world. The control shell gives another one than the command line. */
export interface Context {
  /** The daemon; connects at the first call. */
  readonly api: Api;
  /** Writes to standard output as it is, and resolves once there is room for more. */
  readonly out: (data: string | Uint8Array) => Promise<void>;
  /** Writes a line to standard error. */
  readonly err: (line: string) => void;
  /** Tells a person what is being waited for: a line on standard error when that is a terminal, else nothing. */
  readonly progress: (line: string) => void;
  /** Whether standard output is a terminal, so that control sequences act rather than being kept. */
  readonly terminal: boolean;
  readonly color: boolean;
  readonly json: boolean;
  /** Writes one JSON document to standard output. */
  readonly document: (value: unknown) => Promise<void>;
  /** Aborted by Ctrl-C. A verb that is made to end that way resolves with 0; others reject. */
  readonly signal: AbortSignal;
  /** What can be called here, for `help`: the control shell knows more than the command line. */
  readonly verbs: readonly Verb[];
  /** For a verb that makes the user's terminal a program's. */
  readonly takeover: Takeover;
  /** Undefined where there is no prompt. */
  readonly shell: ShellControls | undefined;
  /** What the command is part of, for a verb that runs commands itself: the shell, the dashboard. */
  readonly session: Session;
}

/** What holds for every command of one caller: the command line's, a script's, a shell's, the dashboard's. */
export interface Session {
  readonly host: Host;
  /** The table, all of it. */
  readonly table: readonly Verb[];
  /** Which verbs of it can be called. */
  readonly place: Place;
  /** What was said before the verb; a command may say otherwise behind it. */
  readonly globals: Globals;
  /** Whatever changes something is refused before anything is asked of the daemon, and attaching is only looking. */
  readonly readOnly: boolean;
  /** Told of a command that makes sense, before it runs. */
  readonly onCommand?: (invocation: Invocation) => void;
}

/** What a verb must know to take over the terminal that it was called from. */
export interface Takeover {
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Standard input and standard output are terminals. */
  readonly isPossible: () => boolean;
  /** Names the daemon's config as `TASKMASTER_ID` does; undefined when only a socket was named. */
  readonly configHash: () => string | undefined;
  readonly terminal: () => Promise<UserTerminal>;
}

/** Runs a verb and resolves with its exit code. Errors of the daemon and of the connection it may let through. */
export type Run = (context: Context, args: Arguments) => Promise<number>;

/** The words of a command do not make sense: told with the verb's usage, exit code 2. */
export class UsageError extends Error {
  override readonly name = 'UsageError';
}

/** The verb of this name or alias. */
export function findVerb(verbs: readonly Verb[], name: string): Verb | undefined {
  return verbs.find(verb => verb.name === name || verb.aliases.includes(name));
}

/** The verbs that can be called there. */
export function verbsAt(verbs: readonly Verb[], place: Place): readonly Verb[] {
  return verbs.filter(({ where = place }) => where === place);
}

/** Exit codes that do not come from the daemon (design, section 3). */
export const EXIT = {
  done: 0,
  unknown: 1,
  failed: 1,
  usage: 2,
  statusStopped: 3,
  statusUnknown: 4,
  notRunning: 7,
  /** 128 and the number of SIGHUP: the terminal was closed. */
  hungUp: 129,
  interrupted: 130,
} as const;

/** Reads an option whose value must be a whole number; undefined when it was not given. */
export function wholeNumber(args: Arguments, option: string): number | undefined {
  const text = args.options[option];
  if (typeof text !== 'string') return undefined;
  if (!/^\d{1,15}$/.test(text)) throw new UsageError(`--${option} takes a whole number, not "${text}"`);
  return Number(text);
}
