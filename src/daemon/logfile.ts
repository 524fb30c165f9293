import type { BigIntStats } from 'node:fs';
import { dirname } from 'node:path';
import type { HappeningBody } from '../core/events.ts';
import { type Cut, cutLines } from '../core/linecut.ts';
import type { LogFileSpec } from '../core/program.ts';
import type { Clock } from '../runtime/clock.ts';
import { isErrno } from '../runtime/errno.ts';
import { MutableDisposable } from '../runtime/lifetime.ts';
import { ByteQueue } from './bytequeue.ts';
import type { Disk } from './disk.ts';
import { closeTarget, isTargetOf, type LogTarget, openTarget, reasonOf } from './logtarget.ts';
import { LogTrouble } from './logtrouble.ts';
import type { Backups } from './rotation.ts';
import type { Turns } from './turns.ts';

/** Bytes that wait before the terminals that feed this file are no longer read: logs lose nothing while they can be written. */
const HIGH_WATER = 1024 * 1024;

/** They are read again once no more than this waits, so that they are not stopped and started at every write. */
const LOW_WATER = HIGH_WATER / 2;

/** Beyond this, what comes is dropped, and told. A terminal that was stopped gives little more; a thousand of them may. */
const HARD_LIMIT = 16 * HIGH_WATER;

/** Most that one write takes: a disk that is slow should still show that it moves, and a rotation waits for no more. */
const MOST_AT_ONCE = 256 * 1024;

/** As much is written at once; less waits until the last write was this long ago, so that a flood is not a write a piece. */
const ENOUGH = 64 * 1024;
const PACE_MS = 20;

/** How often a file that is written to is looked at, and one that cannot be written to is tried again. */
const TICK_MS = 1000;

/** How long a FIFO or pipe whose reader is slow is left alone before it is tried again. */
const RETRY_MS = 10;

/** Whoever takes nothing for so long is no longer waited for: the program runs on. */
const STUCK_MS = 10_000;

/** How long the end of a line is waited for where only that tells which file it belongs into. */
const LINE_MS = 100;

const LF = 10;
const NEWLINE = Uint8Array.of(LF);

/** What a log file needs of the daemon. */
export interface LogFileWorld {
  readonly clock: Clock;
  readonly disk: Disk;
  readonly turns: Turns;
  readonly publish: (happening: HappeningBody) => void;
  /** The former files of this log. */
  readonly backups: () => Backups;
  /** There are some to compress. */
  readonly compress: (backups: Backups) => void;
}

/** A write that is under way. */
interface Flight {
  readonly target: LogTarget;
  readonly bytes: Uint8Array;
}

/**
 * One file that output is appended to, in order, off the event loop, and rotated. At any moment one operation at most is
 * under way for it, a write, a rotation, or an attempt to open it (`isBusy`), and what comes meanwhile waits in the queue.
 *
 * A file that cannot be written is in *trouble*: that is told once, what waits is kept as far as there is room, what comes
 * beyond is dropped and counted, nobody is held up, and once a second it is tried again.
 */
export class LogFile {
  /** How many write to it; the registry counts them. */
  users = 0;
  /** Who appended last, by their own account: that one alone may go on in the middle of a line. */
  lastWriter: object | undefined;
  private spec: LogFileSpec;
  private readonly world: LogFileWorld;
  private readonly trouble: LogTrouble;

  private target: LogTarget | undefined;
  /** Opened to take the place of the target as soon as a line ends. */
  private next: LogTarget | undefined;
  /** Bytes in the file, and of its last line where that has no end yet. */
  private size = 0;
  private begun = 0;
  /** Whether something was written since the path was last looked at, and how often in a row it was not the file. */
  private hasWritten = false;
  private missing = 0;
  private rotateAfter = Number.NEGATIVE_INFINITY;

  private readonly queue = new ByteQueue();
  private flight: Flight | undefined;
  private isBusy = false;
  private isRotating = false;
  /** Nothing is tried before a timer says so. */
  private isResting = false;
  private isDropping = false;
  private isClosing = false;
  /** The end of a line is waited for; and that was in vain: it is written as it stands. */
  private isHolding = false;
  private isLineWaited = false;
  /** When something last was written, or the first of what waits came. */
  private movedAt = 0;
  private readonly pause = new MutableDisposable();
  /** When the next write may begin, if less than enough waits. */
  private notBefore = Number.NEGATIVE_INFINITY;
  private isPacing = false;
  private readonly pacing = new MutableDisposable();
  private isTicking = false;
  private readonly ticking = new MutableDisposable();

