import { expect, test } from 'vitest';
import { Turns } from '../../src/daemon/turns.ts';

/** What asks for a thread, and when it gets one. */
class Queue {
  readonly turns = new Turns();
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
  const turns = new Turns();
  for (let i = 0; i < 10; i++) {
    await expect(turns.perform(1n, () => Promise.reject(new Error('no')))).rejects.toThrow('no');
  }
  await expect(turns.perform(1n, () => Promise.resolve(7))).resolves.toBe(7);
});
