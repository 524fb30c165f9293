/** Questions that programs ask their terminal: each is answered once, whoever is attached. */
import { describe, expect, test } from 'vitest';
import { VERSION } from '../../src/protocol/version.ts';
import { answerWhatItIs, fixture, House, isInstalled, type Seat } from './attach-support.ts';

/** What is asked, and what comes back from a terminal that nobody looks at; the answers come in this order. */
const QUESTIONS: readonly (readonly [question: string, answer: string])[] = [
  ['\x1b[c', '\x1b[?62;22c'], // DA1
  ['\x1b[>c', '\x1b[>1;277;0c'], // DA2
  ['ab\x1b[6n', '\x1b[2;3R'], // where the cursor is
  ['\x1b[>0q', `\x1bP>|taskmaster ${VERSION}\x1b\\`],
  ['\x1b[?u', '\x1b[?0u'], // kitty's keyboard
  ['\x1b[?2026$p', '\x1b[?2026;2$y'],
  ['\x1b]10;?\x07', '\x1b]10;rgb:FOREGROUND\x07'],
  ['\x1b]11;?\x1b\\', '\x1b]11;rgb:BACKGROUND\x1b\\'],
  ['\x1b[18t', '\x1b[8;24;80t'], // how large it is
  ['\x1b[5n', '\x1b[0n'],
];

const program = fixture('asker.mjs', ...QUESTIONS.map(([question]) => JSON.stringify(question)));

/** Light grey on black, as an ordinary terminal. */
const DEFAULTS = { FOREGROUND: /^[\da-f]{2,4}(\/[\da-f]{2,4}){2}$/, BACKGROUND: /^[\da-f]{2,4}(\/[\da-f]{2,4}){2}$/ };

/** The answers that the program printed, its terminal being as large as all of these are. */
async function answersTo(house: House): Promise<string> {
  const { json } = await house.daemon.call('GET', '/v1/processes/asker/screen?format=json');
  const { lines } = json as { readonly lines: readonly { readonly text: string; readonly wrapped: boolean }[] };
  const text = lines.map(({ text, wrapped }) => (wrapped ? text : `\n${text}`)).join('');
  return JSON.parse(/"(?:[^"\\]|\\.)*"(?= DONE)/.exec(text)?.[0] ?? '""');
}

/** What must have come, with these colours. */
function expected(foreground: string, background: string): string {
  return QUESTIONS.map(([, answer]) => answer)
    .join('')
    .replace('FOREGROUND', foreground)
    .replace('BACKGROUND', background);
}

/** A terminal that answers everything, and everything otherwise than the daemon does. */
function garrulous(question: string): string {
  if (question === '\x1b]10;?\x07') return '\x1b]10;rgb:1010/1010/1010\x07';
  if (question === '\x1b]11;?\x1b\\') return '\x1b]11;rgb:2020/2020/2020\x1b\\';
  return answerWhatItIs(question) ?? '\x1b[99;99R\x1b[>99;99c\x1b[0n';
}

async function asked(seats: readonly Seat[], house: House): Promise<string> {
  await house.untilPrinted('asker', 'ready');
  await house.type('asker', 'x');
  await house.untilPrinted('asker', 'DONE');
  await Promise.all(seats.map(seat => seat.untilShown('DONE')));
  return await answersTo(house);
}

const SIZE = { cols: 80, rows: 24 };

describe('a program that asks', () => {
  test('with nobody attached', async () => {
    const house = await House.open({ asker: { ...program, terminal: SIZE } });
    const answers = await asked([], house);
    const [, foreground = '', background = ''] = /10;rgb:([^\x07]*)\x07\x1b\]11;rgb:([^\x1b]*)\x1b/.exec(answers) ?? [];
    expect(answers).toBe(expected(foreground, background));
    expect(foreground).toMatch(DEFAULTS.FOREGROUND);
    expect(background).toMatch(DEFAULTS.BACKGROUND);
  });

  test('with one attached, whose terminal tells its colours', async () => {
    const house = await House.open({ asker: { ...program, terminal: SIZE } });
    const seat = house.attach('asker', { ...SIZE, answer: garrulous });
    await seat.untilShown('ready');
    expect(await asked([seat], house)).toBe(expected('1010/1010/1010', '2020/2020/2020'));
    expect(seat.asked).toEqual(['\x1b]10;?\x07', '\x1b]11;?\x1b\\']);
  });

  test('with one attached whose terminal says nothing', async () => {
    const house = await House.open({ asker: { ...program, terminal: SIZE } });
    const seat = house.attach('asker', { ...SIZE, answer: () => undefined });
    await seat.untilShown('ready');
    const answers = await asked([seat], house);
    expect(answers.replace(/rgb:[\da-f/]+/g, 'rgb:')).toBe(expected('', ''));
    expect(seat.asked).toEqual(['\x1b]10;?\x07', '\x1b]11;?\x1b\\']);
  });

  test('with three attached, of whom the driver is asked for colours, and nobody for anything else', async () => {
    const house = await House.open({ asker: { ...program, terminal: SIZE } });
    const seats: Seat[] = [];
    for (const args of [['--read-only', 'asker'], ['asker'], ['--read-only', 'asker']]) {
      const seat = house.attach(args, { ...SIZE, answer: garrulous });
      await seat.untilShown('ready');
      seats.push(seat);
    }
    expect(await asked(seats, house)).toBe(expected('1010/1010/1010', '2020/2020/2020'));
    expect(seats.map(seat => seat.asked)).toEqual([[], ['\x1b]10;?\x07', '\x1b]11;?\x1b\\'], []]);
  });

  test('what a terminal says unasked is not typed', async () => {
    const house = await House.open({ asker: { ...program, terminal: SIZE } });
    const seat = house.attach('asker', { ...SIZE, answer: () => undefined });
    await seat.untilShown('ready');
    seat.type('\x1b[?62;22c\x1b]11;rgb:2020/2020/2020\x1b\\\x1b[7;7R\x1b[99;99c\x1b[?0u\x1bP>|xterm\x1b\\');
    seat.type('x'); // nothing of that was the key that it waits for
    await seat.untilShown('DONE');
    expect((await answersTo(house)).replace(/rgb:[\da-f/]+/g, 'rgb:')).toBe(expected('', ''));
  });
});

test.runIf(isInstalled('fish'))('fish starts, asks, and shows its prompt to who looks', async () => {
  const house = await House.open({ fish: { cmd: ['fish', '--no-config', '-i'], env: { LC_ALL: 'C.UTF-8' } } });
  const seat = house.attach('fish');
  await seat.untilSo('a prompt', () => /> $/m.test(seat.shows.replace(/[>#]\s*$/gm, '> ')));
  seat.type('echo $COLUMNS "x"y\r');
  await seat.untilShown('80 xy');
  seat.type('exit 4\r');
  expect((await seat.exited).code).toBe(4);
});

test.runIf(isInstalled('vim'))('vim gets what it asks for', async () => {
  const house = await House.open({ vim: { cmd: ['vim', '-u', 'NONE', '-N', '-n'] } });
  const seat = house.attach('vim');
  await seat.untilShown('~'); // what it says of itself is gone with the first change of size
  seat.type(':echo "got" strtrans(v:termresponse)\r');
  await seat.untilShown('got ^[[>1;277;0c');
  expect(seat.asked.filter(question => !question.startsWith('\x1b]1'))).toEqual([]);
  seat.type(':q!\r');
  expect((await seat.exited).code).toBe(0);
});
