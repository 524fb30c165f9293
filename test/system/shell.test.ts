/** The control shell as a person at a terminal meets it. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { CTL } from '../client/attach-support.ts';
import { tempDir } from '../client/support.ts';
import { CHORD, House, Seat, script } from './attach-support.ts';

const [CTRL_C, CTRL_D, CTRL_R] = ['\x03', '\x04', '\x12'];
const PROMPT = 'taskmaster> ';

const PROGRAMS = {
  web: script('while read line; do echo "got $line"; done'),
  crash: { ...script('read go; exit 3'), autostart: false },
} as const;

/** A person in the shell of a house. */
function shellOf(house: House, words: readonly string[] = [], env: Readonly<Record<string, string>> = {}): Seat {
  const command = [process.execPath, CTL, '-c', house.bench.config, 'shell', ...words];
  const { XDG_RUNTIME_DIR = '' } = house.bench.env;
  return new Seat(command, { env: { XDG_RUNTIME_DIR, XDG_STATE_HOME: tempDir(), ...env } });
}

/** The last line of the screen that is not empty. */
function lastLine(seat: Seat): string {
  return seat.lines.findLast(line => line.trim() !== '')?.trimEnd() ?? '';
}

/** What is being typed stands at the end of the screen, and the cursor behind it. */
async function untilTyped(seat: Seat, text: string): Promise<void> {
  const line = `${PROMPT}${text}`;
  await seat.untilSo(line, () => lastLine(seat) === line.trimEnd() && seat.terminal.x === line.length);
}

