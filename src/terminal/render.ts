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

/** Cells that stand side by side and look the same. */
export interface Run {
  readonly text: string;
  readonly style: Readonly<Style>;
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
      spans: runsOf(emulator, line).map(run => spanOf(emulator, run)),
    })),
  };
}

/** A line's runs, up to the last cell that shows anything. */
export function runsOf(emulator: Emulator, line: Line): Run[] {
  const runs: Run[] = [];
  const style: Style = { ...PLAIN };
  let text = '';
  let current: Readonly<Style> = PLAIN;
  const end = shownLength(emulator, line);
  for (let x = 0; x < end; x += line.getWidth(x) || 1) {
    emulator.styleInto(line, x, style);
    if (!sameStyle(style, current)) {
      if (text !== '') runs.push({ text, style: current });
      current = { ...style };
      text = '';
    }
    text += line.getString(x) || ' ';
  }
  if (text !== '') runs.push({ text, style: current });
  return runs;
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

function spanOf(emulator: Emulator, { text, style: { fg, bg, ext, link } }: Run): SpanDocument {
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
