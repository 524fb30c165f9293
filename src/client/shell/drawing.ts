/**
 * Drawing the line that is being typed below what was printed: text in, escape sequences out. Only what every terminal with
 * a cursor knows is used. The line's rows are printed in one go, so that the terminal wraps them itself: it can then mark and
 * reflow them as one line.
 */
import type { Size } from '../attach/size.ts';
import type { Line } from '../line/line.ts';
import { layLine } from '../line/lineview.ts';

/** What is to be seen. */
export interface Picture {
  /** May hold colours. */
  readonly prompt: string;
  readonly line: Line;
  /** Rows below the line, none wider than the terminal. */
  readonly below: readonly string[];
}

/** What was drawn, as far as it must be known to take it away. */
export interface Drawn {
  readonly picture: Picture;
  readonly width: number;
  /** Rows of the line that scrolled out above the first one shown. */
  readonly hidden: number;
}

/** Takes away what was drawn and draws the next picture. */
export function redraw(
  picture: Picture,
  { cols, rows }: Size,
  drawn: Drawn | undefined,
): { text: string; drawn: Drawn } {
  const { rows: all, cursor } = layLine(picture.prompt, picture.line, cols);
  // A line that is higher than the screen is shown around the cursor.
  const from = Math.max(0, Math.min(cursor.row - rows + 1, all.length - rows));
  const shown = all.slice(from, from + rows);
  const below = picture.below.slice(0, Math.max(0, rows - shown.length));
  const isOpenEnded = shown.length > 1 && shown.at(-1) === '';
  const text = shown.join('') + (isOpenEnded ? '\r\n' : '') + below.map(row => `\r\n${row}`).join('');
  const up = shown.length - 1 + below.length - (cursor.row - from);
  const place = `${up > 0 ? `\x1b[${up}A` : ''}\r${cursor.column > 0 ? `\x1b[${cursor.column}C` : ''}`;
  return { text: `${erase(drawn, cols)}${text}${place}`, drawn: { picture, width: cols, hidden: from } };
}

/** Takes away what was drawn; the cursor is where the prompt began. The terminal may have got another width since. */
export function erase(drawn: Drawn | undefined, cols: number): string {
  if (drawn === undefined) return '';
  const { prompt, line } = drawn.picture;
  const up = layLine(prompt, line, cols).cursor.row - (cols === drawn.width ? drawn.hidden : 0);
  return `${up > 0 ? `\x1b[${up}A` : ''}\r\x1b[J`;
}
