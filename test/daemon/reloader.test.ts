/** Reloads while things are in motion, with programs that end when the test says so, and time that stands still. */
import { setMaxListeners } from 'node:events';
import { existsSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { HappeningBody } from '../../src/core/events.ts';
import type { DaemonSpec } from '../../src/core/program.ts';
import { type PublicState, statusOf } from '../../src/core/status.ts';
import { KILL_PATIENCE } from '../../src/core/stopping.ts';
import { LogFiles } from '../../src/daemon/logfiles.ts';
import { PacedQueue } from '../../src/daemon/paced.ts';
import type { Process } from '../../src/daemon/process.ts';
import { Reloader } from '../../src/daemon/reloader.ts';
import { restartProcess, startProcess, stopProcesses } from '../../src/daemon/requests.ts';
import { SessionScanner } from '../../src/daemon/sessions.ts';
import { Supervisor } from '../../src/daemon/supervisor.ts';
import type { ActionResult, ReloadReply } from '../../src/protocol/messages.ts';
import { traceFrom } from '../../src/runtime/trace.ts';
import { load } from '../config/memory.ts';
import { FakeClock } from '../support/fake-clock.ts';
import { type FakePty, FakePtyHost } from '../support/fake-pty.ts';
import { ALICE } from '../support/people.ts';
import { tempDir } from '../support/world.ts';

/** A daemon without its wire: a config, a supervisor, and programs that live until the test ends them. */
class Scene {
  readonly clock = new FakeClock();
  readonly host = new FakePtyHost();
  readonly happenings: HappeningBody[] = [];
  readonly supervisor: Supervisor;
  readonly reloader: Reloader;
  readonly sections: DaemonSpec[] = [];
  isStopping = false;
  text: string;

  constructor(text: string) {
    this.text = text;
    const loaded = load(text);
    const { config } = loaded;
    if (!config) throw new Error('the config has mistakes');
    const publish = (happening: HappeningBody): void => void this.happenings.push(happening);
    this.supervisor = new Supervisor(config.processes, {
      host: this.host,
      clock: this.clock,
      forks: new PacedQueue(this.clock),
      pictures: new PacedQueue(this.clock),
      scanner: new SessionScanner(this.clock),
      logfiles: new LogFiles(this.clock, () => {}),
      trace: traceFrom(process.env.TRACE),
      environment: { PATH: '/bin:/usr/bin' },
      configHash: 'test',
      daemonId: 'test',
      obstacleTo: () => undefined,
      remember: () => {},
      publish,
      warn: () => {},
      fault: error => {
        throw error;
      },
    });
    this.reloader = new Reloader({
      source: {
        read: async () => load(this.text, { isReload: true }),
        again: async (files, scaled) => load('', { read: files, scaled }),
      },
      loaded: { ...loaded, config },
      supervisor: this.supervisor,
      reconfigureDaemon: spec => this.sections.push(spec),
      reconfigureAlerts: () => {},
      publish,
      isStopping: () => this.isStopping,
    });
    this.supervisor.autostart();
    this.clock.advance(0);
  }

  static async running(text: string): Promise<Scene> {
    const scene = new Scene(text);
    await scene.pass(1000);
    return scene;
  }

  /** Lets what is due now happen, promises included, then time pass. */
  async pass(ms = 0): Promise<void> {
    for (let i = 0; i < 3; i++) {
      this.clock.advance(0);
      await new Promise(resolve => setImmediate(resolve));
    }
    this.clock.advance(ms);
    await new Promise(resolve => setImmediate(resolve));
  }

  find(name: string): Process {
    const found = this.supervisor.find(name);
    if (!found) throw new Error(`no process ${name}`);
    return found;
  }

  state(name: string): PublicState {
    return statusOf(this.find(name).current);
  }

  get states(): string[] {
    return this.supervisor.all.map(process => `${process.fullname} ${statusOf(process.current)}`);
  }

  /** The terminal of its current life. */
  pty(name: string): FakePty {
    const pid = this.find(name).leader?.pid;
    const found = this.host.ptys.find(pty => pty.pid === pid);
    if (!found) throw new Error(`${name} does not run`);
    return found;
  }

  end(name: string): void {
    this.pty(name).end({ signal: 'SIGTERM' });
  }

  reload(text: string, wait = true): Asked<ReloadReply> {
    this.text = text;
    return new Asked(this.reloader.reload('a test', { wait, signal: NEVER, by: ALICE }));
  }

  start(name: string): Asked<ActionResult> {
    return new Asked(startProcess(this.find(name), WAIT));
  }

  restart(name: string): Asked<ActionResult> {
    return new Asked(restartProcess(this.find(name), WAIT));
  }

  stop(...names: readonly string[]): Asked<ActionResult[]> {
    const processes = names.map(name => this.find(name));
    return new Asked(stopProcesses(this.supervisor, processes, WAIT));
  }
}

const NEVER = new AbortController().signal;
setMaxListeners(0, NEVER);
const WAIT = { wait: true, signal: NEVER, by: ALICE };

/** A request, and its answer once there is one. */
class Asked<T> {
  answer: T | undefined;

  constructor(answering: Promise<T>) {
    void answering.then(answer => {
      this.answer = answer;
    });
  }
}

const results = (asked: Asked<ReloadReply>): string[] | undefined =>
  asked.answer?.results.map(({ name, code, message }) => `${name} ${code}: ${message}`);

const program = (name: string, keys = ''): string => `  ${name}: {cmd: "/bin/true ${name}"${keys && `, ${keys}`}}\n`;
const config = (...programs: readonly string[]): string =>
  programs.length === 0 ? 'programs: {}\n' : `programs:\n${programs.join('')}`;
const A = program('a');

describe('a reload answers', () => {
  test('once what it restarts, starts and stops has its outcome', async () => {
    const scene = await Scene.running(config(A, program('b'), program('c')));
    const asked = scene.reload(config(A, program('b', 'umask: 0'), program('d')));
    await scene.pass();
    expect(scene.states).toEqual(['a RUNNING', 'b STOPPING', 'c STOPPING', 'd STOPPED']);
    scene.end('b');
    scene.end('c');
    await scene.pass();
    expect(asked.answer).toBeUndefined();
    await scene.pass(1000);
    expect(results(asked)).toEqual(['c done: stopped', 'b done: started', 'd done: started']);
    expect(asked.answer?.processes.map(({ name, action }) => `${name} ${action}`)).toEqual([
      'b restart',
      'c stop',
      'd start',
    ]);
    expect(scene.states).toEqual(['a RUNNING', 'b RUNNING', 'd RUNNING']);
    expect(scene.find('a').current.generation).toBe(1);
  });

  test('at once without `wait`', async () => {
    const scene = await Scene.running(config(A));
    const asked = scene.reload(config(program('a', 'umask: 0')), false);
    await scene.pass();
    expect([results(asked), scene.state('a')]).toEqual([[], 'STOPPING']);
  });

  test('what is new starts only when what left is gone, and what it may need with it', async () => {
    const scene = await Scene.running(config(A));
    const asked = scene.reload(config(program('b')));
    await scene.pass(2000);
    expect(scene.states).toEqual(['a STOPPING', 'b STOPPED']);
    scene.end('a');
    await scene.pass(1000);
    await scene.pass();
    expect([scene.states, results(asked)]).toEqual([['b RUNNING'], ['a done: stopped', 'b done: started']]);
  });

  test('what left stops in the reverse order of start, a level at a time', async () => {
    const scene = await Scene.running(config(program('a', 'priority: 1'), program('b', 'priority: 2'), program('c')));
    scene.reload(config());
    await scene.pass();
    expect(scene.states).toEqual(['a RUNNING', 'b RUNNING', 'c STOPPING']);
    scene.end('c');
    await scene.pass();
    expect(scene.states).toEqual(['a RUNNING', 'b STOPPING']);
    scene.end('b');
    await scene.pass();
    scene.end('a');
    await scene.pass();
    expect([scene.states, scene.clock.pending]).toEqual([[], 0]);
    expect(scene.happenings.flatMap(h => (h.type === 'process.removed' ? [h.process] : []))).toEqual(['c', 'b', 'a']);
  });
});

describe('a program is removed', () => {
  const waiting: Readonly<Record<string, (scene: Scene) => Promise<void> | void>> = {
    launching: () => {},
    STARTING: scene => scene.pass(),
    BACKOFF: async scene => {
      await scene.pass();
      scene.end('a');
    },
    STOPPING: async scene => {
      await scene.pass(1000);
      scene.stop('a');
      await scene.pass();
    },
  };

  test.each(Object.entries(waiting))('while somebody waits for its start (%s)', async (_, bring) => {
    const scene = new Scene(config(program('a', 'autostart: false')));
    const first = scene.start('a');
    await bring(scene);
    const second = scene.state('a') === 'STOPPING' ? scene.start('a') : undefined;
    const removed = scene.reload(config());
    await scene.pass();
    if (scene.supervisor.find('a')) scene.end('a');
    await scene.pass();
    expect([first.answer, second ? second.answer : 'none']).not.toContain(undefined);
    expect(removed.answer).toBeDefined();
    expect(second?.answer?.ok).not.toBe(true);
    expect([scene.states, scene.clock.pending]).toEqual([[], 0]);
    await scene.pass(60_000);
    expect(scene.host.ptys.filter(pty => !pty.hasEnded)).toEqual([]);
  });

  test('while somebody waits for its stop', async () => {
    const scene = await Scene.running(config(A));
    const stopped = scene.stop('a');
    await scene.pass();
    const removed = scene.reload(config());
    await scene.pass();
    scene.end('a');
    await scene.pass();
    expect([stopped.answer?.[0]?.message, results(removed)]).toEqual(['stopped', ['a done: stopped']]);
    expect(scene.states).toEqual([]);
  });

  test('and cannot be started meanwhile', async () => {
    const scene = await Scene.running(config(A));
    scene.reload(config());
    await scene.pass();
    const [started, restarted] = [scene.start('a'), scene.restart('a')];
    await scene.pass();
    for (const { answer } of [started, restarted]) expect(answer?.message).toMatch(/^a reload removed it/);
    scene.end('a');
    await scene.pass();
    expect([scene.states, scene.host.ptys.length]).toEqual([[], 1]);
  });

  test('and is back before it has stopped: it starts again, once', async () => {
    const scene = await Scene.running(config(A));
    const gone = scene.reload(config());
    await scene.pass();
    const back = scene.reload(config(A));
    await scene.pass();
    scene.end('a');
    await scene.pass(1000);
    expect([results(gone), results(back)]).toEqual([['a done: stopped'], ['a done: started']]);
    expect([scene.states, scene.host.ptys.length]).toEqual([['a RUNNING'], 2]);
    await scene.pass(60_000);
    expect(scene.host.ptys.length).toBe(2);
  });

  test('and is back before its turn to be stopped has come: it runs on', async () => {
    const both = config(program('a', 'priority: 1'), program('b', 'priority: 2'));
    const scene = await Scene.running(both);
    const gone = scene.reload(config());
    await scene.pass();
    expect(scene.states).toEqual(['a RUNNING', 'b STOPPING']);
    const back = scene.reload(both);
    await scene.pass();
    scene.end('b');
    await scene.pass(1000);
    await scene.pass();
    expect(scene.states).toEqual(['a RUNNING', 'b RUNNING']);
    expect(scene.find('a').current.want).toBe('up');
    expect([gone.answer, back.answer]).not.toContain(undefined);
    expect(scene.host.ptys.length).toBe(3);
  });

  test('and is back, to be left alone: its stop goes on', async () => {
    const scene = await Scene.running(config(program('a', 'priority: 1'), program('b', 'priority: 2')));
    scene.reload(config());
    await scene.pass();
    scene.reload(config(program('a', 'priority: 1, autostart: false')));
    await scene.pass();
    scene.end('b');
    await scene.pass();
    expect(scene.states).toEqual(['a STOPPING']);
    scene.end('a');
    await scene.pass();
    expect(scene.states).toEqual(['a STOPPED']);
  });
});

describe('while it waits for others to leave, a new one', () => {
  async function begin(): Promise<[Scene, Asked<ReloadReply>]> {
    const scene = await Scene.running(config(A));
    const asked = scene.reload(config(program('b')));
    await scene.pass();
    return [scene, asked];
  }

  async function leave(scene: Scene): Promise<void> {
    scene.end('a');
    await scene.pass(1000);
    await scene.pass();
  }

  test('that somebody starts is not started twice, and all are answered', async () => {
    const [scene, asked] = await begin();
    const started = scene.start('b');
    await scene.pass(1000);
    expect([started.answer?.code, scene.state('b')]).toEqual(['done', 'RUNNING']);
    await leave(scene);
    expect(results(asked)).toEqual(['a done: stopped', 'b done: started']);
    expect([scene.states, scene.host.ptys.length]).toEqual([['b RUNNING'], 2]);
  });

  test('that somebody stops is not started', async () => {
    const [scene, asked] = await begin();
    scene.stop('b');
    await leave(scene);
    expect(results(asked)?.[1]).toBe('b failed: it was not to be started any more');
    expect(scene.states).toEqual(['b STOPPED']);
  });

  test('that another reload removes is not started', async () => {
    const [scene, asked] = await begin();
    scene.reload(config());
    await leave(scene);
    expect(results(asked)?.[1]).toBe('b failed: it was not to be started any more');
    expect([scene.states, scene.host.ptys.length]).toEqual([[], 1]);
  });

  test('is not started when the daemon is stopping', async () => {
    const [scene, asked] = await begin();
    scene.isStopping = true;
    await leave(scene);
    expect(results(asked)?.[1]).toBe('b failed: it was not to be started any more');
    expect(scene.states).toEqual(['b STOPPED']);
  });
});

describe('one that SIGKILL does not end', () => {
  const stuck = (keys = ''): string => program('a', `stoptime: 1${keys && `, ${keys}`}`);
  const WORDS = /^pid \d+ does not end on SIGKILL: /;

  test('and that was to stop is UNKNOWN, and nobody waits any longer', async () => {
    const scene = await Scene.running(config(stuck()));
    const asked = scene.stop('a');
    await scene.pass(1000 + KILL_PATIENCE);
    expect([scene.state('a'), asked.answer?.[0]?.code]).toEqual(['UNKNOWN', 'failed']);
    expect(asked.answer?.[0]?.message).toMatch(WORDS);
    expect(scene.clock.pending).toBe(0);
  });

  test('and that was to restart is UNKNOWN, and nobody waits any longer', async () => {
    const scene = await Scene.running(config(stuck()));
    const asked = scene.restart('a');
    await scene.pass(1000 + KILL_PATIENCE);
    expect([scene.state('a'), asked.answer?.code]).toEqual(['UNKNOWN', 'failed']);
    expect(asked.answer?.message).toMatch(WORDS);
  });

  test('and that a reload was to restart: the reload says so', async () => {
    const scene = await Scene.running(config(stuck(), program('b')));
    const asked = scene.reload(config(stuck('umask: 0'), program('b'), program('c')));
    await scene.pass(1000 + KILL_PATIENCE);
    await scene.pass(1000);
    expect(results(asked)?.[0]).toMatch(/^a failed: pid \d+ does not end on SIGKILL/);
    expect(scene.states).toEqual(['a UNKNOWN', 'b RUNNING', 'c RUNNING']);
  });

  test('and that a reload removed: the reload says so, what is new starts, and it is forgotten when it ends after all', async () => {
    const scene = await Scene.running(config(stuck()));
    const pty = scene.pty('a');
    const asked = scene.reload(config(program('b')));
    await scene.pass(1000 + KILL_PATIENCE);
    await scene.pass(1000);
    await scene.pass();
    expect(results(asked)?.[0]).toMatch(/^a failed: pid \d+ does not end on SIGKILL/);
    expect(scene.states).toEqual(['a UNKNOWN', 'b RUNNING']);
    const again = scene.reload(config(program('b')));
    await scene.pass(1000 + KILL_PATIENCE);
    expect(again.answer?.processes).toEqual([]);
    pty.end({ signal: 'SIGKILL' });
    await scene.pass();
    expect(scene.states).toEqual(['b RUNNING']);
  });

  test('and that comes back into the config is not waited for', async () => {
    const scene = await Scene.running(config(stuck()));
    scene.reload(config());
    await scene.pass(1000 + KILL_PATIENCE);
    const back = scene.reload(config(stuck()));
    await scene.pass(1000 + KILL_PATIENCE);
    await scene.pass();
    expect(results(back)?.[0]).toMatch(/^a failed: /);
  });

  test('does not hold up a stop whose leader ends after all, with its session to be looked at', async () => {
    const scene = await Scene.running(config(stuck()));
    scene.find('a').dispatch({ type: 'stop', by: ALICE });
    expect(scene.state('a')).toBe('STOPPING');
    const asked = scene.stop('a');
    scene.pty('a').end({ signal: 'SIGTERM' }, false);
    while (scene.state('a') === 'STOPPING') await scene.pass(); // /proc is read a part a turn
    await scene.pass();
    expect(asked.answer?.[0]?.code).toBe('done');
    scene.supervisor[Symbol.dispose]();
  });
});

describe('a second reload during the first', () => {
  test('with another command: the restart under way takes the latest, and there is one', async () => {
    const scene = await Scene.running(config(A));
    const first = scene.reload(config(program('a', 'umask: 0')));
    await scene.pass();
    const second = scene.reload(config(program('a', 'umask: 077')));
    await scene.pass();
    expect(second.answer?.processes).toMatchObject([{ action: 'nothing', note: 'takes effect at its next start' }]);
    scene.end('a');
    await scene.pass(1000);
    await scene.pass();
    expect([results(first), scene.host.ptys.length]).toEqual([['a done: started'], 2]);
    expect(scene.host.last.launch.umask).toBe(0o77);
  });

  test('that removes what the first restarts: both are answered', async () => {
    const scene = await Scene.running(config(A));
    const first = scene.reload(config(program('a', 'umask: 0')));
    await scene.pass();
    const second = scene.reload(config());
    await scene.pass();
    scene.end('a');
    await scene.pass();
    expect([results(first)?.length, results(second)]).toEqual([1, ['a done: stopped']]);
    expect([scene.states, scene.host.ptys.length]).toEqual([[], 1]);
  });

  test('that adds what may need the place of one that is still leaving: it waits for that one too', async () => {
    const scene = await Scene.running(config(A));
    scene.reload(config());
    await scene.pass();
    const second = scene.reload(config(program('b')));
    await scene.pass(1000);
    expect(scene.states).toEqual(['a STOPPING', 'b STOPPED']);
    scene.end('a');
    await scene.pass(1000);
    await scene.pass();
    expect([scene.states, results(second)]).toEqual([['b RUNNING'], ['b done: started']]);
  });

  test('with the same file changes nothing more', async () => {
    const scene = await Scene.running(config(A));
    const after = config(program('a', 'umask: 0'), program('b'));
    const asked = [scene.reload(after), scene.reload(after), scene.reload(after)];
    await scene.pass();
    scene.end('a');
    await scene.pass(1000);
    await scene.pass();
    expect(asked.map(({ answer }) => answer?.processes.length)).toEqual([2, 0, 0]);
    expect([scene.states, scene.host.ptys.length]).toEqual([['a RUNNING', 'b RUNNING'], 3]);
  });
});

describe('names', () => {
  test('a process that is renamed is found, selected and told of by its new name; its program too', async () => {
    const scene = await Scene.running(config(program('a', 'processname: x')).replace('/bin/true a', '/bin/true'));
    const { pid } = scene.pty('a:x');
    scene.reload(config(program('z', 'processname: x')).replace('/bin/true z', '/bin/true'));
    await scene.pass();
    expect(scene.pty('z:x').pid).toBe(pid);
    expect(scene.supervisor.find('a:x')).toBeUndefined();
    expect(scene.supervisor.select(['z']).unknown.length + scene.supervisor.select(['z:*']).unknown.length).toBe(0);
  });

  test('a program that is renamed where its processes are not is known by its new name', async () => {
    const grouped = (name: string): string =>
      `groups: {g: {programs: ${name}}}\n${config(program(name, 'processname: x')).replace(`/bin/true ${name}`, '/bin/true')}`;
    const scene = await Scene.running(grouped('a'));
    scene.reload(grouped('z'));
    await scene.pass();
    expect(scene.find('g:x').program).toBe('z');
    await expect(scene.reloader.scale('a', 2, WAIT)).rejects.toThrow('no such program: a');
  });
});

describe('scale', () => {
  const text = (n: number): string => config(program('web', `numprocs: ${n}`));

  test('holds until the next reload, which says that it ends it', async () => {
    const scene = await Scene.running(text(1));
    const scaled = new Asked(scene.reloader.scale('web', 3, WAIT));
    await scene.pass(1000);
    await scene.pass();
    expect(results(scaled)).toEqual(['web:web_01 done: started', 'web:web_02 done: started']);
    expect([...scene.reloader.scales]).toEqual([['web', 3]]);
    expect(scaled.answer?.overrides).toEqual({});
    expect(await scene.reloader.preview()).toMatchObject({ applied: false, overrides: { web: 3 } });
    const asked = scene.reload(text(1));
    await scene.pass();
    expect(scene.states.filter(state => state.endsWith('STOPPING'))).toHaveLength(2);
    for (const name of ['web:web_01', 'web:web_02']) scene.end(name);
    await scene.pass();
    expect(asked.answer?.overrides).toEqual({ web: 3 });
    expect([scene.states, [...scene.reloader.scales]]).toEqual([['web RUNNING'], []]);
  });

  test('of one program leaves the scale of another, and the file is not read', async () => {
    const scene = await Scene.running(config(program('web'), program('db')));
    scene.text = 'nonsense';
    await scene.reloader.scale('web', 2, { ...WAIT, wait: false });
    await scene.reloader.scale('db', 2, { ...WAIT, wait: false });
    await scene.pass(1000);
    expect(scene.states).toHaveLength(4);
    expect([...scene.reloader.scales]).toEqual([
      ['web', 2],
      ['db', 2],
    ]);
  });

  test('a reload that is refused leaves it', async () => {
    const scene = await Scene.running(text(1));
    await scene.reloader.scale('web', 2, { ...WAIT, wait: false });
    scene.text = 'nonsense: 5';
    await expect(scene.reloader.reload('x', WAIT)).rejects.toMatchObject({ code: 'bad_config' });
    expect([...scene.reloader.scales]).toEqual([['web', 2]]);
  });

  test.each([
    [0, /from 1 to 1000; `stop web:\*` stops all of them/],
    [1001, /from 1 to 1000$/],
    [-1, /from 1 to 1000$/],
  ])('to %i is refused', async (n, words) => {
    const scene = await Scene.running(text(2));
    await expect(scene.reloader.scale('web', n, WAIT)).rejects.toThrow(words);
    await expect(scene.reloader.scale('nosuch', 2, WAIT)).rejects.toMatchObject({ code: 'no_such_program' });
    expect(scene.states).toHaveLength(2);
  });

  test('that the config does not allow is refused with the reason, and changes nothing', async () => {
    const scene = await Scene.running(config(program('web', 'pidfile: /nonexistent/web.pid')));
    await expect(scene.reloader.scale('web', 2, WAIT)).rejects.toMatchObject({
      code: 'bad_config',
      problems: [{ message: expect.stringContaining('same pidfile') }],
    });
    expect([scene.states, [...scene.reloader.scales]]).toEqual([['web RUNNING'], []]);
  });
});

describe('whatever happens', () => {
  type Move =
    | { readonly kind: 'reload'; readonly programs: readonly (readonly [string, string])[] }
    | { readonly kind: 'scale'; readonly n: number }
    | { readonly kind: 'start' | 'stop' | 'restart' | 'end'; readonly at: number }
    | { readonly kind: 'pass'; readonly ms: number };

  const keys = fc.constantFrom(
    ...['', 'umask: 0', 'numprocs: 2', 'numprocs: 3', 'autostart: false', 'autorestart: never', 'priority: 1'],
    'numprocs: 2, umask: 077, priority: 5',
  );
  const move: fc.Arbitrary<Move> = fc.oneof(
    fc.record({
      kind: fc.constant('reload' as const),
      programs: fc.uniqueArray(fc.tuple(fc.constantFrom('a', 'b', 'c'), keys), { selector: ([name]) => name }),
    }),
    fc.record({ kind: fc.constant('scale' as const), n: fc.integer({ min: 1, max: 4 }) }),
    fc.record({ kind: fc.constantFrom('start', 'stop', 'restart', 'end'), at: fc.nat(8) }),
    fc.record({ kind: fc.constant('pass' as const), ms: fc.constantFrom(0, 500, 1000) }),
  );

  async function apply(scene: Scene, next: Move): Promise<Asked<unknown> | undefined> {
    switch (next.kind) {
      case 'reload':
        return scene.reload(config(...next.programs.map(([name, own]) => program(name, own))));
      case 'scale': {
        const [first] = scene.supervisor.all.filter(({ isLeaving }) => !isLeaving);
        return first && new Asked(scene.reloader.scale(first.program, next.n, WAIT));
      }
      case 'pass':
        await scene.pass(next.ms);
        return undefined;
      default: {
        const { all } = scene.supervisor;
        const process = all[next.at % Math.max(1, all.length)];
        if (!process) return undefined;
        if (next.kind === 'start') return new Asked(startProcess(process, WAIT));
        if (next.kind === 'restart') return new Asked(restartProcess(process, WAIT));
        if (next.kind === 'stop') return new Asked(stopProcesses(scene.supervisor, [process], WAIT));
        const pid = process.leader?.pid;
        scene.host.ptys.find(pty => pty.pid === pid)?.end({ code: 1 });
        return undefined;
      }
    }
  }

  /** No process has two live programs, and none lives that no process knows. */
  function check(scene: Scene): void {
    const alive = scene.host.ptys.filter(pty => !pty.hasEnded).map(({ pid }) => pid);
    const known = scene.supervisor.all.flatMap(({ leader }) => leader?.pid ?? []);
    expect(known.sort()).toEqual(alive.sort());
  }

  test('every request is answered, nothing lives twice, and what the last config asks for is what there is', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(move, { minLength: 1, maxLength: 30 }), async moves => {
        const scene = new Scene(config(A, program('b', 'numprocs: 2')));
        const asked: Asked<unknown>[] = [];
        for (const next of moves) {
          const request = await apply(scene, next);
          if (request) asked.push(request);
          await Promise.resolve();
          check(scene);
        }
        for (let i = 0; i < 40; i++) {
          await scene.pass(1000);
          for (const { current, fullname } of scene.supervisor.all)
            if (statusOf(current) === 'STOPPING') scene.end(fullname);
          check(scene);
        }
        expect(asked.filter(({ answer }) => answer === undefined)).toEqual([]);
        const { config: last } = load(scene.text, { scaled: scene.reloader.scales });
        expect(scene.supervisor.all.map(({ fullname }) => fullname).sort()).toEqual(
          last?.processes.map(({ fullname }) => fullname).sort(),
        );
        for (const { current, intent } of scene.supervisor.all) {
          expect(['STOPPED', 'EXITED', 'RUNNING']).toContain(statusOf(current));
          if (intent) expect(statusOf(current) === 'RUNNING').toBe(intent.want === 'up');
        }
        expect(scene.clock.pending).toBe(0);
      }),
      { numRuns: process.env.SOAK ? 4000 : 150 },
    );
  });
});

