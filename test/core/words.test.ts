import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { isShellOperator, joinWords, splitWords } from '../../src/core/words.ts';

function wordsOf(line: string): string[] {
  const split = splitWords(line);
  if (!split.ok) throw new Error(split.problem);
  return split.words.map(word => word.text);
}

describe('splitWords', () => {
  test.each<[line: string, words: string[]]>([
    ['', []],
    ['  \t\n ', []],
    ['nginx', ['nginx']],
    [' nginx  -c\t/etc/nginx.conf\n', ['nginx', '-c', '/etc/nginx.conf']],
    ["nginx -g 'daemon off;'", ['nginx', '-g', 'daemon off;']],
    ['nginx -g "daemon off;"', ['nginx', '-g', 'daemon off;']],
    ["a'b c'd", ['ab cd']],
    ['a"b c"\'d e\'f', ['ab cd ef']],
    ['\'\' "" x', ['', '', 'x']],
    ["x''", ['x']],
    ['a\\ b \\"c\\" \\\\', ['a b', '"c"', '\\']],
    ['a\\\nb', ['ab']],
    ['a \\\n b', ['a', 'b']],
    ['\\\n', []],
    ["'a\\b' 'a\\'", ['a\\b', 'a\\']],
    ['"\\$ \\` \\" \\\\"', ['$ ` " \\']],
    ['"\\a \\n"', ['\\a \\n']],
    ['"a\\\nb"', ['ab']],
    ['"it\'s" \'say "hi"\'', ["it's", 'say "hi"']],
    ['$HOME ~ *.c a#b # c', ['$HOME', '~', '*.c', 'a#b', '#', 'c']],
    ['${NAME:-x} $(date) `date`', ['${NAME:-x}', '$(date)', '`date`']],
    ['a|b a;b', ['a|b', 'a;b']],
    ['é "ü 漢"', ['é', 'ü 漢']],
  ])('%j', (line, words) => {
    expect(wordsOf(line)).toEqual(words);
  });

  test.each<[line: string, offset: number, problem: string]>([
    ["a 'b", 2, 'this single quote is never closed'],
    ['a "b', 2, 'this double quote is never closed'],
    ['a "b\\"', 2, 'this double quote is never closed'],
    ["it's", 2, 'this single quote is never closed'],
    ['a\\', 1, 'the backslash at the end quotes nothing'],
  ])('%j is wrong at %i', (line, offset, problem) => {
    expect(splitWords(line)).toEqual({ ok: false, offset, problem });
  });

  test('remembers where each character stood', () => {
    expect(splitWords('a \'b\'"\\"c"')).toEqual({
      ok: true,
      words: [
        { text: 'a', origins: [0], start: 0, quoted: false },
        { text: 'b"c', origins: [3, 7, 8], start: 2, quoted: true },
      ],
    });
  });

  test('gives back the words that were quoted and joined', () => {
    fc.assert(
      fc.property(fc.array(fc.string({ unit: 'binary' })), words => {
        expect(wordsOf(joinWords(words))).toEqual(words);
      }),
    );
  });

  test('gives back words quoted in any style', () => {
    const quote = fc.constantFrom(
      (word: string) => `'${word.replaceAll("'", "'\\''")}'`,
      (word: string) => `"${word.replace(/[$`"\\]/g, '\\$&')}"`,
      // A quoted newline is no line continuation, which only quotes can say.
      (word: string) => word.replace(/\n|[^\n]/gu, char => (char === '\n' ? '"\n"' : `\\${char}`)) || '""',
    );
    fc.assert(
      fc.property(fc.array(fc.tuple(fc.string(), quote)), pairs => {
        const line = pairs.map(([word, how]) => how(word)).join('\t ');
        expect(wordsOf(line)).toEqual(pairs.map(([word]) => word));
      }),
    );
  });
});

describe('isShellOperator', () => {
  function operators(line: string): string[] {
    const split = splitWords(line);
    return split.ok ? split.words.filter(isShellOperator).map(word => word.text) : [];
  }

  test.each([
    '|',
    '||',
    '&&',
    '&',
    ';',
    '>',
    '>>',
    '<',
    '2>',
    '2>&1',
    '>&2',
    '&>',
    '`date`',
    '$(date)',
  ])('%s is one', operator => {
    expect(operators(`a ${operator} b`)).toEqual([operator]);
  });

  test.each([
    "'|'",
    '"&&"',
    '\\;',
    '#',
    '*',
    '--a=b&c',
    'a|b',
    '<b>',
    '>=3',
    '${x}',
    '-',
    "'$(date)'",
  ])('%s is none', word => {
    expect(operators(`a ${word} b`)).toEqual([]);
  });
});
