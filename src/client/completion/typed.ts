import { splitWords } from '../../core/words.ts';
import type { Line } from '../line/line.ts';

/** A line as far as it is typed: the words before the one at the cursor, and that one. */
export interface Typed {
  /** Without their quotes. */
  readonly before: readonly string[];
  /** The word at the cursor up to it, without its quotes; empty after a blank. */
  readonly word: string;
  /** Where that word stands in the line, with its quotes and with what of it is behind the cursor. */
  readonly from: number;
  readonly to: number;
  /** The quote that is open at the cursor. */
  readonly quote: Quote;
}

export type Quote = '' | "'" | '"';

const BLANK = /[ \t\r\n]/;

/** What a backslash quotes inside double quotes, as in `core/words.ts`. */
const ESCAPED_IN_DOUBLE = '$`"\\';

/** Characters that no shell of ours acts on: a star needs no quotes there, as supervisorctl needs none. */
const PLAIN = /^[A-Za-z0-9_@%+=:,./^*?[\]~-]+$/;

/** Reads a line by the rules of `core/words.ts`, save that a quote or a backslash may be the last that was typed so far. */
export function readTyped({ text, cursor }: Line): Typed {
  const before: string[] = [];
  let word: { from: number; text: string } | undefined;
  let quote: Quote = '';
  let at = 0;
  const take = (offset: number, length: number): void => {
    word ??= { from: offset, text: '' };
    word.text += text.slice(at, Math.min(at + length, cursor));
    at += length;
  };
  while (at < cursor) {
    const char = text[at] ?? '';
    if (quote !== '' && char === quote) {
      quote = '';
      at++;
    } else if (char === '\\' && quote !== "'" && isEscape(text[at + 1], quote)) {
      word ??= { from: at, text: '' };
      at++;
      if (at < cursor) take(at, 1);
    } else if (quote === '' && (char === "'" || char === '"')) {
      word ??= { from: at, text: '' };
      quote = char;
      at++;
    } else if (quote === '' && BLANK.test(char)) {
      if (word !== undefined) before.push(word.text);
      word = undefined;
      at++;
    } else {
      take(at, 1);
    }
  }
  const { from = cursor, text: typed = '' } = word ?? {};
  return { before, word: typed, from, to: word === undefined ? cursor : endOfWord(text, cursor, quote), quote };
}

function isEscape(next: string | undefined, quote: Quote): boolean {
  return quote === '' || next === undefined || ESCAPED_IN_DOUBLE.includes(next);
}

/**
 * Where the word ends that the cursor is in. A quote that is open there is taken to be closed behind it when the line makes
 * sense so; else nobody has closed it yet, and the next blank ends what was typed before.
 */
function endOfWord(text: string, cursor: number, open: Quote): number {
  if (open !== '' && !splitWords(text).ok) {
    const blank = text.slice(cursor).search(BLANK);
    return blank === -1 ? text.length : cursor + blank;
  }
  let quote: string = open;
  let at = cursor;
  for (; at < text.length; at++) {
    const char = text[at] ?? '';
    if (quote === '' && BLANK.test(char)) break;
    if (char === quote) quote = '';
    else if (char === '\\' && quote !== "'") at++;
    else if (quote === '' && (char === "'" || char === '"')) quote = char;
  }
  return Math.min(at, text.length);
}

/**
 * The word, written so that it is read as this one again. A quote that is open is kept; it stays open when more of the word
 * is to follow.
 */
export function quoteWord(
  word: string,
  { quote, isWhole }: { readonly quote: Quote; readonly isWhole: boolean },
): string {
  const close = isWhole ? quote : '';
  if (quote === '"') return `"${word.replaceAll(/[$`"\\]/g, '\\$&')}${close}`;
  if (quote === "'") return `'${word.replaceAll("'", "'\\''")}${close}`;
  return PLAIN.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`;
}
