import type { Clock } from '../../runtime/clock.ts';
import { Delay } from '../../runtime/delay.ts';

/** Lines told at once. */
const MOST_LINES = 10;

/** Milliseconds between two times of telling, so that a storm leaves time to read and to type. */
const PAUSE = 300;

/**
 * Lines that are to be told above the prompt, a few at a time: of more than that only the number is told. While a command
 * runs they wait.
 */
export class Announcer implements Disposable {
  private readonly print: (text: string) => void;
  private readonly pause: Delay;
  private lines: { readonly line: string; readonly isUrgent: boolean }[] = [];
  private left = 0;
  private isHeld = false;

  constructor(clock: Clock, print: (text: string) => void) {
    this.print = print;
    this.pause = new Delay(clock);
  }

  /** Whether a command runs, between whose lines nothing is to be told. */
  set isBusy(isBusy: boolean) {
    this.isHeld = isBusy;
    this.flush();
  }

  /** In a storm an urgent line takes the place of one that is not. */
  tell(line: string, { isUrgent = false } = {}): void {
    if (this.lines.length >= MOST_LINES) {
      this.left++;
      const place = isUrgent ? this.lines.findLastIndex(other => !other.isUrgent) : -1;
      if (place === -1) return;
      this.lines.splice(place, 1);
    }
    this.lines.push({ line, isUrgent });
    this.flush();
  }

  /** What is told by itself already: nothing of it is left to be told. */
  [Symbol.dispose](): void {
    this.pause[Symbol.dispose]();
    this.lines = [];
    this.isHeld = true;
  }

  private flush(): void {
    if (this.isHeld || this.pause.isSet || this.lines.length === 0) return;
    const more = this.left === 0 ? [] : [`… and ${this.left} more; \`events\` lists them all`];
    this.print([...this.lines.map(({ line }) => line), ...more].map(line => `${line}\n`).join(''));
    this.lines = [];
    this.left = 0;
    this.pause.set(PAUSE, () => this.flush());
  }
}