describe('a stop whose turn is still to come', () => {
  test('is overruled by a start, and both are told', async () => {
    const scene = await Scene.running(config(program('a', 'priority: 1'), program('b', 'priority: 2')));
    const stop = scene.stop('a', 'b');
    await scene.pass();
    expect(scene.states).toEqual(['a RUNNING', 'b STOPPING']);
    const start = scene.start('a');
    await scene.pass();
    expect(start.answer?.code).toBe('already_started');
    scene.end('b');
    await scene.pass();
    await scene.pass();
    expect(scene.states).toEqual(['a RUNNING', 'b STOPPED']);
    expect(stop.answer?.map(({ name, code }) => `${name} ${code}`)).toEqual(['a failed', 'b done']);
    expect(scene.find('a').current.want).toBe('up');
    scene.supervisor[Symbol.dispose]();
  });
});

test('what cannot be applied to a running process is in the answer', async () => {
  const scene = await Scene.running(config(A));
  const asked = scene.reload(config(program('a', 'stdout: /dev/null/all.log')));
  await scene.pass();
  expect(asked.answer?.processes).toMatchObject([
    {
      action: 'applied',
      note: 'cannot open log /dev/null/all.log: not a directory; its output goes where it went before',
    },
  ]);
  scene.supervisor[Symbol.dispose]();
});

