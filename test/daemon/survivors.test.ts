/** Survivors that really live: processes in sessions of their own, which the test starts with the marks of a dead daemon. */
import { type ChildProcess, spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import type { HappeningBody } from '../../src/core/events.ts';
import { type ProcessRecord, type StateRecord, type StopPolicy, stopPolicyOf } from '../../src/core/record.ts';
import { endSurvivors, type Remaining } from '../../src/daemon/ending.ts';
import { bootId, identityOf, readStat } from '../../src/daemon/procfs.ts';
import { type Found, findSurvivors, isStillThere } from '../../src/daemon/survivors.ts';
import { realClock } from '../../src/runtime/clock.ts';
import { ROOT } from '../support/built.ts';
import { makeSpec } from '../support/spec.ts';
import { isAlive, onCleanup } from '../support/world.ts';

const HASH = `test${process.pid}`;
const UID = process.getuid?.() ?? 0;
/** This number, at another time. */
const DEAD = { pid: process.pid, start: 1 };
const DAEMON = `${UID}:${DEAD.pid}:${DEAD.start}`;
const POLICY: StopPolicy = { ...stopPolicyOf(makeSpec()), time: 50 };

interface Marks {
  readonly id?: string;
  readonly daemon?: string;
}

/** Runs a script as a survivor of `web`, in a session of its own, until it has printed a line. */
async function survivor(script: string, { id = `${HASH}:web:1`, daemon = DAEMON }: Marks = {}) {
  const env = { PATH: process.env.PATH, TASKMASTER_ID: id, TASKMASTER_DAEMON: daemon };
  const child = spawn('/bin/sh', ['-c', script], { detached: true, env, stdio: ['ignore', 'pipe', 'inherit'] });
  const pid = child.pid ?? 0;
  const others = [...(await firstLine(child)).matchAll(/\d+/g)].map(Number);
  onCleanup(async () => {
    child.stdout?.destroy();
    for (const one of [pid, ...others]) {
      kill(one);
      while (isAlive(one)) await turn();
    }
  });
  return { pid, start: identityOf(pid).start ?? 0, others };
}

function kill(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL');
  } catch {
    // it has ended already, as most do
  }
}

async function firstLine(child: ChildProcess): Promise<string> {
  let text = '';
  await new Promise<void>((resolve, reject) => {
    child.stdout?.on('data', chunk => {
      text += String(chunk);
      if (text.includes('\n')) resolve();
    });
    child.on('error', reject);
    child.on('exit', () => reject(new Error(`it ended, having printed ${JSON.stringify(text)}`)));
  });
  return text.trim();
}

function record(name: string, changes: Partial<ProcessRecord> = {}): ProcessRecord {
  return {
    program: name,
    num: 0,
    name,
    marked: null,
    intent: null,
    generation: 1,
    life: null,
    stop: POLICY,
    ...changes,
  };
}

function saved(...processes: readonly ProcessRecord[]): StateRecord {
  return { version: 1, boot: bootId(), daemon: DEAD, ended: null, processes };
}

function find(state?: StateRecord): Promise<Found> {
  return findSurvivors({ saved: state, hash: HASH, uid: UID, users: new Set([UID]), clock: realClock });
}

class Told {
  readonly happenings: Extract<HappeningBody, { type: 'daemon.survivors' }>[] = [];
  readonly warnings: string[] = [];

  async end(found: Found, policy: Partial<StopPolicy> = {}): Promise<Remaining> {
    return await endSurvivors(found, {
      clock: realClock,
      policyOf: () => ({ ...POLICY, ...policy }),
      publish: happening => {
        if (happening.type === 'daemon.survivors') this.happenings.push(happening);
      },
      warn: message => this.warnings.push(message),
    });
  }

  /** `found 7,8`, `SIGTERM 7`, `gone 7,8`. */
  get words(): string[] {
    return this.happenings.map(({ action, signal, pids }) => `${signal ?? action} ${pids.join()}`);
  }
}

const pidsOf = (found: Found): number[] => found.survivors.map(({ pid }) => pid);
const SLEEPS = 'echo; exec sleep 1000';
const DEAF = 'trap "" TERM; echo; while :; do sleep 1000; done';

