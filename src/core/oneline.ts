/** What would leave the line, or turn it around: control characters, line separators, marks of direction. */
const UNRULY = /[\p{Cc}\p{Zl}\p{Zp}\u200e\u200f\u202a-\u202e\u2066-\u2069\s]+/gu;

/**
 * Text of somebody else's as one line that is safe to print anywhere: runs of blanks and control characters are one space,
 * and what is longer than `most` characters ends with `…`.
 */
export function oneLine(text: string, most: number): string {
  // Of a text without end no more is looked at than can matter.
  const line = text
    .slice(0, most * 4)
    .replace(UNRULY, ' ')
    .trim();
  const characters = [...line];
  return characters.length > most ? `${characters.slice(0, most - 1).join('')}…` : line;
}
