import type { DaemonInfo } from '../../protocol/messages.ts';
import { PROTOCOL, VERSION } from '../../protocol/version.ts';
import { NoDaemonError } from '../address.ts';
import { type Context, EXIT, type Run } from '../verb.ts';

const client = { version: VERSION, protocol: PROTOCOL };

/** The client's own version is told even when no daemon is there to ask. */
export const run: Run = async context => {
  if (!context.json) await context.out(`taskmasterctl ${VERSION} (protocol ${PROTOCOL})\n`);
  try {
    const daemon = await context.api.call('daemon');
    if (context.json) await tellAsJson(context, daemon);
    else await context.out(`taskmasterd ${daemon.version} (protocol ${daemon.protocol})\n`);
  } catch (error) {
    if (context.json && error instanceof NoDaemonError) await tellAsJson(context, null);
    throw error;
  }
  return EXIT.done;
};

function tellAsJson(context: Context, daemon: DaemonInfo | null): Promise<void> {
  return context.document({ client, daemon });
}
