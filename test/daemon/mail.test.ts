/** Mail, to a real mail server. */
import { lookup } from 'node:dns/promises';
import { readFile } from 'node:fs/promises';
import type { SMTPServerOptions } from 'smtp-server';
import { expect, test } from 'vitest';
import type { EmailSpec } from '../../src/core/alert.ts';
import type { Outcome } from '../../src/daemon/attempt.ts';
import { makeMessage } from '../support/alerts.ts';
import { type Mail, startMailServer, startTcpServer } from '../support/servers.ts';
import { poolWork, tell } from '../support/telling.ts';

/** A server that does not know how to encrypt. */
const PLAIN: SMTPServerOptions = { hideSTARTTLS: true, disabledCommands: ['STARTTLS'] };

const mailTo = (port: number, smtp: Partial<EmailSpec['smtp']> = {}, to = ['ops@example.org']): EmailSpec => ({
  kind: 'email',
  to,
  from: 'Taskmaster <tm@web1.example.org>',
  smtp: { host: 'localhost', port, tls: 'starttls', user: 'tm', password: 'hunter2', ...smtp },
});

/** Headers, unfolded, and the rest. */
function parse({ text }: Mail): { readonly headers: Map<string, string>; readonly body: string } {
  const at = text.indexOf('\r\n\r\n');
  const lines = text
    .slice(0, at)
    .replaceAll(/\r\n[ \t]+/g, ' ')
    .split('\r\n');
  const headers = lines.map((line): [string, string] => {
    const colon = line.indexOf(':');
    return [line.slice(0, colon).toLowerCase(), line.slice(colon + 1).trim()];
  });
  return { headers: new Map(headers), body: text.slice(at + 4) };
}

test('goes through STARTTLS and a login, says all, and does nothing on the thread pool', async () => {
  const { port, mails } = await startMailServer();
  let outcome: Outcome | undefined;
  const pool = await poolWork(async () => {
    outcome = await tell(mailTo(port));
  });
  expect(outcome).toEqual({ ok: true, answer: '250 queued as 4711' });
  expect(pool).toEqual([]);
  const [mail] = await mails.until(1);
  expect(mail).toMatchObject({ from: 'tm@web1.example.org', to: ['ops@example.org'], isSecure: true, user: 'tm' });
  if (mail === undefined) return;
  const { headers, body } = parse(mail);
  expect(headers.get('subject')).toMatch(/web gave up/);
  expect(headers.get('message-id')).toBe('<taskmaster.boot-1@web1.example.org>');
  expect(headers.get('auto-submitted')).toBe('auto-generated');
  expect(headers.get('precedence')).toBe('bulk');
  expect(headers.has('in-reply-to')).toBe(false);
  expect(new Date(headers.get('date') ?? '').getTime()).toBe(Math.floor(makeMessage().at / 1000) * 1000);
  for (const text of ['started 4 times', 'address in use', 'attach web']) expect(body).toContain(text);
});

test('that ends an alarm is a reply in its thread', async () => {
  const { port, mails } = await startMailServer();
  await tell(
    mailTo(port),
    makeMessage({
      id: 'boot-2',
      condition: 'recovered',
      summary: 'web runs again',
      endsAlarm: 'boot-1',
      endsSummary: 'web gave up',
    }),
  );
  const [mail] = await mails.until(1);
  const { headers } = parse(mail as Mail);
  expect(headers.get('in-reply-to')).toBe('<taskmaster.boot-1@web1.example.org>');
  expect(headers.get('references')).toBe('<taskmaster.boot-1@web1.example.org>');
  expect(headers.get('subject')).toBe('Re: [web1.example.org] web gave up');
});

test("holds no header and no address of a program's making", async () => {
  const { port, mails } = await startMailServer();
  const evil = 'x\r\nBcc: victim@example.org\r\n\r\nRCPT TO:<victim@example.org>\r\n.\r\nMAIL FROM:<a@b>';
  await tell(
    mailTo(port),
    makeMessage({ summary: evil, program: evil, screen: [evil, '.'], details: [evil], id: evil, endsAlarm: evil }),
  );
  const [mail, ...more] = await mails.until(1);
  expect(more).toEqual([]);
  expect(mail?.to).toEqual(['ops@example.org']);
  const { headers, body } = parse(mail as Mail);
  expect([...headers.keys()]).not.toContain('bcc');
  expect(headers.get('subject')).toContain('x Bcc: victim@example.org');
  expect(body).toContain('RCPT TO:<victim@example.org>');
});

test('is not sent where the certificate is not trusted, or encryption is not offered', async () => {
  const { port, mails } = await startMailServer();
  expect(await tell(mailTo(port), makeMessage(), { ca: false })).toMatchObject({
    ok: false,
    answer: expect.stringContaining('self-signed certificate'),
  });
  const plain = await startMailServer(PLAIN);
  expect(await tell(mailTo(plain.port))).toMatchObject({ ok: false, answer: expect.stringContaining('STARTTLS') });
  expect([...mails.items, ...plain.mails.items]).toEqual([]);
});

test.each<[EmailSpec['smtp']['tls'], SMTPServerOptions, boolean]>([
  ['opportunistic', {}, true],
  ['opportunistic', PLAIN, false],
  ['none', {}, false],
  ['implicit', { secure: true }, true],
])('%s, of a server with %j', async (tls, options, isSecure) => {
  const { port, mails } = await startMailServer({ ...options, allowInsecureAuth: true });
  expect(await tell(mailTo(port, { tls }))).toMatchObject({ ok: true });
  expect(await mails.until(1)).toMatchObject([{ isSecure, user: 'tm' }]);
});

test('tells a wrong password without showing it, and as something to try again', async () => {
  const { port } = await startMailServer();
  const outcome = await tell(mailTo(port, { password: 'swordfish' }));
  expect(outcome).toMatchObject({
    ok: false,
    isFinal: false,
    answer: expect.stringContaining('535 no, (hidden) is not the password'),
  });
});

test('tells which recipients were refused, and what was refused for good', async () => {
  const { port, mails } = await startMailServer({
    onRcptTo: ({ address }, _session, done) =>
      done(address.startsWith('gone') ? Object.assign(new Error('no such mailbox'), { responseCode: 550 }) : null),
  });
  const outcome = await tell(mailTo(port, {}, ['ops@example.org', 'gone@example.org']));
  expect(outcome).toMatchObject({ ok: true, answer: '250 queued as 4711; refused for gone@example.org' });
  expect(mails.items).toHaveLength(1);
  const none = await tell(mailTo(port, {}, ['gone@example.org']));
  expect(none).toMatchObject({
    ok: false,
    isFinal: false,
    answer: expect.stringMatching(/all recipients were rejected.*no such mailbox/),
  });
  const picky = await startMailServer({
    onData: (stream, _session, done) => {
      stream.resume();
      stream.on('end', () => done(Object.assign(new Error('looks like spam'), { responseCode: 554 })));
    },
  });
  expect(await tell(mailTo(picky.port))).toMatchObject({
    ok: false,
    isFinal: true,
    answer: expect.stringContaining('554 looks like spam'),
  });
});

test('ends at once when its time is over, whatever the server does', async () => {
  const controller = new AbortController();
  const port = await startTcpServer(() => controller.abort());
  expect(await tell(mailTo(port), makeMessage(), { controller })).toMatchObject({ ok: false });
});

test('the look at the thread pool sees what is done there', async () => {
  expect(await poolWork(() => lookup('localhost'))).toContain('GETADDRINFOREQWRAP');
  expect(await poolWork(() => readFile('/dev/null'))).toContain('FSREQPROMISE');
});
