import type { Happening } from '../../core/events.ts';
import { parseRecord } from '../../core/fields.ts';
import { WireError } from '../../protocol/errors.ts';
import { NoDaemonError } from '../address.ts';
import type { Api } from '../api.ts';
import type { Host } from '../host.ts';
import { cropLine } from '../line/lineview.ts';
import type { StartedDaemon } from './starteddaemon.ts';
import { afterEvent, describeStopping, NOT_STOPPING } from './stopping.ts';

/** Begins the row anew. */
const CLEAR = '\r\x1b[K';

export interface StopOptions {
  readonly daemon: StartedDaemon;
  readonly api: Api;
  readonly host: Host;
  /** It was asked to stop already. */
  readonly isUnderWay: boolean;
}

/**
 * Stops everything in order and shows how far it is; Ctrl-C meanwhile kills what still runs. Resolves with the daemon's exit
 * code once it has ended.
 */
export async function stopInOrder({ daemon, api, host, isUnderWay }: StopOptions): Promise<number> {
  const { write, isTerminal } = host.error;
  const clear = isTerminal ? CLEAR : '';
  using _again = host.onInterrupt(() => {
    daemon.signal('SIGTERM');
    void write(`${clear}killing what still runs; Ctrl-C again leaves that to the daemon\n`);
  });
  await write('stopping everything in order; Ctrl-C kills what still runs\n');
  const terminal = isTerminal ? await host.terminal() : undefined;
  if (!isUnderWay) await ask(api, daemon);
  let shown = '';
  let stopping = NOT_STOPPING;
  const show = (): void => {
    const line = describeStopping(stopping);
    if (line === shown) return;
    shown = line;
    // A row at most, since only one is taken back.
    void write(
      terminal === undefined
        ? `${line}\n`
        : `${CLEAR}${cropLine({ text: line, cursor: 0 }, terminal.size.cols - 1).text}`,
    );
  };
  try {
    for await (const { data } of api.events({ query: { since: '0' } })) {
      const happening = parseRecord(data) as unknown as Happening | undefined; // by the route table
      if (happening === undefined) continue;
      stopping = afterEvent(stopping, happening);
      if (stopping !== NOT_STOPPING) show();
    }
  } catch (error) {
    if (!isOver(error)) throw error;
  }
  const code = await daemon.ended();
  await write(`${clear}${code === 0 ? 'all is stopped' : `the daemon ended with exit code ${code}`}\n`);
  return code;
}

/** By the socket, so that it is known who asked; a daemon that does not listen has its signals still. */
async function ask(api: Api, daemon: StartedDaemon): Promise<void> {
  try {
    await api.call('shutdown');
  } catch (error) {
    if (!isOver(error)) throw error;
    daemon.signal('SIGTERM');
  }
}

function isOver(error: unknown): boolean {
  return error instanceof NoDaemonError || (error instanceof WireError && error.code === 'shutting_down');
}
