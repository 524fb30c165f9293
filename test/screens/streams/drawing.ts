/** What changes the screen's state. */
import type { Case } from '../case.ts';
import { at, type Below, CSI, ESC, made, pick, repeat, WORDS } from './made.ts';

export function drawingCases(): Case[] {
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
