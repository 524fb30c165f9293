import type { PaneFrame } from '../../terminal/pane.ts';
import type { SpanDocument } from '../../terminal/render.ts';
import type { Size } from '../attach/size.ts';
import type { Board } from './board.ts';
import { innerOf, layoutOf } from './layout.ts';
import type { ConsoleModel, Model } from './model.ts';
import type { Rect } from './rect.ts';

/** A console that is to be seen, and where: within its border. */
export interface VisibleConsole {
  readonly name: string;
  readonly rect: Rect;
}

/** Which consoles the layout shows now. */
export function consolesOf(model: Model): readonly VisibleConsole[] {
  const layout = layoutOf(model);
  const tiles = layout.tiles.map(({ name, rect }) => ({ name, rect: innerOf(rect) }));
  const { selected } = model;
  const shown =
    layout.console === undefined || selected?.kind !== 'process'
      ? tiles
      : [{ name: selected.name, rect: innerOf(layout.console) }, ...tiles];
  return shown.filter(({ rect }) => rect.cols > 0 && rect.rows > 0);
}

export function visibleConsoles(model: Model): readonly string[] {
  return consolesOf(model).map(({ name }) => name);
}

/** Where the console of a process is, within its border; undefined while it is not shown. */
export function paneOf(model: Model, name: string): Rect | undefined {
  return consolesOf(model).find(console => console.name === name)?.rect;
}

/** A console is to be shown in a pane of this size: what it showed before stays until its first picture comes. */
export function withPane(board: Board, name: string, pane: Size): Board {
  const former = board.consoles.get(name);
  if (former?.pane.cols === pane.cols && former.pane.rows === pane.rows) return board;
  const console: ConsoleModel = {
    name,
    program: undefined,
    at: { x: 0, y: 0 },
    cursor: undefined,
    alternate: false,
    text: undefined,
    ...former,
    pane,
    lines: sized(former?.lines ?? [], pane.rows),
  };
  return { ...board, consoles: new Map(board.consoles).set(name, console) };
}

/** A picture came: the rows that did not change are the same objects as before. */
export function withFrame(board: Board, name: string, frame: PaneFrame): Board {
  const former = board.consoles.get(name);
  if (former === undefined) return board;
  const lines = [...former.lines];
  for (const { y, spans } of frame.lines) if (y >= 0 && y < lines.length) lines[y] = spans;
  const console: ConsoleModel = {
    ...former,
    program: { cols: frame.cols, rows: frame.rows },
    at: { x: frame.x, y: frame.y },
    cursor: frame.cursor ?? undefined,
    alternate: frame.alternate,
    lines,
  };
  return { ...board, consoles: new Map(board.consoles).set(name, console) };
}

export function withText(board: Board, name: string, text: string | undefined): Board {
  const former = board.consoles.get(name);
  if (former === undefined || former.text === text) return board;
  return { ...board, consoles: new Map(board.consoles).set(name, { ...former, text }) };
}

export function withoutPane(board: Board, name: string): Board {
  const consoles = new Map(board.consoles);
  return consoles.delete(name) ? { ...board, consoles } : board;
}

const BLANK: readonly SpanDocument[] = [];

function sized(lines: ConsoleModel['lines'], rows: number): ConsoleModel['lines'] {
  return Array.from({ length: rows }, (_, y) => lines[y] ?? BLANK);
}
