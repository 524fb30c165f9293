import { describe, expect, test } from 'vitest';
import { bytes, ctl, FakeDaemon, FakeHost, fail, hangUp, list, processInfo } from './support.ts';

const sse = (...events: readonly (readonly [id: string, data: object, name?: string])[]): string =>
  events.map(([id, data, name = 'x']) => `id: ${id}\nevent: ${name}\ndata: ${JSON.stringify(data)}\n\n`).join('');

async function daemonWith(...names: readonly string[]): Promise<FakeDaemon> {
  const daemon = await FakeDaemon.listen();
  return daemon.on('processes', list(names.map(name => processInfo(name))));
}

describe('tail', () => {
  test('asks for the last 1600 bytes and turns CRLF into LF, nothing else', async () => {
    const daemon = await daemonWith('web');
    daemon.on('output', bytes('one\r\n\x1b[31mtwo\rthree\r\n'));
    expect(await ctl(daemon, ['tail', 'web'])).toEqual({ code: 0, out: 'one\n\x1b[31mtwo\rthree\n', err: '' });
    expect(Object.fromEntries(daemon.asked[1]?.query ?? [])).toEqual({ from: '-1600' });
  });

  describe('on a terminal', () => {
    const tail = async (output: string | Uint8Array, ...options: readonly string[]): Promise<string> => {
      const daemon = await daemonWith('web');
      daemon.on('output', bytes(output));
      const host = new FakeHost();
      host.out.isTerminal = true;
      return (await ctl(daemon, ['tail', ...options, 'web'], host)).out;
    };
    const ASKING = '\x1b[6n\x1b[c\x1b[>c\x1bZ\x1b[18t\x1b]11;?\x07\x1bP+q544e\x1b\\\x1b[?1000h\x05';

    test('keeps colours and takes them back', async () => {
      expect(await tail('one\r\n\x1b[31mtwö')).toBe('one\r\n\x1b[31mtwö\x1b[0m');
    });

    test('drops what a terminal would answer or be changed by', async () => {
      expect(await tail(`a${ASKING}b\x1b[2J\x1b[5;5Hc\x1b]0;title\x07\x1b[?1049h\r\n`)).toBe('abc\r\n\x1b[0m');
    });

    test('lets a progress bar overwrite its line', async () => {
      expect(await tail('\r\x1b[K10%\r\x1b[2K20%\b\b30')).toBe('\r\x1b[K10%\r\x1b[2K20%\b\b30\x1b[0m');
    });

    test('tells when a character was cut off by the end', async () => {
      expect(await tail(Uint8Array.of(0x61, 0xc3))).toBe('a\ufffd\x1b[0m');
    });

    test('--raw passes all', async () => {
      expect(await tail(`a${ASKING}b`, '--raw')).toBe(`a${ASKING}b\x1b[0m`);
    });
  });

  test('to a pipe everything passes, and with --raw the carriage returns too', async () => {
    const daemon = await daemonWith('web');
    daemon.on('output', bytes('a\x1b[6nb\r\n'));
    expect((await ctl(daemon, ['tail', 'web'])).out).toBe('a\x1b[6nb\n');
    expect((await ctl(daemon, ['tail', '--raw', 'web'])).out).toBe('a\x1b[6nb\r\n');
  });

  test('--raw of several is refused', async () => {
    const daemon = await daemonWith('a', 'b');
    expect(await ctl(daemon, ['tail', '--raw', 'a', 'b'])).toMatchObject({ code: 2, out: '' });
  });

  test.each([
    [['-n', '5', 'web'], { lines: '5' }],
    [['-c', '100', 'web'], { from: '-100' }],
    [['-1000', 'web', 'stderr'], { from: '-1000', stream: 'stderr' }],
    [['web', 'stdout'], { from: '-1600' }],
    [['--stderr', 'web'], { from: '-1600', stream: 'stderr' }],
  ])('%j', async (words, query) => {
    const daemon = await daemonWith('web');
    daemon.on('output', bytes(''));
    await ctl(daemon, ['tail', ...words]);
    expect(daemon.asked[0]?.query.getAll('select')).toEqual(['web']);
    expect(Object.fromEntries(daemon.asked[1]?.query ?? [])).toEqual(query);
  });

  test('refuses what makes no sense', async () => {
    const daemon = await daemonWith('web');
    expect(await ctl(daemon, ['tail', '-n', 'x', 'web'])).toMatchObject({ code: 2 });
    expect((await ctl(daemon, ['tail', '-n', '1', '-c', '2', 'web'])).err).toContain('either lines or bytes');
  });

  test('an unknown name is 1, what is known is printed', async () => {
    const daemon = await FakeDaemon.listen();
    daemon.on('processes', list([processInfo('web')], ['nosuch'])).on('output', bytes('x\n'));
    expect(await ctl(daemon, ['tail', 'web', 'nosuch'])).toEqual({
      code: 1,
      out: 'x\n',
      err: 'nosuch: ERROR (no such process)\n',
    });
  });

  test('several names stand before their lines, one name after the other', async () => {
    const daemon = await daemonWith('web', 'backend');
    daemon.on('output', (response, { name }) => bytes(`${name} 1\r\n${name} 2`)(response));
    expect((await ctl(daemon, ['tail', 'web', 'backend'])).out).toBe(
      'web     | web 1\nweb     | web 2\nbackend | backend 1\nbackend | backend 2\n',
    );
    expect(daemon.asked[1]?.query.get('lines')).toBe('10');
  });

  test('-f goes on from its own offset when it was overtaken, and says what was missed', async () => {
    const daemon = await daemonWith('web');
    daemon.on('output', bytes('abc', { offset: 10 }), bytes('xyz', { offset: 100, open: true }));
    const host = new FakeHost();
    const ran = ctl(daemon, ['tail', '-f', 'web'], host);
    await host.out.has('xyz');
    host.interrupt();
    expect(await ran).toEqual({
      code: 0,
      out: 'abcxyz',
      err: 'web: 87 bytes were overwritten before they could be read\n',
    });
    expect(daemon.asked.slice(1).map(({ query }) => Object.fromEntries(query))).toEqual([
      { from: '-1600', follow: '1' },
      { from: '13', follow: '1' },
    ]);
  });

  test('-f that is cancelled ends the script that it is part of', async () => {
    const daemon = await daemonWith('web');
    daemon.on('output', bytes('abc', { open: true }));
    const host = new FakeHost().pipe('tail -f web\npid\n');
    const ran = ctl(daemon, [], host);
    await host.out.has('abc');
    host.interrupt();
    const err = 'line 1: stopped here: "tail -f web" gave exit code 130\n';
    expect(await ran).toEqual({ code: 130, out: 'abc', err });
  });

  test('-f of several mixes whole lines', async () => {
    const daemon = await daemonWith('a', 'b');
    daemon.on('output', (response, { name }) => bytes(`${name}1\r\nhalf`, { open: true })(response));
    const host = new FakeHost();
    const ran = ctl(daemon, ['tail', '-f', 'a', 'b'], host);
    await Promise.all([host.out.has('a | a1\n'), host.out.has('b | b1\n')]);
    host.interrupt();
    const { code, out } = await ran;
    expect(code).toBe(0);
    expect(out.split('\n').sort()).toEqual(['', 'a | a1', 'b | b1']);
  });

  test('-f says when the daemon has ended', async () => {
    const daemon = await daemonWith('web');
    daemon.on('output', bytes('abc'), hangUp);
    expect(await ctl(daemon, ['tail', '-f', 'web'])).toEqual({ code: 7, out: 'abc', err: 'the daemon has ended\n' });
  });

  test('a pipe whose reader went away is a quiet end', async () => {
    const daemon = await daemonWith('web');
    daemon.on('output', bytes('abc', { open: true }));
    const host = new FakeHost();
    const ran = ctl(daemon, ['tail', '-f', 'web'], host);
    await host.out.has('abc');
    host.out.leave();
    expect(await ran).toEqual({ code: 0, out: 'abc', err: '' });
  });
});

