/** Alerts on real programs: what is told, with which screen, and lines of output that are looked for. */
import { describe, expect, test } from 'vitest';
import type { AlertMessage, AlertSpec } from '../../src/core/alert.ts';
import { Alerts } from '../../src/daemon/alerts.ts';
import { OutputWatch } from '../../src/daemon/outputwatch.ts';
import type { Process } from '../../src/daemon/process.ts';
import { realClock } from '../../src/runtime/clock.ts';
import { makeAlert } from '../support/alerts.ts';
import { FakeClock } from '../support/fake-clock.ts';
import { ALICE } from '../support/people.ts';
import { onCleanup, RealWorld, until, untilState } from '../support/world.ts';

/** Alerts, and what they told. */
class Desk {
  readonly told: AlertMessage[] = [];
  readonly warnings: string[] = [];
  readonly alerts: Alerts;
  readonly clock: FakeClock | typeof realClock;
  kept: unknown = null;
  private readonly processes: Process[] = [];
  private waiting: (() => void)[] = [];

  constructor(
    specs: readonly Partial<AlertSpec>[],
    { clock = realClock, kept = null }: { clock?: FakeClock | typeof realClock; kept?: unknown } = {},
  ) {
    this.clock = clock;
    this.alerts = new Alerts({
      clock,
      host: 'db1',
      config: '/etc/tm.yaml',
      processes: () => this.processes,
      find: name => this.processes.find(({ fullname }) => fullname === name),
      enqueue: (_spec, message) => {
        this.told.push(message);
        for (const look of this.waiting) look();
      },
      keep: alarms => {
        this.kept = JSON.parse(JSON.stringify(alarms));
      },
      warn: (process, message) => {
        this.warnings.push(`${process}: ${message}`);
        for (const look of this.waiting) look();
      },
    });
    onCleanup(() => this.alerts[Symbol.dispose]());
    this.specs = specs.map(spec => makeAlert({ every: 0, ...spec }));
    this.kept = kept;
  }

  specs: readonly AlertSpec[];

  watch(...processes: readonly Process[]): void {
    this.processes.push(...processes);
    for (const process of processes) process.onHappening(happening => this.alerts.onHappening(happening));
    this.alerts.open(this.specs, this.kept);
  }

  get summaries(): string[] {
    return this.told.map(({ summary }) => summary.replace(/[0-9.]+ s$/, 'N s'));
  }

  /** Resolves once this is so, looking whenever something is told. */
  until(condition: () => boolean): Promise<void> {
    return new Promise(resolve => {
      const look = (): void => {
        if (!condition()) return;
        this.waiting = this.waiting.filter(other => other !== look);
        resolve();
      };
      this.waiting.push(look);
      look();
    });
  }
}

