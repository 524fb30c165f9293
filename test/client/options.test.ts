/** The plain reading of options must be commander's, wherever it does not leave the reading to commander. */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { readOptions } from '../../src/client/cli.ts';
import { VERBS } from '../../src/client/commands/table.ts';
import { GLOBAL_OPTIONS, type Grammar, longOf, readPlainOptions, shortOf } from '../../src/client/options.ts';

const FLAGS = [
  ...VERBS.flatMap(verb => verb.options),
  ...GLOBAL_OPTIONS.filter(({ flags }) => !flags.startsWith('-c')),
];
const flags = [...new Set(FLAGS.map(option => option.flags))];

const word = fc.oneof(
  fc.constantFrom(
    'web',
    '',
    'a b',
    '5',
    '-5',
    '-',
    '--',
    '--nope',
    '-x',
    '-fn',
    '-n5',
    '--lines=5',
    '--no-json',
    '--col',
  ),
  fc.constantFrom(...flags.flatMap(flag => [longOf(flag), shortOf(flag) ?? longOf(flag)])),
);

test('the plain reading is the same as commander’s', () => {
  let plain = 0;
  fc.assert(
    fc.property(fc.array(word, { maxLength: 6 }), fc.boolean(), (words, passThrough) => {
      const grammar: Grammar = { name: 'x', flags, passThrough };
      const read = readPlainOptions(words, grammar);
      if (read === undefined) return;
      plain++;
      expect(read).toEqual(readOptions(words, grammar));
    }),
    { numRuns: 3000 },
  );
  expect(plain).toBeGreaterThan(300);
});

test('what is written in another way is left to commander', () => {
  const grammar: Grammar = { name: 'x', flags, passThrough: false };
  for (const words of [['-fn', '5'], ['--lines=5'], ['--', 'x'], ['--nope'], ['-n'], ['-n', '-5'], ['-']]) {
    expect(readPlainOptions(words, grammar)).toBeUndefined();
  }
});
