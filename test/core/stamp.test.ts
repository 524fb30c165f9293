import fc from 'fast-check';
import { expect, test } from 'vitest';
import { stampOf } from '../../src/core/stamp.ts';

test.each([
  [0, '1970-01-01T00:00:00.000Z'],
  [Date.UTC(2026, 10, 21, 6, 5, 26, 7), '2026-11-21T06:05:26.007Z'],
  [Number.NaN, 'NaN'],
  [1e300, '1e+300'],
])('%d in UTC', (wall, expected) => {
  expect(stampOf(wall, 'utc')).toBe(expected);
});

test('the local time and its offset are that moment, and the digits are those of the place', () => {
  const moments = fc.integer({ min: 0, max: Date.UTC(2100, 0, 1) });
  fc.assert(
    fc.property(moments, wall => {
      const stamp = stampOf(wall, 'local');
      expect(stamp).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}[+-]\d\d:\d\d$/);
      const there = new Date(wall);
      expect([Date.parse(stamp), Number(stamp.slice(11, 13))]).toEqual([wall, there.getHours()]);
    }),
  );
});

test('what no calendar knows is its number, at the edges too', () => {
  for (const wall of [8.64e15, -8.64e15]) expect(() => stampOf(wall, 'local')).not.toThrow();
  expect(stampOf(8.64e15 + 1, 'local')).toBe('8640000000000001');
});
