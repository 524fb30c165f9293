/** Attached over the lives of a process: restarts, ends, what does not run; and who is there, with what they may do. */
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { CHORD, childOf, House, isInstalled, Seat, script, untilSame } from './attach-support.ts';

const ECHO = script('echo hello; exec cat');

describe('the lives of a process', () => {
  test('a first life begins on an empty screen, also when somebody has looked before', async () => {
    const house = await House.open({ web: { ...script('echo a life; exec sleep 1000'), autostart: false } });
    expect((await house.screen('web')).lines[0]?.text).toBe('');
    await house.ctl('start', 'web');
    await house.untilPrinted('web', 'a life');
    expect((await house.screen('web')).lines[0]?.text).toBe('a life');
  });

  test('a restart: who is attached stays, is told in one line, and sees the new life', async () => {
    const house = await House.open({ web: script('echo "life of $$$$"; exec cat') });
    const seat = house.attach('web');
    await seat.untilShown('life of');
    const [first] = /life of \d+/.exec(seat.shows) ?? [];
    seat.type('typed before\r');
    await seat.untilShown('typed before');
    expect((await house.ctl('restart', 'web')).code).toBe(0);
    const { pid } = await house.daemon.info('web');
    await seat.untilShown(`life of ${pid}`);
    expect(seat.lines.slice(0, 2)).toEqual([
      expect.stringMatching(/^\[web was ended by SIGTERM after .*; started again\]$/),
      `life of ${pid}`,
    ]);
    const above = Array.from({ length: seat.terminal.scrollback }, (_, i) => seat.terminal.line(-1 - i).getString(0));
    expect(above.join('')).toContain('l'); // the old life is in the terminal's own scrollback
    expect(seat.printed).toContain(first);
    seat.type('typed after\r');
    await seat.untilShown('typed after');
    await house.untilTrue(seat, 'web');
    expect(await seat.leave()).toBe(0);
    expect((await house.daemon.info('web')).pid).toBe(pid);
  });

  test('a crash, with backoff before the next life', async () => {
    const web = script('echo "a life"; read code; exit "$code"');
    const house = await House.open({ web: { ...web, autorestart: true, starttime: 0.01 } });
    const seat = house.attach('web');
    await seat.untilShown('a life');
    seat.type('5\r');
    await seat.untilShown('started again]');
    await seat.untilShown('a life');
    expect(seat.lines[0]).toMatch(/^\[web exited with 5 after .*; started again\]$/);
    expect(await seat.leave()).toBe(0);
  });

  test.each([
    ['exit 0', 0, 'EXITED: exited with 0'],
    ['exit 9', 9, 'EXITED: exited with 9'],
    ['kill -USR1 $$$$', 138, 'EXITED: was ended by SIGUSR1'],
  ])('%s: the exit code, and how it ended', async (end, code, said) => {
    const house = await House.open({ web: script(`echo ready; read go; echo last words; ${end}`) });
    const seats = [house.attach('web'), house.attach(['--read-only', 'web'])];
    for (const seat of seats) await seat.untilShown('ready');
    seats[0]?.type('\r');
    for (const seat of seats) {
      expect((await seat.exited).code).toBe(code);
      expect(seat.shows).toContain(`[web ${said}`);
      expect(seat.printed).toContain('last words');
    }
    const late = house.attach('web');
    expect((await late.exited).code).toBe(7);
    expect(late.shows).toContain(`[web ${said}`);
    expect(late.shows).toContain('last words');
  });

  test('a stop from elsewhere', async () => {
    const house = await House.open({ web: ECHO });
    const seat = house.attach('web');
    await seat.untilShown('hello');
    await house.ctl('stop', 'web');
    expect((await seat.exited).code).toBe(143);
    expect(seat.shows).toMatch(/\[[\w:]+ STOPPED: .*\]/);
  });

  test('what was never started, what there is not, and what are several', async () => {
    const never = { ...ECHO, autostart: false };
    const house = await House.open({ never, web: { ...never, numprocs: 2 }, worker: never });
    const cases: readonly (readonly [string, number, RegExp])[] = [
      ['never', 7, /\[[\w:]+ STOPPED: .*never started\]/],
      ['nosuch', 1, /no such process.*nosuch/],
      ['web:*', 2, /web:web_00.*web:web_01/s],
      ['w*', 2, /web:web_00.*web:web_01.*worker/s],
    ];
    await Promise.all(
      cases.map(async ([name, code, said]) => {
        const seat = house.attach(name);
        expect((await seat.exited).code, name).toBe(code);
        expect(seat.shows.replace(/\n/g, ''), name).toMatch(said);
      }),
    );
  });

  test('one of several, and one that a pattern names alone', async () => {
    const house = await House.open({ web: { ...ECHO, numprocs: 2 } });
    for (const name of ['web:web_01', 'web:*1']) {
      const seat = house.attach(name);
      await seat.untilShown('hello');
      expect(await seat.leave()).toBe(0);
      expect(seat.shows).toContain('[detached from web:web_01]');
    }
  });
});

