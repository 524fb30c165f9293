/** The main transitions again, with real processes on real terminals. */
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { reasonOf, statusOf } from '../../src/core/status.ts';
import { ALICE } from '../support/people.ts';
import { isAlive, pid, printed, RealWorld, tempDir, until, untilPrinted, untilState } from '../support/world.ts';

describe('starting and ending', () => {
  test('starttime decides between RUNNING and BACKOFF', async () => {
    const world = new RealWorld();
    const steady = world.start('exec sleep 1000', { name: 'steady', starttime: 100 });
    const hasty = world.start('exit 3', { name: 'hasty', starttime: 100, startretries: 0 });
    await untilState(steady, 'RUNNING');
    await untilState(hasty, 'FATAL');
    expect(reasonOf(hasty.current)).toMatch(/^exited with 3 after 0\.\d+ s, before starttime \(0.1 s\) had passed$/);
  });

  test('killed from outside, it is restarted with another pid, and the end is told', async () => {
    const world = new RealWorld();
    const program = world.start('exec sleep 1000');
    await untilState(program, 'RUNNING');
    const first = pid(program);
    process.kill(first, 'SIGKILL');
    await until(program, () => program.current.generation === 2 && statusOf(program.current) === 'RUNNING');
    expect(pid(program)).not.toBe(first);
    expect(world.happenings).toContainEqual(
      expect.objectContaining({
        type: 'process.exit',
        pid: first,
        exit: { code: null, signal: 'SIGKILL' },
        expected: false,
      }),
    );
  });

  test.each([
    [0, 'EXITED'],
    [7, 'EXITED'],
  ])('exit code %i that is expected ends it', async (code, state) => {
    const program = new RealWorld().start(`exit ${code}`, { exitcodes: [0, 7] });
    await untilState(program, 'EXITED');
    expect([statusOf(program.current), program.current.last?.exit.code]).toEqual([state, code]);
  });

  test('kill -9 a hundred times at random: the restarts, the pids and the tale agree', async () => {
    const world = new RealWorld();
    const programs = Array.from({ length: 20 }, (_, i) =>
      world.start('exec sleep 1000', { name: `p${i}`, autorestart: 'always' }),
    );
    const kills = new Map<number, number>();
    for (let i = 0; i < 100; i++) {
      const program = programs[Math.floor(i * 7.3) % programs.length];
      if (!program) throw new Error('no program');
      await untilState(program, 'RUNNING');
      const target = pid(program);
      expect(kills.has(target)).toBe(false);
      kills.set(target, program.current.generation);
      process.kill(target, 'SIGKILL');
      await until(program, () => program.current.last?.pid === target);
    }
    for (const program of programs) await untilState(program, 'RUNNING');
    const ended = world.happenings.flatMap(happening => (happening.type === 'process.exit' ? [happening.pid] : []));
    expect(ended).toEqual([...kills.keys()]);
    expect(programs.reduce((sum, { current }) => sum + current.restarts, 0)).toBe(100);
    const spawned = world.happenings.flatMap(happening =>
      happening.type === 'process.spawned' ? [happening.pid] : [],
    );
    expect(new Set(spawned)).toEqual(new Set([...ended, ...programs.map(pid)]));
    expect(spawned.length).toBe(120);
  });
});

