import type { Exit } from './exit.ts';

/** Where one life of a process ends in its scrollback. `offset` is that of the first byte after it. */
export interface Boundary {
  readonly offset: number;
  readonly generation: number;
  readonly pid: number;
  readonly exit: Exit;
}

/** What a reader gets: bytes from `from` on, which is later than asked for when the ring has overtaken it. */
export interface Slice {
  readonly from: number;
  readonly bytes: Uint8Array;
}

/** A ring grows from this by doubling, so that a process that prints little costs little. */
const FIRST_CAPACITY = 1024;

/** Boundaries of lives that a ring remembers: a crash loop that prints nothing must not grow for ever. */
const MAX_BOUNDARIES = 256;

/**
 * What a terminal received: a byte ring with absolute offsets that only grow, as in pebble's servicelog. `head` is the
 * offset of the next byte to come, `tail` that of the oldest still held. A reader keeps its own offset and asks; one that
 * was overtaken sees so by the offset it gets. Nothing here waits for a reader.
 */
export class Scrollback {
  private ring: Uint8Array;
  private limit: number;
  private oldest = 0;
  private next = 0;
  private ends: Boundary[] = [];

  /** `limit`: the budget in bytes. */
  constructor(limit: number) {
    this.limit = limit;
    this.ring = new Uint8Array(0);
  }

  get head(): number {
    return this.next;
  }

  get tail(): number {
    return this.oldest;
  }

  /** Boundaries at or after the oldest byte held when the last one was made, the newest 256. */
  get boundaries(): readonly Boundary[] {
    return this.ends;
  }

  /** Appends a copy of `bytes`; the caller may reuse its buffer. */
  append(bytes: Uint8Array): void {
    const kept = bytes.length > this.limit ? bytes.subarray(bytes.length - this.limit) : bytes;
    if (kept.length < bytes.length) {
      this.next += bytes.length - kept.length;
      this.oldest = this.next;
    }
    this.reserve(kept.length);
    const capacity = this.ring.length;
    if (capacity === 0) return;
    const at = this.next % capacity;
    const first = Math.min(kept.length, capacity - at);
    this.ring.set(kept.subarray(0, first), at);
    this.ring.set(kept.subarray(first), 0);
    this.next += kept.length;
    this.oldest = Math.max(this.oldest, this.next - capacity);
  }

  /** Marks the end of a life at `head`. */
  end(boundary: Omit<Boundary, 'offset'>): void {
    this.ends.push({ ...boundary, offset: this.next });
    const gone = this.ends.findIndex(end => end.offset >= this.oldest);
    this.ends.splice(0, Math.max(gone, this.ends.length - MAX_BOUNDARIES, 0));
  }

  /** Copies at most `max` bytes from offset `from`, or from the tail when that has moved past it. */
  read(from: number, max: number): Slice {
    const start = Math.min(Math.max(from, this.oldest), this.next);
    const length = Math.min(max, this.next - start);
    const bytes = new Uint8Array(length);
    if (length > 0) {
      const at = start % this.ring.length;
      const first = Math.min(length, this.ring.length - at);
      bytes.set(this.ring.subarray(at, at + first));
      bytes.set(this.ring.subarray(0, length - first), first);
    }
    return { from: start, bytes };
  }

  /** As `read`, without a copy where the bytes stand in one piece: to be looked at before anything is appended. */
  peek(from: number, max: number): Slice {
    const start = Math.min(Math.max(from, this.oldest), this.next);
    const length = Math.min(max, this.next - start);
    const at = length === 0 ? 0 : start % this.ring.length;
    if (at + length > this.ring.length) return this.read(from, max);
    return { from: start, bytes: this.ring.subarray(at, at + length) };
  }

  /** The offset at which the last `lines` lines begin. A last line without its newline counts. */
  lastLines(lines: number): number {
    const { bytes, from } = this.peek(this.oldest, this.next - this.oldest);
    let at = bytes.length;
    if (bytes[at - 1] === NEWLINE) at--;
    for (let left = lines; left > 0; left--) {
      at = at === 0 ? -1 : bytes.lastIndexOf(NEWLINE, at - 1);
      if (at === -1) return from;
    }
    return lines === 0 ? this.next : from + at + 1;
  }

  /** Changes the budget. Of what is held, the newest that fits stays, at its offsets. */
  resize(limit: number): void {
    this.limit = limit;
    if (this.ring.length > limit) this.move(limit);
  }

  /** Forgets what it holds. Offsets go on. */
  clear(): void {
    this.oldest = this.next;
    this.ring = new Uint8Array(0);
    this.ends = [];
  }

  /** Makes room for `more` bytes within the limit, keeping what is held at its offsets. */
  private reserve(more: number): void {
    const needed = Math.min(this.limit, this.next - this.oldest + more);
    if (needed <= this.ring.length) return;
    let capacity = Math.max(FIRST_CAPACITY, this.ring.length);
    while (capacity < needed) capacity *= 2;
    this.move(Math.min(capacity, this.limit));
  }

  /** Moves what is held, as far as it fits, into a ring of this size. */
  private move(capacity: number): void {
    const held = this.read(Math.max(this.oldest, this.next - capacity), capacity);
    this.oldest = held.from;
    this.ring = new Uint8Array(capacity);
    let offset = held.from;
    for (let at = 0; at < held.bytes.length; ) {
      const to = offset % this.ring.length;
      const part = held.bytes.subarray(at, at + this.ring.length - to);
      this.ring.set(part, to);
      at += part.length;
      offset += part.length;
    }
  }
}

const NEWLINE = 10;
