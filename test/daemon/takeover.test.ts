/** The right to take a socket over: one holder at a time among real processes, and no wait for dead ones. */
import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { bootId, identityOf, readStat } from '../../src/daemon/procfs.ts';
import { enterTakeover } from '../../src/daemon/takeover.ts';
import { realClock } from '../../src/runtime/clock.ts';
import { ROOT } from '../support/built.ts';
import { FakeClock } from '../support/fake-clock.ts';
import { onCleanup, tempDir } from '../support/world.ts';

/** Enters so many times; while it is in, it makes a directory that only one at a time can make. */
const CONTENDER = `
  import { mkdirSync, rmdirSync } from 'node:fs';
  import { enterTakeover } from '${ROOT}/dist/daemon/takeover.js';
  import { realClock } from '${ROOT}/dist/runtime/clock.js';
  const [knownAs, rounds] = process.argv.slice(1);
  for (let round = 0; round < Number(rounds); round++) {
    const held = await enterTakeover(knownAs, realClock);
    mkdirSync(knownAs + '.inside');
    for (let turn = 0; turn < 20; turn++) await new Promise(setImmediate);
    rmdirSync(knownAs + '.inside');
    held[Symbol.dispose]();
  }
  console.log('done');
`;

/** Enters, and never leaves. */
const HOLDER = `
  import { enterTakeover } from '${ROOT}/dist/daemon/takeover.js';
  import { realClock } from '${ROOT}/dist/runtime/clock.js';
  await enterTakeover(process.argv[1], realClock);
  console.log('inside');
  setInterval(() => {}, 1000);
`;

function start(
  script: string,
  args: readonly string[],
): { child: ChildProcess; printed: Promise<string>; ended: Promise<string> } {
  const child = spawn(process.execPath, ['--input-type=module', '-e', script, ...args], {
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let text = '';
  for (const stream of [child.stdout, child.stderr]) stream?.on('data', chunk => void (text += String(chunk)));
  const ended = new Promise<string>(resolve => child.on('close', () => resolve(text)));
  const printed = new Promise<string>(resolve => child.stdout?.once('data', chunk => resolve(String(chunk))));
  onCleanup(async () => {
    child.kill('SIGKILL');
    await ended;
  });
  return { child, printed, ended };
}

test('of many processes one is in at a time, and all get in', async () => {
  const knownAs = join(tempDir(), 'x.sock');
  const contenders = Array.from({ length: 6 }, () => start(CONTENDER, [knownAs, '15']));
  expect(await Promise.all(contenders.map(({ ended }) => ended))).toEqual(contenders.map(() => 'done\n'));
  expect(readdirSync(join(knownAs, '..'))).toEqual([]);
});

test('two of one process take turns', async () => {
  const knownAs = join(tempDir(), 'x.sock');
  const first = await enterTakeover(knownAs, realClock);
  let isIn = false;
  const second = enterTakeover(knownAs, realClock).then(held => {
    isIn = true;
    return held;
  });
  await new Promise<void>(resolve => realClock.soon(resolve));
  expect(isIn).toBe(false);
  first[Symbol.dispose]();
  (await second)[Symbol.dispose]();
  expect(readdirSync(join(knownAs, '..'))).toEqual([]);
});

test('a holder that was killed is in nobody’s way, not for a moment', async () => {
  const knownAs = join(tempDir(), 'x.sock');
  const holder = start(HOLDER, [knownAs]);
  expect(await holder.printed).toBe('inside\n');
  expect(readdirSync(join(knownAs, '..'))).toHaveLength(1);
  holder.child.kill('SIGKILL');
  await holder.ended;
  // Time stands still: whoever waited would wait for ever.
  using _ = await enterTakeover(knownAs, new FakeClock());
  expect(readdirSync(join(knownAs, '..'))).toEqual([expect.stringContaining(`takeover.${process.pid}-`)]);
});

test('nor are the marks of a number used anew, of another boot, of the version before; strangers’ files stay', async () => {
  const directory = tempDir();
  const knownAs = join(directory, 'x.sock');
  const boot = bootId()?.slice(0, 8) ?? '';
  const { start: began } = identityOf(process.ppid);
  for (const mark of [`${process.ppid}-${(began ?? 0) + 1}-${boot}-a`, `${process.ppid}-${began}-00000000-a`, 'notes'])
    writeFileSync(`${knownAs}.takeover.${mark}`, '');
  mkdirSync(`${knownAs}.takeover`);
  (await enterTakeover(knownAs, new FakeClock()))[Symbol.dispose]();
  expect(readdirSync(directory)).toEqual(['x.sock.takeover.notes']);
});

test('a holder that does not get on is named after a while', async () => {
  const directory = tempDir();
  const knownAs = join(directory, 'x.sock');
  const mark = `${knownAs}.takeover.${process.ppid}-${readStat(process.ppid)?.start}-${bootId()?.slice(0, 8)}-a`;
  writeFileSync(mark, '');
  const clock = new FakeClock();
  const entered = enterTakeover(knownAs, clock);
  const refused = expect(entered).rejects.toThrow(
    `cannot start: another taskmasterd (pid ${process.ppid}) is starting with this config, and does not come further`,
  );
  for (let round = 0; round < 1000 && clock.pending > 0; round++) {
    clock.advance(20);
    await Promise.resolve();
    await Promise.resolve();
  }
  await refused;
  expect([existsSync(mark), readFileSync(mark, 'utf8'), readdirSync(directory).length]).toEqual([true, '', 1]);
});
