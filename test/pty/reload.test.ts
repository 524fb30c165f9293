/** Keys that are applied now, with real processes: the same pid, and the new value in force. */

import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import type { ProcessSpec } from '../../src/core/program.ts';
import { reasonOf, statusOf } from '../../src/core/status.ts';
import { TOKENS_MAX } from '../../src/core/tokens.ts';
import type { Process } from '../../src/daemon/process.ts';
import { readStat } from '../../src/daemon/procfs.ts';
import { type Clock, realClock } from '../../src/runtime/clock.ts';
import { logTo } from '../support/spec.ts';
import {
  isAlive,
  onCleanup,
  pid,
  printed,
  RealWorld,
  tempDir,
  until,
  untilPrinted,
  untilState,
} from '../support/world.ts';

/** A reload gives it another spec, for which it needs no new life. */
function reconfigure(process: Process, changes: Partial<ProcessSpec>): void {
  process.reconfigure({ ...process.spec, ...changes }, { renew: false, by: ALICE });
}

/** Does so, and sees that it still has its pid. */
function applied(process: Process, changes: Partial<ProcessSpec>): void {
  const before = pid(process);
  reconfigure(process, changes);
  expect([pid(process), process.current.generation, isAlive(before)]).toEqual([before, 1, true]);
}

async function running(script: string, changes: Partial<ProcessSpec> = {}, world = new RealWorld()): Promise<Process> {
  const process = world.start(script, changes);
  await untilState(process, 'RUNNING');
  return process;
}

const SLEEP = 'exec sleep 1000';
/** Says when it is ready, and what it is told; ends on nothing but SIGKILL. */
const STUBBORN = 'trap "echo got TERM" TERM; trap "echo got INT" INT; echo ready; while :; do sleep 0.01; done';

async function stubborn(changes: Partial<ProcessSpec> = {}, world = new RealWorld()): Promise<Process> {
  const process = world.start(STUBBORN, changes);
  await untilPrinted(process, 'ready');
  return process;
}

async function stop(process: Process): Promise<void> {
  process.dispatch({ type: 'stop', by: ALICE });
  await untilState(process, 'STOPPED', 'UNKNOWN');
}

function kill(process: Process): void {
  globalThis.process.kill(pid(process), 'SIGKILL');
}

describe('policy', () => {
  test('autorestart: at the next end', async () => {
    const once = await running(SLEEP, { autorestart: 'always' });
    applied(once, { autorestart: 'never' });
    kill(once);
    await untilState(once, 'EXITED');
    const again = await running(SLEEP, { autorestart: 'never' });
    applied(again, { autorestart: 'always' });
    kill(again);
    await until(again, () => again.current.generation === 2 && statusOf(again.current) === 'RUNNING');
  });

  test('autorestart: at once for one that waits in BACKOFF for its turn', async () => {
    const process = new RealWorld().start('exit 1', { autorestart: 'always' });
    await untilState(process, 'BACKOFF');
    expect(process.current.generation).toBe(TOKENS_MAX + 1);
    reconfigure(process, { autorestart: 'never' });
    expect([statusOf(process.current), process.current.want]).toEqual(['EXITED', 'down']);
    expect(process.intent).toEqual({ want: 'down', by: 'policy' });
  });

  test('autorestart: of one in BACKOFF whose start failed, at the end after the start that works', async () => {
    const dir = tempDir();
    const script = `[ -e ${dir}/go ] || exit 1; read line; exit 1`;
    const process = new RealWorld().start(script, { autorestart: 'always', starttime: 200 });
    await untilState(process, 'BACKOFF');
    reconfigure(process, { autorestart: 'never', starttime: 0 });
    expect(statusOf(process.current)).toBe('BACKOFF');
    writeFileSync(join(dir, 'go'), '');
    process.dispatch({ type: 'restart', by: ALICE }); // rather than wait for a second
    await untilState(process, 'RUNNING');
    process.type(Buffer.from('\r'));
    await untilState(process, 'EXITED');
  });

  test('exitcodes: at the next end', async () => {
    const process = await running('read line; exit 3');
    applied(process, { exitcodes: [3] });
    process.type(Buffer.from('\r'));
    await untilState(process, 'EXITED');
    expect(process.current.last?.exit.code).toBe(3);
  });

  test('startretries: at the next failure', async () => {
    const process = new RealWorld().start('read line; exit 1', { starttime: 60_000 });
    await untilState(process, 'STARTING');
    await until(process, () => process.leader !== undefined);
    applied(process, { startretries: 0 });
    process.type(Buffer.from('\r'));
    await untilState(process, 'FATAL');
  });

  test('starttime: of one that is STARTING', async () => {
    const process = new RealWorld().start(SLEEP, { starttime: 60_000 });
    await until(process, () => process.leader !== undefined);
    expect(statusOf(process.current)).toBe('STARTING');
    applied(process, { starttime: 0 });
    expect(statusOf(process.current)).toBe('RUNNING');
    const hasty = new RealWorld().start('read line; exit 1', { starttime: 60_000, autorestart: 'never' });
    await until(hasty, () => hasty.leader !== undefined);
    applied(hasty, { starttime: 50 });
    await untilState(hasty, 'RUNNING');
    hasty.type(Buffer.from('\r'));
    await untilState(hasty, 'EXITED');
  });
});

