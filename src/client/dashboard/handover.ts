import { configHash } from '../../config/paths.ts';
import type { Clock } from '../../runtime/clock.ts';
import { locate } from '../address.ts';
import { attach } from '../attach/attach.ts';
import type { Ending } from '../attach/ending.ts';
import type { UserTerminal } from '../attach/terminal.ts';
import { parseVerb } from '../invocation.ts';
import { apiFor } from '../session.ts';
import { type Session, verbsAt } from '../verb.ts';

export interface HandOver {
  readonly session: Session;
  readonly terminal: UserTerminal;
  readonly clock: Clock;
  readonly signal: AbortSignal;
  /** How it was over, and the line that tells of it; undefined when there is nobody to tell. */
  readonly onEnded: (ending: Ending, line: string | undefined) => void;
}

/**
 * `attach` with the dashboard's own terminal, which nobody else may have meanwhile. Rejects as a request to the daemon does,
 * and with UsageError for words that make no sense.
 */
export async function attachFrom(words: readonly string[], handOver: HandOver): Promise<void> {
  const { session, terminal, clock, signal, onEnded } = handOver;
  const { host } = session;
  const { args, globals: own } = await parseVerb(verbsAt(session.table, session.place), words);
  const globals = { ...session.globals, ...own };
  const { readOnly = false, steal = false, detachKeys } = args.options as AttachFlags; // by the flags of the verb
  const context = {
    api: apiFor(globals, host, signal),
    signal,
    err: () => {}, // `onEnded` has the same line
    takeover: {
      env: host.env,
      isPossible: () => true,
      configHash: () => {
        const { config } = locate({ config: globals.config, socket: globals.socket, ...host });
        return config === undefined ? undefined : configHash(config);
      },
      terminal: async () => terminal,
    },
  };
  const [name = ''] = args.words;
  await attach(
    context,
    { name, readOnly: readOnly || session.readOnly, steal, keys: detachKeys, isHinted: true, onEnded },
    clock,
  );
}

interface AttachFlags {
  readonly readOnly?: boolean;
  readonly steal?: boolean;
  readonly detachKeys?: string;
}
