import fc from 'fast-check';
import { expect, test } from 'vitest';
import { deadlineOf, pidOf } from '../../src/core/life.ts';
import type { ProcessSpec } from '../../src/core/program.ts';
import { STOPPED_STATES } from '../../src/core/status.ts';
import { KILL_PATIENCE } from '../../src/core/stopping.ts';
import type { Event } from '../../src/core/transition.ts';
import { ALICE } from '../support/people.ts';
import { Play } from '../support/play.ts';

/** What the world may do next. Ends and forks happen only where there is something to end or to fork. */
type Move =
  | { readonly kind: 'request'; readonly type: 'start' | 'stop' | 'restart' | 'kill' | 'standDown' }
  | { readonly kind: 'pass'; readonly ms: number }
  | { readonly kind: 'fork'; readonly works: boolean }
  | { readonly kind: 'end'; readonly how: number | 'SIGKILL'; readonly alone: boolean }
  | { readonly kind: 'scan'; readonly members: readonly number[] }
  | { readonly kind: 'signalFails' }
  | { readonly kind: 'reconfigure'; readonly changes: Partial<ProcessSpec>; readonly renew: boolean }
  | { readonly kind: 'refuse' }
  | { readonly kind: 'inspect' }
  | { readonly kind: 'stale'; readonly event: StaleEvent };

type StaleEvent = 'ended' | 'spawned' | 'scanned' | 'spawnFailed' | 'inputRefused' | 'inspected';

const spec = fc.record({
  autorestart: fc.constantFrom('always' as const, 'never' as const, 'unexpected' as const),
  leftovers: fc.constantFrom('kill' as const, 'report' as const, 'ignore' as const),
  starttime: fc.constantFrom(0, 1000),
  stoptime: fc.constantFrom(0, 5000),
  startretries: fc.constantFrom(0, 3),
  stopasgroup: fc.boolean(),
  stopinput: fc.constantFrom(undefined, 'stop\n'),
  exitcodes: fc.constantFrom([0], [1]),
});

const move: fc.Arbitrary<Move> = fc.oneof(
  fc.record({
    kind: fc.constant('request' as const),
    type: fc.constantFrom('start', 'stop', 'restart', 'kill', 'standDown'),
  }),
  fc.record({ kind: fc.constant('pass' as const), ms: fc.constantFrom(0, 1, 20, 999, 1000, 5000, 60_000) }),
  fc.record({ kind: fc.constant('fork' as const), works: fc.boolean() }),
  fc.record({
    kind: fc.constant('end' as const),
    how: fc.constantFrom<(number | 'SIGKILL')[]>(0, 1, 'SIGKILL'),
    alone: fc.boolean(),
  }),
  fc.record({
    kind: fc.constant('scan' as const),
    members: fc.uniqueArray(fc.integer({ min: 2, max: 9 }), { maxLength: 3 }),
  }),
  fc.record({ kind: fc.constant('signalFails' as const) }),
  fc.record({ kind: fc.constant('reconfigure' as const), changes: spec, renew: fc.boolean() }),
  fc.record({ kind: fc.constant('refuse' as const) }),
  fc.record({ kind: fc.constant('inspect' as const) }),
  fc.record({
    kind: fc.constant('stale' as const),
    event: fc.constantFrom('ended', 'spawned', 'scanned', 'spawnFailed', 'inputRefused', 'inspected'),
  }),
);

/** A world around a life: it forks when told to, has at most one live process, and answers only what was asked. */
class World {
  readonly play: Play;
  private dueFork = false;
  private dueScan = false;
  private hasTyped = false;
  private dueLook = false;
  private alive: number | undefined;
  forks = 0;
  ends = 0;

  constructor(changes: ConstructorParameters<typeof Play>[0]) {
    this.play = new Play(changes);
  }

  apply(next: Move): void {
    switch (next.kind) {
      case 'request':
        this.play.send({ type: next.type, by: ALICE });
        break;
      case 'pass':
        this.play.pass(next.ms);
        break;
      case 'fork':
        if (this.dueFork) this.fork(next.works);
        else return;
        break;
      case 'end':
        if (this.alive === undefined) return;
        this.alive = undefined;
        this.ends++;
        this.play.end(next.how, next.alone);
        break;
      case 'scan':
        if (!this.dueScan) return;
        this.dueScan = false;
        this.play.scanned(...next.members);
        break;
      case 'signalFails':
        if (this.alive === undefined) return;
        this.play.send({ type: 'signalFailed', generation: this.play.life.generation, reason: 'EPERM' });
        break;
      case 'reconfigure':
        this.play.reconfigure(next.changes, next.renew);
        break;
      case 'refuse':
        if (!this.hasTyped) return;
        this.play.send({ type: 'inputRefused', generation: this.play.life.generation });
        break;
      case 'inspect':
        if (!this.dueLook) return;
        this.dueLook = false;
        this.play.send({ type: 'inspected', generation: this.play.life.generation, condition: 'D' });
        break;
      case 'stale':
        this.sendStale(next.event);
        return;
    }
    this.follow();
  }

