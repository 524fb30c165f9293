/** How the output of one stream becomes what is written to its log file: raw bytes, text, or JSON. */
import type { LineSpec } from '../core/program.ts';
import type { Stream } from './pty.ts';

/** What is held back: nothing; a line that only grew; one that was redrawn, and has grown since; or one that was redrawn just now. */
export type Held = 'nothing' | 'line' | 'redrawn' | 'redrawing';

/** Bytes that are returned are the caller's. */
export interface LineFormat {
  /** The last of what it gave is not the end of a line. */
  readonly isMidLine: boolean;
  readonly held: Held;
  /** What goes into the file now that `chunk` came, at this wall clock. `isShared`: whole lines alone. */
  write(chunk: Uint8Array, wall: number, isShared: boolean): Uint8Array;
  /** What is held, as it stands: the line may go on. */
  release(): Uint8Array;
  /** Someone else has written to the file: what comes next begins a line of it. */
  interrupt(): void;
  /** What is held, as nothing is expected to follow. If something does after all, it is a line of its own, except raw. */
  end(): Uint8Array;
  /** Takes other stamps and names from the next line on; false when it takes another format altogether. */
  configure(source: LineSource): boolean;
}

/** Whose lines they are, and how they are written. */
export interface LineSource {
  readonly spec: LineSpec;
  readonly process: string;
  readonly stream: Stream;
}
