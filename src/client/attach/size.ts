import { MAX_COLS, MAX_ROWS } from '../../protocol/frames.ts';

/** Columns and rows of a terminal. */
export interface Size {
  readonly cols: number;
  readonly rows: number;
}

/** A size that the wire takes. */
export function wireSize({ cols, rows }: Size): Size {
  return { cols: Math.min(Math.max(1, cols), MAX_COLS), rows: Math.min(Math.max(1, rows), MAX_ROWS) };
}
