/**
 * Pictures of an emulator's screen for a pane: rows as cells with their looks, and only those that differ from the last
 * picture. A row is compared by the emulator's own words for its cells, so one that did not change costs next to nothing.
 */
import type { Emulator, Line } from './emulator.ts';
import { BG_EXTENDED, CELL_WORDS, CONTENT_ANY, CONTENT_COMBINED } from './internals.ts';
import { fitting, type Picture, placeOf } from './paint.ts';
import type { PaneFrame, PaneKeyboard, PaneLine } from './pane.ts';
import { type Part, type SpanDocument, spansOf } from './render.ts';
import type { Place } from './viewport.ts';
import { textWidth } from './width.ts';

/** What a row of the pane shows. */
interface Row {
  /** The emulator's words for its cells; empty where none of it is on the screen, and where a notice covers it. */
  words: Uint32Array;
  /** Its spans as text, where the words do not say all: marks, links and underlines are kept elsewhere. */
  rest: string;
}

const NO_WORDS = new Uint32Array(0);
const NOTHING = '[]';

/** The pictures of one pane. */
export class PanePainter {
  private rows: (Row | undefined)[] = [];
  private cols = 0;
  private place: Place = { x: 0, y: 0 };
  /** All of the last picture but its rows. */
  private head = '';

  /** What changed since the last picture; undefined when nothing did. */
  frame(picture: Picture & { readonly keyboard?: PaneKeyboard }): PaneFrame | undefined {
    const { emulator, view, notice, keyboard } = picture;
    if (view.cols !== this.cols || view.rows !== this.rows.length) {
      this.rows = Array.from({ length: view.rows }, () => undefined);
      this.cols = view.cols;
      this.head = '';
    }
    this.place = this.placeFor(picture);
    const { x, y } = this.place;
    const lines: PaneLine[] = [];
    for (let row = 0; row < view.rows; row++) {
      const isCovered = notice !== undefined && row === view.rows - 1;
      const line = row + y < emulator.rows ? emulator.line(row + y) : undefined;
      const spans = isCovered
        ? this.other(row, noticeOf(notice, view.cols))
        : line === undefined
          ? this.other(row, [])
          : this.changed(row, emulator, line);
      if (spans !== undefined) lines.push({ y: row, spans });
    }
    const head = {
      ...{ cols: emulator.cols, rows: emulator.rows, x, y },
      cursor: this.cursorOf(picture),
      alternate: emulator.isAlternate,
      ...(keyboard && { keyboard }),
    };
    const text = JSON.stringify(head);
    if (lines.length === 0 && text === this.head) return undefined;
    this.head = text;
    return { ...head, lines };
  }

  /** As for a viewer's picture; but it hides no rows above for the sake of blank ones below, as after a screen was cleared. */
  private placeFor(picture: Picture): Place {
    const { emulator, view } = picture;
    const { x, y } = placeOf(picture, this.place);
    const most = y === 0 ? 0 : Math.max(0, usedRows(emulator) - view.rows);
    return { x, y: Math.min(y, most) };
  }

  private cursorOf({ emulator, view, isCursorVisible }: Picture): Place | null {
    const x = emulator.x - this.place.x;
    const y = emulator.y - this.place.y;
    return isCursorVisible && x >= 0 && y >= 0 && x < view.cols && y < view.rows ? { x, y } : null;
  }

  /** The spans of a row of the screen; undefined when they are those of the last picture. */
  private changed(row: number, emulator: Emulator, line: Line): readonly SpanDocument[] | undefined {
    const part: Part = { from: this.place.x, to: Math.min(this.place.x + this.cols, emulator.cols) };
    const words = line._data.subarray(part.from * CELL_WORDS, part.to * CELL_WORDS);
    const known = this.rows[row];
    const isSame = known !== undefined && isEqual(words, known.words);
    const isAll = saysAll(words);
    if (isSame && isAll && known.rest === '') return undefined;
    const spans = spansOf(emulator, line, part);
    const rest = isAll ? '' : JSON.stringify(spans);
    if (isSame && rest === known.rest) return undefined;
    this.rows[row] = { words: words.slice(), rest };
    return spans;
  }

  /** The same for a row that is not of the screen. */
  private other(row: number, spans: readonly SpanDocument[]): readonly SpanDocument[] | undefined {
    const rest = spans.length === 0 ? NOTHING : JSON.stringify(spans);
    const known = this.rows[row];
    if (known?.words.length === 0 && known.rest === rest) return undefined;
    this.rows[row] = { words: NO_WORDS, rest };
    return spans;
  }
}

function isEqual(a: Uint32Array, b: Uint32Array): boolean {
  if (a.length !== b.length) return false;
  for (let i = 0; i < a.length; i++) if (a[i] !== b[i]) return false;
  return true;
}

/** Whether cells with these words look the same whatever else there is. */
function saysAll(words: Uint32Array): boolean {
  for (let i = 0; i < words.length; i += CELL_WORDS) {
    if (((words[i] ?? 0) & CONTENT_COMBINED) !== 0 || ((words[i + 2] ?? 0) & BG_EXTENDED) !== 0) return false;
  }
  return true;
}

/** Text over the whole of a row, in reverse video. */
function noticeOf(text: string, cols: number): SpanDocument[] {
  const shown = fitting(text, cols);
  return [{ text: shown + ' '.repeat(cols - textWidth(shown)), inverse: true }];
}

/** Rows of the screen down to the last that something was written to, or that has the cursor. */
function usedRows(emulator: Emulator): number {
  let rows = emulator.rows;
  while (rows > emulator.y + 1 && isBlank(emulator.line(rows - 1)._data)) rows--;
  return rows;
}

function isBlank(words: Uint32Array): boolean {
  for (let i = 0; i < words.length; i += CELL_WORDS) if (((words[i] ?? 0) & CONTENT_ANY) !== 0) return false;
  return true;
}
