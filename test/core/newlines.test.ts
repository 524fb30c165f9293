import fc from 'fast-check';
import { expect, test } from 'vitest';
import { NewlineDecoder } from '../../src/core/newlines.ts';

const decode = (chunks: readonly string[]): string => {
  const decoder = new NewlineDecoder();
  const parts = [...chunks.map(chunk => decoder.decode(Buffer.from(chunk, 'latin1'))), decoder.end()];
  return Buffer.concat(parts).toString('latin1');
};

const LONG = 'x'.repeat(100);

test.each([
  [['a\r\nb\r\n'], 'a\nb\n'],
  [['a\r', '\nb'], 'a\nb'],
  [['a\rb\r\r\n'], 'a\rb\r\n'],
  [['a\r'], 'a\r'],
  [['\n\r', '', '\n'], '\n\n'],
  [[`${LONG}\r\n${LONG}\r`, `\r\n${LONG}`], `${LONG}\n${LONG}\r\n${LONG}`],
  [[`${LONG}\r${LONG}\r\n\r\n`], `${LONG}\r${LONG}\n\n`],
])('%j', (chunks, expected) => {
  expect(decode(chunks)).toBe(expected);
});

test('how it is cut into chunks does not matter', () => {
  const piece = fc.constantFrom('a', '\r', '\n', '\r\n', '\xff', 'x'.repeat(23), 'x'.repeat(24), 'x'.repeat(25), LONG);
  const chunk = fc.array(piece).map(pieces => pieces.join(''));
  fc.assert(fc.property(fc.array(chunk), chunks => decode(chunks) === chunks.join('').replaceAll('\r\n', '\n')));
});

test('where it writes may be larger than what comes, and hold anything', () => {
  const decoder = new NewlineDecoder();
  const out = new Uint8Array(200).fill(13);
  expect(decoder.decodeInto(out, Buffer.from(`${LONG}\r`))).toBe(100);
  expect(decoder.decodeInto(out, Buffer.from('b'))).toBe(2);
  expect([...out.subarray(0, 2)]).toEqual([13, 98]);
});