describe('stopping', () => {
  test('stopsignal', async () => {
    const process = await stubborn({ stoptime: 100 });
    applied(process, { stopsignal: 'SIGINT' });
    await stop(process);
    expect(printed(process)).toBe('ready\ngot INT\n');
  });

  test('stoptime: lowered, it is obeyed at the next stop, and by the one under way', async () => {
    const world = new RealWorld();
    const process = await stubborn({ stoptime: 3_600_000 }, world);
    applied(process, { stoptime: 50 });
    await stop(process);
    expect(process.current.last?.exit.signal).toBe('SIGKILL');
    const stopping = await stubborn({ stoptime: 3_600_000 }, world);
    stopping.dispatch({ type: 'stop', by: ALICE });
    await untilPrinted(stopping, 'got TERM');
    applied(stopping, { stoptime: 50 });
    await untilState(stopping, 'STOPPED');
  });

  const GAME = 'trap "" TERM; echo ready; while read line; do echo "read $line"; [ "$line" = stop ] && exit 7; done';

  async function game(changes: Partial<ProcessSpec>, world = new RealWorld(), script = GAME): Promise<Process> {
    const process = world.start(script, changes);
    await untilPrinted(process, 'ready');
    return process;
  }

  const stoppedBy = (world: RealWorld): unknown[] =>
    world.happenings.flatMap(happening => (happening.type === 'process.exit' ? [happening.stoppedBy] : []));

  test('stopinput: typed at the next stop', async () => {
    const world = new RealWorld();
    const process = await game({ stoptime: 3_600_000 }, world);
    applied(process, { stopinput: 'stop\n' });
    await stop(process);
    expect([process.current.last?.exit.code, stoppedBy(world)]).toEqual([7, ['input']]);
    expect(printed(process)).toContain('read stop');
  });

  test('stopinput, then stopsignal after half of stoptime, then SIGKILL', async () => {
    const world = new RealWorld();
    const deaf = 'trap "exit 8" TERM; echo ready; while :; do sleep 0.01; done';
    const signalled = await game({ stopinput: 'stop\n', stoptime: 100 }, world, deaf);
    await stop(signalled);
    expect([signalled.current.last?.exit.code, stoppedBy(world)]).toEqual([8, ['signal']]);
    const killed = await game({ stopinput: 'quit\n', stoptime: 100 }, world);
    await stop(killed);
    expect([killed.current.last?.exit.signal, stoppedBy(world)]).toEqual(['SIGKILL', ['signal', 'kill']]);
    expect(printed(killed)).toContain('read quit');
  });

  test('stopinput of one that reads nothing of what was typed: the signal at once', async () => {
    const world = new RealWorld();
    const script = 'stty -icanon -echo; echo ready; exec sleep 1000'; // a line that is too long would be swallowed
    const process = await game({ stopinput: 'stop\n', stoptime: 3_600_000 }, world, script);
    while (process.type(Buffer.alloc(64 * 1024, 'x')));
    while (process.type(Buffer.from('x')));
    await stop(process);
    expect(stoppedBy(world)).toEqual(['signal']);
  });

  const FAMILY =
    'sh -c "trap \\"echo child told; exit\\" TERM; echo ready; while :; do sleep 0.01; done" & trap "" HUP; trap "wait; exit" TERM; wait; wait';

  test('stopasgroup', async () => {
    const process = await new RealWorld().start(FAMILY, { leftovers: 'ignore' });
    await untilPrinted(process, 'ready');
    applied(process, { stopasgroup: true, killasgroup: true });
    await stop(process);
    expect(printed(process)).toContain('child told');
  });

  test('killasgroup', async () => {
    const pids = join(tempDir(), 'pids');
    const child = 'trap "" TERM HUP; echo $$ >"$PIDS"; while :; do sleep 0.01; done';
    const script = `trap "" TERM HUP; sh -c '${child}' & while [ ! -s "$PIDS" ]; do sleep 0.01; done; echo ready; wait`;
    const process = new RealWorld().start(script, { env: { PIDS: pids }, stoptime: 50, leftovers: 'ignore' });
    await untilPrinted(process, 'ready');
    applied(process, { killasgroup: true });
    await stop(process);
    const left = Number(readFileSync(pids, 'utf8'));
    while (isAlive(left)) await new Promise(resolve => setImmediate(resolve)); // the kernel kills it as soon as it runs
  });

  test('leftovers', async () => {
    const pids = join(tempDir(), 'pids');
    const child = 'trap "" HUP; echo $$ >"$PIDS"; while :; do sleep 0.01; done';
    const script = `sh -c '${child}' & while [ ! -s "$PIDS" ]; do sleep 0.01; done; echo ready; read line`;
    const world = new RealWorld();
    const process = world.start(script, { env: { PIDS: pids }, autorestart: 'never' });
    await untilPrinted(process, 'ready');
    const left = Number(readFileSync(pids, 'utf8'));
    onCleanup(() => void (isAlive(left) && globalThis.process.kill(left, 'SIGKILL')));
    applied(process, { leftovers: 'report' });
    process.type(Buffer.from('\r'));
    await untilState(process, 'EXITED');
    expect(isAlive(left)).toBe(true);
    expect(world.happenings).toContainEqual(
      expect.objectContaining({ action: 'reported', pids: expect.arrayContaining([left]) }),
    );
  });
});