  /** Whether something is to come by itself: a deadline, a fork, or what was asked of the system. */
  get waits(): boolean {
    return deadlineOf(this.play.life) !== undefined || this.dueFork || this.dueScan || this.dueLook;
  }

  /** Ends whatever lives, answers whatever was asked, until nothing is due. */
  settle(): void {
    for (let i = 0; i < 100; i++) {
      if (this.alive !== undefined) this.apply({ kind: 'end', how: 0, alone: true });
      this.apply({ kind: 'scan', members: [] });
      this.apply({ kind: 'fork', works: true });
      this.apply({ kind: 'pass', ms: 60_000 });
    }
  }

  private fork(works: boolean): void {
    this.dueFork = false;
    if (works) {
      expect(this.alive, 'a second live pid').toBeUndefined();
      this.forks++;
      this.play.fork();
      this.alive = this.play.pid;
    } else {
      this.play.send({ type: 'spawnFailed', generation: this.play.life.generation, reason: 'no' });
    }
  }

  /** Takes the effects as the interpreter would, and holds the invariants. */
  private follow(): void {
    this.hasTyped = false;
    for (const effect of this.play.effects) {
      if (effect.type === 'spawn') {
        expect([this.alive, this.dueFork], 'a fork while one lives or is due').toEqual([undefined, false]);
        this.dueFork = true;
      }
      if (effect.type === 'cancel') this.dueFork = false;
      if (effect.type === 'scan') this.dueScan = true;
      if (effect.type === 'type') this.hasTyped = true;
      if (effect.type === 'inspect') this.dueLook = true;
      if (effect.type === 'inspect') expect(effect.pid, 'a look at a pid that is not alive').toBe(this.alive);
      if (effect.type === 'signal') expect(effect.pid, 'a signal to a pid that is not alive').toBe(this.alive);
    }
    const { life, now } = this.play;
    expect(pidOf(life), 'the pid it knows is the one that lives').toBe(this.alive);
    const deadline = deadlineOf(life);
    if (deadline !== undefined) expect(deadline).toBeGreaterThanOrEqual(now);
  }

  private sendStale(type: StaleEvent): void {
    const generation = this.play.life.generation - 1;
    const stale: Record<typeof type, Event> = {
      ended: { type: 'ended', generation, exit: { code: 0, signal: null }, alone: true },
      spawned: { type: 'spawned', generation, pid: 1 },
      scanned: { type: 'scanned', generation, members: [1] },
      spawnFailed: { type: 'spawnFailed', generation, reason: 'x' },
      inputRefused: { type: 'inputRefused', generation },
      inspected: { type: 'inspected', generation, condition: 'D' },
    };
    const { life } = this.play;
    this.play.send(stale[type]);
    expect(this.play.life).toBe(life);
    expect(this.play.effects).toEqual([]);
    this.play.effects = [];
  }
}

test('whatever happens, in whatever order: one live pid at most, one deadline, and nothing done to the dead', () => {
  fc.assert(
    fc.property(spec, fc.array(move, { maxLength: 60 }), (changes, moves) => {
      const world = new World(changes);
      for (const next of moves) world.apply(next);
    }),
    { numRuns: 2000 },
  );
});

test('wanted down, it comes to rest, and every fork is followed by exactly one end', () => {
  fc.assert(
    fc.property(spec, fc.array(move, { maxLength: 40 }), (changes, moves) => {
      const world = new World(changes);
      for (const next of moves) world.apply(next);
      world.apply({ kind: 'request', type: 'stop' });
      world.settle();
      expect(STOPPED_STATES).toContain(world.play.state);
      expect(world.play.life.want).toBe('down');
      expect(world.ends).toBe(world.forks);
      expect(deadlineOf(world.play.life)).toBeUndefined();
    }),
    { numRuns: 1000 },
  );
});

test('a stop is never waited for without an end, though nothing may end on SIGKILL', () => {
  fc.assert(
    fc.property(spec, fc.array(move, { maxLength: 40 }), (changes, moves) => {
      const world = new World(changes);
      for (const next of moves) world.apply(next);
      world.apply({ kind: 'request', type: 'stop' });
      // Nothing that lives ends, and what is left of a session stays there.
      for (let ms = 0; world.waits; ms += 500) {
        expect(ms).toBeLessThan(5000 + 2 * KILL_PATIENCE + 5000);
        world.apply({ kind: 'scan', members: [7] });
        world.apply({ kind: 'inspect' });
        world.apply({ kind: 'pass', ms: 500 });
      }
      expect(STOPPED_STATES).toContain(world.play.state);
    }),
    { numRuns: 1000 },
  );
});
