import type { Clock } from '../runtime/clock.ts';
import { MutableDisposable } from '../runtime/lifetime.ts';

/**
 * Forking a large Node process costs 2 to 4 ms and cannot be interrupted: a thousand in a row would leave everyone else
 * without an answer for seconds. So forks wait in a queue, and each turn of the event loop does them for this long.
 */
const BUDGET_MS = 10;

/** The queue of forks that are due, first come, first served. */
export class ForkQueue implements Disposable {
  private readonly clock: Clock;
  private readonly jobs = new Set<() => void>();
  private readonly turn = new MutableDisposable();

  constructor(clock: Clock) {
    this.clock = clock;
  }

  /** Runs `job` soon, never within this call. Disposing the result before takes it back. */
  add(job: () => void): Disposable {
    if (this.jobs.size === 0) this.turn.value = this.clock.soon(this.run);
    this.jobs.add(job);
    return { [Symbol.dispose]: () => void this.jobs.delete(job) };
  }

  [Symbol.dispose](): void {
    this.turn[Symbol.dispose]();
    this.jobs.clear();
  }

  private readonly run = (): void => {
    const until = this.clock.now() + BUDGET_MS;
    try {
      for (const job of this.jobs) {
        this.jobs.delete(job);
        job();
        if (this.clock.now() >= until) break;
      }
    } finally {
      // A job that throws is its owner's fault; the others still have their turn.
      this.turn.value = this.jobs.size > 0 ? this.clock.soon(this.run) : undefined;
    }
  };
}