  private endsLine = true;
  private isFull = false;
  private fullListeners: ((isFull: boolean) => void)[] = [];
  private writtenListeners: (() => void)[] = [];

  /** `target`: the path of the spec, opened; or why it could not be, which is told as trouble. */
  constructor(spec: LogFileSpec, target: LogTarget | Error, world: LogFileWorld) {
    this.spec = spec;
    this.world = world;
    this.trouble = new LogTrouble({ path: spec.path, clock: world.clock, publish: world.publish });
    if (target instanceof Error) this.fail(reasonOf(target));
    else this.adopt(target);
    this.endsLine = this.begun === 0;
  }

  /** Whether more than one writes to it: each then gives it whole lines alone. */
  get isShared(): boolean {
    return this.users > 1;
  }

  /** Whether all that was appended so far ends with a newline; before that, whether what stood in the file did. */
  get atLineStart(): boolean {
    return this.endsLine;
  }

  /** Whether this is the file that is written to. */
  isOn(stats: BigIntStats): boolean {
    return this.target !== undefined && isTargetOf(stats, this.target);
  }

  /** Appends `bytes`, which the caller gives away. */
  append(bytes: Uint8Array): void {
    if (bytes.length === 0) return;
    if (!this.hasRoomFor(bytes.length)) {
      this.trouble.lose(bytes.length);
      return;
    }
    if (this.waiting === 0) this.movedAt = this.world.clock.now();
    this.queue.push(bytes);
    this.endsLine = bytes[bytes.length - 1] === LF;
    this.setFull();
    this.tickSoon();
    this.pump();
  }

  /** Tells, at once and on each change, whether the disk cannot follow. */
  onFull(listener: (isFull: boolean) => void): Disposable {
    this.fullListeners.push(listener);
    if (this.isFull) listener(true);
    return {
      [Symbol.dispose]: () => {
        this.fullListeners = this.fullListeners.filter(other => other !== listener);
      },
    };
  }

  /** Other sizes and numbers, from the next line on; `mode` is that of files still to be made. The path stays. */
  configure(spec: LogFileSpec): void {
    const compresses = spec.compress && !this.spec.compress;
    this.spec = spec;
    if (compresses) this.tidy();
  }

  /**
   * Opens the path anew, as after a rename by somebody else; what waits goes there. Returns why that cannot be, or
   * undefined; it then goes on with what is open.
   */
  reopen(): string | undefined {
    if (this.isRotating) return undefined; // that opens it anew, or says why it cannot
    let target: LogTarget;
    try {
      target = openTarget(this.spec.path, this.spec.mode);
    } catch (error) {
      return reasonOf(error);
    }
    if (this.next) closeTarget(this.next);
    this.next = target;
    this.missing = 0;
    if (this.trouble.isThere) this.retry();
    else if (!this.isBusy && !this.isResting) this.pump();
    return undefined;
  }

  /** Calls back once, at once or when all that waits is written. */
  whenWritten(callback: () => void): void {
    if (this.waiting === 0 && !this.isBusy) callback();
    else {
      this.writtenListeners.push(callback);
      this.pump();
    }
  }

  /** Writes what waits, as far as it is taken without being waited for, and closes. */
  async close(): Promise<void> {
    this.isClosing = true;
    const written = new Promise<void>(resolve => this.whenWritten(resolve));
    this.retry();
    await written;
    this.closeNow();
  }

  /** Closes it; nothing may wait. Not on the thread pool: that would make a gap while a fork is under way (`fdtable.ts`). */
  closeNow(): void {
    this.isClosing = true;
    this.stopHolding();
    this.pause[Symbol.dispose]();
    this.pacing[Symbol.dispose]();
    this.ticking[Symbol.dispose]();
    if (this.next) closeTarget(this.next);
    this.next = undefined;
    this.drop();
    this.trouble.end();
  }

  /** Finds what a killed daemon has left undone, and what is to be compressed. */
  tidy(): void {
    const { target } = this;
    if (!target?.isRotatable || target.device === undefined) return;
    const backups = this.world.backups();
    backups.tidy(target.device).then(
      () => this.world.compress(backups),
      error => this.trouble.complain(`cannot look for its former files: ${reasonOf(error)}`),
    );
  }

