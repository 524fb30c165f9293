/** Strings, and sequences that are long or cut. */
import type { Case } from '../case.ts';
import { at, type Below, CSI, ESC, made, pick, repeat, ST, WORDS } from './made.ts';

export function stringCases(): Case[] {
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
