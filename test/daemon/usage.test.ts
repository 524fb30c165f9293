/** When the machine is looked at, and what is known of it: in time that stands still until it is moved. */
import { describe, expect, test } from 'vitest';
import { unborn } from '../../src/core/life.ts';
import type { Look } from '../../src/core/usage.ts';
import { procLooking, psLooking } from '../../src/daemon/looking.ts';
import type { Process } from '../../src/daemon/process.ts';
import { pageSize } from '../../src/daemon/procfs.ts';
import { openPtyHost } from '../../src/daemon/pty.ts';
import { Usage } from '../../src/daemon/usage.ts';
import { realClock } from '../../src/runtime/clock.ts';
import { FakeClock } from '../support/fake-clock.ts';
import { pid, RealWorld, untilPrinted } from '../support/world.ts';

const PROCESS = { current: { ...unborn(0), state: { kind: 'running', pid: 7, since: 0 } } } as unknown as Process;

function scene(took = 1) {
  const clock = new FakeClock();
  const looks: number[] = [];
  const warnings: string[] = [];
  const machine = { own: 0, fails: false };
  const usage = new Usage({
    clock,
    looking: async leaders => {
      looks.push(clock.now());
      if (machine.fails) throw new Error('no ps');
      expect([...leaders]).toEqual([7]);
      const member = { pid: 7, start: 1, session: 7, own: machine.own, reaped: 0, memory: 5000, isZombie: false };
      const look: Look = { at: clock.now(), ticks: clock.now() / 10, members: [member] };
      return { look, took };
    },
    cores: 4,
    processes: () => [PROCESS],
    self: () => ({ cpu: clock.now() / 10, memory: 99 }),
    trace: undefined,
    warn: message => warnings.push(message),
  });
  /** Moves time on, with what is waited for in between. */
  const pass = async (ms: number): Promise<void> => {
    for (let left = ms; left > 0; left -= 50) {
      clock.advance(Math.min(50, left));
      for (let turn = 0; turn < 5; turn++) await Promise.resolve();
    }
  };
  return { clock, looks, machine, usage, warnings, pass };
}

describe('the machine is looked at', () => {
  test('only while somebody watches, every second, and a quarter of one after the first time', async () => {
    const { clock, looks, machine, usage, pass } = scene();
    await pass(5000);
    expect(looks).toEqual([]);
    const seen: unknown[] = [];
    const watching = usage.watch(() => seen.push(usage.of(PROCESS)?.cpu));
    await pass(200);
    machine.own = 100;
    await pass(100);
    machine.own = 600;
    await pass(2000);
    expect(looks).toEqual([5000, 5250, 6250, 7250]);
    expect(seen).toEqual([null, 40, 50, 0]);
    expect(usage.own).toEqual({ cpu: 10, memory: 99 });
    watching[Symbol.dispose]();
    await pass(5000);
    expect(looks).toHaveLength(4);
    expect([usage.of(PROCESS), clock.pending]).toEqual([undefined, 0]);
  });

  test('once for all who watch, and the last one to go ends it', async () => {
    const { clock, looks, usage, pass } = scene();
    const first = usage.watch(() => {});
    await pass(300);
    let told = 0;
    const second = usage.watch(() => told++);
    expect(told).toBe(1); // what is known, at once
    first[Symbol.dispose]();
    await pass(1000);
    expect([looks.length, told]).toEqual([3, 2]);
    second[Symbol.dispose]();
    expect(clock.pending).toBe(0);
  });

  test('less often where a look costs more than a hundredth of a core', async () => {
    const { looks, usage, pass } = scene(30);
    const watching = usage.watch(() => {});
    await pass(250 + 3000 + 3000);
    expect(looks).toEqual([0, 250, 3250, 6250]);
    watching[Symbol.dispose]();
  });

  test('twice for a question asked once', async () => {
    const { clock, looks, machine, usage, pass } = scene();
    const answer = usage.once(() => usage.of(PROCESS)?.cpu, new AbortController().signal);
    await pass(50);
    machine.own = 125;
    await pass(300);
    expect([await answer, looks.length, clock.pending]).toEqual([50, 2, 0]);
    const gone = new AbortController();
    const given = usage.once(() => 'nobody reads this', gone.signal);
    gone.abort();
    await given;
    await pass(2000);
    expect(looks).toHaveLength(3);
  });

  test('when it cannot be, that is said once, and nobody waits', async () => {
    const { machine, usage, warnings, pass } = scene();
    machine.fails = true;
    const answer = usage.once(() => usage.of(PROCESS), new AbortController().signal);
    await pass(2000);
    expect(await answer).toBeUndefined();
    expect(warnings).toEqual(['cannot tell what programs take of the machine: no ps']);
  });
});

describe('a real session', () => {
  test('is found whole, by /proc and by ps: a busy child of a shell is among it, with its memory', async () => {
    const world = new RealWorld();
    const script = `${process.execPath} -e 'const b = Buffer.alloc(64e6, 1); console.log("busy"); for (;;) b[0]++' & wait`;
    const program = world.start(script);
    await untilPrinted(program, 'busy');
    const leaders = new Set([pid(program)]);
    const lookings = [
      procLooking(realClock),
      psLooking({ clock: realClock, host: openPtyHost(realClock), environment: process.env }),
    ];
    for (const looking of lookings) {
      const { look } = await looking(leaders);
      expect(look.members.map(({ session }) => session)).toEqual([pid(program), pid(program)]);
      const child = look.members.find(member => member.pid !== pid(program));
      expect(child?.memory).toBeGreaterThan(64e6);
      let own = child?.own ?? 0;
      while (own < (child?.own ?? 0) + 30)
        own = (await looking(leaders)).look.members.find(({ pid }) => pid === child?.pid)?.own ?? 0;
    }
    expect(pageSize()).toBeGreaterThanOrEqual(4096);
  });
});
