/**
 * Pictures of an emulator's screen for a terminal of another size, or one that cannot follow the stream: as escape
 * sequences that bring the view from the last picture to this one. Only rows that differ are drawn, each whole and at its
 * absolute place; nothing scrolls, nothing depends on what the terminal showed in other rows.
 *
 * The viewer's terminal is taken to be in its default modes, autowrap on. While a picture is drawn autowrap is off, so that
 * neither the last column nor a character that it finds wider than we do can wrap. Behind a character whose width terminals
 * do not agree on the place is set anew, on a row that was blanked before.
 */
import type { Emulator, Line, Size, Style } from './emulator.ts';
import { CELL_WORDS, COLOR_MODE, CONTENT_ANY, CONTENT_CODE, CONTENT_COMBINED } from './internals.ts';
import { linkSequence, PLAIN, sameStyle, sgrBetween } from './sgr.ts';
import { type Place, viewport } from './viewport.ts';
import { isAgreedWidth, widthOf } from './width.ts';

export interface Picture {
  readonly emulator: Emulator;
  /** The viewer's terminal. */
  readonly view: Size;
  /** Whether the program shows its cursor. */
  readonly isCursorVisible: boolean;
  /** A line of text over the bottom row, in reverse video. */
  readonly notice?: string | undefined;
}

const BEGIN = '\x1b[?2026h\x1b[?25l\x1b[?7l\x1b[m';
const END = '\x1b[?7h\x1b[?2026l';
const NO_ROW: readonly string[] = [];
const LAST_ASCII = 0x7e;

/** The pictures of one viewer. */
export class Painter {
  private view: Size | undefined;
  private rows: readonly string[] = NO_ROW;
  private place: Place = { x: 0, y: 0 };
  private cursor = '';

  /** Forgets the last picture: the next one is drawn whole. The view stays where it is. */
  reset(): void {
    this.rows = NO_ROW;
    this.cursor = '';
  }

  /** What the viewer's terminal must be sent to show this; empty when it shows it already. */
  frame(picture: Picture): string {
    const { view } = picture;
    if (view.cols !== this.view?.cols || view.rows !== this.view.rows) this.reset();
    this.view = view;
    this.place = placeOf(picture, this.place);
    const rows = drawnRows(picture, this.place);
    let changes = '';
    for (const [y, row] of rows.entries()) if (row !== this.rows[y]) changes += `\x1b[${y + 1}H${row}`;
    this.rows = rows;
    const cursor = cursorOf(picture, this.place);
    if (changes === '' && cursor === this.cursor) return '';
    this.cursor = cursor;
    return changes === '' ? cursor : `${BEGIN}${changes}${cursor}${END}`;
  }
}

/**
 * Where the view's top left corner is from here on. A hidden cursor of a full-screen program is anywhere: not followed. One
 * above a progress bar is where things happen.
 */
export function placeOf({ emulator, view, isCursorVisible }: Picture, before: Place): Place {
  const follows = isCursorVisible || !emulator.isAlternate;
  return viewport(emulator.size, view, { cursor: follows ? emulator : before, before });
}

function cursorOf({ emulator, view, isCursorVisible }: Picture, place: Place): string {
  const x = emulator.x - place.x;
  const y = emulator.y - place.y;
  if (!isCursorVisible || x < 0 || y < 0 || x >= view.cols || y >= view.rows) return '\x1b[?25l';
  return `\x1b[${y + 1};${x + 1}H\x1b[?25h`;
}

function drawnRows({ emulator, view, notice }: Picture, place: Place): string[] {
  const cols = Math.min(view.cols, emulator.cols - place.x);
  const rows: string[] = [];
  for (let y = 0; y < view.rows; y++) {
    if (notice !== undefined && y === view.rows - 1) rows.push(noticeRow(notice, view.cols));
    else if (y + place.y >= emulator.rows) rows.push('\x1b[K');
    else rows.push(drawnRow(emulator, emulator.line(y + place.y), { from: place.x, cols, width: view.cols }));
  }
  return rows;
}

interface Crop {
  readonly from: number;
  readonly cols: number;
  readonly width: number;
}

/** One row, from its first column on, with the pen plain before and after. */
function drawnRow(emulator: Emulator, line: Line, { from, cols, width }: Crop): string {
  const { _data: data } = line;
  const end = from + lengthOf(data, from, cols);
  const pen: Style = { ...PLAIN };
  const cell: Style = { ...PLAIN };
  let out = '';
  let isUncertain = false;
  let fgBefore = 0;
  let bgBefore = 0;
  for (let x = from; x < end; x++) {
    const at = x * CELL_WORDS;
    const content = data[at] ?? 0;
    const fg = data[at + 1] ?? 0;
    const bg = data[at + 2] ?? 0;
    if (fg !== fgBefore || bg !== bgBefore || pen.ext !== 0 || pen.link !== 0) {
      emulator.styleInto(line, x, cell);
      out += restyled(emulator, pen, cell);
      fgBefore = fg;
      bgBefore = bg;
    }
    const columns = line.getWidth(x);
    if ((content & CONTENT_ANY) === 0 || columns === 0 || x + columns > from + cols) {
      out += ' '; // a blank, or half of a wide character
      continue;
    }
    out += line.getString(x);
    x += columns - 1;
    const code = content & CONTENT_CODE;
    if ((content & CONTENT_COMBINED) === 0 && (code <= LAST_ASCII || isAgreedWidth(code))) continue;
    isUncertain = true;
    out += `\x1b[${x - from + 2}G`;
  }
  out += restyled(emulator, pen, PLAIN);
  const start = isUncertain ? '\x1b[2K' : '';
  return `${start}${out}${end - from < width ? '\x1b[K' : ''}`;
}

/** How many columns from `from` on there are to draw, at most `cols`: what follows is blank and of no colour. */
function lengthOf(data: Uint32Array, from: number, cols: number): number {
  let end = from + cols;
  for (; end > from; end--) {
    const at = (end - 1) * CELL_WORDS;
    if (((data[at] ?? 0) & CONTENT_ANY) !== 0 || ((data[at + 2] ?? 0) & COLOR_MODE) !== 0) break;
    if ((data[at] ?? 0) === 0) break; // the right half of a wide character
  }
  return end - from;
}

/** Brings `pen` to `style`. */
function restyled(emulator: Emulator, pen: Style, style: Readonly<Style>): string {
  if (sameStyle(pen, style)) return '';
  const link = pen.link === style.link ? '' : linkSequence(emulator.link(style.link));
  const sgr = sgrBetween(pen, style);
  Object.assign(pen, style);
  return sgr + link;
}

/** Text over the whole of the bottom row, in reverse video. */
function noticeRow(text: string, cols: number): string {
  return `\x1b[7m${' '.repeat(cols)}\r${fitting(text, cols)}\x1b[m`;
}

/** As much of a text as so many columns hold, without control characters. */
export function fitting(text: string, cols: number): string {
  let out = '';
  let width = 0;
  for (const char of text) {
    const columns = widthOf(char.codePointAt(0) ?? 0);
    if (char < ' ' || char === '\x7f' || (char >= '\x80' && char < '\xa0')) continue;
    if (width + columns > cols) break;
    out += char;
    width += columns;
  }
  return out;
}