describe('what is told', () => {
  test('an end, with the screen as it was then and not that of the next life', async () => {
    const world = new RealWorld();
    const web = world.add(
      'echo life; [ -e /dev/null ] && for i in $(seq 40); do echo "line $i"; done; printf "last \\033[1mwords\\033[m"; exit 3',
      {
        autorestart: 'never',
      },
    );
    const desk = new Desk([{ on: ['unexpected', 'stopped', 'started'] }]);
    desk.watch(web);
    web.dispatch({ type: 'start', by: ALICE });
    await untilState(web, 'EXITED');
    expect(desk.summaries).toEqual(['web is running', 'web exited with 3 after N s']);
    const { screen, ...message } = desk.told[1] ?? { screen: [] };
    expect(screen).toHaveLength(30);
    expect(screen.slice(-2)).toEqual(['line 40', 'last words']);
    expect(message).toMatchObject({
      alert: 'oncall',
      condition: 'unexpected',
      host: 'db1',
      program: 'web',
      process: 'web',
      ended: { exit: { code: 3, signal: null } },
      details: ['It is not started again, as autorestart is never.'],
      look: 'taskmasterctl -c /etc/tm.yaml attach web',
      heldBack: 0,
    });
  });

  test('of a full screen what stands on it, though it is an alternate one', async () => {
    const world = new RealWorld();
    const web = world.add(
      'printf "main screen\\n\\033[?1049h\\033[2J\\033[3;5Htop\\033[20;1Hbottom \\033[7mline\\033[m"; exit 1',
      { autorestart: 'never' },
    );
    const desk = new Desk([{ on: ['unexpected'] }]);
    desk.watch(web);
    web.dispatch({ type: 'start', by: ALICE });
    await untilState(web, 'EXITED');
    expect(desk.told[0]?.screen).toEqual(['    top', '', 'bottom line']);
  });

  test('one that cannot be run is given up, and tells of it', async () => {
    const world = new RealWorld();
    const web = world.add('', { argv: ['/no/such/command'], startretries: 0 });
    const desk = new Desk([{ on: ['fatal', 'unexpected'] }]);
    desk.watch(web);
    web.dispatch({ type: 'start', by: ALICE });
    await untilState(web, 'FATAL');
    expect(desk.summaries).toEqual(['web gave up: cannot run /no/such/command: no such file']);
    expect(desk.told[0]?.screen).toEqual([]);
  });

  test('a stop by a person is no unexpected end, nor is a restart a stop', async () => {
    const world = new RealWorld();
    const web = world.add('exec sleep 1000', { stoptime: 10_000 });
    const desk = new Desk([{ on: ['unexpected', 'stopped', 'started'] }]);
    desk.watch(web);
    web.dispatch({ type: 'start', by: ALICE });
    await untilState(web, 'RUNNING');
    web.dispatch({ type: 'restart', by: ALICE });
    await until(web, () => web.current.generation === 2 && web.current.state.kind === 'running');
    web.dispatch({ type: 'stop', by: ALICE });
    await untilState(web, 'STOPPED');
    expect(desk.summaries).toEqual(['web is running', 'web is running', 'web was stopped by alice@web1 pts/3']);
  });

  test('by programs: others are not its business', async () => {
    const world = new RealWorld();
    const [web, db] = ['web', 'db'].map(name =>
      world.add('exit 1', { name, fullname: name, program: name, group: name, autorestart: 'never' }),
    );
    if (!web || !db) throw new Error('no processes');
    const desk = new Desk([
      { name: 'one', on: ['unexpected'], programs: ['d*'] },
      { name: 'all', on: ['unexpected'] },
    ]);
    desk.watch(web, db);
    for (const process of [web, db]) {
      process.dispatch({ type: 'start', by: ALICE });
      await untilState(process, 'EXITED');
    }
    expect(desk.told.map(({ alert, process }) => `${alert} ${process}`)).toEqual(['all web', 'one db', 'all db']);
  });

  test('what is held back is told at its time, and when the daemon ends', async () => {
    const clock = new FakeClock();
    const world = new RealWorld();
    const web = world.add('exit 1', { autorestart: 'never' });
    const desk = new Desk([{ on: ['unexpected'], every: 60_000 }], { clock });
    desk.watch(web);
    for (let life = 1; life <= 3; life++) {
      web.dispatch({ type: 'start', by: ALICE });
      await until(web, () => web.current.generation === life && web.current.state.kind === 'exited');
    }
    expect(desk.told).toHaveLength(1);
    clock.advance(60_000);
    expect(desk.told[1]).toMatchObject({
      summary: 'web ended unexpectedly 2 more times',
      heldBack: 2,
      details: [
        expect.stringMatching(/^The last time it exited with 1 after .* s\.$/),
        'It is EXITED now.',
        'It has ended 3 times within the last 5 min.',
      ],
    });
    web.dispatch({ type: 'start', by: ALICE });
    await until(web, () => web.current.generation === 4 && web.current.state.kind === 'exited');
    desk.alerts.close();
    expect(desk.told[2]).toMatchObject({ summary: 'web ended unexpectedly once more', heldBack: 1 });
    expect(clock.pending).toBe(0);
  });
});

test('what is held back is told though its timer fires a fraction of a millisecond early', () => {
  /** As Node's timers do now and then. */
  class EarlyClock extends FakeClock {
    override after(ms: number, callback: () => void): Disposable {
      return super.after(ms > 1 ? ms - 0.5 : ms, callback);
    }
  }
  const clock = new EarlyClock();
  const desk = new Desk([{ on: ['logtrouble'], every: 60_000 }], { clock });
  desk.watch();
  for (let i = 0; i < 3; i++) desk.alerts.onHappening({ type: 'log.trouble', path: '/log', problem: 'no space left' });
  clock.advance(60_000);
  expect(desk.told).toMatchObject([{ heldBack: 0 }, { heldBack: 2 }]);
});