  private get waiting(): number {
    return this.queue.bytes + (this.flight?.bytes.length ?? 0);
  }

  /** Decides what is dropped: once something is, all that comes, until half of what waits is written. */
  private hasRoomFor(length: number): boolean {
    if (this.isDropping || (this.isClosing && this.target === undefined)) return false;
    if (this.waiting + length <= (this.trouble.isThere ? HIGH_WATER : HARD_LIMIT)) return true;
    this.isDropping = true;
    if (!this.trouble.isThere) this.fail('more comes than can be written');
    return false;
  }

  private setFull(): void {
    const isFull = !this.trouble.isThere && this.waiting > (this.isFull ? LOW_WATER : HIGH_WATER);
    if (isFull === this.isFull) return;
    this.isFull = isFull;
    for (const listener of [...this.fullListeners]) listener(isFull);
  }

  // Writing.

  private pump(): void {
    if (this.isBusy || this.isResting) return;
    if (this.queue.bytes === 0) {
      if (this.next) this.adoptNext();
      this.tellWritten();
      return;
    }
    const { target } = this;
    if (!target) return; // the next tick tries to open it
    if (this.isTooSoon()) return;
    this.isBusy = true;
    // A pipe never makes its writer wait: it needs no turn.
    if (target.device === undefined) this.work(() => {});
    else this.world.turns.take(target.device, this.work);
  }

  /** Whether it is better to wait for more, which then comes to `pump` by itself. */
  private isTooSoon(): boolean {
    if (this.queue.bytes >= ENOUGH || this.isClosing || this.writtenListeners.length > 0) return false;
    if (this.isPacing) return true;
    const ms = this.notBefore - this.world.clock.now();
    if (ms <= 0) return false;
    this.isPacing = true;
    this.pacing.value = this.world.clock.after(ms, () => {
      this.isPacing = false;
      this.pump();
    });
    return true;
  }

  /** It is this file's turn: what waits by now decides what is done. */
  private readonly work = (done: () => void): void => {
    const bytes = this.queue.take(MOST_AT_ONCE);
    const { take, next } = this.cut(bytes);
    this.queue.unshift(bytes.subarray(take));
    if (take > 0 && this.target) {
      this.write({ target: this.target, bytes: bytes.subarray(0, take) }, done);
      return;
    }
    this.isBusy = false;
    done();
    if (next === 'rotate') void this.rotate();
    else if (next === 'hold') this.hold();
    else this.pump();
  };

  /** How much goes into the file that is open, and what comes then. */
  private cut(bytes: Uint8Array): Cut {
    if (this.next) {
      // The line that the former file has begun ends there, if its end is here.
      const rest = this.begun > 0 && !this.trouble.isThere ? bytes.indexOf(LF) + 1 : 0;
      if (rest > 0) return { take: rest, next: 'more' };
      this.adoptNext();
    }
    const { maxsize } = this.spec;
    const isBounded = maxsize > 0 && this.target?.isRotatable === true && this.world.clock.now() >= this.rotateAfter;
    if (!isBounded) return { take: bytes.length, next: 'more' };
    const { begun, size } = this;
    const isWaited = (this.isLineWaited || this.isClosing) && this.queue.bytes === 0; // else the line goes on there
    return cutLines(bytes, { room: maxsize - size, begun, isEmpty: size === 0, isWaited });
  }

  private hold(): void {
    if (this.isHolding) return;
    this.isHolding = true;
    this.pause.value = this.world.clock.after(LINE_MS, () => {
      this.isHolding = false;
      this.isLineWaited = true;
      this.pump();
    });
  }

  private stopHolding(): void {
    if (this.isHolding) this.pause[Symbol.dispose]();
    this.isHolding = false;
    this.isLineWaited = false;
  }

  private write(flight: Flight, done: () => void): void {
    this.flight = flight;
    this.notBefore = this.world.clock.now() + PACE_MS;
    const { target, bytes } = flight;
    this.world.disk.write(target.fd, bytes, (error, written) => {
      if (this.flight === flight) {
        this.flight = undefined;
        this.isBusy = false;
        done();
        if (error) this.onRefused(error, bytes);
        else this.onWritten(bytes, written);
      } else {
        // It had hung, and was not waited for any more: what it was to write is in the former file, or nowhere.
        done();
        closeTarget(target);
        if (error) this.trouble.lose(bytes.length);
      }
    });
  }

