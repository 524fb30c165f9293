import { isatty } from 'node:tty';
import type { HandledSignal, TerminalListener, UserTerminal } from '../attach/terminal.ts';

/** What a daemon is told by signals; `taskmaster` passes them on to one that it started. */
export const PASSED_ON = ['SIGHUP', 'SIGTERM', 'SIGUSR2'] as const;

export type PassedOn = (typeof PASSED_ON)[number];

/** Calls back at each of them, from now on; none of them ends this process any more. */
export function onSignals(listener: (name: PassedOn) => void): Disposable {
  const react = (name: NodeJS.Signals): void => {
    const known = PASSED_ON.find(candidate => candidate === name);
    if (known !== undefined) listener(known);
  };
  for (const name of PASSED_ON) process.on(name, react);
  return {
    [Symbol.dispose]: () => {
      for (const name of PASSED_ON) process.off(name, react);
    },
  };
}

/** Whether the terminal is still there: SIGHUP comes as well when its window was closed, and that asks for no reload. */
export function isTerminalThere(): boolean {
  return isatty(0);
}

/**
 * The user's terminal, less the signals that are for somebody else: whoever holds it, the shell or the console of a program,
 * goes on as if they had not come.
 */
export function withoutSignals(terminal: UserTerminal, isForOthers: (name: HandledSignal) => boolean): UserTerminal {
  const filtered = (listener: TerminalListener): TerminalListener => ({
    input: bytes => listener.input(bytes),
    resized: () => listener.resized(),
    gone: () => listener.gone(),
    crashing: () => listener.crashing(),
    signal: name => (isForOthers(name) ? undefined : listener.signal(name)),
  });
  return {
    get name() {
      return terminal.name;
    },
    get size() {
      return terminal.size;
    },
    enter: (listener, options) => terminal.enter(filtered(listener), options),
    leave: () => terminal.leave(),
    write: bytes => terminal.write(bytes),
    writeWhenReady: (bytes, done) => terminal.writeWhenReady(bytes, done),
    setPaused: isPaused => terminal.setPaused(isPaused),
    stop: () => terminal.stop(),
    suspend: () => terminal.suspend(),
  };
}
