/** What a session leaves of itself in the user's terminal: nothing, however it ends. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { Modes } from '../../src/core/modes.ts';
import { tempDir } from '../support/world.ts';
import { CHORD, childOf, House, Replay, Seat, type SeatOptions, script } from './attach-support.ts';

const SIZE = { cols: 80, rows: 24 };
const SMALL = { cols: 60, rows: 12 };

/** Everything that a program can set, the last of it being `alternate`, and then text on the screen. */
function everything(alternate: string): string {
  return [
    '\x1b[H\x1b[2Jmain \x1b[>1u\x1b[>5u\x1b7',
    alternate,
    '\x1b[2J\x1b[?25l\x1b[?1h\x1b=\x1b[?12h\x1b[5 q\x1b[?5h',
    '\x1b[?1000h\x1b[?1002h\x1b[?1003h\x1b[?1006h\x1b[?1004h\x1b[?2004h\x1b[?1007h\x1b[?45h\x1b[?2031h\x1b[?2048h',
    '\x1b[3;10r\x1b[?6h\x1b[4h\x1b[20h\x1b[?7l\x1b[3g\x1b[5G\x1bH',
    '\x1b(0\x1b)A\x0e\x1b[1;31;44;4:3m\x1b]0;editor\x07\x1b]2;more\x1b\\\x1b[22;0t\x1b]2;still more\x07',
    '\x1b[>1u\x1b[>31u\x1b[=15;1u\x1b[>4;2m',
    '\x1b]10;#ffffff\x07\x1b]11;#123456\x07\x1b]12;red\x07\x1b]4;1;blue;2;#00ff00\x07\x1b]22;pointer\x07',
    '\x1b]8;;http://example.org\x1b\\link\x0f\x1b(B\x1b[1;1HMARK\x1b)A\x0e\x1b(0',
  ].join('');
}

const ALTERNATES: Readonly<Record<string, string>> = {
  'no alternate screen': '',
  'mode 1049': '\x1b[?1049h',
  'mode 1047': '\x1b[?1047h',
  'mode 47': '\x1b[?47h',
};

const STREAMS: Readonly<Record<string, string>> = {
  ...Object.fromEntries(Object.entries(ALTERNATES).map(([name, bytes]) => [name, everything(bytes)])),
  'half a control sequence': `${everything('\x1b[?1049h')}\x1b[38;5`,
  'half a title': `${everything('\x1b[?1049h')}\x1b]2;half a ti`,
  'half a picture': `MARK\x1bPq#0;2;0;0;0${'~'.repeat(3000)}`,
  'half a character': `${everything('')}\xe2\x82`,
  'a picture being drawn': `${everything('\x1b[?1049h')}\x1b[?2026hhalf of it`,
  'plain lines': 'one\r\ntwo\r\nMARK',
  'the last column': `\x1b[24;1H${'x'.repeat(76)}MARK`,
};

/** Prints a file when it is told to, and ends with 3 when it is told again. */
function printer(stream: string): ReturnType<typeof script> {
  const file = join(tempDir(), 'stream');
  writeFileSync(file, Buffer.from(stream, 'latin1'));
  return script('stty -echo -opost; printf ready; read go; cat "$1"; read go; exit 3', file);
}

/** The client between a shell's other commands. */
class InShell extends Seat {
  constructor(house: House, args: readonly string[], options: SeatOptions = {}) {
    const before = [
      'printf "\\033]0;shell\\007"',
      'for i in $(seq 1 40); do echo "line $i"; done',
      'echo "tty $(stty -g | cksum)"',
      'printf "first prompt> "',
    ].join('; ');
    const after = 'code=$?; echo "tty $(stty -g | cksum)"; echo "code $code"; printf "second prompt> "; read end';
    super(['/bin/sh', '-c', `${before}; "$@"; ${after}`, 'sh', ...house.command('attach', ...args)], {
      ...SIZE,
      ...options,
    });
  }

  get client(): number {
    return childOf(this.pty.pid);
  }

  async untilBack(): Promise<void> {
    await this.untilSo('the second prompt', () => this.printed.endsWith('second prompt> '));
    this.type('\r');
    await this.exited;
  }
}

/** Expects that nothing is left, and that the client said so and ended with the code. `what`: of the case, for a failure. */
function expectNoTrace(
  what: string,
  { printed, terminal }: Seat,
  { said, code }: { readonly said: RegExp; readonly code: number },
): void {
  const begin = printed.indexOf(Modes.ENTRY);
  expect(begin, what).toBeGreaterThan(0);
  const replay = new Replay(terminal.size).show(printed.slice(0, begin));
  const before = replay.manners;
  const linesBefore = replay.lines;
  expect(linesBefore.at(-1), what).toBe('first prompt>');
  expect(replay.show(printed.slice(begin, printed.lastIndexOf('\r\n'))).manners, what).toEqual(before);
  const { lines } = replay;
  expect(lines.slice(0, linesBefore.length), what).toEqual(linesBefore);
  const [line = '', tty, ...rest] = lines.slice(-4);
  expect(line, what).toMatch(said);
  expect(tty, what).toBe(linesBefore.at(-2));
  expect(rest, what).toEqual([`code ${code}`, 'second prompt>']);
}

