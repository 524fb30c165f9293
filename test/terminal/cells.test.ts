import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type Cell, cellsOf } from '../../src/terminal/cells.ts';
import { Emulator } from '../../src/terminal/emulator.ts';
import { CELL_WORDS } from '../../src/terminal/internals.ts';
import { jsonOf, spansOf } from '../../src/terminal/render.ts';
import { piece } from '../support/streams.ts';

const COLS = 12;

function shown(stream: string): Emulator {
  const emulator = new Emulator({ cols: COLS, rows: 3 });
  emulator.write(new TextEncoder().encode(stream));
  return emulator;
}

/** What the emulator itself has in the columns of a row: the text and width of each cell. */
function own(emulator: Emulator, y: number): { text: string; width: number }[] {
  const line = emulator.line(y);
  return Array.from({ length: emulator.cols }, (_, x) => {
    const width = line.getWidth(x);
    return { text: width === 0 ? '' : line.getString(x) || ' ', width };
  });
}

function plain(cells: readonly Cell[]): { text: string; width: number }[] {
  return cells.map(({ text, width }) => ({ text, width }));
}

/** Over the wire and back. */
function sent<T>(document: T): T {
  return JSON.parse(JSON.stringify(document)) as T; // the same type, by construction
}

const nasty = fc.oneof(
  piece,
  fc.constantFrom(
    ...[
      'e\u0301\u0302',
      '👩\u200d👩\u200d👧',
      '❤\ufe0f',
      '1\ufe0f\u20e3',
      '👍🏽',
      '각',
      '\u0301',
      '\u200b',
      '\u00ad',
      '\u{e0100}',
    ],
    ...[
      '\x7f',
      '\u0085',
      '\u009b1m',
      '\x01',
      'a\x1b[12G中',
      'a\x1b[12G😀',
      '\x1b[?7l\x1b[12G中x',
      '\x1b[1;2H\u0301',
      '\u{1f1eb}',
    ],
  ),
);

describe('the cells of a line that was sent as spans', () => {
  test('are those of the emulator, whatever the program printed', () => {
    fc.assert(
      fc.property(fc.array(nasty, { maxLength: 40, size: 'max' }), pieces => {
        using emulator = shown(pieces.join(''));
        for (const [y, line] of sent(jsonOf(emulator)).lines.entries()) {
          expect(plain(cellsOf(line.spans, COLS))).toEqual(own(emulator, y));
        }
      }),
      { numRuns: 300 },
    );
  });

  test('are those of the columns that are shown; of a wide character that is cut a blank remains', () => {
    fc.assert(
      fc.property(
        fc.array(nasty, { maxLength: 20, size: 'max' }),
        fc.integer({ min: 0, max: COLS - 1 }),
        fc.integer({ min: 1, max: COLS }),
        (pieces, from, length) => {
          using emulator = shown(pieces.join(''));
          const to = Math.min(COLS, from + length);
          for (let y = 0; y < 3; y++) {
            const expected = own(emulator, y).slice(from, to);
            if (expected[0]?.width === 0) expected[0] = { text: ' ', width: 1 };
            if (expected.at(-1)?.width === 2) expected[expected.length - 1] = { text: ' ', width: 1 };
            const spans = sent(spansOf(emulator, emulator.line(y), { from, to }));
            expect(plain(cellsOf(spans, to - from))).toEqual(expected);
          }
        },
      ),
      { numRuns: 200 },
    );
  });

  test('are cut to fewer columns in the same way', () => {
    expect(plain(cellsOf([{ text: 'a中e\u0301' }], 2))).toEqual([
      { text: 'a', width: 1 },
      { text: ' ', width: 1 },
    ]);
    expect(plain(cellsOf([{ text: 'a中e\u0301' }], 5))).toEqual([
      { text: 'a', width: 1 },
      { text: '中', width: 2 },
      { text: '', width: 0 },
      { text: 'e\u0301', width: 1 },
      { text: ' ', width: 1 },
    ]);
  });

  test('know how they look', () => {
    using emulator = shown('a\x1b[31m中\x1b[m');
    const [a, left, right, blank] = cellsOf(spansOf(emulator, emulator.line(0)), 4);
    expect(a?.span).toEqual({ text: 'a' });
    expect(left?.span).toEqual({ text: '中', fg: 1 });
    expect(right?.span).toBe(left?.span);
    expect(blank?.span).toBeUndefined();
  });

  test('that the text does not tell come in a span of their own', () => {
    using emulator = shown('abc');
    const line = emulator.line(0);
    line._data[CELL_WORDS] = (line._data[CELL_WORDS] ?? 0) & ~0xff; // a cell as another width table would have made it
    line._data[CELL_WORDS] = (line._data[CELL_WORDS] ?? 0) | 0x301;
    const spans = spansOf(emulator, line);
    expect(spans).toEqual([{ text: 'a' }, { text: '\u0301', columns: 1 }, { text: 'c' }]);
    expect(plain(cellsOf(spans, 3))).toEqual(own(emulator, 0).slice(0, 3));
  });
});
