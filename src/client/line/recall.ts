/** Bringing back what was typed before: Up and Down, and the search that Ctrl-R begins. */
import type { Line } from './line.ts';

/** Where Up and Down have come to. */
export interface Browsing {
  /** Index into the history. */
  readonly at: number;
  /** The line as it was typed, to which Down comes back in the end. */
  readonly typed: Line;
  /** Only what begins with this is shown: what stood before the cursor when the first Up was pressed. */
  readonly prefix: string;
}

export interface Search {
  readonly pattern: string;
  readonly isBackward: boolean;
  readonly isFailing: boolean;
  /** The line as it was, to which Ctrl-G goes back. */
  readonly before: Line;
  /** Index of the entry that is shown; the history's length for none. */
  readonly at: number;
  /** What is shown: the entry, with the cursor where the pattern is. */
  readonly line: Line | undefined;
}

/** The entry before or behind the one that is shown; undefined where there is none. Equal neighbours are shown once. */
export function browse(
  {
    history,
    browsing,
    line,
  }: { readonly history: readonly string[]; readonly browsing: Browsing | undefined; readonly line: Line },
  step: 'back' | 'forward' | 'first' | 'last',
): { readonly line: Line; readonly browsing: Browsing | undefined } | undefined {
  const begun = browsing ?? { at: history.length, typed: line, prefix: line.text.slice(0, line.cursor) };
  if (step === 'last') return browsing && { line: browsing.typed, browsing: undefined };
  const fits = (entry: string | undefined): boolean => entry?.startsWith(begun.prefix) === true && entry !== line.text;
  const direction = step === 'forward' ? 1 : -1;
  let at = step === 'first' ? 0 : begun.at + direction;
  if (step === 'first') while (at < begun.at && !fits(history[at])) at++;
  else while (at >= 0 && at < history.length && !fits(history[at])) at += direction;
  if (at >= history.length) return browsing && { line: browsing.typed, browsing: undefined };
  const text = history[at];
  if (text === undefined || at === begun.at) return undefined;
  return { line: { text, cursor: text.length }, browsing: { ...begun, at } };
}

export function startSearch(line: Line, isBackward: boolean): Search {
  return { pattern: '', isBackward, isFailing: false, before: line, at: Number.POSITIVE_INFINITY, line: undefined };
}

/** Looks for another pattern: from what is shown on while that is longer than before, else anew. */
export function searchFor(history: readonly string[], search: Search, pattern: string): Search {
  const goesOn = pattern.startsWith(search.pattern) && search.line !== undefined;
  const from = goesOn ? search.at : search.isBackward ? history.length - 1 : 0;
  if (pattern === '')
    return { ...search, pattern, isFailing: false, at: Number.POSITIVE_INFINITY, line: search.before };
  return lookFrom(history, { ...search, pattern }, from);
}

/** Looks for the next one. */
export function searchAgain(history: readonly string[], search: Search): Search {
  const { isBackward, line, at } = search;
  const edge = isBackward ? history.length - 1 : 0;
  const next = Number.isFinite(at) ? at + (isBackward ? -1 : 1) : edge;
  return lookFrom(history, search, next, line?.text);
}

/** `shown` is passed over, however often it was typed. */
function lookFrom(history: readonly string[], search: Search, from: number, shown?: string): Search {
  const direction = search.isBackward ? -1 : 1;
  for (let at = from; at >= 0 && at < history.length; at += direction) {
    const text = history[at] ?? '';
    const cursor = search.isBackward ? text.lastIndexOf(search.pattern) : text.indexOf(search.pattern);
    if (cursor !== -1 && text !== shown) return { ...search, at, isFailing: false, line: { text, cursor } };
  }
  return { ...search, isFailing: true };
}
