/**
 * The one file that knows blessed. Its screen keeps the grid of cells, its boxes draw grounds and borders into it; what is
 * within them is put into the grid as its terminal widget does, and `frame.ts` says what of it the terminal is sent.
 * blessed's program, which takes over terminals, reads terminfo and listens to the process, has no part in it: its screen
 * gets one that does nothing (native-notes/blessed.md says what it would do).
 */
import { EventEmitter } from 'node:events';
import Box from 'blessed/lib/widgets/box.js';
import Screen from 'blessed/lib/widgets/screen.js';
import { cellsOf } from '../../terminal/cells.ts';
import type { Size } from '../attach/size.ts';
import { asciiOf } from './ascii.ts';
import { attrOf, PLAIN_ATTR } from './attr.ts';
import { frameBetween, type GridCell } from './frame.ts';
import type { Model } from './model.ts';
import type { Pane, Spot } from './pane.ts';
import type { Look, Piece } from './piece.ts';
import { widthOfPieces } from './piece.ts';
import type { Rect } from './rect.ts';
import { sceneOf } from './scene.ts';
import { type Theme, type ThemeOptions, themeFor } from './theme.ts';

export interface ViewOptions extends ThemeOptions {
  readonly size: Size;
  /** Everything that is to reach the terminal. */
  readonly write: (text: string) => void;
}

/** Draws models on a terminal. It never reads it, and knows of no process. */
export interface View extends Disposable {
  /** Writes what differs from what the terminal shows; nothing when nothing does. */
  draw(model: Model): void;
  /** Another size, or the same: what the terminal shows is forgotten, and the next picture is drawn whole. */
  resize(size: Size): void;
  /** Other looks, once more is known of the terminal. The next picture is drawn in them. */
  restyle(options: Partial<ThemeOptions>): void;
  /** No more is drawn. What must be written to leave the terminal as it was. */
  close(): string;
}

/** Alternate screen; reports of buttons and drags, in the form without bounds; marks around what is pasted. */
const ENTER = '\x1b[?1049h\x1b[m\x1b[?25l\x1b[?1002h\x1b[?1006h\x1b[?2004h';

/** The same backwards. Terminals without an alternate screen are cleared. */
const LEAVE = '\x1b[?2026l\x1b[?2004l\x1b[?1006l\x1b[?1002l\x1b[m\x1b[?7h\x1b[H\x1b[J\x1b[?25h\x1b[?1049l';

const FRAME_BEGIN = '\x1b[?2026h\x1b[?25l\x1b[?7l';
const FRAME_END = '\x1b[?7h';
const FRAME_SHOWN = '\x1b[?2026l';

const BLANK_SCREEN = '\x1b[m\x1b[2J';

export function openView(options: ViewOptions): View {
  return new BlessedView(options);
}

class BlessedView implements View {
  private readonly write: (text: string) => void;
  private readonly program: StillProgram;
  private readonly screen: Screen;
  private readonly boxes: PaneBox[] = [];
  private options: ThemeOptions;
  private theme: Theme;
  private last: Model | undefined;
  private isBlankWanted = true;
  private cursor = '';
  private frame = '';
  private isClosed = false;

  constructor({ size, write, ...options }: ViewOptions) {
    this.write = write;
    this.options = options;
    this.theme = themeFor(options);
    this.program = new StillProgram(size);
    this.screen = quietScreen(this.program);
    this.screen.draw = () => {
      const { unicode } = this.options;
      this.frame = frameBetween(this.screen.olines, this.screen.lines, { isUnicode: unicode, ascii: asciiOf });
    };
    write(ENTER);
  }

  draw(model: Model): void {
    if (this.isClosed || model === this.last) return;
    this.last = model;
    const { panes, cursor } = sceneOf(model, this.theme);
    this.place(panes);
    this.blank();
    this.screen.render();
    const isBlank = this.isBlankWanted;
    const shown = cursorAt(cursor);
    if (this.frame === '' && shown === this.cursor && !isBlank) return;
    this.isBlankWanted = false;
    this.cursor = shown;
    this.write(
      this.frame === '' && !isBlank
        ? shown
        : `${FRAME_BEGIN}${isBlank ? BLANK_SCREEN : ''}${this.frame}${FRAME_END}${shown}${FRAME_SHOWN}`,
    );
  }

  resize(size: Size): void {
    this.program.cols = size.cols;
    this.program.rows = size.rows;
    this.forget();
  }

  restyle(options: Partial<ThemeOptions>): void {
    this.options = { ...this.options, ...options };
    this.theme = themeFor(this.options);
    this.forget();
  }

  close(): string {
    if (this.isClosed) return '';
    this.isClosed = true;
    for (const box of this.boxes.splice(0)) box.detach();
    this.program.removeAllListeners();
    return LEAVE;
  }

  [Symbol.dispose](): void {
    const leave = this.close();
    if (leave !== '') this.write(leave);
  }

  /** What the terminal shows is of no use: the next picture is drawn whole. */
  private forget(): void {
    this.screen.alloc();
    this.isBlankWanted = true;
    this.last = undefined;
  }

  /** What no pane covers any more is blank. */
  private blank(): void {
    for (const line of this.screen.lines) {
      for (const cell of line) {
        cell[0] = PLAIN_ATTR;
        cell[1] = ' ';
      }
    }
  }

