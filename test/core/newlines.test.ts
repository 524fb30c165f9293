import fc from 'fast-check';
import { expect, test } from 'vitest';
import { NewlineDecoder } from '../../src/core/newlines.ts';

const decode = (chunks: readonly string[]): string => {
  const decoder = new NewlineDecoder();
  const parts = [...chunks.map(chunk => decoder.decode(Buffer.from(chunk, 'latin1'))), decoder.end()];
  return Buffer.concat(parts).toString('latin1');
};

test.each([
  [['a\r\nb\r\n'], 'a\nb\n'],
  [['a\r', '\nb'], 'a\nb'],
  [['a\rb\r\r\n'], 'a\rb\r\n'],
  [['a\r'], 'a\r'],
  [['\n\r', '', '\n'], '\n\n'],
])('%j', (chunks, expected) => {
  expect(decode(chunks)).toBe(expected);
});

test('how it is cut into chunks does not matter', () => {
  const chunk = fc.string({ unit: fc.constantFrom('a', '\r', '\n') });
  fc.assert(fc.property(fc.array(chunk), chunks => decode(chunks) === chunks.join('').replaceAll('\r\n', '\n')));
});
