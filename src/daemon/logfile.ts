import type { BigIntStats } from 'node:fs';
import { dirname } from 'node:path';
import type { HappeningBody } from '../core/events.ts';
import { type Cut, cutLines } from '../core/linecut.ts';
import type { LogFileSpec } from '../core/program.ts';
import type { Clock } from '../runtime/clock.ts';
import { Delay } from '../runtime/delay.ts';
import { isErrno } from '../runtime/errno.ts';
import { Backlog } from './backlog.ts';
import type { Disk } from './disk.ts';
import { LogHandle } from './loghandle.ts';
import { closeTarget, type LogTarget, openTarget, reasonOf } from './logtarget.ts';
import { LogTrouble } from './logtrouble.ts';
import { LogWatch } from './logwatch.ts';
import type { Backups } from './rotation.ts';
import { turnOver } from './turnover.ts';
import type { Turns } from './turns.ts';

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

/** Where a path lies that cannot be opened is not known. */
const UNKNOWN_DEVICE = -1n;

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

/** What is under way for a file: it waits for its turn to write, or writes, or is rotated, or opened. */
type Operation =
  | { readonly kind: 'turn'; readonly device: bigint }
  | { readonly kind: 'write'; readonly target: LogTarget; readonly bytes: Uint8Array }
  | { readonly kind: 'rotation' }
  | { readonly kind: 'opening' };