describe('files', () => {
  test('pidfile: another, one more, none', async () => {
    const dir = tempDir();
    const path = (name: string): string => join(dir, name);
    const process = await running(SLEEP, { pidfile: path('a') });
    const text = `${pid(process)}\n`;
    applied(process, { pidfile: path('b') });
    expect([existsSync(path('a')), readFileSync(path('b'), 'utf8')]).toEqual([false, text]);
    applied(process, { pidfile: undefined });
    expect(existsSync(path('b'))).toBe(false);
    applied(process, { pidfile: path('c') });
    expect(readFileSync(path('c'), 'utf8')).toBe(text);
    await stop(process);
    expect(existsSync(path('c'))).toBe(false);
  });

  test('pidfile: with a change that needs a new life, the old one goes with the old life', async () => {
    const dir = tempDir();
    const process = await running(SLEEP, { pidfile: join(dir, 'a') });
    process.reconfigure({ ...process.spec, pidfile: join(dir, 'b'), umask: 0 }, { renew: true, by: ALICE });
    await until(process, () => process.current.generation === 2 && statusOf(process.current) === 'RUNNING');
    expect(existsSync(join(dir, 'a'))).toBe(false);
    expect(readFileSync(join(dir, 'b'), 'utf8')).toBe(`${pid(process)}\n`);
  });

  const target = (path: string): ProcessSpec['stdout'] => logTo(path);
  const NONE = { kind: 'none' } as const;
  /** Prints each line that it reads, to both. */
  const ECHO = 'stty -echo; echo ready; while read line; do echo "$line"; echo "$line" >&2; done';

  async function say(process: Process, word: string): Promise<void> {
    process.type(Buffer.from(`${word}\r`));
    await until(process, () => printed(process).split(`${word}\n`).length === 3);
  }

  test('stdout: nowhere, a file, another, the first again, nowhere; not a byte is lost or doubled', async () => {
    const dir = tempDir();
    const [a, b] = [join(dir, 'a'), join(dir, 'b')];
    const process = new RealWorld().start(ECHO);
    await untilPrinted(process, 'ready');
    for (const [word, stdout] of [
      ['one', NONE],
      ['two', target(a)],
      ['three', target(b)],
      ['four', target(a)],
      ['five', NONE],
    ] as const) {
      applied(process, { stdout });
      await say(process, word);
    }
    await stop(process);
    await untilWritten(a, 'two\ntwo\nfour\nfour\n');
    await untilWritten(b, 'three\nthree\n');
  });

  test('stderr: from file to file, on a terminal of its own', async () => {
    const dir = tempDir();
    const [a, b, out] = [join(dir, 'a'), join(dir, 'b'), join(dir, 'out')];
    const process = new RealWorld().start(ECHO, { stdout: target(out), stderr: target(a) });
    await untilPrinted(process, 'ready');
    await say(process, 'one');
    applied(process, { stderr: target(b) });
    await say(process, 'two');
    applied(process, { stderr: { kind: 'discard' } });
    await say(process, 'three');
    await stop(process);
    await untilWritten(a, 'one\n');
    await untilWritten(b, 'two\n');
    await untilWritten(out, 'ready\none\ntwo\nthree\n');
  });

  test('stdout and stderr: that swap their files', async () => {
    const dir = tempDir();
    const [a, b] = [join(dir, 'a'), join(dir, 'b')];
    const process = new RealWorld().start(ECHO, { stdout: target(a), stderr: target(b) });
    await untilPrinted(process, 'ready');
    applied(process, { stdout: target(b), stderr: target(a) });
    process.type(Buffer.from('x\r'));
    await until(process, () => printed(process).split('x\n').length === 3);
    await stop(process);
    await untilWritten(a, 'ready\nx\n');
    await untilWritten(b, 'x\n');
  });

  test('stdout: a file that cannot be opened is told, and the output goes where it went', async () => {
    const dir = tempDir();
    const world = new RealWorld();
    const process = world.start(ECHO, { stdout: target(join(dir, 'a')) });
    await untilPrinted(process, 'ready');
    applied(process, { stdout: target(join(dir, 'a/no/dir')), stderr: NONE });
    expect(world.warnings).toEqual([
      `web: cannot open log ${dir}/a/no/dir: not a directory; its output goes where it went before`,
    ]);
    await say(process, 'one');
    await stop(process);
    await untilWritten(join(dir, 'a'), 'ready\none\none\n');
  });

  test('stdout: one file for two processes stays open for the other', async () => {
    const dir = tempDir();
    const world = new RealWorld();
    const [one, two] = ['one', 'two'].map(name => world.start(ECHO, { name, stdout: target(join(dir, 'a')) }));
    if (!one || !two) throw new Error('two');
    await untilPrinted(one, 'ready');
    await untilPrinted(two, 'ready');
    applied(one, { stdout: NONE });
    await say(two, 'word');
    await stop(two);
    await untilWritten(join(dir, 'a'), 'ready\nready\nword\nword\n');
  });

  /** A file is written off the event loop, and nothing tells when. */
  async function untilWritten(path: string, text: string): Promise<void> {
    while (readFileSync(path).length < text.length) await new Promise(resolve => setImmediate(resolve));
    expect(readFileSync(path, 'utf8')).toBe(text);
  }
});

