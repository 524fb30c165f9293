import type { Millis } from '../core/program.ts';
import type { Clock } from '../runtime/clock.ts';
import { MutableDisposable } from '../runtime/lifetime.ts';

/** How long a notice covers the last row. */
const SHOWN_FOR: Millis = 2_000;

/** A line over the last row of what somebody looks at, which goes by itself. */
export class Notice implements Disposable {
  private readonly clock: Clock;
  private readonly onChange: () => void;
  private readonly timer = new MutableDisposable();
  private words: string | undefined;

  constructor(clock: Clock, onChange: () => void) {
    this.clock = clock;
    this.onChange = onChange;
  }

  /** Undefined while there is none. */
  get text(): string | undefined {
    return this.words;
  }

  show(text: string): void {
    this.words = text;
    this.timer.value = this.clock.after(SHOWN_FOR, () => this.hide());
    this.onChange();
  }

  hide(): void {
    if (this.words === undefined) return;
    this.words = undefined;
    this.timer.value = undefined;
    this.onChange();
  }

  [Symbol.dispose](): void {
    this.timer[Symbol.dispose]();
  }
}
