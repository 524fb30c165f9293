import { ByteQueue } from './bytequeue.ts';

/** Bytes that wait before the terminals that feed this file are no longer read: logs lose nothing while they can be written. */
const HIGH_WATER = 1024 * 1024;

/** They are read again once no more than this waits, so that they are not stopped and started at every write. */
const LOW_WATER = HIGH_WATER / 2;

/** Beyond this, what comes is dropped, and told. A terminal that was stopped gives little more; a thousand of them may. */
const HARD_LIMIT = 16 * HIGH_WATER;

const LF = 10;
const NEWLINE = Uint8Array.of(LF);

/**
 * What waits to be written to one log file, within bounds. While the file is written, too much makes *full*: whoever feeds
 * it is to be held up. While it cannot be, nobody is, and what is too much is dropped: once something is, all that comes,
 * until half of what waits is written; so there is one gap, after which a new line begins.
 */
export class Backlog {
  private readonly isTroubled: () => boolean;
  private readonly queue = new ByteQueue();
  private underWay = 0;
  private isLineEnded: boolean;
  private hasGap = false;
  private isFull = false;
  private listeners: ((isFull: boolean) => void)[] = [];

  /** `isTroubled`: whether the file cannot be written. `endsLine`: whether what stands in the file ends with a newline. */
  constructor(isTroubled: () => boolean, endsLine: boolean) {
    this.isTroubled = isTroubled;
    this.isLineEnded = endsLine;
  }

  /** Bytes that nobody has begun to write. */
  get queued(): number {
    return this.queue.bytes;
  }

  /** Bytes that are not written: those as well whose write is under way. */
  get waiting(): number {
    return this.queue.bytes + this.underWay;
  }

  /** Whether what comes is dropped. */
  get isDropping(): boolean {
    return this.hasGap;
  }

  /** Whether all that came so far ends with a newline. */
  get endsLine(): boolean {
    return this.isLineEnded;
  }

  /** Tells, at once and on each change, whether it is full. */
  onFull(listener: (isFull: boolean) => void): Disposable {
    this.listeners.push(listener);
    if (this.isFull) listener(true);
    return {
      [Symbol.dispose]: () => {
        this.listeners = this.listeners.filter(other => other !== listener);
      },
    };
  }

  /** Takes `bytes`, which are given away. Returns false if they are dropped. */
  push(bytes: Uint8Array): boolean {
    const most = this.isTroubled() ? HIGH_WATER : HARD_LIMIT;
    if (this.hasGap || this.waiting + bytes.length > most) {
      this.hasGap = true;
      return false;
    }
    this.queue.push(bytes);
    this.isLineEnded = bytes[bytes.length - 1] === LF;
    this.weigh();
    return true;
  }

  /** Takes what came first out: `most` bytes, or as many as there are. */
  take(most: number): Uint8Array {
    return this.queue.take(most);
  }

  /** Puts back what was taken last. */
  putBack(bytes: Uint8Array): void {
    this.queue.unshift(bytes);
  }

  /** A write begins, of so many bytes that were taken. */
  onWriting(bytes: number): void {
    this.underWay = bytes;
  }

  /** It has ended, or is not waited for any more. `rest`: what it has not written and is to be written yet. */
  onWritten(rest: Uint8Array): void {
    this.underWay = 0;
    this.queue.unshift(rest);
    if (this.hasGap && this.queue.bytes <= LOW_WATER) this.endGap();
    this.weigh();
  }

  /** Gives all up that nobody has begun to write. Returns how many bytes that are. */
  clear(): number {
    const { bytes } = this.queue;
    this.queue.take(bytes);
    return bytes;
  }

  /** Looks whether it is full: also when trouble has begun or passed. */
  weigh(): void {
    const isFull = !this.isTroubled() && this.waiting > (this.isFull ? LOW_WATER : HIGH_WATER);
    if (isFull === this.isFull) return;
    this.isFull = isFull;
    for (const listener of [...this.listeners]) listener(isFull);
  }

  private endGap(): void {
    this.hasGap = false;
    if (this.isLineEnded) return;
    this.queue.push(NEWLINE);
    this.isLineEnded = true;
  }
}
