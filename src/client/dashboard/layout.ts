/**
 * Where everything is on the screen, from the model alone. Nothing overlaps but the overlay, nothing is outside of the
 * screen, and nothing has a negative size, down to one cell. A pane's rectangle includes its border of one cell.
 */

import { textWidth } from '../../terminal/width.ts';
import type { Size } from '../attach/size.ts';
import { MOST_TILES, type Model, type Splits } from './model.ts';
import type { Layout, Rect } from './rect.ts';
import { rowsOf } from './tablelines.ts';

/** From this many columns on, the console stands beside the table: both keep at least half of a common terminal. */
export const WIDE_COLS = 100;

/** The table's share of a wide screen, and its bounds: below, columns of use are lost; above, it only grows blanks. */
const TABLE_SHARE = 0.53;
const TABLE_LEAST_COLS = 45;
const TABLE_MOST_COLS = 86;

/** A pane has at least one cell within its border, and a console is of use from this size on. */
const LEAST_ROWS = 3;
const CONSOLE_LEAST_COLS = 20;
const TABLE_DRAG_COLS = 20;

/** The table's share of the rows of a narrow screen, and what it takes at least: border, headings and three processes. */
const TABLE_ROWS_SHARE = 0.5;
const TABLE_LEAST_ROWS = 6;
const CONSOLE_LEAST_ROWS = 5;

/** Rows of the events pane by the rows that there are between header and footer; with fewer it is left out. */
const EVENTS_ROWS: readonly (readonly [body: number, rows: number])[] = [
  [44, 10],
  [32, 8],
  [24, 6],
  [18, 4],
];

/** Below this a tile shows nothing of use: its border, and a line of some words. */
const TILE_LEAST: Size = { cols: 16, rows: 3 };

/** A character cell is about twice as high as wide. */
const CELL_RATIO = 2;

/** Pages are read: longer lines than this are not. */
const PAGE_MOST_COLS = 110;
const QUESTION_MOST_COLS = 70;
const QUESTION_LEAST_COLS = 36;
const BORDER = 2;

export function layoutOf(model: Model): Layout {
  const { cols, rows } = model.size;
  const footerRows = Math.min(1, rows);
  const headerRows = Math.min(1, rows - footerRows);
  const body: Rect = { x: 0, y: headerRows, cols, rows: rows - headerRows - footerRows };
  return {
    header: { x: 0, y: 0, cols, rows: headerRows },
    footer: { x: 0, y: rows - footerRows, cols, rows: footerRows },
    ...(model.screenful === 'tiles' ? tilesOf(model, body) : panesOf(model, body)),
    overlay: overlayOf(model, body),
  };
}

/** What is within a pane's border. */
export function innerOf(rect: Rect): Rect {
  return {
    x: rect.x + 1,
    y: rect.y + 1,
    cols: Math.max(0, rect.cols - BORDER),
    rows: Math.max(0, rect.rows - BORDER),
  };
}

/** With fewer rows within the table's border its headings give way to processes. */
const HEADINGS_FROM_ROWS = 4;

/** Where the lines of `rowsOf` stand in the table: within its border, below its headings. */
export function tableBodyOf(table: Rect): Rect {
  const inner = innerOf(table);
  const headings = inner.rows >= HEADINGS_FROM_ROWS ? 1 : 0;
  return { ...inner, y: inner.y + headings, rows: inner.rows - headings };
}

/** The split that a divider has when it is dragged to this cell. `layoutOf` bounds it. */
export function splitAt(layout: Layout, kind: keyof Splits, at: { readonly x: number; readonly y: number }): number {
  switch (kind) {
    case 'tableCols':
      return at.x + 1 - (layout.table?.x ?? 0);
    case 'tableRows':
      return at.y + 1 - (layout.table?.y ?? 0);
    case 'eventsRows':
      return layout.footer.y - at.y;
  }
}