  private onWritten(bytes: Uint8Array, written: number): void {
    this.stopHolding();
    // A disk that fills up takes a part, and says so only to the next write.
    this.queue.unshift(bytes.subarray(written));
    const line = bytes.subarray(0, written).lastIndexOf(LF) + 1;
    this.begun = line === 0 ? this.begun + written : written - line;
    this.size += written;
    this.hasWritten = true;
    this.movedAt = this.world.clock.now();
    if (written > 0) this.trouble.onMoved();
    if (this.isDropping && this.queue.bytes <= LOW_WATER) this.endGap();
    this.setFull();
    this.pump();
  }

  /** What was dropped is over, and what comes now begins on a line of its own. */
  private endGap(): void {
    this.isDropping = false;
    if (this.endsLine) return;
    this.queue.push(NEWLINE);
    this.endsLine = true;
  }

  private onRefused(error: NodeJS.ErrnoException, bytes: Uint8Array): void {
    this.queue.unshift(bytes);
    if (this.isClosing) {
      this.surrender(reasonOf(error));
      return;
    }
    this.isResting = true;
    if (isErrno(error, 'EAGAIN')) {
      // Whoever reads is slow. Once that is trouble, the tick alone tries.
      if (!this.trouble.isThere || this.trouble.isPassing) this.rest();
      return;
    }
    // Whoever read it is gone for good: the next one has to be waited for by opening it.
    if (isErrno(error, 'EPIPE', 'ESTALE') && this.target?.isOwn) this.drop();
    this.fail(reasonOf(error));
  }

  private rest(): void {
    this.pause.value = this.world.clock.after(RETRY_MS, () => {
      this.isResting = false;
      this.pump();
    });
  }

  private tellWritten(): void {
    const listeners = this.writtenListeners;
    if (listeners.length === 0) return;
    this.writtenListeners = [];
    for (const listener of listeners) listener();
  }

  /** At the end: what waits never will be written. */
  private surrender(cause: string): void {
    const { bytes } = this.queue;
    this.queue.take(bytes);
    this.trouble.lose(bytes);
    this.trouble.end(cause);
    this.tellWritten();
  }

  // Which file it is.

  private adopt(target: LogTarget): void {
    this.target = target;
    this.size = target.size;
    this.begun = target.isTorn ? 1 : 0;
    this.missing = 0;
    this.hasWritten = false;
  }

  private adoptNext(): void {
    const { next } = this;
    if (!next) return;
    this.next = undefined;
    this.drop();
    this.adopt(next);
  }

  private drop(): void {
    if (this.target) closeTarget(this.target);
    this.target = undefined;
  }

  /** What waits, and what comes meanwhile, goes into the new file. */
  private async rotate(): Promise<void> {
    const { target, spec } = this;
    if (target?.device === undefined) return;
    this.isBusy = true;
    this.isRotating = true;
    try {
      const outcome = await this.makeRoom(target, target.device);
      if (outcome !== 'emptied') {
        const opened = openTarget(spec.path, spec.mode);
        this.drop();
        this.adopt(opened);
      }
      if (outcome === 'moved' && spec.compress) this.compressNewest();
      this.trouble.appease();
    } catch (error) {
      this.rotateAfter = this.world.clock.now() + TICK_MS;
      this.trouble.complain(`it grows beyond its maxsize, as it cannot be rotated: ${reasonOf(error)}`);
    }
    this.isBusy = false;
    this.isRotating = false;
    this.pump();
  }

  /** Only now: nobody writes to it any more. */
  private compressNewest(): void {
    const backups = this.world.backups();
    backups.want(1);
    this.world.compress(backups);
  }

  private async makeRoom(target: LogTarget, device: bigint): Promise<'moved' | 'emptied' | 'foreign'> {
    const { disk, turns } = this.world;
    const { path, backups } = this.spec;
    const stats = await turns.perform(device, () => disk.lstat(path));
    if (stats === undefined || !isTargetOf(stats, target)) return 'foreign'; // somebody else has moved it
    if (Number(stats.size) < this.size) {
      this.resize(Number(stats.size));
      return 'emptied';
    }
    if (backups === 0) {
      await turns.perform(device, () => disk.truncate(target.fd));
      this.resize(0);
      return 'emptied';
    }
    await this.world.backups().rotate(this.spec, device);
    return 'moved';
  }

