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
}

/** One of the standard streams that are written to. */
export interface Sink {
  readonly isTerminal: boolean;
  /** Resolves once what was given is written, or its reader has gone. */
  readonly write: (data: string | Uint8Array) => Promise<void>;
  /** Calls back when the reader of a pipe has gone away (EPIPE). */
  readonly onGone: (listener: () => void) => Disposable;
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
    output: sinkOf(() => process.stdout),
    error: sinkOf(() => process.stderr),
    onInterrupt(listener) {
      process.once('SIGINT', listener);
      return { [Symbol.dispose]: () => void process.off('SIGINT', listener) };
    },
  };
}

function sinkOf(open: () => NodeJS.WriteStream): Sink {
  const goneListeners = new Set<() => void>();
  let stream: NodeJS.WriteStream | undefined;
  const onError = (error: Error): void => {
    if (!('code' in error && error.code === 'EPIPE')) throw error;
    for (const listener of goneListeners) listener();
  };
  return {
    get isTerminal() {
      return open().isTTY === true;
    },
    onGone(listener) {
      goneListeners.add(listener);
      return { [Symbol.dispose]: () => void goneListeners.delete(listener) };
    },
    write(data) {
      stream ??= open().on('error', onError);
      return new Promise(resolve => stream?.write(data, () => resolve()));
    },
  };
}
