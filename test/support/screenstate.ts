/**
 * The judge: everything that can be told of an emulator's screen, as plain data that two terminals can be compared by,
 * and their differences in words.
 */
import type { Emulator, Line, Saved, Style } from '../../src/terminal/emulator.ts';
import { BG_PROTECTED, CONTENT_ANY } from '../../src/terminal/internals.ts';
import { PLAIN, sgrBetween } from '../../src/terminal/sgr.ts';

/** A cell in words: its text, its width, and how it looks as SGR would say it. */
export interface CellState {
  /** '' for a cell that was erased or never written, and for the right half of a wide character. */
  readonly text: string;
  readonly width: number;
  readonly style: string;
}

export interface LineState {
  readonly isWrapped: boolean;
  readonly cells: readonly CellState[];
}

export interface SavedState {
  readonly x: number;
  readonly y: number;
  readonly style: string;
  readonly charsets: string;
  readonly origin: boolean;
}

export interface ScreenState {
  readonly cols: number;
  readonly rows: number;
  readonly isAlternate: boolean;
  readonly cursor: {
    readonly x: number;
    readonly y: number;
    readonly isWrapPending: boolean;
    readonly canRepeat: boolean;
  };
  readonly pen: string;
  readonly margins: { readonly top: number; readonly bottom: number };
  readonly modes: Readonly<Record<string, boolean>>;
  readonly tabs: readonly number[];
  readonly charsets: string;
  /** The lines that are shown. */
  readonly lines: readonly LineState[];
  readonly saved: SavedState;
  /** What an alternate screen hides. */
  readonly main?: { readonly lines: readonly LineState[]; readonly saved: SavedState };
}

export function stateOf(emulator: Emulator): ScreenState {
  const { cols, rows } = emulator.size;
  const words = styleWords(emulator);
  const linesOf = (line: (y: number) => Line): LineState[] =>
    Array.from({ length: rows }, (_, y) => lineState(emulator, line(y), words));
  const { letters, glevel } = emulator.charsets;
  return {
    cols,
    rows,
    isAlternate: emulator.isAlternate,
    cursor: { x: emulator.x, y: emulator.y, isWrapPending: emulator.isWrapPending, canRepeat: emulator.canRepeat },
    pen: words(emulator.pen),
    margins: { ...emulator.margins },
    modes: { ...emulator.modes },
    tabs: emulator.tabs,
    charsets: charsetWords(letters, glevel),
    lines: linesOf(y => emulator.line(y)),
    saved: savedState(emulator.saved(emulator.isAlternate ? 'alternate' : 'main'), words),
    ...(emulator.isAlternate && {
      main: { lines: linesOf(y => emulator.mainLine(y)), saved: savedState(emulator.saved('main'), words) },
    }),
  };
}

/** Where two states differ, a line each, at most `most` of them: what it is, what was expected, and what is there. */
export function differences(expected: ScreenState, actual: ScreenState, most = 20): string[] {
  const found: string[] = [];
  compare('', expected, actual, found);
  return found.length > most ? [...found.slice(0, most), `and ${found.length - most} more`] : found;
}

/** The screen as a picture: a line a row, with what is wrapped, and where the cursor is. For reading a failure. */
export function picture(state: ScreenState): string {
  const { cursor } = state;
  const rows = state.lines.map(({ isWrapped, cells }, y) => {
    const text = cells.map(({ text, width }) => (width === 0 ? '' : text || '·')).join('');
    return `${String(y).padStart(3)}${isWrapped ? '↪' : ' '}${text}${cursor.y === y ? `  ◂ ${cursor.x}${cursor.isWrapPending ? '+' : ''}` : ''}`;
  });
  return rows.join('\n');
}

type Words = (style: Readonly<Style>) => string;

function styleWords(emulator: Emulator): Words {
  const known = new Map<string, string>();
  return style => {
    const key = `${style.fg},${style.bg},${style.ext},${style.link}`;
    let words = known.get(key);
    if (words === undefined) {
      const link = emulator.link(style.link);
      words = sgrBetween(PLAIN, style).slice(2, -1);
      if ((style.bg & BG_PROTECTED) !== 0) words += ' protected';
      if (link) words += ` link ${link.id ?? ''};${link.uri}`;
      known.set(key, words);
    }
    return words;
  };
}

function lineState(emulator: Emulator, line: Line, words: Words): LineState {
  const style: Style = { ...PLAIN };
  const cells = Array.from({ length: line.length }, (_, x) => ({
    text: ((line._data[x * 3] ?? 0) & CONTENT_ANY) === 0 ? '' : line.getString(x),
    width: line.getWidth(x),
    style: words(emulator.styleInto(line, x, style)),
  }));
  return { isWrapped: line.isWrapped, cells };
}

function charsetWords(letters: readonly string[], glevel: number): string {
  return `${letters.join('')} in use G${glevel}`;
}

function savedState(saved: Saved | undefined, words: Words): SavedState {
  return {
    x: saved?.x ?? 0,
    y: saved?.y ?? 0,
    style: saved ? words(saved.style) : '',
    charsets: charsetWords(saved?.charsets ?? ['B', 'B', 'B', 'B'], saved?.glevel ?? 0),
    origin: saved?.origin ?? false,
  };
}

function compare(path: string, expected: unknown, actual: unknown, found: string[]): void {
  if (Object.is(expected, actual)) return;
  if (isComposite(expected) && isComposite(actual)) {
    for (const key of new Set([...Object.keys(expected), ...Object.keys(actual)])) {
      const step = Array.isArray(expected) ? `[${key}]` : path === '' ? key : `.${key}`;
      compare(path + step, expected[key], actual[key], found);
    }
    return;
  }
  found.push(`${path}: expected ${JSON.stringify(expected)}, is ${JSON.stringify(actual)}`);
}

function isComposite(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null;
}
