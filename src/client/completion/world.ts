import type { PublicState } from '../../core/status.ts';
import type { Option, Verb } from '../verb.ts';

/** What can be offered: all that a completion knows of the world. */
export interface World {
  readonly verbs: readonly Verb[];
  /** Options that may stand before the verb; our own shells have none. */
  readonly options?: readonly Option[];
  readonly processes: readonly KnownProcess[];
  /** Names of programs, where more are known than have processes. */
  readonly programs?: readonly string[];
  readonly alerts?: readonly string[];
  /** Other words that are verbs here, such as those that the user has defined. */
  readonly aliases?: readonly Alias[];
  /** The files in a directory, those that are directories with a slash behind the name; empty when it cannot be read. */
  readonly files?: (directory: string) => readonly string[];
}

/** A process, as a part of `ProcessInfo`. */
export interface KnownProcess {
  /** As it is shown: `web`, `web:web_00`. */
  readonly name: string;
  readonly group: string;
  readonly state: PublicState;
  readonly program?: string;
}

export interface Alias {
  readonly name: string;
  readonly help: string;
}
