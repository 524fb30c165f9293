import { parseRecord } from '../../core/fields.ts';
import { BEGINNING_FORMS, parseBeginning } from '../../core/moment.ts';
import type { SseMessage } from '../../protocol/sse.ts';
import { realClock } from '../../runtime/clock.ts';
import type { Place } from '../api.ts';
import { DAEMON, formatEvent } from '../eventline.ts';
import { goneWhileFollowing, PAUSE, pause } from '../follow.ts';
import { type Arguments, type Context, EXIT, type Run, UsageError } from '../verb.ts';

/** Of an event that is no event of the daemon's but about the stream. */
const OVERTAKEN = 'overtaken';

export const run: Run = async (context, { words: select, options }) => {
  const wanted = { since: beginningOf(options), select };
  const { width, unknown } = await lookAtNames(context, select);
  let printed = 0;
  const print = async ({ event, data }: SseMessage): Promise<void> => {
    if (event === OVERTAKEN) {
      context.err(`${parseRecord(data)?.missed} events were forgotten before they could be read`);
      return;
    }
    printed++;
    await context.out(`${context.json ? data : formatEvent(data, { width, color: context.color })}\n`);
  };
  try {
    if (options.follow === true) {
      for (const name of unknown) context.err(`${name}: no such process now; waiting for one`);
      await followEvents(context, wanted, print);
    } else {
      for await (const message of context.api.events({ query: { ...wanted, follow: '0' } })) await print(message);
    }
  } catch (error) {
    if (!context.signal.aborted) throw error;
    return EXIT.done;
  }
  // One that has left the config may still have events; whose name there never was has none.
  if (printed > 0 || unknown.length === 0) return EXIT.done;
  for (const name of unknown) context.err(`${name}: no such process, and no event of one`);
  return EXIT.unknown;
};

/** What `--since` says, as the daemon is told it: times are read here, in the user's time zone. */
function beginningOf({ since }: Arguments['options']): string {
  if (typeof since !== 'string') return '0';
  const beginning = parseBeginning(since, realClock.wall());
  if (beginning === undefined) throw new UsageError(`--since takes ${BEGINNING_FORMS}, not "${since}"`);
  return beginning.kind === 'number' ? String(beginning.number) : new Date(beginning.at).toISOString();
}

/** Whatever ends the stream but the daemon's own end, it asks again from the last event that it has seen. */
async function followEvents(
  { api }: Context,
  { since, select }: { readonly since: string; readonly select: readonly string[] },
  print: (message: SseMessage) => Promise<void>,
): Promise<never> {
  const first: Place = { query: { since, select } };
  let last: string | undefined;
  let stream = api.events(first);
  for (;;) {
    const began = last;
    try {
      for await (const message of stream) {
        last = message.id === '' ? last : message.id;
        await print(message);
      }
    } catch (error) {
      if (last === undefined) throw error;
      goneWhileFollowing(error);
    }
    if (last === began) await pause(realClock, PAUSE);
    stream = api.events(last === undefined ? first : { query: { select }, headers: { 'last-event-id': last } });
  }
}

/** How wide the longest name is that may be shown, and which selectors mean nobody. */
async function lookAtNames(
  { api, json }: Context,
  select: readonly string[],
): Promise<{ readonly width: number; readonly unknown: readonly string[] }> {
  if (json && select.length === 0) return { width: 0, unknown: [] };
  const { processes, unknown } = await api.call('processes', undefined, { query: { select } });
  const names = [...(select.length === 0 ? [DAEMON] : []), ...processes.map(({ name }) => name)];
  return { width: Math.max(0, ...names.map(name => name.length)), unknown };
}
