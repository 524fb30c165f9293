/** Start, stop and restart over the wire: what is answered, when, and in which order things happen. */
import { describe, expect, test } from 'vitest';
import type { ActionReply } from '../../src/protocol/messages.ts';
import { Bench, type RunningDaemon } from '../support/built.ts';

const CONFIG = `
defaults: {starttime: 0.1, startretries: 0, autostart: false}
programs:
  steady: {cmd: sleep 1000}
  hasty: {cmd: "sh -c 'exit 3'"}
  broken: {cmd: /no/such/thing}
  db: {cmd: "sh -c 'trap \\"sleep 0.1; exit 0\\" TERM; while :; do sleep 0.01; done'", priority: 1}
  api: {cmd: sleep 1000, priority: 2}
  many: {cmd: sleep 1000, numprocs: 3}
`;

async function ask(daemon: RunningDaemon, verb: string, ...select: readonly string[]): Promise<string[]> {
  const { json } = await daemon.call('POST', `/v1/${verb}`, { select });
  return (json as ActionReply).results.map(({ name, code, message }) => `${name} ${code}: ${message}`); // checked by what it says
}

describe('requests', () => {
  test('start answers when it runs, or says why not', async () => {
    const daemon = await new Bench(CONFIG).start();
    expect(await ask(daemon, 'start', 'steady')).toEqual(['steady done: started']);
    expect((await daemon.info('steady')).state).toBe('RUNNING');
    expect(await ask(daemon, 'start', 'steady', 'nosuch')).toEqual([
      'steady already_started: it is RUNNING',
      'nosuch no_such_process: no such process',
    ]);
    expect(await ask(daemon, 'start', 'broken')).toEqual([
      'broken spawn_error: cannot run /no/such/thing: no such file',
    ]);
    const [hasty] = await ask(daemon, 'start', 'hasty');
    expect(hasty).toMatch(/^hasty abnormal_termination: exited with 3 after 0\.\d+ s, before starttime/);
  });

  test('stop answers when it has ended; at rest it is a harmless error', async () => {
    const daemon = await new Bench(CONFIG).start();
    await ask(daemon, 'start', 'steady');
    expect(await ask(daemon, 'stop', 'steady')).toEqual(['steady done: stopped']);
    expect(await ask(daemon, 'stop', 'steady')).toEqual(['steady not_running: it is STOPPED']);
  });

  test('stop of several goes in the reverse order of start, each level waited for', async () => {
    const bench = new Bench(CONFIG);
    const daemon = await bench.start();
    await ask(daemon, 'start', 'db', 'api');
    expect(await ask(daemon, 'stop', 'all')).toContain('db done: stopped');
    const { text } = await daemon.call('GET', '/v1/events?since=0&follow=0');
    const states = [...text.matchAll(/^data: (.*)$/gm)]
      .map(([, json = '']) => JSON.parse(json))
      .filter(({ process, to }) => ['db', 'api'].includes(process) && ['STOPPING', 'STOPPED'].includes(to))
      .map(({ process, to }) => `${process} ${to}`);
    expect(states).toEqual(['api STOPPING', 'api STOPPED', 'db STOPPING', 'db STOPPED']);
  });

  test('a stop that somebody cancels with a start is answered, and the start too', async () => {
    const daemon = await new Bench(CONFIG).start();
    await ask(daemon, 'start', 'db');
    const stopped = ask(daemon, 'stop', 'db');
    await daemon.untilState('db', 'STOPPING');
    const started = ask(daemon, 'start', 'db');
    expect([await stopped, await started]).toEqual([['db done: stopped'], ['db done: started']]);
    expect((await daemon.info('db')).starts).toBe(2);
  });

  test('restart of one, of many, and of what does not run', async () => {
    const daemon = await new Bench(CONFIG).start();
    expect(await ask(daemon, 'restart', 'many:*')).toEqual([0, 1, 2].map(i => `many:many_0${i} done: started`));
    const before = await daemon.info('many:many_01');
    await ask(daemon, 'restart', 'many:many_01');
    const after = await daemon.info('many:many_01');
    expect([after.starts, after.restarts]).toEqual([2, 0]);
    expect(after.pid).not.toBe(before.pid);
    expect((await daemon.info('many:many_00')).starts).toBe(1);
  });

  test('without wait the answer comes at once', async () => {
    const daemon = await new Bench(CONFIG).start();
    const { json } = await daemon.call('POST', '/v1/start', { select: ['steady'], wait: false });
    expect(json).toEqual({ results: [{ name: 'steady', ok: true, code: 'done', message: 'start under way' }] });
    await daemon.untilState('steady', 'RUNNING');
    await daemon.call('POST', '/v1/stop', { select: ['steady'], wait: false });
    await daemon.untilState('steady', 'STOPPED');
  });

  test('signal reaches the leader and is no stop; clear forgets and offsets go on', async () => {
    const daemon = await new Bench(`
programs:
  loud: {cmd: "sh -c 'trap \\"echo got it\\" USR1; echo up; while :; do sleep 0.01; done'", starttime: 0}
`).start();
    const output = async (query = ''): Promise<string> =>
      (await daemon.call('GET', `/v1/processes/loud/output${query}`)).text;
    while (!(await output()).includes('up'));
    expect((await daemon.call('POST', '/v1/signal', { select: ['loud'], signal: 'usr1' })).json).toMatchObject({
      results: [{ code: 'done' }],
    });
    while (!(await output()).includes('got it'));
    expect((await daemon.info('loud')).starts).toBe(1);
    const { to } = (await daemon.info('loud')).scrollback;
    expect(await ask(daemon, 'clear', 'loud')).toEqual(['loud done: cleared']);
    expect([await output(), (await daemon.info('loud')).scrollback]).toEqual(['', { from: to, to }]);
    await ask(daemon, 'stop', 'loud');
    expect((await daemon.call('POST', '/v1/signal', { select: ['loud'], signal: 'HUP' })).json).toMatchObject({
      results: [{ code: 'not_running' }],
    });
  });

  test('output from an offset, from the end, by lines', async () => {
    const daemon = await new Bench('programs:\n  counter: {cmd: seq 1 5, starttime: 0}\n').start();
    await daemon.untilState('counter', 'EXITED');
    const output = async (query: string): Promise<string> =>
      (await daemon.call('GET', `/v1/processes/counter/output${query}`)).text;
    expect(await output('')).toBe('1\r\n2\r\n3\r\n4\r\n5\r\n');
    expect(await output('?from=9')).toBe('4\r\n5\r\n');
    expect(await output('?from=-3')).toBe('5\r\n');
    expect(await output('?lines=2')).toBe('4\r\n5\r\n');
    expect(await output('?from=99')).toBe('');
  });

  test('the scrollback is bounded, and says from where it holds', async () => {
    const daemon = await new Bench('programs:\n  counter: {cmd: seq 1 20000, starttime: 0, scrollback: 4KB}\n').start();
    await daemon.untilState('counter', 'EXITED');
    const { scrollback } = await daemon.info('counter');
    expect(scrollback.to - scrollback.from).toBe(4096);
    expect((await daemon.call('GET', '/v1/processes/counter/output')).text).toMatch(/19999\r\n20000\r\n$/);
  });
});
