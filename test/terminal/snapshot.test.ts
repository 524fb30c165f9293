import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { Emulator } from '../../src/terminal/emulator.ts';
import { textOf } from '../../src/terminal/render.ts';
import { snapshotOf } from '../../src/terminal/snapshot.ts';
import { differences, stateOf } from '../support/screenstate.ts';
import { type Step, size, steps } from '../support/streams.ts';

const encoder = new TextEncoder();

function feed(emulator: Emulator, life: readonly Step[]): void {
  for (const step of life) {
    if ('bytes' in step) emulator.write(encoder.encode(step.bytes));
    else emulator.resize(step.size);
  }
}

/** A fresh terminal of the same size that has read the other's snapshot. */
function copyOf(emulator: Emulator): Emulator {
  const copy = new Emulator(emulator.size);
  copy.write(encoder.encode(snapshotOf(emulator)));
  return copy;
}

describe('a snapshot', () => {
  test('recreates any state, and what follows comes out the same', () => {
    fc.assert(
      fc.property(size, steps(60), steps(12), (start, life, after) => {
        using original = new Emulator(start);
        feed(original, life);
        using copy = copyOf(original);
        expect(differences(stateOf(original), stateOf(copy))).toEqual([]);
        feed(original, after);
        feed(copy, after);
        expect(differences(stateOf(original), stateOf(copy))).toEqual([]);
      }),
      { numRuns: Number(process.env.FUZZ ?? 400) },
    );
  });
});

/** The screen that a stream leads to, on 20 columns and 5 rows, and the bytes that recreate it. */
function snapshotAfter(stream: string): string {
  using emulator = new Emulator({ cols: 20, rows: 5 });
  emulator.write(encoder.encode(stream));
  return snapshotOf(emulator);
}

describe('the bytes of a snapshot', () => {
  test.each([
    ['a screen as new', '', ''],
    ['a screen that was cleared', 'text\x1b[2J\x1b[H', ''],
    ['plain lines: little more than their text', 'one\r\ntwo\r\n\r\nfour\r\n', 'one\r\ntwo\x1b[4Hfour\x1b[5H'],
    ['blanks between words: jumps', 'a\x1b[10Cb\r\n', 'a\x1b[10Cb\x1b[2H'],
    ['coloured erased cells: erased again', '\x1b[41m\x1b[K\x1b[m\r\n', '\x1b[41m\x1b[20X\x1b[2H\x1b[m'],
    ['a full line that goes on: printed on', '0123456789abcdefghijkl\r\n', '0123456789abcdefghijkl\x1b[3H'],
    ['a pending wrap: the last character last', '\x1b[2;20Hx', '\x1b[2;20Hx'],
    ['a character of a disputed width: then the cursor is put', '✅!\r\n', '✅\x1b[1;3H!\x1b[2H'],
    ['Han, which all agree on: nothing put', '漢字!\r\n', '漢字!\x1b[2H'],
    ['margins and origin mode: the cursor within', '\x1b[2;4r\x1b[?6h\x1b[2;3H', '\x1b[2;4r\x1b[?6h\x1b[2;3H'],
    ['tab stops that are not the usual ones', '\x1b[3g\x1b[5G\x1bH\r', '\x1b[3g\x1b[5G\x1bH\x1b[H'],
    ['modes', '\x1b[?45h\x1b[?7l\x1b[20h\x1b[4h', '\x1b[?45h\x1b[?7l\x1b[20h\x1b[4h\x1b[H'],
    ['a saved cursor', '\x1b[3;4H\x1b[1m\x1b7\x1b[m\x1b[H', '\x1b[3;4H\x1b[1m\x1b7\x1b[H\x1b[m'],
    ['character sets', '\x1b(0\x1b)K\x0e', '\x1b(0\x1b)K\x0e'],
    [
      'an alternate screen: the main one beneath it first, its cursor where it will come back',
      'sh\r\n$ vi\x1b[?1049h\x1b[H~',
      'sh\r\n$ vi\x1b[?1049h\x1b[H~',
    ],
  ])('%s', (_, stream, bytes) => {
    expect(snapshotAfter(stream)).toBe(bytes);
  });

  test('a plain screen is about its text, and no line feed reaches below the screen', () => {
    using emulator = new Emulator({ cols: 120, rows: 40 });
    for (let i = 0; i < 100; i++) emulator.write(encoder.encode(`line ${i} of a program's log\r\n`));
    const text = textOf(emulator).join('\r\n');
    const bytes = snapshotOf(emulator);
    expect(bytes.length).toBeLessThan(text.length + 20);
    expect(bytes.match(/\n/g)?.length).toBeLessThan(40);
  });
});
