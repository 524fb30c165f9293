import type { Clock } from '../runtime/clock.ts';
import { MutableDisposable } from '../runtime/lifetime.ts';

/**
 * How long one turn of the event loop may go on with jobs of one kind. Forking a large Node process costs 2 to 4 ms and
 * cannot be interrupted, and a thousand ends at once cost 0.1 ms each: in a row they would leave everyone else without an
 * answer for seconds. With forks the last one may begin just before the time is up.
 */
const BUDGET_MS = 5;

/** Jobs of one kind, first come, first served, so many a turn that the others have their turns too. */
export class PacedQueue implements Disposable {
  private readonly clock: Clock;
  private readonly jobs = new Set<() => void>();
  private readonly turn = new MutableDisposable();
  /** Time used up in this turn; undefined when the turn has not been counted from. */
  private spent: number | undefined;
  private isHeld = false;

  constructor(clock: Clock) {
    this.clock = clock;
  }

  /** Runs `job` soon, never within this call. Disposing the result before takes it back. */
  add(job: () => void): Disposable {
    this.jobs.add(job);
    if (!this.isHeld) this.spent ??= this.nextTurn();
    return { [Symbol.dispose]: () => void this.jobs.delete(job) };
  }

  /** Runs `job` at once where this turn has time left and no other waits, else in its order. */
  run(job: () => void): void {
    this.spent ??= this.nextTurn();
    if (this.jobs.size > 0 || this.spent >= BUDGET_MS) this.jobs.add(job);
    else this.perform(job);
  }

  /** Lets nothing that is added begin until the result is disposed of. */
  hold(): Disposable {
    this.isHeld = true;
    return {
      [Symbol.dispose]: () => {
        this.isHeld = false;
        if (this.jobs.size > 0) this.spent ??= this.nextTurn();
      },
    };
  }

  [Symbol.dispose](): void {
    this.turn[Symbol.dispose]();
    this.jobs.clear();
  }

  private readonly onTurn = (): void => {
    // The next turn is asked for first: a job that throws is its owner's fault, and the others still have theirs.
    this.spent = this.jobs.size > 0 ? this.nextTurn() : undefined;
    for (const job of this.jobs) {
      this.jobs.delete(job);
      this.perform(job);
      if ((this.spent ?? 0) >= BUDGET_MS) break;
    }
  };

  private perform(job: () => void): void {
    const before = this.clock.now();
    try {
      job();
    } finally {
      this.spent = (this.spent ?? 0) + this.clock.now() - before;
    }
  }

  private nextTurn(): number {
    this.turn.value = this.clock.soon(this.onTurn);
    return 0;
  }
}

/** For long work: gives the event loop its turn whenever the budget of one is used up. */
export function breathing(clock: Clock): () => Promise<void> | undefined {
  let until = clock.now() + BUDGET_MS;
  return () => {
    if (clock.now() < until) return undefined;
    return new Promise(resolve =>
      clock.soon(() => {
        until = clock.now() + BUDGET_MS;
        resolve();
      }),
    );
  };
}