describe('the terminal', () => {
  const SIZES = 'stty -echo; echo ready; while read line; do stty size; done';

  test('cols and rows', async () => {
    const process = new RealWorld().start(SIZES);
    await untilPrinted(process, 'ready');
    applied(process, { terminal: { ...process.spec.terminal, cols: 90, rows: 33 } });
    process.type(Buffer.from('\r'));
    await untilPrinted(process, '33 90\n');
  });

  test('cols and rows: the program is told by SIGWINCH, of its second terminal too', async () => {
    const script = 'trap "stty size; stty size <&2" WINCH; echo ready; while :; do sleep 0.01; done';
    const process = new RealWorld().start(script, { stderr: { kind: 'discard' }, stdout: file() });
    await untilPrinted(process, 'ready');
    applied(process, { terminal: { ...process.spec.terminal, cols: 91 } });
    await untilPrinted(process, '40 91\n40 91\n');
  });

  function file(): ProcessSpec['stdout'] {
    return logTo(join(tempDir(), 'out'));
  }

  test('scrollback', async () => {
    const process = await running('seq 1 2000; read line; seq 2001 9000; read line', { scrollback: 1 << 20 });
    await untilPrinted(process, '\n2000\n');
    applied(process, { scrollback: 4096 });
    const { scrollback } = process.console;
    expect(scrollback.head - scrollback.tail).toBe(4096);
    expect(printed(process)).toMatch(/\n1999\n2000\n$/);
    applied(process, { scrollback: 1 << 20 });
    const from = scrollback.tail;
    process.type(Buffer.from('\r'));
    await untilPrinted(process, '\n9000\n');
    expect(scrollback.tail).toBe(from);
  });

  test('scrollback: of stderr on its own as well', async () => {
    const process = await running('seq 1 3000 >&2; echo ready; read line', {
      stdout: file(),
      stderr: { kind: 'discard' },
    });
    await untilPrinted(process, 'ready');
    await untilPrinted(process, '\n3000\n');
    applied(process, { scrollback: 4096 });
    const { head = 0, tail = 0 } = process.stderr ?? {};
    expect(head - tail).toBe(4096);
  });
});

