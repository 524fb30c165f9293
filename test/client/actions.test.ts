import { describe, expect, test } from 'vitest';
import { ctl, FakeDaemon, FakeHost, fail, hangUp, list, processInfo, results, silence } from './support.ts';

describe('status', () => {
  test("prints supervisorctl's columns and exits with 0 when all is up", async () => {
    const daemon = await FakeDaemon.listen();
    daemon.on(
      'processes',
      list([processInfo('web:web_00'), processInfo('db', { state: 'STARTING', description: '' })]),
    );
    expect(await ctl(daemon, ['status'])).toEqual({
      code: 0,
      out:
        'web:web_00                       RUNNING   pid 7, uptime 0:01:02\n' +
        'db                               STARTING  \n',
      err: '',
    });
  });

  test('widens the first column for a long name', async () => {
    const daemon = await FakeDaemon.listen();
    const name = 'x'.repeat(40);
    daemon.on('processes', list([processInfo(name), processInfo('db')]));
    const { out } = await ctl(daemon, ['status']);
    expect(out.split('\n')[0]).toBe(`${name}   RUNNING   pid 7, uptime 0:01:02`);
    expect(out.split('\n')[1]).toBe(`db${' '.repeat(41)}RUNNING   pid 7, uptime 0:01:02`);
  });

  test('asks for what was selected, and says which name is unknown', async () => {
    const daemon = await FakeDaemon.listen();
    daemon.on('processes', list([processInfo('web')], ['nosuch', 'nogroup:*']));
    const { code, out } = await ctl(daemon, ['status', 'w*', 'nosuch', 'nogroup:*']);
    expect(code).toBe(4);
    expect(out).toMatch(/^nosuch: ERROR \(no such process\)\nnogroup: ERROR \(no such group\)\nweb /);
    expect(daemon.asked[0]?.query.getAll('select')).toEqual(['w*', 'nosuch', 'nogroup:*']);
  });

  test.each(['STOPPED', 'EXITED', 'FATAL', 'UNKNOWN'] as const)('exits with 3 when one is %s', async state => {
    const daemon = await FakeDaemon.listen();
    daemon.on('processes', list([processInfo('web'), processInfo('db', { state })], ['nosuch']));
    expect((await ctl(daemon, ['status'])).code).toBe(3);
  });

  test('tells what each takes of the machine when it is asked to, and only then', async () => {
    const daemon = await FakeDaemon.listen();
    const usage = { cpu: 1.25, memory: 21_076_377, note: 'started by hand' };
    const processes = list([processInfo('web', usage), processInfo('db', { state: 'STARTING', description: '' })]);
    daemon.on('processes', processes, processes);
    expect((await ctl(daemon, ['status', '-u'])).out).toBe(
      'web                              RUNNING   pid 7, uptime 0:01:02, cpu 1.3%, memory 20.1MB (started by hand)\n' +
        'db                               STARTING  \n',
    );
    expect(daemon.asked[0]?.query.get('usage')).toBe('1');
    expect((await ctl(daemon, ['status'])).out).not.toContain('cpu');
    expect(daemon.asked[1]?.query.has('usage')).toBe(false);
  });

  test('prints JSON, and colours on a terminal alone', async () => {
    const daemon = await FakeDaemon.listen();
    daemon.on('processes', list([processInfo('web')]));
    expect(JSON.parse((await ctl(daemon, ['status', '--json'])).out).processes[0].name).toBe('web');
    const host = new FakeHost();
    host.out.isTerminal = true;
    expect((await ctl(daemon, ['status'], host)).out).toContain('\x1b[32mRUNNING   \x1b[0m');
    expect((await ctl(daemon, ['--color', 'status'])).out).toContain('\x1b[32m');
    const plain = new FakeHost();
    plain.out.isTerminal = true;
    plain.env.NO_COLOR = '1';
    expect((await ctl(daemon, ['status'], plain)).out).not.toContain('\x1b');
  });
});

