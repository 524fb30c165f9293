/**
 * What a terminal must be sent so that it shows one grid of cells in place of another: what blessed's own `draw` does, with
 * two differences. Only cells that differ are sent, wide characters too (blessed sends those whenever their row changes). And no
 * character can shift what is behind it: terminals differ in the widths of emoji and newer scripts, so that behind each
 * of those the place is set anew, the cell it may have spilled into is drawn again, and the one that it may not reach is
 * blank already. Lines do not wrap meanwhile.
 */
import { isAgreedWidth, widthOf } from '../../terminal/width.ts';
import { isInvisible, PLAIN_ATTR, sgrOf } from './attr.ts';
import { shownText } from './piece.ts';

/** blessed's: how it looks, and its text; `''` for the right half of a wide character. */
export type GridCell = [attr: number, text: string];
export type Grid = readonly GridCell[][];

export interface FrameOptions {
  /** Whether the terminal shows more than ASCII. */
  readonly isUnicode: boolean;
  /** ASCII for a character, where the terminal shows no other. */
  readonly ascii: (char: string) => string;
}

const LAST_ASCII = '~';

/** Cells that did not change are written again where that is shorter than moving over them. */
const SHORT_GAP = 3;

/** The escape sequences, empty when nothing differs; `shown` is brought to `wanted`. The look is plain before and after. */
export function frameBetween(shown: Grid, wanted: Grid, options: FrameOptions): string {
  let out = '';
  for (const [y, line] of wanted.entries()) {
    const old = shown[y];
    if (old !== undefined) out += rowBetween(old, line, { y, ...options });
  }
  return out;
}

interface RowOptions extends FrameOptions {
  readonly y: number;
}

function rowBetween(old: GridCell[], line: readonly GridCell[], options: RowOptions): string {
  let out = '';
  let attr = PLAIN_ATTR;
  /** Where the terminal's cursor is; -1 for elsewhere. */
  let at = -1;
  /** The cell that a character of uncertain width may have been drawn over. */
  let spilled = -1;
  for (let x = 0; x < line.length; ) {
    const cell = line[x];
    if (cell === undefined) break;
    const columns = columnsAt(line, x);
    // Half of a wide character that loses its other half is another cell, though its text stays.
    const isUnchanged =
      columns === columnsAt(old, x) && isSame(old, line, x) && (columns === 1 || isSame(old, line, x + 1));
    if (isUnchanged && x !== spilled) {
      x += columns;
      continue;
    }
    if (at !== x) {
      const isNear = at >= 0 && x > at && x - at <= SHORT_GAP && isPlainText(line, at, { to: x, attr });
      if (isNear) for (let i = at; i < x; i++) out += line[i]?.[1];
      else out += `\x1b[${options.y + 1};${x + 1}H`;
    }
    if (cell[0] !== attr) {
      attr = cell[0];
      out += sgrOf(attr);
    }
    const text = textOf(cell, columns, options);
    const isCertain = text.length <= columns && (text <= LAST_ASCII || isAgreedWidth(text.codePointAt(0) ?? 0));
    if (isCertain) {
      out += text;
      at = x + columns;
    } else {
      out += columns === 2 ? `  \x1b[${options.y + 1};${x + 1}H${text}` : text;
      at = -1;
      spilled = x + columns;
    }
    for (let i = x; i < x + columns; i++) copyCell(old, line, i);
    x += columns;
  }
  return attr === PLAIN_ATTR ? out : `${out}\x1b[m`;
}

function columnsAt(line: readonly GridCell[], x: number): 1 | 2 {
  return line[x + 1]?.[1] === '' ? 2 : 1;
}

function isSame(old: readonly GridCell[], line: readonly GridCell[], x: number): boolean {
  const a = old[x];
  const b = line[x];
  return a !== undefined && b !== undefined && a[0] === b[0] && a[1] === b[1];
}

function copyCell(old: readonly GridCell[], line: readonly GridCell[], x: number): void {
  const from = line[x];
  const to = old[x];
  if (from === undefined || to === undefined) return;
  to[0] = from[0];
  to[1] = from[1];
}

function isPlainText(
  line: readonly GridCell[],
  from: number,
  { to, attr }: { readonly to: number; readonly attr: number },
): boolean {
  for (let x = from; x < to; x++) {
    const cell = line[x];
    if (cell === undefined || cell[0] !== attr || cell[1].length !== 1 || cell[1] > LAST_ASCII) return false;
  }
  return !isInvisible(attr);
}

/**
 * What is printed for a cell: never anything that a terminal would act upon, and never a wide character into a cell that
 * has no right half.
 */
function textOf([attr, text]: GridCell, columns: number, { isUnicode, ascii }: FrameOptions): string {
  if (text.length === 1 && columns === 1 && text >= ' ' && text <= LAST_ASCII) return isInvisible(attr) ? ' ' : text;
  const shown = shownText(text);
  const code = shown.codePointAt(0) ?? 0;
  if (isInvisible(attr) || widthOf(code) === 0 || widthOf(code) > columns) return ' '.repeat(columns);
  if (!isUnicode && shown > LAST_ASCII) return ascii(String.fromCodePoint(code)).padEnd(columns);
  return widthOf(code) < columns && shown.length === 1 ? `${shown} ` : shown;
}
