import { describe, expect, test } from 'vitest';
import { LARGEST_WINDOW, Watermark } from '../../src/core/watermark.ts';

/** Sends as much as there is room for, which arrives after `delay` of each round; returns the window after `rounds`. */
function play(rounds: number, delay: (bytes: number) => number): { flow: Watermark; total: number; now: number } {
  const flow = new Watermark();
  let total = 0;
  let now = 0;
  for (let round = 0; round < rounds; round++) {
    const bytes = flow.room;
    flow.onSent(bytes, now);
    total += bytes;
    now += delay(bytes);
    flow.onArrived(total, now);
  }
  return { flow, total, now };
}

describe('the window of a viewer', () => {
  test('grows while all arrives at once, up to its bound', () => {
    expect(play(1, () => 1).flow.room).toBe(16 * 1024);
    expect(play(20, () => 1).flow.room).toBe(LARGEST_WINDOW);
  });

  test('comes to what a line of 10 KB/s carries in 100 ms, but never below 8 KiB', () => {
    const { flow } = play(20, bytes => bytes / 10);
    expect(flow.room).toBe(8 * 1024);
    expect(play(30, bytes => bytes / 200).flow.room).toBeLessThanOrEqual(40 * 1024);
  });

  test('a keystroke a second tells nothing of the line', () => {
    const flow = new Watermark();
    for (let key = 1; key <= 100; key++) {
      flow.onSent(1, key * 1000);
      flow.onArrived(key, key * 1000 + 1);
    }
    expect(flow.room).toBe(8 * 1024);
  });

  test('is slow once it has been full for 100 ms, until there is room again', () => {
    const flow = new Watermark();
    flow.onSent(8 * 1024, 1000);
    expect([flow.isSlow(1099), flow.slowAt, flow.isSlow(1100)]).toEqual([false, 1100, true]);
    flow.onArrived(100, 1200);
    expect([flow.isSlow(5000), flow.slowAt, flow.room]).toEqual([false, undefined, 100]);
  });

  test('believes no acknowledgement of what was not sent, nor one that goes back', () => {
    const flow = new Watermark();
    flow.onSent(1000, 0);
    flow.onArrived(1_000_000, 1);
    expect(flow.underWay).toBe(0);
    flow.onSent(1000, 2);
    flow.onArrived(500, 3);
    expect(flow.underWay).toBe(1000);
  });
});
