import type { Suggestion } from './suggestion.ts';
import { readTyped } from './typed.ts';

/** What bash tells a completion function. */
export interface BashLine {
  /** COMP_LINE up to COMP_POINT. */
  readonly line: string;
  /**
   * The function's second argument: what readline will replace. It begins behind the last of COMP_WORDBREAKS, to which `:`
   * and `=` belong, or behind an open quote.
   */
  readonly current: string;
  /** COMP_TYPE: a code of the character that says what the answer is for. */
  readonly type: string;
}

/** COMP_TYPE when the answer is shown and nothing but what all have in common is put into the line: `?` and `!`. */
const LISTING = ['63', '33'];

/** Longest explanation in a list, in characters: bash writes in columns, and does not say how wide the terminal is. */
const HELP_WIDTH = 60;

/** Characters that mean something to bash in an unquoted word. */
const SPECIAL = /[^A-Za-z0-9_@%+=:,./^\u0080-\u{10ffff}-]/gu;

/**
 * Completes for bash: each candidate less what of it stands before the part that readline replaces, escaped unless a quote
 * is open, and with the space behind it that `-o nospace` leaves to us. When they are only shown they are explained.
 */
export async function bashCandidates(
  { line, current, type }: BashLine,
  complete: (before: readonly string[], word: string) => Promise<readonly Suggestion[]>,
): Promise<readonly string[]> {
  const { before, word, from, quote } = readTyped({ text: line, cursor: line.length });
  const suggestions = await complete(before, word);
  const kept = line.slice(from, Math.max(from, line.length - current.length));
  const skip = readTyped({ text: kept, cursor: kept.length }).word.length;
  const candidates = suggestions.map(suggestion => {
    const rest = suggestion.word.slice(skip);
    return { ...suggestion, text: quote === '' ? rest.replaceAll(SPECIAL, '\\$&') : rest };
  });
  if (candidates.length > 1 && LISTING.includes(type)) {
    const width = Math.max(...candidates.map(({ text }) => text.length));
    return candidates.map(({ text, help }) => (help === '' ? text : `${text.padEnd(width)}  (${shorten(help)})`));
  }
  return candidates.map(({ text, isWhole }) => (isWhole && quote === '' ? `${text} ` : text));
}

function shorten(help: string): string {
  return help.length > HELP_WIDTH ? `${help.slice(0, HELP_WIDTH - 1)}…` : help;
}
