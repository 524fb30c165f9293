import { dirname } from 'node:path';
import type { Clock } from '../runtime/clock.ts';
import { Delay } from '../runtime/delay.ts';
import type { Disk } from './disk.ts';

/** How long whoever wants a log opened anew waits for what stands in the way. */
const PATIENCE_MS = 1000;

/** Why a log is not opened now. */
export const NO_ANSWER = 'its disk does not answer';

type Hear = (problem: string | undefined) => void;

/** The wish that a log be opened anew, while that cannot be: files are opened on the event loop, which a disk that hangs would stop. */
export class Reopening implements Disposable {
  /** Whether it was asked where the path leads, and no answer has come. */
  isAsking = false;
  private readonly patience: Delay;
  private waiting: Hear[] = [];

  constructor(clock: Clock) {
    this.patience = new Delay(clock);
  }

  /** Resolves as `reopen` of the log does, and after a while with the fact that it is not opened yet. */
  outcome(): Promise<string | undefined> {
    if (!this.patience.isSet) this.patience.set(PATIENCE_MS, () => this.tell(NO_ANSWER));
    return new Promise(resolve => this.waiting.push(resolve));
  }

  /** It is opened anew, or there is a problem with that. */
  settle(problem: string | undefined): void {
    this.patience[Symbol.dispose]();
    this.tell(problem);
  }

  [Symbol.dispose](): void {
    this.settle('it is closed');
  }

  private tell(problem: string | undefined): void {
    const { waiting } = this;
    this.waiting = [];
    for (const hear of waiting) hear(problem);
  }
}

/** The device that a path leads to; of one that is still to be made, the one that it would be made on. Throws the system's error. */
export async function deviceOf(path: string, disk: Disk): Promise<bigint> {
  for (let at = path; ; at = dirname(at)) {
    const stats = await disk.stat(at);
    if (stats) return stats.dev;
    if (at === dirname(at)) throw new Error(`there is no ${at}`);
  }
}
