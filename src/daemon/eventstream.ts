import type { Happening } from '../core/events.ts';
import { WireError } from '../protocol/errors.ts';
import { numberOf } from './follow.ts';
import type { Call } from './http.ts';
import type { Journal } from './journal.ts';

/** A listener with this much unread is cut off: it comes back with its last id and misses nothing that is remembered. */
const MAX_UNREAD = 256 * 1024;

/**
 * Sends what happens as Server-Sent Events, beginning after `Last-Event-ID` or `since`. The id is `<boot>-<number>`: with
 * that of another daemon's life, all that this one remembers is sent.
 */
export function sendEvents({ request, response, query }: Call, journal: Journal, boot: string): void {
  const isFollowing = query.get('follow') !== '0';
  const since = lastSeen(request.headers['last-event-id'], boot) ?? numberOf(query, 'since') ?? journal.lastId;
  response.writeHead(200, { 'content-type': 'text/event-stream', 'cache-control': 'no-store' });
  response.flushHeaders();
  const { missed, happenings } = journal.since(since);
  if (missed > 0) response.write(`event: overtaken\ndata: ${JSON.stringify({ missed })}\n\n`);
  const send = (happening: Happening): void => {
    response.write(`id: ${boot}-${happening.id}\nevent: ${happening.type}\ndata: ${JSON.stringify(happening)}\n\n`);
    if (response.writableLength > MAX_UNREAD) response.destroy();
  };
  for (const happening of happenings) {
    if (response.destroyed) return;
    send(happening);
  }
  if (!isFollowing) {
    response.end();
    return;
  }
  const subscription = journal.onHappening(send);
  response.on('close', () => subscription[Symbol.dispose]());
}

function lastSeen(header: string | string[] | undefined, boot: string): number | undefined {
  if (typeof header !== 'string') return undefined;
  const match = /^([a-z0-9]+)-(\d{1,15})$/.exec(header);
  if (!match) throw new WireError('bad_request', 'Last-Event-ID must be an id of this stream, like "k3j9x2-17"');
  return match[1] === boot ? Number(match[2]) : 0;
}
