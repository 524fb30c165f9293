import { type Cut, cutLines } from '../core/linecut.ts';
import type { Clock } from '../runtime/clock.ts';
import { Delay } from '../runtime/delay.ts';
import type { Backlog } from './backlog.ts';
import type { Disk } from './disk.ts';
import type { LogHandle } from './loghandle.ts';
import { closeTarget, type LogTarget } from './logtarget.ts';
import type { Turns } from './turns.ts';

/** Most that one write takes: a disk that is slow should still show that it moves, and a rotation waits for no more. */
const MOST_AT_ONCE = 256 * 1024;

/** As much is written at once; less waits until the last write was this long ago, so that a flood is not a write a piece. */
const ENOUGH = 64 * 1024;
const PACE_MS = 20;

/** How long a FIFO or pipe whose reader is slow is left alone before it is tried again. */
const RETRY_MS = 10;

/** How long the end of a line is waited for where only that tells which file it belongs into. */
const LINE_MS = 100;

const LF = 10;

/** A write that takes nothing, and gives no reason: it would do so again at once. */
const TAKES_NOTHING: NodeJS.ErrnoException = Object.assign(new Error('it takes nothing'), { code: 'EAGAIN' });

/** Whose writer it is: decides, and hears what comes of it. */
export interface LogWriterOwner {
  /** Bytes that the file may hold; `Infinity` for any. */
  readonly limit: number;
  /** Whether nothing more will come. */
  readonly isLast: boolean;
  /** Whether somebody waits until all is written. */
  readonly isAwaited: boolean;
  /** Whether a line that the former file has begun may end in the next one, as the former takes nothing. */
  readonly isTroubled: boolean;
  /** The file is full: nothing is written until `go`. */
  onLimit(): void;
  /** Something is written. */
  onMoved(): void;
  /** The file has not taken what was to be written, which waits again: nothing is written until `go`. */
  onRefused(error: NodeJS.ErrnoException): void;
  /** The number of bytes that will never be written. */
  onLost(bytes: number): void;
  /** Nothing waits. */
  onIdle(): void;
}

export interface LogWriterOptions {
  readonly clock: Clock;
  readonly disk: Disk;
  readonly turns: Turns;
  readonly handle: LogHandle;
  readonly backlog: Backlog;
}

/** A write that waits for its turn, or is under way. */
type Flight =
  | { readonly kind: 'turn'; readonly device: bigint }
  | { readonly kind: 'write'; readonly target: LogTarget; readonly bytes: Uint8Array };

/** Takes what waits for a log to the file that is open, one write at a time, off the event loop. */
export class LogWriter implements Disposable {
  private readonly options: LogWriterOptions;
  private readonly owner: LogWriterOwner;
  /** One that comes back and is not this one any more was abandoned. */
  private flight: Flight | undefined;
  private isStopped = false;
  /** When the next write may begin, if less than enough waits. */
  private writeAfter = Number.NEGATIVE_INFINITY;
  private readonly pace: Delay;
  private readonly rest: Delay;
  /** The end of a line is waited for; and that was in vain: it is written as it stands. */
  private readonly hold: Delay;
  private isLineWaited = false;

  constructor(owner: LogWriterOwner, options: LogWriterOptions) {
    this.owner = owner;
    this.options = options;
    this.pace = new Delay(options.clock);
    this.rest = new Delay(options.clock);
    this.hold = new Delay(options.clock);
  }

  /** Whether a write is under way, or waits for its turn. */
  get isBusy(): boolean {
    return this.flight !== undefined;
  }

  /** Nothing more is written until `go`; what is under way goes on. */
  stop(): void {
    this.rest[Symbol.dispose]();
    this.isStopped = true;
  }

  /** Writes again, if it was stopped. */
  go(): void {
    this.rest[Symbol.dispose]();
    this.isStopped = false;
    this.pump();
  }

  /** Leaves a reader alone that is slow, for a moment. */
  pause(): void {
    this.isStopped = true;
    this.rest.set(RETRY_MS, () => this.go());
  }

  /** Writes what waits, if it can. */
  pump(): void {
    const { handle, backlog, turns } = this.options;
    if (this.flight || this.isStopped) return;
    if (backlog.queued === 0) {
      handle.adoptNext();
      this.owner.onIdle();
      return;
    }
    const { target } = handle;
    if (!target || this.isTooSoon()) return;
    const { device } = target;
    if (device === undefined) {
      this.work(() => {}); // a pipe never makes its writer wait: it needs no turn
      return;
    }
    this.flight = { kind: 'turn', device };
    turns.take(device, this.work);
  }

