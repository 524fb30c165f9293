/** Streams that are made, not recorded: what one program seldom does, or does only in megabytes. */
import { Buffer } from 'node:buffer';
import { questionOf } from '../../src/core/queries.ts';
import { SequenceScanner } from '../../src/core/sequences.ts';
import type { Size } from '../../src/terminal/emulator.ts';
import { type Case, random, type SizeChange, seedOf } from './case.ts';

const ESC = '\x1b';
const CSI = `${ESC}[`;
const ST = `${ESC}\\`;
const SIZE: Size = { cols: 80, rows: 24 };

type Below = (below: number) => number;

interface Extras {
  readonly size?: Size;
  readonly resizes?: readonly SizeChange[];
  readonly restarts?: readonly number[];
}

/** Megabytes that are to be told apart from a ring of one megabyte. */
const LONG = 2_500_000;

export function generatedCases(): Case[] {
  return [...text(), ...screens(), ...modes(), ...strings(), ...noise(), ...long(), ...sizes()];
}

function made(name: string, about: string, make: (below: Below) => string | Uint8Array, extras: Extras = {}): Case {
  const { size = SIZE, resizes = [], restarts = [] } = extras;
  const bytes = (): Uint8Array => {
    const stream = make(random(seedOf(name)));
    return typeof stream === 'string' ? Buffer.from(stream, 'utf8') : stream;
  };
  return { name, about, size, resizes, restarts, bytes };
}

function repeat(count: number, part: (n: number) => string): string {
  let all = '';
  for (let n = 0; n < count; n++) all += part(n);
  return all;
}

function pick<T>(below: Below, from: readonly T[]): T {
  return from[below(from.length)] as T; // lists here are never empty
}

function at(below: Below, { cols, rows }: Size = SIZE): string {
  return `${CSI}${1 + below(rows)};${1 + below(cols)}H`;
}

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
const WORDS = 'the quick brown fox jumps over a lazy dog'.split(' ');

