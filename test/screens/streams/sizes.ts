/** Sizes, and changes of it. */
import { Buffer } from 'node:buffer';
import { type Case, random, type SizeChange } from '../case.ts';
import { at, type Below, CSI, ESC, made, pick, repeat, WORDS } from './made.ts';

export function sizeCases(): Case[] {
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
