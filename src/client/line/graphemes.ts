/** Where a person sees one character end and the next begin (UAX #29), and where words do. Indexes are into the text. */

const segmenter = new Intl.Segmenter(undefined, { granularity: 'grapheme' });

/** The end of the character at this place; the text's end at its end. */
export function after(text: string, at: number): number {
  const segment = segmenter.segment(text).containing(at);
  return segment === undefined ? text.length : segment.index + segment.segment.length;
}

/** The beginning of the character before this place; 0 at the beginning. */
export function before(text: string, at: number): number {
  return at <= 0 ? 0 : (segmenter.segment(text).containing(at - 1)?.index ?? 0);
}

/** The nearest place from here on that is within no character. */
export function boundaryFrom(text: string, at: number): number {
  if (at <= 0) return 0;
  const segment = segmenter.segment(text).containing(at);
  if (segment === undefined) return text.length;
  return segment.index === at ? at : segment.index + segment.segment.length;
}

/** The characters of a text, each with its place. */
export function* characters(text: string): Generator<{ readonly text: string; readonly at: number }> {
  for (const { segment, index } of segmenter.segment(text)) yield { text: segment, at: index };
}

/** What words are made of, as in Emacs: letters, their marks, digits. */
const WORD = /[\p{L}\p{M}\p{N}_]/u;

/** The end of the word at or behind this place. */
export function wordAfter(text: string, at: number): number {
  let to = at;
  while (to < text.length && !WORD.test(text.slice(to, after(text, to)))) to = after(text, to);
  while (to < text.length && WORD.test(text.slice(to, after(text, to)))) to = after(text, to);
  return to;
}

/** The beginning of the word at or before this place. */
export function wordBefore(text: string, at: number): number {
  return backTo(text, at, char => WORD.test(char));
}

/** The beginning of what stands between blanks before this place: a whole name such as `web:web_00`. */
export function blankBefore(text: string, at: number): number {
  return backTo(text, at, char => !/\s/.test(char));
}

function backTo(text: string, at: number, isPart: (char: string) => boolean): number {
  const partBefore = (from: number): boolean => isPart(text.slice(before(text, from), from));
  let from = at;
  while (from > 0 && !partBefore(from)) from = before(text, from);
  while (from > 0 && partBefore(from)) from = before(text, from);
  return from;
}
