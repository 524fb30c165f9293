/** The dashboard as built, before a person with a real terminal, of a real daemon. */
import { describe, expect, test } from 'vitest';
import { jsonOf } from '../../src/terminal/render.ts';
import { answerWhatItIs, CHORD, House, Replay, Seat, type SeatOptions, script } from './attach-support.ts';

const SIZE = { cols: 120, rows: 40 };
const SMALL = { cols: 60, rows: 15 };
const ENTER = '\r';
const ESCAPE = '\x1b';

/** Standing before the dashboard. */
class Watcher extends Seat {
  constructor(house: House, options: SeatOptions & { readonly args?: readonly string[] } = {}) {
    const { args = [], env = {}, ...rest } = options;
    super(house.command('dashboard', ...args), { ...SIZE, env: { LANG: 'C.UTF-8', ...env }, ...rest });
  }

  get footer(): string {
    return this.lines.at(-1) ?? '';
  }

  /** The line of the table, or of anything else, that begins so. */
  async untilLine(pattern: RegExp): Promise<void> {
    await this.untilSo(`a line like ${pattern}`, () => this.lines.some(line => pattern.test(line)));
  }

  async untilFooter(text: string): Promise<void> {
    await this.untilSo(`footer with ${text}`, () => this.footer.includes(text));
  }

  /** Whether the terminal is as it was before, as far as its modes go. */
  expectNoTrace(): void {
    const before = new Replay({ cols: this.terminal.cols, rows: this.terminal.rows });
    const after = new Replay({ cols: this.terminal.cols, rows: this.terminal.rows }).show(this.printed);
    expect(after.manners).toEqual(before.show('').manners);
  }
}

const PROGRAMS = {
  echo: script('printf "\\033[31mred\\033[0m 日本 ready\\r\\n"; exec cat'),
  book: script('i=1; while [ $i -le 90 ]; do echo "page $i"; i=$((i+1)); done; exec sleep 1000'),
  job: { ...script('exec sleep 1000'), autostart: false },
  web: { ...script('echo serving; exec sleep 1000'), numprocs: 2 },
};

