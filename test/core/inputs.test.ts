/** What of a viewer's input is the user's, and what its terminal's. */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { InputReader, type InputToken } from '../../src/core/inputs.ts';
import type { Reply } from '../../src/core/replies.ts';

function bytesOf(text: string): Uint8Array {
  return Uint8Array.from(text, character => character.charCodeAt(0));
}

function textOf(bytes: Uint8Array): string {
  return Array.from(bytes, byte => String.fromCharCode(byte)).join('');
}

/** Tokens as `kind text`, neighbours of one kind together. */
function run(...reads: readonly string[]): string[] {
  const reader = new InputReader();
  return reads.flatMap(read => reader.feed(bytesOf(read)).map(show));
}

function show({ kind, bytes }: InputToken): string {
  return `${kind} ${textOf(bytes)}`;
}

test.each([
  ['abc', ['keys abc']],
  ['\x1b', ['keys \x1b']],
  ['\x1b[A\x1bOA\x1b[1;5A\x1b[15~\x1b[[A', ['keys \x1b[A\x1bOA\x1b[1;5A\x1b[15~\x1b[[A']],
  ['\x1b[98;5u\x1b[98;5:3u\x1b[57442;5u', ['keys \x1b[98;5u\x1b[98;5:3u\x1b[57442;5u']],
  ['é\x1bé', ['keys é\x1bé']],
  ['\x1b[200~a\x1b[0n\x02\x1b[201~b', ['paste \x1b[200~', 'paste a\x1b[0n\x02\x1b[201~', 'keys b']],
  ['a\x1b[<0;1;1Mb', ['keys a', 'mouse \x1b[<0;1;1M', 'keys b']],
  ['\x1b[M\x1b[0n', ['mouse \x1b[M\x1b[0', 'keys n']],
  ['\x1b[32;10;5M', ['mouse \x1b[32;10;5M']],
  ['\x1b[I\x1b[O', ['focus \x1b[I', 'focus \x1b[O']],
  ['\x1b[12;40R', ['reply \x1b[12;40R']],
  ['\x1b[1;17R', ['reply \x1b[1;17R']],
  ['\x1b[1;2R\x1b[1;16R\x1b[R', ['keys \x1b[1;2R\x1b[1;16R\x1b[R']],
  ['\x1b[1;1R', ['reply \x1b[1;1R']],
  ['\x1b]11;rgb:0/0/0\x07x', ['reply \x1b]11;rgb:0/0/0\x07', 'keys x']],
  ['\x1b]ls\r', ['keys \x1b]ls\r']],
  ['\x1bPaste', ['keys \x1bPaste']],
  ['\x1b_x\x1b^1\x1bX1', ['keys \x1b_x\x1b^1\x1bX1']],
  ['\x1b]11;rgb\x1b[A', ['keys \x1b]11;rgb\x1b[A']],
  ['\x1b[?1\rx', ['keys \x1b[?1\rx']],
])('%j', (input, tokens) => {
  expect(run(input)).toEqual(tokens);
});

test('an answer that comes in parts is one token, and a key that comes in parts is no less a key', () => {
  for (const answer of [
    '\x1b]11;rgb:0/0/0\x1b\\',
    '\x1b[?62;22c',
    '\x1b[>1;2;3c',
    '\x1bP>|xterm(390)\x1b\\',
    '\x1b[12;40R',
    '\x1b[0n',
    '\x1b[<0;1;1M',
  ]) {
    const kind = answer.endsWith('M') ? 'mouse' : 'reply';
    for (let cut = 3; cut < answer.length; cut++)
      expect(run(answer.slice(0, cut), answer.slice(cut))).toEqual([`${kind} ${answer}`]);
    // The introducer alone may be Alt-[ and so on; then what a client tore off it is typed.
    expect(run(answer.slice(0, 2), answer.slice(2)).join('').replaceAll('keys ', '')).toBe(answer);
  }
  expect(run('\x1b[1;5', 'A')).toEqual(['keys \x1b[1;5A']);
  expect(run('\x1b', '[A')).toEqual(['keys \x1b', 'keys [A']);
  expect(run('\x1b[', 'x')).toEqual(['keys \x1b[', 'keys x']);
});

test('a paste whose mark comes in parts is one', () => {
  for (let cut = 1; cut < 6; cut++) {
    const mark = '\x1b[200~';
    const tokens = run(mark.slice(0, cut), `${mark.slice(cut)}\x1b[0n`, '\x1b[20', '1~\x1b[0n');
    expect(tokens.slice(-3)).toEqual(['paste \x1b[20', 'paste 1~', 'reply \x1b[0n']);
    expect(tokens.slice(-4, -3)).toEqual(['paste \x1b[0n']);
  }
});

test('what is too long for an answer passes as keys, and ends', () => {
  const clipboard = 'A'.repeat(5000);
  const tokens = run(`\x1b]52;c;${clipboard.slice(0, 4000)}`, clipboard.slice(4000), 'BBBB\x1b[?1c', '\x1b[0n');
  expect(tokens).toEqual([`keys \x1b]52;c;${clipboard}`, 'keys BBBB', 'reply \x1b[?1c', 'reply \x1b[0n']);
});

