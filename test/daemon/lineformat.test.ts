/** The formats of log lines: whatever comes, however it is cut, whenever it must be written. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { LineSpec } from '../../src/core/program.ts';
import type { LineFormat } from '../../src/daemon/lineformat.ts';
import { RawLines } from '../../src/daemon/rawlines.ts';
import { VisibleLines } from '../../src/daemon/visiblelines.ts';

const formatOf = (spec: Partial<LineSpec>): LineFormat => {
  const source = {
    spec: { format: 'raw', timestamps: 'none', prefix: '', ...spec },
    process: 'web',
    stream: 'stdout',
  } as const;
  return source.spec.format === 'raw' ? new RawLines(source) : new VisibleLines(source);
};

/** The same bytes in chunks that end at these places. */
function cut(bytes: Uint8Array, places: readonly number[]): Uint8Array[] {
  const ends = [...places.map(place => place % (bytes.length + 1)), bytes.length].sort((a, b) => a - b);
  return ends.map((end, i) => bytes.slice(ends[i - 1] ?? 0, end));
}

interface Run {
  readonly isShared?: boolean;
  /** After which chunks what is held is released. */
  readonly releases?: readonly number[];
}

function written(
  format: LineFormat,
  chunks: readonly Uint8Array[],
  { isShared = false, releases = [] }: Run = {},
): Buffer {
  const parts: Uint8Array[] = [];
  for (const [i, chunk] of chunks.entries()) {
    parts.push(format.write(chunk, 0, isShared));
    if (releases.includes(i)) parts.push(format.release());
  }
  parts.push(format.end());
  expect(format.held).toBe('nothing');
  return Buffer.concat(parts);
}

const nasty = fc.oneof(
  fc.constantFrom(
    'a',
    'line',
    '\r\n',
    '\n',
    '\r',
    '\b',
    '\x1b[K',
    '\x1b[31m',
    '\x1b[2G',
    '\x1b[A',
    '\t',
    'ä',
    '中',
    '"',
    '\\',
    '\x00',
  ),
  fc.constantFrom('\x1b]0;', '\x07', '\u009b', '\u2028').map(text => text),
);
const stream = fc
  .tuple(fc.array(nasty, { maxLength: 40 }), fc.uint8Array({ maxLength: 6 }), fc.array(nasty, { maxLength: 10 }))
  .map(([before, odd, after]) => Buffer.concat([Buffer.from(before.join('')), odd, Buffer.from(after.join(''))]));
const places = fc.array(fc.nat(), { maxLength: 8 });
const specs: readonly Partial<LineSpec>[] = [
  {},
  { prefix: '> ' },
  { timestamps: 'utc' },
  { format: 'text' },
  { format: 'text', prefix: '> ' },
  { format: 'json' },
];

describe.each(specs)('%j', spec => {
  test.each([false, true])('how it is cut does not matter (shared: %s)', isShared => {
    fc.assert(
      fc.property(stream, places, (bytes, at) => {
        const whole = written(formatOf(spec), [bytes], { isShared });
        expect(written(formatOf(spec), cut(bytes, at), { isShared }).toString('latin1')).toBe(whole.toString('latin1'));
      }),
      { numRuns: 500 },
    );
  });

  test('random bytes, of any length, do no harm', () => {
    const random = fc.uint8Array({ maxLength: 2000 });
    fc.assert(
      fc.property(random, places, fc.array(fc.nat({ max: 8 })), (bytes, at, releases) => {
        written(formatOf(spec), cut(bytes, at), { isShared: true, releases });
      }),
      { numRuns: 200 },
    );
  });

  test('plain lines are what was written, whenever some of it had to be', () => {
    const line = fc.string({ unit: fc.constantFrom(...'ab cä中'), maxLength: 30 });
    fc.assert(
      fc.property(fc.array(line), places, fc.array(fc.nat({ max: 8 })), (lines, at, releases) => {
        const bytes = Buffer.from(lines.map(one => `${one}\r\n`).join(''));
        const text = written(formatOf(spec), cut(bytes, at), { isShared: true, releases }).toString();
        const label = spec.prefix ?? (spec.timestamps === 'utc' ? '1970-01-01T00:00:00.000Z ' : '');
        if (spec.format === 'json') {
          expect(linesOfJson(text)).toEqual(lines);
        } else {
          expect(text).toBe(lines.map(one => `${label}${one}\n`).join(''));
        }
      }),
      { numRuns: 500 },
    );
  });
});

/** The lines that pieces are of. */
function linesOfJson(text: string): string[] {
  const lines: string[] = [];
  let line = '';
  for (const object of text.split('\n')) {
    if (object === '') continue;
    const { text: piece, partial } = JSON.parse(object);
    line += piece;
    if (partial) continue;
    lines.push(line);
    line = '';
  }
  expect(line).toBe('');
  return lines;
}

test('raw gives each byte once, in order, but for the CR of line ends', () => {
  fc.assert(
    fc.property(stream, places, fc.array(fc.nat({ max: 8 })), fc.boolean(), (bytes, at, releases, isShared) => {
      const got = written(formatOf({}), cut(bytes, at), { isShared, releases }).toString('latin1');
      expect(got).toBe(bytes.toString('latin1').replaceAll('\r\n', '\n'));
    }),
    { numRuns: 2000 },
  );
});

test('every line of JSON is an object, whatever came', () => {
  fc.assert(
    fc.property(stream, places, fc.array(fc.nat({ max: 8 })), (bytes, at, releases) => {
      const text = written(formatOf({ format: 'json' }), cut(bytes, at), { releases }).toString();
      for (const line of text.split('\n').slice(0, -1)) expect(JSON.parse(line)).toHaveProperty('text');
      expect(text === '' || text.endsWith('}\n')).toBe(true);
    }),
    { numRuns: 2000 },
  );
});
