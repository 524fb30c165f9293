import type { ProcessInfo } from '../../protocol/messages.ts';
import { textWidth } from '../../terminal/width.ts';
import { describedNow, shortBytes, shortPercent, shownPath } from './figures.ts';
import { historyPane } from './historypane.ts';
import { innerOf } from './layout.ts';
import { type ConsoleModel, type Model, type Row, TONE_OF_STATE } from './model.ts';
import type { Drawn, Pane, Spot } from './pane.ts';
import { cut, fitted, type Look, type Piece, piece, wrapped } from './piece.ts';
import type { Rect } from './rect.ts';
import type { Theme } from './theme.ts';

/** The console of what is selected; of a group, what its processes do. */
export function consolePane(model: Model, rect: Rect, theme: Theme): Drawn {
  const { selected } = model;
  if (selected?.kind === 'process') return drawn(model, { name: selected.name, rect, theme, isTile: false });
  const pane = selected ? groupPane(model, selected.name, { rect, theme }) : welcomePane(model, { rect, theme });
  return { pane, spot: undefined };
}

export interface TilePlace {
  readonly name: string;
  readonly rect: Rect;
  readonly theme: Theme;
}

/** One of many consoles. */
export function tilePane(model: Model, place: TilePlace): Drawn {
  return drawn(model, { ...place, isTile: true });
}

interface ConsolePlace extends TilePlace {
  readonly isTile: boolean;
}

function drawn(model: Model, place: ConsolePlace): Drawn {
  const { name, rect, theme } = place;
  const { mode } = model;
  const row = model.rows.find(({ info }) => info.name === name);
  const title = titleOf(name, row, place);
  if (mode.kind === 'history' && mode.name === name) return historyPane(mode.history, { rect, theme, title });
  const inner = innerOf(rect);
  const console = model.consoles.get(name);
  const isTyping = mode.kind === 'typing' && mode.name === name;
  const band = bandOf(model, { row, console, place, inner });
  const { rows, up } = contentOf(console, band, { inner, theme });
  const cursor = cursorIn(console, row, { inner, up });
  return {
    pane: {
      rect,
      border: borderOf(model, place, isTyping),
      title,
      corner: isTyping ? typingCorner(model, theme) : cornerOf(place, { row, console, inner }),
      foot: footOf(row, place),
      rows,
      ...(cursor && !isTyping && { cursor: { ...cursor, look: theme.cursor } }),
    },
    spot: isTyping && cursor ? { x: inner.x + cursor.x, y: inner.y + cursor.y } : undefined,
  };
}

/** Corners and a piece of border on each side of a title. */
const TITLE_MARGIN = 4;

/** The state always; the name as far as there is room, without its group rather than cut off. */
function titleOf(name: string, row: Row | undefined, { rect, theme }: TilePlace): Piece[] {
  const { strong, tones, glyphs } = theme;
  if (row === undefined) return [piece(` ${name} `, strong)];
  const { info, marks } = row;
  const bell = marks.bell ? '! ' : '';
  const room = rect.cols - TITLE_MARGIN - ` ${info.state} ${bell}`.length - 1;
  const fits = [info.name, info.process].find(one => textWidth(one) <= room);
  return [
    piece(` ${fits ?? shortened(info.process, room, glyphs.more)} `, strong),
    piece(`${info.state} `, { ...tones[TONE_OF_STATE[info.state]], bold: true }),
    piece(bell, { ...tones.busy, bold: true }),
  ];
}

/** The numbers by which processes of a program differ stand at the end of their names. */
const TAIL = 3;

function shortened(name: string, cols: number, mark: string): string {
  if (cols <= TAIL + 1) return cut(name, Math.max(1, cols), mark);
  return cut(name, cols - TAIL, mark) + name.slice(-TAIL);
}

function borderOf({ selected }: Model, { name, theme, isTile }: ConsolePlace, isTyping: boolean): Look {
  if (isTyping) return theme.borderTyping;
  const isSelected = isTile && selected?.kind === 'process' && selected.name === name;
  return isSelected ? theme.borderSelected : theme.border;
}

function typingCorner({ mode }: Model, { label }: Theme): Piece[] {
  const chord = mode.kind === 'typing' ? mode.chord : undefined;
  return [piece(` typing to it; ${chord ?? 'the detach keys'} to leave `, label)];
}

interface About {
  readonly row: Row | undefined;
  readonly console: ConsoleModel | undefined;
  readonly inner: Rect;
}

/** In a tile what it takes; else how large its terminal is, and that only a part of it is seen. */
function cornerOf({ isTile, theme }: ConsolePlace, { row, console, inner }: About): Piece[] {
  if (isTile) {
    const figures = [
      row?.cpu === undefined ? '' : `${shortPercent(row.cpu)}%`,
      row?.memory === undefined ? '' : shortBytes(row.memory),
    ].filter(figure => figure !== '');
    return figures.length === 0 ? [] : [piece(` ${figures.join(' ')} `, theme.dim)];
  }
  const size = console?.program;
  if (!size) return [];
  const isWhole = size.cols <= inner.cols && size.rows <= inner.rows;
  const { times } = theme.glyphs;
  return [
    piece(isWhole ? ` ${size.cols}${times}${size.rows} ` : ` part of ${size.cols}${times}${size.rows} `, theme.dim),
  ];
}

function footOf(row: Row | undefined, { isTile, theme }: ConsolePlace): Piece[] {
  const viewers = row?.marks.viewers ?? 0;
  if (viewers > 0) return [piece(isTile ? ` ${viewers}@ ` : ` ${viewers} attached elsewhere `, theme.dim)];
  return [];
}

/** Most lines that say why a process does not run: a few words more than the reason has. */
const BAND_ROWS = 4;
const TILE_BAND_ROWS = 2;

