import { expect, test } from 'vitest';
import { Journal } from '../../src/daemon/journal.ts';
import { FakeClock } from '../support/fake-clock.ts';

test('numbers what happens, and remembers a bounded lot of it', () => {
  const journal = new Journal(new FakeClock());
  for (let pid = 1; pid <= 5000; pid++) journal.publish({ type: 'daemon.started', pid });
  expect(journal.lastId).toBe(5000);
  expect(journal.since(4998, 10)).toMatchObject({ missed: 0, happenings: [{ id: 4999, pid: 4999 }, { id: 5000 }] });
  const { missed, happenings } = journal.since(0, 5000);
  expect(missed + happenings.length).toBe(5000);
  expect(happenings.length).toBeGreaterThanOrEqual(1000);
  expect(happenings.length).toBeLessThanOrEqual(2000);
  expect(happenings[0]?.id).toBe(missed + 1);
  expect(journal.since(4000, 3).happenings.map(({ id }) => id)).toEqual([4001, 4002, 4003]);
  expect(journal.since(5000, 3)).toEqual({ missed: 0, happenings: [] });
  expect(journal.since(9999, 3)).toEqual({ missed: 0, happenings: [] });
});

test('nothing yet is nothing missed', () => {
  expect(new Journal(new FakeClock()).since(0, 10)).toEqual({ missed: 0, happenings: [] });
});
