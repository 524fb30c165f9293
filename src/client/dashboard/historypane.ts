import { type Cell, cellsOf } from '../../terminal/cells.ts';
import type { LineDocument } from '../../terminal/render.ts';
import { textWidth } from '../../terminal/width.ts';
import { innerOf } from './layout.ts';
import type { HistoryView } from './model.ts';
import type { Drawn } from './pane.ts';
import { type Look, type Piece, piece } from './piece.ts';
import type { Rect } from './rect.ts';
import { matchesIn } from './search.ts';
import type { Theme } from './theme.ts';

interface HistoryPlace {
  readonly rect: Rect;
  readonly theme: Theme;
  readonly title: readonly Piece[];
}

/** A console's history: what matches the search is marked, what is selected reversed, and the cursor is the terminal's own. */
export function historyPane(history: HistoryView, { rect, theme, title }: HistoryPlace): Drawn {
  const inner = innerOf(rect);
  const { lines, top, cursor } = history;
  const left = historyLeft(history, inner.cols);
  const rows = (lines ?? [])
    .slice(top, top + inner.rows)
    .map((line, i) => shownLine(line, top + i, { history, left, cols: inner.cols, theme }));
  const isSeen = lines !== undefined && cursor.line >= top && cursor.line < top + inner.rows;
  return {
    pane: {
      rect,
      border: theme.borderHistory,
      title: [...title, piece('history ', theme.accent)],
      corner: [
        piece(
          lines ? ` line ${Math.min(cursor.line + 1, lines.length)} of ${lines.length} ` : ' fetching it ',
          theme.label,
        ),
      ],
      foot:
        history.pattern === '' ? [] : [piece(` ${history.isBackward ? '?' : '/'}${history.pattern} `, theme.accent)],
      rows,
    },
    spot:
      isSeen && history.typing === undefined
        ? { x: inner.x + Math.min(cursor.column - left, Math.max(0, inner.cols - 1)), y: inner.y + cursor.line - top }
        : undefined,
  };
}

/** Columns that a history is scrolled to the right by, as a program's lines may be longer than the pane: its cursor is seen. */
export function historyLeft({ cursor }: HistoryView, cols: number): number {
  return Math.max(0, cursor.column - cols + 1);
}

interface LinePlace {
  readonly history: HistoryView;
  readonly left: number;
  readonly cols: number;
  readonly theme: Theme;
}

function shownLine(line: LineDocument, number: number, { history, left, cols, theme }: LinePlace): Piece[] {
  const end = left + cols;
  const cells = cellsOf(line.spans, Math.max(end, textWidth(line.text) + 1));
  const matches = matchesIn(line, history.pattern);
  const selected = selectedIn(history, number);
  const lookAt = (x: number): Look | undefined => {
    if (selected && x >= selected.from && x < selected.to) return theme.selection;
    return matches.some(match => x >= match.from && x < match.to) ? theme.match : undefined;
  };
  const pieces: Piece[] = [];
  for (let x = left; x < Math.min(end, cells.length); ) {
    const cell = cells[x];
    if (cell === undefined) break;
    // Half of a wide character that begins left of the pane, or would end right of it.
    const isCut = cell.text === '' || x + cell.width > end;
    pieces.push(isCut ? piece(' ') : pieceOf(cell, lookAt(x)));
    x += isCut ? 1 : Math.max(1, cell.width);
  }
  return pieces;
}

/** A match keeps nothing of the look under it, as its colours are made for each other. */
function pieceOf({ text, span, width }: Cell, look: Look | undefined): Piece {
  const base: Look = look?.fg === undefined ? { ...span, ...look } : look;
  return { ...base, text, columns: width === 0 ? 1 : width };
}

/** Cells of a line that are selected; undefined for none. The cursor's cell is part of it, as in vi. */
function selectedIn(
  { anchor, cursor }: HistoryView,
  line: number,
): { readonly from: number; readonly to: number } | undefined {
  if (!anchor) return undefined;
  const isForward = anchor.line < cursor.line || (anchor.line === cursor.line && anchor.column <= cursor.column);
  const [first, last] = isForward ? [anchor, cursor] : [cursor, anchor];
  if (line < first.line || line > last.line) return undefined;
  return {
    from: line === first.line && !anchor.isLinewise ? first.column : 0,
    to: line === last.line && !anchor.isLinewise ? last.column + 1 : Number.POSITIVE_INFINITY,
  };
}