describe('is ended:', () => {
  test('a recorded life, whatever it carries, by its own policy', async () => {
    const { pid, start } = await survivor(SLEEPS, { id: 'none' });
    const found = await find(saved(record('web', { life: { pid, start }, stop: { ...POLICY, signal: 'SIGUSR1' } })));
    expect(found.survivors).toEqual([{ pid, start, process: 'web', isLeader: true }]);
    const told = new Told();
    expect(await told.end(found, { signal: 'SIGKILL' })).toEqual(new Map());
    expect(told.words).toEqual([`found ${pid}`, `SIGUSR1 ${pid}`, `gone ${pid}`]);
    expect([isAlive(pid), isStillThere({ pid, start }), told.warnings]).toEqual([false, false, []]);
  });

  test('a marked one without any state, and one that is deaf', async () => {
    const [one, deaf] = [await survivor(SLEEPS), await survivor(DEAF, { id: `${HASH}:grp:deaf ü_00:12` })];
    const found = await find();
    const told = new Told();
    expect(await told.end(found)).toEqual(new Map());
    expect([isAlive(one.pid), isAlive(deaf.pid)]).toEqual([false, false]);
    const words = told.happenings.filter(({ process }) => process.startsWith('grp')).map(it => it.signal ?? it.action);
    expect(words.slice(0, 3)).toEqual(['found', 'SIGTERM', 'SIGKILL']);
    expect([words.at(-1), told.happenings.at(-1)?.program]).toEqual(['gone', 'grp']);
  });

  test('what it started: in its session without marks, in one of its own with them', async () => {
    const script = `env -i sleep 1000 & a=$!; setsid sleep 1000 & b=$!; echo $a $b; wait`;
    const { pid, others } = await survivor(script);
    for (const other of others) while (commOf(other) !== 'sleep') await turn();
    const told = new Told();
    const found = await find();
    expect(pidsOf(found).sort()).toEqual([pid, ...others].sort());
    expect(await told.end(found)).toEqual(new Map());
    expect([pid, ...others].map(isAlive)).toEqual([false, false, false]);
  });

  test('what is started while others are ended', async () => {
    const { pid } = await survivor(`trap 'setsid sleep 1000 & exit' TERM; echo; while :; do sleep 0.01; done`);
    const told = new Told();
    await told.end(await find());
    expect(isAlive(pid)).toBe(false);
    expect(pidsOf(await find())).toEqual([]);
  });

  test('a bomb that forks and ends faster than it is read', async () => {
    const { pid } = await survivor(`trap '' TERM; bomb() { (sleep 0.005; bomb) & }; bomb; echo; exec sleep 1000`);
    await new Told().end(await find());
    expect(isAlive(pid)).toBe(false);
    await new Told().end(await find()); // on a busy machine one may be born behind the reader's back each time
    expect(pidsOf(await find())).toEqual([]);
  });

  test('a hundred, side by side', async () => {
    const script = 'i=0; while [ $i -lt 100 ]; do setsid sleep 1000 & i=$((i+1)); done; echo $!; wait';
    const { others } = await survivor(script);
    for (const other of others) while (commOf(other) !== 'sleep') await turn();
    await new Told().end(await find());
    expect(pidsOf(await find())).toEqual([]);
  });
});

