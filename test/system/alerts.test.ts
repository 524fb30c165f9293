/** Alerts of the built daemon, from a program's end to real receivers. */
import { execFile } from 'node:child_process';
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { configHash } from '../../src/config/paths.ts';
import { Bench, type Ran, ROOT, type RunningDaemon } from '../support/built.ts';
import {
  freePort,
  hasRsyslog,
  LOCALHOST,
  type Mail,
  type Posted,
  Rsyslog,
  startHttpServer,
  startMailServer,
} from '../support/servers.ts';

/** A program that gives up at once, and runs once there is the file that it wants. */
const PROGRAMS = `
defaults: {starttime: 0.05, startretries: 0, autorestart: unexpected}
programs:
  hasty: {cmd: "sh -c 'echo where is it; test -e wanted && exec sleep 1000; exit 3'", workingdir: .}
`;

const SECRETS = {
  SMTP_PASSWORD: 'hunter2',
  HOOK_SECRET: 'sesame-open-now',
  HOOK_TOKEN: 'tok3n-abcdef',
  HOOK_PATH: 'T0000123/B0000456',
};

const hookTo = (url: string, on = 'fatal, recovered'): string => `
  hook:
    http: {url: "${url}/\${HOOK_PATH}", headers: {Authorization: "Bearer \${HOOK_TOKEN}"}, secret: "\${HOOK_SECRET}"}
    on: [${on}]
    every: 0
`;

function environment(bench: Bench): NodeJS.ProcessEnv {
  const certificate = join(bench.dir, 'ca.pem');
  writeFileSync(certificate, LOCALHOST.cert);
  return { ...SECRETS, NODE_EXTRA_CA_CERTS: certificate };
}

/** All that the daemon wrote into its state directory. */
function stateOf(bench: Bench): Map<string, string> {
  const dir = join(bench.dir, 'state/taskmaster', configHash(bench.config));
  return new Map(readdirSync(dir).map(name => [name, readFileSync(join(dir, name), 'utf8')]));
}

const headerOf = (mail: Mail | undefined, name: string): string =>
  new RegExp(`^${name}: *(.*(?:\\r\\n[ \\t].*)*)`, 'im').exec(mail?.text ?? '')?.[1]?.replace(/\r\n\s+/g, ' ') ?? '';

async function untilFile(path: string): Promise<string> {
  while (!existsSync(path) || !readFileSync(path, 'utf8').endsWith('\n')) await new Promise(done => setImmediate(done));
  return readFileSync(path, 'utf8');
}

/** Without holding up the servers of this process, which it may wait for. */
function ctl(bench: Bench, args: readonly string[]): Promise<Ran> {
  return new Promise(done => {
    const argv = [join(ROOT, 'dist/bin/taskmasterctl.js'), '-c', bench.config, ...args];
    const child = execFile(process.execPath, argv, { env: bench.env }, (_, out, err) =>
      done({ code: child.exitCode, out, err }),
    );
  });
}

const untilAlert = (daemon: RunningDaemon, type: string): Promise<void> =>
  daemon.untilEvent(event => event.type === `alert.${type}`);

describe('a program that gives up', () => {
  test('is told by mail, HTTP and a command; when it runs again the mail is in its thread', async () => {
    const { port, mails } = await startMailServer();
    const { url, posted } = await startHttpServer(response => response.writeHead(204).end(), { secure: true });
    const bench = new Bench(`${PROGRAMS}
alerts:
  oncall:
    email:
      to: ops@example.org
      from: tm@example.org
      smtp: {host: localhost, port: ${port}, tls: starttls, user: tm, password: "\${SMTP_PASSWORD}"}
    on: [fatal, recovered]
    every: 0
  page:
    command: [sh, -c, 'echo "$$1 $$TASKMASTER_ALERT_CONDITION" >"$$2"', sh, "\${program} on \${host}", "\${here}/told"]
    on: [fatal]
${hookTo(url)}`);
    const daemon = await bench.start([], environment(bench));
    const [alarm] = await mails.until(1);
    expect(alarm).toMatchObject({ to: ['ops@example.org'], isSecure: true, user: 'tm' });
    expect(alarm?.text).toContain('where is it');
    const [post] = (await posted.until(1)) as readonly [Posted];
    expect(JSON.parse(post.body)).toMatchObject({ condition: 'fatal', program: 'hasty' });
    expect(post.request.headers['x-taskmaster-signature']).toMatch(/^sha256=[0-9a-f]{64}$/);
    writeFileSync(join(bench.dir, 'wanted'), '');
    expect(await ctl(bench, ['start', 'hasty'])).toMatchObject({ code: 0 });
    const [, recovery] = await mails.until(2);
    expect(headerOf(recovery, 'In-Reply-To')).toBe(headerOf(alarm, 'Message-ID'));
    expect(headerOf(recovery, 'In-Reply-To')).not.toBe('');
    expect(headerOf(recovery, 'Subject')).toBe(`Re: ${headerOf(alarm, 'Subject')}`);
    expect(await untilFile(join(bench.dir, 'told'))).toMatch(/^hasty on .* fatal\n$/);
    await daemon.end();
  });

  test.skipIf(!hasRsyslog)('is told to a real rsyslog (needs rsyslogd)', async () => {
    const rsyslog = await Rsyslog.start();
    const bench = new Bench(`${PROGRAMS}
alerts:
  sys: {syslog: {address: "tcp://localhost:${rsyslog.tcp}", facility: local0}, on: [all]}
`);
    await bench.start();
    const record = await rsyslog.untilRecord('hasty');
    expect(record).toMatchObject({ 'syslogfacility-text': 'local0', 'app-name': 'taskmaster', inputname: 'imtcp' });
  });
});

