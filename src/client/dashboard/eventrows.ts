import type { Happening } from '../../core/events.ts';
import { formatEventText } from '../eventline.ts';
import { type EventRow, TONE_OF_STATE, type Tone } from './model.ts';

/** Events that are kept to be scrolled back to. */
export const MOST_EVENTS = 1000;

/** One more at the end, the oldest forgotten where there are too many. */
export function withEvent(events: readonly EventRow[], happening: Happening): readonly EventRow[] {
  const row: EventRow = { happening, text: formatEventText(happening), tone: toneOf(happening) };
  return [...events.slice(Math.max(0, events.length + 1 - MOST_EVENTS)), row];
}

function toneOf(happening: Happening): Tone {
  switch (happening.type) {
    case 'process.state':
      return TONE_OF_STATE[happening.to];
    case 'process.exit':
      return happening.expected ? 'plain' : 'bad';
    case 'log.trouble':
    case 'alert.failed':
    case 'alert.dropped':
    case 'config.refused':
      return 'bad';
    case 'daemon.stopping':
    case 'process.leftovers':
      return 'busy';
    case 'request':
    case 'viewer.attached':
    case 'viewer.detached':
      return 'dim';
    default:
      return 'plain';
  }
}
