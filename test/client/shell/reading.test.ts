/** What becomes of a line before it is run, and how it is drawn. */
import { describe, expect, test } from 'vitest';
import { Announcer } from '../../../src/client/shell/announcer.ts';
import { readLine } from '../../../src/client/shell/commandline.ts';
import { type Drawn, erase, type Picture, redraw } from '../../../src/client/shell/drawing.ts';
import { expandHistory } from '../../../src/client/shell/expansion.ts';
import { Emulator } from '../../../src/terminal/emulator.ts';
import { textOf } from '../../../src/terminal/render.ts';
import { FakeClock } from '../../support/fake-clock.ts';

const history = ['status', "start 'web:*' db", 'stop web'];

describe('the history in a line', () => {
  test.each([
    ['!!', 'stop web'],
    ['!1', 'status'],
    ['!-2', "start 'web:*' db"],
    ['!sta', "start 'web:*' db"],
    ['!stat', 'status'],
    ['start !$', 'start web'],
    ['!! --no-wait', 'stop web --no-wait'],
    ["send repl 'hello !!'", "send repl 'hello !!'"],
    ['send repl hey!', 'send repl hey!'],
    ['send repl a!!', 'send repl a!!'],
  ])('%s', (line, expanded) => {
    expect(expandHistory(line, history)).toMatchObject({ ok: true, line: expanded });
  });

  test('a line that there is not is told, and that `!ls` runs nothing', () => {
    expect(expandHistory('!99', history)).toEqual({ ok: false, problem: '!99: no such line in the history' });
    expect(expandHistory('!!', [])).toMatchObject({ ok: false });
    expect(expandHistory('!ls', history)).toMatchObject({ problem: expect.stringContaining('commands of the system') });
  });
});

describe('a line becomes a command', () => {
  const read = (line: string, aliases: readonly (readonly [string, string])[] = []): unknown =>
    readLine(line, { history, aliases: new Map(aliases) });

  test('words, quotes, comments, aliases', () => {
    expect(read('  ')).toEqual({ kind: 'nothing' });
    expect(read('# start web')).toEqual({ kind: 'nothing' });
    expect(read("send repl 'a b'")).toMatchObject({ words: ['send', 'repl', 'a b'], isExpanded: false });
    expect(read("send 'a")).toEqual({ kind: 'problem', problem: 'this single quote is never closed' });
    expect(read('up db', [['up', "start 'web:*'"]])).toMatchObject({ words: ['start', 'web:*', 'db'] });
    expect(read('status -v', [['status', 'status --json']])).toMatchObject({ words: ['status', '--json', '-v'] });
    expect(read('!!')).toMatchObject({ words: ['stop', 'web'], line: 'stop web', isExpanded: true });
  });
});

describe('drawing', () => {
  const size = { cols: 20, rows: 6 };

  function terminal(): {
    emulator: Emulator;
    show: (picture: Picture, at?: { cols: number; rows: number }) => void;
    shown: () => string[];
    away: () => void;
  } {
    const emulator = new Emulator(size, 100);
    let drawn: Drawn | undefined;
    return {
      emulator,
      show(picture, at = size) {
        const next = redraw(picture, at, drawn);
        drawn = next.drawn;
        emulator.write(Buffer.from(next.text));
      },
      away() {
        emulator.write(Buffer.from(erase(drawn, size.cols)));
        drawn = undefined;
      },
      shown: () => textOf(emulator).map(line => line.trimEnd()),
    };
  }

  const picture = (text: string, cursor = text.length, below: readonly string[] = []): Picture => ({
    prompt: '> ',
    line: { text, cursor },
    below,
  });

  test('a line grows over several rows and shrinks again; what is below it comes and goes', () => {
    const { emulator, show, shown, away } = terminal();
    emulator.write(Buffer.from('before\r\n'));
    show(picture('abc'));
    show(picture('x'.repeat(18)));
    expect([emulator.x, emulator.y]).toEqual([0, 2]);
    show(picture('x'.repeat(25), 3, ['one', 'two']));
    expect(shown()).toEqual(['before', `> ${'x'.repeat(18)}`, 'xxxxxxx', 'one', 'two', '']);
    expect([emulator.x, emulator.y]).toEqual([5, 1]);
    show(picture('日本', 1));
    expect(shown()).toEqual(['before', '> 日本', '', '', '', '']);
    expect([emulator.x, emulator.y]).toEqual([4, 1]);
    away();
    expect(shown()).toEqual(['before', '', '', '', '', '']);
  });

  test('a line that is higher than the screen is shown around its cursor', () => {
    const { show, shown, emulator } = terminal();
    const text = Array.from({ length: 10 }, (_, i) => String(i).repeat(20)).join('');
    show(picture(text));
    expect(shown().at(-1)).toMatch(/^9+$/);
    show(picture(text, 0));
    expect(shown()[0]).toBe(`> ${'0'.repeat(18)}`);
    expect([emulator.x, emulator.y]).toEqual([2, 0]);
    show(picture('short'));
    expect(shown()).toEqual(['> short', '', '', '', '', '']);
  });
});

test('a storm is told a few lines at a time, and nothing while a command runs', () => {
  const clock = new FakeClock();
  const printed: string[] = [];
  using announcer = new Announcer(clock, text => printed.push(text));
  announcer.tell('one');
  expect(printed.splice(0)).toEqual(['one\n']);
  announcer.isBusy = true;
  for (let i = 0; i < 50; i++) announcer.tell(`line ${i}`);
  announcer.tell('web is FATAL', { isUrgent: true });
  clock.advance(10_000);
  expect(printed).toEqual([]);
  announcer.isBusy = false;
  expect(printed).toHaveLength(1);
  expect(printed[0]?.split('\n')).toHaveLength(12);
  expect(printed[0]).toContain('line 8\nweb is FATAL\n… and 41 more');
});
