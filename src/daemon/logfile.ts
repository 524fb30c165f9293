import type { BigIntStats } from 'node:fs';
import type { HappeningBody } from '../core/events.ts';
import type { LogFileSpec } from '../core/program.ts';
import type { Clock } from '../runtime/clock.ts';
import { Delay } from '../runtime/delay.ts';
import { isErrno } from '../runtime/errno.ts';
import { Backlog } from './backlog.ts';
import type { Disk } from './disk.ts';
import { LogHandle } from './loghandle.ts';
import { LogOpener, type LogOpenerOwner } from './logopener.ts';
import { type LogTarget, reasonOf } from './logtarget.ts';
import { LogTrouble } from './logtrouble.ts';
import { LogWatch } from './logwatch.ts';
import { LogWriter, type LogWriterOwner } from './logwriter.ts';
import type { Backups } from './rotation.ts';
import { Rotator } from './rotator.ts';
import type { Turns } from './turns.ts';

/** How often a file that is written to is looked at, and one that cannot be written to is tried again. */
const TICK_MS = 1000;

/** Whoever takes nothing for so long is no longer waited for: the program runs on. */
const STUCK_MS = 10_000;

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

/**
 * One file that output is appended to, in order, off the event loop, and rotated. At any moment one thing at most is
 * under way for it, a write, a rotation, or an attempt to open it, and what comes meanwhile waits in the backlog. Which file
 * it is, is the handle's matter; opening is the opener's, writing the writer's, and rotating the rotator's.
 *
 * A file that cannot be written is in *trouble*: that is told once, what waits is kept as far as there is room, what comes
 * beyond is dropped and counted, nobody is held up, and once a second it is tried again.
 */
export class LogFile implements LogWriterOwner, LogOpenerOwner {
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
  private readonly rotator: Rotator;
  private readonly opener: LogOpener;
  private readonly writer: LogWriter;
  private readonly tick: Delay;

  private isClosing = false;
  private writtenListeners: (() => void)[] = [];
  /** When something last was written, or the first of what waits came. */
  private movedAt = 0;

  /** `target`: the path of the spec, opened; or why it could not be, which is told as trouble. */
  constructor(spec: LogFileSpec, target: LogTarget | Error, world: LogFileWorld) {
    const { clock, disk, turns, publish, backups, compress } = world;
    this.spec = spec;
    this.world = world;
    this.tick = new Delay(clock);
    this.trouble = new LogTrouble({ path: spec.path, clock, publish });
    if (!(target instanceof Error)) this.handle.adopt(target);
    // Once it can be written again it pushes back again, or a slow reader would lose what it could have had.
    const isTroubled = (): boolean => this.trouble.isThere && !this.trouble.isPassing;
    this.backlog = new Backlog(isTroubled, this.handle.begun === 0);
    const { path, mode } = spec;
    const { trouble, handle, backlog } = this;
    // One object for all of them: there may be thousands of files.
    const parts = { path, clock, disk, turns, handle, backlog, trouble, backups, compress };
    this.watch = new LogWatch(parts);
    this.rotator = new Rotator(parts);
    this.opener = new LogOpener(this, mode, parts);
    this.writer = new LogWriter(this, parts);
    if (target instanceof Error) this.fail(reasonOf(target));
  }