/** Whether a cell is in a rectangle. */
export function contains(rect: Rect, { x, y }: { readonly x: number; readonly y: number }): boolean {
  return x >= rect.x && x < rect.x + rect.cols && y >= rect.y && y < rect.y + rect.rows;
}

type Panes = Pick<Layout, 'table' | 'console' | 'events' | 'tiles' | 'dividers'>;

const NONE: Panes = { table: undefined, console: undefined, events: undefined, tiles: [], dividers: [] };

function panesOf(model: Model, body: Rect): Panes {
  if (body.rows < LEAST_ROWS || body.cols < LEAST_ROWS) return NONE;
  if (model.isZoomed) return { ...NONE, console: body };
  const isWide = body.cols >= WIDE_COLS;
  const least = isWide ? TABLE_LEAST_ROWS : TABLE_LEAST_ROWS + CONSOLE_LEAST_ROWS;
  const eventsRows = eventsRowsOf(model.splits.eventsRows, body.rows, least);
  const above: Rect = { ...body, rows: body.rows - eventsRows };
  const events: Rect | undefined = eventsRows === 0 ? undefined : { ...body, y: body.y + above.rows, rows: eventsRows };
  const { table, console, dividers } = isWide ? sideBySide(model, above) : oneAboveOther(model, above);
  return {
    table,
    console,
    events,
    tiles: [],
    dividers: events ? [...dividers, { kind: 'eventsRows', rect: { ...events, y: events.y - 1, rows: 2 } }] : dividers,
  };
}

function eventsRowsOf(wanted: number | undefined, body: number, least: number): number {
  const most = body - least;
  const own = EVENTS_ROWS.find(([from]) => body >= from)?.[1];
  if (own === undefined || most < LEAST_ROWS) return 0;
  return clamp(wanted ?? own, LEAST_ROWS, most);
}

type Pair = Pick<Layout, 'table' | 'console' | 'dividers'>;

function sideBySide({ splits }: Model, rect: Rect): Pair {
  const own = clamp(Math.floor(rect.cols * TABLE_SHARE), TABLE_LEAST_COLS, TABLE_MOST_COLS);
  const cols = clamp(splits.tableCols ?? own, TABLE_DRAG_COLS, rect.cols - CONSOLE_LEAST_COLS);
  const table = { ...rect, cols };
  const console = { ...rect, x: rect.x + cols, cols: rect.cols - cols };
  return { table, console, dividers: [{ kind: 'tableCols', rect: { ...rect, x: console.x - 1, cols: 2 } }] };
}

/** The table takes no more rows than it has lines. */
function oneAboveOther(model: Model, rect: Rect): Pair {
  if (rect.rows < LEAST_ROWS + CONSOLE_LEAST_ROWS) return { table: rect, console: undefined, dividers: [] };
  const needed = rowsOf(model).length + BORDER + 1;
  const own = clamp(needed, TABLE_LEAST_ROWS, Math.max(TABLE_LEAST_ROWS, Math.floor(rect.rows * TABLE_ROWS_SHARE)));
  const rows = clamp(model.splits.tableRows ?? own, LEAST_ROWS, rect.rows - CONSOLE_LEAST_ROWS);
  const table = { ...rect, rows };
  const console = { ...rect, y: rect.y + rows, rows: rect.rows - rows };
  return { table, console, dividers: [{ kind: 'tableRows', rect: { ...rect, y: console.y - 1, rows: 2 } }] };
}

function tilesOf(model: Model, body: Rect): Panes {
  if (body.rows < LEAST_ROWS || body.cols < LEAST_ROWS) return NONE;
  const names = model.tiles.slice(0, MOST_TILES);
  const selected = model.selected?.kind === 'process' ? model.selected.name : '';
  const at = Math.max(0, names.indexOf(selected));
  const name = names[at];
  if (name === undefined) return { ...NONE, console: body };
  if (model.isZoomed) return { ...NONE, tiles: [{ name, rect: body }] };
  const count = fitting(names.length, body);
  // When not all fit, the selected one is among those that do.
  const from = clamp(at - count + 1, 0, names.length - count);
  return { ...NONE, tiles: gridOf(names.slice(from, from + count), body) };
}