/**
 * One file that output is appended to, in order, off the event loop, and rotated. At any moment one operation at most is
 * under way for it, and what comes meanwhile waits in the backlog. Which file it is, is the handle's matter.
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
  private readonly handle = new LogHandle();
  private readonly watch: LogWatch;
  private readonly backlog: Backlog;

  /** An operation that comes back and is not this one any more was abandoned. */
  private operation: Operation | undefined;
  private isClosing = false;
  private writtenListeners: (() => void)[] = [];

  /** When something last was written, or the first of what waits came. */
  private movedAt = 0;
  /** When the next write may begin, if less than enough waits; and when the next rotation may. */
  private writeAfter = Number.NEGATIVE_INFINITY;
  private rotateAfter = Number.NEGATIVE_INFINITY;
  /** Nothing is tried before a timer says so: this one, or in trouble the tick. */
  private isResting = false;
  private readonly rest: Delay;
  /** The end of a line is waited for; and that was in vain: it is written as it stands. */
  private readonly hold: Delay;
  private isLineWaited = false;
  private readonly pace: Delay;
  private readonly tick: Delay;

  /** `target`: the path of the spec, opened; or why it could not be, which is told as trouble. */
  constructor(spec: LogFileSpec, target: LogTarget | Error, world: LogFileWorld) {
    const { clock, publish } = world;
    this.spec = spec;
    this.world = world;
    [this.rest, this.hold, this.pace, this.tick] = [
      new Delay(clock),
      new Delay(clock),
      new Delay(clock),
      new Delay(clock),
    ];
    this.trouble = new LogTrouble({ path: spec.path, clock, publish });
    this.watch = new LogWatch({ path: spec.path, handle: this.handle, disk: world.disk, turns: world.turns });
    if (!(target instanceof Error)) this.handle.adopt(target);
    this.backlog = new Backlog(() => this.trouble.isThere, this.handle.begun === 0);
    if (target instanceof Error) this.fail(reasonOf(target));
  }

  /** Whether more than one writes to it: each then gives it whole lines alone. */
  get isShared(): boolean {
    return this.users > 1;
  }

  /** Whether all that was appended so far ends with a newline; before that, whether what stood in the file did. */
  get atLineStart(): boolean {
    return this.backlog.endsLine;
  }

  /** Whether this is the file that is written to. */
  isOn(stats: BigIntStats): boolean {
    return this.handle.isOn(stats);
  }

  /** Appends `bytes`, which the caller gives away. */
  append(bytes: Uint8Array): void {
    const { backlog, trouble } = this;
    if (bytes.length === 0) return;
    const isFirst = backlog.waiting === 0;
    const isOver = this.isClosing && this.handle.target === undefined;
    if (isOver || !backlog.push(bytes)) {
      if (!isOver && !trouble.isThere) this.fail('more comes than can be written');
      trouble.lose(bytes.length);
      return;
    }
    if (isFirst) this.movedAt = this.world.clock.now();
    this.tickSoon();
    this.pump();
  }

  /** Tells, at once and on each change, whether the disk cannot follow. */
  onFull(listener: (isFull: boolean) => void): Disposable {
    return this.backlog.onFull(listener);
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
    if (this.operation?.kind === 'rotation') return undefined; // that opens it anew, or says why it cannot
    try {
      this.handle.replaceBy(openTarget(this.spec.path, this.spec.mode));
    } catch (error) {
      return reasonOf(error);
    }
    this.watch.reset();
    if (this.trouble.isThere) this.retry();
    else if (!this.operation && !this.isResting) this.pump();
    return undefined;
  }

  /** Calls back once, at once or when all that waits is written. */
  whenWritten(callback: () => void): void {
    if (this.backlog.waiting === 0 && !this.operation) callback();
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
    for (const delay of [this.rest, this.hold, this.pace, this.tick]) delay[Symbol.dispose]();
    this.handle.close();
    this.trouble.end();
  }

  /** Finds what a killed daemon has left undone, and what is to be compressed. */
  tidy(): void {
    const { target } = this.handle;
    if (!target?.isRotatable || target.device === undefined) return;
    const backups = this.world.backups();
    backups.tidy(target.device).then(
      () => this.world.compress(backups),
      error => this.trouble.complain(`cannot look for its former files: ${reasonOf(error)}`),
    );
  }

  // Writing.

  private pump(): void {
    if (this.operation || this.isResting) return;
    if (this.backlog.queued === 0) {
      this.adoptNext();
      this.tellWritten();
      return;
    }
    const { target } = this.handle;
    if (!target) return; // the next tick tries to open it
    if (this.isTooSoon()) return;
    const { device } = target;
    this.operation = { kind: 'turn', device: device ?? UNKNOWN_DEVICE };
    // A pipe never makes its writer wait: it needs no turn.
    if (device === undefined) this.work(() => {});
    else this.world.turns.take(device, this.work);
  }

  /** Whether it is better to wait for more, which then comes to `pump` by itself. */
  private isTooSoon(): boolean {
    if (this.backlog.queued >= ENOUGH || this.isClosing || this.writtenListeners.length > 0) return false;
    if (this.pace.isSet) return true;
    const ms = this.writeAfter - this.world.clock.now();
    if (ms > 0) this.pace.set(ms, () => this.pump());
    return ms > 0;
  }

  /** It is this file's turn: what waits by now decides what is done. */
  private readonly work = (done: () => void): void => {
    const bytes = this.backlog.take(MOST_AT_ONCE);
    const { take, next } = this.cut(bytes);
    this.backlog.putBack(bytes.subarray(take));
    const { target } = this.handle;
    if (take > 0 && target) {
      this.write({ kind: 'write', target, bytes: bytes.subarray(0, take) }, done);
      return;
    }
    this.operation = undefined;
    done();
    if (next === 'rotate') void this.rotate();
    else if (next === 'hold') this.holdLine();
    else this.pump();
  };

  /** How much goes into the file that is open, and what comes then. */
  private cut(bytes: Uint8Array): Cut {
    const { handle } = this;
    if (handle.isReplaced) {
      // The line that the former file has begun ends there, if its end is here.
      const rest = handle.begun > 0 && !this.trouble.isThere ? bytes.indexOf(LF) + 1 : 0;
      if (rest > 0) return { take: rest, next: 'more' };
      this.adoptNext();
    }
    const { maxsize } = this.spec;
    const isBounded = maxsize > 0 && handle.target?.isRotatable === true && this.world.clock.now() >= this.rotateAfter;
    if (!isBounded) return { take: bytes.length, next: 'more' };
    const { begun, size } = handle;
    const isWaited = (this.isLineWaited || this.isClosing) && this.backlog.queued === 0; // else the line goes on there
    return cutLines(bytes, { room: maxsize - size, begun, isEmpty: size === 0, isWaited });
  }

  private holdLine(): void {
    if (this.hold.isSet) return;
    this.hold.set(LINE_MS, () => {
      this.isLineWaited = true;
      this.pump();
    });
  }

  private write(flight: Operation & { kind: 'write' }, done: () => void): void {
    const { target, bytes } = flight;
    this.operation = flight;
    this.backlog.onWriting(bytes.length);
    this.writeAfter = this.world.clock.now() + PACE_MS;
    this.world.disk.write(target.fd, bytes, (error, written) => {
      done();
      if (this.operation === flight) {
        this.operation = undefined;
        if (error) this.onRefused(error, bytes);
        else this.onWritten(bytes, written);
      } else {
        // It had hung, and was not waited for any more: what it was to write is in the former file, or nowhere.
        closeTarget(target);
        if (error) this.trouble.lose(bytes.length);
      }
    });
  }

  private onWritten(bytes: Uint8Array, written: number): void {
    this.hold[Symbol.dispose]();
    this.isLineWaited = false;
    this.handle.onWritten(bytes.subarray(0, written));
    this.watch.onWritten();
    this.movedAt = this.world.clock.now();
    if (written > 0) this.trouble.onMoved();
    this.backlog.onWritten(bytes.subarray(written)); // a disk that fills up takes a part, and says so only to the next write
    this.pump();
  }

  private onRefused(error: NodeJS.ErrnoException, bytes: Uint8Array): void {
    this.backlog.onWritten(bytes);
    if (this.isClosing) {
      this.surrender(reasonOf(error));
      return;
    }
    this.isResting = true;
    if (isErrno(error, 'EAGAIN')) {
      // Whoever reads is slow. Once that is trouble, the tick alone tries.
      if (!this.trouble.isThere || this.trouble.isPassing) this.rest.set(RETRY_MS, () => this.resume());
      return;
    }
    // Whoever read it is gone for good: the next one has to be waited for by opening it.
    if (isErrno(error, 'EPIPE', 'ESTALE') && this.handle.target?.isOwn) this.handle.drop();
    this.fail(reasonOf(error));
  }

  private resume(): void {
    this.isResting = false;
    this.pump();
  }

  private tellWritten(): void {
    const listeners = this.writtenListeners;
    if (listeners.length === 0) return;
    this.writtenListeners = [];
    for (const listener of listeners) listener();
  }

  /** At the end: what waits never will be written. */
  private surrender(cause: string): void {
    this.trouble.lose(this.backlog.clear());
    this.trouble.end(cause);
    this.tellWritten();
  }

  // Another file.

  private adopt(target: LogTarget): void {
    this.handle.adopt(target);
    this.watch.reset();
  }

  private adoptNext(): void {
    if (!this.handle.isReplaced) return;
    this.handle.adoptNext();
    this.watch.reset();
  }

  /** What waits, and what comes meanwhile, goes into the new file. */
  private async rotate(): Promise<void> {
    const { spec, world } = this;
    const { target, size } = this.handle;
    if (target?.device === undefined) return;
    this.operation = { kind: 'rotation' };
    try {
      const backups = world.backups();
      const turnover = await turnOver({ target, device: target.device, size, spec, backups }, world);
      if (turnover.kind === 'emptied') this.handle.resize(turnover.size);
      else this.adopt(openTarget(spec.path, spec.mode));
      if (turnover.kind === 'moved' && spec.compress) {
        backups.want(1); // only now: nobody writes to it any more
        world.compress(backups);
      }
      this.trouble.appease();
    } catch (error) {
      this.rotateAfter = world.clock.now() + TICK_MS;
      this.trouble.complain(`it grows beyond its maxsize, as it cannot be rotated: ${reasonOf(error)}`);
    }
    this.operation = undefined;
    this.pump();
  }

  /** Files are opened on the event loop; so the disk is asked before whether it answers at all. */
  private openAgain(): void {
    const { path, mode } = this.spec;
    this.operation = { kind: 'opening' };
    this.world.turns
      .perform(UNKNOWN_DEVICE, () => this.world.disk.stat(dirname(path)))
      .then(() => {
        if (this.isClosing) return;
        this.adopt(openTarget(path, mode));
        this.trouble.onMoved();
      })
      .catch(error => this.fail(reasonOf(error)))
      .finally(() => {
        this.operation = undefined;
        if (this.isClosing && !this.handle.target) this.surrender('it is not open');
        else this.pump();
      });
  }

  // Once a second, while there is something to look after.

  private tickSoon(): void {
    if (!this.tick.isSet && !this.isClosing) this.tick.set(TICK_MS, () => this.onTick());
  }

  private onTick(): void {
    const { trouble, backlog } = this;
    const isStuck = backlog.waiting > 0 && this.world.clock.now() - this.movedAt >= STUCK_MS;
    if (isStuck && (!trouble.isThere || trouble.isPassing)) {
      this.fail(`it has taken nothing for ${STUCK_MS / 1000} seconds`);
    }
    if (!backlog.isDropping && trouble.passIfCalm()) backlog.weigh();
    else if (trouble.isThere && !trouble.isPassing) this.retry();
    if (this.watch.isDue) this.look();
    if (backlog.waiting > 0 || trouble.isThere || this.watch.isMissing) this.tickSoon();
  }

  /** Tries what did not work, now. */
  private retry(): void {
    const { handle, trouble } = this;
    if (this.operation) {
      if (handle.isReplaced && trouble.isThere) this.abandon();
      if (this.operation) return; // what hangs is not tried a second time
    }
    this.rest[Symbol.dispose]();
    this.isResting = false;
    if (trouble.isThere) this.adoptNext();
    if (handle.target) {
      if (this.backlog.queued === 0) trouble.onMoved();
      this.pump();
    } else if (this.isClosing) this.surrender('it is not open');
    else this.openAgain();
  }

  /** A write that hangs is left to itself, and one that waits for its turn does not wait, as there is another file to write to. */
  private abandon(): void {
    const { operation } = this;
    if (operation?.kind === 'write') {
      this.handle.abandon(); // it is closed when the write comes back
      this.backlog.onWritten(new Uint8Array(0));
      this.operation = undefined;
    } else if (operation?.kind === 'turn' && this.world.turns.withdraw(operation.device, this.work)) {
      this.operation = undefined;
    }
  }

  private look(): void {
    if (this.handle.isReplaced || this.operation?.kind === 'rotation') return;
    const isValid = (): boolean => !this.isClosing && this.operation?.kind !== 'rotation';
    void this.watch.look(isValid).then(isGone => {
      if (this.watch.isMissing) this.tickSoon();
      if (!isGone) return;
      const reason = this.reopen();
      if (reason === undefined) this.trouble.appease();
      else this.trouble.complain(`it was removed or renamed, and cannot be made anew: ${reason}`);
    });
  }

  /** It cannot be written: told once, and nobody is held up by it. */
  private fail(problem: string): void {
    this.trouble.fail(problem);
    this.backlog.weigh();
    this.tickSoon();
  }
}