  get path(): string {
    return this.spec.path;
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

  /** Whether the disk that it is on hangs, as far as can be told. */
  get isStalled(): boolean {
    return this.opener.isStalled;
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
    this.writer.pump();
  }

  /** Tells, at once and on each change, whether the disk cannot follow. */
  onFull(listener: (isFull: boolean) => void): Disposable {
    return this.backlog.onFull(listener);
  }

  /** Other sizes and numbers, from the next line on; `mode` is that of files still to be made. The path stays. */
  configure(spec: LogFileSpec): void {
    const compresses = spec.compress && !this.spec.compress;
    this.spec = spec;
    this.opener.mode = spec.mode;
    if (compresses) this.tidy();
  }

  /**
   * Opens the path anew, as after a rename by somebody else; what waits goes there. Resolves with undefined, or with why
   * that cannot be; it then goes on with what is open. At once if it can; after what is under way; and of a disk that hangs
   * within a second, though it is opened all the same as soon as the path leads elsewhere, or the disk answers.
   */
  reopen(): Promise<string | undefined> {
    const outcome = this.opener.reopen();
    this.tickSoon();
    return outcome;
  }

  /** Calls back once, at once or when all that waits is written. */
  whenWritten(callback: () => void): void {
    if (this.backlog.waiting === 0 && !this.isRotating && !this.opener.isOpening && !this.writer.isBusy) callback();
    else {
      this.writtenListeners.push(callback);
      this.writer.pump();
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
    this.writer[Symbol.dispose]();
    this.tick[Symbol.dispose]();
    this.opener[Symbol.dispose]();
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
      error => {
        this.trouble.complain(`cannot look for its former files: ${reasonOf(error)}`);
        this.world.compress(backups); // which finds nothing to do, and forgets them if nobody else needs them
      },
    );
  }

  /** For its writer, as all down to `onIdle`: see `LogWriterOwner` and `LogOpenerOwner`. */
  get limit(): number {
    const { maxsize } = this.spec;
    return maxsize > 0 && this.rotator.isPossible ? maxsize : Number.POSITIVE_INFINITY;
  }

  get isLast(): boolean {
    return this.isClosing;
  }

  get isAwaited(): boolean {
    return this.writtenListeners.length > 0;
  }

  get isTroubled(): boolean {
    return this.trouble.isThere;
  }

  get isRotating(): boolean {
    return this.rotator.isRotating;
  }

  onReplaced(): void {
    if (this.trouble.isThere) this.retry();
    else this.writer.pump();
  }

  onReplacedElsewhere(): void {
    if (this.isRotating) this.rotator.abandon();
    else if (this.writer.isBusy) this.writer.abandon();
    this.handle.adoptNext();
    this.writer.go();
  }

  onOpening(): void {
    this.writer.stop();
  }

  onOpened(problem: string | undefined): void {
    if (problem === undefined) this.trouble.onMoved();
    else if (!this.isClosing) this.fail(problem);
    if (this.isClosing && !this.handle.target) this.surrender('it is not open');
    else this.writer.go();
  }

  onLimit(): void {
    void this.rotator.rotate(this.spec).then(isDone => {
      if (!isDone) return;
      this.opener.reopenIfDue();
      this.writer.go();
    });
  }

  onMoved(): void {
    this.watch.onWritten();
    this.movedAt = this.world.clock.now();
    this.trouble.onMoved();
  }

  onRefused(error: NodeJS.ErrnoException): void {
    const { trouble, handle } = this;
    if (this.isClosing) this.surrender(reasonOf(error));
    else if (isErrno(error, 'EAGAIN')) {
      // Whoever reads is slow. Once that is trouble, the tick alone tries.
      if (!trouble.isThere || trouble.isPassing) this.writer.pause();
    } else {
      // Whoever read it is gone for good: the next one has to be waited for by opening it.
      if (isErrno(error, 'EPIPE', 'ESTALE') && handle.target?.isOwn) handle.drop();
      this.fail(reasonOf(error));
    }
  }

  onLost(bytes: number): void {
    this.trouble.lose(bytes);
  }

  onIdle(): void {
    const listeners = this.writtenListeners;
    if (listeners.length === 0) return;
    this.writtenListeners = [];
    for (const listener of listeners) listener();
  }

  /** At the end: what waits never will be written. */
  private surrender(cause: string): void {
    this.trouble.lose(this.backlog.clear());
    this.trouble.end(cause);
    this.onIdle();
  }

  // Once a second, while there is something to look after.

  private tickSoon(): void {
    if (!this.tick.isSet && !this.isClosing) this.tick.set(TICK_MS, () => this.onTick());
  }

  private onTick(): void {
    const { trouble, backlog } = this;
    this.opener.reopenIfDue();
    const isStuck = backlog.waiting > 0 && this.world.clock.now() - this.movedAt >= STUCK_MS;
    if (isStuck && (!trouble.isThere || trouble.isPassing)) {
      this.fail(`it has taken nothing for ${STUCK_MS / 1000} seconds`);
    }
    if (!backlog.isDropping && trouble.passIfCalm()) backlog.weigh();
    else if (trouble.isThere && !trouble.isPassing) this.retry();
    if (this.watch.isDue) this.look();
    if (backlog.waiting > 0 || trouble.isThere || this.watch.isMissing || this.opener.isDue) this.tickSoon();
  }

  /** Tries what did not work, now; but not a second time what hangs. */
  private retry(): void {
    const { handle, trouble, writer } = this;
    if (this.isRotating || this.opener.isOpening) return;
    if (writer.isBusy && handle.isReplaced && trouble.isThere) writer.abandon();
    if (writer.isBusy) return;
    if (trouble.isThere) handle.adoptNext();
    if (handle.target) {
      if (this.backlog.queued === 0) trouble.onMoved();
      writer.go();
    } else if (this.isClosing) this.surrender('it is not open');
    else this.opener.openAgain();
  }

  private look(): void {
    if (this.handle.isReplaced || this.isRotating || this.opener.isOpening) return;
    const isValid = (): boolean => !this.isClosing && !this.isRotating;
    void this.watch.look(isValid).then(isGone => {
      if (this.watch.isMissing) this.tickSoon();
      if (!isGone || this.isStalled) return; // what is frozen answers a look, and hangs when a file is made
      const lost = this.handle.isRemoved ? this.watch.unseen : 0;
      const reason = this.opener.openAnew();
      if (reason === undefined && lost > 0) this.onRemoved(lost);
      if (reason === undefined) this.trouble.appease();
      else this.trouble.complain(`it was removed or renamed, and cannot be made anew: ${reason}`);
    });
  }

  /** It has been made anew, and so many bytes went into what nobody can read any more. */
  private onRemoved(lost: number): void {
    this.fail('it was removed, and what was written to it since is lost; it is made anew');
    this.trouble.lose(lost);
    this.trouble.onMoved();
    this.backlog.weigh();
  }

  /** It cannot be written: told once, and nobody is held up by it. */
  private fail(problem: string): void {
    this.trouble.fail(problem);
    this.backlog.weigh();
    this.tickSoon();
  }
}
