import { closeSync, constants, openSync } from 'node:fs';
import type { Clock } from '../runtime/clock.ts';
import { isErrno } from '../runtime/errno.ts';
import { MutableDisposable } from '../runtime/lifetime.ts';
import { ByteQueue } from './bytequeue.ts';
import { realDisk } from './disk.ts';

/** The terminal that the daemon runs in, as a place to show its log. */
export interface Foreground {
  readonly color: boolean;
  write(text: string): void;
  close(): Promise<void>;
}

/** Once as many bytes wait for a terminal that takes none, what comes is dropped: the file has it all. */
const MOST_WAITING = 1024 * 1024;

/** How long a terminal that takes nothing is left alone before it is tried again. */
const RETRY_MS = 100;

/**
 * Opens the terminal anew, so as not to block on it. Node writes to terminals synchronously: one Ctrl-S in the foreground
 * would stop the whole daemon at its next line. Here the lines wait, and are dropped once a megabyte does.
 *
 * Returns undefined where standard output is no terminal that can be opened so.
 */
export function openForeground(clock: Clock, color: boolean): Foreground | undefined {
  if (!process.stdout.isTTY || process.platform !== 'linux') return undefined;
  const flags = constants.O_WRONLY | constants.O_NONBLOCK | constants.O_NOCTTY;
  try {
    return new TerminalWriter(openSync('/proc/self/fd/1', flags), clock, color);
  } catch (error) {
    if (isErrno(error, 'EACCES', 'ENOENT', 'ENXIO')) return undefined; // another user's terminal, as after su(1); no /proc
    throw error;
  }
}

class TerminalWriter implements Foreground {
  readonly color: boolean;
  private readonly fd: number;
  private readonly clock: Clock;
  private readonly queue = new ByteQueue();
  private readonly pause = new MutableDisposable();
  private isBusy = false;
  private isPaused = false;
  private isGone = false;
  private onWritten: (() => void) | undefined;

  constructor(fd: number, clock: Clock, color: boolean) {
    this.fd = fd;
    this.clock = clock;
    this.color = color;
  }

  write(text: string): void {
    if (this.isGone || this.queue.bytes > MOST_WAITING) return;
    this.queue.push(Buffer.from(text));
    if (!this.isBusy && !this.isPaused) this.next();
  }

  /** Writes what waits, as far as the terminal takes it without being waited for. */
  async close(): Promise<void> {
    await new Promise<void>(resolve => {
      this.onWritten = resolve;
      if (this.isBusy) return;
      this.pause[Symbol.dispose]();
      this.next();
    });
    closeSync(this.fd);
  }

  private next(): void {
    this.isPaused = false;
    const bytes = this.queue.take(this.queue.bytes);
    this.isBusy = bytes.length > 0;
    if (!this.isBusy) {
      this.onWritten?.();
      return;
    }
    realDisk.write(this.fd, bytes, (error, written) => {
      this.isBusy = false;
      if (error === null) this.queue.unshift(bytes.subarray(written));
      else if (isErrno(error, 'EAGAIN') && this.onWritten === undefined) {
        this.queue.unshift(bytes);
        this.pause.value = this.clock.after(RETRY_MS, () => this.next());
        this.isPaused = true;
        return;
      } else this.isGone = !isErrno(error, 'EAGAIN'); // a terminal that has gone does not come back
      this.next();
    });
  }
}