/** What is to be said about a process that is not simply running, below what its terminal shows last. */
function bandOf(model: Model, { row, console, place, inner }: About & { readonly place: ConsolePlace }): Piece[][] {
  const { theme, isTile } = place;
  const text = wordsOf(row?.info, console);
  if (text === undefined || inner.cols < 3) return [];
  const tone = row ? TONE_OF_STATE[row.info.state] : 'dim';
  const look = tone === 'good' ? {} : theme.tones[tone];
  const most = Math.min(isTile ? TILE_BAND_ROWS : BAND_ROWS, Math.max(1, inner.rows >> 1));
  const lines = wrapped(text, inner.cols - 2);
  const shown = lines.length > most ? [...lines.slice(0, most - 1), lines.slice(most - 1).join(' ')] : lines;
  const band = shown.map(line => [
    { ...look, ...theme.bar, ...piece(` ${fitted(line, inner.cols - 1, theme.glyphs.more)}`) },
  ]);
  const hint = isTile || model.readOnly || model.link.kind !== 'live' ? undefined : hintFor(row?.info);
  if (hint !== undefined && band.length < most) {
    band.push([{ ...theme.dim, ...theme.bar, ...piece(` ${fitted(hint, inner.cols - 1, theme.glyphs.more)}`) }]);
  }
  return band;
}

function wordsOf(info: ProcessInfo | undefined, console: ConsoleModel | undefined): string | undefined {
  if (!info) return console?.text ?? 'no such process any more';
  switch (info.state) {
    case 'RUNNING':
      return console?.text;
    case 'STARTING':
    case 'STOPPING':
      return info.reason ?? console?.text;
    case 'STOPPED':
      if (info.starts === 0) return 'STOPPED: it was not started yet';
      return console?.text ?? (info.lastExit ? `STOPPED since ${describedNow(info)}` : 'STOPPED');
    default:
      return `${info.state}: ${info.reason ?? console?.text ?? describedNow(info)}`;
  }
}

function hintFor(info: ProcessInfo | undefined): string | undefined {
  switch (info?.state) {
    case 'FATAL':
      return 's tries again, l shows all that it printed';
    case 'STOPPED':
    case 'EXITED':
    case 'UNKNOWN':
      return 's starts it';
    default:
      return undefined;
  }
}

interface Content {
  readonly rows: readonly (readonly Piece[])[];
  /** Rows at the top that the band pushed out. */
  readonly up: number;
}

/** The console's rows, and right below them the band: blank rows give way to it first, then the topmost ones. */
function contentOf(
  console: ConsoleModel | undefined,
  band: readonly Piece[][],
  { inner, theme }: { readonly inner: Rect; readonly theme: Theme },
): Content {
  if (!console || (console.program === undefined && band.length === 0)) {
    return { rows: [[piece(' waiting for its screen', theme.dim)]], up: 0 };
  }
  const lines = console.lines.slice(0, inner.rows);
  if (band.length === 0) return { rows: lines, up: 0 };
  let used = lines.length;
  while (used > 0 && isBlank(lines[used - 1])) used--;
  const room = Math.max(0, inner.rows - band.length);
  const up = Math.max(0, used - room);
  const gap: (readonly Piece[])[] = used > 0 && used < room ? [[]] : [];
  return { rows: [...lines.slice(up, used), ...gap, ...band], up };
}

function isBlank(line: readonly Piece[] | undefined): boolean {
  return line?.every(({ text, bg, inverse }) => text.trim() === '' && bg === undefined && !inverse) ?? true;
}

function cursorIn(
  console: ConsoleModel | undefined,
  row: Row | undefined,
  { inner, up }: { readonly inner: Rect; readonly up: number },
): Spot | undefined {
  if (!console?.cursor || !row || row.info.pid === null) return undefined;
  const { x, y } = console.cursor;
  if (x >= inner.cols || y < up || y - up >= inner.rows) return undefined;
  return { x, y: y - up };
}

interface OtherPlace {
  readonly rect: Rect;
  readonly theme: Theme;
}

function groupPane(model: Model, name: string, { rect, theme }: OtherPlace): Pane {
  const { dim, strong, tones, border, glyphs } = theme;
  const { cols } = innerOf(rect);
  const rows = model.rows.filter(({ info }) => info.group === name);
  const widest = Math.min(Math.max(0, ...rows.map(({ info }) => textWidth(info.process))), cols >> 1);
  return {
    rect,
    border,
    title: [piece(` ${name} `, strong), piece(`group of ${rows.length} `, dim)],
    rows: rows.map(({ info }) => [
      piece(` ${fitted(info.process, widest, glyphs.more)}  `),
      piece(info.state.padEnd(STATE_COLS), tones[TONE_OF_STATE[info.state]]),
      piece(
        `  ${cut(info.reason ?? describedNow(info), Math.max(0, cols - widest - STATE_COLS - 5), glyphs.more)}`,
        dim,
      ),
    ]),
  };
}

const STATE_COLS = 8;

function welcomePane({ link, daemon, home, rows }: Model, { rect, theme }: OtherPlace): Pane {
  const inner = innerOf(rect);
  const words =
    link.kind === 'connecting'
      ? ['Connecting to the daemon.']
      : rows.length > 0
        ? ['Select a process with the arrow keys.']
        : [
            'There are no programs yet.',
            '',
            `Write some under \`programs:\` in ${daemon ? shownPath(daemon.config, home) : 'the config'}, then type :reload`,
          ];
  const lines = words.flatMap(text => wrapped(text, inner.cols - 2));
  return {
    rect,
    border: theme.border,
    title: [piece(' console ', theme.strong)],
    rows: lines.map(text => [piece(` ${text}`, theme.dim)]),
  };
}
