import type { Happening } from '../core/events.ts';
import { BEGINNING_FORMS, parseBeginning } from '../core/moment.ts';
import { selects } from '../core/selector.ts';
import { WireError } from '../protocol/errors.ts';
import type { Clock } from '../runtime/clock.ts';
import type { Call } from './http.ts';
import type { Journal } from './journal.ts';

/** A listener with this much unread is not sent more until it has caught up. The journal remembers, or forgets. */
const MAX_UNREAD = 64 * 1024;

/** Events looked up at a time. */
const BATCH = 64;

/** Where events come from. */
export interface EventSource {
  readonly journal: Journal;
  /** Names this life of the daemon in event ids. */
  readonly boot: string;
  readonly clock: Clock;
}

/**
 * Sends what happens as Server-Sent Events, beginning after `Last-Event-ID` or `since`, of the processes that `select`
 * names. The id is `<boot>-<number>`: with that of another daemon's life, all that this one remembers is sent. A listener
 * keeps its place in the journal and is never waited for; one that was overtaken is told how much it missed.
 */
export function sendEvents({ request, response, query }: Call, source: EventSource): void {
  const { journal, boot } = source;
  const isFollowing = query.get('follow') !== '0';
  const isWanted = filterOf(query.getAll('select'));
  const end = journal.lastId;
  const asked =
    lastSeen(request.headers['last-event-id'], boot) ?? numberOfBeginning(query.get('since'), source) ?? end;
  let seen = asked > end ? 0 : asked; // a number that is yet to come is of an earlier daemon, whose clock was ahead
  response.writeHead(200, { 'content-type': 'text/event-stream', 'cache-control': 'no-store' });
  response.flushHeaders();
  const send = (): void => {
    if (response.writableEnded) return;
    while (response.writableLength < MAX_UNREAD && seen < journal.lastId) {
      const { missed, happenings } = journal.since(seen, BATCH);
      if (missed > 0) response.write(`event: overtaken\ndata: ${JSON.stringify({ missed })}\n\n`);
      for (const happening of happenings) {
        if (!isWanted(happening)) continue;
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

/** Whether an event is of a process that one of the selectors means; without selectors all are wanted. */
function filterOf(selectors: readonly string[]): (happening: Happening) => boolean {
  if (selectors.length === 0) return () => true;
  return happening => {
    if (!('process' in happening)) return false;
    const { process: fullname, program } = happening;
    // It may have left the config: its name tells the group, as the short form stands where both are the same.
    const [group = '', name = group] = fullname.split(':');
    const named = { fullname, program, name, group };
    return selectors.some(selector => selects(selector, named));
  };
}

function numberOfBeginning(text: string | null, { journal, clock }: EventSource): number | undefined {
  if (text === null) return undefined;
  const beginning = parseBeginning(text, clock.wall());
  if (beginning === undefined) {
    throw new WireError('bad_request', `since must be ${BEGINNING_FORMS}, not '${text.slice(0, 40)}'`);
  }
  return beginning.kind === 'number' ? beginning.number : journal.before(beginning.at);
}

function lastSeen(header: string | string[] | undefined, boot: string): number | undefined {
  if (typeof header !== 'string') return undefined;
  const match = /^([a-z0-9]+)-(\d{1,15})$/.exec(header);
  if (!match) throw new WireError('bad_request', 'Last-Event-ID must be an id of this stream, like "k3j9x2-17"');
  return match[1] === boot ? Number(match[2]) : 0;
}