describe('log', () => {
  const record = '{"level":"info","time":"2026-01-05T12:00:00.000Z","msg":"started","process":"web","pid":3}\n';

  test('is readable, and raw with --json', async () => {
    const daemon = await FakeDaemon.listen();
    daemon.on('log', bytes(`${record}not json\n`));
    expect((await ctl(daemon, ['log'])).out).toMatch(
      /^\d{4}-01-0\d \d\d:\d\d:00\.000 INFO {2}started pid=3\nnot json\n$/,
    );
    expect((await ctl(daemon, ['maintail', '--json'])).out).toBe(`${record}not json\n`);
    expect(daemon.asked[0]?.query.get('lines')).toBe('20');
  });

  test('drops the rest of a line that the bytes cut', async () => {
    const daemon = await FakeDaemon.listen();
    daemon.on('log', bytes(`:3}\n${record}`));
    expect((await ctl(daemon, ['maintail', '-100', '--json'])).out).toBe(record);
    expect(daemon.asked[0]?.query.get('from')).toBe('-100');
  });

  test('-f follows until Ctrl-C', async () => {
    const daemon = await FakeDaemon.listen();
    daemon.on('log', bytes(record, { open: true }));
    const host = new FakeHost();
    const ran = ctl(daemon, ['log', '-f', '-n', '3'], host);
    await host.out.has('started');
    host.interrupt();
    expect((await ran).code).toBe(0);
    expect(Object.fromEntries(daemon.asked[0]?.query ?? [])).toEqual({ lines: '3', follow: '1' });
  });
});

