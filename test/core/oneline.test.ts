import { expect, test } from 'vitest';
import { oneLine } from '../../src/core/oneline.ts';

test.each([
  ['plain', 20, 'plain'],
  ['  two\r\n lines\t', 20, 'two lines'],
  ['\u001b[31mred\u009b0m', 20, '[31mred 0m'],
  ['a\u202egnp.exe', 20, 'a gnp.exe'],
  ['a\u2028b\u0000c', 20, 'a b c'],
  ['0123456789', 10, '0123456789'],
  ['0123456789x', 10, '012345678…'],
  ['😀😀😀😀', 3, '😀😀…'],
  ['', 3, ''],
])('%j in %i', (text, most, line) => {
  expect(oneLine(text, most)).toBe(line);
});

test('looks at no more of a long text than it needs', () => {
  expect(oneLine(`${' '.repeat(10_000_000)}end`, 10)).toBe('');
  expect(oneLine('x'.repeat(10_000_000), 10)).toBe('xxxxxxxxx…');
});