describe('stopping', () => {
  test('the stop signal, and what the program says of it', async () => {
    const program = new RealWorld().start('trap "echo bye; exit 4" USR1; echo ready; while :; do sleep 0.01; done', {
      stopsignal: 'SIGUSR1',
    });
    await untilPrinted(program, 'ready');
    program.dispatch({ type: 'stop', by: ALICE });
    await untilState(program, 'STOPPED');
    expect(printed(program)).toContain('bye');
    expect(program.current.last?.exit.code).toBe(4);
  });

  test('one that ignores it is killed after stoptime', async () => {
    const program = new RealWorld().start('trap "" TERM HUP; echo ready; while :; do sleep 1; done', { stoptime: 100 });
    await untilPrinted(program, 'ready');
    program.dispatch({ type: 'stop', by: ALICE });
    await untilState(program, 'STOPPED');
    expect(program.current.last?.exit.signal).toBe('SIGKILL');
  });

  test('the group is told where asked', async () => {
    const script =
      'sh -c "trap \\"echo child told; exit\\" TERM; echo ready; while :; do sleep 0.01; done" & trap "" HUP; trap "wait; exit" TERM; wait; wait';
    const program = new RealWorld().start(script, { stopasgroup: true, killasgroup: true });
    await untilPrinted(program, 'ready');
    program.dispatch({ type: 'stop', by: ALICE });
    await untilState(program, 'STOPPED');
    expect(printed(program)).toContain('child told');
  });

  test('start while it is stopping: another life follows', async () => {
    const program = new RealWorld().start('trap "sleep 0.05; exit" TERM; echo ready; while :; do sleep 0.01; done');
    await untilPrinted(program, 'ready');
    program.dispatch({ type: 'stop', by: ALICE });
    program.dispatch({ type: 'start', by: ALICE });
    await until(program, () => program.current.generation === 2 && statusOf(program.current) === 'RUNNING');
  });

  test('restart of many in parallel', async () => {
    const world = new RealWorld();
    const many = Array.from({ length: 20 }, (_, i) => world.start('exec sleep 1000', { name: `p${i}` }));
    for (const program of many) await untilState(program, 'RUNNING');
    const before = many.map(pid);
    for (const program of many) program.dispatch({ type: 'restart', by: ALICE });
    for (const program of many)
      await until(program, () => program.current.generation === 2 && statusOf(program.current) === 'RUNNING');
    expect(before.some(isAlive)).toBe(false);
    expect(new Set([...before, ...many.map(pid)]).size).toBe(40);
  });
});

describe('output', () => {
  const runs = process.env.SOAK ? 10_000 : 500;

  test(`of ${runs} short programs, each with a line, none is lost, and it is there before the end is told`, {
    timeout: 600_000,
  }, async () => {
    const world = new RealWorld();
    const program = world.add('', {
      argv: ['/bin/echo', 'a line of output'],
      autorestart: 'never',
      scrollback: 32 * 1024 * 1024,
    });
    let missing = 0;
    for (let i = 1; i <= runs; i++) {
      const before = program.console.scrollback.head;
      const ended = new Promise<number>(resolve => {
        const subscription = program.onHappening(({ type }) => {
          if (type !== 'process.exit') return;
          subscription[Symbol.dispose]();
          resolve(program.console.scrollback.head);
        });
      });
      program.dispatch({ type: 'start', by: ALICE });
      if ((await ended) - before !== 'a line of output\r\n'.length) missing++;
      await untilState(program, 'EXITED');
    }
    expect(missing).toBe(0);
  });

  test('of a program that prints much and ends at once is whole, and last in order', async () => {
    const program = new RealWorld().start('seq 1 200000', { scrollback: 4 * 1024 * 1024 });
    await untilState(program, 'EXITED');
    const lines = printed(program).trimEnd().split('\n');
    expect([lines.length, lines[0], lines.at(-1)]).toEqual([200_000, '1', '200000']);
  });

  test('of several lives is in one scrollback, with boundaries', async () => {
    const program = new RealWorld().start('echo "life $TASKMASTER_ID"; exit 1', {
      startretries: 0,
      starttime: 0,
      autorestart: 'never',
    });
    await untilState(program, 'EXITED');
    const end = program.console.scrollback.head;
    program.dispatch({ type: 'start', by: ALICE });
    await until(program, () => program.current.generation === 2 && statusOf(program.current) === 'EXITED');
    expect(printed(program)).toBe('life test:web:1\nlife test:web:2\n');
    expect(program.console.scrollback.boundaries).toEqual([
      { offset: end, generation: 1, pid: expect.any(Number), exit: { code: 1, signal: null } },
      { offset: end * 2, generation: 2, pid: expect.any(Number), exit: { code: 1, signal: null } },
    ]);
  });

  test('of what outlives its leader is kept as well', async () => {
    const dir = tempDir();
    const wait = `while [ ! -e ${dir}/go ]; do sleep 0.01; done`;
    const program = new RealWorld().start(`trap "" HUP; (${wait}; echo late) & echo early; exit 0`, {
      leftovers: 'ignore',
    });
    await untilState(program, 'EXITED');
    expect(printed(program)).toBe('early\n');
    mkdirSync(join(dir, 'go'));
    await untilPrinted(program, 'late');
  });
});

