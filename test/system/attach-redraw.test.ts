/** Programs that draw the whole screen, seen by terminals of other sizes than theirs. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { tempDir } from '../support/world.ts';
import { House, isInstalled, Seat, untilAlike, untilSame } from './attach-support.ts';

/** Of a terminal that nobody has looked at. */
const UNSEEN = { cols: 120, rows: 40 };
const FIRST = { cols: 80, rows: 24 };
const RESIZED = { cols: 101, rows: 31 };
const OTHER = { cols: 60, rows: 18 };

/** Else less takes what is not ASCII for a binary file. */
const UTF8 = { LC_ALL: 'C.UTF-8' };

/** Lines too long for any of the terminals, with some that are not ASCII. */
function book(): string {
  const file = join(tempDir(), 'book');
  const lines = Array.from({ length: 300 }, (_, i) => `${i + 1} ${'étude 文字 words '.repeat(1 + (i % 11))}`);
  writeFileSync(file, `${lines.join('\n')}\n`);
  return file;
}

/** The text of a terminal's rows, as far as they fit `cols`. */
function rowsOf(seat: Seat, cols: number): string[] {
  return seat.state.lines.map(({ cells }) =>
    cells
      .slice(0, cols)
      .map(({ text, width }, x) => (width === 0 ? '' : width === 2 && x === cols - 1 ? ' ' : text || ' '))
      .join('')
      .trimEnd(),
  );
}

/** Whether a smaller terminal shows rows of a larger one, from its first column; the last row may tell who drives. */
function isPartOf(small: Seat, large: Seat): boolean {
  const { cols } = small.terminal;
  const part = rowsOf(small, cols).slice(0, -1);
  const whole = rowsOf(large, cols);
  return whole.some((_, y) => part.every((row, i) => row === whole[y + i]));
}

/** Whether a larger terminal shows a smaller one in its corner, and nothing beside or below, but for who drives. */
function isCornerOf(small: Seat, large: Seat): boolean {
  const rows = rowsOf(large, large.terminal.cols).slice(0, -1);
  const corner = rowsOf(small, small.terminal.cols);
  return rows.every((row, y) => row === (corner[y] ?? ''));
}

const EDITORS: readonly (readonly [string, (file: string) => string[]])[] = [
  ['vim', file => ['vim', '-u', 'NONE', '-N', '-n', file]],
  ['less', file => ['less', '-S', file]],
];

describe.each(EDITORS)('%s', (name, commandOf) => {
  test.runIf(isInstalled(name))('on attach, on resize, with two viewers, and after them', () => redraws(commandOf));
});

async function redraws(commandOf: (file: string) => string[]): Promise<void> {
  const cmd = commandOf(book());
  const house = await House.open({ editor: { cmd, env: UTF8 } });
  const bare = new Seat(cmd, { ...UNSEEN, env: UTF8 }); // the program without any of us
  await house.untilScreen('editor', ({ lines }) => lines.at(-1)?.text !== ''); // what is drawn last
  await bare.untilSo('its last row', () => bare.lines.at(-1) !== '');
  const seat = house.attach('editor', FIRST);
  bare.resize(FIRST);
  await untilAlike(seat, bare);
  for (const person of [seat, bare]) person.resize(RESIZED);
  await untilAlike(seat, bare);
  await house.untilTrue(seat, 'editor');

  const other = house.attach('editor', OTHER); // who comes last gives the size
  bare.resize(OTHER);
  await untilAlike(other, bare);
  await seat.untilSo('the picture in a corner', () => isCornerOf(other, seat));

  seat.type('k'); // and who types takes it back; in the first line the key does nothing, as less may lose it in a resize
  bare.resize(RESIZED);
  await untilAlike(seat, bare);
  const [was, y] = [seat.shows, seat.terminal.y];
  for (const person of [seat, bare]) {
    person.type('j');
    await person.untilSo('a line further', () => person.shows !== was || person.terminal.y !== y);
  }
  await untilAlike(seat, bare);
  await house.untilTrue(seat, 'editor');
  await other.untilSo('a part of the picture', () => isPartOf(other, seat));

  expect(await other.leave()).toBe(0);
  const before = seat.lines;
  const state = seat.state;
  expect(await seat.leave()).toBe(0);
  const { cols, rows, lines } = await house.screen('editor');
  expect({ cols, rows }).toEqual(RESIZED);
  expect(lines.map(({ text }) => text)).toEqual(before);
  const again = house.attach('editor', RESIZED);
  await again.untilSo('the same text', () => again.shows === before.join('\n'));
  expect(again.state.lines).toEqual(state.lines);
  expect(again.state.cursor).toEqual(state.cursor);
  const watcher = house.attach(['--read-only', 'editor'], RESIZED);
  await untilSame(watcher, again);
}

test.runIf(isInstalled('htop'))('htop on attach, on resize, with two viewers, and after them', async () => {
  const house = await House.open({ htop: { cmd: ['htop', '-d', '30'] } });
  await house.untilPrinted('htop', 'F1Help');
  const seat = house.attach('htop', FIRST);
  const showsBar = (person: Seat): boolean => /^F1Help /.test(person.lines.at(-1) ?? '');
  await seat.untilSo('the bar', () => showsBar(seat));
  await house.untilTrue(seat, 'htop');
  seat.resize(RESIZED);
  await seat.untilSo('the bar', () => showsBar(seat));
  await house.untilTrue(seat, 'htop');
  const other = house.attach('htop', OTHER);
  await other.untilSo('the bar', () => showsBar(other));
  await house.untilTrue(other, 'htop');
  seat.type('\x1b[B');
  await house.untilTrue(seat, 'htop');
  const left = [await other.leave(), await seat.leave()];
  expect(left).toEqual([0, 0]);
  expect(await house.screen('htop')).toMatchObject(RESIZED);
});