describe('a receiver that is away', () => {
  test.each([
    'SIGTERM',
    'SIGKILL',
  ] as const)('gets it from the next daemon, after %s, with the same id', async signal => {
    let isAway = true;
    const { url, posted } = await startHttpServer(response => response.writeHead(isAway ? 503 : 200).end());
    const bench = new Bench(`${PROGRAMS}\nalerts:\n${hookTo(url, 'fatal')}`);
    const env = environment(bench);
    const first = await bench.start([], env);
    await untilAlert(first, 'failed');
    const { json } = await first.call('GET', '/v1/alerts');
    expect(json).toMatchObject({
      alerts: [{ name: 'hook', waiting: 1, lastFailure: { text: '503 Service Unavailable' } }],
    });
    first.signal(signal);
    await first.exited;
    isAway = false;
    bench.write(`programs: {other: {cmd: sleep 1000}}\nalerts:\n${hookTo(url, 'fatal')}`);
    const second = await bench.start([], env);
    await untilAlert(second, 'delivered');
    const bodies = posted.items.map(({ body }) => JSON.parse(body));
    expect(bodies.length).toBeGreaterThan(1);
    expect(new Set(bodies.map(({ id }) => id)).size).toBe(1);
    expect(new Set(bodies.map(({ sent }) => sent)).size).toBe(bodies.length);
  });

  test('holds up nothing: not the daemon, not its end', async () => {
    const { url, posted } = await startHttpServer(() => {}); // it never answers
    const bench = new Bench(`${PROGRAMS}  other: {cmd: sleep 1000}\nalerts:\n${hookTo(url, 'fatal')}`);
    const daemon = await bench.start([], environment(bench));
    await posted.until(1);
    expect(await ctl(bench, ['restart', 'other'])).toMatchObject({ code: 0 });
    daemon.signal('SIGTERM');
    expect((await daemon.exited).code).toBe(0);
    expect(JSON.parse(stateOf(bench).get('alerts.json') ?? '').messages).toHaveLength(1);
  });
});

describe('a secret', () => {
  test('is in nothing that the daemon tells, writes or prints', async () => {
    const { url } = await startHttpServer((response, { request }) =>
      response.writeHead(500).end(`no: ${request.url} ${request.headers.authorization}`),
    );
    const { port } = await startMailServer({
      onAuth: ({ password }, _session, done) => done(new Error(`not with ${password}`)),
    });
    const yaml = `${PROGRAMS}
alerts:
  oncall:
    email: {to: ops@example.org, from: tm@example.org, smtp: {host: localhost, port: ${port}, user: tm, password: "\${SMTP_PASSWORD}"}}
    on: [fatal]
${hookTo(url)}`;
    const bench = new Bench(yaml);
    const env = environment(bench);
    const daemon = await bench.start([], env);
    await daemon.untilEvent(event => event.type === 'alert.failed' && event.alert === 'oncall');
    await daemon.untilEvent(event => event.type === 'alert.failed' && event.alert === 'hook');
    const said = [
      JSON.stringify(await daemon.events()),
      (await daemon.call('GET', '/v1/alerts')).text,
      (await daemon.call('GET', '/v1/daemon/log')).text,
    ];
    const say = async (...args: readonly string[]): Promise<void> => {
      const { out, err } = await ctl(bench, args);
      said.push(out, err);
    };
    for (const verb of ['alert', 'status', 'events', 'log']) await say(verb);
    await say('alert', '--json');
    for (const name of ['hook', 'oncall']) await say('alert', 'test', name);
    const other = yaml
      .replaceAll('${HOOK_TOKEN}', 'x-${HOOK_TOKEN}')
      .replaceAll('${SMTP_PASSWORD}', 'x-${SMTP_PASSWORD}');
    bench.write(other);
    await say('reload', '--dry-run');
    expect(said.at(-2)).toContain('hook');
    await say('reload');
    said.push(bench.taskmasterd(['--check', '-c', bench.config], env).out);
    await daemon.end();
    const { out, err } = await daemon.exited;
    const all = [...said, out, err, ...stateOf(bench).values()].join('\n');
    expect(all).toContain('(hidden)');
    for (const secret of Object.values(SECRETS)) expect(all).not.toContain(secret);
  });
});

describe('alert test', () => {
  test('sends one and says what the receiver answered', async () => {
    const { port, mails } = await startMailServer();
    const bench = new Bench(`
programs: {other: {cmd: sleep 1000}}
alerts:
  oncall: {email: {to: ops@example.org, from: tm@example.org, smtp: {host: localhost, port: ${port}, tls: none}}, on: [fatal]}
  page: {command: [sh, -c, 'echo no modem; exit 3'], on: [fatal]}
  gone: {http: "http://127.0.0.1:${await freePort()}/hook", on: [fatal]}
`);
    await bench.start();
    expect(await ctl(bench, ['alert', 'test', 'oncall'])).toMatchObject({
      code: 0,
      out: 'oncall: sent: 250 queued as 4711\n',
    });
    const [mail] = await mails.until(1);
    expect(mail?.text).toContain('test');
    expect(await ctl(bench, ['alert', 'test', 'page'])).toMatchObject({
      code: 1,
      out: 'page: not sent: exited with 3: no modem\n',
    });
    expect(await ctl(bench, ['alert', 'test', 'gone'])).toMatchObject({
      code: 1,
      out: expect.stringMatching(/^gone: not sent: cannot connect to 127\.0\.0\.1:\d+: connection refused\n$/),
    });
    expect(await ctl(bench, ['alert', 'test', 'pag'])).toMatchObject({
      code: 1,
      err: 'no such alert: pag; did you mean page?\n',
    });
    expect((await ctl(bench, ['alert'])).out).toContain('ops@example.org by localhost:');
  });
});
