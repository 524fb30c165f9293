/** The watch sees what it is for: each kind of wrong that a test can plant is found, and a world without one is not accused. */
import { type ChildProcess, spawn } from 'node:child_process';
import { appendFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { onCleanup } from '../support/world.ts';
import { Arena, Violation } from './arena.ts';
import { statusOf } from './client.ts';
import type { Model } from './configs.ts';
import { Ledger } from './ledger.ts';
import { Watch } from './watch.ts';

const MODEL: Model = {
  programs: [
    {
      name: 'abcx',
      origin: 'abcx',
      family: 'childless',
      character: 'sleeper',
      numprocs: 1,
      keys: {},
      isIncluded: false,
    },
  ],
  groups: [],
  attic: [],
  born: 1,
  daemon: 0,
  spelling: 0,
};

/** Longer than an exec takes on a busy machine, and than a second copy waits for the lock. */
const GRACE_MS = 1000;

async function watched(): Promise<{ readonly arena: Arena; readonly watch: Watch; readonly ledger: Ledger }> {
  const arena = new Arena();
  onCleanup(() => arena.close());
  arena.write(MODEL);
  await arena.start();
  await arena.call('POST', '/v1/restart', { select: ['abcx'] });
  const ledger = new Ledger(MODEL);
  return { arena, ledger, watch: new Watch(arena, ledger, GRACE_MS) };
}

/** A program that claims to be a life of a process of the daemon's. */
function impostor({
  arena,
  id,
  leads,
  daemon,
}: {
  readonly arena: Arena;
  readonly id: string;
  readonly leads: boolean;
  readonly daemon?: string;
}): ChildProcess {
  const env = { ...arena.env, TASKMASTER_ID: `${arena.hash}:${id}`, TASKMASTER_DAEMON: daemon };
  const child = spawn('/bin/sh', [join(arena.dir, 'as'), 'sleeper'], { env, detached: leads, stdio: 'ignore' });
  onCleanup(() => new Promise<void>(done => void child.on('close', () => done()).kill('SIGKILL')));
  return child;
}

/** What the watch says, if anything, in many looks. */
async function verdict(watch: Watch): Promise<string> {
  const until = performance.now() + GRACE_MS * 3;
  try {
    while (performance.now() < until) await watch.glance();
    return 'nothing';
  } catch (error) {
    if (error instanceof Violation) return error.message;
    throw error;
  }
}

test('nothing, where nothing is wrong', async () => {
  expect(await verdict((await watched()).watch)).toBe('nothing');
});

test('an orphan', async () => {
  const { arena, watch } = await watched();
  impostor({ arena, id: 'ghostx:1', leads: false });
  expect(await verdict(watch)).toMatch(/^an orphan: pid \d+ .*:ghostx:1, for \d+ ms/);
});

test('a second copy, by the lock that the first one holds', async () => {
  const { arena, watch } = await watched();
  impostor({ arena, id: 'abcx:2', leads: false });
  expect(await verdict(watch)).toMatch(/^a second copy was started: pid \d+ .*:abcx:2 of abcx 0/);
});

test('a second copy, by /proc', async () => {
  const { arena, watch } = await watched();
  impostor({ arena, id: 'abcx:2', leads: true });
  expect(await verdict(watch)).toMatch(/^(two copies of abcx 0|a second copy was started)/);
});

test('a pid that is not what status says', async () => {
  const { arena } = await watched();
  const [info] = await statusOf(arena);
  const told = { processes: [{ ...info, pid: process.pid }], unknown: [] };
  const lying = Object.assign(Object.create(arena), { call: async () => ({ status: 200, json: told, text: '' }) });
  expect(await verdict(new Watch(lying, new Ledger(MODEL), GRACE_MS))).toMatch(
    /no child of the daemon|does not know of its own child/,
  );
});

test('a survivor of an earlier daemon', async () => {
  const { arena, watch } = await watched();
  impostor({ arena, id: 'otherx:1', leads: true, daemon: '0:1:1' });
  expect(await verdict(watch)).toMatch(/^a survivor lives on:\n.*:otherx:1 of daemon 0:1:1\nbeside\n.*:abcx:/);
});

test('a process that the config does not know, and one that status does not', async () => {
  const { watch, ledger } = await watched();
  ledger.beginChange({ ...MODEL, programs: [] });
  await watch.glance();
  ledger.endChange(true);
  expect(await verdict(watch)).toMatch(/^abcx is not in the config, and still in status/);
  ledger.beginChange(MODEL, new Map([['abcx', 2]]));
  ledger.endChange(true);
  expect(await verdict(watch)).toBe('abcx:abcx_00 is in the config, and not in status');
});

test('a process for which something else was decided', async () => {
  const { watch, ledger } = await watched();
  const order = ledger.begin(['all'], 'down');
  await watch.glance();
  ledger.answered(order, { names: ['abcx'], doubtful: [], isDone: true });
  expect(await verdict(watch)).toMatch(/^abcx is RUNNING with intent .*, and the last that was decided of it is down$/);
});

test('a fault in the log, and a torn line', async () => {
  const { arena, watch } = await watched();
  appendFileSync(arena.logfile, '{"level":"error","msg":"fault in the daemon; it runs on"}\n');
  expect(await verdict(watch)).toContain('a fault in the daemon');
  appendFileSync(arena.logfile, '{"level":"er\n');
  expect(await verdict(watch)).toContain('is no JSON');
});

test('a daemon that does not answer', async () => {
  const { arena, watch } = await watched();
  process.kill(arena.pid ?? 0, 'SIGKILL'); // not by the arena, which would know
  expect(await verdict(watch)).toContain('got no answer');
});
