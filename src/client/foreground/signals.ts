import { isatty } from 'node:tty';
import type { HandledSignal, TerminalListener, UserTerminal } from '../attach/terminal.ts';

/** What a daemon is told by signals; `taskmaster` passes them on to one that it started. */
export const PASSED_ON = ['SIGHUP', 'SIGTERM', 'SIGUSR2'] as const;

export type PassedOn = (typeof PASSED_ON)[number];

/** Calls back at each of them, from now on; none of them ends this process any more. */
export function onSignals(names: readonly PassedOn[], listener: (name: PassedOn) => void): Disposable {
  const reactions = names.map(name => [name, () => listener(name)] as const);
  for (const [name, react] of reactions) process.on(name, react);
  return {
    [Symbol.dispose]: () => {
      for (const [name, react] of reactions) process.off(name, react);
    },
  };
}

/** Whether the terminal is still there: SIGHUP comes as well when its window was closed, and that asks for no reload. */
export function isTerminalThere(): boolean {
  return isatty(0);
}

/** What is typed, until it is over: who reads lines of it is not told of a signal in any other way. */
export async function* untilAborted(input: AsyncIterable<Uint8Array>, signal: AbortSignal): AsyncGenerator<Uint8Array> {
  const aborted = new Promise<undefined>(resolve => signal.addEventListener('abort', () => resolve(undefined)));
  const iterator = input[Symbol.asyncIterator]();
  while (!signal.aborted) {
    const next = await Promise.race([iterator.next(), aborted]);
    if (next === undefined || next.done === true) return;
    yield next.value;
  }
}

/**
 * The user's terminal, less the signals that are for somebody else: whoever holds it, the shell or the console of a program,
 * goes on as if they had not come. One that ends a program's console ends the shell behind it too: it is told once it holds the
 * terminal again.
 */
export function withoutSignals(terminal: UserTerminal, isForOthers: (name: HandledSignal) => boolean): UserTerminal {
  let ending: HandledSignal | undefined;
  const filtered = (listener: TerminalListener): TerminalListener => ({
    input: bytes => listener.input(bytes),
    resized: () => listener.resized(),
    gone: () => listener.gone(),
    crashing: () => listener.crashing(),
    signal(name) {
      if (isForOthers(name)) return;
      if (name === 'SIGTERM' || name === 'SIGHUP') ending = name;
      listener.signal(name);
    },
  });
  return {
    get name() {
      return terminal.name;
    },
    get size() {
      return terminal.size;
    },
    async enter(listener, options) {
      await terminal.enter(filtered(listener), options);
      if (ending !== undefined) listener.signal(ending);
    },
    leave: () => terminal.leave(),
    write: bytes => terminal.write(bytes),
    writeWhenReady: (bytes, done) => terminal.writeWhenReady(bytes, done),
    setPaused: isPaused => terminal.setPaused(isPaused),
    stop: () => terminal.stop(),
    suspend: () => terminal.suspend(),
  };
}
