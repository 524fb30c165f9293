/** Text: how wide it is, where it wraps, what joins it. */
import type { Case } from '../case.ts';
import { at, type Below, CSI, ESC, made, pick, repeat, WORDS } from './made.ts';

const WIDE = ['日本語', '한국어', 'ｆｕｌｌ', '中', '漢字漢字'];
const COMBINING = [
  'e\u0301',
  'a\u0308\u0323',
  'o\u0302\u0301\u0300',
  'n\u0303',
  '\u0301',
  'ก\u0e33',
  'हि\u0928\u094d\u0926\u0940',
  '\u1100\u1161\u11a8',
];
const EMOJI = [
  '😀',
  '👩‍👩‍👧‍👦',
  '🇩🇪',
  '🇯🇵🇫🇷',
  '❤️',
  '❤',
  '☺️',
  '1️⃣',
  '👍🏽',
  '🏴󠁧󠁢󠁥󠁮󠁧󠁿',
  '✅',
  '⌚',
  '🧑‍💻',
  '\u200d',
  '\ufe0f',
  '🇩',
];

export function textCases(): Case[] {
  const mixed = (below: Below, from: readonly string[]): string =>
    repeat(900, () => {
      const what = below(12);
      if (what === 0) return at(below);
      if (what === 1) return `${CSI}${1 + below(24)};${76 + below(5)}H`;
      if (what === 2) return '\r\n';
      if (what === 3) return `${CSI}${1 + below(3)}${pick(below, ['P', '@', 'X', 'D', 'C', 'b'])}`;
      if (what === 4) return pick(below, WORDS);
      if (what === 5) return '\b';
      return pick(below, from);
    });
  return [
    made('wide', 'wide characters, cut in half, at the margin', below => mixed(below, WIDE)),
    made('combining', 'combining characters, after anything', below => mixed(below, [...COMBINING, ...WIDE])),
    made('emoji', 'joined, flagged, keycapped, toned, with and without selectors', below =>
      mixed(below, [...EMOJI, 'x']),
    ),
    made('utf8', 'nothing but characters of three and four bytes', below =>
      repeat(6000, () => pick(below, ['語', '😀', '€', '𝄞'])),
    ),
    made('long-line', 'one line of 40 KB that wraps', below => repeat(8000, () => `${pick(below, WORDS)} `)),
    made('wrap-pending', 'the cursor beyond the last column, and what takes it back', below =>
      repeat(300, n => {
        const after = [
          '\r',
          '\b',
          '\t',
          `${CSI}K`,
          `${CSI}C`,
          `${CSI}D`,
          `${CSI}P`,
          `${CSI}X`,
          `${CSI}1@`,
          '\n',
          `${ESC}7`,
          `${ESC}8`,
          `${CSI}s`,
          `${CSI}u`,
          `${CSI}m`,
          `${CSI}A`,
          `${CSI}?7l`,
          `${CSI}?7h`,
          'x',
          '語',
          '\u0301',
        ];
        return `${CSI}${1 + below(24)};70H${String(n).padStart(10, '.')}${'y'.repeat(below(2))}${pick(below, after)}${pick(below, after)}z`;
      }),
    ),
    made('backspaces', 'a line edited over and over', below =>
      repeat(2000, () => pick(below, ['\b \b', 'a', 'bc', '\b\b', '\r', '\x07', `${CSI}C`, `${CSI}K`, 'd'])),
    ),
    made('returns', 'one line rewritten for 300 KB', () => repeat(9000, n => `\r${CSI}2K${'#'.repeat(n % 60)} ${n}`)),
    made('rep', 'REP of narrow, wide, combining and nothing', below =>
      repeat(
        400,
        () =>
          `${pick(below, ['a', '語', 'e\u0301', '\r\n', at(below), '😀', '\t'])}${CSI}${pick(below, ['', '1', '3', '40', '200'])}b`,
      ),
    ),
  ];
}
