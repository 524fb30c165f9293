import { isErrno } from '../runtime/errno.ts';
import type { UserTerminal } from './attach/terminal.ts';
import type { ShellControls } from './controls.ts';

/** The process that the client runs in, as far as it needs one; tests give another. */
export interface Host {
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly cwd: string;
  readonly uid: number;
  readonly input: { readonly isTerminal: boolean; readonly bytes: () => AsyncIterable<Uint8Array> };
  readonly output: Sink;
  readonly error: Sink;
  /** Calls back at the first Ctrl-C; the second ends the process as ever. */
  readonly onInterrupt: (listener: () => void) => Disposable;
  /** The terminal on standard input and output, for a verb that takes it over. */
  readonly terminal: () => Promise<UserTerminal>;
  /** Of a prompt of ours, for the verbs that only exist there. */
  readonly shell?: ShellControls;
}

/** One of the standard streams that are written to. */
export interface Sink {
  readonly isTerminal: boolean;
  /** Resolves once what was given is written, or its reader has gone. Standard output rejects with WriteError. */
  readonly write: (data: string | Uint8Array) => Promise<void>;
  /** Calls back when the reader of a pipe has gone away (EPIPE). */
  readonly onGone: (listener: () => void) => Disposable;
}

/** The same process but for some of it: a caller that prints elsewhere, for one. */
export function hostWith(host: Host, others: Partial<Host>): Host {
  return {
    env: host.env,
    cwd: host.cwd,
    uid: host.uid,
    input: host.input,
    output: host.output,
    error: host.error,
    onInterrupt: listener => host.onInterrupt(listener),
    terminal: () => host.terminal(),
    ...(host.shell && { shell: host.shell }),
    ...others,
  };
}

/** What was printed could not be written, on a full disk for one; `cause` is the system's error. Exit code 1. */
export class WriteError extends Error {
  override readonly name = 'WriteError';
}

/** The host that is this very process. Its streams are made when they are used: each costs a millisecond of start-up. */
export function processHost(): Host {
  return {
    env: process.env,
    cwd: process.cwd(),
    uid: process.getuid?.() ?? 0,
    input: {
      get isTerminal() {
        return process.stdin.isTTY === true;
      },
      bytes: () => process.stdin,
    },
    output: sinkOf(() => process.stdout, cannotWrite),
    // What standard error does not take is lost: there is nowhere left to say so, and the exit code still tells.
    error: sinkOf(
      () => process.stderr,
      () => {},
    ),
    onInterrupt(listener) {
      process.once('SIGINT', listener);
      return { [Symbol.dispose]: () => void process.off('SIGINT', listener) };
    },
    async terminal() {
      const { StandardTerminal } = await import('./attach/terminal.ts');
      return new StandardTerminal();
    },
  };
}

function cannotWrite(cause: Error): never {
  throw new WriteError('cannot write to standard output', { cause });
}

/** `onFailure` is called for what could not be written, except to a pipe whose reader has gone; it may throw. */
function sinkOf(open: () => NodeJS.WriteStream, onFailure: (error: Error) => void): Sink {
  const goneListeners = new Set<() => void>();
  let stream: NodeJS.WriteStream | undefined;
  const onError = (error: Error): void => {
    // Any other error is given to the callback of the write that met it too.
    if (isErrno(error, 'EPIPE')) for (const listener of goneListeners) listener();
  };
  return {
    get isTerminal() {
      return open().isTTY === true;
    },
    onGone(listener) {
      goneListeners.add(listener);
      return { [Symbol.dispose]: () => void goneListeners.delete(listener) };
    },
    async write(data) {
      stream ??= open().on('error', onError);
      const error = await new Promise<Error | null | undefined>(resolve => stream?.write(data, resolve));
      if (error != null && !isErrno(error, 'EPIPE')) onFailure(error);
    },
  };
}