function text(): Case[] {
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

function screens(): Case[] {
  const letters = (below: Below): string => pick(below, WORDS) + pick(below, ['', ' ', '\r\n', '\n']);
  return [
    made('scroll-regions', 'regions, and all that scrolls in them', below =>
      repeat(700, () => {
        const what = below(10);
        if (what === 0) return `${CSI}${1 + below(12)};${8 + below(17)}r`;
        if (what === 1) return `${CSI}r`;
        if (what < 4) return at(below);
        if (what < 7)
          return pick(below, [
            `${ESC}D`,
            `${ESC}M`,
            `${ESC}E`,
            `${CSI}3S`,
            `${CSI}2T`,
            `${CSI}L`,
            `${CSI}3M`,
            '\n\n\n',
            '\x0b',
            '\x0c',
          ]);
        return `${CSI}4${below(8)}m${letters(below)}`;
      }),
    ),
    made('origin', 'origin mode, with and without margins', below =>
      repeat(500, () =>
        pick(below, [
          `${CSI}?6h`,
          `${CSI}?6l`,
          `${CSI}5;15r`,
          `${CSI}r`,
          at(below),
          `${CSI}4d`,
          `${ESC}7`,
          `${ESC}8`,
          '\n',
          letters(below),
          letters(below),
          letters(below),
        ]),
      ),
    ),
    made('insert', 'insert mode, ICH, DCH, ECH, with wide characters', below =>
      repeat(700, () =>
        pick(below, [
          `${CSI}4h`,
          `${CSI}4l`,
          `${CSI}5@`,
          `${CSI}2P`,
          `${CSI}7X`,
          at(below),
          letters(below),
          letters(below),
          '日本',
          'e\u0301',
        ]),
      ),
    ),
    made('erase', 'erased with coloured backgrounds', below =>
      repeat(
        600,
        () =>
          `${CSI}4${below(8)};3${below(8)}m${pick(below, [`${CSI}K`, `${CSI}1K`, `${CSI}2K`, `${CSI}J`, `${CSI}1J`, `${CSI}5X`, `${CSI}L`, `${CSI}M`, '\n', `${CSI}S`, `${CSI}49m`])}${at(below)}${letters(below)}`,
      ),
    ),
    made('protected', 'DECSCA, selective erases', below =>
      repeat(500, () =>
        pick(below, [
          `${CSI}1"q`,
          `${CSI}0"q`,
          `${CSI}?J`,
          `${CSI}?1J`,
          `${CSI}?2K`,
          `${CSI}?K`,
          at(below),
          letters(below),
          letters(below),
          `${CSI}3X`,
        ]),
      ),
    ),
    made('decaln', 'the screen filled with E, within margins, in colour', below =>
      repeat(
        60,
        () => `${CSI}4${below(8)}m${pick(below, [`${ESC}#8`, `${CSI}3;9r`, `${CSI}J`, at(below)])}${letters(below)}`,
      ),
    ),
    made('double', 'double width and height', below =>
      repeat(100, () => `${at(below)}${ESC}#${3 + below(4)}${letters(below)}`),
    ),
    made('saved', 'cursors saved and restored across both screens', below =>
      repeat(700, () =>
        pick(below, [
          `${ESC}7`,
          `${ESC}8`,
          `${CSI}s`,
          `${CSI}u`,
          `${CSI}?1048h`,
          `${CSI}?1048l`,
          `${CSI}?1049h`,
          `${CSI}?1049l`,
          `${CSI}?47h`,
          `${CSI}?47l`,
          `${CSI}?1047h`,
          `${CSI}?1047l`,
          at(below),
          at(below),
          `${CSI}3${below(8)};1m`,
          `${ESC}(0`,
          `${ESC}(B`,
          letters(below),
          letters(below),
          letters(below),
        ]),
      ),
    ),
    made('alternate', 'the alternate screen entered and left, each with margins, pens and text of its own', below =>
      repeat(
        60,
        n =>
          `${CSI}?1049${n % 2 === 0 ? 'h' : 'l'}${below(2) === 0 ? `${CSI}3;20r` : ''}${repeat(8, () => at(below) + letters(below))}`,
      ),
    ),
    made('tabs', 'tab stops set and cleared', below =>
      repeat(500, () =>
        pick(below, [
          `${ESC}H`,
          `${CSI}g`,
          `${CSI}3g`,
          '\t',
          '\t\t',
          `${CSI}2I`,
          `${CSI}Z`,
          at(below),
          letters(below),
          '\r',
          `${CSI}?5W`,
        ]),
      ),
    ),
    made('charsets', 'G0 to G3 designated and shifted', below =>
      repeat(700, () =>
        pick(below, [
          `${ESC}(0`,
          `${ESC})0`,
          `${ESC}*0`,
          `${ESC}+A`,
          `${ESC}(B`,
          `${ESC})K`,
          `${ESC}(4`,
          '\x0e',
          '\x0f',
          `${ESC}n`,
          `${ESC}o`,
          `${ESC}N`,
          `${ESC}O`,
          `${ESC}~`,
          `${ESC}}`,
          `${ESC}|`,
          'lqqk x',
          'a{|}~',
          '#[\\]',
          `${ESC}7`,
          `${ESC}8`,
          '\r\n',
          `${ESC}%G`,
          `${ESC}-A`,
        ]),
      ),
    ),
    made('newline-mode', 'LNM, reverse wrap, autowrap switched', below =>
      repeat(600, () =>
        pick(below, [
          `${CSI}20h`,
          `${CSI}20l`,
          `${CSI}?45h`,
          `${CSI}?45l`,
          `${CSI}?7l`,
          `${CSI}?7h`,
          '\n',
          '\b\b\b\b',
          '\r',
          'x'.repeat(below(90)),
          at(below),
        ]),
      ),
    ),
    made('resets', 'soft and hard resets in between', below =>
      repeat(
        200,
        () =>
          pick(below, [
            `${CSI}!p`,
            `${ESC}c`,
            `${CSI}?1049h`,
            `${CSI}5;9r`,
            `${CSI}?6h`,
            `${ESC}(0`,
            `${CSI}4h`,
            `${CSI}31m`,
            `${CSI}?25l`,
            `${CSI}?1000h`,
            `${ESC}7`,
            `${ESC}8`,
            `${CSI}?45h`,
            `${ESC}H`,
          ]) + letters(below),
      ),
    ),
    made('vt52', 'VT52 mode and back', below =>
      repeat(60, () => `${CSI}?2l${ESC}H${ESC}Y(,${letters(below)}${ESC}J${ESC}<${letters(below)}`),
    ),
    made('c1', 'C1 controls in UTF-8', below =>
      repeat(300, () =>
        pick(below, [
          '\u009b31m',
          '\u009b2;3H',
          '\u0084',
          '\u0085',
          '\u008d',
          '\u0088',
          '\u009d0;title\u009c',
          '\u0090q#0\u009c',
          letters(below),
          letters(below),
          '\u0080',
          '\u00a0',
          '\u00bf',
        ]),
      ),
    ),
    made('rectangles', 'what a VT420 has: rectangles, columns, pages', below =>
      repeat(200, () =>
        pick(below, [
          `${CSI}65;2;2;9;9$x`,
          `${CSI}2;2;5;5$z`,
          `${CSI}2;2;5;5;1;9;9;1$v`,
          `${CSI}?69h`,
          `${CSI}5;60s`,
          `${CSI}?69l`,
          `${CSI}2'}`,
          `${CSI}2'~`,
          `${CSI}2 @`,
          `${CSI}2 A`,
          `${CSI}2*x`,
          at(below),
          letters(below),
        ]),
      ),
    ),
  ];
}

function modes(): Case[] {
  const filled = (below: Below): string => repeat(4, () => at(below) + pick(below, WORDS));
  const some = (below: Below, from: readonly string[]): string =>
    repeat(250, () => pick(below, from) + (below(3) === 0 ? filled(below) : ''));
  const flags = [1, 2, 3, 4, 5, 7, 9, 21, 22, 24, 27, 29, 53, 55];
  return [
    made('sgr', 'attributes, 16, 256 and true colours, and back', below =>
      repeat(1500, () => {
        const what = below(8);
        const channel = 30 + 10 * below(2) + 8;
        if (what === 0) return `${CSI}${pick(below, flags)}m`;
        if (what === 1) return `${CSI}${channel};5;${below(256)}m`;
        if (what === 2) return `${CSI}${channel};2;${below(256)};${below(256)};${below(256)}m`;
        if (what === 3) return `${CSI}${channel}:2::${below(256)}:${below(256)}:${below(256)}m`;
        if (what === 4) return `${CSI}${pick(below, [30, 40, 90, 100]) + below(8)};${pick(below, flags)}m`;
        if (what === 5) return `${CSI}${pick(below, ['', '0', '39', '49', '38;5', '38', '1;;4', '38:5:9'])}m`;
        return pick(below, WORDS) + (below(9) === 0 ? '\r\n' : ' ');
      }),
    ),
    made('underlines', 'underlines of each kind and colour', below =>
      repeat(
        700,
        () =>
          `${CSI}${pick(below, ['4', '4:0', '4:1', '4:2', '4:3', '4:4', '4:5', '21', '24', '58;5;9', '58:2::1:2:3', '58;2;9;8;7', '59', '0'])}m${pick(below, WORDS)}${below(9) === 0 ? at(below) : ' '}`,
      ),
    ),
    made('links', 'hyperlinks with and without ids, left open, overwritten', below =>
      repeat(400, n => {
        const end = pick(below, [ST, '\x07']);
        return `${ESC}]8;${pick(below, ['', `id=${below(5)}`, 'id=x:y=z'])};${pick(below, ['', `https://example.org/${n % 40}`, 'file:///etc/hosts', 'https://example.org/a;b'])}${end}${pick(below, WORDS)}${below(4) === 0 ? at(below) : '\r\n'}`;
      }),
    ),
    made('cursor', 'shapes, blinking, hidden', below =>
      some(below, [
        ...[0, 1, 2, 3, 4, 5, 6].map(n => `${CSI}${n} q`),
        `${CSI}?25l`,
        `${CSI}?25h`,
        `${CSI}?12h`,
        `${CSI}?12l`,
        `${CSI}34l`,
      ]),
    ),
    made('mouse', 'mouse, focus, paste and keypad modes', below =>
      some(
        below,
        [9, 1000, 1002, 1003, 1004, 1005, 1006, 1007, 1015, 1016, 2004, 1, 66, 5, 8, 1034, 1036, 2031, 2048, 2027]
          .flatMap(n => [`${CSI}?${n}h`, `${CSI}?${n}l`])
          .concat(`${ESC}=`, `${ESC}>`, `${CSI}?1000;1006;2004h`, `${CSI}?1049h`, `${CSI}?1049l`),
      ),
    ),
    made(
      'sync',
      'synchronised updates, one left open',
      below =>
        `${repeat(150, () => `${CSI}?2026h${filled(below)}${below(6) === 0 ? '' : `${CSI}?2026l`}`)}${CSI}?2026h`,
    ),
    ...[false, true].map(isAlternate =>
      made(
        `kitty-keyboard${isAlternate ? '-alternate' : ''}`,
        `keyboard flags, stacked${isAlternate ? ', on both screens' : ''}, and modifyOtherKeys`,
        below =>
          (isAlternate ? `${CSI}=3;1u${CSI}>5u${CSI}?1049h` : '') +
          some(
            below,
            '>1u >31u <u <3u =5;1u =2;2u =4;3u ?u >4;2m >4m >4;1f >4n'.split(' ').map(keys => CSI + keys),
          ),
      ),
    ),
    made('titles', 'titles and their stack', below =>
      some(below, [
        `${ESC}]0;both ü\x07`,
        `${ESC}]2;window${ST}`,
        `${ESC}]1;icon\x07`,
        `${CSI}22t`,
        `${CSI}22;2t`,
        `${CSI}22;1t`,
        `${CSI}23t`,
        `${CSI}23;2t`,
        `${CSI}21t`,
        `${ESC}]2;\x07`,
        `${ESC}k old ${ST}`,
      ]),
    ),
    made('colours', 'palettes and default colours', below =>
      some(below, [
        `${ESC}]4;1;rgb:ff/00/00;2;#0f0\x07`,
        `${ESC}]104;1\x07`,
        `${ESC}]104\x07`,
        `${ESC}]10;#ffffff\x07`,
        `${ESC}]11;rgb:00/00/00${ST}`,
        `${ESC}]110\x07`,
        `${ESC}]111${ST}`,
        `${ESC}]12;red\x07`,
        `${ESC}]112\x07`,
        `${ESC}]10;?\x07`,
      ]),
    ),
    made('questions', 'questions between the words, which nobody is to see', below =>
      some(below, [
        `${CSI}c`,
        `${CSI}>c`,
        `${CSI}=c`,
        `${CSI}\t6\nn`,
        `${CSI}6n`,
        `${CSI}5n`,
        `${CSI}?6n`,
        `${CSI}>q`,
        `${CSI}?u`,
        `${ESC}]11;?${ST}`,
        `${ESC}P+q544e${ST}`,
        `${ESC}P$qm${ST}`,
        `${CSI}?2026$p`,
        `${CSI}18t`,
        '\x05',
        `${ESC}Z`,
        `${ESC}_Gi=1,a=q;AAAA${ST}`,
      ]),
    ),
    made('marks', 'shell integration, working directories, notifications', below =>
      some(below, [
        `${ESC}]133;A${ST}`,
        `${ESC}]133;C\x07`,
        `${ESC}]7;file://box/tmp\x07`,
        `${ESC}]9;done\x07`,
        `${ESC}]777;notify;a;b\x07`,
        `${ESC}]1337;CurrentDir=/\x07`,
        `${ESC}]52;c;aGVsbG8=\x07`,
      ]),
    ),
  ];
}

function strings(): Case[] {
  const base64 = (below: Below, length: number): string =>
    repeat(length >> 2, () =>
      'AbC0+/9z'
        .slice(below(4), 4 + below(4))
        .padEnd(4, 'Q')
        .slice(0, 4),
    );
  const around = (below: Below, inner: string): string =>
    `${repeat(30, () => at(below) + pick(below, WORDS))}${CSI}10;10Hbefore${inner}after${repeat(200, () => at(below) + pick(below, WORDS))}`;
  const kitty = (below: Below, length: number): string =>
    repeat(
      Math.ceil(length / 4096),
      n => `${ESC}_G${n === 0 ? 'a=T,f=100,' : ''}m=${(n + 1) * 4096 < length ? 1 : 0};${base64(below, 4096)}${ST}`,
    );
  return [
    made('sixel', 'an image of 120 KB', below =>
      around(
        below,
        `${ESC}P0;1q"1;1;400;300${repeat(6000, n => `#${n % 16}!${1 + below(99)}${String.fromCharCode(63 + below(64))}$-`)}${ST}`,
      ),
    ),
    made('kitty-image', 'an image of 2 MB in parts of 4 KB', below => around(below, kitty(below, 2_000_000))),
    made('kitty-image-whole', 'an image of 400 KB in one part', below =>
      around(below, `${ESC}_Ga=T,f=32;${base64(below, 400_000)}${ST}`),
    ),
    made('clipboard', 'a clipboard of 100 KB', below => around(below, `${ESC}]52;c;${base64(below, 100_000)}\x07`)),
    made('iterm-image', 'an OSC of 300 KB, with characters beyond ASCII', below =>
      around(below, `${ESC}]1337;File=name=ü:${repeat(60_000, () => pick(below, ['AAAA', 'é', '語']))}\x07`),
    ),
    made(
      'string-cut',
      'strings that are aborted, and one without an end',
      below =>
        `${around(below, `${ESC}]0;never ends${'x'.repeat(700)}\x18`)}${around(below, `${ESC}P1$r${'y'.repeat(700)}\x1a`)}${around(below, `${ESC}_${'z'.repeat(700)}${CSI}31m`)}${ESC}]2;${'open '.repeat(400)}`,
    ),
    made('sequence-cut', 'sequences cut by controls, aborted, far too long', below =>
      repeat(400, () =>
        pick(below, [
          `${ESC}[3\n1mred`,
          `${ESC}[3\x18m`,
          `${ESC}[3${ESC}[4m`,
          `${ESC}\x1a`,
          `${CSI}${'1;'.repeat(200)}m`,
          `${CSI}${'9'.repeat(60)}C`,
          `${CSI}?\r25l`,
          `${ESC}[1;\x7f2H`,
          `${ESC}\x7f7`,
          `${ESC}(\x7f0`,
          `${CSI}语m`,
          `${ESC}é`,
          `${CSI}1 2m`,
          `${CSI}<<m`,
          `${ESC}[38;2;1;2`,
          '\x00',
          '\x7f',
          pick(below, WORDS),
        ]),
      ),
    ),
    made('long-sequences', 'a ring of any size begins in the middle of one', below =>
      repeat(
        300,
        () =>
          `${CSI}${repeat(40, () => `38;5;${below(256)};`)}1m${pick(below, ['語', '😀'])}${below(7) === 0 ? '\r\n' : ''}`,
      ),
    ),
  ];
}

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

