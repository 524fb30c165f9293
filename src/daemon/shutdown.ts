import type { Asker } from '../core/asker.ts';
import type { HappeningBody } from '../core/events.ts';
import type { Millis } from '../core/program.ts';
import type { Clock } from '../runtime/clock.ts';
import { MutableDisposable } from '../runtime/lifetime.ts';
import type { Process } from './process.ts';
import { isAtRest, type Supervisor } from './supervisor.ts';

/** How often it is said whom the shutdown still waits for. */
const STILL_WAITING_MS = 5_000;

/**
 * So much of the shutdown's time, or so many seconds of it, are kept for its end: in the first half whatever has not been
 * asked to stop is, in the second half what still runs is killed.
 */
const GRACE_PART = 1 / 4;
const GRACE_MS = 4_000;

export interface ShutdownOptions {
  readonly supervisor: Supervisor;
  readonly clock: Clock;
  readonly publish: (happening: HappeningBody) => void;
  /** Bound on the whole, undefined for none. */
  readonly timeout: () => Millis | undefined;
  /** Resolves when survivors of a former daemon have been ended, which a shutdown hurries up. */
  readonly survivors: () => Promise<void>;
  /** Words for that, while it is so. */
  readonly holdup: () => string | undefined;
}

/** The orderly stop of all programs: a level of priority at a time, saying whom it waits for, and with an end. */
export class Shutdown {
  private readonly options: ShutdownOptions;
  private hasBegun = false;

  constructor(options: ShutdownOptions) {
    this.options = options;
  }

  get isUnderWay(): boolean {
    return this.hasBegun;
  }

  /** Stops all in order, as `by` asked for. Resolves when nothing runs any more, or nothing can be done about it. */
  async begin(reason: string, by: Asker): Promise<void> {
    this.hasBegun = true;
    this.tell(reason, by);
    using reminder = new MutableDisposable();
    using limit = new MutableDisposable();
    this.remind(reminder, by);
    await Promise.race([this.stopAll(by), this.limit(limit, by)]);
  }

  /** Somebody has asked again: what still runs is killed. */
  escalate(reason: string, by: Asker): void {
    this.tell(`${reason}, again: killing what still runs`, by);
    this.kill(by);
  }

  private async stopAll(by: Asker): Promise<void> {
    const { supervisor } = this.options;
    await supervisor.stopInOrder(supervisor.all, { by });
    const stuck = supervisor.all.filter(process => process.leader !== undefined);
    if (stuck.length > 0) this.tell('left behind, as SIGKILL does not end them', by, stuck);
    await this.options.survivors();
  }

  /** Resolves when the bound is reached, and kills what still runs shortly before; without a bound it never does. */
  private limit(timer: MutableDisposable, by: Asker): Promise<void> {
    const timeout = this.options.timeout();
    if (timeout === undefined) return new Promise(() => {});
    const { clock } = this.options;
    const grace = Math.min(timeout * GRACE_PART, GRACE_MS);
    return new Promise(resolve => {
      const giveUp = (): void => {
        this.tell('shutdowntimeout is over: left behind', by);
        resolve();
      };
      const kill = (): void => {
        this.tell('shutdowntimeout is almost over: killing what still runs', by);
        this.kill(by);
        timer.value = clock.after(grace / 2, giveUp);
      };
      timer.value = clock.after(timeout - grace, () => {
        // Those whose turn has not come are asked at least, and have half of what is left.
        this.tell('shutdowntimeout is near: stopping all at once', by);
        for (const process of this.running()) process.dispatch({ type: 'stop', by });
        timer.value = clock.after(grace / 2, kill);
      });
    });
  }

  private remind(timer: MutableDisposable, by: Asker): void {
    timer.value = this.options.clock.after(STILL_WAITING_MS, () => {
      this.tell('still waiting', by);
      this.remind(timer, by);
    });
  }

  private kill(by: Asker): void {
    for (const process of this.running()) process.dispatch({ type: 'kill', by });
  }

  private running(): readonly Process[] {
    return this.options.supervisor.all.filter(process => !isAtRest(process));
  }

  private tell(reason: string, by: Asker, processes = this.running()): void {
    const { publish, holdup } = this.options;
    const what = holdup();
    const why = what === undefined ? reason : `${reason}; ${what}`;
    publish({ type: 'daemon.stopping', reason: why, waitingFor: processes.map(({ fullname }) => fullname), by });
  }
}
