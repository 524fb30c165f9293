import { closeSync, openSync, readSync, unlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { INPUT_QUEUE_LIMIT, InputQueue } from '../../src/daemon/input.ts';
import { FakeClock } from '../support/fake-clock.ts';

describe('what is typed and not read', () => {
  test('a quarter of a million answers cost what they say, and come in their order', () => {
    const clock = new FakeClock();
    const target: { fd: number | undefined } = { fd: undefined };
    using queue = new InputQueue(target, clock);
    const held = queue.hold();
    let expected = '';
    for (let i = 0; ; i++) {
      const answer = `${String(i % 1000).padStart(3, '0')} `;
      if (!queue.add(Buffer.from(answer))) break;
      expected += answer;
    }
    expect(expected.length).toBeGreaterThan(INPUT_QUEUE_LIMIT - 8);
    expect((queue as unknown as { chunks: unknown[] }).chunks.length).toBeLessThan(300); // its memory
    const path = join(tmpdir(), `taskmaster-input-${process.pid}`);
    target.fd = openSync(path, 'w+', 0o600);
    held[Symbol.dispose]();
    const bytes = Buffer.alloc(expected.length + 1);
    expect(readSync(target.fd, bytes, 0, bytes.length, 0)).toBe(expected.length);
    expect(bytes.subarray(0, -1).toString() === expected).toBe(true);
    closeSync(target.fd);
    target.fd = undefined;
    unlinkSync(path);
  });
});
