import type { PublicState } from '../../core/status.ts';
import { shortBytes, shortPercent, shortSpan } from './figures.ts';
import { type Model, TONE_OF_STATE } from './model.ts';
import type { Pane } from './pane.ts';
import { cut, cutLeft, type Piece, piece, widthOfPieces } from './piece.ts';
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
  const states = countsOf(model, theme);
  const daemon = daemonOf(model);
  const used = (pieces: readonly Piece[]): number => widthOfPieces(pieces) + 1;
  let right: Piece[] = [...states, ...(daemon === '' ? [] : [piece(`  ${daemon}`, { ...header, ...dim })])];
  if (used(left) + used(right) > cols) right = states;
  const room = cols - used(left) - used(right);
  const about = model.link.kind === 'connecting' ? 'connecting to the daemon' : (model.daemon?.config ?? '');
  if (room >= LEAST_PATH) left.push(piece(cutLeft(about, room, theme.glyphs.more), { ...header, ...dim }));
  const gap = Math.max(0, cols - widthOfPieces(left) - used(right));
  return [...left, piece(' '.repeat(gap), header), ...right, piece(' ', header)];
}

function lostLine({ link, now, readOnly }: Model, cols: number, { alarm, label, glyphs }: Theme): Piece[] {
  if (link.kind !== 'lost') return [];
  const tag = readOnly ? ' READ-ONLY ' : '';
  const text = ` the daemon is away for ${shortSpan(now - link.since)}: ${link.reason}; trying again `;
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
  return parts.filter(part => part !== '').join(' ');
}
