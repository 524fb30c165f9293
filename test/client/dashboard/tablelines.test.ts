import { describe, expect, test } from 'vitest';
import type { Model } from '../../../src/client/dashboard/model.ts';
import { lineOf, rowsOf, type TableLine } from '../../../src/client/dashboard/tablelines.ts';
import { rowOf } from './fixtures.ts';

const ROWS = [
  rowOf('db'),
  rowOf('web:web_00'),
  rowOf('mail', { info: { state: 'FATAL' } }),
  rowOf('web:web_01', { info: { state: 'BACKOFF' } }),
  rowOf('lone:one'),
];

const words = (line: TableLine): string =>
  line.kind === 'group'
    ? `${line.isCollapsed ? '+' : '-'}${line.name}/${line.rows.length}`
    : `${line.isMember ? '  ' : ''}${line.row.info.name}`;

function shown(parts: Partial<Pick<Model, 'collapsed' | 'filter'>> = {}): string[] {
  return rowsOf({ rows: ROWS, collapsed: new Set(), filter: '', ...parts }).map(words);
}

describe('lines of the table', () => {
  test('a group of several stands together under its heading, where its first process would', () => {
    expect(shown()).toEqual(['db', '-web/2', '  web:web_00', '  web:web_01', 'mail', 'lone:one']);
  });

  test('of a collapsed group there is the heading only; a group of one cannot collapse', () => {
    expect(shown({ collapsed: new Set(['web', 'lone', 'db']) })).toEqual(['db', '+web/2', 'mail', 'lone:one']);
  });

  test('a filter leaves headings of what it leaves, and opens what is collapsed', () => {
    expect(shown({ filter: '_01', collapsed: new Set(['web']) })).toEqual(['-web/1', '  web:web_01']);
    expect(shown({ filter: 'nobody' })).toEqual([]);
  });

  test('the line of what is selected is found, or none', () => {
    const lines = rowsOf({ rows: ROWS, collapsed: new Set(['web']), filter: '' });
    expect(lineOf(lines, { kind: 'group', name: 'web' })).toBe(1);
    expect(lineOf(lines, { kind: 'process', name: 'mail' })).toBe(2);
    expect(lineOf(lines, { kind: 'process', name: 'web:web_00' })).toBe(-1);
    expect(lineOf(lines, undefined)).toBe(-1);
  });
});
