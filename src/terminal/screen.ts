/**
 * What one terminal shows, at any time, at the cost of a scan. It holds the state of the terminal at one offset, the
 * *checkpoint*, and can work out any later one, since all bytes after the checkpoint are kept. The state is kept as bytes
 * that bring a fresh terminal to it, or, while someone looks or bytes have to be parsed, as an Emulator.
 *
 * The checkpoint is moved on when it is more than MAX_LAG behind: over plain output by the proof of plain.ts, over
 * anything else by parsing it. So it never falls behind the ring's tail. To see to that, the screen is the one writer of
 * its ring: `append`, `setLimit` and `clear` are called here, not there. Where a ring is too small to hold the lag, or was
 * cleared, the bytes after the checkpoint are in a store of the screen's own.
 */
import { Scrollback } from '../core/scrollback.ts';
import { Emulator, type Size } from './emulator.ts';
import type { Pen } from './pen.ts';
import { plainCut } from './plain.ts';
import { snapshotOf } from './snapshot.ts';
import { rowsBelow } from './standing.ts';

/** Bytes the checkpoint may be behind. Content of the worst kind takes 44 ms per 256 KiB, and an attach must not wait 50 ms. */
export const MAX_LAG = 128 * 1024;

/** Bytes parsed at a time, so that nobody else is blocked for long: 2 ms usually, 11 ms at worst. */
export const PIECE = 64 * 1024;

/** Bytes parsed at a time while output comes in, as much as one read of a terminal gives: half a millisecond or less: keys of others pass in between. */
const SMALL_PIECE = 4 * 1024;

/** A proof that failed is tried again this many bytes later. */
const PROVE_EVERY = 32 * 1024;

/** Rings of at least this hold the lag and the next chunk. */
const ROOMY = 256 * 1024;

/** The lag where the ring is not roomy: it costs memory beyond what the config gives. */
const SMALL_LAG = 16 * 1024;

/** Bound of the store of our own: a lag, and what comes before it is worked off. */
const STORE = MAX_LAG + 2 * PIECE;

/** Below this, parsing costs about as much as the proof does. */
const WORTH_A_PROOF = 4 * 1024;

/** Resizes that wait for the checkpoint to come by. A window dragged by the mouse makes dozens a second. */
const MAX_RESIZES = 16;

/** A state as bytes, and what the proof must know of it. */
interface Rest {
  /** Brings a fresh terminal of this size to the state. */
  readonly bytes: string;
  /** The same with any cells, which a cut has made irrelevant. */
  readonly bare: string;
  /** Rows from the cursor to the bottom, or more; undefined when the terminal does not stand plainly. */
  readonly below: number | undefined;
  /** Set where the latest cut was made; the cursor is then on the bottom row. */
  readonly pen: Pen | undefined;
}

interface Resize {
  readonly offset: number;
  readonly size: Size;
}

export interface ScreenOptions {
  readonly size: Size;
  /** The ring's budget in bytes. */
  readonly limit: number;
}

const encoder = new TextEncoder();

export class Screen implements Disposable {
  private readonly ring: Scrollback;
  private limit: number;
  /** The checkpoint: its offset, the terminal's size there, and its state as one or the other. */
  private offset: number;
  private sizeThere: Size;
  private resting: Rest | undefined;
  private live: Emulator | undefined;
  /** What holds the bytes after the checkpoint where the ring does not, and the offset of its first byte. */
  private store: Scrollback | undefined;
  private storeAt = 0;
  private resizes: Resize[] | undefined;
  /** A proof is not tried before the checkpoint is here. */
  private cutFrom = 0;
  /** Up to here nothing is half received, as we were told last. */
  private safe: number;

  /** A blank screen at the ring's head. */
  constructor(ring: Scrollback, { size, limit }: ScreenOptions) {
    this.ring = ring;
    this.limit = limit;
    this.offset = ring.head;
    this.safe = ring.head;
    this.sizeThere = size;
  }

