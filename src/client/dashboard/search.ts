import { cellsOf } from '../../terminal/cells.ts';
import type { LineDocument } from '../../terminal/render.ts';
import { textWidth } from '../../terminal/width.ts';

/** Where a match stands in a line, in cells: `to` is the first cell behind it. */
export interface Match {
  readonly from: number;
  readonly to: number;
}

/** All matches of a pattern in a line: plain text, where small letters stand for large ones too. None for an empty one. */
export function matchesIn(line: LineDocument, pattern: string): readonly Match[] {
  if (pattern === '') return [];
  const isExact = pattern !== pattern.toLowerCase();
  const text = isExact ? line.text : line.text.toLowerCase();
  let at = text.indexOf(pattern);
  if (at === -1) return [];
  const matches: Match[] = [];
  for (; at !== -1; at = text.indexOf(pattern, at + pattern.length)) {
    matches.push({ from: columnOf(line, at), to: columnOf(line, at + pattern.length) });
  }
  return matches;
}

/** The cell that the character at this index of the line's text begins in. */
export function columnOf(line: LineDocument, index: number): number {
  let units = 0;
  let column = 0;
  for (const { text, width } of cellsOf(line.spans, textWidth(line.text) + 1)) {
    if (width !== 0 && units >= index) return column;
    units += text.length;
    column++;
  }
  return column;
}

/** A place in a history: a line, and a cell of it. */
export interface Place {
  readonly line: number;
  readonly column: number;
}

/** The next match behind a place, or before it, round at the end; undefined when there is none at all. */
export function findNext(
  lines: readonly LineDocument[],
  from: Place,
  { pattern, isBackward }: { readonly pattern: string; readonly isBackward: boolean },
): Place | undefined {
  const step = isBackward ? -1 : 1;
  for (let i = 0; i <= lines.length; i++) {
    const at = (((from.line + i * step) % lines.length) + lines.length) % lines.length;
    const line = lines[at];
    if (line === undefined) return undefined;
    const matches = matchesIn(line, pattern).filter(match => {
      if (i === 0) return isBackward ? match.from < from.column : match.from > from.column;
      return true;
    });
    const match = isBackward ? matches.at(-1) : matches[0];
    if (match !== undefined) return { line: at, column: match.from };
  }
  return undefined;
}
