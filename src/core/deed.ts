/** What people did, in the words that the daemon's log and `events` share. */
import { describeAsker } from './asker.ts';
import type { HappeningBody } from './events.ts';

/** `alice@web1 pts/3 (taskmasterctl) asked: stop web`. */
export function describeRequest({ verb, what, times, bytes, by }: Extract<HappeningBody, { type: 'request' }>): string {
  const asked = [verb, ...what].join(' ');
  const counts = [
    ...(bytes === null ? [] : [`${bytes} ${bytes === 1 ? 'byte' : 'bytes'}`]),
    ...(times === 1 ? [] : [`${times} times`]),
  ];
  return `${describeAsker(by)} asked: ${asked}${counts.length === 0 ? '' : ` (${counts.join(', ')})`}`;
}

/** `attached, read-only`; `left: detached, having typed 12 bytes`. */
export function describeViewing({ type, readOnly, reason, typed }: Extract<HappeningBody, { label: string }>): string {
  if (type === 'viewer.attached') return `attached${readOnly ? ', read-only' : ''}`;
  return `left: ${reason}${typed > 0 ? `, having typed ${typed} ${typed === 1 ? 'byte' : 'bytes'}` : ''}`;
}
