import { expect, test } from 'vitest';
import { PacedQueue } from '../../src/daemon/paced.ts';
import { FakeClock } from '../support/fake-clock.ts';

/** A clock that a job can move, as a fork takes time, and whose turns of the event loop the test gives one by one. */
class TurningClock extends FakeClock {
  private spent = 0;
  private due: (() => void)[] = [];

  override now(): number {
    return this.spent;
  }

  spend(ms: number): void {
    this.spent += ms;
  }

  override soon(callback: () => void): Disposable {
    this.due.push(callback);
    return { [Symbol.dispose]: () => {} };
  }

  /** One turn; how long it took. */
  turn(): number {
    const before = this.spent;
    for (const callback of this.due.splice(0)) callback();
    return this.spent - before;
  }
}

test('a thousand forks of 4 ms leave the event loop its turns: none is longer than 50 ms, or than it must be', () => {
  const clock = new TurningClock();
  const forks = new PacedQueue(clock);
  let done = 0;
  for (let i = 0; i < 1000; i++) {
    forks.add(() => {
      clock.spend(4);
      done++;
    });
  }
  expect(done).toBe(0);
  const turns: number[] = [];
  while (done < 1000) turns.push(clock.turn());
  expect(Math.max(...turns)).toBe(8);
  expect(clock.turn()).toBe(0);
});

test('first come, first served; what is taken back does not run; jobs that add jobs are fine', () => {
  const clock = new FakeClock();
  const forks = new PacedQueue(clock);
  const ran: number[] = [];
  forks.add(() => ran.push(1));
  const second = forks.add(() => ran.push(2));
  forks.add(() => {
    ran.push(3);
    forks.add(() => ran.push(4));
  });
  second[Symbol.dispose]();
  clock.advance(0);
  expect([ran, clock.pending]).toEqual([[1, 3, 4], 0]);
});

test('a job that may run at once does, until its turn is used up; then in order', () => {
  const clock = new TurningClock();
  const queue = new PacedQueue(clock);
  const ran: number[] = [];
  for (let i = 0; i < 5; i++) {
    queue.run(() => {
      clock.spend(3);
      ran.push(i);
    });
  }
  expect(ran).toEqual([0, 1]);
  expect(clock.turn()).toBe(6);
  expect(clock.turn()).toBe(3);
  expect(ran).toEqual([0, 1, 2, 3, 4]);
  clock.turn();
  queue.run(() => ran.push(5));
  expect(ran.at(-1)).toBe(5);
});

test('one job that fails keeps no other from its turn', () => {
  const clock = new TurningClock();
  const queue = new PacedQueue(clock);
  const ran: number[] = [];
  queue.add(() => {
    throw new Error('mine');
  });
  queue.add(() => ran.push(1));
  expect(() => clock.turn()).toThrow('mine');
  clock.turn();
  expect(ran).toEqual([1]);
});
