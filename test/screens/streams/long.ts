/** Megabytes, and what is left of their beginning. */
import { Buffer } from 'node:buffer';
import type { Case } from '../case.ts';
import { at, type Below, CSI, ESC, made, pick, repeat, WORDS } from './made.ts';

/** Megabytes that are to be told apart from a ring of one megabyte. */
const LONG = 2_500_000;

export function longCases(): Case[] {
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
