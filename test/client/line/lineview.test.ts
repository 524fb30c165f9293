import { describe, expect, test } from 'vitest';
import { cropLine, layLine } from '../../../src/client/line/lineview.ts';

const line = (text: string, cursor = text.length): { text: string; cursor: number } => ({ text, cursor });

describe('a line on a terminal', () => {
  test.each([
    ['> ', line('abc'), 10, ['> abc'], [0, 5]],
    ['> ', line('abc', 1), 10, ['> abc'], [0, 3]],
    ['> ', line('abcdefgh'), 10, ['> abcdefgh', ''], [1, 0]],
    ['> ', line('abcdefghij', 8), 10, ['> abcdefgh', 'ij'], [1, 0]],
    ['> ', line('a日本日本'), 6, ['> a日', '本日本', ''], [2, 0]],
    ['> ', line('a日本日本', 2), 6, ['> a日', '本日本'], [1, 0]],
    ['> ', line('a\nb\x7f', 2), 20, ['> a^Jb^?'], [0, 5]],
    ['\x1b[31m>\x1b[0m ', line('x'), 10, ['\x1b[31m>\x1b[0m x'], [0, 3]],
    ['long> ', line('x'), 4, ['long', '> x'], [1, 3]],
    ['', line(''), 4, [''], [0, 0]],
    ['', line('\u0301'), 4, ['\ufffd'], [0, 1]],
  ])('%j %j in %i', (prompt, typed, width, rows, [row, column]) => {
    expect(layLine(prompt, typed, width)).toEqual({ rows, cursor: { row, column } });
  });

  test('in one row the part around the cursor is shown', () => {
    expect(cropLine(line('abc'), 10)).toEqual({ text: 'abc', column: 3 });
    expect(cropLine(line('abcdefghijk'), 5)).toEqual({ text: 'hijk', column: 4 });
    expect(cropLine(line('abcdefghijk', 0), 5)).toEqual({ text: 'abcde', column: 0 });
    expect(cropLine(line('日本日本'), 5)).toEqual({ text: '日本', column: 4 });
  });
});
