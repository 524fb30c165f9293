/** `taskmaster` before a person, and without one. */
import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { Bench, DaemonSocket, ROOT, RunningDaemon } from '../support/built.ts';
import { onCleanup } from '../support/world.ts';
import { configOf, Seat, script } from './attach-support.ts';

const TASKMASTER = join(ROOT, 'dist/bin/taskmaster.js');
const sleeping = { cmd: ['/bin/sleep', '1000'] };

/** Ends only when it is told twice, so that there is something to wait for. */
const reluctant = script('trap : TERM; echo ready; read line; read line; read line');

/** A person who runs `taskmaster` on this config. */
function sit({ config, env }: Bench, TERM = 'xterm-256color', before: readonly string[] = []): Seat {
  const { XDG_RUNTIME_DIR = '', XDG_STATE_HOME = '', HOME = '' } = env;
  return new Seat([...before, process.execPath, TASKMASTER, '--allow-root', '-c', config], {
    env: { XDG_RUNTIME_DIR, XDG_STATE_HOME, HOME, TERM },
    cols: 160,
  });
}

/** The daemon that somebody started, to be asked, and ended after the test. */
async function daemonOf({ socket }: Bench): Promise<{ readonly daemon: DaemonSocket; readonly pid: number }> {
  const daemon = new DaemonSocket(socket);
  const { json } = await daemon.call('GET', '/v1/daemon');
  const { pid } = json as { pid: number }; // by the route table
  onCleanup(async () => {
    if (isThere(pid)) for (const signal of ['SIGTERM', 'SIGTERM'] as const) process.kill(pid, signal);
    await gone(pid);
  });
  return { daemon, pid };
}

const PROMPT = 'taskmaster>';

/** Runs a command, and writes its exit code into the file that follows. Outlives its terminal. */
const CODE_OF = ['/bin/sh', '-c', `trap '' HUP; "$@"; echo $? > "$0"`];

