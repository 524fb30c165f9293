import { describe, expect, test } from 'vitest';
import { matchesGlob } from '../../src/core/glob.ts';

describe('matchesGlob', () => {
  test.each([
    ['*', '', true],
    ['a*c', 'abbbc', true],
    ['a*c', 'abbb', false],
    ['?b', 'ab', true],
    ['?', '', false],
    ['[a-c]x', 'bx', true],
    ['[!a-c]x', 'bx', false],
    ['[!a-c]x', 'zx', true],
    ['[', '[', true],
    ['a[', 'a[', true],
    ['*a*b*', 'xxaxxbxx', true],
    ['.', 'a', false],
  ])('%s against %j: %s', (pattern, word, expected) => {
    expect(matchesGlob(pattern, word)).toBe(expected);
  });

  test('a pattern made to hurt does not: the work is bounded by pattern × text', () => {
    expect(matchesGlob(`${'*a'.repeat(2000)}b`, 'a'.repeat(5000))).toBe(false);
  });
});
