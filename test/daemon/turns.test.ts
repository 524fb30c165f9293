import { expect, test } from 'vitest';
import { Turns } from '../../src/daemon/turns.ts';
import { FakeClock } from '../support/fake-clock.ts';

/** What asks for a thread, and when it gets one. */
class Queue {
  readonly clock = new FakeClock();
  readonly turns = new Turns(this.clock);
  readonly running: string[] = [];
  private readonly done = new Map<string, () => void>();

  ask(name: string, device: bigint): void {
    this.turns.take(device, done => {
      this.running.push(name);
      this.done.set(name, done);
    });
  }

  end(name: string): void {
    this.running.splice(this.running.indexOf(name), 1);
    this.done.get(name)?.();
  }
}

test('a device gets two threads, all together three, in order', () => {
  const queue = new Queue();
  for (const name of ['a1', 'a2', 'a3', 'a4']) queue.ask(name, 1n);
  expect(queue.running).toEqual(['a1', 'a2']);
  queue.ask('b1', 2n);
  queue.ask('c1', 3n);
  expect(queue.running).toEqual(['a1', 'a2', 'b1']);
  queue.end('a2');
  expect(queue.running).toEqual(['a1', 'b1', 'a3']);
  queue.end('b1');
  expect(queue.running).toEqual(['a1', 'a3', 'c1']);
  queue.end('a1');
  queue.end('a3');
  queue.end('c1');
  expect(queue.running).toEqual(['a4']);
});

test('two that hang on one device hold up nobody on another', () => {
  const queue = new Queue();
  for (const name of ['hung', 'hung too', 'waits']) queue.ask(name, 1n);
  for (let i = 0; i < 100; i++) {
    queue.ask(`${i}`, 2n);
    expect(queue.running).toEqual(['hung', 'hung too', `${i}`]);
    queue.end(`${i}`);
  }
});

test('devices take turns', () => {
  const queue = new Queue();
  for (const name of ['a1', 'a2', 'b1', 'a3', 'a4', 'a5', 'b2', 'b3']) queue.ask(name, name.startsWith('a') ? 1n : 2n);
  const order: string[] = [];
  for (let [first] = queue.running; first !== undefined; [first] = queue.running) {
    order.push(first);
    queue.end(first);
  }
  expect(order).toEqual(['a1', 'a2', 'b1', 'a3', 'b2', 'a4', 'b3', 'a5']);
});

test('what fails gives its turn back', async () => {
  const turns = new Turns(new FakeClock());
  for (let i = 0; i < 10; i++) {
    await expect(turns.perform(1n, () => Promise.reject(new Error('no')))).rejects.toThrow('no');
  }
  await expect(turns.perform(1n, () => Promise.resolve(7))).resolves.toBe(7);
});

test('also what throws at once', async () => {
  const turns = new Turns(new FakeClock());
  for (let i = 0; i < 10; i++) {
    await expect(
      turns.perform(1n, () => {
        throw new Error('no');
      }),
    ).rejects.toThrow('no');
  }
  await expect(turns.perform(1n, () => Promise.resolve(7))).resolves.toBe(7);
});

test('a device from which nothing comes back for a second hangs, until something does', () => {
  const queue = new Queue();
  expect(queue.turns.isAnyStalled).toBe(false);
  for (const name of ['one', 'two']) queue.ask(name, 1n);
  queue.clock.advance(900);
  queue.ask('other', 2n);
  queue.clock.advance(100);
  expect([queue.turns.isStalled(1n), queue.turns.isStalled(2n), queue.turns.isAnyStalled]).toEqual([true, false, true]);
  queue.end('one');
  expect([queue.turns.isStalled(1n), queue.turns.isAnyStalled]).toEqual([false, false]);
});

test('questions take no turn, and one device not more than one', async () => {
  const queue = new Queue();
  for (const name of ['hung', 'hung too', 'waits']) queue.ask(name, 1n);
  const asked: string[] = [];
  const ask = (name: string, device: bigint): void =>
    void queue.turns.ask(device, async () => {
      asked.push(name);
      await new Promise(() => {});
    });
  for (const name of ['a', 'b']) ask(name, 1n);
  for (const name of ['c', 'd']) ask(name, 2n);
  queue.ask('other', 2n);
  expect([asked, queue.running]).toEqual([
    ['a', 'c'],
    ['hung', 'hung too', 'other'],
  ]);
});
