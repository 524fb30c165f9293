/**
 * The cells of a line, from the spans in which the daemon sends it: for whoever puts a program's screen into a grid of
 * their own. They are the emulator's own cells, whatever the grid's terminal thinks of a character's width.
 *
 * A span's text is split as the emulator put it together: a character that takes columns begins a cell, and what takes none
 * joins the cell before it. Where that would not give the emulator's cell, the cell has a span of its own that says how many
 * columns it takes (`isOneCell` in width.ts).
 */
import type { SpanDocument } from './render.ts';
import { type Width, widthOf } from './width.ts';

export interface Cell {
  /** A character and its marks; `''` for the right half of a wide one, `' '` for a blank. */
  readonly text: string;
  /** How it looks; undefined where nothing was written. */
  readonly span: SpanDocument | undefined;
  /** 2 for the left half of a wide character and 0 for its right one. */
  readonly width: Width;
}

const BLANK: Cell = { text: ' ', span: undefined, width: 1 };
const LAST_ASCII = 0x7e;

/** Exactly `cols` cells. What does not fit is left out; of a wide character that is cut a blank remains. */
export function cellsOf(spans: readonly SpanDocument[], cols: number): Cell[] {
  const cells: Cell[] = [];
  for (const span of spans) {
    if (cells.length >= cols) break;
    if (span.columns === undefined) split(cells, span, cols);
    else put(cells, { text: span.text, span, width: span.columns }, cols);
  }
  while (cells.length < cols) cells.push(BLANK);
  return cells;
}

function split(cells: Cell[], span: SpanDocument, cols: number): void {
  const { text } = span;
  for (let i = 0; i < text.length && cells.length < cols; ) {
    const start = i;
    const width = widthOf(codeAt(text, i));
    i += unitsAt(text, i);
    while (i < text.length && text.charCodeAt(i) > LAST_ASCII && widthOf(codeAt(text, i)) === 0) i += unitsAt(text, i);
    if (width !== 0) put(cells, { text: text.slice(start, i), span, width }, cols);
  }
}

function put(cells: Cell[], cell: Cell, cols: number): void {
  if (cell.width < 2) {
    cells.push(cell);
  } else if (cells.length + 2 > cols) {
    cells.push({ text: ' ', span: cell.span, width: 1 });
  } else {
    cells.push(cell, { text: '', span: cell.span, width: 0 });
  }
}

function codeAt(text: string, at: number): number {
  return text.codePointAt(at) ?? 0;
}

function unitsAt(text: string, at: number): 1 | 2 {
  return codeAt(text, at) > 0xffff ? 2 : 1;
}
