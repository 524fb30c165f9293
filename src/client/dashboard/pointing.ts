import type { MouseEvent } from '../line/key.ts';
import { type Board, type Step, stay } from './board.ts';
import { consolesOf } from './consoles.ts';
import { actInHistory, openHistory, pointedAt, scrolledHistory } from './historymode.ts';
import { contains, layoutOf, splitAt, tableBodyOf } from './layout.ts';
import { folded, scrolledTable } from './moving.ts';
import { scrolledPage } from './pages.ts';
import { lineOf, rowsOf, selectedBy } from './tablelines.ts';

/** Lines that one step of the wheel scrolls, as in most programs. */
const WHEEL = 3;

/** What the mouse does: it selects, scrolls, drags dividers, and selects text in a history. */
export function point(board: Board, mouse: MouseEvent): Step {
  switch (mouse.action) {
    case 'wheelup':
      return wheel(board, mouse, -WHEEL);
    case 'wheeldown':
      return wheel(board, mouse, WHEEL);
    case 'press':
      return mouse.button === 'left' ? press(board, mouse) : stay(board);
    case 'drag':
      return stay(dragged(board, mouse));
    case 'release':
      return release(board);
  }
}

function wheel(board: Board, mouse: MouseEvent, by: number): Step {
  const { mode } = board;
  if (mode.kind === 'page') return stay(scrolledPage(board, by));
  if (mode.kind === 'history') return stay(scrolledHistory(board, by));
  if (mode.kind === 'confirm' || mode.kind === 'command') return stay(board);
  const layout = layoutOf(board);
  if (layout.table !== undefined && contains(layout.table, mouse)) return stay(scrolledTable(board, by));
  if (layout.events !== undefined && contains(layout.events, mouse)) return stay(scrolledEvents(board, -by));
  const console = consoleAt(board, mouse);
  if (console === undefined || by > 0 || mode.kind !== 'normal' || board.link.kind !== 'live') return stay(board);
  return openHistory({ ...board, selected: { kind: 'process', name: console } }, console, WHEEL);
}

/** The events pane scrolled by so many lines towards the past. */
export function scrolledEvents(board: Board, by: number): Board {
  const eventsUp = Math.min(Math.max(0, board.eventsUp + by), Math.max(0, board.events.length - 1));
  return eventsUp === board.eventsUp ? board : { ...board, eventsUp };
}

function press(board: Board, mouse: MouseEvent): Step {
  const { mode } = board;
  if (mode.kind === 'page' || mode.kind === 'confirm' || mode.kind === 'command') return stay(board);
  const layout = layoutOf(board);
  if (mode.kind === 'history') return pressInHistory(board, mode.name, mouse);
  const divider = layout.dividers.find(({ rect }) => contains(rect, mouse));
  if (divider !== undefined) return stay({ ...board, drag: divider.kind });
  if (mode.kind === 'typing' && consoleAt(board, mouse) === mode.name) return stay(board);
  const free: Board = mode.kind === 'typing' ? { ...board, mode: { kind: 'normal' }, ownViewer: undefined } : board;
  if (layout.table !== undefined && contains(layout.table, mouse)) return stay(pressInTable(free, mouse));
  const tile = consoleAt(board, mouse);
  return stay(tile === undefined ? free : { ...free, selected: { kind: 'process', name: tile } });
}

/** A heading that is selected already is folded by it. */
function pressInTable(board: Board, mouse: MouseEvent): Board {
  const { table } = layoutOf(board);
  const body = table && tableBodyOf(table);
  if (body === undefined || !contains(body, mouse)) return board;
  const lines = rowsOf(board);
  const at = board.tableTop + mouse.y - body.y;
  const line = lines[at];
  if (line === undefined) return board;
  if (line.kind === 'group' && lineOf(lines, board.selected) === at) return folded(board, 'other');
  return { ...board, selected: selectedBy(line) };
}

/** Outside of its pane it is left. */
function pressInHistory(board: Board, name: string, mouse: MouseEvent): Step {
  const pane = consolesOf(board).find(console => console.name === name)?.rect;
  if (pane === undefined || !contains(pane, mouse)) return stay(board);
  const at = { x: mouse.x - pane.x, y: mouse.y - pane.y };
  return stay({ ...pointedAt(board, at, false), drag: 'selection' });
}

function dragged(board: Board, mouse: MouseEvent): Board {
  if (board.drag === undefined) return board;
  if (board.drag !== 'selection') {
    const splits = { ...board.splits, [board.drag]: splitAt(layoutOf(board), board.drag, mouse) };
    return { ...board, splits };
  }
  const { mode } = board;
  const pane = mode.kind === 'history' ? consolesOf(board).find(({ name }) => name === mode.name)?.rect : undefined;
  if (pane === undefined) return board;
  return pointedAt(board, { x: mouse.x - pane.x, y: mouse.y - pane.y }, true);
}

/** What was selected with the mouse is copied, as in every terminal. */
function release(board: Board): Step {
  const free: Board = { ...board, drag: undefined };
  const { mode } = board;
  const isSelection = board.drag === 'selection' && mode.kind === 'history' && mode.history.anchor !== undefined;
  return isSelection ? actInHistory(free, 'copy') : stay(free);
}

/** The console, or tile, at a cell; its border counts. */
function consoleAt(board: Board, mouse: MouseEvent): string | undefined {
  const layout = layoutOf(board);
  const tile = layout.tiles.find(({ rect }) => contains(rect, mouse));
  if (tile !== undefined) return tile.name;
  const isConsole = layout.console !== undefined && contains(layout.console, mouse);
  return isConsole && board.selected?.kind === 'process' ? board.selected.name : undefined;
}
