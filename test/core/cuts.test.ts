import { expect, test } from 'vitest';
import { Cuts } from '../../src/core/cuts.ts';

test('what is left of a stretch, whatever it cuts through', () => {
  const cuts = new Cuts();
  cuts.add({ start: 10, end: 13 });
  cuts.add({ start: 13, end: 15 });
  cuts.add({ start: 20, end: 24 });
  const left = (from: number, to: number): number[][] => [...cuts.left(from, to)].map(({ start, end }) => [start, end]);
  expect(left(0, 30)).toEqual([[0, 10], [15, 20], [24, 30]]); // biome-ignore format: one line says it
  expect(left(11, 22)).toEqual([[15, 20]]);
  expect(left(10, 15)).toEqual([]);
  expect(left(12, 12)).toEqual([]);
  expect(left(14, 16)).toEqual([[15, 16]]);
  cuts.forget(14);
  expect(left(0, 30)).toEqual([[0, 13], [15, 20], [24, 30]]); // biome-ignore format: one line says it
  cuts.forget(24);
  expect(left(0, 30)).toEqual([[0, 30]]);
});
