/** What a terminal sends, token by token. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { newToken, readToken } from '../../src/core/keystream.ts';
import { pasteEnd, pasteStart } from '../../src/core/pastemark.ts';

function bytesOf(text: string): Uint8Array {
  return Uint8Array.from(text, character => character.charCodeAt(0));
}

const KEYS = [
  'a',
  '\x02',
  '\x1b\x02',
  '\x1ba',
  '\x1b[A',
  '\x1b[1;5A',
  '\x1bOP',
  '\x1bO5P',
  '\x1b[15~',
  '\x1b[3;5~',
  '\x1b[[A',
  '\x1b[Z',
  '\x1b[1;2R',
].concat(['\x1b[98;5u', '\x1b[27;5;98~', '\x1b[1;1:2A', '\x1b[98;5:2u', '\x1b[13;2:1~', '\x1b[57361u']);

const OTHERS: readonly (readonly [string, string])[] = [
  ['release', '\x1b[98;5:3u'],
  ['release', '\x1b[1;1:3A'],
  ['release', '\x1b[3;1:3~'],
  ['modifier', '\x1b[57442;5u'],
  ['modifier', '\x1b[57454;1:3u'],
  ['modifier', '\x1b[57358;65u'],
  ['modifier', '\x1b[57360;129:3u'],
  ['mouse', '\x1b[M\x02\x1b\xff'],
  ['mouse', '\x1b[<64;100;20M'],
  ['mouse', '\x1b[<0;100;20m'],
  ['mouse', '\x1b[32;100;20M'],
  ['mouse', '\x1b[1;2;3;4&w'],
  ['focus', '\x1b[I'],
  ['focus', '\x1b[O'],
  ['paste', '\x1b[200~'],
  ['reply', '\x1b[?62;1;6c'],
  ['reply', '\x1b[>0;276;0c'],
  ['reply', '\x1b[24;80R'],
  ['reply', '\x1b[1;80R'],
  ['reply', '\x1b[0n'],
  ['reply', '\x1b[?31u'],
  ['reply', '\x1b[?25;1$y'],
  ['reply', '\x1b[4;2$y'],
  ['reply', '\x1b[8;24;80t'],
  ['reply', '\x1b[2;1;1;112;112;1;0x'],
  ['reply', '\x1b]10;rgb:ffff/ffff/ffff\x1b\\'],
  ['reply', '\x1b]10;rgb:ffff/ffff/ffff\x07'],
  ['reply', '\x1b]ltitle \xc3\xa4\x1b\\'],
  ['reply', '\x1bP>|xterm(390)\x1b\\'],
  ['reply', '\x1bP!|00000000\x1b\\'],
  ['reply', '\x1bP0$r\x1b\\'],
  ['reply', '\x1b_Gi=31;OK\x1b\\'],
];

describe('a token', () => {
  test.each([...KEYS.map(text => ['key', text] as const), ...OTHERS])('%s %j', (kind, text) => {
    // Whatever follows, even what begins like it.
    for (const after of ['', 'x', text, '\x1b', '\x02']) {
      expect(readToken(bytesOf(`?${text}${after}`), 1, newToken())).toMatchObject({
        kind,
        end: text.length + 1,
        isWhole: true,
      });
    }
    for (let length = 1; length < text.length; length++) {
      const { isWhole, kind: begun, end } = readToken(bytesOf(text.slice(0, length)), 0, newToken());
      expect(isWhole, JSON.stringify(text.slice(0, length))).toBe(false);
      expect(['key', kind]).toContain(begun);
      expect(end).toBe(length);
    }
  });

  test.each([
    ['\x1b\x1b[A', 1],
    ['\x1b[\x02', 2],
    ['\x1b[1;\x02', 4],
    ['\x1b[1;\x1b[A', 4],
    ['\x1bO\x02', 2],
    ['\x1b]x', 2],
    ['\x1bPx', 2],
    ['\x1b]1\x02', 3],
    ['\x1b]11;\x1b[A', 5],
    ['\x1b[[\x02', 3],
    [`\x1b[${'1'.repeat(200)}u`, 203],
  ])('%j is broken off or no sequence after all: a key', (text, end) => {
    expect(readToken(bytesOf(text), 0, newToken())).toMatchObject({ kind: 'key', end, isWhole: true });
  });

  test('what it says of a key', () => {
    const keyOf = (text: string) => ({ ...readToken(bytesOf(text), 0, newToken()).key });
    const none = { code: 0, shifted: 0, base: 0, modifiers: 0, event: 1, text: 0 };
    expect(keyOf('\x1b[98u')).toEqual({ ...none, code: 98 });
    expect(keyOf('\x1b[1080:1048:98;70:3;1048u')).toEqual({
      code: 1080,
      shifted: 1048,
      base: 98,
      modifiers: 69,
      event: 3,
      text: 1048,
    });
    expect(keyOf('\x1b[98::98;5u')).toEqual({ ...none, code: 98, base: 98, modifiers: 4 });
    expect(keyOf('\x1b[102;;102:105u')).toEqual({ ...none, code: 102 });
    expect(keyOf('\x1b[27;5;98~')).toEqual({ ...none, code: 98, modifiers: 4 });
    expect(keyOf('\x1b[3;5~')).toEqual({ ...none, modifiers: 4 });
    expect(keyOf(`\x1b[${'9'.repeat(60)}u`).code).toBeLessThan(2 ** 31);
    expect(keyOf('\x1b[1;2;3;4;5;6;7;8;9;10:1:2:3:4:5u').code).toBe(1);
  });

  test('of any bytes ends after it began, and inside them', () => {
    const byte = fc.oneof(fc.constantFrom(...bytesOf('\x1b[]PO_M<?;:019uR\\\x07')), fc.integer({ min: 0, max: 255 }));
    fc.assert(
      fc.property(fc.array(byte, { minLength: 1 }), values => {
        const bytes = Uint8Array.from(values);
        const token = newToken();
        let at = 0;
        while (at < bytes.length) {
          const { end, isWhole } = readToken(bytes, at, token);
          expect(end).toBeGreaterThan(at);
          expect(end).toBeLessThanOrEqual(bytes.length);
          if (!isWhole) expect(end).toBe(bytes.length);
          at = end;
        }
      }),
    );
  });
});

describe('the marks of a paste', () => {
  test('the end is found wherever it is cut', () => {
    const text = 'a\x1b[201\x1b[20\x1b\x1b[201~b';
    const end = text.length - 1;
    for (let cut = 0; cut < end; cut++) {
      const mark = pasteEnd();
      expect(mark.find(bytesOf(text.slice(0, cut)), 0)).toBe(-1);
      expect(mark.find(bytesOf(text.slice(cut)), 0)).toBe(end - cut);
    }
  });

  test('a beginning goes on only at once', () => {
    const mark = pasteStart();
    expect(mark.resume(bytesOf('[200~'))).toBe(-1);
    mark.begin(bytesOf('\x1b'));
    expect(mark.resume(bytesOf('[2'))).toBe(-1);
    expect(mark.resume(bytesOf('00~x'))).toBe(3);
    mark.begin(bytesOf('\x1b['));
    expect(mark.resume(bytesOf('x'))).toBe(-1);
    expect(mark.resume(bytesOf('200~'))).toBe(-1);
    mark.begin(bytesOf('\x1bO'));
    expect(mark.resume(bytesOf('[200~'))).toBe(-1);
  });
});
