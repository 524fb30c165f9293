/** What one daemon leaves to the next: what was decided, and, when it is killed, its programs. */
import { spawn } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { configHash } from '../../src/config/paths.ts';
import type { StateRecord } from '../../src/core/record.ts';
import { readEnvironment, readStat } from '../../src/daemon/procfs.ts';
import { isErrno } from '../../src/runtime/errno.ts';
import { Bench, type RunningDaemon } from '../support/built.ts';
import { isAlive, onCleanup } from '../support/world.ts';

/** Kills of the daemon, in full by `npm run soak`. */
const KILLS = process.env.SOAK ? 50 : 6;

/** Outlives its daemon, as it does not heed the hang-up, and needs SIGKILL. */
const STUBBORN = `sh -c "trap '' HUP TERM; while :; do sleep 0.05; done"`;

const statePath = (bench: Bench): string => join(bench.dir, 'state/taskmaster', configHash(bench.config), 'state.json');

const stateOf = (bench: Bench): StateRecord => JSON.parse(readFileSync(statePath(bench), 'utf8'));

async function killed(daemon: RunningDaemon): Promise<void> {
  daemon.signal('SIGKILL');
  await daemon.exited;
}

/** Live processes that carry a mark of this config. */
function marked(bench: Bench): { readonly pid: number; readonly id: string; readonly isLeader: boolean }[] {
  const mark = `TASKMASTER_ID=${configHash(bench.config)}:`;
  return readdirSync('/proc')
    .filter(name => /^\d+$/.test(name))
    .map(Number)
    .flatMap(pid => {
      const id = readEnvironment(pid)?.find(entry => entry.startsWith(mark));
      const stat = id === undefined ? undefined : readStat(pid);
      if (id === undefined || stat === undefined || !isAlive(pid)) return [];
      return [{ pid, id: id.slice(mark.length), isLeader: stat.session === pid }];
    });
}

/** The first marked `sleep` that is (or is not) the leader of a session, as soon as it runs: before its exec it is a shell. */
async function sleeperOf(bench: Bench, daemon: RunningDaemon, { isLeader }: { isLeader: boolean }): Promise<number> {
  for (;;) {
    const found = marked(bench).find(one => one.isLeader === isLeader && commandOf(one.pid) === 'sleep');
    if (found) return found.pid;
    await daemon.events();
  }
}

/** The name of the program that a process runs; undefined when it has ended. */
function commandOf(pid: number): string | undefined {
  try {
    return readFileSync(`/proc/${pid}/comm`, 'utf8').trim();
  } catch (error) {
    if (isErrno(error, 'ENOENT', 'ESRCH')) return undefined;
    throw error;
  }
}

/** A bench whose programs end with the test, whatever became of its daemon. */
function benchOf(yaml: string): Bench {
  const bench = new Bench(yaml);
  onCleanup(() => {
    for (const { pid } of marked(bench)) process.kill(pid, 'SIGKILL');
  });
  return bench;
}

describe('what was decided', () => {
  const YAML = `defaults: {starttime: 0}
programs:
  on: {cmd: sleep 1000}
  stopped: {cmd: sleep 1000}
  byhand: {cmd: sleep 1000, autostart: false}
  off: {cmd: sleep 1000, autostart: false}
  job: {cmd: 'true'}
  jobbyhand: {cmd: 'true', autostart: false}
`;

  test.each(['SIGTERM', 'SIGKILL'] as const)('outlives the daemon that ends by %s', async signal => {
    const bench = benchOf(YAML);
    const first = await bench.start();
    await first.untilState('job', 'EXITED');
    expect(bench.ctl(['stop', 'stopped']).code).toBe(0);
    expect(bench.ctl(['start', 'byhand', 'jobbyhand']).out).toContain('byhand: started\n');
    await first.untilState('jobbyhand', 'EXITED');
    first.signal(signal);
    await first.exited;

    const second = await bench.start();
    await second.untilState('byhand', 'RUNNING');
    await second.untilState('on', 'RUNNING');
    expect(bench.ctl(['status']).out.replace(/pid \d+, uptime [\d:]+/g, 'pid N')).toBe(
      `byhand                           RUNNING   pid N (started by hand, autostart is off)
job                              STOPPED   Not started (ended by itself, not started again)
jobbyhand                        STOPPED   Not started
off                              STOPPED   Not started
on                               RUNNING   pid N
stopped                          STOPPED   Not started (stopped by hand, autostart is on)
`,
    );
    expect(await second.info('stopped')).toMatchObject({ want: 'down', intent: { want: 'down', by: 'user' } });
    expect(await second.info('on')).toMatchObject({ want: 'up', intent: null });
    expect(await second.info('job')).toMatchObject({ intent: { want: 'down', by: 'policy' } });
    // Once started again by hand, it is as the config says.
    expect(bench.ctl(['start', 'stopped']).code).toBe(0);
    expect((await second.info('stopped')).note).toBeNull();
  });

  test('autostart decides for what nobody touched, as the config says it now', async () => {
    const bench = benchOf('programs:\n  web: {cmd: sleep 1000, starttime: 0}\n');
    await (await bench.start()).end();
    writeFileSync(bench.config, 'programs:\n  web: {cmd: sleep 1000, starttime: 0, autostart: false}\n');
    const second = await bench.start();
    expect(await second.info('web')).toMatchObject({ state: 'STOPPED', note: null });
  });

  test('a damaged file is set aside with a warning, and what nobody can know is as the config says', async () => {
    const bench = benchOf('programs:\n  web: {cmd: sleep 1000, starttime: 0}\n');
    const first = await bench.start();
    await first.untilState('web', 'RUNNING');
    bench.ctl(['stop', 'web']);
    await first.end();
    writeFileSync(statePath(bench), readFileSync(statePath(bench), 'utf8').slice(0, 40));
    const second = await bench.start();
    await second.untilState('web', 'RUNNING');
    expect(existsSync(`${statePath(bench)}.damaged`)).toBe(true);
    const warning = (await second.log()).find(
      ({ level, msg }) => level === 'warn' && String(msg).startsWith('state file '),
    );
    expect(warning?.msg).toContain(`it was set aside as ${statePath(bench)}.damaged`);
    expect(stateOf(bench)).toMatchObject({ version: 1, daemon: { pid: second.pid } });
  });
});

