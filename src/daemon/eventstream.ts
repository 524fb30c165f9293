import { WireError } from '../protocol/errors.ts';
import { numberOf } from './follow.ts';
import type { Call } from './http.ts';
import type { Journal } from './journal.ts';

/** A listener with this much unread is not sent more until it has caught up. The journal remembers, or forgets. */
const MAX_UNREAD = 64 * 1024;

/** Events looked up at a time. */
const BATCH = 64;

/**
 * Sends what happens as Server-Sent Events, beginning after `Last-Event-ID` or `since`. The id is `<boot>-<number>`: with
 * that of another daemon's life, all that this one remembers is sent. A listener keeps its place in the journal and is
 * never waited for; one that was overtaken is told how much it missed.
 */
export function sendEvents({ request, response, query }: Call, journal: Journal, boot: string): void {
  const isFollowing = query.get('follow') !== '0';
  const end = journal.lastId;
  const asked = lastSeen(request.headers['last-event-id'], boot) ?? numberOf(query, 'since') ?? end;
  let seen = asked > end ? 0 : Math.max(0, asked); // a number that is yet to come is of an earlier daemon
  response.writeHead(200, { 'content-type': 'text/event-stream', 'cache-control': 'no-store' });
  response.flushHeaders();
  const send = (): void => {
    if (response.writableEnded) return;
    while (response.writableLength < MAX_UNREAD && seen < journal.lastId) {
      const { missed, happenings } = journal.since(seen, BATCH);
      if (missed > 0) response.write(`event: overtaken\ndata: ${JSON.stringify({ missed })}\n\n`);
      for (const happening of happenings) {
        response.write(`id: ${boot}-${happening.id}\nevent: ${happening.type}\ndata: ${JSON.stringify(happening)}\n\n`);
      }
      seen = happenings.at(-1)?.id ?? journal.lastId;
    }
    if (!isFollowing && seen >= end) response.end();
  };
  const subscription = isFollowing && !response.destroyed ? journal.onHappening(send) : undefined;
  response.on('drain', send);
  response.on('close', () => subscription?.[Symbol.dispose]());
  send();
}

function lastSeen(header: string | string[] | undefined, boot: string): number | undefined {
  if (typeof header !== 'string') return undefined;
  const match = /^([a-z0-9]+)-(\d{1,15})$/.exec(header);
  if (!match) throw new WireError('bad_request', 'Last-Event-ID must be an id of this stream, like "k3j9x2-17"');
  return match[1] === boot ? Number(match[2]) : 0;
}
