import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { expand } from '../../src/config/expand.ts';

const VALUES: Readonly<Record<string, string>> = { A: 'one', SPACED: 'two words', EMPTY: '', BRACE: '${A}' };
const lookup = (name: string): string | undefined => (Object.hasOwn(VALUES, name) ? VALUES[name] : undefined);

describe('expand', () => {
  test.each([
    ['', ''],
    ['plain', 'plain'],
    ['${A}', 'one'],
    ['x${A}y${SPACED}z', 'xoneytwo wordsz'],
    ['${EMPTY}', ''],
    ['${A:-two}', 'one'],
    ['${NONE:-two}', 'two'],
    ['${EMPTY:-two}', 'two'],
    ['${NONE:-}', ''],
    ['${NONE:-a b:-c}', 'a b:-c'],
    ['${NONE:-${A}}', 'one'],
    ['${NONE:-<${NONE:-${A}}>}!', '<one>!'],
    ['${A:-${NONE}}', 'one'],
    ['$', '$'],
    ['$A $1 a$', '$A $1 a$'],
    ['$$', '$'],
    ['$${A}', '${A}'],
    ['$$$${A}', '$${A}'],
    ['$$${A}', '$one'],
    ['{}', '{}'],
    ['}', '}'],
    ['${BRACE}', '${A}'],
  ])('%j is %j', (text, expected) => {
    expect(expand(text, lookup)).toEqual({ text: expected, problems: [] });
  });

  test.each([
    ['a ${NONE} b', 2, 'unset', 'NONE'],
    ['${NONE:-${GONE}}', 8, 'unset', 'GONE'],
    ['ab${A', 2, 'unterminated', 'A'],
    ['${', 0, 'unterminated', ''],
    ['${NONE:-x', 0, 'unterminated', 'NONE'],
    ['${NONE:-${A}', 0, 'unterminated', 'NONE'],
    ['${}', 0, 'bad name', ''],
    ['${A-x}', 0, 'bad name', 'A-x'],
    ['${1}', 0, 'bad name', '1'],
    ['${A B}', 0, 'bad name', 'A B'],
  ])('%j has a problem at %i: %s', (text, offset, kind, name) => {
    expect(expand(text, lookup).problems).toEqual([{ offset, kind, name }]);
  });

  test('reports every problem of a text', () => {
    expect(expand('${X} ${A} ${Y}', lookup).problems.map(problem => problem.name)).toEqual(['X', 'Y']);
  });

  test('does not follow defaults without end', () => {
    const text = '${N:-'.repeat(100_000) + '}'.repeat(100_000);
    expect(expand(text, lookup).problems.map(problem => problem.kind)).toContain('unterminated');
    const deep = '${N:-'.repeat(50) + '}'.repeat(50);
    expect(expand(deep, lookup).problems.map(problem => problem.kind)).not.toEqual([]);
  });

  test('leaves a text without ${ and $$ alone', () => {
    const dull = fc.string().filter(text => !text.includes('${') && !text.includes('$$'));
    fc.assert(
      fc.property(dull, text => {
        expect(expand(text, lookup)).toEqual({ text, problems: [] });
      }),
    );
  });

  test('gives any text back when its dollars are doubled', () => {
    fc.assert(
      fc.property(fc.string(), text => {
        expect(expand(text.replaceAll('$', '$$$$'), lookup).text).toBe(text);
      }),
    );
  });
});
