/** HTTP, to real servers that take, refuse, hang and echo. */
import { createHmac } from 'node:crypto';
import { expect, test } from 'vitest';
import type { HttpSpec } from '../../src/core/alert.ts';
import type { Outcome } from '../../src/daemon/attempt.ts';
import { makeMessage } from '../support/alerts.ts';
import { freePort, startHttpServer, startTcpServer } from '../support/servers.ts';
import { poolWork, tell } from '../support/telling.ts';

const hook = (url: string, changes: Partial<HttpSpec> = {}): HttpSpec => ({
  kind: 'http',
  url,
  headers: {},
  secret: undefined,
  ...changes,
});

test('posts what there is to say, signed, and tells the answer', async () => {
  const { url, posted } = await startHttpServer(response => response.end('thanks\nand more'));
  const via = hook(`${url}/hook?room=7`, {
    secret: 'k3y',
    headers: { Authorization: 'Bearer token-1', 'Content-Length': '3', 'X-Taskmaster-Signature': 'mine' },
  });
  let outcome: Outcome | undefined;
  const pool = await poolWork(async () => {
    outcome = await tell(via);
  });
  expect(outcome).toEqual({ ok: true, answer: '200 OK: thanks' });
  expect(pool).toEqual([]);
  const [{ request, body } = await Promise.reject(new Error('nothing came'))] = await posted.until(1);
  expect(request.method).toBe('POST');
  expect(request.url).toBe('/hook?room=7');
  expect(request.headers).toMatchObject({
    host: new URL(url).host,
    'content-type': 'application/json',
    authorization: 'Bearer token-1',
  });
  const signature = createHmac('sha256', 'k3y').update(body).digest('hex');
  expect(request.headers['x-taskmaster-signature']).toBe(`sha256=${signature}`);
  const said = JSON.parse(body);
  expect(said).toMatchObject({ id: 'boot-1', condition: 'fatal', program: 'web', summary: makeMessage().summary });
  expect(Math.abs(Date.parse(said.sent) - Date.now())).toBeLessThan(60_000);
});

test('goes by TLS to a server that proves who it is, and to no other', async () => {
  const { url, posted } = await startHttpServer(response => response.writeHead(204).end(), { secure: true });
  expect(await tell(hook(url))).toEqual({ ok: true, answer: '204 No Content' });
  expect(await tell(hook(url.replace('localhost', '127.0.0.2')))).toMatchObject({
    ok: false,
    answer: expect.stringMatching(/cannot connect|cannot secure/),
  });
  const outcome = await tell(hook(url), makeMessage(), { ca: false });
  expect(outcome).toMatchObject({
    ok: false,
    answer: 'cannot secure the connection to localhost: self-signed certificate',
  });
  expect(posted.items).toHaveLength(1);
});

test.each([
  [500, {}, '500 Internal Server Error: oh no', false, 0],
  [404, {}, '404 Not Found: oh no', false, 0],
  [400, {}, '400 Bad Request: oh no', true, 0],
  [429, { 'retry-after': '30' }, '429 Too Many Requests: oh no', false, 30_000],
  [503, { 'retry-after': 'Wed, 21 Oct 2026 07:28:00 GMT' }, '503 Service Unavailable: oh no', false, 0],
  [
    302,
    { location: 'https://elsewhere.example.org/t0ken' },
    '302 Found to https://elsewhere.example.org: redirects are not followed; give the address itself',
    false,
    0,
  ],
])('%i is a failure', async (status, headers, answer, isFinal, retryAfter) => {
  const { url } = await startHttpServer(response => response.writeHead(status, headers).end('oh no'));
  expect(await tell(hook(url))).toEqual({ ok: false, answer, isFinal, retryAfter });
});

test('an answer without an end is read no further than it matters', async () => {
  const { url } = await startHttpServer(response => {
    const more = (): void => void response.write('x'.repeat(65_536), more);
    response.on('error', () => {});
    more();
  });
  const { ok, answer } = await tell(hook(url));
  expect(ok).toBe(true);
  expect(answer.length).toBe(200);
});

test('a server that echoes what it was sent shows no secret', async () => {
  const { url } = await startHttpServer((response, { request, body }) =>
    response.writeHead(500).end(`${request.url} ${request.headers.authorization} ${body.length}`),
  );
  const via = hook(`${url}/services/T123456/B654321`, { headers: { Authorization: 'Bearer sesame-open' } });
  const { answer } = await tell(via);
  expect(answer).toMatch(/^500 Internal Server Error: \(hidden\) \(hidden\) \d+$/);
});

test('ends when its time is over, and what was answered till then counts', async () => {
  const controller = new AbortController();
  const { url } = await startHttpServer(() => controller.abort());
  expect(await tell(hook(url), makeMessage(), { controller })).toMatchObject({ ok: false });
  const cut = await startHttpServer(response => {
    response.writeHead(200, { 'content-length': '100' });
    response.write('so far', () => response.destroy());
  });
  expect(await tell(hook(cut.url))).toEqual({ ok: true, answer: '200 OK: so far' });
});

test.each([
  'HTTP/1.1 101 Switching\r\nConnection: upgrade\r\nUpgrade: x\r\n\r\n',
  'SSH-2.0-OpenSSH_9\r\n',
  '',
])('a server that speaks another protocol is a failure: %j', async text => {
  const port = await startTcpServer(socket => socket.once('data', () => socket.end(text)));
  expect(await tell(hook(`http://127.0.0.1:${port}/`))).toMatchObject({
    ok: false,
    answer: expect.stringContaining(`cannot post to http://127.0.0.1:${port}: `),
  });
});

test('says in words why nobody is reached', async () => {
  const port = await freePort();
  expect(await tell(hook(`http://127.0.0.1:${port}/x`))).toMatchObject({
    ok: false,
    answer: `cannot connect to 127.0.0.1:${port}: connection refused`,
  });
  expect(await tell(hook('http://[::1'))).toMatchObject({
    ok: false,
    answer: 'cannot post to http://[::1: that is no address',
  });
  const cut = await startTcpServer(socket => socket.destroy());
  expect(await tell(hook(`http://127.0.0.1:${cut}/`))).toMatchObject({
    ok: false,
    answer: `cannot post to http://127.0.0.1:${cut}: the connection ended without an answer`,
  });
});
