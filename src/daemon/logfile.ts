import type { BigIntStats } from 'node:fs';
import { dirname } from 'node:path';
import type { HappeningBody } from '../core/events.ts';
import type { LogFileSpec } from '../core/program.ts';
import type { Clock } from '../runtime/clock.ts';
import { Delay } from '../runtime/delay.ts';
import { isErrno } from '../runtime/errno.ts';
import { Backlog } from './backlog.ts';
import type { Disk } from './disk.ts';
import { LogHandle } from './loghandle.ts';
import { type LogTarget, openTarget, reasonOf } from './logtarget.ts';
import { LogTrouble } from './logtrouble.ts';
import { LogWatch } from './logwatch.ts';
import { LogWriter, type LogWriterOwner } from './logwriter.ts';
import type { Backups } from './rotation.ts';
import { turnOver } from './turnover.ts';
import type { Turns } from './turns.ts';

/** How often a file that is written to is looked at, and one that cannot be written to is tried again. */
const TICK_MS = 1000;

/** Whoever takes nothing for so long is no longer waited for: the program runs on. */
const STUCK_MS = 10_000;

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

/** What is under way for a file beside its writes, which do not go on meanwhile. */
type Errand = 'rotation' | 'opening';

/**
 * One file that output is appended to, in order, off the event loop, and rotated. At any moment one thing at most is
 * under way for it, a write, a rotation, or an attempt to open it, and what comes meanwhile waits in the backlog. Which file
 * it is, is the handle's matter; writing is the writer's.
 *
 * A file that cannot be written is in *trouble*: that is told once, what waits is kept as far as there is room, what comes
 * beyond is dropped and counted, nobody is held up, and once a second it is tried again.
 */
export class LogFile implements LogWriterOwner {
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

  private readonly writer: LogWriter;
  private readonly tick: Delay;

  private errand: Errand | undefined;
  private isClosing = false;
  private writtenListeners: (() => void)[] = [];
  /** When something last was written, or the first of what waits came. */
  private movedAt = 0;
  /** When the next rotation may begin. */
  private rotateAfter = Number.NEGATIVE_INFINITY;

  /** `target`: the path of the spec, opened; or why it could not be, which is told as trouble. */
  constructor(spec: LogFileSpec, target: LogTarget | Error, world: LogFileWorld) {
    const { clock, publish } = world;
    this.spec = spec;
    this.world = world;
    this.tick = new Delay(clock);
    this.trouble = new LogTrouble({ path: spec.path, clock, publish });
    this.watch = new LogWatch({ path: spec.path, handle: this.handle, disk: world.disk, turns: world.turns });
    if (!(target instanceof Error)) this.handle.adopt(target);
    this.backlog = new Backlog(() => this.trouble.isThere, this.handle.begun === 0);
    this.writer = new LogWriter(this, { ...world, handle: this.handle, backlog: this.backlog });
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
    if (compresses) this.tidy();
  }

  /**
   * Opens the path anew, as after a rename by somebody else; what waits goes there. Returns why that cannot be, or
   * undefined; it then goes on with what is open.
   */
  reopen(): string | undefined {
    if (this.errand === 'rotation') return undefined; // that opens it anew, or says why it cannot
    try {
      this.handle.replaceBy(openTarget(this.spec.path, this.spec.mode));
    } catch (error) {
      return reasonOf(error);
    }
    if (this.trouble.isThere) this.retry();
    else this.writer.pump();
    return undefined;
  }

  /** Calls back once, at once or when all that waits is written. */
  whenWritten(callback: () => void): void {
    if (this.backlog.waiting === 0 && !this.errand && !this.writer.isBusy) callback();
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

  // For its writer.

  get limit(): number {
    const { maxsize } = this.spec;
    const isBounded =
      maxsize > 0 && this.handle.target?.isRotatable === true && this.world.clock.now() >= this.rotateAfter;
    return isBounded ? maxsize : Number.POSITIVE_INFINITY;
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

  onLimit(): void {
    void this.rotate();
  }

  onMoved(bytes: number): void {
    this.watch.onWritten();
    this.movedAt = this.world.clock.now();
    if (bytes > 0) this.trouble.onMoved();
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

  // Another file.

  /** What waits, and what comes meanwhile, goes into the new file. */
  private async rotate(): Promise<void> {
    const { spec, world } = this;
    const { target, size } = this.handle;
    if (target?.device === undefined) return;
    this.errand = 'rotation';
    try {
      const backups = world.backups();
      const turnover = await turnOver({ target, device: target.device, size, spec, backups }, world);
      if (turnover.kind === 'emptied') this.handle.resize(turnover.size);
      else this.handle.adopt(openTarget(spec.path, spec.mode));
      if (turnover.kind === 'moved' && spec.compress) {
        backups.want(1); // only now: nobody writes to it any more
        world.compress(backups);
      }
      this.trouble.appease();
    } catch (error) {
      this.rotateAfter = world.clock.now() + TICK_MS;
      this.trouble.complain(`it grows beyond its maxsize, as it cannot be rotated: ${reasonOf(error)}`);
    }
    this.errand = undefined;
    this.writer.go();
  }

  /** Files are opened on the event loop; so the disk is asked before whether it answers at all. */
  private openAgain(): void {
    const { path, mode } = this.spec;
    this.errand = 'opening';
    this.writer.stop();
    this.world.turns
      .perform(UNKNOWN_DEVICE, () => this.world.disk.stat(dirname(path)))
      .then(() => {
        if (this.isClosing) return;
        this.handle.adopt(openTarget(path, mode));
        this.trouble.onMoved();
      })
      .catch(error => this.fail(reasonOf(error)))
      .finally(() => {
        this.errand = undefined;
        if (this.isClosing && !this.handle.target) this.surrender('it is not open');
        else this.writer.go();
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

  /** Tries what did not work, now; but not a second time what hangs. */
  private retry(): void {
    const { handle, trouble, writer } = this;
    if (this.errand) return;
    if (writer.isBusy && handle.isReplaced && trouble.isThere) writer.abandon();
    if (writer.isBusy) return;
    if (trouble.isThere) handle.adoptNext();
    if (handle.target) {
      if (this.backlog.queued === 0) trouble.onMoved();
      writer.go();
    } else if (this.isClosing) this.surrender('it is not open');
    else this.openAgain();
  }

  private look(): void {
    if (this.handle.isReplaced || this.errand === 'rotation') return;
    const isValid = (): boolean => !this.isClosing && this.errand !== 'rotation';
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
