import { describe, expect, test } from 'vitest';
import { glob, matches } from '../../src/config/glob.ts';
import { memoryReader } from './memory.ts';

describe('matches', () => {
  test.each([
    ['*.yaml', 'a.yaml', true],
    ['*.yaml', '.yaml', false],
    ['.*', '.hidden', true],
    ['*', '', true],
    ['?', 'a', true],
    ['?', '', false],
    ['a*b*c', 'a-b-b-c', true],
    ['a*b*c', 'a-b-b', false],
    ['[ab].x', 'b.x', true],
    ['[ab].x', 'c.x', false],
    ['[a-c0-9]', '7', true],
    ['[!a-c]', 'd', true],
    ['[^a-c]', 'b', false],
    ['[]a]', ']', true],
    ['[a', '[a', true],
    ['a.b', 'axb', false],
    ['**', 'x', true],
    ['(a|b)+', 'a', false],
  ])('%s of %j: %s', (pattern, name, expected) => {
    expect(matches(pattern, name)).toBe(expected);
  });

  test('takes no exponential time', () => {
    expect(matches(`${'*a'.repeat(200)}b`, 'a'.repeat(5000))).toBe(false);
  });
});

test('glob walks the segments of a path', () => {
  const reader = memoryReader({ '/a/b1/x.yaml': '', '/a/b2/x.yaml': '', '/a/b2/y.yaml': '', '/a/c/x.yaml': '' });
  expect(glob('/a/b?/x.yaml', reader)).toEqual(['/a/b1/x.yaml', '/a/b2/x.yaml']);
  expect(glob('/*/*/y.yaml', reader)).toEqual(['/a/b2/y.yaml']);
  expect(glob('/a/c/x.yaml', reader)).toEqual(['/a/c/x.yaml']);
  expect(glob('/none/*', reader)).toEqual([]);
});