/** How many of so many tiles are large enough to be of use; at least one. */
function fitting(wanted: number, { cols, rows }: Rect): number {
  const across = Math.floor(cols / TILE_LEAST.cols);
  const down = Math.floor(rows / TILE_LEAST.rows);
  return Math.max(1, Math.min(wanted, across * down));
}

/** As square as it gets; the tiles of a last row that is not full are wider. */
function gridOf(names: readonly string[], body: Rect): Layout['tiles'] {
  const lines = linesOfGrid(names.length, body);
  const tiles: { name: string; rect: Rect }[] = [];
  for (let line = 0, at = 0; line < lines; line++) {
    const inLine = Math.ceil((names.length - at) / (lines - line));
    const y = cut(body.rows, line, lines);
    const rows = cut(body.rows, line + 1, lines) - y;
    for (let i = 0; i < inLine; i++, at++) {
      const x = cut(body.cols, i, inLine);
      const cols = cut(body.cols, i + 1, inLine) - x;
      tiles.push({ name: names[at] ?? '', rect: { x: body.x + x, y: body.y + y, cols, rows } });
    }
  }
  return tiles;
}

function linesOfGrid(count: number, { cols, rows }: Rect): number {
  let best = 1;
  let bestError = Number.POSITIVE_INFINITY;
  for (let lines = 1; lines <= count; lines++) {
    const width = Math.floor(cols / Math.ceil(count / lines));
    const height = Math.floor(rows / lines);
    const isTooSmall = width < TILE_LEAST.cols || height < TILE_LEAST.rows;
    const error = Math.abs(Math.log(width / Math.max(1, height * CELL_RATIO))) + (isTooSmall ? count : 0);
    if (error >= bestError) continue;
    best = lines;
    bestError = error;
  }
  return best;
}

/** Where the n-th of so many parts of a length begins: their sizes differ by one at most. */
function cut(length: number, n: number, parts: number): number {
  return Math.floor((length * n) / parts);
}

/** Columns within the border of a page, on a screen of so many. */
export function pageCols(cols: number): number {
  return Math.max(1, Math.min(PAGE_MOST_COLS, cols - BORDER) - BORDER);
}

function overlayOf({ mode }: Model, body: Rect): Rect | undefined {
  switch (mode.kind) {
    case 'page': {
      const cols = pageCols(body.cols) + BORDER;
      return centred(body, { cols, rows: mode.page.isFollowed ? body.rows : mode.page.lines.length + BORDER });
    }
    case 'confirm': {
      const room = Math.min(QUESTION_MOST_COLS, body.cols) - QUESTION_MARGIN;
      const cols = clamp(textWidth(mode.question), QUESTION_LEAST_COLS, room) + QUESTION_MARGIN;
      const lines = Math.ceil(textWidth(mode.question) / Math.max(1, cols - QUESTION_MARGIN));
      // A line more than it needs, as words are not cut; an empty one; the answers.
      return centred(body, { cols, rows: BORDER + lines + (lines > 1 ? 1 : 0) + 2 });
    }
    default:
      return undefined;
  }
}

/** The border, and a blank to its left and right. */
const QUESTION_MARGIN = 4;

function centred(body: Rect, wanted: Size): Rect | undefined {
  const cols = clamp(wanted.cols, 0, body.cols);
  const rows = clamp(wanted.rows, 0, body.rows);
  if (cols < LEAST_ROWS || rows < LEAST_ROWS) return undefined;
  return { x: body.x + ((body.cols - cols) >> 1), y: body.y + ((body.rows - rows) >> 1), cols, rows };
}

/** `most` wins where it is below `least`. */
function clamp(value: number, least: number, most: number): number {
  return Math.min(Math.max(value, least), most);
}
