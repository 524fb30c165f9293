import type { HappeningBody } from '../../src/core/events.ts';
import type { Exit } from '../../src/core/exit.ts';
import { deadlineOf, type Life, unborn } from '../../src/core/life.ts';
import { step } from '../../src/core/lifecycle.ts';
import type { ProcessSpec } from '../../src/core/program.ts';
import { type PublicState, statusOf } from '../../src/core/status.ts';
import type { Effect, Event } from '../../src/core/transition.ts';
import { ALICE } from './people.ts';
import { makeSpec } from './spec.ts';

/** Plays a life on the pure reducer: feeds it events, moves its time, and keeps what it did. */
export class Play {
  spec: ProcessSpec;
  life: Life;
  now = 1_000_000;
  effects: Effect[] = [];
  private nextPid = 100;

  constructor(changes: Partial<ProcessSpec> = {}) {
    this.spec = makeSpec(changes);
    this.life = unborn(this.now);
  }

  get state(): PublicState {
    return statusOf(this.life);
  }

  /** The pid of the latest life. */
  get pid(): number {
    return this.nextPid - 1;
  }

  /** Feeds events; the effects of the last call are in `effects`. */
  send(...events: readonly Event[]): this {
    this.effects = [];
    for (const event of events) {
      const { life, effects } = step(this.spec, this.life, event, this.now);
      this.life = life;
      this.effects.push(...effects);
    }
    return this;
  }

  /** A reload gives it another spec. */
  reconfigure(changes: Partial<ProcessSpec>, renew = false): this {
    this.spec = { ...this.spec, ...changes };
    return this.send({ type: 'reconfigured', renew, by: ALICE });
  }

  start(): this {
    return this.send({ type: 'start', by: ALICE });
  }

  stop(): this {
    return this.send({ type: 'stop', by: ALICE });
  }

  /** The fork that is due happens. */
  fork(): this {
    return this.send({ type: 'spawned', generation: this.life.generation, pid: this.nextPid++ });
  }

  /** Time passes; the one timer fires whenever the life's deadline comes. */
  pass(ms: number): this {
    const until = this.now + ms;
    const effects: Effect[] = [];
    for (let due = deadlineOf(this.life); due !== undefined && due <= until; due = deadlineOf(this.life)) {
      this.now = Math.max(this.now, due);
      effects.push(...this.send({ type: 'deadline' }).effects);
    }
    this.now = until;
    this.effects = effects;
    return this;
  }

  /** The leader ends, by default leaving nobody behind. */
  end(how: number | 'SIGKILL' | 'SIGTERM', alone = true): this {
    const exit: Exit = typeof how === 'number' ? { code: how, signal: null } : { code: null, signal: how };
    return this.send({ type: 'ended', generation: this.life.generation, exit, alone });
  }

  scanned(...members: readonly number[]): this {
    return this.send({ type: 'scanned', generation: this.life.generation, members });
  }

  /** Start, fork, and live until RUNNING. */
  run(): this {
    return this.start().fork().pass(this.spec.starttime);
  }

  /** The public states that the last call went through. */
  get passed(): PublicState[] {
    return this.happenings.flatMap(happening => (happening.type === 'process.state' ? [happening.to] : []));
  }

  get happenings(): HappeningBody[] {
    return this.effects.flatMap(effect => (effect.type === 'publish' ? [effect.happening] : []));
  }

  /** The effects of the last call, as words: `spawn`, `SIGTERM 100`, `SIGKILL group 100`, `scan 100`, `SIGTERM to 7,8`, `inspect 100`. */
  get did(): string[] {
    return this.effects.flatMap(effect => {
      switch (effect.type) {
        case 'signal':
          return [`${effect.signal} ${effect.group ? 'group ' : ''}${effect.pid}`];
        case 'sweep':
          return [`${effect.signal} to ${effect.members.join(',')}`];
        case 'scan':
          return [`scan ${effect.pid}`];
        case 'type':
          return [`type ${JSON.stringify(effect.text)}`];
        case 'inspect':
          return [`inspect ${effect.pid}`];
        case 'publish':
          return [];
        default:
          return [effect.type];
      }
    });
  }
}
