/** The judge is itself on trial: streams whose screens differ in one thing must not pass for equal. */
import { describe, expect, test } from 'vitest';
import { Emulator } from '../../src/terminal/emulator.ts';
import { differences, picture, type ScreenState, stateOf } from '../support/screenstate.ts';

function state(stream: string): ScreenState {
  using emulator = new Emulator({ cols: 16, rows: 3 });
  emulator.write(new TextEncoder().encode(stream));
  return stateOf(emulator);
}

describe('the judge of screens', () => {
  test.each([
    ['text', 'a', 'b'],
    ['a space and nothing', ' \b', ''],
    ['bold', 'a', '\x1b[1ma\x1b[m'],
    ['a colour of 16 and the same of 256', '\x1b[31ma', '\x1b[38;5;1ma\x1b[31m'],
    ['an erased cell and a coloured one', '\x1b[41m\x1b[X\x1b[m', '\x1b[m'],
    ['underline style', '\x1b[4mx\x1b[m', '\x1b[4:3mx\x1b[m'],
    ['underline colour', '\x1b[4mx\x1b[m', '\x1b[4;58:5:1mx\x1b[m'],
    ['a hyperlink', 'x', '\x1b]8;;u:\x07x\x1b]8;;\x07'],
    ['a hyperlink’s id', '\x1b]8;id=1;u:\x07x\x1b]8;;\x07', '\x1b]8;id=2;u:\x07x\x1b]8;;\x07'],
    ['protection', '\x1b[1"qx\x1b[0"q', 'x\x1b[0"q'],
    ['a mark', 'e', 'e\u0301'],
    ['the cursor', 'x', 'x\x1b[H'],
    ['a pending wrap', '0123456789abcdef\x1b[m', '0123456789abcdef\x1b[1;16H'],
    ['what REP would repeat', 'x', 'x\x1b[m'],
    ['the pen', '\x1b[1m', '\x1b[m'],
    ['the underline colour of the pen', '\x1b[58:5:1m', '\x1b[m'],
    ['margins', '\x1b[1;2r', '\x1b[r'],
    ['origin mode', '\x1b[?6h', '\x1b[?6l'],
    ['insert mode', '\x1b[4h', '\x1b[4l'],
    ['autowrap', '\x1b[?7h', '\x1b[?7l'],
    ['reverse wrap', '\x1b[?45h', '\x1b[?45l'],
    ['line feed mode', '\x1b[20h', '\x1b[20l'],
    ['tab stops', '\x1b[3g', '\x1b[m'],
    ['a character set', '\x1b(0', '\x1b(B'],
    ['one that is not in use', '\x1b)0', '\x1b)B'],
    ['the one in use', '\x0e', '\x0f'],
    ['a wrapped line', '0123456789abcdefx\x1b[m', '0123456789abcdef\x1b[2Hx\x1b[m'],
    ['the saved place', '\x1b[C\x1b7\x1b[H', '\x1b[m'],
    ['the saved pen', '\x1b[1m\x1b7\x1b[m', '\x1b[m'],
    ['saved character sets', '\x1b)0\x1b7\x1b)B', '\x1b[m'],
    ['the saved origin mode', '\x1b[?6h\x1b7\x1b[?6l', '\x1b[m'],
    ['which screen', '\x1b[?47h', '\x1b[?47l'],
    ['the hidden main screen', 'x\x1b[H\x1b[?47h', ' \x1b[H\x1b[?47h'],
    ['its saved cursor', '\x1b[C\x1b[?1049h\x1b[H', '\x1b[?1049h\x1b[H'],
  ])('sees a difference in %s', (_, one, other) => {
    expect(differences(state(one), state(one))).toEqual([]);
    expect(differences(state(one), state(other))).not.toEqual([]);
  });

  test('says what differs, and not too much of it', () => {
    expect(differences(state('ab\x1b[H'), state('ac\x1b[H'))).toEqual(['lines[0].cells[1].text: expected "b", is "c"']);
    expect(differences(state('\x1b#8'), state('\x1b[H'), 2)).toEqual([
      'lines[0].cells[0].text: expected "E", is ""',
      'lines[0].cells[1].text: expected "E", is ""',
      'and 46 more',
    ]);
  });

  test('draws a picture for people', () => {
    expect(picture(state('0123456789abcdefg\r\n中'))).toBe(
      ['  0 0123456789abcdef', '  1↪g···············', '  2 中··············  ◂ 2'].join('\n'),
    );
  });
});