describe('keys', () => {
  test('Ctrl-S in a cooked program stops nothing, and is told of', async () => {
    const house = await House.open({ web: script('echo ready; exec cat') });
    const seat = house.attach('web');
    await seat.untilShown('ready');
    seat.type('\x13');
    await seat.untilShown('Ctrl-S would stop the program');
    seat.type('still here\r');
    await seat.untilSo('the echo', () => seat.shows.split('still here').length === 3);
    expect(await seat.leave()).toBe(0);
  });

  test("Ctrl-Z, Ctrl-C, Ctrl-\\ and Ctrl-D are the program's", async () => {
    const traps = ['TSTP', 'INT', 'QUIT'].map(name => `trap "echo got ${name}" ${name}`).join('; ');
    const house = await House.open({
      shell: script(`${traps}; echo ready; until [ "$line" = end ]; do read -r line; done; cat; exit 6`),
      raw: script('stty raw -echo; echo ready; exec cat -v'),
    });
    const seat = house.attach('shell');
    await seat.untilShown('ready');
    for (const [key, name] of [
      ['\x1a', 'TSTP'],
      ['\x03', 'INT'],
      ['\x1c', 'QUIT'],
    ] as const) {
      seat.type(key);
      await seat.untilShown(`got ${name}`);
    }
    const raw = house.attach('raw');
    await raw.untilShown('ready');
    raw.type('\x1a\x03\x1c\x04\x13\x11\x02\x02');
    await raw.untilShown('^Z^C^\\^D^S^Q^B');
    expect(await raw.leave()).toBe(0);
    seat.type('end\r\x04');
    expect((await seat.exited).code).toBe(6);
  });

  test('the chord of the config', async () => {
    const house = await House.open({ web: ECHO }, { daemon: { detachkeys: 'ctrl-p,ctrl-q' } });
    const seat = house.attach('web');
    await seat.untilShown('hello');
    seat.type(`${CHORD}\r`);
    await seat.untilShown('^Bd');
    seat.type('\x10\x11');
    expect((await seat.exited).code).toBe(0);
  });
});

describe('who is there', () => {
  test('is shown by status, told by events and the log, and can be sent away', async () => {
    const house = await House.open({ web: ECHO, db: ECHO });
    const seat = house.attach('web');
    await seat.untilShown('hello');
    const watcher = house.attach(['--read-only', 'web'], { cols: 40, rows: 10, env: { USER: 'bob' } });
    await watcher.untilShown('hello');
    const info = await house.daemon.info('web');
    expect(info.viewers).toMatchObject([
      { readOnly: false, drives: true, painted: false, cols: 80, rows: 24, label: expect.stringMatching(/^ada@/) },
      { readOnly: true, drives: false, painted: true, cols: 40, rows: 10, label: expect.stringMatching(/^bob@/) },
    ]);
    expect(info.size).toEqual({ cols: 80, rows: 24 });
    const status = await house.ctl('status', 'web');
    expect(status.out).toMatch(/^web\s+RUNNING\s+pid \d+.*ada@/);
    expect((await house.ctl('status', 'db')).out).not.toContain('@');

    watcher.type('nobody hears this\r');
    expect((await house.ctl('detach', 'web')).out).toBe('web: detached 2 viewers\n');
    expect((await Promise.all([seat.exited, watcher.exited])).map(({ code }) => code)).toEqual([0, 0]);
    expect((await house.screen('web')).lines.map(({ text }) => text).join('')).toBe('hello');
    expect((await house.daemon.info('web')).viewers).toEqual([]);
    expect((await house.ctl('detach', 'web')).out).toBe('web: nobody was attached\n');

    const events = (await house.daemon.events()).filter(({ type }) => String(type).startsWith('viewer.'));
    expect(events.map(({ type, process }) => `${type} ${process}`)).toEqual([
      ...Array(2).fill('viewer.attached web'),
      ...Array(2).fill('viewer.detached web'),
    ]);
    const told = (await house.daemon.log()).map(record => JSON.stringify(record)).filter(line => /tached/.test(line));
    expect(told.filter(line => /ada@/.test(line)).length).toBeGreaterThanOrEqual(2);
    expect(told.filter(line => /bob@/.test(line)).length).toBeGreaterThanOrEqual(2);
  });

  test('who watches sees the same, cell for cell, and cannot type', async () => {
    const house = await House.open({ web: ECHO });
    const seat = house.attach('web');
    await seat.untilShown('hello');
    const watchers = [house.attach(['--read-only', 'web']), house.attach(['--read-only', 'web'])];
    seat.type('\x1b[31mred\x1b[m and plain\r');
    for (const watcher of watchers) {
      await watcher.untilShown('plain');
      await untilSame(watcher, seat);
    }
    for (const person of [...watchers, seat]) expect(await person.leave()).toBe(0);
  });
});

