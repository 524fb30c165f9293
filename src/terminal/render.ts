/**
 * A screen to be printed somewhere else: as text, as text with colours, or as data. For `taskmasterctl screen`.
 * `scrollback`: how many lines above the main screen come first, at most; an alternate screen has none.
 */
import type { Emulator, Line, Style } from './emulator.ts';
import {
  BG_DIM,
  BG_ITALIC,
  BG_OVERLINE,
  CELL_WORDS,
  COLOR_16,
  COLOR_256,
  COLOR_MODE,
  EXT_STYLE,
  EXT_STYLE_SHIFT,
  FG_BLINK,
  FG_BOLD,
  FG_INVERSE,
  FG_INVISIBLE,
  FG_STRIKETHROUGH,
} from './internals.ts';
import { linkSequence, PLAIN, rgbOf, sameStyle, sgrBetween } from './sgr.ts';
import { isOneCell } from './width.ts';

/** What is above it needs a look at its width. */
const LAST_ASCII = '~';

/** Cells that stand side by side and look the same. */
export interface Run {
  readonly text: string;
  readonly style: Readonly<Style>;
  /** It is one cell of so many columns, which its text alone would not tell. */
  readonly columns?: 1 | 2;
}

/** A colour: one of the terminal's 256, or `#rrggbb`. */
export type ColorName = number | string;

export type Underline = 'single' | 'double' | 'curly' | 'dotted' | 'dashed';

/** Cells that stand side by side and look the same; what is absent is off, or the terminal's default. */
export interface SpanDocument {
  readonly text: string;
  readonly fg?: ColorName;
  readonly bg?: ColorName;
  readonly bold?: true;
  readonly dim?: true;
  readonly italic?: true;
  readonly underline?: Underline;
  readonly underlineColor?: ColorName;
  readonly blink?: true;
  readonly inverse?: true;
  readonly invisible?: true;
  readonly strikethrough?: true;
  readonly overline?: true;
  /** Where its hyperlink leads. */
  readonly link?: string;
  /** It is one cell that takes so many columns, although those of its characters add up to something else. */
  readonly columns?: 1 | 2;
}

export interface LineDocument {
  /** Without the blanks at its end. */
  readonly text: string;
  /** It goes on from the line above. */
  readonly wrapped: boolean;
  /** Their texts, joined, are the line with those blanks that have a colour. */
  readonly spans: readonly SpanDocument[];
}

export interface ScreenDocument {
  readonly cols: number;
  readonly rows: number;
  /** From 0, on the screen: `lines[scrollback + y]` has the cursor. */
  readonly cursor: { readonly x: number; readonly y: number };
  /** Whether the program shows the alternate screen, as editors and pagers do. */
  readonly alternate: boolean;
  /** How many of `lines` stand above the screen. */
  readonly scrollback: number;
  readonly lines: readonly LineDocument[];
}

/** The lines of text, without the blanks at their ends. */
export function textOf(emulator: Emulator, scrollback = 0): string[] {
  return linesOf(emulator, scrollback).map(textOfLine);
}

/** The lines with their colours and hyperlinks: each begins and ends in the default look, and moves no cursor. */
export function ansiOf(emulator: Emulator, scrollback = 0): string[] {
  return linesOf(emulator, scrollback).map(line => {
    let out = '';
    let style: Readonly<Style> = PLAIN;
    for (const run of [...runsOf(emulator, line), { text: '', style: PLAIN }]) {
      out += sgrBetween(style, run.style);
      if (run.style.link !== style.link) out += linkSequence(emulator.link(run.style.link));
      out += run.text;
      style = run.style;
    }
    return out;
  });
}

/** The screen as data, for scripts. */
export function jsonOf(emulator: Emulator, scrollback = 0): ScreenDocument {
  const lines = linesOf(emulator, scrollback);
  const { cols, rows } = emulator.size;
  return {
    cols,
    rows,
    cursor: { x: emulator.x, y: emulator.y },
    alternate: emulator.isAlternate,
    scrollback: lines.length - rows,
    lines: lines.map(line => ({
      text: textOfLine(line),
      wrapped: line.isWrapped,
      spans: spansOf(emulator, line),
    })),
  };
}

/** The columns of a line from `from` on, before `to`. */
export interface Part {
  readonly from: number;
  readonly to: number;
}

