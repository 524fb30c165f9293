/** Who did what, and what came of it: as events, in the daemon's log, and as people see both. */
import { request } from 'node:http';
import { describe, expect, test } from 'vitest';
import type { HappeningBody } from '../../src/core/events.ts';
import { Bench, type RunningDaemon } from '../support/built.ts';

const CONFIG = `
defaults: {starttime: 0, autorestart: never}
programs:
  web: {cmd: sleep 1000}
  db: {cmd: sleep 1000}
  reader: {cmd: cat}
  crash: {cmd: "sh -c 'exit 3'", autostart: false}
  nope: {cmd: /no/such/thing, autostart: false, startretries: 0}
`;

const ALICE = { USER: 'alice', SSH_CONNECTION: '10.0.0.5 50022 10.0.0.1 22' };

type Told = Record<string, unknown> & { readonly by?: { readonly who: string; readonly from: string } | null };

async function eventsOf(daemon: RunningDaemon, type: HappeningBody['type']): Promise<Told[]> {
  return (await daemon.events()).filter(event => event.type === type) as Told[]; // as the daemon writes them
}

/** What happened of these kinds, in order: the verb of a request, the state that a process came to, its end. */
async function storyOf(daemon: RunningDaemon, process: string): Promise<string[]> {
  return (await daemon.events()).flatMap(event => {
    if (event.type === 'request') return [`request ${event.verb}`];
    if (event.process !== process) return [];
    return event.type === 'process.state' ? [String(event.to)] : event.type === 'process.exit' ? ['exit'] : [];
  });
}

describe('what people do', () => {
  test('is told before what it leads to, with who they are, and all that follows says by whom', async () => {
    const bench = new Bench(CONFIG);
    const daemon = await bench.start();
    await daemon.untilState('web', 'RUNNING');
    expect(bench.ctl(['restart', 'web'], { env: ALICE }).code).toBe(0);
    expect(bench.ctl(['stop', 'web'], { env: ALICE }).code).toBe(0);
    expect(await storyOf(daemon, 'web')).toEqual([
      ...['STARTING', 'RUNNING'],
      ...['request restart', 'STOPPING', 'exit', 'STOPPED', 'STARTING', 'RUNNING'],
      ...['request stop', 'STOPPING', 'exit', 'STOPPED'],
    ]);
    const [restart] = await eventsOf(daemon, 'request');
    expect(restart).toMatchObject({ verb: 'restart', what: ['web'], times: 1, bytes: null });
    expect(restart?.by?.who).toMatch(/^alice@\S+$/);
    expect(restart?.by?.from).toBe('taskmasterctl from 10.0.0.5');
    const states = (await eventsOf(daemon, 'process.state')).filter(({ process }) => process === 'web');
    expect(states.map(({ to, cause, by }) => `${to} ${cause} ${by?.who.split('@')[0]}`)).toEqual([
      ...['STARTING', 'RUNNING'].map(to => `${to} request autostart`),
      ...['STOPPING', 'STOPPED', 'STARTING', 'RUNNING', 'STOPPING', 'STOPPED'].map(to => `${to} request alice`),
    ]);
    const exits = (await eventsOf(daemon, 'process.exit')).map(({ by, expected }) => [by?.who.split('@')[0], expected]);
    expect(exits).toEqual(Array(2).fill(['alice', true]));
    const log = bench.ctl(['log', '-n', '100']).out;
    expect(log).toMatch(/INFO {2}alice@\S+ \(taskmasterctl from 10\.0\.0\.5\) asked: stop web\n/);
    expect(log).toMatch(/INFO {2}web stopped\n/);
    expect((await daemon.log()).find(({ verb }) => verb === 'stop')).toMatchObject({ what: ['web'], by: restart?.by });
  });

  test('each kind of it: signals, text, clearing, scaling, reloads, by hand and by signal', async () => {
    const bench = new Bench(CONFIG);
    const daemon = await bench.start();
    await daemon.untilState('reader', 'RUNNING');
    const secret = 'the password is hunter2';
    for (const args of [
      ['signal', 'CONT', 'reader'],
      ['send', 'reader', secret],
      ['clear', 'reader'],
      ['detach', 'reader'],
      ['scale', 'db=2'],
      ['reload', '--dry-run'],
      ['reload'],
    ])
      expect(bench.ctl(args, { env: ALICE }), args.join(' ')).toMatchObject({ code: 0 });
    daemon.signal('SIGHUP');
    await daemon.untilEvent(({ type, reason }) => type === 'config.reloaded' && reason === 'SIGHUP');
    expect((await eventsOf(daemon, 'request')).map(({ verb, what, bytes }) => [verb, what, bytes])).toEqual([
      ['signal', ['SIGCONT', 'reader'], null],
      ['input', ['reader'], secret.length],
      ['clear', ['reader'], null],
      ['detach', ['reader'], null],
      ['scale', ['db=2'], null],
      ['reload', [], null],
      ['reload', [], null],
    ]);
    const reloads = (await eventsOf(daemon, 'config.reloaded')).map(({ by }) => by?.who.split('@')[0]);
    expect(reloads).toEqual(['alice', 'alice', 'SIGHUP']);
    const added = (await eventsOf(daemon, 'process.added')).map(({ process, by }) => `${process} ${by?.from}`);
    expect(added).toEqual(['db:db_01 taskmasterctl from 10.0.0.5']);
    expect(JSON.stringify([await daemon.events(), await daemon.log()])).not.toContain('hunter2');
  });

  test('a shutdown says who, and so does the end of each program', async () => {
    const bench = new Bench(CONFIG);
    const daemon = await bench.start();
    await daemon.untilState('web', 'RUNNING');
    expect(bench.ctl(['shutdown'], { env: ALICE }).code).toBe(0);
    await daemon.exited;
    const told = bench.log.map(({ msg, by }) => `${msg} ${(by as Told['by'])?.who.split('@')[0]}`); // as the narrator writes it
    expect(told.findIndex(line => / asked: shutdown alice$/.test(line))).toBeGreaterThan(0);
    expect(told).toContain('stopping: a client asked for it; waiting for db, reader, web alice');
    expect(told).toContain('web stopped alice');
  });

  test('a client that does not say is someone; one that says nonsense is a name', async () => {
    const bench = new Bench(CONFIG);
    const daemon = await bench.start();
    const body = Buffer.from('{"select": ["web"]}');
    await daemon.call('POST', '/v1/stop', body);
    const status = await new Promise<number | undefined>((done, fail) => {
      const headers = { 'x-taskmaster-client': `who=%1b%5b2J${'root'.repeat(500)}%00&origin=%0a%ff` };
      const path = '/v1/restart';
      const sent = request({ socketPath: bench.socket, method: 'POST', path, headers, agent: false }, response => {
        response.resume().on('end', () => done(response.statusCode));
      });
      sent.on('error', fail);
      sent.end(body);
    });
    expect(status).toBe(200);
    const [stop, restart] = await eventsOf(daemon, 'request');
    expect(stop?.by).toEqual({ who: 'someone', from: 'a client that does not say' });
    expect(restart?.by?.who).toBe(`[2J${'root'.repeat(100)}`.slice(0, 160));
    expect(restart?.by?.from).toBe('a client that does not say from \ufffd');
  });

  test('a flood of input is one event at once, and few more', async () => {
    const bench = new Bench(CONFIG);
    const daemon = await bench.start();
    await daemon.untilState('reader', 'RUNNING');
    for (let i = 0; i < 200; i++) await daemon.call('POST', '/v1/processes/reader/input', Buffer.from('x\r'));
    const told = (await eventsOf(daemon, 'request')).filter(({ verb }) => verb === 'input');
    expect(told.length).toBeLessThan(10);
    expect(told[0]).toMatchObject({ what: ['reader'], times: 1, bytes: 2 });
  });
});

