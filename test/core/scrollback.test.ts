import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { Scrollback } from '../../src/core/scrollback.ts';

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);
const text = (ring: Scrollback, from = ring.tail): string => new TextDecoder().decode(ring.read(from, 1 << 20).bytes);

function filled(limit: number, ...parts: readonly string[]): Scrollback {
  const ring = new Scrollback(limit);
  for (const part of parts) ring.append(bytes(part));
  return ring;
}

describe('scrollback', () => {
  test('holds what fits, at offsets that only grow', () => {
    const ring = filled(8, 'abcde', 'fghij');
    expect([text(ring), ring.tail, ring.head]).toEqual(['cdefghij', 2, 10]);
  });

  test('a reader that was overtaken sees so by its offset', () => {
    const ring = filled(8, 'abcdefghijkl');
    expect(ring.read(1, 3)).toEqual({ from: 4, bytes: bytes('efg') });
    expect(ring.read(99, 3)).toEqual({ from: 12, bytes: bytes('') });
  });

  test('what is read does not change when more is written', () => {
    const ring = filled(4, 'abcd');
    const { bytes: read } = ring.read(0, 4);
    ring.append(bytes('wxyz'));
    expect(read).toEqual(bytes('abcd'));
  });

  test('clear forgets, and offsets go on', () => {
    const ring = filled(8, 'abc');
    ring.clear();
    ring.append(bytes('de'));
    expect([text(ring), ring.tail, ring.head]).toEqual(['de', 3, 5]);
  });

  test.each([
    ['one\ntwo\nthree\n', 2, 'two\nthree\n'],
    ['one\ntwo\nthr', 2, 'two\nthr'],
    ['one\n', 5, 'one\n'],
    ['one\ntwo\n', 0, ''],
    ['', 3, ''],
    ['\n\n\n', 2, '\n\n'],
  ])('the last lines of %j: %i', (content, lines, expected) => {
    const ring = filled(100, content);
    expect(text(ring, ring.lastLines(lines))).toBe(expected);
  });

  test('remembers where lives ended, as long as something after them is held, and a bounded number of them', () => {
    const ring = filled(8, 'abc');
    const end = { generation: 1, pid: 7, exit: { code: 0, signal: null } };
    ring.end(end);
    ring.append(bytes('def'));
    ring.end({ ...end, generation: 2 });
    expect(ring.boundaries.map(({ offset }) => offset)).toEqual([3, 6]);
    ring.append(bytes('ghijk'));
    ring.end({ ...end, generation: 3 });
    expect(ring.boundaries.map(({ generation }) => generation)).toEqual([1, 2, 3]);
    ring.append(bytes('l'));
    ring.end({ ...end, generation: 3 });
    expect(ring.boundaries.map(({ generation }) => generation)).toEqual([2, 3, 3]);
    for (let generation = 4; generation < 1000; generation++) ring.end({ ...end, generation });
    expect(ring.boundaries.length).toBeLessThanOrEqual(256);
    expect(ring.boundaries.at(-1)?.generation).toBe(999);
  });

  test('a smaller budget keeps the newest, a larger one is filled from then on; offsets stay', () => {
    const ring = filled(8, 'abcdefghij');
    ring.resize(4);
    expect([text(ring), ring.tail, ring.head]).toEqual(['ghij', 6, 10]);
    ring.append(bytes('kl'));
    expect([text(ring), ring.tail, ring.head]).toEqual(['ijkl', 8, 12]);
    ring.resize(6);
    ring.append(bytes('mnop'));
    expect([text(ring), ring.tail, ring.head]).toEqual(['klmnop', 10, 16]);
  });

  test('another budget, whatever was written before and is after', () => {
    const steps = fc.array(
      fc.oneof(
        fc.uint8Array({ maxLength: 3000 }),
        fc.integer({ min: 1, max: 5000 }).map(limit => ({ limit })),
      ),
      { maxLength: 30 },
    );
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 5000 }), steps, (first, all) => {
        const ring = new Scrollback(first);
        let [limit, tail] = [first, 0];
        let written = new Uint8Array(0);
        for (const step of all) {
          if ('limit' in step) {
            limit = step.limit;
            ring.resize(limit);
          } else {
            written = Uint8Array.from([...written, ...step]);
            ring.append(step);
          }
          tail = Math.max(tail, written.length - limit);
          expect([ring.tail, ring.head]).toEqual([tail, written.length]);
        }
        expect(ring.read(0, written.length).bytes).toEqual(written.slice(tail));
      }),
    );
  });

  test('is the tail of all that was written, whatever the sizes', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 5000 }),
        fc.array(fc.uint8Array({ maxLength: 3000 }), { maxLength: 20 }),
        (limit, parts) => {
          const ring = new Scrollback(limit);
          for (const part of parts) ring.append(part);
          const all = Uint8Array.from(parts.flatMap(part => [...part]));
          expect(ring.head).toBe(all.length);
          expect(ring.tail).toBe(Math.max(0, all.length - limit));
          expect(ring.read(0, all.length).bytes).toEqual(all.slice(ring.tail));
        },
      ),
    );
  });
});