describe('is left alone:', () => {
  test('a reused number, another config’s, another user’s, a live daemon’s', async () => {
    const { start } = identityOf(process.pid);
    const strangers = [
      await survivor(SLEEPS, { id: 'none' }),
      await survivor(SLEEPS, { id: `${HASH}x:web:1` }),
      await survivor(SLEEPS, { daemon: `${UID + 1}:${DEAD.pid}:${DEAD.start}` }),
      await survivor(SLEEPS, { daemon: `${UID}:${process.pid}:${start}` }),
    ];
    const [reused] = strangers;
    const life = { pid: reused?.pid ?? 0, start: (reused?.start ?? 0) - 1 };
    const told = new Told();
    const found = await find(saved(record('web', { life })));
    expect([found.survivors, found.living]).toEqual([[], undefined]);
    await told.end(found);
    expect([strangers.map(({ pid }) => isAlive(pid)), told.words]).toEqual([[true, true, true, true], []]);
  });

  test('a zombie', async () => {
    const { others } = await survivor('sleep 0 & echo $!; exec sleep 1000', { id: 'none' });
    const [zombie = 0] = others;
    while (readStat(zombie)?.state !== 'Z') await turn();
    const { start } = identityOf(zombie);
    expect(pidsOf(await find(saved(record('web', { life: { pid: zombie, start } }))))).toEqual([]);
    expect(isStillThere({ pid: zombie, start: start ?? 0 })).toBe(false);
  });

  test.each([
    'report',
    'ignore',
  ] as const)('what the policy `%s` lets live, once the leader is gone', async leftovers => {
    const { pid, others } = await survivor('sleep 1000 & echo $!; wait');
    const told = new Told();
    expect(await told.end(await find(), { leftovers })).toEqual(new Map());
    expect([isAlive(pid), ...others.map(isAlive)]).toEqual([false, true]);
    expect(told.words.filter(word => word.startsWith('left'))).toEqual(
      leftovers === 'report' ? [`left ${others}`] : [],
    );
  });

  test('whoever the daemon descends from, which is told and stands in the way of its program', async () => {
    const script = `
      import { findSurvivors } from '${ROOT}/dist/daemon/survivors.js';
      import { endSurvivors } from '${ROOT}/dist/daemon/ending.js';
      import { realClock } from '${ROOT}/dist/runtime/clock.js';
      const found = await findSurvivors({ saved: undefined, hash: '${HASH}', uid: ${UID}, users: new Set([${UID}]), clock: realClock });
      const told = [];
      const standing = await endSurvivors(found, { clock: realClock, policyOf() {}, publish: it => told.push(it), warn() {} });
      console.log(JSON.stringify({ told: told.map(it => it.action + ' ' + it.process), standing: [...standing.keys()] }));
    `;
    const line = new Promise<string>((resolve, reject) => {
      const shell = spawn(
        '/bin/sh',
        ['-c', `sleep 1000 & "$0" --input-type=module -e "$1"; kill $!; wait`, process.execPath, script],
        {
          detached: true,
          env: { PATH: process.env.PATH, TASKMASTER_ID: `${HASH}:shell:1`, TASKMASTER_DAEMON: DAEMON },
          stdio: ['ignore', 'pipe', 'inherit'],
        },
      );
      onCleanup(() => void (shell.exitCode === null && shell.pid !== undefined && kill(-shell.pid)));
      let text = '';
      shell.stdout.on('data', chunk => void (text += String(chunk)));
      shell.on('close', () => resolve(text));
      shell.on('error', reject);
    });
    expect(JSON.parse(await line)).toEqual({ told: ['left shell'], standing: ['shell'] });
  });
});

test('a daemon that lives is told by its programs, where there is no state', async () => {
  const script = `
    import { spawn } from 'node:child_process';
    import { daemonIdOf } from '${ROOT}/dist/daemon/procfs.js';
    const env = { ...process.env, TASKMASTER_ID: '${HASH}:web:1', TASKMASTER_DAEMON: daemonIdOf(${UID}) };
    const child = spawn('/bin/sleep', ['1000'], { detached: true, env, stdio: 'ignore' });
    child.on('spawn', () => console.log(child.pid));
  `;
  const daemon = spawn(process.execPath, ['--input-type=module', '-e', script], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const program = Number(await firstLine(daemon));
  const ended = new Promise(resolve => daemon.on('close', resolve));
  onCleanup(async () => {
    kill(program);
    daemon.kill('SIGKILL');
    await ended;
  });
  while (commOf(program) !== 'sleep') await turn();
  const found = await find();
  expect([found.living, found.survivors]).toEqual([daemon.pid, []]);
  const { start } = identityOf(daemon.pid ?? 0);
  expect((await find({ ...saved(), daemon: { pid: daemon.pid ?? 0, start } })).living).toBe(daemon.pid);
});

test('what a daemon left that ended in order is left alone', async () => {
  const { pid } = await survivor(SLEEPS);
  const found = await find({ ...saved(record('web')), daemon: null, ended: DEAD });
  expect(found.survivors).toEqual([]);
  await new Told().end(found);
  expect(isAlive(pid)).toBe(true);
});

/** The name of the file that it runs, once that waits for something: before its exec it is a copy of its parent. */
function commOf(pid: number): string | undefined {
  return readStat(pid)?.state === 'S' ? readFileSync(`/proc/${pid}/comm`, 'utf8').trim() : undefined;
}

function turn(): Promise<void> {
  return new Promise(resolve => realClock.soon(resolve));
}
