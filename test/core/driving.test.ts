import { expect, test } from 'vitest';
import { driverOf } from '../../src/core/driving.ts';

test('who did something last drives; a watcher never', () => {
  const viewers = [
    { name: 'first', readOnly: false, deed: 1 },
    { name: 'typed', readOnly: false, deed: 4 },
    { name: 'watcher', readOnly: true, deed: 9 },
    { name: 'idle', readOnly: false, deed: 2 },
  ];
  expect(driverOf(viewers)?.name).toBe('typed');
  expect(driverOf(viewers.filter(({ name }) => name !== 'typed'))?.name).toBe('idle');
  expect(driverOf(viewers.filter(({ readOnly }) => readOnly))).toBeUndefined();
});
