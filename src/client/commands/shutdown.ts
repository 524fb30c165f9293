import type { Happening } from '../../core/events.ts';
import { parseRecord } from '../../core/fields.ts';
import { WireError } from '../../protocol/errors.ts';
import { realClock } from '../../runtime/clock.ts';
import { NoDaemonError } from '../address.ts';
import { pause } from '../follow.ts';
import { type Context, EXIT, type Run } from '../verb.ts';

/** Milliseconds between looks at a daemon that ends: it takes some tens from its last event to its exit. */
const POLL = 20;

export const run: Run = async (context, { options }) => {
  const wait = options.wait !== false;
  const { stopping } = await context.api.call('shutdown');
  const processes = `${stopping} ${stopping === 1 ? 'process' : 'processes'}`;
  if (!context.json) await context.out(`stopping ${processes}, then the daemon\n`);
  if (wait) await untilGone(context);
  if (context.json) await context.document({ stopping, gone: wait });
  else if (wait) await context.out('Shut down\n');
  return EXIT.done;
};

/** Waits until nothing listens any more, telling meanwhile what the daemon waits for. */
async function untilGone(context: Context): Promise<void> {
  for (;;) {
    await tellWhatIsWaitedFor(context);
    try {
      await context.api.call('healthz');
    } catch (error) {
      if (error instanceof NoDaemonError) return;
      if (!isShuttingDown(error)) throw error;
    }
    await pause(realClock, POLL);
  }
}

/** Returns when the daemon ends the events, which it does last of all, or has none to give any more. */
async function tellWhatIsWaitedFor(context: Context): Promise<void> {
  let told = '';
  try {
    for await (const { data } of context.api.events({ query: { since: '0' } })) {
      const happening = parseRecord(data) as unknown as Happening | undefined; // by the route table
      if (happening?.type !== 'daemon.stopping' || happening.waitingFor.length === 0) continue;
      const waiting = `waiting for ${happening.waitingFor.join(', ')}`;
      if (waiting !== told) context.progress(waiting);
      told = waiting;
    }
  } catch (error) {
    if (!(error instanceof NoDaemonError || isShuttingDown(error))) throw error;
  }
}

function isShuttingDown(error: unknown): boolean {
  return error instanceof WireError && error.code === 'shutting_down';
}