describe('a daemon that was killed', () => {
  test(`${KILLS} times at any moment: no survivor, no second copy, nothing in the way`, async () => {
    const bench = benchOf(`defaults: {starttime: 0, stoptime: 100ms, autorestart: always}
programs:
  stubborn: {cmd: ${JSON.stringify(STUBBORN)}, numprocs: 3}
  family: {cmd: sh -c "trap '' HUP; (trap '' HUP; exec sleep 1000) & wait; sleep 1000"}
  flood: {cmd: 'yes'}
  loop: {cmd: sh -c 'exit 1', numprocs: 2}
`);
    const before = new Set<number>();
    for (let kill = 0; kill < KILLS; kill++) {
      const daemon = await bench.start();
      for (const name of ['stubborn:stubborn_00', 'stubborn:stubborn_02', 'family']) {
        await daemon.untilState(name, 'RUNNING');
      }
      const alive = marked(bench);
      const leaders = alive.filter(({ isLeader, id }) => isLeader && /^(?:stubborn|flood)/.test(id));
      const names = leaders.map(({ id }) => id.replace(/:\d+$/, ''));
      expect(new Set(names).size, 'a second copy').toBe(names.length);
      expect(
        alive.filter(({ pid }) => before.has(pid)),
        'survivors',
      ).toEqual([]);
      expect(readdirSync(join(bench.dir, 'run/taskmaster'))).toEqual([bench.socket.split('/').at(-1)]);
      // A moment of its own each time: after a number of requests that change what runs.
      for (let i = 0; i < kill; i++)
        void daemon.call('POST', '/v1/restart', { select: ['all'], wait: false }).catch(() => {});
      await killed(daemon);
      for (const { pid } of marked(bench)) before.add(pid);
    }
    const last = await bench.start();
    await last.untilState('stubborn:stubborn_00', 'RUNNING');
    await last.end();
    expect(marked(bench)).toEqual([]);
    expect(readdirSync(join(bench.dir, 'run/taskmaster'))).toEqual([]);
    expect(readdirSync(join(statePath(bench), '..')).sort()).toEqual(['state.json', 'taskmasterd.log']);
    expect(stateOf(bench).daemon).toBeNull();
  });

  test('its survivors are ended by their own stop policy, before anything starts, and status says so', async () => {
    const bench = benchOf(`programs:
  slow:
    cmd: sh -c "trap '' HUP; trap 'rm ready; exit' USR1; touch ready; while :; do sleep 0.05; done"
    workingdir: .
    stopsignal: USR1
    starttime: 0
  stubborn: {cmd: ${JSON.stringify(STUBBORN)}, starttime: 0, stoptime: 700ms}
`);
    const first = await bench.start();
    const ready = join(bench.dir, 'ready');
    await first.untilState('stubborn', 'RUNNING');
    while (!existsSync(ready)) await first.info('slow');
    const pids = [await first.info('slow'), await first.info('stubborn')].map(({ pid }) => pid ?? 0);
    await killed(first);
    expect(pids.map(isAlive)).toEqual([true, true]);

    // The program has left the config by the time it is to be ended: its policy is still its own.
    writeFileSync(
      bench.config,
      readFileSync(bench.config, 'utf8').replaceAll('slow:', 'other:').replaceAll('USR1', 'USR2'),
    );
    const second = await bench.start();
    expect(await second.info('stubborn')).toMatchObject({
      state: 'STARTING',
      description: 'waiting for survivors of a former daemon to end',
    });
    await second.untilState('stubborn', 'RUNNING');
    expect(pids.map(isAlive)).toEqual([false, false]);
    const messages = (await second.log()).map(({ msg }) => String(msg));
    expect(messages).toContain(`slow: sent SIGUSR1 to survivors of the former daemon (pid ${pids[0]})`);
    const [gone, started] = ['stubborn: survivors of the former daemon', 'stubborn started'].map(text =>
      messages.findLastIndex(message => message.startsWith(text)),
    );
    expect(gone).toBeLessThan(started ?? 0);
  });

  test('what is decided while they are being ended outlives that daemon too', async () => {
    const bench = benchOf(
      `defaults: {starttime: 0}\nprograms:\n  stubborn: {cmd: ${JSON.stringify(STUBBORN)}, stoptime: 1h}\n  other: {cmd: sleep 1000}\n`,
    );
    const first = await bench.start();
    await first.untilState('stubborn', 'RUNNING');
    await first.untilState('other', 'RUNNING');
    await killed(first);
    const second = await bench.start();
    expect(bench.ctl(['stop', 'stubborn', 'other']).out).toContain('other: stopped\n');
    await killed(second);
    expect(stateOf(bench).processes.map(({ name, intent }) => [name, intent?.want])).toEqual([
      ['other', 'down'],
      ['stubborn', 'down'],
    ]);
  });

  test('its leaders are known as such to the daemon after the next, which was killed at once', async () => {
    const bench = benchOf(
      `programs:\n  stubborn: {cmd: ${JSON.stringify(STUBBORN)}, starttime: 0, stoptime: 1h, leftovers: ignore}\n`,
    );
    const first = await bench.start();
    await first.untilState('stubborn', 'RUNNING');
    await killed(first);
    const [survivor] = marked(bench).filter(({ isLeader }) => isLeader);
    const second = await bench.start();
    await killed(second);
    expect(stateOf(bench).processes.map(({ life }) => life?.pid)).toEqual([survivor?.pid]);
    const third = await bench.start();
    await third.end();
    expect(isAlive(survivor?.pid ?? 0)).toBe(false); // and what it runs at the moment ends by itself
  });

  test('who is missing in the state file is known by its environment', async () => {
    const bench = benchOf(`programs:\n  stubborn: {cmd: ${JSON.stringify(STUBBORN)}, starttime: 0, stoptime: 50ms}\n`);
    const first = await bench.start();
    await first.untilState('stubborn', 'RUNNING');
    const { pid } = await first.info('stubborn');
    await killed(first);
    const state = stateOf(bench);
    writeFileSync(
      statePath(bench),
      JSON.stringify({
        ...state,
        processes: state.processes.map(record => ({ ...record, life: null, generation: 0 })),
      }),
    );
    const second = await bench.start();
    await second.untilState('stubborn', 'RUNNING');
    expect(isAlive(pid ?? 0)).toBe(false);
  });

  test('one that had left its session is ended too, as it carries the mark', async () => {
    const bench = benchOf(
      `programs:\n  parent: {cmd: sh -c "setsid sleep 1000 & wait", starttime: 0, stoptime: 50ms}\n`,
    );
    const first = await bench.start();
    const left = await sleeperOf(bench, first, { isLeader: true });
    await killed(first);
    const second = await bench.start();
    await second.untilState('parent', 'RUNNING');
    expect(isAlive(left)).toBe(false);
  });

  test('a number that somebody else has by now is never touched', async () => {
    const stranger = spawn('sleep', ['1000'], { stdio: 'ignore' });
    const gone = new Promise(resolve => stranger.on('exit', resolve));
    onCleanup(async () => {
      stranger.kill('SIGKILL');
      await gone;
    });
    const bench = benchOf('programs:\n  web: {cmd: sleep 1000, starttime: 0}\n');
    const first = await bench.start();
    await first.untilState('web', 'RUNNING');
    await killed(first);
    const state = stateOf(bench);
    const pid = stranger.pid ?? 0;
    const start = readStat(pid)?.start ?? 0;
    for (const change of [
      { boot: state.boot, life: { pid, start: start - 1 } },
      { boot: 'another', life: { pid, start } },
    ]) {
      const processes = state.processes.map(record => ({ ...record, life: change.life }));
      writeFileSync(statePath(bench), JSON.stringify({ ...state, boot: change.boot, processes }));
      const next = await bench.start();
      await next.untilState('web', 'RUNNING');
      expect(isAlive(pid)).toBe(true);
      await killed(next);
    }
  });

  test('while the former one lives, its socket gone or elsewhere, no second one starts', async () => {
    const bench = benchOf('programs:\n  web: {cmd: sleep 1000, starttime: 0}\n');
    const first = await bench.start();
    await first.untilState('web', 'RUNNING');
    const { pid } = await first.info('web');
    mkdirSync(join(bench.dir, 'elsewhere'), { mode: 0o700 });
    const elsewhere = bench.taskmasterd(['-c', bench.config], { XDG_RUNTIME_DIR: join(bench.dir, 'elsewhere') });
    rmSync(bench.socket);
    const beside = bench.taskmasterd(['-c', bench.config]);
    for (const { code, err } of [elsewhere, beside]) {
      expect(code).toBe(1);
      expect(err).toContain(`cannot start: taskmasterd (pid ${first.pid}) runs this config already`);
    }
    expect(isAlive(pid ?? 0)).toBe(true);
    expect(readdirSync(join(bench.dir, 'elsewhere/taskmaster'))).toEqual([]);
  });
});