  /** A write that hangs is left to itself, and one that waits for its turn does not wait, as there is another file to write to. */
  abandon(): void {
    const { flight } = this;
    const { handle, backlog, turns } = this.options;
    this.flight = undefined;
    if (flight?.kind === 'turn') turns.withdraw(flight.device, this.work);
    else if (flight) {
      handle.abandon(); // it is closed when the write comes back
      backlog.onWritten(new Uint8Array(0));
    }
  }

  [Symbol.dispose](): void {
    for (const delay of [this.pace, this.rest, this.hold]) delay[Symbol.dispose]();
  }

  /** Whether it is better to wait for more, which then comes to `pump` by itself. */
  private isTooSoon(): boolean {
    const { clock, backlog } = this.options;
    if (backlog.queued >= ENOUGH || this.owner.isLast || this.owner.isAwaited) return false;
    if (this.pace.isSet) return true;
    const ms = this.writeAfter - clock.now();
    if (ms > 0) this.pace.set(ms, () => this.pump());
    return ms > 0;
  }

  /** It is this file's turn: what waits by now decides what is done. */
  private readonly work = (done: () => void): void => {
    const { handle, backlog } = this.options;
    const bytes = backlog.take(MOST_AT_ONCE);
    const { take, next } = this.cut(bytes);
    backlog.putBack(bytes.subarray(take));
    const { target } = handle;
    if (take > 0 && target) {
      this.write({ kind: 'write', target, bytes: bytes.subarray(0, take) }, done);
      return;
    }
    this.flight = undefined;
    done();
    if (next === 'rotate') {
      this.stop();
      this.owner.onLimit();
    } else if (next === 'hold') this.holdLine();
    else this.pump();
  };

  /** How much goes into the file that is open, and what comes then. */
  private cut(bytes: Uint8Array): Cut {
    const { owner } = this;
    const { handle, backlog } = this.options;
    if (handle.isReplaced) {
      // The line that the former file has begun ends there, if its end is here.
      const rest = handle.begun > 0 && !owner.isTroubled ? bytes.indexOf(LF) + 1 : 0;
      if (rest > 0) return { take: rest, next: 'more' };
      handle.adoptNext();
    }
    const { limit } = owner;
    if (limit === Number.POSITIVE_INFINITY) return { take: bytes.length, next: 'more' };
    const { begun, size } = handle;
    const isWaited = (this.isLineWaited || owner.isLast) && backlog.queued === 0; // else the line goes on there
    return cutLines(bytes, { room: limit - size, begun, isEmpty: size === 0, isWaited });
  }

  private holdLine(): void {
    if (this.hold.isSet) return;
    this.hold.set(LINE_MS, () => {
      this.isLineWaited = true;
      this.pump();
    });
  }

  private write(flight: Flight & { kind: 'write' }, done: () => void): void {
    const { target, bytes } = flight;
    const { clock, disk, backlog } = this.options;
    this.flight = flight;
    backlog.onWriting(bytes.length);
    this.writeAfter = clock.now() + PACE_MS;
    disk.write(target.fd, bytes, (error, written) => {
      done();
      if (this.flight === flight) {
        this.flight = undefined;
        if (error) this.onRefused(error, bytes);
        else if (written === 0) this.onRefused(TAKES_NOTHING, bytes);
        else this.onWritten(bytes, written);
      } else {
        // It had hung, and was not waited for any more: what it was to write is in the former file, or nowhere.
        closeTarget(target);
        this.owner.onLost(error ? bytes.length : bytes.length - written);
      }
    });
  }

  private onWritten(bytes: Uint8Array, written: number): void {
    const { handle, backlog } = this.options;
    this.hold[Symbol.dispose]();
    this.isLineWaited = false;
    handle.onWritten(bytes.subarray(0, written));
    this.owner.onMoved();
    backlog.onWritten(bytes.subarray(written)); // a disk that fills up takes a part, and says so only to the next write
    this.pump();
  }

  private onRefused(error: NodeJS.ErrnoException, bytes: Uint8Array): void {
    this.options.backlog.onWritten(bytes);
    this.stop();
    this.owner.onRefused(error);
  }
}
