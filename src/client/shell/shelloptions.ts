import type { Globals, Verb } from '../verb.ts';

/** What a shell is opened with. */
export interface ShellOptions {
  /** The table of verbs. */
  readonly table: readonly Verb[];
  /** Which daemon is meant, until `open` names another. */
  readonly globals: Globals;
  /** Whatever changes something is refused. */
  readonly readOnly: boolean;
  /** What may still be asked and told when the user wants to leave; with `stay` the shell goes on. */
  readonly leaving?: (console: ShellConsole) => Promise<'leave' | 'stay'>;
}

/** The terminal as `leaving` sees it. */
export interface ShellConsole {
  /** Reads an answer; undefined for Ctrl-C and Ctrl-D. */
  ask(question: string): Promise<string | undefined>;
  say(line: string): void;
}