test('another name: the same pid, and the next life is called by it', async () => {
  const process = await running('echo "$TASKMASTER_ID"; exec sleep 1000', { autorestart: 'always' });
  await untilPrinted(process, 'test:web:1\n');
  applied(process, { program: 'www', name: 'www', fullname: 'www', group: 'www' });
  expect(process.fullname).toBe('www');
  kill(process);
  await untilPrinted(process, 'test:www:2\n');
});

describe('a new life', () => {
  test.each<[string, Partial<ProcessSpec>, string, string]>([
    ['env', { env: { ROLE: 'back' } }, 'echo "role ${ROLE-none}"', 'role back\n'],
    ['umask', { umask: 0o77 }, 'umask', '0077\n'],
    ['workingdir', { workingdir: '/' }, 'echo "in $PWD"', 'in /\n'],
    ['terminal.term', { terminal: { cols: 120, rows: 40, term: 'dumb' } }, 'echo "term $TERM"', 'term dumb\n'],
    [
      'stderr on its own',
      { stderr: { kind: 'discard' }, stdout: logTo('/dev/null') },
      '[ "$(tty)" = "$(tty <&2)" ] || echo apart',
      'apart\n',
    ],
  ])('%s', async (_, changes, script, expected) => {
    const process = await running(`${script}; exec sleep 1000`);
    const before = pid(process);
    process.reconfigure({ ...process.spec, ...changes }, { renew: true, by: ALICE });
    await untilPrinted(process, expected);
    expect([process.current.generation, isAlive(before)]).toEqual([2, false]);
  });

  test('of one that the user stopped, at its next start', async () => {
    const process = await running('echo "role ${ROLE-none}"; exec sleep 1000');
    await stop(process);
    process.reconfigure({ ...process.spec, env: { ROLE: 'back' } }, { renew: true, by: ALICE });
    expect(statusOf(process.current)).toBe('STOPPED');
    process.dispatch({ type: 'start', by: ALICE });
    await untilPrinted(process, 'role back\n');
    expect(process.current.generation).toBe(2);
  });

  test('of one that is FATAL: it starts anew', async () => {
    const process = new RealWorld().start('', { argv: ['/no/such/thing'], startretries: 0 });
    await untilState(process, 'FATAL');
    process.reconfigure({ ...process.spec, argv: ['/bin/sleep', '1000'] }, { renew: true, by: ALICE });
    await untilState(process, 'RUNNING');
  });
});

