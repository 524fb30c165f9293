import { parseRecord } from '../../core/fields.ts';
import type { SseMessage } from '../../protocol/sse.ts';
import { realClock } from '../../runtime/clock.ts';
import { DAEMON, formatEvent } from '../eventline.ts';
import { goneWhileFollowing, PAUSE, pause } from '../follow.ts';
import { type Context, EXIT, type Run } from '../verb.ts';

export const run: Run = async (context, { options }) => {
  const width = context.json ? 0 : await widestName(context);
  const print = async ({ event, data }: SseMessage): Promise<void> => {
    if (event === 'overtaken') {
      context.err(`${parseRecord(data)?.missed} events were forgotten before they could be read`);
      return;
    }
    await context.out(`${context.json ? data : formatEvent(data, { width, color: context.color })}\n`);
  };
  try {
    if (options.follow === true) await followEvents(context, print);
    else for await (const message of context.api.events({ query: { since: '0', follow: '0' } })) await print(message);
  } catch (error) {
    if (!context.signal.aborted) throw error;
  }
  return EXIT.done;
};

/** Whatever ends the stream but the daemon's own end, it asks again from the last event that it has seen. */
async function followEvents({ api }: Context, print: (message: SseMessage) => Promise<void>): Promise<never> {
  let last: string | undefined;
  let stream = api.events({ query: { since: '0' } });
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
    stream =
      last === undefined ? api.events({ query: { since: '0' } }) : api.events({ headers: { 'last-event-id': last } });
  }
}

async function widestName({ api }: Context): Promise<number> {
  const { processes } = await api.call('processes');
  return Math.max(DAEMON.length, ...processes.map(({ name }) => name.length));
}