function noise(): Case[] {
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

function long(): Case[] {
  const line = (below: Below, n: number): string =>
    `${CSI}3${n % 8}m${n}${CSI}0m ${repeat(3 + below(8), () => `${pick(below, WORDS)} `)}\r\n`;
  return [
    made('plain-flood', '30 000 plain lines', below => repeat(30_000, n => line(below, n))),
    made(
      'status-line',
      'a status line outside a scroll region, above it 30 000 lines',
      below => `${CSI}24;1H${CSI}7mstatus${CSI}K${CSI}m${CSI}1;23r${CSI}23;1H${repeat(30_000, n => line(below, n))}`,
    ),
    made(
      'header-line',
      'a header and tab stops from long ago, then 30 000 lines and a clock',
      below =>
        `${CSI}3g${CSI}1;11H${ESC}H${CSI}Hheader\r\n${CSI}2r${CSI}24;1H${repeat(30_000, n => `${n % 1000 === 0 ? `${ESC}7${CSI}1;60H${n}${ESC}8` : ''}\t${line(below, n)}`)}`,
    ),
    made('alternate-long-ago', 'the alternate screen entered megabytes ago, and updated in part ever since', below => {
      const cell = (): string => `${at(below)}${CSI}${30 + below(8)}m${pick(below, WORDS)}`;
      let all = `${repeat(30, n => line(below, n))}${ESC}(0${CSI}?1049h${CSI}2J${repeat(24, n => `${CSI}${n + 1};1Hrow ${n} drawn once`)}${CSI}?1000h`;
      const twenty = (): string => repeat(20, cell);
      while (all.length < LONG) all += twenty();
      return `${all}${CSI}?1049l$ back`;
    }),
    made(
      'charset-long-ago',
      'line drawing chosen megabytes ago',
      below => `${ESC})0\x0e${CSI}31m${repeat(40_000, n => `lqqk ${n} ${pick(below, WORDS)}\r\n`)}`,
    ),
    made(
      'pen-long-ago',
      'a colour and a saved cursor from long ago, never touched since',
      below =>
        `${CSI}5;5H${CSI}1;4:3;38;2;9;99;199m${ESC}7${CSI}24;1H${repeat(25_000, () => `${pick(below, WORDS)} ${pick(below, WORDS)}\r\n`)}${ESC}8here`,
    ),
    made('pen-in-a-flood', 'attributes that come in a flood of plain lines, a part of them at a time', below =>
      repeat(
        40_000,
        n =>
          `${n % 9000 === 500 ? `${CSI}${1 + 2 * below(3)}m` : ''}${CSI}3${n % 8}m${n} ${pick(below, WORDS)} and more\r\n`,
      ),
    ),
    made('no-returns', '20 000 line feeds without a carriage return', below =>
      repeat(20_000, () => `${pick(below, WORDS)}\n`),
    ),
    made('one-screen-redrawn', 'a screen redrawn from the top 400 times', below =>
      repeat(400, n => `${CSI}H${repeat(23, row => `${row} ${n * row} ${pick(below, WORDS)}${CSI}K\r\n`)}`),
    ),
    made(
      'restarts',
      'lives that end in the middle of a screen, a sequence, a character',
      below => {
        const life = `${CSI}?1049h${CSI}?1000;2004h${CSI}5;10r${CSI}?6h${repeat(40, () => at(below) + pick(below, WORDS))}`;
        return Buffer.concat([
          Buffer.from(life.padEnd(3000, '.')),
          Buffer.from(`plain\r\n${repeat(60, n => line(below, n))}`.padEnd(4998, '.').slice(0, 4998) + CSI),
          Buffer.concat([
            Buffer.from(`31mno colour\r\n${repeat(10, n => line(below, n))}`.padEnd(1999, '.').slice(0, 1999)),
            Buffer.from([0xe8]),
          ]),
          Buffer.concat([Buffer.from([0xaa, 0x9e]), Buffer.from(`${life}the last`)]),
        ]);
      },
      { restarts: [3000, 8000, 10_000] },
    ),
  ];
}

function sizes(): Case[] {
  const wrapped = (below: Below, count: number): string =>
    repeat(
      count,
      () => `${CSI}3${below(8)}m${repeat(1 + below(30), () => `${pick(below, [...WORDS, '日本', '😀'])} `)}\r\n`,
    );
  const drag = (length: number, count: number): SizeChange[] => {
    const below = random(length);
    return Array.from({ length: count }, (_, n) => ({
      at: Math.floor((length * (n + 1)) / (count + 1)),
      cols: 2 + below(120),
      rows: 1 + below(50),
    }));
  };
  const fill = (length: number, stream: string): Uint8Array =>
    Buffer.from(stream.repeat(Math.ceil(length / stream.length))).subarray(0, length);
  return [
    made('least', 'a terminal of two by one', below => wrapped(below, 30), { size: { cols: 2, rows: 1 } }),
    made('narrow', 'a terminal of three by five, with wide characters', below => wrapped(below, 40), {
      size: { cols: 3, rows: 5 },
    }),
    made(
      'large',
      'a terminal of 300 by 100',
      below => wrapped(below, 150) + repeat(400, () => at(below, { cols: 300, rows: 100 }) + pick(below, WORDS)),
      { size: { cols: 300, rows: 100 } },
    ),
    made('dragged', 'wrapped lines under a window that is dragged', below => fill(12_000, wrapped(below, 40)), {
      resizes: drag(12_000, 30),
    }),
    made(
      'dragged-alternate',
      'the alternate screen under a window that is dragged',
      below => fill(9000, `text below\r\n${CSI}?1049h${CSI}2;9r${repeat(100, () => at(below) + pick(below, WORDS))}`),
      { resizes: drag(9000, 12) },
    ),
    made(
      'resized-tabs',
      'tab stops, margins, saved cursors and wide characters under other sizes',
      below =>
        fill(
          6000,
          `${CSI}3g${CSI}1;20H${ESC}H${CSI}1;100H${ESC}H${CSI}4;12r${CSI}20;70H${ESC}7日本日本\r\n\t\tx${wrapped(below, 10)}${ESC}8y`,
        ),
      { resizes: drag(6000, 9) },
    ),
    made('resized-plain', 'plain lines, and other sizes in between', below => fill(600_000, wrapped(below, 300)), {
      resizes: drag(600_000, 9),
    }),
    made('window-operations', 'programs that ask for another size, or 132 columns', below =>
      repeat(
        60,
        () =>
          `${pick(below, [`${CSI}8;30;100t`, `${CSI}?3h`, `${CSI}?3l`, `${CSI}?40h`, `${CSI}4;100;100t`, `${CSI}?40l`])}${pick(below, WORDS)}\r\n`,
      ),
    ),
  ];
}