  /** The terminal's size now. */
  get size(): Size {
    return this.resizes?.at(-1)?.size ?? this.sizeThere;
  }

  get hasEmulator(): boolean {
    return this.live !== undefined;
  }

  /** Offset of the checkpoint. */
  get checkpoint(): number {
    return this.offset;
  }

  /** Appends to the ring. `advance` must be called before the next time. */
  append(bytes: Uint8Array): void {
    for (let at = 0; at < bytes.length; at += PIECE) {
      const part = bytes.subarray(at, at + PIECE);
      if (!this.isRoomy) this.keepApart();
      const room = this.store === undefined ? this.limit : STORE;
      // Not when `advance` is called as it should be: but nothing may be lost.
      if (this.ring.head - this.offset + part.length > room) this.moveTo(this.ring.head, Number.POSITIVE_INFINITY);
      this.store?.append(part);
      this.ring.append(part);
    }
  }

  /**
   * Moves the checkpoint on when it is too far behind; nearly always it is not. `safe`: offset up to which bytes may be
   * parsed, no less than the last time (`SequenceScanner.safe`).
   */
  advance(safe: number): void {
    this.safe = safe;
    const lag = this.isRoomy ? MAX_LAG : SMALL_LAG;
    while (safe - this.offset > lag) {
      if (this.offset >= this.cutFrom && !this.cut(safe)) this.cutFrom = this.offset + PROVE_EVERY;
      else if (safe - this.offset <= lag) break;
      this.moveTo(safe, SMALL_PIECE, { cut: false });
    }
    if (this.store !== undefined && this.isRoomy && this.ring.tail <= this.offset) this.store = undefined;
  }

  /** The terminal has another size from here on. */
  resize(size: Size): void {
    this.resizes ??= [];
    this.resizes.push({ offset: Math.max(this.safe, this.offset), size });
    if (this.resizes.length > MAX_RESIZES) this.moveTo(this.safe, Number.POSITIVE_INFINITY);
    if (this.isBlank) this.applyResizes();
  }

  /**
   * A new life begins at the ring's head, on a blank screen with this one line of text if there is any. What came before is
   * of no matter.
   */
  boundary(line?: string): void {
    this.sizeThere = this.size;
    this.resizes = undefined;
    this.live?.[Symbol.dispose]();
    this.live = undefined;
    this.store = undefined;
    const below = this.sizeThere.rows - 1;
    this.resting = line === undefined ? undefined : { bytes: `${line}\r\n`, bare: '', below, pen: undefined };
    this.offset = this.ring.head;
    this.safe = this.ring.head;
  }

  /**
   * Steps towards `safe`, parsing at most `budget` bytes; what is plain costs a scan and nothing of the budget. True when
   * it is there, so that `at` costs nothing any more.
   */
  catchUp(safe: number, budget: number): boolean {
    this.safe = safe;
    this.moveTo(safe, budget);
    if (this.offset < safe) return false;
    this.wake();
    return true;
  }

  /** The emulator at exactly `safe`, now. It stays this screen's; it is good until the next call of anything here. */
  at(safe: number): Emulator {
    this.safe = safe;
    this.moveTo(safe, Number.POSITIVE_INFINITY);
    return this.wake();
  }

  /**
   * Lets go of the emulator, keeping its state as bytes. False when that cannot be, as it is in the middle of a sequence:
   * try again later.
   */
  rest(): boolean {
    if (this.live === undefined) return true;
    if (!this.live.isBetweenSequences) {
      this.moveTo(this.safe, PIECE);
      if (!this.live.isBetweenSequences) return false;
    }
    const bytes = snapshotOf(this.live);
    const below = rowsBelow(this.live);
    let bare = '';
    if (below !== undefined) {
      this.live.write(encoder.encode('\x1b[2J'));
      bare = snapshotOf(this.live);
    }
    this.resting = { bytes, bare, below, pen: undefined };
    this.live[Symbol.dispose]();
    this.live = undefined;
    if (this.offset === this.ring.head) this.store = undefined;
    return true;
  }

