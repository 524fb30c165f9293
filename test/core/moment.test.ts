import { expect, test } from 'vitest';
import { parseBeginning } from '../../src/core/moment.ts';

const NOW = new Date(2026, 10, 21, 14, 30, 15, 500).getTime();
const local = (...parts: [number, number, number, number?, number?, number?, number?]): number =>
  new Date(...parts).getTime();

test.each([
  ['0', { kind: 'number', number: 0 }],
  ['1763706026123', { kind: 'number', number: 1763706026123 }],
])('%s is the number of an event', (text, beginning) => {
  expect(parseBeginning(text, NOW)).toEqual(beginning);
});

test.each([
  ['500ms', NOW - 500],
  ['90s', NOW - 90_000],
  ['10m', NOW - 600_000],
  ['1.5h', NOW - 5_400_000],
  ['2d', NOW - 172_800_000],
  ['14:30', local(2026, 10, 21, 14, 30)],
  ['9:05:07', local(2026, 10, 21, 9, 5, 7)],
  ['14:31', local(2026, 10, 20, 14, 31)],
  ['2026-11-20', local(2026, 10, 20)],
  ['2026-11-20 10:11', local(2026, 10, 20, 10, 11)],
  ['2026-11-20T10:11:12', local(2026, 10, 20, 10, 11, 12)],
  ['2026-11-20T10:11:12.345Z', Date.UTC(2026, 10, 20, 10, 11, 12, 345)],
  ['2026-11-20T10:11+02:00', Date.UTC(2026, 10, 20, 8, 11)],
])('%s is a moment', (text, at) => {
  expect(parseBeginning(text, NOW)).toEqual({ kind: 'moment', at });
});

test.each([
  '',
  '-1',
  '1.5',
  '10 m',
  '10x',
  '25:00',
  '12:60',
  '12:30:60',
  'yesterday',
  '2026-13-01',
  '2026-11-20T25:00Z',
  '9'.repeat(16),
  '2026-11-20T10',
  '١٠m',
])('%j is none', text => {
  expect(parseBeginning(text, NOW)).toBeUndefined();
});
