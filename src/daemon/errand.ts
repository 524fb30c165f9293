/** A child that is sent to do one thing and is waited for: what it exits with, and the end of what it printed. */
import type { Exit } from '../core/exit.ts';
import type { Millis } from '../core/program.ts';
import type { Clock } from '../runtime/clock.ts';
import { MutableDisposable } from '../runtime/lifetime.ts';
import type { Launch, PtyHost } from './pty.ts';
import { signalLeader } from './signalling.ts';

/** What is kept of its output: the end, which says what came of it. */
const MOST_OUTPUT = 4096;

/** How long it has after SIGTERM, and its terminal after SIGKILL. */
const GRACE: Millis = 1_000;

/** End of file, as a terminal is told: a program that reads from it gets nothing, and does not wait for it. */
const EOT = Uint8Array.of(0x04);

export interface Ran {
  readonly exit: Exit;
  /** The last of what it printed, as text. */
  readonly output: string;
}

export interface ErrandOptions {
  readonly host: PtyHost;
  readonly clock: Clock;
  /** Fires when it has taken too long: its process group gets SIGTERM, and a second later SIGKILL. */
  readonly signal: AbortSignal;
  /** Bytes of its output that are kept, of the end; by default what a sentence or two take. */
  readonly keeps?: number;
}

/**
 * Runs a child in a terminal of its own. What it leaves behind is hung up when it ends, as by a terminal that is closed.
 * Rejects with the signal's reason when that has fired. Throws `SpawnError` when it cannot be forked.
 */
export function runErrand(launch: Launch, { host, clock, signal, keeps = MOST_OUTPUT }: ErrandOptions): Promise<Ran> {
  signal.throwIfAborted();
  return new Promise((resolve, reject) => {
    const timer = new MutableDisposable();
    let output = '';
    const pty = host.spawn(launch, {
      output: bytes => {
        output = (output + Buffer.from(bytes).toString('latin1')).slice(-keeps);
      },
      ended: exit => settle(() => (signal.aborted ? reject(signal.reason) : resolve({ exit, output: textOf(output) }))),
      closed: () => {},
    });
    const settle = (tell: () => void): void => {
      timer[Symbol.dispose]();
      signal.removeEventListener('abort', stop);
      pty[Symbol.dispose]();
      tell();
    };
    const stop = (): void => {
      signalLeader(pty.pid, 'SIGTERM', true);
      timer.value = clock.after(GRACE, kill);
    };
    const kill = (): void => {
      signalLeader(pty.pid, 'SIGKILL', true);
      timer.value = clock.after(GRACE, () => settle(() => reject(signal.reason))); // whom not even that ends is left
    };
    signal.addEventListener('abort', stop);
    pty.write(EOT);
  });
}

/** Sequences of a terminal, which are no text. */
const SEQUENCES = /\x1b(?:\[[0-?]*[ -/]*[@-~]|\][^\x07\x1b]*(?:\x07|\x1b\\)?|[ -/]*[0-~])/g;

function textOf(latin1: string): string {
  return Buffer.from(latin1, 'latin1').toString('utf8').replace(SEQUENCES, '').replaceAll('\r\n', '\n');
}
