import { textWidth } from '../../terminal/width.ts';
import { DAEMON } from '../eventline.ts';
import { clockTime } from './figures.ts';
import { innerOf } from './layout.ts';
import type { EventRow, Model } from './model.ts';
import type { Pane } from './pane.ts';
import { cut, fitted, type Piece, piece } from './piece.ts';
import type { Rect } from './rect.ts';
import type { Theme } from './theme.ts';

const MOST_NAME = 24;

/** The last events, the newest at the bottom. */
export function eventsPane({ events, eventsUp }: Model, rect: Rect, theme: Theme): Pane {
  const inner = innerOf(rect);
  const end = Math.max(0, events.length - eventsUp);
  const shown = events.slice(Math.max(0, end - inner.rows), end);
  const name = Math.min(MOST_NAME, Math.max(0, ...shown.map(event => textWidth(nameOf(event)))));
  return {
    rect,
    border: theme.border,
    title: [piece(' events ', theme.strong)],
    ...(eventsUp > 0 && { corner: [piece(` ${eventsUp} newer below `, theme.accent)] }),
    rows:
      shown.length === 0
        ? [[piece(' nothing happened yet', theme.dim)]]
        : shown.map(event => line(event, { name, cols: inner.cols, theme })),
  };
}

interface Place {
  readonly name: number;
  readonly cols: number;
  readonly theme: Theme;
}

function line(event: EventRow, { name, cols, theme }: Place): Piece[] {
  const { glyphs, tones, dim } = theme;
  const time = ` ${clockTime(event.happening.at)}  `;
  const who = nameOf(event);
  // The text may begin with whom it is about, as the command prints it.
  const text = event.text.startsWith(`${who} `) ? event.text.slice(who.length).trimStart() : event.text;
  return [
    piece(time, dim),
    piece(`${fitted(who, name, glyphs.more)}  `, event.tone === 'dim' ? dim : {}),
    piece(cut(text, cols - time.length - name - 2, glyphs.more), tones[event.tone]),
  ];
}

function nameOf({ happening }: EventRow): string {
  return 'process' in happening ? happening.process : DAEMON;
}
