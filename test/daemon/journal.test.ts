import { expect, test } from 'vitest';
import { Journal } from '../../src/daemon/journal.ts';
import { FakeClock } from '../support/fake-clock.ts';

function filled(count: number, clock = new FakeClock()): { readonly journal: Journal; readonly base: number } {
  const journal = new Journal(clock);
  const base = journal.lastId;
  for (let pid = 1; pid <= count; pid++) journal.publish({ type: 'daemon.started', pid });
  return { journal, base };
}

test('numbers what happens, and remembers a bounded lot of it', () => {
  const { journal, base } = filled(5000);
  expect(journal.lastId).toBe(base + 5000);
  expect(journal.since(base + 4998, 10)).toMatchObject({
    missed: 0,
    happenings: [{ id: base + 4999, pid: 4999 }, { id: base + 5000 }],
  });
  const { missed, happenings } = journal.since(0, 5000);
  expect(missed + happenings.length).toBe(5000);
  expect(happenings.length).toBeGreaterThanOrEqual(1000);
  expect(happenings.length).toBeLessThan(2000);
  expect(happenings[0]?.id).toBe(base + missed + 1);
  expect(journal.since(base + 4000, 3).happenings.map(({ id }) => id - base)).toEqual([4001, 4002, 4003]);
  expect(journal.since(base + 5000, 3)).toEqual({ missed: 0, happenings: [] });
  expect(journal.since(base + 9999, 3)).toEqual({ missed: 0, happenings: [] });
});

test('nothing yet is nothing missed', () => {
  expect(new Journal(new FakeClock()).since(0, 10)).toEqual({ missed: 0, happenings: [] });
});

test('the numbers of the next life of the daemon go on above those of this one', () => {
  const clock = new FakeClock();
  const { journal } = filled(900, clock);
  clock.advance(1000);
  expect(filled(0, clock).base).toBeGreaterThan(journal.lastId);
});

test('a number of a former life means all of this one, of which nothing was missed', () => {
  const { journal, base } = filled(3);
  const { missed, happenings } = journal.since(base - 500, 10);
  expect([missed, happenings.length]).toEqual([0, 3]);
});

test('finds what happened from a moment on', () => {
  const clock = new FakeClock();
  const { journal, base } = filled(3, clock);
  clock.advance(1000);
  const later = clock.wall();
  journal.publish({ type: 'daemon.started', pid: 4 });
  expect(journal.before(later)).toBe(base + 3);
  expect(journal.before(later + 1)).toBe(base + 4);
  expect(journal.before(0)).toBe(base);
});

test('a moment of which it knows no more is before all of this life, so that what was missed is told', () => {
  const clock = new FakeClock();
  const { journal } = filled(5000, clock);
  expect(journal.since(journal.before(clock.wall()), 1).missed).toBeGreaterThan(0);
});