describe('alarms', () => {
  test('live on across a restart of the daemon, and are answered by it', async () => {
    const world = new RealWorld();
    const web = world.add('[ "$(cat)" ]; exit 1', { argv: ['/no/such/command'], startretries: 0 });
    const before = new Desk([{ on: ['fatal', 'recovered'] }]);
    before.watch(web);
    web.dispatch({ type: 'start', by: ALICE });
    await untilState(web, 'FATAL');
    before.alerts.close();
    const alarm = before.told[0];
    expect(before.kept).toMatchObject([{ alert: 'oncall', subject: 'web', id: alarm?.id, condition: 'fatal' }]);

    const after = new Desk([{ on: ['fatal', 'recovered'] }], { kept: before.kept });
    const again = world.add('exec sleep 1000');
    after.watch(again);
    again.dispatch({ type: 'start', by: ALICE });
    await untilState(again, 'RUNNING');
    expect(after.told).toMatchObject([
      { condition: 'recovered', endsAlarm: alarm?.id, endsSummary: alarm?.summary, summary: 'web is running again' },
    ]);
    after.alerts.close();
    expect(after.kept).toEqual([]);
  });

  test('of who is gone are forgotten; a log that is opened anew is over', () => {
    const alarm = { alert: 'oncall', id: 'x-1', at: 1, summary: 'It was bad' };
    const kept = [
      { ...alarm, subject: 'gone', condition: 'fatal' },
      { ...alarm, subject: 'the log /x', condition: 'logtrouble' },
      { ...alarm, subject: 'odd', condition: 'nope' },
      'rubbish',
    ];
    const desk = new Desk([{ on: ['fatal', 'logtrouble', 'recovered'] }], { kept });
    desk.watch();
    expect(desk.summaries).toEqual([
      'The log /x was in trouble when the daemon ended; it is used anew by the one that runs now',
    ]);
    expect(desk.kept).toEqual([]);
  });

  test('rubbish that was kept is nothing', () => {
    for (const kept of [undefined, 5, {}, [5, null, { alert: 1 }]]) {
      const desk = new Desk([{ on: ['fatal', 'recovered'] }], { kept });
      desk.watch();
      expect(desk.told).toEqual([]);
    }
  });

  test('of an alert that stays, however changed, stay too', () => {
    const kept = [
      { alert: 'oncall', subject: 'the config', id: 'x-1', condition: 'reloadfailed', at: 1, summary: 'no' },
    ];
    const clock = new FakeClock();
    const desk = new Desk([{ on: ['reloadfailed', 'recovered'] }], { clock });
    desk.watch();
    desk.alerts.onHappening({ type: 'config.refused', reason: 'SIGHUP', problems: ['x:1:1: bad'], by: ALICE });
    desk.alerts.configure([
      makeAlert({ every: 0, on: ['reloadfailed', 'recovered', 'fatal'] }),
      makeAlert({ name: 'new' }),
    ]);
    desk.alerts.onHappening({
      type: 'config.reloaded',
      reason: 'SIGHUP',
      changed: 0,
      unchanged: 1,
      daemon: [],
      by: ALICE,
    });
    expect(desk.told.map(({ condition, endsAlarm }) => [condition, endsAlarm])).toEqual([
      ['reloadfailed', null],
      ['recovered', desk.told[0]?.id],
    ]);
    expect(kept).toHaveLength(1);
  });
});

