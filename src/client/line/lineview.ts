/** How a line that is being typed lies on a terminal: rows of text, and where the cursor stands. */
import { textWidth } from '../../terminal/width.ts';
import { characters } from './graphemes.ts';
import type { Line } from './line.ts';

export interface LineView {
  /** What is to be printed in each row, none wider than the width. */
  readonly rows: readonly string[];
  /** From 0. */
  readonly cursor: { readonly row: number; readonly column: number };
}

/** Colours in a prompt, which take no columns. */
const SGR = /(\x1b\[[\d;]*m)/;

/**
 * Lays prompt and line out in as many rows as they need. The prompt may hold SGR sequences. A cursor behind a full row stands
 * at the beginning of the next.
 */
export function layLine(prompt: string, line: Line, width: number): LineView {
  const rows = new Rows(Math.max(1, width));
  for (const part of prompt.split(SGR)) {
    if (SGR.test(part)) rows.addInvisible(part);
    else for (const { text } of characters(part)) rows.add(shownAs(text));
  }
  let cursor = { row: 0, column: 0 };
  for (const { text, at } of characters(line.text)) {
    if (at === line.cursor) cursor = rows.placeFor(shownAs(text));
    rows.add(shownAs(text));
  }
  if (line.cursor >= line.text.length) cursor = rows.placeFor(' ');
  while (rows.rows.length <= cursor.row) rows.rows.push('');
  return { rows: rows.rows, cursor };
}

/** The same in one row, of which the part around the cursor is shown; `column` is the cursor's. */
export function cropLine(line: Line, width: number): { readonly text: string; readonly column: number } {
  const cells = [...characters(line.text)].map(({ text, at }) => ({ text: shownAs(text), at }));
  const widthAt = (index: number): number => textWidth(cells[index]?.text ?? '');
  const index = cells.findIndex(({ at }) => at >= line.cursor);
  const place = index === -1 ? cells.length : index;
  let [from, column] = [place, 0];
  while (from > 0 && column + widthAt(from - 1) < width) column += widthAt(--from);
  let [to, used] = [from, 0];
  while (to < cells.length && used + widthAt(to) <= width) used += widthAt(to++);
  const text = cells
    .slice(from, to)
    .map(cell => cell.text)
    .join('');
  return { text, column };
}

/** A character as it may be printed: controls as `^X`, what would only join its neighbour on a place of its own. */
export function shownAs(text: string): string {
  const code = text.codePointAt(0) ?? 0;
  if (code < 0x20 || code === 0x7f) return `^${String.fromCharCode(code ^ 0x40)}`;
  if (code >= 0x80 && code < 0xa0) return `<${code.toString(16)}>`;
  return textWidth(text) === 0 ? '\ufffd' : text;
}

class Rows {
  readonly rows: string[] = [''];
  private column = 0;
  private readonly width: number;

  constructor(width: number) {
    this.width = width;
  }

  add(text: string): void {
    const { row, column } = this.placeFor(text);
    while (this.rows.length <= row) this.rows.push('');
    this.rows[row] += text;
    this.column = column + textWidth(text);
  }

  addInvisible(text: string): void {
    this.rows[this.rows.length - 1] += text;
  }

  /** Where it would be printed: nothing is cut in two, so it goes into the next row when it does not fit. */
  placeFor(text: string): LineView['cursor'] {
    const fits = this.column + Math.min(textWidth(text), this.width) <= this.width;
    const row = this.rows.length - 1;
    return fits ? { row, column: this.column } : { row: row + 1, column: 0 };
  }
}
