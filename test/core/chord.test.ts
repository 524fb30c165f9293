/** Docker's notation for the keys that detach. */
import { expect, test } from 'vitest';
import { DEFAULT_DETACH_KEYS, describeChord, parseChord } from '../../src/core/chord.ts';

test.each([
  { text: DEFAULT_DETACH_KEYS, keys: [2, 100], shown: 'Ctrl-B d' },
  { text: 'ctrl-p,ctrl-q', keys: [16, 17], shown: 'Ctrl-P Ctrl-Q' },
  { text: 'ctrl-\\', keys: [28], shown: 'Ctrl-\\' },
  {
    text: 'ctrl-@,ctrl-[,ctrl-],ctrl-^,ctrl-_',
    keys: [0, 27, 29, 30, 31],
    shown: 'Ctrl-Space Ctrl-[ Ctrl-] Ctrl-^ Ctrl-_',
  },
  { text: 'ctrl-space,ctrl-q', keys: [0, 17], shown: 'Ctrl-Space Ctrl-Q' },
  { text: 'ctrl- ,x', keys: undefined, shown: '' },
  { text: 'Ctrl-B,D', keys: [2, 68], shown: 'Ctrl-B D' },
  { text: 'ctrl-b, d', keys: [2, 100], shown: 'Ctrl-B d' },
  { text: 'ctrl-b, ', keys: [2, 32], shown: 'Ctrl-B Space' },
  { text: 'ctrl-b,space', keys: [2, 32], shown: 'Ctrl-B Space' },
  { text: 'DEL,ctrl-?', keys: [127, 127], shown: 'Ctrl-? Ctrl-?' },
  { text: 'a,a,b', keys: [97, 97, 98], shown: 'a a b' },
  { text: '\x02,d', keys: [2, 100], shown: 'Ctrl-B d' },
  { text: 'ctrl-M,ctrl-I', keys: [13, 9], shown: 'Ctrl-M Ctrl-I' },
  { text: '1,2,3,4,5,6,7,8', keys: [49, 50, 51, 52, 53, 54, 55, 56], shown: '1 2 3 4 5 6 7 8' },
])('$text', ({ text, keys, shown }) => {
  const parsed = parseChord(text);
  if ('problem' in parsed) {
    expect(keys).toBeUndefined();
    return;
  }
  expect(parsed.chord.keys).toEqual(keys);
  expect(describeChord(parsed.chord)).toBe(shown);
});

test('what cannot be one says why and what can', () => {
  const problems = [
    '',
    ',',
    'ctrl-b,',
    'ctrl-b,,d',
    'ctrl-bd',
    'bd',
    '^b',
    'C-b',
    'ctrl+b',
    'ctrl-1',
    'alt-b',
    'é',
    '1,2,3,4,5,6,7,8,9',
  ]
    .map(text => parseChord(text))
    .map(parsed => ('problem' in parsed ? parsed.problem : 'none'));
  expect(problems).toMatchInlineSnapshot(`
    [
      "no key is given: a key is one ASCII character, or ctrl- and one of a-z @ [ \\ ] ^ _ ? or space, as in ctrl-b,d",
      "a key is missing beside a comma, and a comma itself cannot be one: a key is one ASCII character, or ctrl- and one of a-z @ [ \\ ] ^ _ ? or space, as in ctrl-b,d",
      "a key is missing beside a comma, and a comma itself cannot be one: a key is one ASCII character, or ctrl- and one of a-z @ [ \\ ] ^ _ ? or space, as in ctrl-b,d",
      "a key is missing beside a comma, and a comma itself cannot be one: a key is one ASCII character, or ctrl- and one of a-z @ [ \\ ] ^ _ ? or space, as in ctrl-b,d",
      "'ctrl-bd' is no key: a key is one ASCII character, or ctrl- and one of a-z @ [ \\ ] ^ _ ? or space, as in ctrl-b,d",
      "'bd' is no key: a key is one ASCII character, or ctrl- and one of a-z @ [ \\ ] ^ _ ? or space, as in ctrl-b,d",
      "'^b' is no key: write ctrl-b",
      "'C-b' is no key: write ctrl-b",
      "'ctrl+b' is no key: write ctrl-b",
      "'ctrl-1' is no key: a key is one ASCII character, or ctrl- and one of a-z @ [ \\ ] ^ _ ? or space, as in ctrl-b,d",
      "'alt-b' is no key: a key is one ASCII character, or ctrl- and one of a-z @ [ \\ ] ^ _ ? or space, as in ctrl-b,d",
      "'é' is no key: a key is one ASCII character, or ctrl- and one of a-z @ [ \\ ] ^ _ ? or space, as in ctrl-b,d",
      "9 keys are too many: at most 8",
    ]
  `);
});
