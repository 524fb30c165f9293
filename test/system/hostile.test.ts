/** Nothing that a client sends can take the daemon down, slow it, or make it grow. */
import { readFileSync } from 'node:fs';
import { connect, type Socket } from 'node:net';
import { describe, expect, test } from 'vitest';
import { Bench, type RunningDaemon } from '../support/built.ts';
import { onCleanup } from '../support/world.ts';

const CONFIG = `
defaults: {starttime: 0}
programs:
  sleeper: {cmd: sleep 1000}
  deaf: {cmd: "sh -c 'stty raw -echo; echo up; exec sleep 1000'"}
  flood: {cmd: "yes taskmaster", scrollback: 64KB, autostart: false}
`;

async function start(): Promise<RunningDaemon & { readonly path: string }> {
  const bench = new Bench(CONFIG);
  const daemon = await bench.start();
  await daemon.untilState('sleeper', 'RUNNING');
  return Object.assign(daemon, { path: bench.socket });
}

/** Opens a connection, sends, and resolves with all that comes back until the daemon ends it. */
function raw(path: string, data: string | Buffer): Promise<string> {
  return new Promise(resolve => {
    const socket = connect(path);
    let text = '';
    socket.on('data', chunk => {
      text += chunk.toString('latin1');
    });
    socket.on('error', () => resolve(text)); // a reset is an answer too
    socket.on('close', () => resolve(text));
    if (data.length > 0) socket.write(data);
  });
}

function held(path: string): Promise<Socket> {
  return new Promise((resolve, reject) => {
    const socket = connect(path);
    onCleanup(() => void socket.destroy());
    socket.on('connect', () => resolve(socket));
    socket.on('error', reject);
  });
}

const statusOf = (reply: string): number => Number(/^HTTP\/1\.1 (\d+)/.exec(reply)?.[1]);
const post = (path: string, body: string, length = Buffer.byteLength(body)): string =>
  `POST ${path} HTTP/1.1\r\nHost: x\r\nContent-Length: ${length}\r\nConnection: close\r\n\r\n${body}`;

describe('bad requests', () => {
  const requests: readonly [string, string | Buffer, number][] = [
    ['not HTTP', 'hello there\r\n\r\n', 400],
    ['binary', Buffer.from(Array.from({ length: 4096 }, (_, i) => (i * 31) % 256)), 400],
    ['a header without end', `GET / HTTP/1.1\r\nX: ${'a'.repeat(100_000)}`, 400],
    ['a body over the limit, announced', post('/v1/start', '{}', 10_000_000), 413],
    [
      'a body over the limit, in chunks',
      `POST /v1/start HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n${'fffff\r\n'.concat('x'.repeat(0xfffff))}`,
      413,
    ],
    ['a body where none is taken', post('/v1/shutdown/', 'x'), 404],
    [
      'both lengths at once',
      'POST /v1/start HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n',
      400,
    ],
    ['no JSON', post('/v1/start', '{"select": ['), 400],
    ['JSON that is no object', post('/v1/start', '[1, 2]'), 400],
    ['null', post('/v1/start', 'null'), 400],
    ['a wrong type', post('/v1/start', '{"select": "web"}'), 400],
    ['an empty list', post('/v1/start', '{"select": []}'), 400],
    ['wait that is no boolean', post('/v1/start', '{"select": ["all"], "wait": "yes"}'), 400],
    ['invalid UTF-8', post('/v1/start', '\xff\xfe'), 400],
    ['deep nesting', post('/v1/start', '['.repeat(100_000)), 400],
    ['a bad signal', post('/v1/signal', '{"select": ["all"], "signal": "NOPE"}'), 400],
    ['no signal', post('/v1/signal', '{"select": ["all"]}'), 400],
    ['an unknown route', 'GET /v2/nothing HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n', 404],
    ['a wrong method', 'DELETE /v1/start HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n', 405],
    ['a name that is not encoded well', 'GET /v1/processes/%ff HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n', 400],
    ['an unknown name', 'GET /v1/processes/nosuch HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n', 404],
    [
      'a number that is none',
      'GET /v1/processes/sleeper/output?from=1e400 HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n',
      400,
    ],
    [
      'a stream that is not apart',
      'GET /v1/processes/sleeper/output?stream=stderr HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n',
      400,
    ],
    ['a bad event id', 'GET /v1/events HTTP/1.1\r\nHost: x\r\nLast-Event-ID: ../..\r\nConnection: close\r\n\r\n', 400],
    [
      'another protocol',
      'GET /v1/daemon HTTP/1.1\r\nHost: x\r\nX-Taskmaster-Protocol: 9.0\r\nConnection: close\r\n\r\n',
      400,
    ],
  ];

  test('each is answered with what is wrong, and the daemon goes on', async () => {
    const daemon = await start();
    for (const [what, data, status] of requests) {
      const reply = await raw(daemon.path, data);
      expect([what, statusOf(reply)]).toEqual([what, status]);
      expect([what, reply]).toEqual([what, expect.stringMatching(/"error":\{"code":"[a-z_]+","message":"[^"]/)]);
    }
    expect((await daemon.call('GET', '/healthz')).json).toEqual({ ok: true });
  });

  test('requests that break off, at every place, leave nothing behind', async () => {
    const daemon = await start();
    const whole = post('/v1/processes/sleeper/input', 'x'.repeat(100));
    for (let at = 0; at < whole.length; at += 7) {
      const socket = await held(daemon.path);
      socket.end(whole.slice(0, at));
      await new Promise(closed => socket.on('close', closed).resume());
    }
    expect((await daemon.call('GET', '/healthz')).json).toEqual({ ok: true });
  });
});