describe('lines of output', () => {
  const output = { match: 'panic|ERROR', ignoreCase: false, programs: [] };

  test('are found as text, whatever colours and redraws they have, and to the last', async () => {
    const world = new RealWorld();
    const web = world.add(
      'printf "ok\\n\\033[31mpa\\033[1mnic\\033[m: 1\\nprogress panic 1%%\\rprogress done\\n\\033]0;panic\\007title\\npanic at the end"; exit 0',
      { autorestart: 'never' },
    );
    const desk = new Desk([{ on: ['output'], output }]);
    desk.watch(web);
    web.dispatch({ type: 'start', by: ALICE });
    await desk.until(() => desk.told.length === 2);
    expect(desk.summaries).toEqual(['web printed: panic: 1', 'web printed: panic at the end']);
    expect(desk.told[0]).toMatchObject({ condition: 'output', process: 'web', alert: 'oncall' });
  });

  test('of whom the alert is about', async () => {
    const world = new RealWorld();
    const names = ['web', 'db', 'api'];
    const all = names.map(name =>
      world.add(`echo panic in ${name}; exec sleep 1000`, { name, fullname: name, program: name, group: name }),
    );
    const desk = new Desk([{ on: ['output'], programs: ['web', 'db'], output: { ...output, programs: ['*b'] } }]);
    desk.watch(...all);
    for (const process of all) process.dispatch({ type: 'start', by: ALICE });
    await desk.until(() => desk.told.length === 2);
    expect(desk.summaries.sort()).toEqual(['db printed: panic in db', 'web printed: panic in web']);
  });

  test('of a line without end the first 4 KiB are looked at', async () => {
    const world = new RealWorld();
    const web = world.add(
      'head -c 4090 /dev/zero | tr "\\0" x; echo panic; head -c 5000 /dev/zero | tr "\\0" x; echo ERROR; echo ERROR',
    );
    const desk = new Desk([{ on: ['output'], output }]);
    desk.watch(web);
    web.dispatch({ type: 'start', by: ALICE });
    await desk.until(() => desk.told.length === 2);
    expect(desk.told.map(({ summary }) => summary.slice(-5))).toEqual(['xxxx…', 'ERROR']);
  });

  test('of a flood what cannot be looked at is counted, told at once and then once a minute, and nobody waits for it', async () => {
    const world = new RealWorld();
    const web = world.start('while read x; do echo ERROR $x; done', { scrollback: 64 * 1024 });
    await untilState(web, 'RUNNING');
    const clock = new FakeClock();
    const desk = new Desk([{ on: ['output'], output }], { clock });
    desk.watch(web);
    const { scrollback } = web.console;
    /** Prints more than the scrollback holds, in which nothing is looked at as time stands still, then what is looked for. */
    const flood = async (word: string): Promise<number> => {
      const at = scrollback.head;
      for (let line = 0; line < 10_000; line++) {
        web.console.append(Buffer.from('a line of no interest to anybody at all\n'));
      }
      web.type(Buffer.from(`${word}\r`));
      await until(web, () => Buffer.from(scrollback.read(scrollback.tail, 1 << 20).bytes).includes(`ERROR ${word}`));
      const lost = scrollback.tail - at;
      clock.advance(1_000);
      return lost;
    };
    const said = (bytes: number): string =>
      `web: ${bytes} bytes of its output came too fast to be looked at for alerts`;
    const first = await flood('once');
    expect(desk.warnings).toEqual([said(first)]);
    const second = await flood('twice');
    const third = await flood('thrice');
    expect(desk.summaries).toEqual(['once', 'twice', 'thrice'].map(word => `web printed: ERROR ${word}`));
    expect(desk.warnings).toHaveLength(1);
    clock.advance(60_000);
    expect(desk.warnings).toEqual([said(first), said(second + third)]);
    clock.advance(60_000);
    expect(clock.pending).toBe(0);
    const fourth = await flood('again');
    expect(desk.warnings.at(-1)).toBe(said(fourth));
  });

  test('of a slow pattern are looked at in small pieces, with pauses that are four times as long', async () => {
    const web = new RealWorld().add('');
    let time = 0;
    const due: (() => void)[] = [];
    const pauses: number[] = [];
    const later = (callback: () => void): Disposable => {
      due.push(callback);
      return { [Symbol.dispose]: () => {} };
    };
    const found: string[] = [];
    const watch = new OutputWatch(
      {
        now: () => (time += 10), // each look at it is 10 ms later
        wall: () => 0,
        soon: later,
        after: (ms, callback) => {
          pauses.push(ms);
          return later(callback);
        },
      },
      { found: (_process, _alert, line) => found.push(line), skipped: () => {} },
    );
    watch.configure([{ process: web, alerts: [makeAlert({ output })] }]);
    for (let line = 0; line < 1024; line++) web.console.append(Buffer.from('panic 1\n'));
    watch.onEnd(web);
    for (let next = due.shift(); next; next = due.shift()) next();
    expect(found).toHaveLength(1024);
    expect(pauses).toEqual(Array.from({ length: 6 }, () => 40)); // between 4096, 2048, … 128 bytes, and 128
    watch[Symbol.dispose]();
  });

  test('by a reload are looked for from then on, and no longer', async () => {
    const world = new RealWorld();
    const web = world.start('echo panic 0; while read x; do echo panic $x; done', {});
    await untilState(web, 'RUNNING');
    await until(web, () => web.console.scrollback.head > 0);
    const desk = new Desk([]);
    desk.watch(web);
    const spec = makeAlert({ every: 0, on: ['output'], output });
    const type = (text: string): void => void web.type(Buffer.from(`${text}\r`));
    desk.alerts.configure([spec]);
    type('1');
    await desk.until(() => desk.summaries.includes('web printed: panic 1'));
    desk.alerts.configure([{ ...spec, output: { ...output, match: 'panic 2b' } }]);
    type('2');
    type('2b');
    await desk.until(() => desk.summaries.includes('web printed: panic 2b'));
    desk.alerts.configure([spec]);
    type('3');
    await desk.until(() => desk.summaries.includes('web printed: panic 3'));
    expect(desk.summaries.filter(line => /panic [02]$/.test(line))).toEqual([]);
  });
});