describe('taskmaster on a terminal', () => {
  test('keeps Ctrl-C from the programs, passes HUP on, and stops all in order when it is left so', async () => {
    const bench = new Bench(configOf({ web: sleeping }));
    const seat = sit(bench);
    await seat.untilShown(PROMPT);
    const { daemon } = await daemonOf(bench);
    const { pid } = await daemon.info('web');
    seat.type('\x03');
    seat.type('pid web\r');
    await seat.untilShown(`${pid}`);
    bench.write(configOf({ web: sleeping, slow: reluctant }, {}));
    process.kill(seat.pty.pid, 'SIGHUP');
    await daemon.untilEvent(({ type }) => type === 'config.reloaded');
    await daemon.untilState('slow', 'RUNNING');
    process.kill(seat.pty.pid, 'SIGUSR2');
    await daemon.untilEvent(({ type }) => type === 'log.reopened');
    seat.type('\x04');
    await seat.untilShown('2 processes run: s = stop');
    seat.type('\r');
    seat.type('exit\r');
    await seat.untilSo('asks again', () => seat.shows.split('processes run:').length === 3);
    seat.type('s\r');
    await seat.untilShown('waiting for slow');
    expect((await seat.exited).code).toBe(0);
    expect(seat.shows).toContain('all is stopped');
  });

  test('is left without waiting for a daemon that does not answer, and Ctrl-C twice waits for nothing', async () => {
    const bench = new Bench(configOf({ web: sleeping }));
    const seat = sit(bench);
    await seat.untilShown(PROMPT);
    const { pid } = await daemonOf(bench);
    process.kill(pid, 'SIGSTOP');
    onCleanup(() => void process.kill(pid, 'SIGCONT'));
    seat.type('\x04');
    await seat.untilSo('the question', () => /^s = stop/m.test(seat.shows));
    seat.type('s\r');
    await seat.untilShown('stopping everything in order');
    seat.type('\x03');
    await seat.untilShown('killing what still runs');
    seat.type('\x03');
    expect((await seat.exited).signal).toBe('SIGINT');
  });

  test('can leave the daemon running, which the next one joins and leaves alone', async () => {
    const bench = new Bench(configOf({ web: sleeping }));
    const first = sit(bench);
    await first.untilShown(PROMPT);
    const { daemon, pid } = await daemonOf(bench);
    first.type('\x04');
    await first.untilShown('1 process runs: s = stop');
    first.type('r\r');
    expect((await first.exited).code).toBe(0);
    expect(first.shows).toContain(`the daemon goes on (pid ${pid}): \`taskmaster -c ${bench.config}\` joins it`);
    const second = sit(bench);
    await second.untilShown(PROMPT);
    expect(second.shows).toContain(`joined the daemon that runs already (pid ${pid})`);
    second.type('quit\r');
    expect((await second.exited).code).toBe(0);
    expect(second.shows).toContain('goes on: it ran before');
    expect((await daemon.info('web')).state).toBe('RUNNING');
  });

  test('whose window is closed leaves the daemon running, and is no reload; TERM stops all', async () => {
    const bench = new Bench(configOf({ web: sleeping }));
    const code = join(bench.dir, 'code');
    const closed = sit(bench, undefined, [...CODE_OF, code]);
    await closed.untilShown(PROMPT);
    const { daemon, pid } = await daemonOf(bench);
    const { pid: shell } = closed.pty;
    closed.hangUp();
    await gone(shell);
    expect(readFileSync(code, 'utf8')).toBe('129\n'); // and not of an abort
    expect((await daemon.info('web')).state).toBe('RUNNING');
    expect((await daemon.events()).some(({ type }) => type === 'request' || type === 'config.reloaded')).toBe(false);
    process.kill(pid, 'SIGTERM');
    await gone(pid);

    const attached = sit(bench);
    await attached.untilShown(PROMPT);
    attached.type('attach web\r');
    await (await daemonOf(bench)).daemon.untilEvent(({ type }) => type === 'viewer.attached');
    process.kill(attached.pty.pid, 'SIGTERM');
    expect((await attached.exited).code).toBe(0);
    expect(attached.shows).toContain('all is stopped');

    const plain = sit(bench, 'dumb'); // which reads whole lines, and is not to wait for one
    await plain.untilShown(PROMPT);
    process.kill(plain.pty.pid, 'SIGTERM');
    expect((await plain.exited).code).toBe(0);
    expect(plain.shows).toContain('all is stopped');
  });

  test('says what is wrong with the config, and ends with 2', async () => {
    const bench = new Bench('programs: {web: {cmd: x, colour: red}}');
    const seat = sit(bench);
    expect((await seat.exited).code).toBe(2);
    expect(seat.shows).toContain('colour');
  });
});

test('without a terminal taskmaster is taskmasterd, end of file or not; npm start is taskmaster', async () => {
  const bench = new Bench(configOf({ web: sleeping }));
  const child = spawn(process.execPath, [TASKMASTER, '-c', bench.config], {
    env: bench.env,
    stdio: ['pipe', 'pipe', 'pipe'],
  });
  child.stdin.end();
  const daemon = new RunningDaemon(child, bench.socket);
  onCleanup(() => daemon.end());
  await daemon.ready;
  await daemon.untilState('web', 'RUNNING');
  daemon.signal('SIGTERM');
  const { code, out } = await daemon.exited;
  expect([code, out]).toEqual([0, expect.stringContaining(`runs ${bench.config}`)]);
  const { scripts } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8'));
  expect(scripts.start).toBe('node dist/bin/taskmaster.js --allow-root -c config/demo.yaml');
});

/** Resolves once there is no such process any more. */
async function gone(pid: number): Promise<void> {
  while (isThere(pid)) await new Promise(resolve => setImmediate(resolve));
}

/** A zombie is gone: whoever it belonged to has only not looked yet. */
function isThere(pid: number): boolean {
  try {
    return !/^\d+ \(.*\) Z/s.test(readFileSync(`/proc/${pid}/stat`, 'utf8'));
  } catch {
    return false; // ended
  }
}
