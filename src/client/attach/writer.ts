import type { Clock } from '../../runtime/clock.ts';
import { isErrno } from '../../runtime/errno.ts';
import { MutableDisposable } from '../../runtime/lifetime.ts';

/** Milliseconds until a terminal that takes nothing is tried again: the first time, and at most. */
const [FIRST_PAUSE, LONGEST_PAUSE] = [1, 16];

/** Bytes written in one turn of the event loop, so that keys have their turn too. */
const TURN_BUDGET = 256 * 1024;

/** What waits: bytes of the program, or words of our own that are made when it is their turn. */
type Piece = { readonly bytes: Uint8Array; readonly isOurs: boolean } | { readonly words: () => string };

export interface WriterOptions {
  /** Writes what it can without blocking, and says how much; throws the system's errors, EAGAIN for nothing. */
  readonly write: (bytes: Uint8Array) => number;
  readonly clock: Clock;
  /** These bytes of the program have reached the terminal. */
  readonly onWritten: (bytes: Uint8Array) => void;
  /** For now nothing more is written: all of it is (`isIdle`), the terminal takes no more, or others have their turn. */
  readonly onSettled: () => void;
  /** The terminal is gone: nothing can be written any more. Called once. */
  readonly onGone: () => void;
}

/**
 * Writes to a terminal that may take nothing for hours, without ever waiting for it: what it does not take is tried again
 * a little later, while keys, signals and the daemon are heard. It holds what it is given without a bound of its own: the
 * daemon sends no more than a window that is not acknowledged.
 */
export class TerminalWriter implements Disposable {
  private readonly options: WriterOptions;
  private readonly retry = new MutableDisposable();
  private queue: Piece[] = [];
  private pause = FIRST_PAUSE;
  private isStarted = false;
  private isWaiting = false;
  private isDead = false;
  private waitingBytes = 0;

  /** Nothing is written until `start`. */
  constructor(options: WriterOptions) {
    this.options = options;
  }

  /** Bytes of the program that wait. */
  get waiting(): number {
    return this.waitingBytes;
  }

  get isIdle(): boolean {
    return this.queue.length === 0;
  }

  start(): void {
    this.isStarted = true;
    this.flush();
  }

  /** Bytes of the program. They are kept until they are written. */
  write(bytes: Uint8Array): void {
    if (this.isDead || bytes.length === 0) return;
    this.queue.push({ bytes, isOurs: false });
    this.waitingBytes += bytes.length;
    this.flush();
  }

  /** Words of our own, made when everything before them is written. */
  say(words: () => string): void {
    if (this.isDead) return;
    this.queue.push({ words });
    this.flush();
  }

  /** Forgets what waits. */
  abandon(): void {
    this.queue = [];
    this.waitingBytes = 0;
  }

  [Symbol.dispose](): void {
    this.isDead = true;
    this.abandon();
    this.retry[Symbol.dispose]();
  }

  private flush(): void {
    if (!this.isStarted || this.isWaiting || this.isIdle) return;
    let budget = TURN_BUDGET;
    try {
      while (!this.isIdle && budget > 0) budget -= this.writeSome();
      if (!this.isIdle) this.flushAfter(undefined);
    } catch (error) {
      if (isErrno(error, 'EAGAIN')) {
        this.flushAfter(this.pause);
        this.pause = Math.min(this.pause * 2, LONGEST_PAUSE);
      } else if (error instanceof Error && 'syscall' in error && error.syscall === 'write') {
        this[Symbol.dispose](); // EIO: the terminal was closed. Whatever else it may be, it takes nothing any more
        this.options.onGone();
      } else {
        throw error;
      }
    }
    this.options.onSettled();
  }

  /** Writes the first piece or a part of it. */
  private writeSome(): number {
    const [piece] = this.queue;
    if (piece === undefined) return 0;
    if ('words' in piece) {
      this.queue[0] = { bytes: new TextEncoder().encode(piece.words()), isOurs: true };
      return 0;
    }
    const { bytes, isOurs } = piece;
    const length = bytes.length === 0 ? 0 : this.options.write(bytes);
    if (length === bytes.length) this.queue.shift();
    else this.queue[0] = { bytes: bytes.subarray(length), isOurs };
    this.pause = FIRST_PAUSE;
    if (!isOurs) {
      this.waitingBytes -= length;
      this.options.onWritten(bytes.subarray(0, length));
    }
    return length;
  }

  /** `pause` in milliseconds; undefined for the next turn of the event loop. */
  private flushAfter(pause: number | undefined): void {
    this.isWaiting = true;
    const again = (): void => {
      this.isWaiting = false;
      this.flush();
    };
    const { clock } = this.options;
    this.retry.value = pause === undefined ? clock.soon(again) : clock.after(pause, again);
  }
}