test('ten thousand connections: 256 are served, the rest get a 503, and room comes back', async () => {
  const daemon = await start();
  const silent: Socket[] = [];
  for (let i = 0; i < 256; i++) silent.push(await held(daemon.path));
  const batch = 100;
  for (let i = 256; i < 10_000; i += batch) {
    const replies = await Promise.all(Array.from({ length: batch }, () => raw(daemon.path, '')));
    expect(new Set(replies.map(statusOf))).toEqual(new Set([503]));
  }
  const first = silent[0];
  const closed = new Promise(done => first?.on('close', done));
  first?.destroy();
  await closed;
  while (
    (await raw(daemon.path, 'GET /healthz HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n')).startsWith('HTTP/1.1 503')
  );
  for (const socket of silent) socket.destroy();
  expect((await daemon.call('GET', '/healthz')).json).toEqual({ ok: true });
});

test('input that a program does not read is refused once the queue is full, and nothing waits for it', async () => {
  const daemon = await start();
  while (!(await daemon.call('GET', '/v1/processes/deaf/output')).text.includes('up'));
  const block = Buffer.alloc(512 * 1024, 'x');
  const statuses = [];
  for (let i = 0; i < 4; i++) statuses.push((await daemon.call('POST', '/v1/processes/deaf/input', block)).status);
  expect(statuses[0]).toBe(200);
  expect(statuses.at(-1)).toBe(429);
  expect((await daemon.call('POST', '/v1/processes/sleeper/input', Buffer.from('x'))).json).toEqual({ accepted: 1 });
  expect((await daemon.call('POST', '/v1/processes/flood/input', Buffer.from('x'))).status).toBe(409);
});

test('a follower that stops reading is overtaken: its reply ends, and the flood and the others go on', async () => {
  const daemon = await start();
  const stuck = await held(daemon.path);
  stuck.pause();
  stuck.write('GET /v1/processes/flood/output?follow=1 HTTP/1.1\r\nHost: x\r\n\r\n');
  await daemon.call('POST', '/v1/start', { select: ['flood'] });
  const head = async (): Promise<number> => (await daemon.info('flood')).scrollback.to;
  const target = (await head()) + 20 * 1024 * 1024;
  while ((await head()) < target);
  const memory = Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${daemon.pid}/status`, 'utf8'))?.[1]);
  expect(memory).toBeLessThan(200_000);
  const received = await new Promise<number>(resolve => {
    let bytes = 0;
    stuck.on('data', chunk => {
      bytes += chunk.length;
      if (chunk.subarray(-5).toString() === '0\r\n\r\n') resolve(bytes);
    });
    stuck.resume();
  });
  expect(received).toBeLessThan(2 * 1024 * 1024);
  expect((await daemon.call('POST', '/v1/stop', { select: ['flood'] })).json).toMatchObject({
    results: [{ code: 'done' }],
  });
});
