import { WireError } from './errors.ts';

/**
 * What goes over the WebSocket of an attached viewer. Binary frames are terminal bytes both ways: what to write to the
 * viewer's terminal, and what was typed. Text frames are one JSON object each, with a `type`. A pane (`pane=1`) gets pictures
 * as binary frames (PaneFrame in terminal/pane.ts), and neither `reset` nor `skipped` nor `size`.
 */

/** Who looks at a process. */
export interface ViewerInfo {
  /** Unique in this life of the daemon. */
  readonly id: number;
  /** What the client calls itself, `user@host pts/3`; its own word, so nothing is decided by it. */
  readonly label: string;
  /** Its client, and from where its user came, where that is known: its own word, too. */
  readonly origin: string;
  readonly readOnly: boolean;
  /** Its terminal's size is the program's, as it attached, typed or resized last. */
  readonly drives: boolean;
  /** It does not get the stream but pictures: its size is another, or it is slow. */
  readonly painted: boolean;
  readonly cols: number;
  readonly rows: number;
  /** Wall clock, in milliseconds, of its coming. */
  readonly since: number;
}

export type ServerFrame =
  /** The first frame. `cols`, `rows`: of the program's terminal. `state`: supervisord's word. */
  | {
      readonly type: 'attached';
      readonly name: string;
      readonly id: number;
      readonly state: string;
      readonly pid: number | null;
      readonly cols: number;
      readonly rows: number;
      /** The chord that the config asks for, in docker's notation; null where it names none. */
      readonly detachKeys: string | null;
    }
  /**
   * What the viewer's terminal shows is out of date: it is to be brought into its default state, and a whole picture
   * follows, which clears it. `keep`: what it shows now is pushed into its own scrollback first.
   */
  | { readonly type: 'reset'; readonly keep: boolean }
  /** The program's terminal has this size from here on, or the way in which this viewer sees it changed. */
  | { readonly type: 'size'; readonly cols: number; readonly rows: number; readonly painted: boolean }
  /** Where the process is in its life, with a sentence for people. */
  | { readonly type: 'state'; readonly state: string; readonly pid: number | null; readonly text: string }
  /** Ended for good: nothing follows. `code`: the program's exit code, 128+n for a signal, 7 when it did not run at all. */
  | {
      readonly type: 'exit';
      readonly code: number;
      readonly text: string;
      /** Rows of the viewer's main screen, from the top, that hold something; null when that is not known. */
      readonly rows: number | null;
    }
  /** So many bytes were not sent, as the viewer was slow: it has been given the picture after them. */
  | { readonly type: 'skipped'; readonly bytes: number }
  /** Somebody else detached this viewer, or it asked to leave: nothing follows. `rows` as for `exit`. */
  | { readonly type: 'detach'; readonly text: string; readonly rows: number | null }
  /** So many bytes of all that this viewer typed have been taken. */
  | { readonly type: 'typed'; readonly bytes: number }
  /** Who looks on, whenever that changes. */
  | { readonly type: 'viewers'; readonly viewers: readonly ViewerInfo[] };

export type ExitFrame = Extract<ServerFrame, { type: 'exit' }>;

export type ClientFrame =
  /** It leaves, and would like to know where the screen ends: `detach` is the answer. */
  | { readonly type: 'leave' }
  | { readonly type: 'size'; readonly cols: number; readonly rows: number }
  /** So many bytes of all that were sent have reached the viewer's terminal. Only with `acks=1`, at least every `ACK_EVERY`. */
  | { readonly type: 'ack'; readonly bytes: number };

/** A viewer acknowledges at least as often as this, in bytes; what is below may stay unacknowledged. */
export const ACK_EVERY = 2048;

/** Bytes a viewer may send that have not been `typed` yet. Who sends more is disconnected. */
export const INPUT_WINDOW = 64 * 1024;

/** Longest text frame a client may send, in bytes. */
export const TEXT_FRAME_LIMIT = 1024;

/** The largest terminal there is: sizes come from clients, and an emulator takes memory for every cell. */
export const MAX_COLS = 1000;
export const MAX_ROWS = 1000;

/** And the most cells it has: some sequences touch all of them. */
export const MAX_CELLS = 200_000;

/** Reads a text frame of a client. Throws `bad_request`. */
export function parseClientFrame(text: string): ClientFrame {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    throw new WireError('bad_request', 'a text frame must be one JSON object');
  }
  const { type, cols, rows, bytes } = (typeof value === 'object' && value !== null ? value : {}) as Record<
    string,
    unknown
  >;
  if (type === 'leave') return { type };
  if (type === 'size' && isCount(cols, MAX_COLS) && isCount(rows, MAX_ROWS) && cols * rows <= MAX_CELLS) {
    return { type, cols, rows };
  }
  if (type === 'ack' && isCount(bytes, Number.MAX_SAFE_INTEGER)) return { type, bytes };
  throw new WireError('bad_request', `no such frame, or its numbers are out of range: ${text.slice(0, 80)}`);
}

function isCount(value: unknown, max: number): value is number {
  return typeof value === 'number' && Number.isSafeInteger(value) && value >= 1 && value <= max;
}
