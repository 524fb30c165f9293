import { EXIT } from '../verb.ts';

/** Why an attachment is over. */
export type Ending =
  /** The chord was typed. */
  | { readonly kind: 'detached' }
  /** Somebody else wanted it; `text` is the daemon's sentence. */
  | { readonly kind: 'sent away'; readonly text: string }
  /** The program ended for good, or did not run at all. */
  | { readonly kind: 'exit'; readonly code: number; readonly text: string }
  /** The connection broke, or the daemon closed it with these words. */
  | { readonly kind: 'lost'; readonly reason: string }
  /** A signal to the client. */
  | { readonly kind: 'signal'; readonly number: number; readonly name: string }
  /** The user's terminal was closed: there is nobody to say anything to. */
  | { readonly kind: 'hung up' }
  /** To be stopped by the shell, or just continued by it: the terminal is given back, and taken again afterwards. */
  | { readonly kind: 'suspended'; readonly isContinued: boolean }
  /** The terminal is the program's own: it would print its own output. */
  | { readonly kind: 'loop' };

/** Shells add this to the number of a signal. */
const SIGNAL_BASE = 128;
const SIGHUP = 1;

/** The one line that tells how it ended; undefined when there is nobody to tell, or it is not over. */
export function lineFor(ending: Ending, name: string): string | undefined {
  switch (ending.kind) {
    case 'detached':
      return `[detached from ${name}]`;
    case 'sent away':
    case 'exit':
      return `[${printable(ending.text) || `detached from ${name}`}]`;
    case 'lost':
      return ending.reason === ''
        ? '[the daemon went away]'
        : `[the daemon closed the connection: ${printable(ending.reason)}]`;
    case 'signal':
      return `[detached from ${name}: ${ending.name}]`;
    case 'loop':
      return `[not attached: this terminal is the one of ${name} itself, and would show what it shows, without an end]`;
    case 'hung up':
    case 'suspended':
      return undefined;
  }
}

export function exitCodeFor(ending: Ending): number {
  switch (ending.kind) {
    case 'detached':
    case 'sent away':
    case 'suspended':
      return EXIT.done;
    case 'exit':
      return ending.code;
    case 'lost':
      return EXIT.notRunning;
    case 'signal':
      return SIGNAL_BASE + ending.number;
    case 'hung up':
      return SIGNAL_BASE + SIGHUP;
    case 'loop':
      return EXIT.failed;
  }
}

/** Text for a terminal that is not to act on it. */
export function printable(text: string): string {
  return text.replace(/[\x00-\x1f\x7f-\x9f]+/g, ' ').trim();
}