test('one whose stop is still to come takes a new cmd when it is started after all', async () => {
  const text = (umask: string): string =>
    config(program('a', `priority: 1, umask: ${umask}`), program('b', 'priority: 2'));
  const scene = await Scene.running(text('022'));
  const stop = scene.stop('a', 'b');
  await scene.pass();
  const reload = scene.reload(text('077'));
  await scene.pass();
  expect(reload.answer?.processes).toMatchObject([
    { name: 'a', action: 'nothing', note: 'takes effect at its next start' },
  ]);
  scene.start('a');
  await scene.pass();
  expect(scene.state('a')).toBe('STOPPING');
  scene.end('a');
  scene.end('b');
  await scene.pass(1000);
  await scene.pass();
  expect([scene.state('a'), scene.host.last.launch.umask]).toEqual(['RUNNING', 0o77]);
  expect(stop.answer?.map(({ name, code }) => `${name} ${code}`)).toEqual(['a failed', 'b done']);
  scene.supervisor[Symbol.dispose]();
});

test('a log file that could not be opened is tried again by the next reload', async () => {
  const path = join(tempDir(), 'later/a.log');
  writeFileSync(dirname(path), '');
  const text = config(program('a', `stdout: ${path}`));
  const scene = await Scene.running(config(A));
  scene.reload(text);
  await scene.pass();
  rmSync(dirname(path));
  const again = scene.reload(text);
  await scene.pass();
  expect([again.answer?.processes, existsSync(path)]).toEqual([[], true]);
  expect(scene.find('a').isBehindSpec).toBe(false);
  scene.supervisor[Symbol.dispose]();
});