  /** Changes the ring's budget. */
  setLimit(limit: number): void {
    this.keepApart();
    this.limit = limit;
    this.ring.resize(limit);
  }

  /** Makes the ring forget what it holds; the screen stays as it is. */
  clear(): void {
    this.keepApart();
    this.ring.clear();
  }

  [Symbol.dispose](): void {
    this.live?.[Symbol.dispose]();
    this.live = undefined;
    this.store = undefined;
  }

  private get isRoomy(): boolean {
    return this.limit >= ROOMY;
  }

  /** Nothing has happened yet: any size will do. */
  private get isBlank(): boolean {
    return this.resting === undefined && this.live === undefined && this.offset >= this.safe;
  }

  /** Copies what comes after the checkpoint to a store of our own, before the ring loses it. */
  private keepApart(): void {
    if (this.store !== undefined) return;
    const bytes = this.read(this.ring.head);
    if (bytes.length === 0 && this.isRoomy) return;
    this.store = new Scrollback(STORE);
    this.storeAt = this.offset;
    this.store.append(bytes);
  }

  /** The bytes from the checkpoint to `end`: all of them, unless someone else shrank the ring. */
  private read(end: number): Uint8Array {
    if (this.store !== undefined) return this.store.peek(this.offset - this.storeAt, end - this.offset).bytes;
    return this.ring.peek(this.offset, end - this.offset).bytes;
  }

  /** Moves the checkpoint towards `target`, parsing at most `budget` bytes. */
  private moveTo(target: number, budget: number, { cut } = { cut: true }): void {
    let left = budget;
    this.applyResizes();
    while (this.offset < target && left > 0) {
      if (cut && this.endOfRegion(target) - this.offset > WORTH_A_PROOF) this.cut(target);
      const end = Math.min(this.endOfRegion(target), this.offset + Math.min(left, PIECE));
      this.wake().write(this.read(end));
      left -= end - this.offset;
      this.offset = end;
      this.applyResizes();
    }
  }

  /** `target`, or where the size changes before that. */
  private endOfRegion(target: number): number {
    return Math.min(target, this.resizes?.[0]?.offset ?? target);
  }

  private applyResizes(): void {
    for (let next = this.resizes?.[0]; next !== undefined && next.offset <= this.offset; next = this.resizes?.[0]) {
      if (!this.isBlank) this.wake().resize(next.size);
      this.sizeThere = next.size;
      this.resizes?.shift();
    }
    if (this.resizes?.length === 0) this.resizes = undefined;
  }

  /** Moves the checkpoint over plain output, if what is before `target` is plain. */
  private cut(target: number): boolean {
    const { rows } = this.sizeThere;
    const below = this.live ? rowsBelow(this.live) : this.resting ? this.resting.below : rows - 1;
    if (below === undefined || (this.live && !this.live.isBetweenSequences)) return false;
    const found = plainCut(this.read(this.endOfRegion(target)), { rows, below });
    if (found === undefined) return false;
    if (this.live !== undefined) {
      this.live.write(encoder.encode(afterCut(rows, found.pen)));
    } else {
      const { pen, bare } = this.resting ?? { pen: undefined, bare: '' };
      pen?.add(found.pen);
      this.resting = { bytes: bare, bare, below: 0, pen: pen ?? found.pen };
    }
    this.offset += found.at;
    return true;
  }

  private wake(): Emulator {
    if (this.live !== undefined) return this.live;
    this.live = new Emulator(this.sizeThere);
    if (this.resting !== undefined) {
      const { bytes, pen } = this.resting;
      this.live.write(encoder.encode(pen ? bytes + afterCut(this.sizeThere.rows, pen) : bytes));
    }
    this.resting = undefined;
    return this.live;
  }
}

/** Where the cursor is after a cut, and its pen (plain.ts). */
function afterCut(rows: number, pen: Pen): string {
  return `\x1b[${rows};1H${pen.text()}`;
}
