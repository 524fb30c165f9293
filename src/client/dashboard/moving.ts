import type { Action } from './bindings.ts';
import type { Board } from './board.ts';
import { consolesOf } from './consoles.ts';
import { layoutOf, tableBodyOf } from './layout.ts';
import { MOST_TILES, type Selected } from './model.ts';
import type { Rect } from './rect.ts';
import { lineOf, rowsOf, selectedBy, type TableLine } from './tablelines.ts';

/** What the bar goes to by an action of the table; it stays where there is nothing further. */
export function movedInTable(board: Board, action: Action): Board {
  const lines = rowsOf(board);
  const at = lineOf(lines, board.selected);
  if (action === 'next pane' || action === 'previous pane') return onLine(board, lines, nextGroup(lines, at, action));
  const page = Math.max(1, bodyRows(board) - 1);
  const steps: Partial<Record<Action, number>> = {
    up: -1,
    down: 1,
    first: -lines.length,
    last: lines.length,
    'half page up': -Math.ceil(page / 2),
    'half page down': Math.ceil(page / 2),
    'page up': -page,
    'page down': page,
  };
  return onLine(board, lines, at + (steps[action] ?? 0));
}

function onLine(board: Board, lines: readonly TableLine[], at: number): Board {
  const line = lines[Math.min(Math.max(0, at), lines.length - 1)];
  return line === undefined ? board : { ...board, selected: selectedBy(line) };
}

/** The next line that is a heading or a process without one; round at the end. */
function nextGroup(lines: readonly TableLine[], at: number, action: Action): number {
  const step = action === 'next pane' ? 1 : -1;
  for (let i = 1; i <= lines.length; i++) {
    const next = (at + i * step + lines.length * 2) % lines.length;
    const line = lines[next];
    if (line?.kind === 'group' || line?.isMember === false) return next;
  }
  return at;
}

/** Another tile: beside, above or below by where they stand, or the next in the order of the table. */
export function movedInTiles(board: Board, action: Action): Board {
  const names = tileable(board);
  const { tiles } = layoutOf({ ...board, isZoomed: false });
  const name = board.selected?.kind === 'process' ? board.selected.name : '';
  const here = tiles.find(tile => tile.name === name);
  const at = names.indexOf(name);
  const to = (index: number): Board => {
    const next = names[Math.min(Math.max(0, index), names.length - 1)];
    return next === undefined ? board : { ...board, selected: { kind: 'process', name: next } };
  };
  switch (action) {
    case 'next pane':
      return to((at + 1) % Math.max(1, names.length));
    case 'previous pane':
      return to((at - 1 + names.length) % Math.max(1, names.length));
    case 'first':
      return to(0);
    case 'last':
      return to(names.length - 1);
    case 'half page up':
    case 'page up':
      return to(at - MOST_TILES);
    case 'half page down':
    case 'page down':
      return to(at + MOST_TILES);
    case 'left':
    case 'right':
    case 'up':
    case 'down': {
      const beside = here && besides(tiles, here.rect, action);
      if (beside !== undefined) return { ...board, selected: { kind: 'process', name: beside } };
      return to(at + (action === 'left' || action === 'up' ? -1 : 1)); // beyond the edge: the tiles before, or after
    }
    default:
      return board;
  }
}

/** The tile that is next in a direction, and overlaps most. */
function besides(
  tiles: readonly { readonly name: string; readonly rect: Rect }[],
  from: Rect,
  direction: 'left' | 'right' | 'up' | 'down',
): string | undefined {
  const isAcross = direction === 'left' || direction === 'right';
  const isBack = direction === 'left' || direction === 'up';
  const [here, hereEnd] = isAcross ? [from.x, from.x + from.cols] : [from.y, from.y + from.rows];
  let best: { readonly name: string; readonly overlap: number } | undefined;
  for (const { name, rect } of tiles) {
    const [start, end] = isAcross ? [rect.x, rect.x + rect.cols] : [rect.y, rect.y + rect.rows];
    if (isBack ? end !== here : start !== hereEnd) continue;
    const overlap = isAcross
      ? Math.min(from.y + from.rows, rect.y + rect.rows) - Math.max(from.y, rect.y)
      : Math.min(from.x + from.cols, rect.x + rect.cols) - Math.max(from.x, rect.x);
    if (overlap > 0 && overlap > (best?.overlap ?? 0)) best = { name, overlap };
  }
  return best?.name;
}

/** Names of the processes that may stand in tiles: those that the filter shows, folded groups too. */
export function tileable(board: Pick<Board, 'rows' | 'filter'>): readonly string[] {
  return rowsOf({ ...board, collapsed: new Set() }).flatMap(line =>
    line.kind === 'process' ? [line.row.info.name] : [],
  );
}

