/** One reading of /proc serves all who ask. */
import { expect, test } from 'vitest';
import { readStat, ticksNow } from '../../src/daemon/procfs.ts';
import { SessionScanner } from '../../src/daemon/sessions.ts';
import { type Clock, realClock } from '../../src/runtime/clock.ts';

/** Counts the turns that a reading takes: it gives one back after every so many processes. */
class CountingClock implements Clock {
  turns = 0;

  now(): number {
    return realClock.now();
  }

  wall(): number {
    return realClock.wall();
  }

  after(ms: number, callback: () => void): Disposable {
    return realClock.after(ms, callback);
  }

  soon(callback: () => void): Disposable {
    this.turns++;
    return realClock.soon(callback);
  }
}

async function turnsFor(requests: number): Promise<number> {
  const clock = new CountingClock();
  const scanner = new SessionScanner(clock);
  const beyondAnyPid = 2 ** 22 + 1;
  const answers = Array.from({ length: requests }, (_, i) => {
    const query = { session: beyondAnyPid + i, reapedAt: ticksNow(), id: 'test' };
    return new Promise<readonly number[]>(resolve => scanner.scan(query, resolve));
  });
  expect((await Promise.all(answers)).flat()).toEqual([]);
  return clock.turns;
}

test('a hundred ends in one tick cost the reading of one', async () => {
  const one = await turnsFor(1);
  const hundred = await turnsFor(100);
  expect(hundred).toBeLessThan(one + 5); // processes come and go between the two
});

test('finds who lives in a session', async () => {
  const scanner = new SessionScanner(realClock);
  const session = readStat(process.pid)?.session ?? 0;
  const query = { session, reapedAt: ticksNow(), id: 'test' };
  const members = await new Promise<readonly number[]>(resolve => scanner.scan(query, resolve));
  expect(members).toContain(process.pid);
});
