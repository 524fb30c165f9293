import { MAX_CELLS, MAX_COLS, MAX_ROWS } from '../../protocol/frames.ts';

/** Columns and rows of a terminal. */
export interface Size {
  readonly cols: number;
  readonly rows: number;
}

/** A size that the wire takes. */
export function wireSize({ cols, rows }: Size): Size {
  const width = Math.min(Math.max(1, cols), MAX_COLS);
  return { cols: width, rows: Math.min(Math.max(1, rows), MAX_ROWS, Math.floor(MAX_CELLS / width)) };
}