test('a mouse report in UTF-8 is as long as it is', () => {
  const reader = new InputReader();
  reader.isUtf8Mouse = true;
  expect(
    reader
      .feed(bytesOf('\x1b[M \xc3\x80\xc4'))
      .concat(reader.feed(bytesOf('\x81a')))
      .map(show),
  ).toEqual(['mouse \x1b[M \xc3\x80\xc4\x81', 'keys a']);
});

test('Ctrl-S is told of, but not in a paste', () => {
  const stops = (text: string): boolean[] => new InputReader().feed(bytesOf(text)).map(({ hasStop }) => hasStop);
  expect(stops('a\x13b')).toEqual([true]);
  expect(stops('\x1b\x13')).toEqual([true]);
  expect(stops('\x1b[115;5u')).toEqual([false]);
  expect(stops('\x1b[200~\x13\x1b[201~q')).toEqual([false, false, false]);
});

test.each<[string, Partial<Reply>]>([
  ['\x1b[?62;22c', { type: 'da', function: '?c', params: [62, 22] }],
  ['\x1b[>1;390;0c', { type: 'da', function: '>c', params: [1, 390, 0] }],
  ['\x1bP!|00000000\x1b\\', { type: 'da', function: '!|', data: '00000000' }],
  ['\x1b[12;40R', { type: 'cpr', function: 'R', params: [12, 40] }],
  ['\x1b[?12;40;1R', { type: 'cpr', function: '?R', params: [12, 40, 1] }],
  ['\x1b[0n', { type: 'dsr', function: 'n', params: [0] }],
  ['\x1b[?13n', { type: 'dsr', function: '?n', params: [13] }],
  ['\x1b[?997;2n', { type: 'colour-scheme', params: [997, 2] }],
  ['\x1b[?0u', { type: 'kitty', params: [0] }],
  ['\x1b[?2026;2$y', { type: 'decrqm', function: '?$y', params: [2026, 2] }],
  ['\x1b[4;2$y', { type: 'decrqm', function: '$y', params: [4, 2] }],
  ['\x1b[8;40;120t', { type: 'window', params: [8, 40, 120] }],
  ['\x1b[48;40;120;800;1200t', { type: 'resize', params: [48, 40, 120, 800, 1200] }],
  ['\x1b]lvim\x1b\\', { type: 'window', params: [21], data: 'vim' }],
  ['\x1b]Lvim\x1b\\', { type: 'window', params: [20], data: 'vim' }],
  ['\x1b]11;rgb:0000/0000/0000\x1b\\', { type: 'osc', params: [11], data: 'rgb:0000/0000/0000' }],
  ['\x1b]4;7;rgb:ffff/ffff/ffff\x07', { type: 'osc', params: [4, 7], data: 'rgb:ffff/ffff/ffff' }],
  ['\x1b]52;c;QUJD\x07', { type: 'osc', params: [52], data: 'c;QUJD' }],
  ['\x1bP1$r0;1m\x1b\\', { type: 'decrqss', function: '$r', params: [1], data: '0;1m' }],
  ['\x1bP1+r544e=78\x1b\\', { type: 'xtgettcap', function: '+r', params: [1], data: '544e=78' }],
  ['\x1bP>|kitty(0.40.0)\x1b\\', { type: 'xtversion', function: '>|', data: 'kitty(0.40.0)' }],
  ['\x1b_Gi=1;OK\x1b\\', { type: 'apc', data: 'Gi=1;OK' }],
  ['\x1b[?1;0;256S', { type: 'other', function: '?S', params: [1, 0, 256] }],
])('%j answers', (answer, reply) => {
  const [token, ...others] = new InputReader().feed(bytesOf(answer));
  expect(others).toEqual([]);
  expect(token).toMatchObject({ kind: 'reply', reply });
});

test('nothing is lost or reordered, whatever comes and however it is cut', () => {
  const byte = fc.oneof(
    fc.constantFrom(...bytesOf('\x1b[]PO_?<>MmuRc~;:0125G\\\x07\x13\r')),
    fc.integer({ min: 0, max: 255 }),
  );
  const piece = fc.oneof(
    fc.array(byte, { maxLength: 12 }).map(bytes => textOf(Uint8Array.from(bytes))),
    fc.constantFrom('\x1b[200~', '\x1b[201~', '\x1b[M', '\x1b[<0;1;1M', '\x1b]11;rgb:\x1b\\', '\x1b[?1;2c', '\x1bP>|'),
  );
  fc.assert(
    fc.property(fc.array(piece), reads => {
      const reader = new InputReader();
      const all = reads.flatMap(read => reader.feed(bytesOf(read)));
      // Out of whatever it is in: a paste, an answer, a report.
      const rest = reader.feed(bytesOf('\r\r\r\x1b[201~\r\r\r'));
      expect([...all, ...rest].map(({ bytes }) => textOf(bytes)).join('')).toBe(
        `${reads.join('')}\r\r\r\x1b[201~\r\r\r`,
      );
      for (const { bytes } of [...all, ...rest]) expect(bytes.length).toBeGreaterThan(0);
    }),
    { numRuns: 2000 },
  );
});
