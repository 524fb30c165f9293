import type { SpanDocument } from './render.ts';

/**
 * One picture of a program's screen for a pane of a larger picture, such as the dashboard's: what changed since the picture
 * before it, as cells and not as a stream. It goes over the wire as one binary frame, JSON in UTF-8.
 */
export interface PaneFrame {
  /** The size of the program's terminal. */
  readonly cols: number;
  readonly rows: number;
  /** Which column and row of it the pane's left top corner shows: the pane follows the cursor where the terminal is larger. */
  readonly x: number;
  readonly y: number;
  /** Where in the pane the cursor is, from 0; null when it is hidden or elsewhere. */
  readonly cursor: { readonly x: number; readonly y: number } | null;
  /** Whether the program shows the alternate screen, as editors and pagers do. */
  readonly alternate: boolean;
  /** How the program would have its terminal's keyboard speak, which a pane has none of; absent where that is as usual. */
  readonly keyboard?: PaneKeyboard;
  /** The rows of the pane that changed, by number from 0; one without spans is blank. The first picture has all rows. */
  readonly lines: readonly PaneLine[];
}

export interface PaneKeyboard {
  /** Arrows, Home and End as `ESC O`, not `ESC [` (DECCKM). */
  readonly application?: true;
  /** What is pasted stands between marks (mode 2004). */
  readonly pasteMarks?: true;
}

export interface PaneLine {
  readonly y: number;
  readonly spans: readonly SpanDocument[];
}
