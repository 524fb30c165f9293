import type { Look, Piece } from './piece.ts';
import type { Rect } from './rect.ts';

/** A part of the screen as it is to be drawn. */
export interface Pane {
  readonly rect: Rect;
  /** How its border looks; undefined for none. */
  readonly border?: Look | undefined;
  /** On the border: left and right above, left below. */
  readonly title?: readonly Piece[];
  readonly corner?: readonly Piece[];
  readonly foot?: readonly Piece[];
  /** Rows within the border, from the top; what they do not fill is blank. */
  readonly rows: readonly (readonly Piece[])[];
  /** A cell within the border that looks another way: a program's cursor. */
  readonly cursor?: Spot & { readonly look: Look };
}

export interface Spot {
  readonly x: number;
  readonly y: number;
}

/** A pane, and where on the screen the terminal's cursor is when it is in it. */
export interface Drawn {
  readonly pane: Pane;
  readonly spot: Spot | undefined;
}