/** Folds the group of what is selected, or unfolds it. A process that is hidden by it gives the bar to the heading. */
export function folded(board: Board, isFolded: boolean | 'other'): Board {
  const lines = rowsOf(board);
  const line = lines[lineOf(lines, board.selected)];
  const name =
    line === undefined
      ? undefined
      : line.kind === 'group'
        ? line.name
        : line.isMember
          ? line.row.info.group
          : undefined;
  if (name === undefined) return board;
  const collapsed = new Set(board.collapsed);
  const fold = isFolded === 'other' ? !collapsed.has(name) : isFolded;
  if (fold) collapsed.add(name);
  else collapsed.delete(name);
  return { ...board, collapsed, selected: fold ? { kind: 'group', name } : board.selected };
}

/** Lines of the table that can be seen. */
export function bodyRows(board: Board): number {
  const { table } = layoutOf(board);
  return table === undefined ? 1 : Math.max(1, tableBodyOf(table).rows);
}

/** The table scrolled by the wheel: the bar goes along where it would be scrolled out. */
export function scrolledTable(board: Board, by: number): Board {
  const lines = rowsOf(board);
  const rows = bodyRows(board);
  const tableTop = Math.min(Math.max(0, board.tableTop + by), Math.max(0, lines.length - rows));
  const at = lineOf(lines, board.selected);
  const bar = Math.min(Math.max(at, tableTop), tableTop + rows - 1);
  return bar === at ? { ...board, tableTop } : { ...onLine(board, lines, bar), tableTop };
}

/**
 * Puts right what the last change may have left: the bar is on something that is shown, and is to be seen; the tiles are
 * those around it. `former` tells where the bar was, so that it goes to the neighbour of what is gone.
 */
export function settled(board: Board, former: Board): Board {
  const isTiled = board.screenful === 'tiles';
  const lines = rowsOf(isTiled ? { ...board, collapsed: new Set() } : board);
  const selected = isTiled ? tileSelected(board, lines, former) : barSelected(board, lines, former);
  const next = sameSelected(selected, board.selected) ? board : { ...board, selected };
  const placed = withTop(next, lines);
  return isTiled ? withTiles(placed) : placed;
}

function barSelected(board: Board, lines: readonly TableLine[], former: Board): Selected | undefined {
  const { selected } = board;
  const isShown = lineOf(lines, selected) !== -1;
  // Who filters looks for processes: headings only say where they stand.
  if (board.filter !== '' && board.filter !== former.filter && !(isShown && selected?.kind === 'process')) {
    const first = lines.find(line => line.kind === 'process');
    return first === undefined ? selected : selectedBy(first); // all are filtered away: it comes back with them
  }
  if (isShown) return selected;
  // Hidden by folding: the heading stands for it.
  if (selected?.kind === 'process') {
    const group = board.rows.find(({ info }) => info.name === selected.name)?.info.group;
    const heading = lines.find(line => line.kind === 'group' && line.name === group);
    if (heading?.kind === 'group' && heading.isCollapsed) return selectedBy(heading);
  }
  const was = Math.max(0, lineOf(rowsOf(former), former.selected));
  const line = lines[Math.min(was, lines.length - 1)];
  if (line !== undefined) return selectedBy(line);
  return board.rows.length === 0 ? undefined : selected; // all are filtered away: it comes back with them
}

function tileSelected(board: Board, lines: readonly TableLine[], former: Board): Selected | undefined {
  const { selected } = board;
  const processes = lines.flatMap(line => (line.kind === 'process' ? [line.row.info] : []));
  if (selected?.kind === 'process' && processes.some(({ name }) => name === selected.name)) return selected;
  const first = selected?.kind === 'group' ? processes.find(({ group }) => group === selected.name) : undefined;
  const was = former.tiles.indexOf(selected?.kind === 'process' ? selected.name : '');
  const process = first ?? processes[Math.min(Math.max(0, was), processes.length - 1)];
  return process === undefined ? selected : { kind: 'process', name: process.name };
}

function withTop(board: Board, lines: readonly TableLine[]): Board {
  if (board.screenful === 'tiles') return board;
  const rows = bodyRows(board);
  const at = Math.max(0, lineOf(lines, board.selected));
  const most = Math.max(0, lines.length - rows);
  const tableTop = Math.min(Math.max(board.tableTop, at - rows + 1), at, most);
  return tableTop === board.tableTop ? board : { ...board, tableTop };
}

function withTiles(board: Board): Board {
  const names = tileable(board);
  const at = Math.max(0, names.indexOf(board.selected?.name ?? ''));
  const from = at - (at % MOST_TILES);
  const tiles = names.slice(from, from + MOST_TILES);
  const isSame = tiles.length === board.tiles.length && tiles.every((name, i) => name === board.tiles[i]);
  return isSame ? board : { ...board, tiles };
}

function sameSelected(a: Selected | undefined, b: Selected | undefined): boolean {
  return a === b || (a?.kind === b?.kind && a?.name === b?.name);
}

/** The console that keys of the consoles are about: undefined where none is to be seen. */
export function consoleName(board: Board): string | undefined {
  const name = board.selected?.kind === 'process' ? board.selected.name : undefined;
  return consolesOf(board).some(console => console.name === name) ? name : undefined;
}