describe('shutdown', () => {
  test('is over when shutdowntimeout is, and says what it does', async () => {
    const bench = benchOf(`daemon: {shutdowntimeout: 400ms}
programs:
  patient: {cmd: sh -c "trap '' TERM; while :; do sleep 0.05; done", stoptime: 1h, starttime: 0}
`);
    const daemon = await bench.start();
    await daemon.untilState('patient', 'RUNNING');
    daemon.signal('SIGTERM');
    expect((await daemon.exited).code).toBe(0);
    const messages = bench.log.map(({ msg }) => String(msg));
    expect(messages).toContain('stopping: SIGTERM; waiting for patient');
    expect(messages).toContain(
      'stopping: shutdowntimeout is almost over: killing what still runs; waiting for patient',
    );
    expect(messages.filter(message => message.startsWith('patient was ended by SIGKILL')).length).toBe(1);
    expect(marked(bench)).toEqual([]);
  });

  test('while survivors are ended, it ends them at once', async () => {
    const bench = benchOf(`programs:\n  stubborn: {cmd: ${JSON.stringify(STUBBORN)}, starttime: 0, stoptime: 1h}\n`);
    const first = await bench.start();
    await first.untilState('stubborn', 'RUNNING');
    await killed(first);
    const second = await bench.start();
    await second.end();
    expect(marked(bench)).toEqual([]);
    expect(stateOf(bench).daemon).toBeNull();
  });
});

