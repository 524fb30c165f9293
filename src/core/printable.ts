/** What a stranger says of itself, as it may be shown to people: one line, and nothing that could move a cursor. */

/** Letters with their marks, digits, punctuation, symbols and the space, of any language; no controls, and none that turn writing round. */
const PRINTABLE = /^[\p{L}\p{M}\p{N}\p{P}\p{S} ]$/u;

/** The first characters of `text` that can be printed, at most so many, without space around them. */
export function printable(text: string, most: number): string {
  let shown = '';
  let count = 0;
  for (const character of text) {
    if (count === most) break;
    if (!PRINTABLE.test(character)) continue;
    shown += character;
    count++;
  }
  return shown.trim();
}