test('what nobody asked for is by policy: an end, a restart, a spawn error, giving up', async () => {
  const bench = new Bench(CONFIG.replace('autostart: false}', 'autostart: false, autorestart: always}'));
  const daemon = await bench.start();
  bench.ctl(['start', '--no-wait', 'crash', 'nope']);
  await daemon.untilState('nope', 'FATAL');
  await daemon.untilEvent(
    ({ type, process, cause }) => [type, process, cause].join() === 'process.spawned,crash,policy',
  );
  const of = async (name: string): Promise<unknown[]> =>
    (await daemon.events())
      .filter(({ process, type }) => process === name && type === 'process.state')
      .slice(0, 4)
      .map(({ to, cause }) => `${to} ${cause}`);
  expect(await of('nope')).toEqual(['STARTING request', 'FATAL policy']);
  expect(await of('crash')).toEqual(['STARTING request', 'RUNNING request', 'EXITED policy', 'STARTING policy']);
  bench.ctl(['stop', 'crash']);
  const levels = (await daemon.log()).map(({ level, msg }) => `${level} ${msg}`);
  expect(levels).toContain('error nope gave up: cannot run /no/such/thing: no such file');
  expect(levels.find(line => line.includes('crash died unexpectedly'))).toMatch(
    /^warn crash died unexpectedly: exited with 3/,
  );
  expect(levels).toContain('info crash restarted');
});

test('events of some processes, since a number, a moment, a span', async () => {
  const bench = new Bench(CONFIG);
  const daemon = await bench.start();
  await daemon.untilState('db', 'RUNNING');
  const lines = (...args: string[]): string[] =>
    bench
      .ctl(['events', ...args])
      .out.split('\n')
      .slice(0, -1);
  const web = lines('web');
  expect(web.map(line => line.slice(25).replace(/\d+/g, 'N'))).toEqual([
    'web  STOPPED  -> STARTING  by autostart',
    'web  pid N runs (by autostart)',
    'web  STARTING -> RUNNING   pid N, by autostart',
  ]);
  expect(lines('web', 'db')).toHaveLength(6);
  const all = lines('--json').map(line => JSON.parse(line));
  expect(all.map(({ id }) => id)).toEqual(all.map((_, i) => all[0].id + i));
  const third = all[2];
  expect(lines('--json', '--since', String(third.id))).toHaveLength(all.length - 3);
  expect(lines('--json', '--since', new Date(third.at).toISOString()).length).toBeGreaterThanOrEqual(all.length - 3);
  expect(lines('--since', '1h')).toHaveLength(all.length);
  expect(lines('--since', '2099-01-01')).toEqual([]);
  expect(bench.ctl(['events', '--since', 'tea time'])).toMatchObject({ code: 2 });
  expect(bench.ctl(['events', 'wbe'])).toMatchObject({
    code: 1,
    out: '',
    err: 'wbe: no such process, and no event of one\n',
  });
});
