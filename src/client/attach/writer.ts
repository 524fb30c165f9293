import type { Clock } from '../../runtime/clock.ts';
import { isErrno } from '../../runtime/errno.ts';
import { MutableDisposable } from '../../runtime/lifetime.ts';

/** Bytes that are left to be written when the terminal next takes some: few, as what of them was written is not known. */
const NEXT = 64;

/** Bytes written in one turn of the event loop, so that keys have their turn too. */
const TURN_BUDGET = 256 * 1024;

/** What waits: bytes of the program, or words of our own that are made when it is their turn. */
type Piece = { readonly bytes: Uint8Array; readonly isOurs: boolean } | { readonly words: () => string };

export interface WriterOptions {
  /** Writes what it can without blocking, and says how much; throws the system's errors, EAGAIN for nothing. */
  readonly write: (bytes: Uint8Array) => number;
  /** Writes all of a few bytes as soon as the terminal takes them, then calls back, with an error when it never will. */
  readonly writeWhenReady: (bytes: Uint8Array, done: (error: Error | undefined) => void) => void;
  readonly clock: Clock;
  /** These bytes of the program have reached the terminal. */
  readonly onWritten: (bytes: Uint8Array) => void;
  /** For now nothing more is written: all of it is (`isIdle`), the terminal takes no more, or others have their turn. */
  readonly onSettled: () => void;
  /** The terminal is gone: nothing can be written any more. Called once. */
  readonly onGone: () => void;
}

/**
 * Writes to a terminal that may take nothing for hours, without ever waiting for it: keys, signals and the daemon are heard
 * meanwhile. What it takes at once is written at once, which is the fast way for an echo. It holds what it is given without a bound of its own: the
 * daemon sends no more than a window that is not acknowledged.
 */
export class TerminalWriter implements Disposable {
  private readonly options: WriterOptions;
  private readonly turn = new MutableDisposable();
  private queue: Piece[] = [];
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
    return this.queue.length === 0 && !this.isWaiting;
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

  /** Forgets what waits, but for the few bytes that the terminal has been left with already. */
  abandon(): void {
    this.queue = [];
    this.waitingBytes = 0;
  }

  [Symbol.dispose](): void {
    this.isDead = true;
    this.isWaiting = false;
    this.abandon();
    this.turn[Symbol.dispose]();
  }

  private flush(): void {
    if (!this.isStarted || this.isWaiting || this.isIdle) return;
    let budget = TURN_BUDGET;
    try {
      while (!this.isIdle && budget > 0) budget -= this.writeSome();
      if (!this.isIdle) this.flushNextTurn();
    } catch (error) {
      if (isErrno(error, 'EAGAIN')) this.flushWhenReady();
      else if (error instanceof Error && 'syscall' in error && error.syscall === 'write') this.die();
      else throw error;
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
    this.take(length);
    this.written(bytes.subarray(0, length), isOurs);
    return length;
  }

  /** Takes so many bytes off the first piece. */
  private take(length: number): void {
    const [piece] = this.queue;
    if (piece === undefined || 'words' in piece) return;
    const { bytes, isOurs } = piece;
    if (length === bytes.length) this.queue.shift();
    else this.queue[0] = { bytes: bytes.subarray(length), isOurs };
    if (!isOurs) this.waitingBytes -= length;
  }

  private written(bytes: Uint8Array, isOurs: boolean): void {
    if (!isOurs) this.options.onWritten(bytes);
  }

  private flushNextTurn(): void {
    this.isWaiting = true;
    this.turn.value = this.options.clock.soon(() => {
      this.isWaiting = false;
      this.flush();
    });
  }

  private flushWhenReady(): void {
    const [piece] = this.queue;
    if (piece === undefined || 'words' in piece) return;
    const { isOurs } = piece;
    const bytes = piece.bytes.subarray(0, NEXT);
    this.take(bytes.length);
    this.isWaiting = true;
    this.options.writeWhenReady(bytes, error => {
      if (this.isDead) return;
      this.isWaiting = false;
      if (error !== undefined) {
        this.die();
        return;
      }
      this.written(bytes, isOurs);
      if (this.isIdle) this.options.onSettled();
      else this.flush();
    });
  }

  /** EIO: the terminal was closed. Whatever else it may be, it takes nothing any more. */
  private die(): void {
    this[Symbol.dispose]();
    this.options.onGone();
  }
}
