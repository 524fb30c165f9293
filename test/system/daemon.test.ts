/** The built daemon as people run it: its start, its place, its signals, its end. */
import { execFileSync } from 'node:child_process';
import {
  chmodSync,
  closeSync,
  constants,
  existsSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { connect, createServer } from 'node:net';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { readStat } from '../../src/daemon/procfs.ts';
import { Bench } from '../support/built.ts';
import { fdsOfSleep, isAlive, onCleanup } from '../support/world.ts';

const SLEEPER = 'programs:\n  sleeper:\n    cmd: sleep 1000\n    starttime: 0\n';
const isRoot = process.geteuid?.() === 0;

describe('starting', () => {
  test('runs what the config says, at a private socket, and says where', async () => {
    const bench = new Bench(SLEEPER);
    const daemon = await bench.start();
    await daemon.untilState('sleeper', 'RUNNING');
    const { json } = await daemon.call('GET', '/v1/daemon');
    expect(json).toMatchObject({
      pid: daemon.pid,
      config: bench.config,
      socket: bench.socket,
      mood: 'running',
      counts: { RUNNING: 1 },
    });
    expect(statSync(bench.socket).mode & 0o777).toBe(0o600);
    expect(statSync(join(bench.dir, 'run/taskmaster')).mode & 0o777).toBe(0o700);
    expect(readdirSync(join(bench.dir, 'run/taskmaster'))).toEqual([bench.socket.split('/').at(-1)]);
  });

  test('its programs hold 0, 1, 2 and nothing else, also when it was itself started with more', async () => {
    const bench = new Bench(
      `programs:\n  sleeper:\n    cmd: sh -c 'echo up; exec sleep 1000'\n    numprocs: 20\n    starttime: 0\n`,
    );
    const daemon = await bench.start();
    for (const nn of ['00', '07', '19']) await daemon.untilState(`sleeper:sleeper_${nn}`, 'RUNNING');
    await daemon.call('POST', '/v1/restart', { select: ['sleeper:sleeper_0*'] });
    for (const { pid } of ((await daemon.call('GET', '/v1/processes')).json as { processes: { pid: number }[] })
      .processes) {
      expect(await fdsOfSleep(pid)).toEqual(['0', '1', '2']);
    }
  });

  test('a second one says which pid runs and goes', async () => {
    const bench = new Bench(SLEEPER);
    const daemon = await bench.start();
    const { code, err } = bench.taskmasterd(['-c', bench.config]);
    expect(code).toBe(1);
    expect(err).toBe(
      `taskmasterd: cannot start: taskmasterd (pid ${daemon.pid}) runs already and listens on ${bench.socket}\n`,
    );
    expect((await daemon.call('GET', '/healthz')).json).toEqual({ ok: true });
  });

  test('of several that start at once, one wins', async () => {
    const bench = new Bench(SLEEPER);
    const started = await Promise.allSettled([1, 2, 3, 4].map(() => bench.start()));
    expect(started.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
  });

  test('the socket of a dead daemon is taken over, its mark of a take-over too', async () => {
    const bench = new Bench(SLEEPER);
    const first = await bench.start();
    await first.untilState('sleeper', 'RUNNING');
    const { pid } = await first.info('sleeper');
    first.signal('SIGKILL');
    await first.exited;
    expect(existsSync(bench.socket)).toBe(true);
    const second = await bench.start();
    await second.untilState('sleeper', 'RUNNING');
    expect((await second.info('sleeper')).pid).not.toBe(pid);
  });

  test('a file in the way that is no socket is left alone', () => {
    const bench = new Bench(`daemon:\n  socket: precious\n${SLEEPER}`);
    writeFileSync(join(bench.dir, 'precious'), 'data');
    const { code, err } = bench.taskmasterd(['-c', bench.config]);
    expect([code, err]).toEqual([
      1,
      `taskmasterd: cannot use the socket path ${join(bench.dir, 'precious')}: a file is in the way that is no socket\n`,
    ]);
    expect(readFileSync(join(bench.dir, 'precious'), 'utf8')).toBe('data');
  });

  test('a path too long for a UNIX socket is refused with a way out', () => {
    const bench = new Bench(`daemon:\n  socket: ${'x'.repeat(120)}\n${SLEEPER}`);
    const { code, err } = bench.taskmasterd(['-c', bench.config]);
    expect(code).not.toBe(0);
    expect(err).toMatch(
      /cannot use the socket path .*UNIX sockets take at most 107; set daemon\.socket\.path to something shorter/,
    );
  });

  test('a socket elsewhere has its mode, and a link where clients look', async () => {
    const bench = new Bench(`daemon:\n  socket: {path: here.sock, mode: "0660"}\n${SLEEPER}`);
    const daemon = await bench.start();
    expect(statSync(join(bench.dir, 'here.sock')).mode & 0o777).toBe(0o660);
    expect(bench.ctl(['pid']).out).toBe(`${daemon.pid}\n`);
    daemon.signal('SIGTERM');
    await daemon.exited;
    expect(existsSync(join(bench.dir, 'here.sock'))).toBe(false);
    expect(readdirSync(join(bench.dir, 'run/taskmaster'))).toEqual([]);
  });

  test('--daemon returns once the socket answers', async () => {
    const bench = new Bench(SLEEPER);
    const { code, out } = bench.taskmasterd(['--daemon', '-c', bench.config]);
    expect(code).toBe(0);
    const pid = Number(/\(pid (\d+)\)/.exec(out)?.[1]);
    expect(bench.ctl(['pid']).out).toBe(`${pid}\n`);
    expect(readStat(pid)?.session).toBe(pid);
    expect(bench.ctl(['shutdown']).code).toBe(0);
    expect(existsSync(bench.socket)).toBe(false);
    while (isAlive(pid)) await new Promise(resolve => setImmediate(resolve)); // it goes within milliseconds
  });

  test('--daemon that cannot start says why, with the same exit code', () => {
    const bench = new Bench('programs: {web: {cmd: 5}}\n');
    const { code, err } = bench.taskmasterd(['--daemon', '-c', bench.config]);
    expect(code).toBe(2);
    expect(err).toContain('taskmaster.yaml:1:');
  });

  test('--check says what would run: 0, or 2 with the mistakes', () => {
    const good = new Bench(SLEEPER);
    const check = good.taskmasterd(['--check', '-c', good.config]);
    expect([check.code, check.err]).toEqual([0, '']);
    expect(check.out).toMatch(/^sleeper .* sleep 1000$/m);
    const bad = new Bench('programs:\n  web:\n    cmd: true\n    numprocs: 0\n    umsk: 022\n');
    const refused = bad.taskmasterd(['--check', '-c', bad.config]);
    expect([refused.code, refused.out]).toEqual([2, '']);
    expect(refused.err.match(/error:/g)?.length).toBe(3);
  });

  test.each([
    [['--nonsense'], /Unknown option '--nonsense'/],
    [['-c', '/no/such/file.yaml'], /\/no\/such\/file\.yaml/],
  ])('%j is refused with 2', (args, message) => {
    const { code, err } = new Bench(SLEEPER).taskmasterd(args);
    expect(code).toBe(2);
    expect(err).toMatch(message);
  });

  test('finds its config as the client does, and says where it looked', () => {
    const bench = new Bench(SLEEPER);
    expect(bench.taskmasterd(['--check']).out).toContain(bench.config);
    const lost = bench.taskmasterd(['--check'], { HOME: bench.dir });
    expect(lost.code).toBe(0);
  });

  test.runIf(isRoot)(
    'as root, programs without a user are refused, all of them named, unless allowed (needs root)',
    () => {
      const bench = new Bench('programs:\n  one: {cmd: a}\n  two: {cmd: b, user: nobody}\n  three: {cmd: c}\n');
      const { code, err } = bench.taskmasterd(['-c', bench.config], { TASKMASTER_ALLOW_ROOT: '' });
      expect(code).toBe(2);
      expect(err).toMatch(/`one` and `three`/);
      expect(
        bench.taskmasterd(['--check', '--allow-root', '-c', bench.config], { TASKMASTER_ALLOW_ROOT: '' }).code,
      ).toBe(0);
    },
  );
});

describe('ending', () => {
  const ORDERED = `
defaults: {starttime: 0}
programs:
  first: {cmd: sleep 1000, priority: 1}
  second: {cmd: sleep 1000, priority: 2}
  third: {cmd: sleep 1000, priority: 2}
  last: {cmd: sleep 1000, priority: 3}
`;

  test.each([
    'SIGTERM',
    'SIGINT',
    'SIGQUIT',
  ] as const)('%s stops everything in order, and leaves nothing', async signal => {
    const bench = new Bench(ORDERED);
    const daemon = await bench.start();
    for (const name of ['first', 'second', 'third', 'last']) await daemon.untilState(name, 'RUNNING');
    const pids = await Promise.all(
      ['first', 'second', 'third', 'last'].map(async name => (await daemon.info(name)).pid ?? 0),
    );
    daemon.signal(signal);
    expect((await daemon.exited).code).toBe(0);
    const stopped = bench.log.filter(({ msg }) => String(msg).endsWith(' stopped')).map(({ process }) => process);
    expect([stopped[0], stopped.slice(1, 3).sort(), stopped[3]]).toEqual(['last', ['second', 'third'], 'first']);
    expect(pids.filter(isAlive)).toEqual([]);
    expect(readdirSync(join(bench.dir, 'run/taskmaster'))).toEqual([]);
  });

  test('a second signal escalates', async () => {
    const bench = new Bench(`
programs:
  stubborn: {cmd: "sh -c 'trap \\"\\" TERM; echo up; while :; do sleep 1; done'", stoptime: 1h, starttime: 0}
  after: {cmd: sleep 1000, priority: 1, starttime: 0, stoptime: 1h}
`);
    const daemon = await bench.start();
    await daemon.untilState('stubborn', 'RUNNING');
    while (!(await daemon.call('GET', '/v1/processes/stubborn/output')).text.includes('up'));
    daemon.signal('SIGTERM');
    await daemon.untilState('stubborn', 'STOPPING');
    expect((await daemon.call('POST', '/v1/start', { select: ['all'] })).status).toBe(503);
    daemon.signal('SIGTERM');
    expect((await daemon.exited).code).toBe(0);
    const told = bench.log.map(({ msg }) => msg).filter(msg => String(msg).startsWith('stopping'));
    expect(told).toEqual([
      'stopping: SIGTERM; waiting for after, stubborn',
      'stopping: SIGTERM, again: killing what still runs; waiting for after, stubborn',
    ]);
  });

  test('shutdown from a client does the same', async () => {
    const bench = new Bench(ORDERED);
    const daemon = await bench.start();
    await daemon.untilState('last', 'RUNNING');
    expect(bench.ctl(['shutdown']).code).toBe(0);
    expect((await daemon.exited).code).toBe(0);
    expect(existsSync(bench.socket)).toBe(false);
  });

  test('SIGHUP and SIGUSR2 disturb nothing', async () => {
    const bench = new Bench(SLEEPER);
    const daemon = await bench.start();
    await daemon.untilState('sleeper', 'RUNNING');
    const { pid } = await daemon.info('sleeper');
    for (const signal of ['SIGHUP', 'SIGUSR2'] as const) daemon.signal(signal);
    expect((await daemon.info('sleeper')).pid).toBe(pid);
  });
});

describe('the log', () => {
  test('has one line for each thing, as JSON, private', async () => {
    const bench = new Bench(`
defaults: {starttime: 0.1, startretries: 0}
programs:
  steady: {cmd: sleep 1000}
  dies: {cmd: "sh -c 'sleep 0.2; exit 9'", autorestart: never}
  again: {cmd: "sh -c 'sleep 0.2; [ -e here ] && exec sleep 1000; touch here; kill -9 $$$$'", workingdir: .}
  broken: {cmd: /no/such/thing}
`);
    const daemon = await bench.start();
    await daemon.untilState('dies', 'EXITED');
    await daemon.untilEvent(event => event.type === 'process.spawned' && event.cause === 'policy');
    await daemon.untilState('broken', 'FATAL');
    bench.ctl(['stop', 'steady']);
    await daemon.end();
    const { log } = bench;
    const line = (msg: string | RegExp) =>
      log.filter(record => (typeof msg === 'string' ? record.msg === msg : msg.test(String(record.msg))));
    expect(line('config loaded')).toMatchObject([{ level: 'info', config: bench.config, processes: 4 }]);
    expect(line('steady started')).toMatchObject([
      { level: 'info', program: 'steady', process: 'steady', pid: expect.any(Number) },
    ]);
    expect(line('steady stopped')).toHaveLength(1);
    expect(line(/^dies died unexpectedly: exited with 9 after 0\.\d+ s$/)).toMatchObject([
      { level: 'warn', program: 'dies', pid: expect.any(Number), code: 9 },
    ]);
    expect(line(/^again died unexpectedly: was ended by SIGKILL/)).toMatchObject([{ signal: 'SIGKILL' }]);
    expect(line('again restarted')).toHaveLength(1);
    expect(line('broken gave up: cannot run /no/such/thing: no such file')).toMatchObject([
      { level: 'error', process: 'broken' },
    ]);
    const file = readdirSync(join(bench.dir, 'state/taskmaster'))[0] ?? '';
    expect(statSync(join(bench.dir, 'state/taskmaster', file, 'taskmasterd.log')).mode & 0o777).toBe(0o600);
  });
});

test('a full disk ends neither the daemon nor its programs, and what is lost is told', async () => {
  const bench = new Bench(`
daemon: {log: /dev/full}
programs:
  talker: {cmd: "sh -c 'echo hello; exec sleep 1000'", stdout: /dev/full, starttime: 0}
`);
  const daemon = await bench.start();
  await daemon.untilState('talker', 'RUNNING');
  for (let i = 0; i < 3; i++) await daemon.call('POST', '/v1/restart', { select: ['talker'] });
  expect((await daemon.info('talker')).state).toBe('RUNNING');
  while (
    !(await daemon.call('GET', '/v1/daemon/log')).text.includes('trouble with log /dev/full: no space left on device')
  );
  daemon.signal('SIGTERM');
  expect((await daemon.exited).code).toBe(0);
});

test('a log that is a FIFO whose reader stands still holds up its own program, within bounds, and not the end', async () => {
  const bench = new Bench(
    'programs:\n  flood: {cmd: "yes taskmaster", stdout: fifo, starttime: 0, autostart: false}\n',
  );
  execFileSync('mkfifo', [join(bench.dir, 'fifo')]);
  const reader = openSync(join(bench.dir, 'fifo'), constants.O_RDONLY | constants.O_NONBLOCK);
  onCleanup(() => closeSync(reader));
  const daemon = await bench.start();
  await daemon.call('POST', '/v1/start', { select: ['flood'] });
  const head = async (): Promise<number> => (await daemon.info('flood')).scrollback.to;
  while ((await head()) < 1_000_000);
  await daemon.call('POST', '/v1/restart', { select: ['flood'] });
  const before = await head();
  for (let i = 0; i < 50; i++) await daemon.call('GET', '/healthz');
  expect((await head()) - before).toBeLessThan(2_000_000);
  daemon.signal('SIGTERM');
  expect((await daemon.exited).code).toBe(0);
});

test('a thousand and more events are sent to whoever asks for them, late as well', async () => {
  const bench = new Bench('programs:\n  many: {cmd: sleep 1000, numprocs: 30, starttime: 0}\n');
  const daemon = await bench.start();
  for (let i = 0; i < 12; i++) await daemon.call('POST', '/v1/restart', { select: ['all'] });
  const { text } = await daemon.call('GET', '/v1/events?since=0&follow=0');
  const ids = [...text.matchAll(/^data: \{.*"id":(\d+)/gm)].map(([, id]) => Number(id));
  const missed = Number(/^data: \{"missed":(\d+)/m.exec(text)?.[1] ?? 0);
  expect(ids.length).toBeGreaterThanOrEqual(1000);
  expect(missed).toBeGreaterThan(0);
  expect(ids).toEqual(ids.map((_, i) => (ids[0] ?? 0) + i));
});

test('while the daemon stops, nothing is started again', async () => {
  const bench = new Bench(`
defaults: {starttime: 0, autorestart: always}
programs:
  early: {cmd: sleep 1000, priority: 1}
  late: {cmd: "sh -c 'trap \\"\\" TERM; echo up; while :; do sleep 0.1; done'", priority: 2, stoptime: 1h}
`);
  const daemon = await bench.start();
  while (!(await daemon.call('GET', '/v1/processes/late/output')).text.includes('up'));
  const { pid } = await daemon.info('early');
  daemon.signal('SIGTERM');
  await daemon.untilState('late', 'STOPPING');
  process.kill(pid ?? 0, 'SIGKILL');
  await daemon.untilState('early', 'STOPPED');
  expect((await daemon.info('early')).starts).toBe(1);
  await daemon.end();
});

test('kill -9 a hundred times at random: restarts, pids and the log agree', async () => {
  const bench = new Bench('programs:\n  many: {cmd: sleep 1000, numprocs: 20, starttime: 0, autorestart: always}\n');
  const daemon = await bench.start();
  const names = Array.from({ length: 20 }, (_, i) => `many:many_${String(i).padStart(2, '0')}`);
  for (const name of names) await daemon.untilState(name, 'RUNNING');
  const killed: number[] = [];
  for (let i = 0; i < 100; i++) {
    const name = names[Math.floor(Math.random() * names.length)] ?? '';
    let before = await daemon.info(name);
    while (before.pid === null) before = await daemon.info(name); // its turn in the pace of restarts may be yet to come
    process.kill(before.pid, 'SIGKILL');
    killed.push(before.pid);
    while ((await daemon.info(name)).lastExit?.pid !== before.pid);
  }
  let infos = await Promise.all(names.map(name => daemon.info(name)));
  while (infos.some(({ state }) => state !== 'RUNNING'))
    infos = await Promise.all(names.map(name => daemon.info(name)));
  expect(infos.reduce((sum, { restarts }) => sum + restarts, 0)).toBe(100);
  const log = await daemon.log();
  const pids = (msg: RegExp) => log.filter(record => msg.test(String(record.msg))).map(({ pid }) => pid);
  expect(pids(/ died unexpectedly: was ended by SIGKILL/)).toEqual(killed);
  expect(pids(/ restarted$/)).toHaveLength(100);
  expect(new Set([...pids(/ (re)?started$/)])).toEqual(
    new Set([...killed, ...infos.map(({ pid }) => pid), daemon.pid]),
  );
});

test('out of file descriptors, what does not fit says so, and everything still answers and stops', async () => {
  const bench = new Bench('programs:\n  many: {cmd: sleep 1000, numprocs: 60, starttime: 0, startretries: 0}\n');
  const daemon = await bench.startWithFiles(96);
  await daemon.untilEvent(event => event.to === 'FATAL');
  const { processes } = (await daemon.call('GET', '/v1/processes')).json as {
    processes: { state: string; reason: string; pid: number }[];
  };
  const up = processes.filter(({ state }) => state === 'RUNNING');
  expect(up.length).toBeGreaterThan(5);
  expect(processes.find(({ state }) => state === 'FATAL')?.reason).toMatch(
    /^cannot fork or open a terminal: EMFILE.*ulimit -n/,
  );
  daemon.signal('SIGTERM');
  expect((await daemon.exited).code).toBe(0);
  expect(up.filter(({ pid }) => isAlive(pid))).toEqual([]);
});

test('a daemon that listens but does not answer is told apart', async () => {
  const bench = new Bench(SLEEPER);
  mkdirSync(join(bench.dir, 'run/taskmaster'), { mode: 0o700 });
  const mute = createServer(socket => onCleanup(() => void socket.destroy()));
  await new Promise<void>(listening => mute.listen(bench.socket, listening));
  onCleanup(() => new Promise<void>(closed => mute.close(() => closed())));
  const failed = await bench.start().catch((error: unknown) => String(error));
  expect(failed).toContain('a daemon that does not answer runs already');
  const probe = connect(bench.socket);
  await new Promise(connected => probe.on('connect', connected));
  probe.destroy();
});

test('lives that overlap do not use up the few files there are', async () => {
  const bench = new Bench(`defaults: {starttime: 0}
programs:
  idle: {cmd: sleep 1000, numprocs: 50}
  a: {cmd: sleep 1000}
  b: {cmd: sleep 1000}
`);
  const daemon = await bench.startWithFiles(256);
  await daemon.untilState('idle:idle_49', 'RUNNING');
  for (let turn = 0; turn < 120; turn++) {
    const { json } = await daemon.call('POST', '/v1/restart', { select: [turn % 2 === 0 ? 'a' : 'b'] });
    expect(json).toMatchObject({ results: [{ code: 'done' }] });
  }
});

test('a state directory that is a link, or open to others, is not used', () => {
  const bench = new Bench('programs: {web: {cmd: sleep 1000}}');
  const state = join(bench.dir, 'state/taskmaster');
  mkdirSync(join(bench.dir, 'elsewhere'));
  symlinkSync(join(bench.dir, 'elsewhere'), state);
  expect(bench.taskmasterd(['-c', bench.config])).toMatchObject({
    code: 1,
    err: expect.stringContaining('it is a symbolic link'),
  });
  rmSync(state);
  mkdirSync(state);
  chmodSync(state, 0o777);
  expect(bench.taskmasterd(['-c', bench.config])).toMatchObject({
    code: 1,
    err: expect.stringContaining('can be written to by others'),
  });
  expect(readdirSync(join(bench.dir, 'elsewhere'))).toEqual([]);
});
