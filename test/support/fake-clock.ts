import type { Clock } from '../../src/runtime/clock.ts';

/** Time that stands still until a test moves it, and every timer that waits in it. */
export class FakeClock implements Clock {
  private time = 0;
  private readonly timers = new Set<{ readonly at: number; readonly callback: () => void }>();

  /** Timers that have not fired and were not disposed of. */
  get pending(): number {
    return this.timers.size;
  }

  now(): number {
    return this.time;
  }

  wall(): number {
    return Date.UTC(2026, 0, 1) + this.time;
  }

  after(ms: number, callback: () => void): Disposable {
    const timer = { at: this.time + ms, callback };
    this.timers.add(timer);
    return { [Symbol.dispose]: () => void this.timers.delete(timer) };
  }

  soon(callback: () => void): Disposable {
    return this.after(0, callback);
  }

  /** Moves time on, firing what falls due, each at its own moment and in order. */
  advance(ms: number): void {
    const until = this.time + ms;
    for (let next = this.next(until); next; next = this.next(until)) {
      this.timers.delete(next);
      this.time = Math.max(this.time, next.at);
      next.callback();
    }
    this.time = until;
  }

  private next(until: number): { readonly at: number; readonly callback: () => void } | undefined {
    return [...this.timers].filter(timer => timer.at <= until).sort((a, b) => a.at - b.at)[0];
  }
}
