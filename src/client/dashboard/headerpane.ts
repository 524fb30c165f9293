import type { PublicState } from '../../core/status.ts';
import { textWidth } from '../../terminal/width.ts';
import { shortBytes, shortPercent, shortSpan, shownPath } from './figures.ts';
import { type Model, TONE_OF_STATE } from './model.ts';
import type { Pane } from './pane.ts';
import { cut, type Piece, piece, shownText, widthOfPieces } from './piece.ts';
import type { Rect } from './rect.ts';
import type { Theme } from './theme.ts';

/** Those that need somebody come first. */
const STATES: readonly PublicState[] = [
  'FATAL',
  'UNKNOWN',
  'BACKOFF',
  'STARTING',
  'STOPPING',
  'RUNNING',
  'EXITED',
  'STOPPED',
];

/** A path shorter than this says nothing. */
const LEAST_PATH = 12;

/** One line: who this is, how its processes are, how the daemon is. When the daemon is away, that and nothing else. */
export function headerPane(model: Model, rect: Rect, theme: Theme): Pane {
  return {
    rect,
    rows: [model.link.kind === 'lost' ? lostLine(model, rect.cols, theme) : line(model, rect.cols, theme)],
  };
}

function line(model: Model, cols: number, theme: Theme): Piece[] {
  const { header, strong, label, dim } = theme;
  const left: Piece[] = [piece(' taskmaster ', { ...header, ...strong })];
  if (model.readOnly) left.push(piece(' READ-ONLY ', label), piece(' ', header));
  let room = cols - widthOfPieces(left) - 1;
  const right: Piece[] = [];
  const take = (...pieces: readonly Piece[]): void => {
    const width = widthOfPieces(pieces);
    if (width > room) return;
    room -= width;
    right.push(...pieces);
  };
  for (const count of countsOf(model, theme)) take(count);
  take(piece(daemonOf(model), { ...header, ...dim }));
  const about =
    model.link.kind === 'connecting' ? 'connecting to the daemon' : shownPath(model.daemon?.config ?? '', model.home);
  const shown = room >= LEAST_PATH ? pathTail(about, room, theme.glyphs.more) : '';
  return [
    ...left,
    piece(shown.padEnd(room - (textWidth(shown) - shown.length)), { ...header, ...dim }),
    ...right,
    piece(' ', header),
  ];
}

/** The end of a path, from one of its directories or its name on; nothing where not even that fits. */
function pathTail(path: string, cols: number, mark: string): string {
  const clean = shownText(path);
  if (textWidth(clean) <= cols) return clean;
  for (let at = clean.indexOf('/', 1); at !== -1; at = clean.indexOf('/', at + 1)) {
    const tail = mark + clean.slice(at);
    if (textWidth(tail) <= cols) return tail;
  }
  return '';
}

function lostLine({ link, now, readOnly }: Model, cols: number, { alarm, label, glyphs }: Theme): Piece[] {
  if (link.kind !== 'lost') return [];
  const tag = readOnly ? ' READ-ONLY ' : '';
  const text = ` the daemon is away for ${shortSpan(now - link.since)}, trying again: ${link.reason}`;
  return [piece(tag, label), piece(cut(text, cols - tag.length, glyphs.more).padEnd(cols), alarm)];
}

/** `1 FATAL  5 RUNNING`: words and tones. */
function countsOf({ rows }: Model, { header, tones }: Theme): Piece[] {
  return STATES.flatMap(state => {
    const count = rows.filter(({ info }) => info.state === state).length;
    return count === 0 ? [] : [piece(`  ${count} ${state}`, { ...header, ...tones[TONE_OF_STATE[state]] })];
  });
}

function daemonOf({ daemon, daemonUsage }: Model): string {
  if (!daemon) return '';
  const { cpu = null, memory } = daemonUsage ?? {};
  const parts = [
    `daemon ${daemon.pid}`,
    `up ${shortSpan(daemon.uptime)}`,
    cpu === null ? '' : `${shortPercent(cpu)}%`,
    memory === undefined ? '' : shortBytes(memory),
    daemon.mood === 'shutdown' ? 'SHUTTING DOWN' : '',
  ];
  return `  ${parts.filter(part => part !== '').join(' ')}`;
}
