import { describe, expect, test } from 'vitest';
import { select } from '../../src/core/selector.ts';

const named = (program: string, name: string, group = program) => ({
  program,
  name,
  group,
  fullname: group === name ? name : `${group}:${name}`,
});

const all = [named('web', 'web_00'), named('web', 'web_01'), named('db', 'db'), named('api', 'api', 'backend')];

describe('select', () => {
  test.each([
    ['db', ['db']],
    ['db:db', ['db']],
    ['web', ['web:web_00', 'web:web_01']],
    ['web:web_01', ['web:web_01']],
    ['web_01', ['web:web_01']],
    ['web:*', ['web:web_00', 'web:web_01']],
    ['web:', ['web:web_00', 'web:web_01']],
    ['w*', ['web:web_00', 'web:web_01']],
    ['*:*_00', ['web:web_00']],
    ['backend:*', ['backend:api']],
    ['api', ['backend:api']],
    ['all', ['web:web_00', 'web:web_01', 'db', 'backend:api']],
    ['*', ['web:web_00', 'web:web_01', 'db', 'backend:api']],
  ])('%s', (selector, expected) => {
    const { selected, unknown } = select(all, [selector]);
    expect(selected.map(({ fullname }) => fullname)).toEqual(expected);
    expect(unknown).toEqual([]);
  });

  test('each process once, in the order of all; what matched nothing is named', () => {
    const { selected, unknown } = select(all, ['db', 'web', 'db', 'nosuch', 'web:web_07', 'x*']);
    expect(selected.map(({ fullname }) => fullname)).toEqual(['web:web_00', 'web:web_01', 'db']);
    expect(unknown).toEqual(['nosuch', 'web:web_07', 'x*']);
  });

  test('all of nothing is nothing, and no error', () => {
    expect(select([], ['all'])).toEqual({ selected: [], unknown: [] });
  });
});
