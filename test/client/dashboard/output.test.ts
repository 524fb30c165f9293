/** What a command prints, as lines of a page. */
import { expect, test } from 'vitest';
import { OutputLines } from '../../../src/client/dashboard/output.ts';

test('lines are cut wherever they come, colours stay, and what acts on a terminal goes', () => {
  const output = new OutputLines();
  expect(output.push('one\ntw')).toEqual(['one']);
  expect(output.push('o\x1b[31m red\x1b[0m\x1b[2J\x1b]0;title\x07\r\nopen')).toEqual(['two\x1b[31m red\x1b[0m']);
  expect(output.end()).toEqual(['open']);
  expect(output.push('\x1b[0m') && output.end()).toEqual([]);
});

test('tabs become blanks, and a line without end is cut', () => {
  const output = new OutputLines();
  expect(output.push('a\tb\n')).toEqual(['a       b']);
  expect(output.push(`${'x'.repeat(100_000)}\n`)[0]?.length).toBe(4096);
});
