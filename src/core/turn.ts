import type { Asker } from './asker.ts';
import type { HappeningBody } from './events.ts';
import { type Cause, type Life, pidOf, type State } from './life.ts';
import type { Millis, ProcessSpec } from './program.ts';
import { reasonOf, statusOf } from './status.ts';
import type { Effect, Step } from './transition.ts';

/** One step in the making: the life as it changes and the effects so far. Lives no longer than the call of `step`. */
export class Turn {
  readonly spec: ProcessSpec;
  readonly now: Millis;
  life: Life;
  private readonly effects: Effect[] = [];

  constructor(spec: ProcessSpec, life: Life, now: Millis) {
    this.spec = spec;
    this.life = life;
    this.now = now;
  }

  emit(...effects: Effect[]): void {
    this.effects.push(...effects);
  }

  /** Changes the life, and tells of it when that changes the public state. */
  change(change: Partial<Life>): void {
    const from = statusOf(this.life);
    this.life = { ...this.life, ...change };
    const to = statusOf(this.life);
    if (from !== to)
      this.publish({
        type: 'process.state',
        pid: pidOf(this.life) ?? null,
        from,
        to,
        reason: reasonOf(this.life) ?? null,
        ...this.origin,
      });
  }

  enter(state: State): void {
    this.change({ state });
  }

  /** What led to where it is now, as events tell it. */
  get origin(): { readonly cause: Cause; readonly by: Asker | null } {
    const { by } = this.life;
    return { cause: by === null ? 'policy' : 'request', by };
  }

  publish(happening: OwnHappening): void {
    const { fullname, program } = this.spec;
    this.emit({ type: 'publish', happening: { ...happening, process: fullname, program } });
  }

  result(): Step {
    return { life: this.life, effects: this.effects };
  }
}

type OwnHappening = DistributiveOmit<Extract<HappeningBody, { process: string }>, 'process' | 'program'>;
type DistributiveOmit<T, K extends PropertyKey> = T extends unknown ? Omit<T, K> : never;
