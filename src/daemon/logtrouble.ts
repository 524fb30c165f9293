import type { HappeningBody } from '../core/events.ts';
import type { Clock } from '../runtime/clock.ts';

/** A trouble that has passed is told after this long without another failure; after twice as long each time it comes back soon. */
const SHORTEST_CALM_MS = 1000;
const LONGEST_CALM_MS = 64_000;

/** What comes back within this is the same trouble: a disk on which now and then a block becomes free. */
const RELAPSE_MS = 60_000;

export interface LogTroubleOptions {
  readonly path: string;
  readonly clock: Clock;
  readonly publish: (happening: HappeningBody) => void;
}

/**
 * What is wrong with one log file, told once when it begins and once when it has passed. *Trouble*: it cannot be written.
 * A *grievance*: it is written, but cannot be rotated, compressed or opened anew.
 */
export class LogTrouble {
  private readonly options: LogTroubleOptions;
  private problem: string | undefined;
  private grievance: string | undefined;
  private hasMoved = false;
  private lost = 0;
  private hasEnded = false;
  private failedAt = Number.NEGATIVE_INFINITY;
  private passedAt = Number.NEGATIVE_INFINITY;
  private calm = SHORTEST_CALM_MS;

  constructor(options: LogTroubleOptions) {
    this.options = options;
  }

  /** Whether it cannot be written, or only since so short a time that this may not last. */
  get isThere(): boolean {
    return this.problem !== undefined;
  }

  /** Whether something could be written since it failed last. */
  get isPassing(): boolean {
    return this.problem !== undefined && this.hasMoved;
  }

  /** It cannot be written. Told, unless that was told already. */
  fail(problem: string): void {
    const now = this.options.clock.now();
    this.failedAt = now;
    this.hasMoved = false;
    if (this.problem !== undefined) return;
    const isRelapse = now - this.passedAt < RELAPSE_MS;
    this.calm = isRelapse ? Math.min(this.calm * 2, LONGEST_CALM_MS) : SHORTEST_CALM_MS;
    this.problem = problem;
    this.tell(problem);
  }

  /** Something was written. */
  onMoved(): void {
    this.hasMoved = true;
  }

  /** Bytes that will never be written. */
  lose(bytes: number): void {
    this.lost += bytes;
  }

  /** Tells that it has passed, if it has, and says so. */
  passIfCalm(): boolean {
    if (!this.isPassing || this.options.clock.now() - this.failedAt < this.calm) return false;
    this.pass();
    return true;
  }

  /** It is written, but something else cannot be done. Told, unless something of the kind was. */
  complain(problem: string): void {
    if (this.grievance === undefined) this.tell(problem);
    this.grievance = problem;
  }

  /** That could be done. */
  appease(): void {
    if (this.grievance === undefined) return;
    this.grievance = undefined;
    if (this.problem === undefined) this.options.publish({ type: 'log.restored', path: this.options.path, lost: 0 });
  }

  /** The file is closed: the last moment to tell what was lost. `cause`: why what waited to the last was not written. */
  end(cause?: string): void {
    if (this.isPassing && cause === undefined && !this.hasEnded) this.pass();
    else if (this.lost > 0 && !this.hasEnded)
      this.tell(`${this.lost} bytes are lost, as it is closed: ${cause ?? this.problem ?? ''}`);
    this.hasEnded = true;
  }

  private pass(): void {
    const { lost } = this;
    this.lost = 0;
    this.problem = undefined;
    this.passedAt = this.options.clock.now();
    this.options.publish({ type: 'log.restored', path: this.options.path, lost });
  }

  private tell(problem: string): void {
    this.options.publish({ type: 'log.trouble', path: this.options.path, problem });
  }
}
