/** Where a person sees one character end and the next begin (UAX #29), and where words do. Indexes are into the text. */

const segmenter = new Intl.Segmenter(undefined, { granularity: 'grapheme' });

/**
 * Between two of ASCII's printable characters one always ends. This is what is asked first: the segmenter takes 10 µs a
 * character, and looks through the whole text for a single one.
 */
function isPlain(text: string, at: number): boolean {
  const code = text.charCodeAt(at);
  return code >= 0x20 && code < 0x7f;
}

/** Plain characters up to the last that one may follow of which nothing is known, or others up to where it is known again. */
const RUNS = /[ -~]+(?=[ -~]|$)|.+?[ -~](?=[ -~]|$)|.+/gs;

/** The end of the character at this place; the text's end at its end. */
export function after(text: string, at: number): number {
  if (isPlain(text, at) && (at + 1 === text.length || isPlain(text, at + 1))) return at + 1;
  const segment = segmenter.segment(text).containing(at);
  return segment === undefined ? text.length : segment.index + segment.segment.length;
}

/** The beginning of the character before this place; 0 at the beginning. */
export function before(text: string, at: number): number {
  if (isPlain(text, at - 1) && (at === 1 || isPlain(text, at - 2))) return at - 1;
  return at <= 0 ? 0 : (segmenter.segment(text).containing(at - 1)?.index ?? 0);
}

/** The nearest place from here on that is within no character. */
export function boundaryFrom(text: string, at: number): number {
  if (at <= 0) return 0;
  if (isPlain(text, at - 1) && isPlain(text, at)) return at;
  const segment = segmenter.segment(text).containing(at);
  if (segment === undefined) return text.length;
  return segment.index === at ? at : segment.index + segment.segment.length;
}

/** The characters of a text, each with its place. */
export function* characters(text: string): Generator<{ readonly text: string; readonly at: number }> {
  for (const { 0: run, index: from } of text.matchAll(RUNS)) {
    if (isPlain(run, 0) && (run.length === 1 || isPlain(run, 1))) {
      for (let i = 0; i < run.length; i++) yield { text: run.charAt(i), at: from + i };
    } else {
      for (const { segment, index } of segmenter.segment(run)) yield { text: segment, at: from + index };
    }
  }
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
