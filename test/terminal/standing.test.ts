import { describe, expect, it } from 'vitest';
import { Emulator } from '../../src/terminal/emulator.ts';
import { rowsBelow } from '../../src/terminal/standing.ts';

const encoder = new TextEncoder();

function having(bytes: string | Uint8Array): Emulator {
  const emulator = new Emulator({ cols: 20, rows: 6 });
  emulator.write(typeof bytes === 'string' ? encoder.encode(bytes) : bytes);
  return emulator;
}

describe('an emulator', () => {
  it.each([
    '',
    'text',
    '\x1b[31m',
    '\x1b7',
    '漢',
    '\x1b]0;title\x07',
    '\x1b]0;title\x1b\\',
    '\r\n',
  ])('is between sequences after %j', text => {
    using emulator = having(text);
    expect(emulator.isBetweenSequences).toBe(true);
  });

  it.each([
    '\x1b',
    '\x1b[',
    '\x1b[3',
    '\x1b[3 ',
    '\x1b(',
    '\x1b]0;title',
    '\x1bPdata',
    '\x1b_x',
  ])('is not between sequences after %j', text => {
    using emulator = having(text);
    expect(emulator.isBetweenSequences).toBe(false);
  });

  it.each([1, 2, 3])('is not between sequences after %i bytes of a character of four', length => {
    using emulator = having(encoder.encode('👍').subarray(0, length));
    expect(emulator.isBetweenSequences).toBe(false);
  });

  it('stands plainly with the cursor so many rows above the bottom', () => {
    for (const [text, below] of [
      ['', 5],
      ['\r\n\r\n', 3],
      ['\x1b(0\x1b[3g\x1b[31m\x1b7\x1b[6;1H', 0],
    ] as const) {
      using emulator = having(text);
      expect(rowsBelow(emulator)).toBe(below);
    }
  });

  it.each([
    '\x1b[?1049h',
    '\x1b[2r',
    '\x1b[1;5r',
    '\x1b[?7l',
    '\x1b[?6h',
    '\x1b[?45h',
    '\x1b[4h',
    '\x1b[20h',
  ])('does not stand plainly after %j', text => {
    using emulator = having(text);
    expect(rowsBelow(emulator)).toBeUndefined();
  });
});