  private resize(size: number): void {
    this.size = size;
    if (size === 0) this.begun = 0;
  }

  // Once a second, while there is something to look after.

  private tickSoon(): void {
    if (this.isTicking || this.isClosing) return;
    this.isTicking = true;
    this.ticking.value = this.world.clock.after(TICK_MS, () => this.tick());
  }

  private tick(): void {
    this.isTicking = false;
    const { trouble } = this;
    const isStuck = this.waiting > 0 && this.world.clock.now() - this.movedAt >= STUCK_MS;
    if (isStuck && (!trouble.isThere || trouble.isPassing)) {
      this.fail(`it has taken nothing for ${STUCK_MS / 1000} seconds`);
    }
    if (!this.isDropping && trouble.passIfCalm()) this.setFull();
    else if (trouble.isThere && !trouble.isPassing) this.retry();
    if (this.hasWritten || this.missing > 0) this.look();
    if (this.waiting > 0 || trouble.isThere || this.missing > 0) this.tickSoon();
  }

  /** Tries what did not work, now. */
  private retry(): void {
    if (this.isBusy) {
      if (this.next && this.trouble.isThere) this.abandon();
      if (this.isBusy) return; // what hangs is not tried a second time
    }
    this.pause[Symbol.dispose]();
    this.isResting = false;
    if (this.next && this.trouble.isThere) this.adoptNext();
    if (this.target) {
      if (this.queue.bytes === 0) this.trouble.onMoved();
      this.pump();
    } else if (this.isClosing) this.surrender('it is not open');
    else this.openAgain();
  }

  /** A write that hangs is left to itself, and one that waits for its turn does not wait, as there is another file to write to. */
  private abandon(): void {
    const { target, flight } = this;
    if (flight && flight.target === target) {
      this.target = undefined; // it is closed when the write comes back
      this.flight = undefined;
      this.isBusy = false;
    } else if (target?.device !== undefined && this.world.turns.withdraw(target.device, this.work)) {
      this.isBusy = false;
    }
  }

  /** Files are opened on the event loop; so the disk is asked before whether it answers at all. */
  private openAgain(): void {
    const { path, mode } = this.spec;
    this.isBusy = true;
    this.world.turns
      .perform(UNKNOWN_DEVICE, () => this.world.disk.stat(dirname(path)))
      .then(() => {
        if (this.isClosing) return;
        this.adopt(openTarget(path, mode));
        this.trouble.onMoved();
      })
      .catch(error => this.fail(reasonOf(error)))
      .finally(() => {
        this.isBusy = false;
        if (this.isClosing && !this.target) this.surrender('it is not open');
        else this.pump();
      });
  }

  /** Looks whether the path still is the file, and how large that is: others may rename, remove or empty it. */
  private look(): void {
    const { target, size } = this;
    this.hasWritten = false;
    if (!target?.isFile || target.device === undefined || this.isRotating || this.next) return;
    this.world.turns
      .perform(target.device, () => this.world.disk.stat(this.spec.path))
      .catch(() => undefined)
      .then(stats => {
        if (this.target !== target || this.isRotating || this.isClosing) return;
        if (stats === undefined || !isTargetOf(stats, target)) this.onMissing();
        else {
          this.missing = 0;
          const found = Number(stats.size);
          if (found < size) this.resize(found + this.size - size); // emptied, and written to since
        }
      });
  }

  /** Only the second time: whoever renames a file may be about to put another in its place. */
  private onMissing(): void {
    this.missing++;
    this.tickSoon();
    if (this.missing < 2) return;
    const reason = this.reopen();
    if (reason === undefined) this.trouble.appease();
    else this.trouble.complain(`it was removed or renamed, and cannot be made anew: ${reason}`);
  }

  /** It cannot be written: told once, and nobody is held up by it. */
  private fail(problem: string): void {
    this.trouble.fail(problem);
    this.setFull();
    this.tickSoon();
  }
}

/** Where a path lies that cannot be opened is not known. */
const UNKNOWN_DEVICE = -1n;
