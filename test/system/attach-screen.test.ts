/** `screen NAME` of real programs. */
import { expect, test } from 'vitest';
import type { ScreenDocument } from '../../src/terminal/render.ts';
import { House, isInstalled, Seat, script } from './attach-support.ts';

const SIZE = { cols: 40, rows: 6 };

test('as text, with colours, as JSON, and with lines above it', async () => {
  const lines = `seq -f 'line %g' 30; printf '\\033[1;31mred\\033[m 文字 \\033[44m blue \\033[m\\033[3G'; exec cat`;
  const house = await House.open({ web: { ...script(lines), terminal: SIZE } });
  await house.untilPrinted('web', 'blue');

  const shown = ['line 26', 'line 27', 'line 28', 'line 29', 'line 30', 'red 文字  blue'];
  const text = await house.ctl('screen', 'web');
  expect(text).toEqual({ code: 0, out: `${shown.join('\n')}\n`, err: '' });

  const above = await house.ctl('screen', 'web', '--scrollback', '7');
  const seven = Array.from({ length: 7 }, (_, i) => `line ${19 + i}`);
  expect(above.out).toBe(`${[...seven, ...shown].join('\n')}\n`);
  expect((await house.ctl('screen', 'web', '--scrollback', '1000')).out.split('\n').slice(0, 2)).toEqual([
    'line 1',
    'line 2',
  ]);

  const ansi = await house.ctl('screen', 'web', '--ansi');
  const printer = new Seat(['/bin/sh', '-c', 'printf %s "$1"; exec cat', 'sh', ansi.out.trimEnd()], SIZE);
  const seat = house.attach(['--read-only', 'web'], SIZE);
  await seat.untilShown('blue');
  await printer.untilSo('as who is attached', () => {
    return JSON.stringify(printer.state.lines) === JSON.stringify(seat.state.lines);
  });

  const json = JSON.parse((await house.ctl('screen', 'web', '--json')).out) as ScreenDocument; // the next lines look at it
  expect(json).toMatchObject({ ...SIZE, cursor: { x: 2, y: 5 }, alternate: false, scrollback: 0 });
  expect(json.lines.map(line => line.text)).toEqual(shown);
  expect(json.lines[5]?.spans).toEqual([
    { text: 'red', fg: 1, bold: true },
    { text: ' 文字 ' },
    { text: ' blue ', bg: 4 },
  ]);
  const more = JSON.parse((await house.ctl('screen', 'web', '--json', '--scrollback', '7')).out) as ScreenDocument; // as above
  expect(more.scrollback).toBe(7);
  expect(more.lines.map(line => line.text)).toEqual([...seven, ...shown]);

  for (const [args, code, said] of [
    [['nosuch'], 1, /no such process/],
    [['web', '--ansi', '--json'], 2, /not both/],
    [['web', '--scrollback', 'many'], 2, /scrollback/],
  ] as const) {
    const ran = await house.ctl('screen', ...args);
    expect([ran.code, ran.out]).toEqual([code, '']);
    expect(ran.err).toMatch(said);
  }
});

test('of what has ended: its last screen', async () => {
  const house = await House.open({ web: { ...script('printf "\\033[2;2Hlast words"; exit 3'), terminal: SIZE } });
  await house.daemon.untilState('web', 'EXITED');
  expect((await house.ctl('screen', 'web')).out).toBe('\n last words\n\n\n\n\n');
});

test.runIf(isInstalled('vim'))('of vim, its alternate screen included', async () => {
  const house = await House.open({ vim: { cmd: ['vim', '-u', 'NONE', '-N', '-n'], terminal: { cols: 60, rows: 20 } } });
  await house.untilPrinted('vim', 'VIM - Vi IMproved');
  expect((await house.ctl('send', 'vim', 'ihello from elsewhere')).code).toBe(0);
  await house.untilPrinted('vim', 'hello from elsewhere');
  const document = await house.screen('vim');
  expect(document).toMatchObject({ cols: 60, rows: 20, alternate: true, cursor: { x: 20, y: 0 } });
  expect((await house.ctl('screen', 'vim')).out.split('\n').slice(0, 3)).toEqual(['hello from elsewhere', '~', '~']);
});
