import { chmodSync, mkdirSync, renameSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { dirname, join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { NoDaemonError } from '../../src/client/address.ts';
import { createApi, pathOf } from '../../src/client/api.ts';
import { Connection } from '../../src/client/connection.ts';
import { main } from '../../src/client/main.ts';
import { unreachable } from '../../src/client/unreachable.ts';
import { socketCandidates } from '../../src/config/paths.ts';
import { PROTOCOL, PROTOCOL_HEADER } from '../../src/protocol/version.ts';
import type { Clock } from '../../src/runtime/clock.ts';
import { ctl, FakeDaemon, FakeHost, fail, json, list, silence, tempDir } from './support.ts';

const info = json({ version: '1', protocol: PROTOCOL, pid: 1 });

describe('finding the daemon', () => {
  test('goes by the config, with the same rule as the daemon', async () => {
    const host = new FakeHost();
    host.env.XDG_RUNTIME_DIR = tempDir();
    writeFileSync(join(host.cwd, 'taskmaster.yaml'), '');
    const [socket = ''] = socketCandidates(join(host.cwd, 'taskmaster.yaml'), host.env, host.uid);
    mkdirSync(dirname(socket), { mode: 0o700 });
    const daemon = await FakeDaemon.listen(socket);
    daemon.on('daemon', info);
    expect([await main(['pid'], host), host.out.text]).toEqual([0, '1\n']);
    expect(daemon.asked[0]?.headers[PROTOCOL_HEADER]).toBe(PROTOCOL);
  });

  test('tries every socket', async () => {
    const daemon = await FakeDaemon.listen();
    daemon.on('daemon', info);
    const sockets = [join(tempDir(), 'none.sock'), daemon.socket];
    const api = createApi(
      new Connection({ config: undefined, sockets, owner: undefined }),
      new AbortController().signal,
    );
    expect((await api.call('daemon')).pid).toBe(1);
  });

  test('says which places it tried when there is no config', async () => {
    const host = new FakeHost();
    expect(await main(['status'], host)).toBe(4);
    expect(host.err.text).toMatch(
      /^cannot find a config: none of .*taskmaster\.yaml, .* exists; name one with -c FILE, or /,
    );
    expect(await main(['pid'], host)).toBe(7);
  });

  test('says how to start a daemon that is not there, and exits with 4 for status, 7 for others', async () => {
    const host = new FakeHost();
    host.env.XDG_RUNTIME_DIR = tempDir();
    const config = join(host.cwd, 'my.yaml');
    writeFileSync(config, '');
    expect(await main(['-c', 'my.yaml', 'status'], host)).toBe(4);
    expect(host.err.text).toContain(
      `cannot reach the daemon of ${config}: nothing listens on ${host.env.XDG_RUNTIME_DIR}`,
    );
    expect(host.err.text).toMatch(/; start it with: taskmasterd -c .*my\.yaml\n$/);
    expect(await main(['start', 'web', '-c', config], host)).toBe(7);
  });

  test('says when the named config does not exist', async () => {
    const host = new FakeHost();
    expect(await main(['-c', 'nope.yaml', 'status'], host)).toBe(4);
    expect(host.err.text).toBe(`cannot reach the daemon of ${join(host.cwd, 'nope.yaml')}: there is no such file\n`);
  });

  test('a socket that nobody listens on is that of a daemon that died', async () => {
    const dir = tempDir();
    const [bound, left] = [join(dir, 'bound.sock'), join(dir, 'left.sock')];
    const server = createServer();
    await new Promise<void>(resolve => server.listen(bound, resolve));
    renameSync(bound, left); // so that closing does not remove it
    await new Promise(resolve => server.close(resolve));
    const host = new FakeHost();
    expect(await main(['-s', left, 'pid'], host)).toBe(7);
    expect(host.err.text).toBe(`cannot reach the daemon: it died and left ${left} behind\n`);
    const address = { config: '/c.yaml', sockets: [left], owner: host.uid };
    expect(unreachable(address, [{ socket: left, code: 'ECONNREFUSED' }]).message).toBe(
      `cannot reach the daemon of /c.yaml: it died and left ${left} behind; start it with: taskmasterd -c /c.yaml`,
    );
  });

  test('a permission that is missing names whose daemon it is', () => {
    const socket = join(tempDir(), 'other.sock');
    writeFileSync(socket, '');
    chmodSync(socket, 0);
    const address = { config: '/c.yaml', sockets: [socket], owner: process.getuid?.() };
    expect(unreachable(address, [{ socket, code: 'EACCES' }]).message).toBe(
      `cannot reach the daemon of /c.yaml: permission denied on ${socket}; it belongs to uid ${process.getuid?.()}: run as that user or set daemon.socket.mode`,
    );
  });

  test('another errno is told as it is', () => {
    const failures = [{ socket: '/x', code: 'ENOTSOCK' }];
    expect(unreachable({ config: undefined, sockets: ['/x'], owner: undefined }, failures).message).toBe(
      'cannot reach the daemon: ENOTSOCK on /x',
    );
  });
});

describe("a socket whose directory may be somebody else's", () => {
  /** A daemon that answers in a directory of its own, one that would answer before it, and a config. */
  async function world(): Promise<{ config: string; bad: FakeDaemon; good: FakeDaemon; dirs: [string, string] }> {
    const root = tempDir();
    const config = join(root, 'tm.yaml');
    writeFileSync(config, '');
    const dirs: [string, string] = [join(root, 'bad'), join(root, 'good')];
    for (const dir of dirs) mkdirSync(dir, { mode: 0o700 });
    const [bad, good] = await Promise.all(dirs.map(dir => FakeDaemon.listen(join(dir, 'x.sock'))));
    if (bad === undefined || good === undefined) throw new Error('two were asked for');
    for (const daemon of [bad, good]) daemon.on('daemon', info);
    return { config, bad, good, dirs };
  }

  const pidBy = (sockets: readonly string[], config: string, owner = process.getuid?.() ?? 0) =>
    createApi(new Connection({ config, sockets, owner }), new AbortController().signal).call('daemon');

  test.each([
    ['is open to others', (dir: string) => chmodSync(dir, 0o777)],
    [
      'is a link',
      (dir: string) => {
        renameSync(dir, `${dir}.real`);
        symlinkSync(`${dir}.real`, dir);
      },
    ],
  ])('is passed over when it %s', async (_, spoil) => {
    const { config, bad, good, dirs } = await world();
    spoil(dirs[0]);
    expect((await pidBy([bad.socket, good.socket], config)).pid).toBe(1);
    expect([bad.asked.length, good.asked.length]).toEqual([0, 1]);
  });

  test('is told about when nothing else answers, with what to do', async () => {
    const { config, bad, dirs } = await world();
    const none = join(dirs[1], 'none.sock');
    chmodSync(dirs[0], 0o777);
    const why = `${dirs[0]} is open to other users (mode 0777; \`chmod 700\` it), so nobody there was asked (use -s ${bad.socket} if you trust it)`;
    await expect(pidBy([bad.socket], config)).rejects.toThrow(
      new NoDaemonError(`cannot reach the daemon of ${config}: ${why}`, why),
    );
    await expect(pidBy([bad.socket, none], config)).rejects.toThrow(
      `cannot reach the daemon of ${config}: nothing listens on ${none}; ${why}; start it with: taskmasterd -c ${config}`,
    );
    expect(bad.asked).toEqual([]);
  });

  test('and belongs to another user is not asked, even by root', async () => {
    const { config, bad, dirs } = await world();
    const [own, owner] = [process.getuid?.() ?? 0, 4711];
    await expect(pidBy([bad.socket], config, owner)).rejects.toThrow(
      `cannot reach the daemon of ${config}: ${dirs[0]} belongs to user ${own}, not to ${owner}, so nobody there was asked (run as that user, or use -s ${bad.socket} if you trust it)`,
    );
    expect(bad.asked).toEqual([]);
  });

  test('by the rule, from the command line; -s is to trust it', async () => {
    const host = new FakeHost();
    host.env.XDG_RUNTIME_DIR = tempDir();
    const config = join(host.cwd, 'taskmaster.yaml');
    writeFileSync(config, '');
    const [socket = ''] = socketCandidates(config, host.env, host.uid);
    mkdirSync(dirname(socket));
    chmodSync(dirname(socket), 0o777);
    const daemon = await FakeDaemon.listen(socket);
    daemon.on('daemon', info);
    expect(await main(['pid'], host)).toBe(7);
    expect(host.err.text).toContain(`${dirname(socket)} is open to other users (mode 0777`);
    expect(daemon.asked).toEqual([]);
    expect(await ctl(daemon, ['pid'])).toMatchObject({ code: 0, out: '1\n' });
  });

  test('that is not there is no more than nobody listening', async () => {
    const { config, bad, dirs } = await world();
    await bad.close();
    rmSync(dirs[0], { recursive: true });
    await expect(pidBy([bad.socket], config)).rejects.toThrow(
      `cannot reach the daemon of ${config}: nothing listens on ${bad.socket}; start it with: taskmasterd -c ${config}`,
    );
    const through = join(config, 'dir/x.sock');
    await expect(pidBy([through], config)).rejects.toThrow(`nothing listens on ${through}; start it with`);
  });
});

describe('talking to it', () => {
  test('a daemon of another major version is one sentence', async () => {
    const daemon = await FakeDaemon.listen();
    daemon.protocol = '2.0';
    daemon.on('processes', list([]));
    expect(await ctl(daemon, ['status'])).toEqual({
      code: 1,
      out: '',
      err: `this client speaks protocol ${PROTOCOL} and the daemon 2.0: use the taskmasterctl that came with the daemon, or restart the daemon with the version of this client\n`,
    });
  });

  test('a newer minor is understood', async () => {
    const daemon = await FakeDaemon.listen();
    daemon.protocol = `${PROTOCOL.split('.')[0]}.99`;
    daemon.on('processes', list([]));
    expect((await ctl(daemon, ['status'])).code).toBe(0);
  });

  test('what is no daemon of ours is told so', async () => {
    const daemon = await FakeDaemon.listen();
    daemon.protocol = undefined;
    daemon.on('processes', list([]));
    expect(await ctl(daemon, ['status'])).toMatchObject({
      code: 4,
      err: `cannot talk to what listens on ${daemon.socket}: it is not a taskmaster daemon\n`,
    });
  });

  test('what speaks no HTTP is told too', async () => {
    const socket = join(tempDir(), 'x.sock');
    const server = createServer(peer => peer.resume().end('hello\n'));
    await new Promise<void>(resolve => server.listen(socket, resolve));
    const host = new FakeHost();
    expect(await main(['-s', socket, 'pid'], host)).toBe(7);
    expect(host.err.text).toBe('the daemon went away before it had answered\n');
    await new Promise(resolve => server.close(resolve));
  });

  test('silence is broken off after ten seconds, but not a wait', async () => {
    const daemon = await FakeDaemon.listen();
    daemon.on('daemon', silence).on('start', silence);
    const timers: (() => void)[] = [];
    const clock: Clock = {
      now: () => 0,
      wall: () => 0,
      soon: () => ({ [Symbol.dispose]: () => {} }),
      after(ms, callback) {
        expect(ms).toBe(10_000);
        timers.push(callback);
        return { [Symbol.dispose]: () => {} };
      },
    };
    const ending = new AbortController();
    const api = createApi(
      new Connection({ config: undefined, sockets: [daemon.socket], owner: undefined }, clock),
      ending.signal,
    );
    const waits = api.call('start', { select: ['web'], wait: true });
    await expect.poll(() => daemon.asked.length).toBe(1);
    expect(timers).toHaveLength(0);
    const asks = api.call('daemon');
    await expect.poll(() => daemon.asked.length).toBe(2);
    for (const timer of timers) timer();
    await expect(asks).rejects.toThrow(`the daemon does not answer on ${daemon.socket}: waited 10 s`);
    ending.abort();
    await expect(waits).rejects.toThrow('aborted');
  });

  test('an error of the daemon keeps its code, and one without a body its status', async () => {
    const daemon = await FakeDaemon.listen();
    daemon.on('daemon', fail('shutting_down', 'the daemon is shutting down'), response => {
      response.statusCode = 502;
      response.end('<html>');
    });
    expect(await ctl(daemon, ['pid'])).toMatchObject({ code: 1, err: 'the daemon is shutting down\n' });
    expect(await ctl(daemon, ['pid'])).toMatchObject({ code: 1, err: 'the daemon answered with status 502\n' });
  });
});

test('pathOf fills in names and queries, encoded', () => {
  expect(pathOf('output', { name: 'a b:c/d', query: { from: '-5', stream: undefined } })).toBe(
    '/v1/processes/a%20b%3Ac%2Fd/output?from=-5',
  );
  expect(pathOf('processes', { query: { select: ['a', 'b:*'] } })).toBe('/v1/processes?select=a&select=b%3A*');
});