describe('leftovers', () => {
  /** Each leaves something behind that writes its pid and does not want to go. */
  const stubborn = 'trap "" HUP TERM; echo $$ >>"$PIDS"; while :; do sleep 0.05; done';
  const cases = [
    ['a child in the same group', `sh -c '${stubborn}' &`],
    ['a double fork', `(sh -c '${stubborn}' &) &`],
    ['a changed process group', `set -m; sh -c '${stubborn}' & set +m;`],
    ['one that let go of the terminal', `sh -c '${stubborn}' >/dev/null 2>&1 </dev/null &`],
  ] as const;

  test.each(cases)('%s is ended before the restart, and named meanwhile', async (_, leave) => {
    const pids = join(tempDir(), 'pids');
    const world = new RealWorld();
    const script = `if [ -e "$PIDS" ]; then exec sleep 1000; fi; : >"$PIDS"; ${leave} while [ ! -s "$PIDS" ]; do sleep 0.01; done; exit 1`;
    const program = world.start(script, { env: { PIDS: pids }, stoptime: 200, autorestart: 'always' });
    await until(program, () => program.current.state.kind === 'clearing' && program.current.state.members.length > 0);
    const left = Number(readFileSync(pids, 'utf8'));
    expect(statusOf(program.current)).toBe('BACKOFF');
    expect(reasonOf(program.current)).toContain(String(left));
    expect(isAlive(left)).toBe(true);
    await until(program, () => program.current.generation === 2 && statusOf(program.current) === 'RUNNING');
    expect(isAlive(left)).toBe(false);
    const actions = world.happenings.flatMap(h => (h.type === 'process.leftovers' ? [h.action] : []));
    expect([...new Set(actions)]).toEqual(['TERM', 'KILL', 'gone']);
  });

  test('one that forks as fast as it can is ended', async () => {
    const dir = tempDir();
    // Each link of the chain starts the next and goes: no pid lives long enough to be signalled by its number.
    const chain = `echo x >>${dir}/links; [ -e ${dir}/stop ] || sh -c '. ${dir}/chain' &`;
    writeFileSync(join(dir, 'chain'), chain);
    const world = new RealWorld();
    const program = world.start(
      `trap "" HUP; sh -c '. ${dir}/chain'; while [ ! -s ${dir}/links ]; do :; done; exit 0`,
      { stoptime: 100 },
    );
    await untilState(program, 'EXITED');
    const count = (): number => readFileSync(join(dir, 'links')).length;
    const before = count();
    for (let i = 0; i < 200; i++) await new Promise(resolve => setImmediate(resolve));
    expect(count()).toBe(before);
    writeFileSync(join(dir, 'stop'), '');
  });

  test('report: named, and left alone', async () => {
    const pids = join(tempDir(), 'pids');
    const world = new RealWorld();
    const program = world.start(`sh -c '${stubborn}' & while [ ! -s "$PIDS" ]; do sleep 0.01; done; exit 0`, {
      env: { PIDS: pids },
      leftovers: 'report',
    });
    await untilState(program, 'EXITED');
    const left = Number(readFileSync(pids, 'utf8'));
    expect(world.happenings).toContainEqual(
      expect.objectContaining({ type: 'process.leftovers', action: 'reported', pids: expect.arrayContaining([left]) }),
    );
    expect(isAlive(left)).toBe(true);
    process.kill(left, 'SIGKILL');
  });

  test('status is right at once, also when something else of the session holds the terminal', async () => {
    const program = new RealWorld().start('trap "" HUP TERM; sleep 1000 & exec sleep 1001', {
      stoptime: 100,
      autorestart: 'never',
    });
    await untilState(program, 'RUNNING');
    const leader = pid(program);
    const seen: string[] = [];
    program.onHappening(happening => seen.push(happening.type === 'process.state' ? happening.to : happening.type));
    process.kill(leader, 'SIGKILL');
    await until(program, () => seen.includes('process.exit'));
    expect(['BACKOFF', 'EXITED']).toContain(statusOf(program.current));
    await untilState(program, 'EXITED');
  });
});