describe('add and remove', () => {
  const codes = (answers: readonly ActionResult[]): string[] => answers.map(({ name, code }) => `${name} ${code}`);
  const GROUP = 'groups:\n  g: {programs: [b, c]}\n';

  test('put into use what is new in the files, and leave what else has changed in them alone', async () => {
    const scene = await Scene.running(config(A));
    scene.text = config(program('a', 'umask: 0'), program('b'), program('c', 'autostart: false'), program('d')) + GROUP;
    expect(codes(await scene.reloader.add(['a', 'g', 'g', 'nosuch'], WAIT))).toEqual([
      'a already_active',
      'g done',
      'g already_active',
      'nosuch no_such_group',
    ]);
    await scene.pass(1000);
    expect(scene.states).toEqual(['a RUNNING', 'g:b RUNNING', 'g:c STOPPED']);
    expect(scene.find('a').current.generation).toBe(1);
    expect(scene.happenings.flatMap(h => (h.type === 'config.reloaded' ? [h.reason] : []))).toEqual([
      'add a g g nosuch',
    ]);
    scene.reload(scene.text.replace('umask: 0', 'umask: 1'), false);
    await scene.pass();
    scene.end('a');
    await scene.pass(1000);
    expect(scene.states).toEqual(['a RUNNING', 'g:b RUNNING', 'g:c STOPPED', 'd RUNNING']);
    expect(scene.find('g:b').current.generation).toBe(1);
  });

  test('forget what is stopped, and nothing of which anything runs, until the next reload', async () => {
    const text = config(A, program('b'), program('c', 'autostart: false')) + GROUP;
    const scene = await Scene.running(text);
    expect(codes(await scene.reloader.remove(['g', 'c', 'nosuch'], WAIT))).toEqual([
      'g still_running',
      'c done',
      'nosuch no_such_group',
    ]);
    expect(scene.states).toEqual(['a RUNNING', 'g:b RUNNING']);
    scene.stop('g:b');
    await scene.pass();
    expect(codes(await scene.reloader.remove(['b'], WAIT))).toEqual(['b still_running']);
    scene.end('g:b');
    await scene.pass();
    expect(codes(await scene.reloader.remove(['g'], WAIT))).toEqual(['g done']);
    expect(scene.states).toEqual(['a RUNNING']);
    expect(scene.find('a').current.generation).toBe(1);
    expect(scene.happenings.flatMap(h => (h.type === 'process.removed' ? [h.process] : []))).toEqual(['g:c', 'g:b']);
    scene.reload(text, false);
    await scene.pass(1000);
    expect(scene.states).toEqual(['a RUNNING', 'g:b RUNNING', 'g:c STOPPED']);
  });

  test('and scale know of each other', async () => {
    const scene = await Scene.running(config(program('a'), program('old', 'autostart: false')));
    await scene.reloader.remove(['old'], WAIT);
    scene.text = config(program('a'), program('b'));
    await scene.reloader.add(['b'], WAIT);
    await scene.reloader.scale('a', 2, { ...WAIT, wait: false });
    await scene.reloader.scale('b', 2, { ...WAIT, wait: false });
    await scene.pass(1000);
    expect(scene.states).toEqual(['a:a_00 RUNNING', 'a:a_01 RUNNING', 'b:b_00 RUNNING', 'b:b_01 RUNNING']);
    for (const name of ['b:b_00', 'b:b_01']) {
      scene.stop(name);
      await scene.pass();
      scene.end(name);
    }
    await scene.pass();
    await scene.reloader.remove(['b'], WAIT);
    expect([...scene.reloader.scales]).toEqual([['a', 2]]);
  });

  test('of a config with mistakes change nothing, and tell of it', async () => {
    const scene = await Scene.running(config(A));
    scene.text = config(A, program('b', 'nonsense: 1'));
    await expect(scene.reloader.add(['b'], WAIT)).rejects.toMatchObject({ code: 'bad_config' });
    expect(scene.states).toEqual(['a RUNNING']);
    expect(scene.happenings.at(-1)).toMatchObject({ type: 'config.refused', reason: 'add b' });
  });

  test('bring back what a reload is removing', async () => {
    const scene = await Scene.running(config(A, program('b')));
    scene.reload(config(A), false);
    await scene.pass();
    scene.text = config(A, program('b'));
    expect(codes(await scene.reloader.add(['b'], WAIT))).toEqual(['b done']);
    scene.end('b');
    await scene.pass(1000);
    expect(scene.states).toEqual(['a RUNNING', 'b RUNNING']);
  });
});
