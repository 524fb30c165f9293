/** The text of one file, and places in it. */

export interface Source {
  /** Absolute path. */
  readonly file: string;
  readonly text: string;
  /** The text as it may be shown, of the same length: without what is known to be a secret. See `secrets.ts`. */
  shown: string;
  /** Offset at which each line begins. */
  readonly lineStarts: readonly number[];
}

/** A stretch of a source, in UTF-16 units, the end not included. */
export interface Place {
  readonly source: Source;
  readonly start: number;
  readonly end: number;
}

/** A source of this text. */
export function sourceOf(file: string, text: string): Source {
  const lineStarts = [0];
  for (let at = text.indexOf('\n'); at >= 0; at = text.indexOf('\n', at + 1)) lineStarts.push(at + 1);
  return { file, text, shown: text, lineStarts };
}

/** Number of the line at an offset, from 1. */
export function lineOf(source: Source, offset: number): number {
  let low = 0;
  let high = source.lineStarts.length;
  while (high - low > 1) {
    const middle = (low + high) >> 1;
    if ((source.lineStarts[middle] ?? 0) <= offset) low = middle;
    else high = middle;
  }
  return low + 1;
}

/** Number of the column at an offset, from 1, in UTF-16 units as editors count. */
export function columnOf(source: Source, offset: number): number {
  return offset - lineStart(source, lineOf(source, offset)) + 1;
}

/** The line of this number, without its end. */
export function lineText(source: Source, line: number): string {
  return lineOfText(source, source.text, line);
}

/** The same as it may be shown. */
export function shownLine(source: Source, line: number): string {
  return lineOfText(source, source.shown, line);
}

/** How far a line is indented, or undefined for one that holds nothing but blanks or a comment. */
export function indentOf(source: Source, line: number): number | undefined {
  const indent = lineText(source, line).search(/[^ \t]/);
  return indent < 0 || lineText(source, line)[indent] === '#' ? undefined : indent;
}

function lineOfText(source: Source, text: string, line: number): string {
  return text.slice(lineStart(source, line), source.lineStarts[line] ?? text.length).replace(/\r?\n?$/, '');
}

function lineStart(source: Source, line: number): number {
  return source.lineStarts[line - 1] ?? source.text.length;
}