/** The runs of a line, or of a part of it, up to the last cell that shows anything. Of a wide character that is cut a blank remains. */
export function runsOf(emulator: Emulator, line: Line, { from, to }: Part = { from: 0, to: line.length }): Run[] {
  const runs: Run[] = [];
  const style: Style = { ...PLAIN };
  let text = '';
  let current: Readonly<Style> = PLAIN;
  const end = Math.min(to, shownLength(emulator, line));
  for (let x = from; x < end; ) {
    const width = line.getWidth(x);
    const isWhole = width !== 0 && x + width <= to;
    const cell = isWhole ? line.getString(x) || ' ' : ' ';
    const columns = isWhole && width === 2 ? 2 : 1;
    emulator.styleInto(line, x, style);
    const isAlone = (cell.length > 1 || cell > LAST_ASCII) && !isOneCell(cell, columns);
    if (isAlone || !sameStyle(style, current)) {
      if (text !== '') runs.push({ text, style: current });
      current = { ...style };
      text = '';
    }
    if (isAlone) runs.push({ text: cell, style: current, columns });
    else text += cell;
    x += columns;
  }
  if (text !== '') runs.push({ text, style: current });
  return runs;
}

/** A line's runs, or those of a part of it, as data. */
export function spansOf(emulator: Emulator, line: Line, part?: Part): SpanDocument[] {
  return runsOf(emulator, line, part).map(run => spanOf(emulator, run));
}

/** Rows of the main screen, from the top, that hold text or the cursor: what is below them is free. */
export function rowsInUse(emulator: Emulator): number {
  let rows = emulator.rows;
  while (rows > 0 && textOfLine(emulator.mainLine(rows - 1)) === '') rows--;
  return emulator.isAlternate ? rows : Math.max(rows, emulator.y + 1);
}

function linesOf(emulator: Emulator, scrollback: number): Line[] {
  const above = emulator.isAlternate ? 0 : Math.min(scrollback, emulator.scrollback);
  return Array.from({ length: above + emulator.rows }, (_, i) => emulator.line(i - above));
}

function textOfLine(line: Line): string {
  let text = '';
  for (let x = 0; x < line.length; x += line.getWidth(x) || 1) text += line.getString(x) || ' ';
  return text.replace(/ +$/, '');
}

/** The columns up to the last one that is not blank and plain. A space shows when it has a background or a line. */
function shownLength(emulator: Emulator, line: Line): number {
  const style: Style = { ...PLAIN };
  for (let x = line.length - 1; x >= 0; x--) {
    const text = line.getWidth(x) === 0 ? 'right half' : line.getString(x);
    if (text !== '' && text !== ' ') return x + 1;
    if ((line._data[x * CELL_WORDS + 1] ?? 0) === 0 && (line._data[x * CELL_WORDS + 2] ?? 0) === 0) continue;
    const { fg, bg, ext } = emulator.styleInto(line, x, style);
    const isLined = (ext & EXT_STYLE) !== 0 || (fg & FG_STRIKETHROUGH) !== 0 || (bg & BG_OVERLINE) !== 0;
    if (isLined || (bg & COLOR_MODE) !== 0 || (fg & FG_INVERSE) !== 0) return x + 1;
  }
  return 0;
}

const UNDERLINES: readonly (Underline | undefined)[] = [undefined, 'single', 'double', 'curly', 'dotted', 'dashed'];

function spanOf(emulator: Emulator, { text, style: { fg, bg, ext, link }, columns }: Run): SpanDocument {
  const underline = UNDERLINES[(ext & EXT_STYLE) >>> EXT_STYLE_SHIFT];
  const uri = emulator.link(link)?.uri;
  return {
    text,
    ...colored('fg', fg),
    ...colored('bg', bg),
    ...((fg & FG_BOLD) !== 0 && { bold: true }),
    ...((bg & BG_DIM) !== 0 && { dim: true }),
    ...((bg & BG_ITALIC) !== 0 && { italic: true }),
    ...(underline && { underline, ...colored('underlineColor', ext) }),
    ...((fg & FG_BLINK) !== 0 && { blink: true }),
    ...((fg & FG_INVERSE) !== 0 && { inverse: true }),
    ...((fg & FG_INVISIBLE) !== 0 && { invisible: true }),
    ...((fg & FG_STRIKETHROUGH) !== 0 && { strikethrough: true }),
    ...((bg & BG_OVERLINE) !== 0 && { overline: true }),
    ...(uri !== undefined && { link: uri }),
    ...(columns !== undefined && { columns }),
  };
}

function colored<K extends string>(key: K, word: number): { readonly [key in K]?: ColorName } {
  switch (word & COLOR_MODE) {
    case 0:
      return {};
    case COLOR_16:
    case COLOR_256:
      return { [key]: word & 0xff } as { [key in K]: ColorName }; // a computed key's type is lost
    default:
      return {
        [key]: `#${rgbOf(word)
          .map(part => part.toString(16).padStart(2, '0'))
          .join('')}`,
      } as {
        [key in K]: ColorName; // as above
      };
  }
}
