import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { Emulator } from '../../src/terminal/emulator.ts';
import { ansiOf, jsonOf, textOf } from '../../src/terminal/render.ts';
import { stateOf } from '../support/screenstate.ts';
import { piece } from '../support/streams.ts';

const encoder = new TextEncoder();

function shown(stream: string, scrollback = 0): Emulator {
  const emulator = new Emulator({ cols: 12, rows: 3 }, scrollback);
  emulator.write(encoder.encode(stream));
  return emulator;
}

describe('a screen as text', () => {
  test('has every line, without the blanks at its end', () => {
    using emulator = shown('ab  \x1b[5C中e\u0301\r\n\x1b[44m   ');
    expect(textOf(emulator)).toEqual(['ab       中e\u0301'.slice(0, 12), '', '']);
  });

  test('has the lines above it that are asked for, unless the alternate screen hides them', () => {
    using emulator = shown('1\r\n2\r\n3\r\n4\r\n5', 10);
    expect(textOf(emulator, 1)).toEqual(['2', '3', '4', '5']);
    expect(textOf(emulator, 99)).toEqual(['1', '2', '3', '4', '5']);
    emulator.write(encoder.encode('\x1b[?1049h\x1b[Htop'));
    expect(textOf(emulator, 99)).toEqual(['top', '', '']);
  });
});

describe('a screen with colours', () => {
  test('begins and ends each line in the default look', () => {
    using emulator = shown('\x1b[1;31mred\r\nmore\x1b[m plain');
    expect(ansiOf(emulator)).toEqual(['\x1b[1;31mred\x1b[m', '\x1b[1;31mmore\x1b[m plain', '']);
  });

  test('keeps coloured blanks and hyperlinks', () => {
    using emulator = shown('\x1b]8;;http://a/\x07a\x1b]8;;\x07\x1b[44m  \x1b[m   ');
    expect(ansiOf(emulator)[0]).toBe('\x1b]8;;http://a/\x1b\\a\x1b[44m\x1b]8;;\x1b\\  \x1b[m');
  });

  test('shows the same, printed elsewhere', () => {
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 40, size: 'max' }), pieces => {
        using emulator = shown(pieces.join(''));
        using other = shown(
          ansiOf(emulator)
            .map((line, y) => `\x1b[${y + 1}H${line}`)
            .join(''),
        );
        expect(textOf(other)).toEqual(textOf(emulator));
        expect(ansiOf(other)).toEqual(ansiOf(emulator));
        expect(stateOf(other).pen).toBe('');
      }),
      { numRuns: 100 },
    );
  });
});

describe('a screen as data', () => {
  test('says size, cursor, screen, and how each span looks', () => {
    using emulator = shown(
      '0123456789abcd\x1b[1;4:3;58:5:9;38;2;1;2;255;48;5;17mx\x1b[m\r\n\x1b]8;id=1;http://a/\x07l\x1b]8;;\x07 z',
    );
    expect(jsonOf(emulator)).toEqual({
      cols: 12,
      rows: 3,
      cursor: { x: 3, y: 2 },
      alternate: false,
      scrollback: 0,
      lines: [
        { text: '0123456789ab', wrapped: false, spans: [{ text: '0123456789ab' }] },
        {
          text: 'cdx',
          wrapped: true,
          spans: [
            { text: 'cd' },
            { text: 'x', fg: '#0102ff', bg: 17, bold: true, underline: 'curly', underlineColor: 9 },
          ],
        },
        { text: 'l z', wrapped: false, spans: [{ text: 'l', link: 'http://a/' }, { text: ' z' }] },
      ],
    });
  });

  test('counts the lines above the screen', () => {
    using emulator = shown('1\r\n2\r\n3\r\n4\r\n5', 10);
    expect(jsonOf(emulator, 1)).toMatchObject({ scrollback: 1, cursor: { x: 1, y: 2 } });
    expect(jsonOf(emulator, 1).lines).toHaveLength(4);
  });
});
