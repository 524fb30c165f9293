import { dirname } from 'node:path';
import type { Clock } from '../runtime/clock.ts';
import type { Disk } from './disk.ts';
import type { LogHandle } from './loghandle.ts';
import { openTarget, reasonOf } from './logtarget.ts';
import { deviceOf, NO_ANSWER, Reopening } from './reopening.ts';
import type { Turns } from './turns.ts';

/** Whose opener it is: hears what comes of it. */
export interface LogOpenerOwner {
  /** Whether the file is being rotated, which opens it anew as well. */
  readonly isRotating: boolean;
  /** Whether nothing more will come, for which it would have to be opened. */
  readonly isLast: boolean;
  /** Another file is to take the place of the one that is open. */
  onReplaced(): void;
  /** The same, and the one that is open hangs: it is to be left to itself. */
  onReplacedElsewhere(): void;
  /** None is open, and it is tried to open one: nothing else may be. */
  onOpening(): void;
  /** That has ended, well or with a problem. */
  onOpened(problem: string | undefined): void;
}

export interface LogOpenerOptions {
  readonly path: string;
  readonly clock: Clock;
  readonly disk: Disk;
  readonly turns: Turns;
  readonly handle: LogHandle;
}

/**
 * Opens the path of a log: anew when somebody wishes that, and again after it could not be. Files are opened on the event
 * loop (`fdtable.ts`), which a disk that hangs would stop: so where there is any sign of that, the disk is asked first.
 */
export class LogOpener implements Disposable {
  /** That of files that are made. */
  mode: number;
  private readonly owner: LogOpenerOwner;
  private readonly options: LogOpenerOptions;
  private reopening: Reopening | undefined;
  private isUnderWay = false;

  constructor(owner: LogOpenerOwner, mode: number, options: LogOpenerOptions) {
    this.owner = owner;
    this.mode = mode;
    this.options = options;
  }

  /** Whether none is open, and it is being tried to open one. */
  get isOpening(): boolean {
    return this.isUnderWay;
  }

  /** Whether it is to be opened anew as soon as that can be. */
  get isDue(): boolean {
    return this.reopening !== undefined;
  }

  /** Whether the disk that the file is on hangs, as far as can be told. */
  get isStalled(): boolean {
    const { handle, turns } = this.options;
    const device = handle.target?.device;
    return device !== undefined && turns.isStalled(device);
  }

  /** Opens it anew as soon as that can be. Resolves with why it cannot, or within a second with the fact that it is not yet. */
  reopen(): Promise<string | undefined> {
    const { clock, handle } = this.options;
    const { target } = handle;
    if (target && !this.isBlocked) return Promise.resolve(this.openAnew());
    this.reopening ??= new Reopening(clock);
    const outcome = this.reopening.outcome();
    if (!target) this.openAgain();
    else if (target.device !== undefined && this.isStalled) void this.lookElsewhere(target.device, this.reopening);
    return outcome;
  }

  /** Opens it anew if that was wished for when it could not be. */
  reopenIfDue(): void {
    if (this.isDue && !this.isBlocked && this.options.handle.target) this.settle(this.openAnew());
  }

  /** Opens it anew; for who knows that its disk answers. Returns why it cannot be, if it cannot. */
  openAnew(): string | undefined {
    const problem = this.open();
    if (problem === undefined) this.owner.onReplaced();
    return problem;
  }

  /** Opens it where it is not open, once its disk has answered. */
  openAgain(): void {
    if (this.isUnderWay) return;
    this.isUnderWay = true;
    this.owner.onOpening();
    void this.askAndOpen().then(problem => {
      this.isUnderWay = false;
      this.settle(problem);
      this.owner.onOpened(problem);
    });
  }

  [Symbol.dispose](): void {
    this.reopening?.[Symbol.dispose]();
  }

  private get isBlocked(): boolean {
    return this.owner.isRotating || this.isUnderWay || this.isStalled;
  }

  private open(): string | undefined {
    const { path, handle } = this.options;
    try {
      handle.replaceBy(openTarget(path, this.mode));
      return undefined;
    } catch (error) {
      return reasonOf(error);
    }
  }

  private async askAndOpen(): Promise<string | undefined> {
    const { path, disk, turns, handle } = this.options;
    try {
      const device = await turns.ask(dirname(path), () => deviceOf(path, disk));
      if (this.owner.isLast) return 'it is not open';
      if (turns.isStalled(device)) return NO_ANSWER;
      handle.adopt(openTarget(path, this.mode));
      return undefined;
    } catch (error) {
      return reasonOf(error);
    }
  }

  /** The path may lead to another disk than to the one that hangs. */
  private async lookElsewhere(device: bigint, reopening: Reopening): Promise<void> {
    if (reopening.isAsking) return;
    reopening.isAsking = true;
    const { path, disk, turns } = this.options;
    const found = await turns.ask(device, () => deviceOf(path, disk)).catch(() => device);
    reopening.isAsking = false;
    if (this.reopening !== reopening || this.owner.isLast || found === device || turns.isStalled(found)) return;
    const problem = this.open();
    if (problem === undefined) this.owner.onReplacedElsewhere();
    this.settle(problem);
  }

  private settle(problem: string | undefined): void {
    this.reopening?.settle(problem);
    this.reopening = undefined;
  }
}