/** Time that goes fifty times as fast, so that patience of seconds costs a test no seconds. */
const hasty: Clock = {
  ...realClock,
  now: () => realClock.now() * 50,
  after: (ms, callback) => realClock.after(ms / 50, callback),
};

/** Holds on to a process: dead, it stays a zombie that its parent cannot reap until this lets go. */
const TRACER = `
import ctypes, sys
libc = ctypes.CDLL(None, use_errno=True)
libc.ptrace.argtypes = [ctypes.c_long] * 4
PTRACE_SEIZE = 0x4206
if libc.ptrace(PTRACE_SEIZE, int(sys.argv[1]), 0, 0) != 0:
    print("refused", ctypes.get_errno(), flush=True)
else:
    print("holding", flush=True)
    sys.stdin.readline()
`;

import { ALICE } from '../support/people.ts';

describe('a leader that SIGKILL does not end', () => {
  test('is UNKNOWN with the reason, and comes to rest once it ends after all (needs python3 and ptrace)', async context => {
    const world = new RealWorld(globalThis.process.env, hasty);
    const process = await running(SLEEP, { stoptime: 0 }, world);
    const leader = pid(process);
    const tracer = new RealWorld().start('', {
      name: 'tracer',
      argv: ['python3', '-c', TRACER, String(leader)],
      autorestart: 'never',
    });
    await until(
      tracer,
      () =>
        /holding|refused/.test(printed(tracer)) ||
        (statusOf(tracer.current) !== 'RUNNING' && tracer.current.last !== undefined),
    );
    if (!printed(tracer).includes('holding')) return context.skip('python3 or ptrace is missing');
    await stop(process);
    expect(statusOf(process.current)).toBe('UNKNOWN');
    expect(reasonOf(process.current)).toBe(
      `pid ${leader} does not end on SIGKILL: it is a zombie (state Z) that a debugger, or a thread of its own, still holds`,
    );
    tracer.type(Buffer.from('\r'));
    await untilState(process, 'STOPPED');
    expect(process.current.last?.exit.signal).toBe('SIGKILL');
  });
});

test('a zombie in its session that somebody else does not reap is told, and not waited for', async () => {
  const dir = tempDir();
  // A parent that leaves the session, and does not ask for its child, which stays in the session, dead.
  const child = `sh -c 'echo $$ >${dir}/zombie; while [ ! -s ${dir}/parent ]; do sleep 0.01; done' &`;
  const parent = `(${child} exec setsid sh -c 'echo $$ >${dir}/parent; exec sleep 1000') &`;
  const dead = `while [ ! -s ${dir}/parent ] || [ ! -s ${dir}/zombie ] || ! grep -q ' Z ' /proc/$(cat ${dir}/zombie)/stat; do sleep 0.01; done`;
  const world = new RealWorld();
  const process = world.start(`trap "" HUP; ${parent} ${dead}; exit 0`, { autorestart: 'never' });
  const read = (name: string): number => Number(readFileSync(join(dir, name), 'utf8'));
  onCleanup(() => void globalThis.process.kill(read('parent'), 'SIGKILL'));
  await untilState(process, 'EXITED');
  expect(readStat(read('zombie'))).toMatchObject({ state: 'Z', session: process.current.last?.pid });
  expect(world.happenings).toContainEqual(
    expect.objectContaining({ type: 'process.leftovers', action: 'zombies', pids: [read('zombie')] }),
  );
});