describe('events', () => {
  const started = { type: 'daemon.started', id: 1, at: 0, pid: 9 };
  const state = {
    type: 'process.state',
    id: 2,
    at: 0,
    process: 'web',
    program: 'web',
    pid: 4,
    from: 'STOPPED',
    to: 'STARTING',
    reason: null,
  };

  test('prints what is remembered, aligned, and ends', async () => {
    const daemon = await daemonWith('web');
    daemon.on('events', response => void response.end(sse(['b-1', started], ['b-2', state])));
    const { code, out } = await ctl(daemon, ['events']);
    expect(code).toBe(0);
    expect(out.split('\n').map(line => line.slice(25))).toEqual([
      'taskmasterd  started, pid 9',
      'web          STOPPED  -> STARTING  pid 4',
      '',
    ]);
    expect(Object.fromEntries(daemon.asked[1]?.query ?? [])).toEqual({ since: '0', follow: '0' });
  });

  test('--json prints one object a line', async () => {
    const daemon = await FakeDaemon.listen();
    daemon.on('events', response => void response.end(sse(['b-1', started])));
    expect((await ctl(daemon, ['events', '--json'])).out).toBe(`${JSON.stringify(started)}\n`);
  });

  test('-f goes on after the last one that it saw, and says what was forgotten', async () => {
    const daemon = await daemonWith('web');
    daemon.on(
      'events',
      response => void response.end(sse(['b-1', started])),
      response => void response.write(sse(['b-6', { missed: 4 }, 'overtaken'], ['b-7', state])),
    );
    const host = new FakeHost();
    const ran = ctl(daemon, ['events', '-f', '--json'], host);
    await host.out.has('STARTING');
    host.interrupt();
    expect(await ran).toEqual({
      code: 0,
      out: `${JSON.stringify(started)}\n${JSON.stringify(state)}\n`,
      err: '4 events were forgotten before they could be read\n',
    });
    expect(daemon.asked[1]?.headers['last-event-id']).toBe('b-1');
  });

  test('of some processes, since a moment, also after the connection was lost', async () => {
    const daemon = await daemonWith('web');
    daemon.on(
      'events',
      response => void response.end(sse(['b-1', state])),
      response => void response.write(sse(['b-2', { ...state, to: 'FATAL' }])),
    );
    const host = new FakeHost();
    const ran = ctl(daemon, ['events', '-f', '--since', '2026-11-21T14:30:00+01:00', 'web', 'db'], host);
    await host.out.has('FATAL');
    expect(daemon.asked[2]?.headers['last-event-id']).toBe('b-1');
    host.interrupt();
    await ran;
    const [, first, second] = daemon.asked.map(({ query }) => [query.get('since'), query.getAll('select')]);
    expect(first).toEqual(['2026-11-21T13:30:00.000Z', ['web', 'db']]);
    expect(second).toEqual([null, ['web', 'db']]);
  });

  test('-f says when the daemon has ended', async () => {
    const daemon = await daemonWith('web');
    daemon.on('events', response => void response.end(sse(['b-1', started])), hangUp);
    expect(await ctl(daemon, ['events', '-f', '--json'])).toMatchObject({ code: 7, err: 'the daemon has ended\n' });
  });
});

describe('shutdown', () => {
  const stopping = { type: 'daemon.stopping', id: 3, at: 0, reason: 'asked', waitingFor: ['web', 'db'] };

  test('says how many it stops, tells a terminal what it waits for, and ends when nothing listens any more', async () => {
    const daemon = await FakeDaemon.listen();
    daemon.on('shutdown', response => void response.end('{"stopping":2}'));
    daemon.on('events', response => {
      response.write(sse(['b-3', stopping], ['b-4', { ...stopping, id: 4 }]));
      void host.err.has('waiting for').then(() => daemon.close());
    });
    const host = new FakeHost();
    host.err.isTerminal = true;
    expect(await ctl(daemon, ['shutdown'], host)).toEqual({
      code: 0,
      out: 'stopping 2 processes, then the daemon\nShut down\n',
      err: 'waiting for web, db\n',
    });
  });

  test('waits on when the daemon has no events to give any more but still answers', async () => {
    const daemon = await FakeDaemon.listen();
    daemon.on('shutdown', response => void response.end('{"stopping":1}'));
    daemon.on('events', fail('shutting_down', 'the daemon is shutting down'));
    daemon.on(
      'healthz',
      response => void response.end('{"ok":true}'),
      response => {
        response.destroy();
        void daemon.close();
      },
    );
    const { code, out } = await ctl(daemon, ['shutdown', '--json']);
    expect(code).toBe(0);
    expect(JSON.parse(out)).toEqual({ stopping: 1, gone: true });
  });

  test('--no-wait returns at once', async () => {
    const daemon = await FakeDaemon.listen();
    daemon.on('shutdown', response => void response.end('{"stopping":1}'));
    expect(await ctl(daemon, ['shutdown', '--no-wait'])).toEqual({
      code: 0,
      out: 'stopping 1 process, then the daemon\n',
      err: '',
    });
  });
});