describe('the dashboard', () => {
  test('shows states and consoles, types, attaches and comes back, asks before a group is stopped', async () => {
    const house = await House.open(PROGRAMS);
    const person = new Watcher(house);
    await person.untilLine(/book +RUNNING/);
    await person.untilLine(/job +STOPPED/);
    await person.untilLine(/page 90/);

    person.type('j'); // echo
    await person.untilShown('red 日本 ready');
    const spans = jsonOf(person.terminal).lines.flatMap(line => line.spans);
    expect(spans.find(({ text }) => text === 'red')?.fg).toBe(1);

    person.type('i');
    await person.untilFooter('Ctrl-B d');
    person.type('hello\r');
    await person.untilSo('the echo', () => person.shows.split('hello').length === 3);
    person.type(CHORD);
    await person.untilFooter('attach');

    person.type(ENTER);
    await person.untilSo('its terminal alone', () => !person.terminal.isAlternate && person.shows.includes('hello'));
    person.type('whole\r');
    await house.untilPrinted('echo', 'whole\nwhole');
    person.type(CHORD);
    await person.untilFooter('[detached from echo]');
    await person.untilLine(/echo +RUNNING/);
    await person.untilShown('whole');

    person.type('G');
    person.type('kk'); // the heading
    await person.untilFooter('fold');
    person.type('x');
    await person.untilShown('Stop 2 processes: web:web_00, web:web_01?');
    person.type('n');
    await person.untilFooter('nothing was done');
    person.type('xy');
    await person.untilLine(/web_00 +STOPPED/);
    await person.untilLine(/web_01 +STOPPED/);
    await person.untilFooter('done for 2');

    person.type('/job\r');
    await person.untilSo('job alone', () => !/ book +RUNNING/.test(person.shows) && / job +STOPPED/.test(person.shows));
    person.type('s');
    await person.untilLine(/job +RUNNING/);
    person.type(ESCAPE);
    await person.untilLine(/book +RUNNING/);

    person.type('q');
    expect((await person.exited).code).toBe(0);
    person.expectNoTrace();
  });

  test('shows tiles, scrolls, searches, copies, runs commands, fits small terminals, and outlives its daemon', async () => {
    const house = await House.open(PROGRAMS);
    const person = new Watcher(house);
    await person.untilShown('page 90');
    person.type('t');
    await person.untilSo('four consoles', () =>
      ['page 90', 'red 日本', 'serving'].every(text => person.shows.includes(text)),
    );
    person.type('t');
    await person.untilLine(/book +RUNNING/);

    person.type('[');
    await person.untilFooter('search');
    person.type('?page 7\r');
    await person.untilShown('page 79');
    person.type('Vky');
    await person.untilFooter('copied 2 lines of book to the clipboard');
    const copied = /\x1b\]52;c;([\w+/=]+)\x07/.exec(person.printed)?.[1] ?? '';
    expect(Buffer.from(copied, 'base64').toString()).toMatch(/^page \d+\npage \d+\n$/);
    person.type('q');

    person.type(':stat\t\r');
    await person.untilLine(/book +RUNNING +pid \d+, uptime/);
    person.type('q:pid echo\r');
    await person.untilSo('a pid', () => /^ ?\d+ /.test(person.footer));

    person.resize(SMALL);
    await person.untilSo(
      'all in 60 columns',
      () => /book +RUNNING/.test(person.shows) && person.footer.includes('leave'),
    );
    person.resize(SIZE);
    await person.untilFooter('command');

    house.daemon.signal('SIGKILL');
    await house.daemon.exited;
    await person.untilShown('the daemon is away');
    await house.bench.start();
    await person.untilFooter('the daemon is back');
    await person.untilLine(/book +RUNNING/);
    person.type('q');
    expect((await person.exited).code).toBe(0);
    person.expectNoTrace();
  });

  test('leaves the terminal as it was when it is ended, and changes nothing when it may only look', async () => {
    const house = await House.open(PROGRAMS);
    const looker = new Watcher(house, { args: ['--read-only'] });
    const ended = (['SIGTERM', 'SIGHUP'] as const).map(signal => ({ signal, person: new Watcher(house) }));
    const codes = { SIGTERM: 143, SIGHUP: 129 };
    await Promise.all(
      ended.map(async ({ signal, person }) => {
        await person.untilShown('page 90');
        process.kill(person.pty.pid, signal);
        expect((await person.exited).code).toBe(codes[signal]);
        person.expectNoTrace();
      }),
    );
    await looker.untilLine(/book +RUNNING/);
    expect(looker.shows.toLowerCase()).toContain('read-only');
    looker.type('x');
    await looker.untilFooter('read-only');
    looker.type(':stop all\r');
    await looker.untilFooter('stop is refused');
    expect((await house.ctl('status', 'book')).out).toContain('RUNNING');
    looker.type('q');
    await looker.exited;
  });

  test('asks a terminal for its background, and takes the answer for no key', async () => {
    const house = await House.open({ job: PROGRAMS.job });
    const white = '\x1b]11;rgb:ffff/ffff/ffff\x1b\\';
    const person = new Watcher(house, {
      env: { TERM: 'xterm-256color' },
      answer: question => (question.startsWith('\x1b]11;?') ? white : answerWhatItIs(question)),
    });
    await person.untilLine(/job +STOPPED/);
    await person.untilSo('colours for a light terminal', () => jsonOf(person.terminal).lines[0]?.spans[0]?.bg === 254);
    expect(person.asked.some(question => question.startsWith('\x1b]11;?'))).toBe(true);
    person.type('q');
    expect((await person.exited).code).toBe(0);
  });

  test('says where it cannot be, before anything is drawn', async () => {
    const house = await House.open({ job: PROGRAMS.job });
    const { code, err } = await house.ctl('dashboard');
    expect([code, err]).toEqual([2, expect.stringMatching(/^cannot open the dashboard: .*terminal; `status` prints/)]);
    const lost = new Seat([...house.command('dashboard').slice(0, 2), '-c', '/nowhere/at/all.yaml', 'dashboard'], SIZE);
    expect((await lost.exited).code).toBe(7);
    expect(lost.printed).toMatch(/^cannot .*\/nowhere\/at\/all.yaml.*\r\n$/);
  });
});
