import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Emulator } from '../../src/terminal/emulator.ts';
import { Pen } from '../../src/terminal/pen.ts';
import { plainCut } from '../../src/terminal/plain.ts';
import { differences, stateOf } from '../support/screenstate.ts';

const COLS = 12;
const ROWS = 5;
const bytes = (text: string) => new TextEncoder().encode(text);

function penOf(...params: string[]): string | undefined {
  const pen = new Pen();
  for (const one of params) if (!pen.apply(bytes(one), 0, one.length)) return undefined;
  return pen.text();
}

describe('plain output', () => {
  const lines = (count: number) => 'line\r\n'.repeat(count);
  const cut = (text: string, below = 0) => plainCut(bytes(text), { rows: ROWS, below })?.at;

  it('is cut after the latest CR that as many line feeds follow as there are rows', () => {
    expect(cut(lines(10))).toBe(5 * 6 + 5);
    expect(cut(`${lines(10)}prompt$ `)).toBe(5 * 6 + 5);
    expect(cut(lines(5))).toBe(5);
    expect(cut(lines(4))).toBeUndefined();
    expect(cut('line\n'.repeat(20))).toBeUndefined();
  });

  it('has to bring the cursor to the bottom row first', () => {
    expect(cut(lines(10), 5)).toBe(35);
    expect(cut(lines(10), 6)).toBeUndefined();
  });

  it.each([
    ['cursor up', '\x1b[A'],
    ['cursor down', '\x1b[B'],
    ['a position', '\x1b[3;3H'],
    ['erase in display', '\x1b[J'],
    ['a scroll region', '\x1b[2;4r'],
    ['a private mode', '\x1b[?7l'],
    ['a private erase', '\x1b[?K'],
    ['an intermediate', '\x1b[1 @'],
    ['a title', '\x1b]0;x\x07'],
    ['DECSC', '\x1b7'],
    ['a reset', '\x1bc'],
    ['a charset', '\x1b(0'],
    ['SO', '\x0e'],
    ['SI', '\x0f'],
    ['CSI in 8 bits', '\u009b'],
    ['IND in 8 bits', '\u0084'],
    ['a control inside a control sequence', '\x1b[1\n1m'],
    ['a sequence that is not complete', '\x1b[3'],
    ['a lone ESC', '\x1b'],
  ])('is not what contains %s', (_, sequence) => {
    expect(cut(lines(5) + sequence + lines(20))).toBeUndefined();
    expect(cut(lines(20) + sequence)).toBeUndefined();
  });

  it('may contain what acts on a row alone', () => {
    expect(cut(`é\u00a0漢👍\x1b[1;31mred\x1b[m\x1b[K\x1b[10G\x1b[3D\t\b\x07\0\x7f${lines(20)}`)).toBeGreaterThan(0);
  });
});

describe('a pen', () => {
  it('keeps the latest setting of each attribute', () => {
    expect(penOf('31', '39')).toBe('\x1b[39m');
    expect(penOf('1;31', '32', '4')).toBe('\x1b[1;4;32m');
    expect(penOf('1', '0;7')).toBe('\x1b[0;7m');
    expect(penOf('1;2', '22', '2')).toBe('\x1b[22;2m');
    expect(penOf('38;5;0', '48;2;1;2;3', '58:5:9', '4:3')).toBe('\x1b[4:3;38;5;0;48;2;1;2;3;58:5:9m');
    expect(penOf('')).toBe('\x1b[0m');
    expect(penOf()).toBe('');
  });

  it.each([
    '38',
    '38;5',
    '38;2;1;2',
    '48;7;1',
    '6',
    '4:9',
    '1:2',
    '38:2',
    '9'.repeat(120),
  ])('does not know %s', param => {
    expect(penOf(param)).toBeUndefined();
  });
});

const colour = fc.constantFrom('31', '92', '38;5;200', '38;2;1;2;3', '38:2::9:8:7', '39');
const ground = fc.constantFrom('41', '103', '48;5;17', '48;2;7;7;7', '49');
const style = fc.constantFrom(
  '1',
  '2',
  '22',
  '3',
  '23',
  '4',
  '4:3',
  '21',
  '24',
  '7',
  '27',
  '9',
  '29',
  '53',
  '55',
  '0',
  '',
);
const sgr = fc
  .array(fc.oneof(colour, ground, style), { minLength: 1, maxLength: 3 })
  .map(params => `\x1b[${params.join(';')}m`);
const rowControl = fc
  .tuple(
    fc.constantFrom('', '0', '1', '2', '5', '99'),
    fc.constantFrom('K', 'G', 'C', 'D', 'P', '@', 'X', '`', 'a', 'I', 'Z'),
  )
  .filter(([count, final]) => final !== 'I' || count.length < 2)
  .map(parts => `\x1b[${parts.join('')}`);
const word = fc.constantFrom(
  'a',
  'word',
  'é',
  'e\u0301',
  '漢字',
  '😀',
  'a long line that wraps twice',
  '\u0301',
  '\u200d',
);
const control = fc.constantFrom('\r', '\b', '\t', '\x07', '\0', '\x7f', '\x18', '\x1a', '\n', '\v', '\f', '\x05');
const newline = fc.constant('\r\n');
const plain = fc
  .array(
    fc.oneof(
      { weight: 3, arbitrary: word },
      { weight: 3, arbitrary: newline },
      { weight: 1, arbitrary: fc.oneof(sgr, rowControl, control) },
    ),
    { minLength: 20, maxLength: 60 },
  )
  .map(parts => parts.join(''));
const prior = fc.array(
  fc.oneof(
    word,
    newline,
    sgr,
    fc.constantFrom('\x1b[3A', '\x1b[H', '\x1b[2J', '\x1b7', '\x1b8', '\x1b[3;3Hx', '\x1b[4g', '\x1bH', '\x1b[1"q'),
  ),
  { maxLength: 20 },
);

describe('the claim of plain.ts', () => {
  it('holds: the cursor on the bottom row, the pen and the bytes from the cut on give the same screen', () => {
    let cuts = 0;
    fc.assert(
      fc.property(prior, plain, plain, (before, first, more) => {
        const region = bytes(first + more);
        using whole = new Emulator({ cols: COLS, rows: ROWS });
        using short = new Emulator({ cols: COLS, rows: ROWS });
        for (const emulator of [whole, short]) emulator.write(bytes(before.join('')));
        const cut = plainCut(region, { rows: ROWS, below: ROWS - 1 - whole.y });
        if (cut === undefined) return;
        cuts++;
        whole.write(region);
        short.write(bytes(`\x1b[${ROWS};1H${cut.pen.text()}`));
        short.write(region.subarray(cut.at));
        expect(differences(stateOf(whole), stateOf(short))).toEqual([]);
        for (const emulator of [whole, short]) emulator.write(bytes('x\x1b[K\r\n\x1b8y'));
        expect(differences(stateOf(whole), stateOf(short))).toEqual([]);
      }),
      { numRuns: 1000 },
    );
    expect(cuts).toBeGreaterThan(300);
  });
});