describe('a record that is older than what happened', () => {
  test('hides no survivor: one of a daemon that could not write it is found', async () => {
    const bench = benchOf(`programs:\n  stubborn: {cmd: ${JSON.stringify(STUBBORN)}, starttime: 0, stoptime: 50ms}\n`);
    await (await bench.start()).end();
    const over = readFileSync(statePath(bench));
    const second = await bench.start();
    await second.untilState('stubborn', 'RUNNING');
    const { pid } = await second.info('stubborn');
    await killed(second);
    writeFileSync(statePath(bench), over);
    const third = await bench.start();
    await third.untilState('stubborn', 'RUNNING');
    expect(isAlive(pid ?? 0)).toBe(false);
  });

  test('hides no daemon that lives and keeps its state elsewhere', async () => {
    const bench = benchOf('programs:\n  web: {cmd: sleep 1000, starttime: 0}\n');
    await (await bench.start()).end();
    const elsewhere = ['run2', 'state2'].map(name => join(bench.dir, name));
    for (const dir of elsewhere) mkdirSync(dir, { mode: 0o700 });
    const [XDG_RUNTIME_DIR, XDG_STATE_HOME] = elsewhere;
    const other = await bench.start([], { XDG_RUNTIME_DIR, XDG_STATE_HOME });
    while (marked(bench).length === 0) await new Promise(resolve => setImmediate(resolve));
    const { code, err } = bench.taskmasterd(['-c', bench.config]);
    expect([code, err]).toEqual([
      1,
      expect.stringContaining(`taskmasterd (pid ${other.pid}) runs this config already`),
    ]);
  });
});

test('a program that was renamed while it ran is ended by its own policy', async () => {
  const cmd = `sh -c "trap '' HUP; setsid sleep 1000 & trap '' HUP; while :; do sleep 0.05; done"`;
  const program = (more: string): string =>
    `programs:\n  lead: {cmd: ${JSON.stringify(cmd)}, leftovers: ignore, starttime: 0${more}}\n`;
  const bench = benchOf(program(''));
  const first = await bench.start();
  const sleeper = await sleeperOf(bench, first, { isLeader: true });
  writeFileSync(bench.config, program(', numprocs: 2'));
  expect(bench.ctl(['reload']).code).toBe(0);
  const { pid } = await first.info('lead:lead_00');
  await killed(first);
  const second = await bench.start();
  await second.untilState('lead:lead_00', 'RUNNING');
  expect([isAlive(pid ?? 0), isAlive(sleeper)]).toEqual([false, true]);
});
