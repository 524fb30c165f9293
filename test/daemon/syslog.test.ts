/** Syslog, to sockets that listen closely and to a real rsyslogd. */
import { expect, test } from 'vitest';
import type { SyslogSpec } from '../../src/core/alert.ts';
import type { Outcome } from '../../src/daemon/attempt.ts';
import { makeMessage } from '../support/alerts.ts';
import { freePort, hasRsyslog, Rsyslog, startTcpServer, startUdpServer } from '../support/servers.ts';
import { poolWork, tell } from '../support/telling.ts';

const syslog = (address: SyslogSpec['address'], facility = 'daemon'): SyslogSpec => ({
  kind: 'syslog',
  address,
  facility,
});

test('by UDP: one datagram of RFC 5424', async () => {
  const { port, datagrams } = await startUdpServer();
  let outcome: Outcome | undefined;
  const pool = await poolWork(async () => {
    outcome = await tell(syslog({ transport: 'udp', host: 'localhost', port }));
  });
  expect(outcome).toEqual({
    ok: true,
    answer: `sent to udp localhost:${port} (127.0.0.1); whether it arrived is not known`,
  });
  expect(pool).toEqual([]);
  const [record] = await datagrams.until(1);
  expect(record).toMatch(
    /^<26>1 2026-11-21T06:05:26\.123Z web1\.example\.org taskmaster \d+ fatal \[origin software="taskmaster" swVersion="[\d.]+"\] web gave up: exited too quickly/,
  );
  expect(record).not.toContain('\n');
});

test('by UDP: what is too long is cut between characters, with a mark', async () => {
  const { port, datagrams } = await startUdpServer();
  for (const pad of ['', 'x', 'xx', 'xxx']) {
    await tell(
      syslog({ transport: 'udp', host: '127.0.0.1', port }),
      makeMessage({ summary: `${pad}${'😀'.repeat(3_000)}` }),
    );
  }
  for (const record of await datagrams.until(4)) {
    expect(Buffer.byteLength(record)).toBeLessThanOrEqual(2048);
    expect(Buffer.byteLength(record)).toBeGreaterThan(2040);
    expect(record.endsWith('😀…')).toBe(true);
    expect(record).not.toContain('\ufffd');
  }
});

test('by UDP: a port of this machine that nobody listens at is told', async () => {
  const { port } = await startUdpServer();
  const free = port === 65_535 ? port - 1 : port + 1;
  const outcome = await tell(syslog({ transport: 'udp', host: '127.0.0.1', port: free }));
  expect(outcome).toMatchObject({ ok: false, answer: `cannot send to udp 127.0.0.1:${free}: connection refused` });
});

test('by TCP: octets are counted, and what was read to the end is known to be', async () => {
  let all = Buffer.alloc(0);
  const port = await startTcpServer(socket => {
    socket.on('data', bytes => {
      all = Buffer.concat([all, bytes]);
    });
    socket.on('end', () => socket.end());
  });
  const message = makeMessage({ summary: 'ünïcode' });
  expect(await tell(syslog({ transport: 'tcp', host: '127.0.0.1', port }), message)).toEqual({
    ok: true,
    answer: `tcp 127.0.0.1:${port} has read it`,
  });
  const [, count = ''] = /^(\d+) </.exec(all.toString('utf8')) ?? [];
  expect(all.length).toBe(Number(count) + count.length + 1);
});

test('by TCP: a connection that is broken, or not there, is a failure', async () => {
  const port = await startTcpServer(socket => socket.resetAndDestroy());
  expect(await tell(syslog({ transport: 'tcp', host: '127.0.0.1', port }))).toMatchObject({ ok: false });
  const free = await freePort();
  expect(await tell(syslog({ transport: 'tcp', host: '127.0.0.1', port: free }))).toMatchObject({
    ok: false,
    answer: `cannot connect to 127.0.0.1:${free}: connection refused`,
  });
});

test.skipIf(!hasRsyslog)('a real rsyslog takes all of it, by UDP and TCP (needs rsyslogd)', async () => {
  const rsyslog = await Rsyslog.start();
  const message = makeMessage({ condition: 'recovered', summary: 'web läuft wieder "so" [ok] \\' });
  await untilOk(() => tell(syslog({ transport: 'tcp', host: 'localhost', port: rsyslog.tcp }, 'local3'), message));
  const byTcp = await rsyslog.untilRecord('läuft wieder "so" [ok] \\');
  expect(byTcp).toMatchObject({
    'syslogfacility-text': 'local3',
    'syslogseverity-text': 'notice',
    hostname: 'web1.example.org',
    'app-name': 'taskmaster',
    procid: String(process.pid),
    msgid: 'recovered',
    inputname: 'imtcp',
    'structured-data': expect.stringContaining('[origin software="taskmaster"'),
  });
  expect(byTcp.timestamp).toMatch(/^2026-11-21T06:05:26\.123/);
  await tell(
    syslog({ transport: 'tcp', host: 'localhost', port: rsyslog.tcp }),
    makeMessage({ summary: 'x'.repeat(5_000) }),
  );
  expect((await rsyslog.untilRecord('xxxx')).msg?.endsWith('…')).toBe(true);
  await untilOk(() => tell(syslog({ transport: 'udp', host: 'localhost', port: rsyslog.udp })));
  expect(await rsyslog.untilRecord('exited too quickly')).toMatchObject({
    'syslogfacility-text': 'daemon',
    'syslogseverity-text': 'crit',
    msgid: 'fatal',
    inputname: 'imudp',
  });
});

/** A server that is just starting refuses at first. */
async function untilOk(work: () => Promise<Outcome>): Promise<void> {
  while (!(await work()).ok);
}