describe('start, stop, restart, signal, clear', () => {
  test.each([
    ['start', 'web: started\n'],
    ['stop', 'web: stopped\n'],
    ['clear', 'web: cleared\n'],
  ] as const)('%s says what it did', async (verb, out) => {
    const daemon = await FakeDaemon.listen();
    daemon.on(verb, results(['web', 'done']));
    expect(await ctl(daemon, [verb, 'web'])).toEqual({ code: 0, out, err: '' });
    expect(JSON.parse(daemon.asked[0]?.body ?? '')).toEqual({ select: ['web'], wait: true });
  });

  test('signal sends the name as it was typed', async () => {
    const daemon = await FakeDaemon.listen();
    daemon.on('signal', results(['web', 'done'], ['db', 'not_running']));
    expect(await ctl(daemon, ['signal', 'HUP', 'web', 'db'])).toEqual({
      code: 7,
      out: 'web: signalled\ndb: ERROR (not running)\n',
      err: '',
    });
    expect(JSON.parse(daemon.asked[0]?.body ?? '')).toMatchObject({ signal: 'HUP', select: ['web', 'db'] });
  });

  test('a bad signal is 1', async () => {
    const daemon = await FakeDaemon.listen();
    daemon.on('signal', fail('bad_signal', 'FOO is no signal'));
    expect(await ctl(daemon, ['signal', 'FOO', 'web'])).toEqual({ code: 1, out: '', err: 'FOO is no signal\n' });
  });

  test.each([
    ['start', 'already_started', 'web: ERROR (already started)\n', 0],
    ['stop', 'not_running', 'web: ERROR (not running)\n', 0],
    ['start', 'no_such_process', 'web: ERROR (no such process)\n', 1],
    ['start', 'abnormal_termination', 'web: ERROR (abnormal termination): told why\n', 7],
    ['start', 'spawn_error', 'web: ERROR (spawn error): told why\n', 7],
    ['clear', 'failed', 'web: ERROR (failed): told why\n', 1],
  ] as const)('%s that meets %s', async (verb, code, out, exit) => {
    const daemon = await FakeDaemon.listen();
    daemon.on(verb, results(['web', code, 'told why']));
    expect(await ctl(daemon, [verb, 'web'])).toEqual({ code: exit, out, err: '' });
  });

  test('the last failure that counts is the exit code', async () => {
    const daemon = await FakeDaemon.listen();
    daemon.on(
      'start',
      results(['a', 'spawn_error'], ['b', 'already_started'], ['nosuch', 'no_such_process'], ['c', 'done']),
    );
    expect((await ctl(daemon, ['start', 'all'])).code).toBe(1);
  });

  test('restart tells all stops, then all starts, as supervisorctl does', async () => {
    const daemon = await FakeDaemon.listen();
    daemon.on('processes', list([processInfo('a'), processInfo('b', { state: 'FATAL' }), processInfo('c')]));
    daemon.on('restart', results(['a', 'done'], ['b', 'done'], ['c', 'spawn_error', 'why'], ['d', 'no_such_process']));
    expect(await ctl(daemon, ['restart', 'all', 'd'])).toEqual({
      code: 1,
      out:
        'a: stopped\nb: ERROR (not running)\nc: stopped\n' +
        'a: started\nb: started\nc: ERROR (spawn error): why\nd: ERROR (no such process)\n',
      err: '',
    });
    expect(daemon.asked.map(({ route }) => route)).toEqual(['processes', 'restart']);
    expect((await ctl(daemon, ['restart', '--no-wait', 'a'])).out).toMatch(/^a: restarting\n/);
  });

  test('--no-wait asks for an answer at once and says so', async () => {
    const daemon = await FakeDaemon.listen();
    daemon.on('start', results(['web', 'done'])).on('stop', results(['web', 'done']));
    expect((await ctl(daemon, ['start', '--no-wait', 'web'])).out).toBe('web: starting\n');
    expect((await ctl(daemon, ['stop', 'web', '--no-wait'])).out).toBe('web: stopping\n');
    expect(daemon.asked.map(({ body }) => JSON.parse(body).wait)).toEqual([false, false]);
  });

  test('--json prints the reply', async () => {
    const daemon = await FakeDaemon.listen();
    daemon.on('start', results(['web', 'spawn_error', 'why']));
    const { code, out } = await ctl(daemon, ['start', 'web', '--json']);
    expect(JSON.parse(out).results).toEqual([{ name: 'web', ok: false, code: 'spawn_error', message: 'why' }]);
    expect(code).toBe(7);
  });

  test('a daemon that goes away in the middle of a wait is one sentence', async () => {
    const daemon = await FakeDaemon.listen();
    daemon.on('start', hangUp);
    expect(await ctl(daemon, ['start', 'web'])).toEqual({
      code: 7,
      out: '',
      err: 'the daemon went away before it had answered\n',
    });
  });

  test('Ctrl-C ends a wait with 130', async () => {
    const daemon = await FakeDaemon.listen();
    const host = new FakeHost();
    daemon.on('start', () => {
      host.interrupt();
      silence();
    });
    expect(await ctl(daemon, ['start', 'web'], host)).toEqual({ code: 130, out: '', err: '' });
    expect(host.listeners).toBe(0);
  });
});

describe('add and remove', () => {
  test("say supervisorctl's words, and add is content with what is in use already", async () => {
    const daemon = await FakeDaemon.listen();
    daemon.on('add', results(['web', 'done'], ['db', 'already_active', 'it is in use']));
    expect(await ctl(daemon, ['add', 'web', 'db'])).toMatchObject({
      code: 0,
      out: 'web: added process group\ndb: ERROR (already active)\n',
    });
    expect(JSON.parse(daemon.asked[0]?.body ?? '')).toEqual({ select: ['web', 'db'], wait: false });
    daemon.on('add', results(['nosuch', 'no_such_group', 'the config has no such program or group']));
    expect(await ctl(daemon, ['add', 'nosuch'])).toMatchObject({
      code: 1,
      out: 'nosuch: ERROR (no such process/group)\n',
    });
    daemon.on('remove', results(['web', 'still_running', 'web is RUNNING'], ['db', 'done']));
    expect(await ctl(daemon, ['remove', 'web', 'db'])).toMatchObject({
      code: 1,
      out: 'web: ERROR (still running)\ndb: removed process group\n',
    });
  });
});
