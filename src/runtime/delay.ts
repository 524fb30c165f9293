import type { Clock } from './clock.ts';

/** A timer that is set again and again, of which there is one at a time. */
export class Delay implements Disposable {
  private readonly clock: Clock;
  private timer: Disposable | undefined;

  constructor(clock: Clock) {
    this.clock = clock;
  }

  /** Whether it was set and has not fired yet. */
  get isSet(): boolean {
    return this.timer !== undefined;
  }

  /** Calls back once after `ms`, and not for what it was set to before. */
  set(ms: number, callback: () => void): void {
    this[Symbol.dispose]();
    this.timer = this.clock.after(ms, () => {
      this.timer = undefined;
      callback();
    });
  }

  /** Never calls back, unless it is set again. */
  [Symbol.dispose](): void {
    this.timer?.[Symbol.dispose]();
    this.timer = undefined;
  }
}
