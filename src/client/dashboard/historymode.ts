import type { LineDocument, ScreenDocument } from '../../terminal/render.ts';
import { textWidth } from '../../terminal/width.ts';
import { type EditorState, newEditor } from '../line/editor.ts';
import type { Action } from './bindings.ts';
import { type Board, type Step, stay, told } from './board.ts';
import { CLIPBOARD_LIMIT, selectedText, selectionOf } from './clipboard.ts';
import { paneOf } from './consoles.ts';
import { historyLeft } from './historypane.ts';
import type { HistoryView, Mode } from './model.ts';
import { findNext, type Place } from './search.ts';

/** Lines above the screen that are asked for: all that a program's scrollback holds, in most cases. */
export const HISTORY_LINES = 10_000;

type HistoryMode = Extract<Mode, { kind: 'history' }>;

/** Stops the console of a process; its lines are on their way. `up`: rows that it is to be scrolled up by then. */
export function openHistory(board: Board, name: string, up: number): Step {
  const history: HistoryView = {
    lines: undefined,
    top: 0,
    cursor: { line: 0, column: 0 },
    anchor: undefined,
    typing: undefined,
    pattern: '',
    isBackward: true,
  };
  return stay({ ...board, mode: { kind: 'history', name, history } }, { kind: 'fetch history', name, up });
}

/** The lines came: the cursor stands where the program's does, at the bottom. */
export function withHistory(board: Board, name: string, up: number, screen: ScreenDocument): Step {
  const { mode } = board;
  if (mode.kind !== 'history' || mode.name !== name) return stay(board);
  const lines = withoutBlankEnd(screen);
  const line = Math.min(lines.length - 1, screen.scrollback + screen.cursor.y);
  const shown: Board = {
    ...board,
    historyCols: screen.cols,
    mode: {
      ...mode,
      history: { ...mode.history, lines, top: lines.length, cursor: { line: Math.max(0, line), column: 0 } },
    },
  };
  const placed = up === 0 ? inHistory(shown, clamped) : scrolledHistory(shown, -up);
  if (placed.mode.kind !== 'history' || mode.history.pattern === '') return stay(placed);
  return foundNext(placed, placed.mode, false);
}

/** The rows below the last one that holds something, and below the cursor, are of no interest. */
function withoutBlankEnd({ lines, scrollback, cursor }: ScreenDocument): readonly LineDocument[] {
  let end = lines.length;
  while (end > scrollback + cursor.y + 1 && lines[end - 1]?.text === '') end--;
  return lines.slice(0, end);
}

/** What a key does in a history. */
export function actInHistory(board: Board, action: Action): Step {
  const { mode } = board;
  if (mode.kind !== 'history') return stay(board);
  const { history } = mode;
  if (action === 'close') return close(board, mode);
  const isEmpty = history.lines === undefined || history.lines.length === 0;
  // A search may be typed ahead, while the lines are on their way.
  if (history.lines === undefined ? !action.startsWith('search') : isEmpty) return stay(board);
  const rows = rowsShown(board, mode);
  const count = history.lines?.length ?? 0;
  const down = (by: number): Step => stay(inHistory(board, (view, page) => clamped(movedBy(view, by), page)));
  const page = (by: number): Step => stay(scrolledHistory(board, by));
  switch (action) {
    case 'up':
      return down(-1);
    case 'down':
      return down(1);
    case 'first':
      return down(-count);
    case 'last':
      return down(count);
    case 'half page up':
      return page(-Math.ceil(rows / 2));
    case 'half page down':
      return page(Math.ceil(rows / 2));
    case 'page up':
      return page(-Math.max(1, rows - 1));
    case 'page down':
      return page(Math.max(1, rows - 1));
    case 'left':
    case 'right':
    case 'line start':
    case 'line end':
    case 'word left':
    case 'word right':
      return stay(inHistory(board, (view, size) => clamped({ ...view, cursor: movedAcross(view, action) }, size)));
    case 'select':
    case 'select lines':
      return stay(inHistory(board, view => anchored(view, action === 'select lines')));
    case 'search':
    case 'search back':
      return stay({
        ...board,
        editor: newEditor([]),
        mode: {
          ...mode,
          history: { ...history, typing: { line: newEditor([]).line, isBackward: action === 'search back' } },
        },
      });
    case 'next match':
    case 'previous match':
      return foundNext(board, mode, action === 'previous match');
    case 'copy':
      return copied(board, mode);
    default:
      return stay(board);
  }
}