const DETACHED = { said: /^\[detached from \w+\]$/, code: 0 };

type Leaving = readonly [
  name: string,
  leave: (house: House, seat: InShell, program: string) => unknown,
  said: RegExp,
  code: number,
];

const WAYS: readonly Leaving[] = [
  ['the chord', (_, seat) => seat.type(CHORD), DETACHED.said, 0],
  ['detach from elsewhere', (house, _, program) => house.ctl('detach', program), /^\[detached.*\]$/, 0],
  ['the end of the program', (_, seat) => seat.type('\r'), /^\[[\w:]+ EXITED: .*3.*\]$/, 3],
  [
    'kill -9 of the program',
    (house, _, program) => house.ctl('signal', 'KILL', program),
    /^\[[\w:]+ EXITED: .*SIGKILL.*\]$/,
    137,
  ],
  ['a stop', (house, _, program) => house.ctl('stop', program), /^\[[\w:]+ STOPPED: .*\]$/, 143],
  ['SIGTERM', (_, seat) => process.kill(seat.client, 'SIGTERM'), /^\[detached from \w+: SIGTERM\]$/, 143],
  ['SIGHUP', (_, seat) => process.kill(seat.client, 'SIGHUP'), /^\[detached from \w+: SIGHUP\]$/, 129],
  ['SIGINT', (_, seat) => process.kill(seat.client, 'SIGINT'), /^\[detached from \w+: SIGINT\]$/, 130],
];

/** Somebody who is attached while the program sets everything. */
async function attachedTo(house: House, program: string): Promise<InShell> {
  const seat = new InShell(house, [program]);
  await seat.untilShown('ready');
  seat.type('\r');
  await seat.untilShown('MARK');
  return seat;
}

describe('the terminal is as before, when a program is left that has set everything', () => {
  const stream = `${everything('\x1b[?1049h')}\x1b[38;5`;

  test(`by ${WAYS.map(([name]) => name).join(', ')}`, async () => {
    const house = await House.open(Object.fromEntries(WAYS.map((_, i) => [`web${i}`, printer(stream)])));
    await Promise.all(
      WAYS.map(async ([name, leave, said, code], i) => {
        const seat = await attachedTo(house, `web${i}`);
        await leave(house, seat, `web${i}`);
        await seat.untilBack();
        expectNoTrace(name, seat, { said, code });
      }),
    );
  });

  test.each([
    ['SIGKILL', /^\[the daemon went away\]$/, 7],
    ['SIGTERM', /^\[[\w:]+ STOPPED: .*\]$/, 143],
  ] as const)('by %s to the daemon', async (signal, said, code) => {
    const house = await House.open({ web: printer(stream) });
    const seat = await attachedTo(house, 'web');
    house.daemon.signal(signal);
    await seat.untilBack();
    expectNoTrace(signal, seat, { said, code });
  });

  test('by --steal', async () => {
    const house = await House.open({ web: printer(stream) });
    const seat = await attachedTo(house, 'web');
    const thief = new InShell(house, ['--steal', 'web']);
    await seat.untilBack();
    expectNoTrace('who was there', seat, { said: /^\[detached: ada@.* took over\]$/, code: 0 });
    await thief.untilShown('MARK');
    thief.type(CHORD);
    await thief.untilBack();
    expectNoTrace('who came', thief, DETACHED);
  });
});

describe('the terminal is as before, for who saw all of it and for who came late, left in the middle of', () => {
  const names = Object.keys(STREAMS);
  const half = Math.ceil(names.length / 2);

  test.each(
    [names.slice(0, half), names.slice(half)].map(some => [some.join(', '), some] as const),
  )('%s', async (_, some) => {
    const house = await House.open(
      Object.fromEntries(some.map((name, i) => [`web${i}`, printer(STREAMS[name] ?? '')])),
    );
    await Promise.all(
      some.map(async (name, i) => {
        const seat = await attachedTo(house, `web${i}`);
        const late = new InShell(house, [`web${i}`]);
        await late.untilShown('MARK');
        for (const person of [seat, late]) person.type(CHORD);
        await Promise.all([seat.untilBack(), late.untilBack()]);
        expectNoTrace(name, seat, DETACHED);
        expectNoTrace(`${name}, late`, late, DETACHED);
      }),
    );
  });

  test('pictures of another size', async () => {
    const house = await House.open({ web: printer(everything('\x1b[?1049h')) });
    await attachedTo(house, 'web');
    const small = new InShell(house, ['--read-only', 'web'], SMALL);
    await small.untilShown('MARK');
    small.type(CHORD);
    await small.untilBack();
    expectNoTrace('small', small, DETACHED);
  });
});
