/** Junk. */
import { Buffer } from 'node:buffer';
import { questionOf } from '../../../src/core/queries.ts';
import { SequenceScanner } from '../../../src/core/sequences.ts';
import type { Case } from '../case.ts';
import { type Below, CSI, ESC, made, pick, repeat, ST } from './made.ts';

/**
 * Junk asks questions, and stops in their midst, which is not what junk is for: they have a case of their own. What is left
 * is looked through again, as it may be one by now.
 */
function withoutQuestions(bytes: Uint8Array): Uint8Array {
  const kept: Uint8Array[] = [];
  let from = 0;
  new SequenceScanner().scan(bytes, 0, sequence => {
    if (questionOf(sequence) === undefined) return;
    kept.push(bytes.subarray(from, sequence.start));
    from = sequence.end;
  });
  return from === 0 ? bytes : withoutQuestions(Buffer.concat([...kept, bytes.subarray(from)]));
}

export function noiseCases(): Case[] {
  const junk = (below: Below, length: number): Uint8Array => Uint8Array.from({ length }, () => below(256));
  const parts = [
    ESC,
    ESC,
    CSI,
    CSI,
    `${CSI}?`,
    `${CSI}>`,
    `${ESC}]`,
    `${ESC}P`,
    `${ESC}_`,
    ST,
    '\x07',
    '0',
    '1',
    '2',
    '5',
    '7',
    '12',
    '25',
    '47',
    '1049',
    '2004',
    ';',
    ';',
    ':',
    'h',
    'l',
    'm',
    'm',
    'H',
    'J',
    'K',
    'r',
    's',
    'u',
    'A',
    'B',
    'C',
    'D',
    'L',
    'M',
    'P',
    'X',
    '@',
    'b',
    'S',
    'T',
    'd',
    'G',
    'n',
    'c',
    'g',
    'p',
    'q',
    't',
    ' ',
    '!',
    '"',
    '$',
    '(',
    ')',
    '*',
    '+',
    '#',
    '7',
    '8',
    '=',
    '>',
    '\r',
    '\n',
    '\t',
    '\b',
    '\x0e',
    '\x0f',
    '\x18',
    '\x7f',
    'x',
    'yz',
    '語',
    '😀',
    '\u0301',
    '\u009b',
    '\u0084',
    '\x00',
  ];
  const fuzz = [1, 2, 3, 4].map(n =>
    made(`fuzz-${n}`, 'parts of sequences in any order', below =>
      withoutQuestions(Buffer.from(repeat(9000, () => pick(below, parts)))),
    ),
  );
  return [
    made('junk', 'random bytes', below => withoutQuestions(junk(below, 60_000))),
    made('junk-seven', 'random bytes of seven bits', below =>
      withoutQuestions(junk(below, 60_000).map(byte => byte & 0x7f)),
    ),
    made('junk-utf8', 'half characters and too long ones', below =>
      Buffer.from(
        repeat(9000, () =>
          pick(below, [
            'c3',
            'e2',
            'e282',
            'f09f98',
            '80',
            'bf',
            'c0af',
            'eda080',
            'f4908080',
            'ff',
            '41',
            '1b5b',
            '31',
            '6d',
            '0d0a',
            'c29b',
            'c2',
            'e8aa9e',
            'efbfbd',
          ]),
        ),
        'hex',
      ),
    ),
    ...fuzz,
  ];
}
