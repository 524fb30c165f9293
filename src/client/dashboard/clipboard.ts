import { type Cell, cellsOf } from '../../terminal/cells.ts';
import type { LineDocument } from '../../terminal/render.ts';
import type { Place } from './search.ts';

/**
 * Bytes of text that go to the clipboard at once. Terminals throw away longer OSC 52 sequences without a word: the smallest
 * bound known is that of hterm and of old tmux, 100,000 characters of base64 with the sequence around them.
 */
export const CLIPBOARD_LIMIT = 74_994;

/** What makes the terminal put text on the clipboard (OSC 52). tmux passes it on with `set-clipboard on`. */
export function clipboardSequence(base64: string): string {
  return `\x1b]52;c;${base64}\x07`;
}

export interface Selection {
  readonly from: Place;
  /** The last cell of it. */
  readonly to: Place;
  readonly isLinewise: boolean;
}

/** The places in order; whole lines where it is linewise. */
export function selectionOf(anchor: Place & { readonly isLinewise: boolean }, cursor: Place): Selection {
  const isForward = anchor.line < cursor.line || (anchor.line === cursor.line && anchor.column <= cursor.column);
  const [from, to] = isForward ? [anchor, cursor] : [cursor, anchor];
  return { from, to, isLinewise: anchor.isLinewise };
}

/**
 * The text of a selection. Lines that the terminal wrapped are one line again; blanks at the ends of lines are left out. `cols`
 * is the width at which they were wrapped.
 */
export function selectedText(
  lines: readonly LineDocument[],
  { from, to, isLinewise }: Selection,
  cols: number,
): string {
  let text = '';
  for (let at = from.line; at <= to.line; at++) {
    const line = lines[at];
    if (line === undefined) break;
    const first = isLinewise || at > from.line ? 0 : from.column;
    const last = isLinewise || at < to.line ? Number.POSITIVE_INFINITY : to.column;
    const goesOn = last === Number.POSITIVE_INFINITY && lines[at + 1]?.wrapped === true && at < to.line;
    const part = textBetween(cellsOf(line.spans, cols), first, last);
    text += goesOn ? part : part.trimEnd();
    if (!goesOn && at < to.line) text += '\n';
  }
  return isLinewise ? `${text}\n` : text;
}

/** The characters that stand in these cells; one that is cut is there whole. */
function textBetween(cells: readonly Cell[], first: number, last: number): string {
  const begin = cells[first]?.width === 0 ? first - 1 : first;
  return cells
    .slice(begin, last === Number.POSITIVE_INFINITY ? undefined : last + 1)
    .map(({ text }) => text)
    .join('');
}
