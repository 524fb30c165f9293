/**
 * Where a character of a value stands in the file. The value has quotes, escapes and folded lines undone; an error
 * inside it (an unclosed quote in a `cmd`, an unset variable) points at what was written.
 */
import type { ScalarNode } from './node.ts';
import type { Place } from './source.ts';

/** Units an escape takes in double quotes, by the character after the backslash; all others take 2. */
const ESCAPE_LENGTH: Readonly<Record<string, number>> = { x: 4, u: 6, U: 10 };

const FOLD = /[ \t]*\r?\n\s*/y;

/** The place of the character at `offset` of the value; that of the whole value when it cannot be told. */
export function placeWithin(node: ScalarNode, offset: number): Place {
  const { source, start, end } = node.place;
  const raw = source.text.slice(start, end);
  const style = node.plain ? '' : (raw[0] ?? '');
  const index = style === '|' || style === '>' ? indexInBlock(raw, offset) : indexInFlow(raw, { style, offset });
  return index === undefined ? node.place : { source, start: start + index, end: Math.max(start + index + 1, end) };
}

/** In a block scalar each line lost its indentation, and the header line is none of the value. */
function indexInBlock(raw: string, offset: number): number | undefined {
  const indent = /\n( *)[^ \r\n]/.exec(raw)?.[1]?.length ?? 0;
  let at = raw.indexOf('\n') + 1;
  let left = offset;
  for (const line of raw.slice(at).split('\n')) {
    const skipped = Math.min(indent, line.search(/[^ ]|$/));
    const length = line.length - skipped + 1;
    if (left < length) return at + skipped + left;
    left -= length;
    at += line.length + 1;
  }
  return undefined;
}

function indexInFlow(raw: string, { style, offset }: { style: string; offset: number }): number | undefined {
  let at = style === '' ? 0 : 1;
  let value = 0;
  while (at < raw.length) {
    const step = stepAt(raw, at, style);
    if (value + step.makes > offset) return at;
    value += step.makes;
    at += step.takes;
  }
  return undefined;
}

/** Units of the source that make the next units of the value. */
function stepAt(raw: string, at: number, style: string): { takes: number; makes: number } {
  FOLD.lastIndex = at;
  const fold = FOLD.exec(raw)?.[0];
  if (fold !== undefined) return { takes: fold.length, makes: Math.max(1, fold.split('\n').length - 2) };
  if (style === "'" && raw.startsWith("''", at)) return { takes: 2, makes: 1 };
  if (style !== '"' || raw[at] !== '\\') return { takes: 1, makes: 1 };
  FOLD.lastIndex = at + 1;
  const continued = FOLD.exec(raw)?.[0];
  if (continued !== undefined) return { takes: 1 + continued.length, makes: 0 };
  return { takes: ESCAPE_LENGTH[raw[at + 1] ?? ''] ?? 2, makes: raw[at + 1] === 'U' ? 2 : 1 };
}
