import { findConfig, socketCandidates } from '../config/paths.ts';

/** Where a daemon may be. */
export interface Address {
  /** Absolute path of its config; undefined when only a socket was named. */
  readonly config: string | undefined;
  /** Sockets to try, best first. */
  readonly sockets: readonly string[];
  /**
   * The user who alone may have made the directories of the sockets; undefined when a socket was named, which is to trust
   * it. Anybody can make a directory in `/tmp` and listen there in place of the daemon.
   */
  readonly owner: number | undefined;
}

/** What is said on the command line and what the environment adds. */
export interface Whereabouts {
  /** `-c`. */
  readonly config: string | undefined;
  /** `-s`. */
  readonly socket: string | undefined;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly cwd: string;
  readonly uid: number;
}

/** No daemon can be spoken to: none is there, it may not be reached, it went away or does not answer. */
export class NoDaemonError extends Error {
  override readonly name = 'NoDaemonError';
  /** Why alone, for where it is said already that there is none, and of which config. */
  readonly reason: string;

  constructor(message: string, reason = message) {
    super(message);
    this.reason = reason;
  }
}

/** Finds the sockets at which the daemon may listen. Throws NoDaemonError when no config is found to go by. */
export function locate({ config, socket, env, cwd, uid }: Whereabouts): Address {
  if (socket !== undefined) return { config: undefined, sockets: [socket], owner: undefined };
  const found = findConfig(config, env, cwd);
  if ('tried' in found) {
    throw new NoDaemonError(
      `cannot find a config: none of ${found.tried.join(', ')} exists; name one with -c FILE, or a socket with -s PATH`,
    );
  }
  return { config: found.path, sockets: socketCandidates(found.path, env, uid), owner: uid };
}