describe('from within', () => {
  test('its own terminal: refused', async () => {
    const house = await House.open({ web: script('read go; exec "$@"') }, {});
    const { bench } = house;
    const inner = house
      .command('attach', 'web')
      .map(word => `'${word}'`)
      .join(' ');
    bench.write(
      JSON.stringify({ programs: { web: script(`echo ready; read go; ${inner}; echo "code $?"; exec cat`) } }),
    );
    await house.ctl('update');
    await house.untilPrinted('web', 'ready');
    await house.type('web', '\r');
    await house.untilPrinted('web', 'code 1');
    const text = (await house.screen('web')).lines.map(line => line.text).join('');
    expect(text).toContain('cannot attach to web from its own terminal');
  });

  test('the terminal of another process, and both are left one after the other', async () => {
    const house = await House.open({ web: ECHO, shell: { cmd: ['/bin/sh', '-i'], env: { PS1: 'ready> ' } } });
    const seat = house.attach('shell');
    await seat.untilShown('ready>');
    seat.type(`${house.command('attach', 'web').join(' ')}; echo "code $?"\r`);
    await seat.untilShown('hello');
    seat.type('inner words\r');
    await house.untilPrinted('web', 'inner words');
    seat.type('\x02\x02d');
    await seat.untilShown('code 0');
    expect((await house.daemon.info('web')).viewers).toEqual([]);
    expect(await seat.leave()).toBe(0);
  });

  test.runIf(isInstalled('tmux'))('tmux', async () => {
    const house = await House.open({ web: script(`printf '\\033[?1049h\\033[5;5Hpicture'; exec cat`) });
    const command = `${house.command('attach', 'web').join(' ')}; echo "code $?"; exec cat`;
    const { dir } = house.bench;
    const tmux = new Seat(['tmux', '-L', `tm-${process.pid}`, '-f', '/dev/null', 'new-session', command], {
      rows: 25,
      env: { TMUX_TMPDIR: dir },
    });
    await tmux.untilShown('picture');
    expect(await house.screen('web')).toMatchObject({ cols: 80, rows: 24, alternate: true });
    tmux.type('words\r');
    await tmux.untilSo('the echo', () => tmux.shows.split('words').length === 3);
    tmux.resize({ cols: 90, rows: 31 });
    await house.untilScreen('web', ({ cols, rows }) => cols === 90 && rows === 30);
    tmux.type('\x02\x02d');
    await tmux.untilShown('code 0');
    expect(tmux.shows).not.toContain('picture');
    tmux.type('\x04');
    await tmux.exited;
  });
});

test.runIf(isInstalled('screen'))('from within screen', async () => {
  const house = await House.open({ web: script(`printf '\\033[5;5Hpicture'; exec cat`) });
  const dir = join(house.bench.dir, 'screens');
  mkdirSync(dir, { mode: 0o700 });
  const command = `${house.command('attach', 'web').join(' ')}; echo "code $?"; exec cat`;
  const screen = new Seat(['screen', '-c', '/dev/null', '-S', `tm-${process.pid}`, 'sh', '-c', command], {
    env: { SCREENDIR: dir },
  });
  await screen.untilShown('picture');
  screen.type('words\r');
  await screen.untilSo('the echo', () => screen.shows.split('words').length === 3);
  screen.resize({ cols: 90, rows: 31 });
  await house.untilScreen('web', ({ cols, rows }) => cols === 90 && rows === 31);
  screen.type('\x02d');
  await screen.untilShown('code 0');
  screen.type('\x04');
  await screen.exited;
});

test('a client that is killed is gone, and its program goes on', async () => {
  const house = await House.open({ web: ECHO });
  const seat = new Seat(['/bin/sh', '-c', '"$@"; echo "code $?"; exec cat', 'sh', ...house.command('attach', 'web')]);
  await seat.untilShown('hello');
  process.kill(childOf(seat.pty.pid), 'SIGKILL');
  await house.daemon.untilEvent(({ type }) => type === 'viewer.detached');
  expect(await house.daemon.info('web')).toMatchObject({ state: 'RUNNING', viewers: [] });
});
