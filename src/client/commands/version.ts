import { PROTOCOL, VERSION } from '../../protocol/version.ts';
import { NoDaemonError } from '../address.ts';
import { type Context, EXIT, type Run } from '../verb.ts';

const client = { version: VERSION, protocol: PROTOCOL };

/** The client's own version is told even when no daemon is there to ask. */
export const run: Run = async context => {
  if (!context.json) await context.out(`taskmasterctl ${VERSION} (protocol ${PROTOCOL})\n`);
  try {
    const { version, protocol } = await context.api.call('daemon');
    if (context.json) await tellAsJson(context, { version, protocol });
    else await context.out(`taskmasterd ${version} (protocol ${protocol})\n`);
  } catch (error) {
    if (context.json && error instanceof NoDaemonError) await tellAsJson(context, null);
    throw error;
  }
  return EXIT.done;
};

function tellAsJson(context: Context, daemon: typeof client | null): Promise<void> {
  return context.document({ client, daemon });
}