/** The line of a search changed, or was finished. */
export function withSearchLine(board: Board, editor: EditorState): Board {
  const { mode } = board;
  if (mode.kind !== 'history' || mode.history.typing === undefined) return board;
  const typing = { ...mode.history.typing, line: editor.line };
  return { ...board, editor, mode: { ...mode, history: { ...mode.history, typing } } };
}

/** Enter: looks for what was typed, or for what was looked for last. Escape gives the search up. */
export function endedSearch(board: Board, isAccepted: boolean): Step {
  const { mode } = board;
  if (mode.kind !== 'history' || mode.history.typing === undefined) return stay(board);
  const { typing, ...rest } = mode.history;
  const history: HistoryView = { ...rest, typing: undefined };
  const over: HistoryMode = { ...mode, history };
  if (!isAccepted) return stay({ ...board, editor: undefined, mode: over });
  const pattern = typing.line.text === '' ? history.pattern : typing.line.text;
  const searched: HistoryMode = { ...over, history: { ...history, pattern, isBackward: typing.isBackward } };
  return foundNext({ ...board, editor: undefined, mode: searched }, searched, false);
}

function foundNext(board: Board, mode: HistoryMode, isOther: boolean): Step {
  const { lines, pattern, isBackward, cursor } = mode.history;
  if (pattern === '') return stay(told(board, 'nothing was searched for yet: / searches'), { kind: 'ring' });
  if (lines === undefined) return stay(board); // it is looked for when they are there
  const found = findNext(lines, cursor, { pattern, isBackward: isBackward !== isOther });
  if (found === undefined) return stay(told(board, `not found: ${pattern}`, 'bad'), { kind: 'ring' });
  return stay(inHistory(board, (view, rows) => clamped({ ...view, cursor: found }, rows)));
}

function copied(board: Board, { history, name }: HistoryMode): Step {
  const { lines, anchor, cursor } = history;
  if (lines === undefined) return stay(board);
  const from = anchor ?? { ...cursor, isLinewise: true };
  const text = selectedText(lines, selectionOf(from, cursor), Math.max(1, board.historyCols));
  const unmarked: Board = inHistory(board, view => ({ ...view, anchor: undefined }));
  return copy(unmarked, anchor === undefined ? text.replace(/\n$/, '') : text, name);
}

/** Puts text on the clipboard, and says how much it was; or why it was not. */
export function copy(board: Board, text: string, from: string): Step {
  const bytes = new TextEncoder().encode(text).length;
  if (text.trim() === '') return stay(told(board, 'there is nothing to copy here'), { kind: 'ring' });
  if (bytes > CLIPBOARD_LIMIT) {
    const sentence = `not copied: ${kilobytes(bytes)} are more than terminals take; at most ${kilobytes(CLIPBOARD_LIMIT)}`;
    return stay(told(board, sentence, 'bad'), { kind: 'ring' });
  }
  const lines = text.replace(/\n$/, '').split('\n').length;
  const amount = lines === 1 ? `${[...text.trimEnd()].length} characters` : `${lines} lines`;
  return stay(told(board, `copied ${amount} of ${from} to the clipboard`, 'good'), { kind: 'copy', text });
}

function kilobytes(bytes: number): string {
  return `${Math.ceil(bytes / 1000)} kB`;
}

/** The view scrolled by so many rows; the cursor stays in it. */
export function scrolledHistory(board: Board, by: number): Board {
  return inHistory(board, (view, rows) => {
    const count = view.lines?.length ?? 0;
    const top = Math.min(Math.max(0, Math.min(view.top, Math.max(0, count - rows)) + by), Math.max(0, count - rows));
    const line = Math.min(Math.max(view.cursor.line + (top - view.top === 0 ? by : 0), top), top + rows - 1);
    return clamped({ ...view, top, cursor: { ...view.cursor, line } }, rows);
  });
}

