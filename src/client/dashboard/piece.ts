import type { SpanDocument } from '../../terminal/render.ts';
import { textWidth, widthOf } from '../../terminal/width.ts';

/** Text of one look: what panes are made of, as the daemon's pictures of consoles are. */
export type Piece = SpanDocument;

/** How text looks. */
export type Look = Omit<Piece, 'text' | 'columns' | 'link'>;

/**
 * What a terminal would act upon in place of showing it: control characters, and those that turn the direction of all that
 * follows on the line.
 */
const UNSHOWN = /[\x00-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]/g;

export function piece(text: string, look?: Look): Piece {
  return { ...look, text: shownText(text) };
}

/** Text that is safe to print, whatever program, title or name it comes from. */
export function shownText(text: string): string {
  return text.replace(UNSHOWN, '');
}

/** Exactly so many columns of a text: blanks are added behind it, or it is cut and ends in `mark`. */
export function fitted(text: string, cols: number, mark: string): string {
  const shown = cut(text, cols, mark);
  return shown + ' '.repeat(Math.max(0, cols - textWidth(shown)));
}

/** As `fitted`, but with the blanks before it. */
export function fittedRight(text: string, cols: number, mark: string): string {
  const shown = cut(text, cols, mark);
  return ' '.repeat(Math.max(0, cols - textWidth(shown))) + shown;
}

/** At most so many columns of a text; `mark`, of one column, stands for what is left out at its end. */
export function cut(text: string, cols: number, mark: string): string {
  const clean = shownText(text);
  if (textWidth(clean) <= cols) return clean;
  if (cols <= 0) return '';
  return headOf(clean, cols - 1) + mark;
}

function headOf(text: string, cols: number): string {
  let width = 0;
  let to = 0;
  for (const char of text) {
    width += widthOf(char.codePointAt(0) ?? 0);
    if (width > cols) break;
    to += char.length;
  }
  return text.slice(0, to);
}

/** Lines of at most so many columns, broken between words; a word that is longer is cut. */
export function wrapped(text: string, cols: number): string[] {
  if (cols <= 0) return [];
  const lines: string[] = [];
  let line = '';
  for (let word of shownText(text).split(/\s+/)) {
    if (line !== '' && textWidth(line) + 1 + textWidth(word) > cols) {
      lines.push(line);
      line = '';
    }
    while (textWidth(word) > cols) {
      const head = headOf(word, cols) || word.slice(0, 1);
      lines.push(head);
      word = word.slice(head.length);
    }
    line = line === '' ? word : `${line} ${word}`;
  }
  return [...lines, line];
}

export function widthOfPieces(pieces: readonly Piece[]): number {
  return pieces.reduce((sum, { text }) => sum + textWidth(text), 0);
}
