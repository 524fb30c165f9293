/** Programs that print without end, viewers that do not read, and pastes that are not read. */
import { createHash } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { CHORD, fixture, House, type Seat, script } from './attach-support.ts';

/** Counts for ever, until Ctrl-C; then it says so, and is quiet. */
const COUNTER = script(
  'trap "echo interrupted; exec cat" INT; echo ready; read go; while :; do seq 10000000 99999999; done',
);

/** Bytes that a program has printed, when it can be said to print without end. */
const MUCH = 8_000_000;

/** The numbers on a terminal: all its rows but the last, which may be empty or tell who drives. */
function numbersOf(seat: Seat): number[] {
  return seat.lines.slice(0, -1).map(Number);
}

/** Whether a terminal shows successive numbers, as it must at any time. */
function isRight(seat: Seat): boolean {
  const numbers = numbersOf(seat);
  return numbers.every((number, i) => number > 0 && (i === 0 || number === (numbers[i - 1] ?? 0) + 1));
}

async function flooded(...args: readonly (readonly string[])[]): Promise<{ house: House; seats: Seat[] }> {
  const house = await House.open({ web: COUNTER, quiet: script('echo quiet; exec cat') });
  const seats: Seat[] = [];
  for (const words of args) {
    const seat = house.attach([...words, 'web']);
    await seat.untilShown('ready');
    seats.push(seat);
  }
  seats[0]?.type('\r');
  return { house, seats };
}

/** Resolves once the program has printed that much more. */
async function untilPrintedMore(house: House, bytes: number): Promise<void> {
  const printed = async (): Promise<number> => (await house.daemon.info('web')).scrollback.to;
  const from = await printed();
  while ((await printed()) < from + bytes);
}

describe('a program that prints without end', () => {
  test('is seen live and rightly, while the daemon serves others; it is stopped by Ctrl-C, and left by the chord', async () => {
    const { house, seats } = await flooded([], ['--read-only']);
    const [seat, watcher] = seats as [Seat, Seat]; // two were asked for
    for (const person of seats) await person.untilSo('numbers', () => isRight(person));
    const [first = 0] = numbersOf(seat);
    await untilPrintedMore(house, MUCH);
    await seat.untilSo('later numbers', () => isRight(seat) && (numbersOf(seat)[0] ?? 0) > first + 100_000);

    const status = await house.ctl('status');
    expect(status.out).toMatch(/^web\s+RUNNING.*ada@.* and 1 more/m);
    const other = house.attach('quiet');
    await other.untilShown('quiet');
    other.type('a word\r');
    await other.untilSo('the echo', () => other.shows.split('a word').length === 3);

    expect(await watcher.leave()).toBe(0);
    expect(watcher.shows).toContain('[detached from web]');
    seat.type('\x03');
    await seat.untilShown('interrupted');
    await house.untilTrue(seat, 'web');
    expect(await seat.leave()).toBe(0);
  });

  test('is left by the chord in the midst of it, and goes on', async () => {
    const { house, seats } = await flooded([]);
    const [seat] = seats as [Seat];
    await seat.untilSo('numbers', () => isRight(seat));
    await untilPrintedMore(house, MUCH);
    expect(await seat.leave()).toBe(0);
    await untilPrintedMore(house, MUCH);
    expect((await house.daemon.info('web')).viewers).toEqual([]);
  });

  test('does not wait for a viewer that is stopped, which sees the right screen when it goes on, nor for one that is killed', async () => {
    const { house, seats } = await flooded([], ['--read-only'], ['--read-only']);
    const [seat, stopped, killed] = seats as [Seat, Seat, Seat]; // three were asked for
    for (const person of seats) await person.untilSo('numbers', () => isRight(person));
    process.kill(stopped.pty.pid, 'SIGSTOP');
    process.kill(killed.pty.pid, 'SIGKILL');
    await untilPrintedMore(house, 2 * MUCH);
    expect((await house.daemon.info('web')).viewers).toHaveLength(2);
    const [last = 0] = numbersOf(seat);
    await seat.untilSo('later numbers', () => (numbersOf(seat)[0] ?? 0) > last && isRight(seat));
    process.kill(stopped.pty.pid, 'SIGCONT');
    await stopped.untilSo('later numbers', () => (numbersOf(stopped)[0] ?? 0) > last && isRight(stopped));
    seat.type('\x03');
    for (const person of [seat, stopped]) {
      await person.untilShown('interrupted');
      await house.untilTrue(person, 'web');
    }
  });

  test('does not wait for a terminal that takes nothing, which shows the right screen once it does', async () => {
    const { house, seats } = await flooded([], ['--read-only']);
    const [seat, slow] = seats as [Seat, Seat]; // two were asked for
    await slow.untilSo('numbers', () => isRight(slow));
    slow.pty.setPaused(slow, true);
    await untilPrintedMore(house, 2 * MUCH);
    seat.type('\x03');
    await seat.untilShown('interrupted');
    slow.pty.setPaused(slow, false);
    await slow.untilShown('interrupted');
    await house.untilTrue(slow, 'web');
  });
});

describe('a paste', () => {
  const LENGTH = process.env.CI ? 2_000_000 : 10_000_000;
  const paste = Buffer.alloc(LENGTH, 'All work and no play makes a long paste, é, and a \\ too. ');

  /** Types as fast as the terminal takes it. Ends when it is all typed, or `isOver`. */
  async function typed(seat: Seat, bytes: Uint8Array, isOver: () => boolean = () => false): Promise<void> {
    const piece = 64 * 1024;
    for (let at = 0; at < bytes.length && !isOver(); ) {
      if (seat.pty.write(bytes.subarray(at, at + piece))) at += piece;
      else await new Promise(resolve => setImmediate(resolve));
    }
  }

  test('into a program that reads slowly arrives whole', async () => {
    const house = await House.open({ reader: fixture('slow-reader.mjs', '65536') });
    const seat = house.attach('reader');
    await seat.untilShown('ready');
    await typed(seat, paste);
    await typed(seat, Buffer.from('\x04'));
    expect((await seat.exited).code).toBe(0);
    const sum = createHash('sha256').update(paste).digest('hex');
    expect(seat.printed).toContain(`read ${LENGTH} ${sum}`);
  });

  test('into one that never reads is given up by detaching', async () => {
    const house = await House.open({
      deaf: script('stty raw -echo; echo ready; exec sleep 1000'),
      quiet: script('echo quiet; exec cat'),
    });
    const seat = house.attach('deaf');
    await seat.untilShown('ready');
    await typed(seat, paste.subarray(0, 1_500_000));
    const other = house.attach('quiet');
    await other.untilShown('quiet');
    other.type('a word\r');
    await other.untilSo('the echo', () => other.shows.split('a word').length === 3);
    await typed(seat, Buffer.from(CHORD));
    expect((await seat.exited).code).toBe(0);
    const again = house.attach('deaf'); // nothing of it is left in the way
    await again.untilShown('ready');
    expect(await again.leave()).toBe(0);
  });
});
