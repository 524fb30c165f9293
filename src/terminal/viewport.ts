/** Which part of a screen a smaller view shows. */
import type { Size } from './emulator.ts';

/** A place in a screen, in columns and rows from 0. */
export interface Place {
  readonly x: number;
  readonly y: number;
}

/** Sideways, a view that has to move puts the cursor this far from the side it left by, as a part of the view's width. */
const LEAD = 1 / 3;

/**
 * The place in the screen of the view's top left corner. The view stays where it was as long as the cursor is in it, and
 * never shows what is beyond the screen unless it is larger than that, when it begins at the screen's corner. Up and down
 * it follows the cursor by no more than it must; sideways it jumps, so that not every key at the edge moves all.
 */
export function viewport(screen: Size, view: Size, { cursor, before }: { cursor: Place; before: Place }): Place {
  const lead = Math.floor(view.cols * LEAD);
  return {
    x: along({ length: screen.cols, view: view.cols, lead }, cursor.x, before.x),
    y: along({ length: screen.rows, view: view.rows, lead: 0 }, cursor.y, before.y),
  };
}

interface Axis {
  readonly length: number;
  readonly view: number;
  readonly lead: number;
}

function along({ length, view, lead }: Axis, cursor: number, before: number): number {
  const most = Math.max(0, length - view);
  const start = Math.min(before, most);
  if (cursor < start) return Math.max(0, cursor - lead);
  if (cursor >= start + view) return Math.min(most, cursor - view + 1 + lead);
  return start;
}
