import { expect, test } from 'vitest';
import { startOrder, stopLevels } from '../../src/core/order.ts';
import { makeSpec } from '../support/spec.ts';

const names = (specs: readonly { fullname: string }[]): string[] => specs.map(({ fullname }) => fullname);

const specs = [
  makeSpec({ name: 'zeta', priority: 1, groupPriority: 1 }),
  makeSpec({ name: 'beta' }),
  makeSpec({ name: 'alpha' }),
  makeSpec({ name: 'late', priority: 1000, groupPriority: 1000 }),
  makeSpec({ name: 'in_group', priority: 5000, groupPriority: 10 }),
];

test('starts by priority, the group before the program, then by name', () => {
  expect(names(startOrder(specs))).toEqual(['zeta', 'in_group', 'alpha', 'beta', 'late']);
});

test('numbers count as numbers: 2 before 10', () => {
  const many = [10, 2, 1].map(num => makeSpec({ name: `w_${num}`, program: 'w', num }));
  expect(names(startOrder(many))).toEqual(['w_1', 'w_2', 'w_10']);
});

test('stops in the reverse order, a level of priority at a time', () => {
  expect(stopLevels(specs).map(names)).toEqual([['late'], ['beta', 'alpha'], ['in_group'], ['zeta']]);
});