/** The mouse points at a cell of the pane: the cursor goes there. `isDragging`: and the selection with it. */
export function pointedAt(board: Board, at: { readonly x: number; readonly y: number }, isDragging: boolean): Board {
  const cols = board.mode.kind === 'history' ? (paneOf(board, board.mode.name)?.cols ?? 0) : 0;
  return inHistory(board, (view, rows) => {
    const place: Place = { line: view.top + at.y, column: at.x + historyLeft(view, cols) };
    const anchor = isDragging ? (view.anchor ?? { ...view.cursor, isLinewise: false }) : undefined;
    return clamped({ ...view, anchor, cursor: place }, rows);
  });
}

/** Keeps the cursor and what is shown within the lines and the pane, after a resize for one. */
export function clampedHistory(board: Board): Board {
  return board.mode.kind === 'history' ? inHistory(board, clamped) : board;
}

function inHistory(board: Board, change: (view: HistoryView, rows: number) => HistoryView): Board {
  const { mode } = board;
  if (mode.kind !== 'history' || mode.history.lines === undefined) return board;
  const history = change(mode.history, rowsShown(board, mode));
  return history === mode.history ? board : { ...board, mode: { ...mode, history } };
}

function rowsShown(board: Board, { name }: HistoryMode): number {
  return Math.max(1, paneOf(board, name)?.rows ?? 1);
}

function clamped(view: HistoryView, rows: number): HistoryView {
  const count = view.lines?.length ?? 0;
  const line = Math.min(Math.max(0, view.cursor.line), Math.max(0, count - 1));
  const text = view.lines?.[line];
  const most = text === undefined ? 0 : Math.max(0, textWidth(text.text) - 1);
  const column = Math.min(Math.max(0, view.cursor.column), most);
  const top = Math.min(Math.max(Math.min(view.top, count - rows), line - rows + 1, 0), line);
  const isSame = line === view.cursor.line && column === view.cursor.column && top === view.top;
  return isSame ? view : { ...view, top, cursor: { line, column } };
}

function movedBy(view: HistoryView, by: number): HistoryView {
  return { ...view, cursor: { ...view.cursor, line: view.cursor.line + by } };
}

function movedAcross({ lines, cursor }: HistoryView, action: Action): Place {
  const text = lines?.[cursor.line]?.text ?? '';
  const { line, column } = cursor;
  switch (action) {
    case 'left':
      return { line, column: column - 1 };
    case 'right':
      return { line, column: column + 1 };
    case 'line start':
      return { line, column: 0 };
    case 'line end':
      return { line, column: Math.max(0, textWidth(text) - 1) };
    default:
      return { line, column: wordFrom(text, column, action === 'word left') };
  }
}

/** Where the next word begins, or the one before; columns are as good as indexes here, as words of wide characters have no blanks. */
function wordFrom(text: string, column: number, isBack: boolean): number {
  const starts = [...text.matchAll(/\S+/g)].map(({ index }) => textWidth(text.slice(0, index)));
  const found = isBack ? starts.filter(start => start < column).at(-1) : starts.find(start => start > column);
  return found ?? (isBack ? 0 : Math.max(0, textWidth(text) - 1));
}

function anchored(view: HistoryView, isLinewise: boolean): HistoryView {
  if (view.anchor === undefined) return { ...view, anchor: { ...view.cursor, isLinewise } };
  if (view.anchor.isLinewise === isLinewise) return { ...view, anchor: undefined };
  return { ...view, anchor: { ...view.anchor, isLinewise } };
}

/** A selection is given up first, then the history. */
function close(board: Board, mode: HistoryMode): Step {
  if (mode.history.anchor !== undefined) return stay(inHistory(board, view => ({ ...view, anchor: undefined })));
  return stay({ ...board, mode: { kind: 'normal' }, editor: undefined });
}
