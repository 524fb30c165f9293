import { writeSync } from 'node:fs';
import type { Clock } from '../runtime/clock.ts';
import { isErrno } from '../runtime/errno.ts';
import { MutableDisposable } from '../runtime/lifetime.ts';

/** What is typed and not yet read by the program, at most. A paste of this size is still taken whole. */
export const INPUT_QUEUE_LIMIT = 1024 * 1024;

/** A program that does not read is asked again after 1 ms (measured best in node-pty's PR 956), then ever less often. */
const INPUT_RETRY_MIN = 1;
const INPUT_RETRY_MAX = 250;

/** One write to a terminal is cut to what its kernel buffer can take, so that a write never costs more than it moves. */
const INPUT_CHUNK = 4096;

interface Chunk {
  readonly bytes: Uint8Array;
  readonly taken: (() => void) | undefined;
  /** The end of a buffer of our own, into which more may be put behind `bytes`. */
  readonly end?: number;
}

/** Where input goes: a non-blocking fd, undefined once it is closed. */
export interface InputTarget {
  readonly fd: number | undefined;
}

/**
 * What was typed and the program has not read. Written past libuv, which would retry a full terminal without a pause and
 * burn a core; paced here, and bounded. It dies with its terminal, as the number of the fd is used again at once.
 */
export class InputQueue implements Disposable {
  private readonly target: InputTarget;
  private readonly clock: Clock;
  private readonly retry = new MutableDisposable();
  private chunks: Chunk[] = [];
  private queued = 0;
  private pause = INPUT_RETRY_MIN;
  private isHeld = false;

  constructor(target: InputTarget, clock: Clock) {
    this.target = target;
    this.clock = clock;
  }

  /** `taken`: called once the terminal has all of it or never will. Who asks for that has a bound of its own. */
  add(bytes: Uint8Array, taken?: () => void): boolean {
    if (bytes.length === 0) return true; // writing nothing writes 0 bytes, which is how a full terminal looks
    if (taken === undefined && this.queued + bytes.length > INPUT_QUEUE_LIMIT) return false;
    if (taken === undefined && this.queued > 0) {
      this.gather(bytes);
      return true;
    }
    this.queued += bytes.length;
    this.chunks.push({ bytes, taken });
    if (this.queued === bytes.length && !this.isHeld) this.flush();
    return true;
  }

  /** Keeps what is added until the result is disposed of. */
  hold(): Disposable {
    this.isHeld = true;
    return {
      [Symbol.dispose]: () => {
        this.isHeld = false;
        this.flush();
      },
    };
  }

  [Symbol.dispose](): void {
    this.retry[Symbol.dispose]();
    const left = this.chunks;
    this.chunks = [];
    this.queued = 0;
    for (const { taken } of left) taken?.();
  }

  /**
   * Puts bytes behind what waits already, in few buffers: a program that asks its terminal without end and never reads has
   * a quarter of a million answers here, of four bytes each.
   */
  private gather(bytes: Uint8Array): void {
    const last = this.chunks.at(-1);
    const at = last === undefined ? 0 : last.bytes.byteOffset + last.bytes.length;
    this.queued += bytes.length;
    if (last?.end !== undefined && at + bytes.length <= last.end) {
      new Uint8Array(last.bytes.buffer).set(bytes, at);
      const joined = new Uint8Array(last.bytes.buffer, last.bytes.byteOffset, last.bytes.length + bytes.length);
      this.chunks[this.chunks.length - 1] = { ...last, bytes: joined };
    } else if (bytes.length >= INPUT_CHUNK) {
      this.chunks.push({ bytes, taken: undefined });
    } else {
      const buffer = new Uint8Array(INPUT_CHUNK);
      buffer.set(bytes);
      this.chunks.push({ bytes: buffer.subarray(0, bytes.length), taken: undefined, end: INPUT_CHUNK });
    }
  }

  private readonly flush = (): void => {
    for (let chunk = this.chunks[0]; chunk !== undefined; chunk = this.chunks[0]) {
      const written = this.writeSome(chunk.bytes.subarray(0, INPUT_CHUNK));
      if (written === 0) {
        this.retry.value = this.clock.after(this.pause, this.flush);
        this.pause = Math.min(INPUT_RETRY_MAX, this.pause * 2);
        return;
      }
      this.pause = INPUT_RETRY_MIN;
      this.queued -= written;
      if (written < chunk.bytes.length) this.chunks[0] = { ...chunk, bytes: chunk.bytes.subarray(written) };
      else {
        this.chunks.shift();
        chunk.taken?.();
      }
    }
  };

  private writeSome(bytes: Uint8Array): number {
    const { fd } = this.target;
    if (fd === undefined) return bytes.length;
    try {
      return writeSync(fd, bytes);
    } catch (error) {
      if (isErrno(error, 'EAGAIN')) return 0;
      // The terminal is gone and its end about to be told: there is no one left to type to.
      if (isErrno(error, 'EIO')) return bytes.length;
      this[Symbol.dispose](); // nothing more can be typed; what waits must not wait for ever
      throw error;
    }
  }
}