describe('the control shell', () => {
  test('status first; Tab completes; the history is searched and outlives the shell; Ctrl-D leaves', async () => {
    const house = await House.open(PROGRAMS);
    const state = tempDir();
    const seat = shellOf(house, [], { XDG_STATE_HOME: state });
    await untilTyped(seat, '');
    expect(seat.lines[0]).toMatch(/^crash +STOPPED +Not started$/);
    expect(seat.lines[1]).toMatch(/^web +RUNNING +pid \d+/);
    seat.type('stat\t');
    await untilTyped(seat, 'status ');
    seat.type('we\t\r');
    await seat.untilSo('the status of web', () => /^web +RUNNING/.test(seat.lines[3] ?? ''));
    seat.type('pid\r');
    await untilTyped(seat, '');
    seat.type(`${CTRL_R}us w`);
    await seat.untilShown('search back (us w): status web');
    seat.type('\r');
    await seat.untilSo('web twice', () => seat.shows.split('\nweb ').length === 4);
    seat.type('nonsense\r!ls\rshell\r');
    await seat.untilShown('unknown command "nonsense"');
    await seat.untilShown('!ls: no such line in the history');
    await seat.untilShown('cannot run shell here');
    await untilTyped(seat, '');
    seat.type(CTRL_D);
    expect((await seat.exited).code).toBe(0);
    const typed = ['status web', 'pid', 'status web', 'nonsense', '!ls', 'shell'];
    expect(readFileSync(join(state, 'taskmaster/history'), 'utf8').trim().split('\n')).toEqual(typed);
  });

  test('what was commanded and what ends is told above the line being typed, which stays whole', async () => {
    const house = await House.open(PROGRAMS);
    const seat = shellOf(house);
    await untilTyped(seat, '');
    seat.type('start crash --no-wait\r');
    await seat.untilShown('STARTING -> RUNNING');
    seat.type('send web hello\x1b[D\x1b[D');
    await seat.untilShown('send web hello');
    await house.type('crash', 'go\r');
    await seat.untilShown('exited with 3');
    await seat.untilSo('the line again, with its cursor', () => {
      return lastLine(seat) === `${PROMPT}send web hello` && seat.terminal.x === `${PROMPT}send web hel`.length;
    });
    seat.type('\x05 --enter\r');
    await house.untilPrinted('web', 'got hello');
    await untilTyped(seat, '');
    expect(seat.lines.filter(line => line.startsWith('taskmaster>'))).toHaveLength(3);
  });

  test('Ctrl-C clears a line or cancels a command, and what runs runs on', async () => {
    const house = await House.open(PROGRAMS);
    const seat = shellOf(house);
    await untilTyped(seat, '');
    const { pid } = await house.daemon.info('web');
    seat.type(`stop web${CTRL_C}`);
    await seat.untilShown('stop web^C');
    seat.type('tail -f web\r');
    await house.type('web', 'more\r');
    await seat.untilShown('got more');
    seat.type(CTRL_C);
    await untilTyped(seat, '');
    seat.type('version\r');
    await seat.untilShown('taskmasterd 0.');
    expect((await house.daemon.info('web')).pid).toBe(pid);
  });

  test('attach comes back to the shell, which has its history still', async () => {
    const house = await House.open(PROGRAMS);
    const seat = shellOf(house);
    await untilTyped(seat, '');
    seat.type('attach web\r');
    seat.type('hello\r'); // ahead of the attachment, whose it is
    await seat.untilShown('got hello');
    seat.type(CHORD);
    await seat.untilShown('[detached from web]');
    await untilTyped(seat, '');
    seat.type('\x1b[A');
    await untilTyped(seat, 'attach web');
    seat.type('\r');
    await seat.untilSo('the screen of web', () => !seat.shows.includes('taskmaster>'));
    await house.ctl('stop', 'web');
    await untilTyped(seat, '');
    expect(seat.shows).toContain('[web STOPPED: was ended by SIGTERM');
  });

  test('a daemon that goes away is told of, looked for, and found again', async () => {
    const house = await House.open(PROGRAMS);
    const seat = shellOf(house);
    await untilTyped(seat, '');
    seat.type('status web');
    await untilTyped(seat, 'status web');
    house.daemon.signal('SIGKILL');
    await seat.untilShown('taskmaster (no daemon)> status web');
    expect(seat.shows).toContain('the daemon went away; it is looked for until it is back');
    const next = await house.bench.start();
    await untilTyped(seat, 'status web');
    expect(seat.shows).toContain('the daemon is there');
    seat.type('\r');
    await seat.untilSo(
      'the status of web',
      () =>
        /^web +RUNNING +pid/.test(seat.lines.at(-2) ?? seat.shows) ||
        /\nweb +RUNNING +pid.*\ntaskmaster> /s.test(seat.shows),
    );
    await next.end();
  });

  test('read-only: it shows, changes are refused, and attaching is looking', async () => {
    const house = await House.open(PROGRAMS);
    const seat = shellOf(house, ['--read-only']);
    await seat.untilShown('taskmaster (read-only)>');
    seat.type('stop web\r');
    await seat.untilShown('stop is refused: this is read-only');
    seat.type('attach web\r');
    await seat.untilSo('the screen of web', () => !seat.shows.includes('(read-only)'));
    seat.type(`hello\r${CHORD}`);
    await seat.untilShown('[detached from web]');
    expect((await house.screen('web')).lines[0]?.text).toBe('');
    expect((await house.daemon.info('web')).state).toBe('RUNNING');
  });

  test('TERM=dumb: the same, without a single escape sequence', async () => {
    const house = await House.open({ ...PROGRAMS, crash: script("printf '\\033[31mred\\033[0m text'; read go") });
    await house.untilPrinted('crash', 'red text');
    const seat = shellOf(house, [], { TERM: 'dumb' });
    await seat.untilPrinted(PROMPT);
    seat.type('stop web --no-wait\r');
    await seat.untilPrinted('web: stopping');
    seat.type('status web\r');
    await seat.untilPrinted('web                              STOP');
    seat.type('tail crash\r');
    await seat.untilPrinted('red text');
    seat.type('exit\r');
    expect((await seat.exited).code).toBe(0);
    expect(seat.printed).not.toContain('\x1b');
  });
});