  /** One box for each pane, in their order: later ones cover earlier ones. Boxes are kept, as making one costs more than drawing it. */
  private place(panes: readonly Pane[]): void {
    while (this.boxes.length < panes.length)
      this.boxes.push(new PaneBox({ parent: this.screen, border: { type: 'line' } }));
    for (const [i, box] of this.boxes.entries()) {
      const pane = panes[i];
      if (pane) box.take(pane, { theme: this.theme, colors: this.options.colors });
      else box.hidden = true;
    }
  }
}

function cursorAt(cursor: Spot | undefined): string {
  return cursor ? `\x1b[${cursor.y + 1};${cursor.x + 1}H\x1b[?25h` : '\x1b[?25l';
}

/** What blessed's screen asks of the terminal: only its size. */
class StillProgram extends EventEmitter {
  cols: number;
  rows: number;
  /** The screen takes itself for one that has the terminal already. */
  readonly isAlt = true;
  readonly tput = { unicode: true, numbers: {}, strings: {}, bools: {}, features: {} };
  readonly options: Record<string, unknown> = {};
  useBuffer = true;
  zero = true;

  constructor({ cols, rows }: Size) {
    super();
    this.cols = cols;
    this.rows = rows;
  }

  setupTput(): void {}
  clear(): void {}
}

/** A screen that the process does not know: nothing listens to its signals, and nothing is registered. */
function quietScreen(program: StillProgram): Screen {
  const { bind } = Screen;
  Screen.bind = () => {};
  try {
    const screen = new Screen({ program, fullUnicode: true });
    screen.alloc();
    return screen;
  } finally {
    Screen.bind = bind;
  }
}

interface Drawing {
  readonly theme: Theme;
  readonly colors: ThemeOptions['colors'];
}

interface Run {
  readonly y: number;
  readonly from: number;
  /** The first column that is not of it. */
  readonly to: number;
}

const LINED = { type: 'line', left: true, top: true, right: true, bottom: true } as const;

/** A pane on the screen. blessed draws its border and makes it blank; the rest is put into the grid here. */
class PaneBox extends Box {
  private pane: Pane | undefined;
  private drawing: Drawing | undefined;
  declare border: typeof LINED | undefined;

  take(pane: Pane, drawing: Drawing): void {
    this.pane = pane;
    this.drawing = drawing;
    const { x, y, cols, rows } = pane.rect;
    this.hidden = cols === 0 || rows === 0;
    this.position.left = x;
    this.position.top = y;
    this.position.width = cols;
    this.position.height = rows;
    // A box that is all border has none: blessed would draw both sides into one cell.
    this.border = pane.border && cols > 1 && rows > 1 ? LINED : undefined;
  }

  /** blessed asks for the number of its border's look, and of its ground's. */
  override sattr(style: object): number {
    const border = style === this.style.border ? this.pane?.border : undefined;
    return border ? this.attrOf(border) : PLAIN_ATTR;
  }

  override render(): unknown {
    if (this.hidden || !this.pane) return undefined;
    this.cutNeighbours(this.pane.rect);
    const coords = super.render();
    const { rect, rows } = this.pane;
    const edge = this.border ? 1 : 0;
    const to = rect.x + rect.cols - edge;
    for (let i = 0; i < Math.min(rows.length, rect.rows - 2 * edge); i++) {
      this.put(rows[i] ?? [], { y: rect.y + edge + i, from: rect.x + edge, to });
    }
    if (this.border) this.putTitles(this.pane);
    this.putCursor(this.pane, edge);
    return coords;
  }

  /** Of a wide character that this pane covers half of, a blank remains. */
  private cutNeighbours({ x, y, cols, rows }: Rect): void {
    for (let i = y; i < y + rows; i++) {
      const line = this.screen.lines[i];
      const left = line?.[x - 1];
      const right = line?.[x + cols];
      if (left && line?.[x]?.[1] === '') left[1] = ' ';
      if (right?.[1] === '') right[1] = ' ';
    }
  }

  /** On the border: a cell of it stays at each end. */
  private putTitles({ rect, title = [], corner = [], foot = [] }: Pane): void {
    const from = rect.x + 2;
    const to = rect.x + rect.cols - 2;
    const titled = Math.min(to, from + widthOfPieces(title));
    this.put(title, { y: rect.y, from, to: titled });
    const start = to - widthOfPieces(corner);
    if (start > titled) this.put(corner, { y: rect.y, from: start, to });
    const bottom = rect.y + rect.rows - 1;
    this.put(foot, { y: bottom, from, to: Math.min(to, from + widthOfPieces(foot)) });
  }

  private putCursor({ rect, cursor }: Pane, edge: number): void {
    if (!cursor) return;
    const line = this.screen.lines[rect.y + edge + cursor.y];
    const x = rect.x + edge + cursor.x;
    const cell = line?.[x];
    if (!line || !cell || cursor.x >= rect.cols - 2 * edge || cursor.y >= rect.rows - 2 * edge) return;
    const attr = this.attrOf(cursor.look);
    cell[0] = attr;
    const right = line[x + 1];
    if (right?.[1] === '') right[0] = attr;
  }

  private put(pieces: readonly Piece[], { y, from, to }: Run): void {
    const line = this.screen.lines[y];
    if (!line || to <= from) return;
    let span: Look | undefined;
    let attr = PLAIN_ATTR;
    for (const [i, cell] of cellsOf(pieces, to - from).entries()) {
      if (cell.span !== span) {
        span = cell.span;
        attr = span ? this.attrOf(span) : PLAIN_ATTR;
      }
      const place: GridCell | undefined = line[from + i];
      if (!place) break;
      place[0] = attr;
      place[1] = cell.text;
    }
  }

  private attrOf(look: Look): number {
    return attrOf(look, this.drawing?.colors ?? 0);
  }
}
