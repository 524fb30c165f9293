import { expect, test } from 'vitest';
import type { AlertInfo } from '../../src/protocol/messages.ts';
import { ctl, FakeDaemon, fail, json } from './support.ts';

function info(name: string, fields: Partial<AlertInfo> = {}): AlertInfo {
  return {
    name,
    kind: 'email',
    where: 'ops@example.org by mail:587 (starttls)',
    on: ['fatal', 'unexpected'],
    programs: [],
    every: 60_000,
    waiting: 0,
    retryIn: null,
    lastDelivery: null,
    lastFailure: null,
    ...fields,
  };
}

const at = new Date(2026, 10, 21, 6, 5, 26, 123).getTime();

test('lists whom each tells, what waits and what was last heard', async () => {
  const daemon = await FakeDaemon.listen();
  const word = (ms: number, text: string): { at: number; text: string } => ({ at: at + ms, text });
  const alerts = [
    info('oncall', { lastFailure: word(0, 'no answer within 30 s'), lastDelivery: word(1000, '250 ok') }),
    info('hook', {
      kind: 'http',
      where: 'https://example.org',
      programs: ['web:*'],
      waiting: 2,
      retryIn: 4000,
      lastFailure: word(0, '500 no'),
    }),
  ];
  daemon.on('alerts', json({ alerts }));
  expect(await ctl(daemon, ['alert'])).toEqual({
    code: 0,
    out: [
      'oncall  email    ops@example.org by mail:587 (starttls)',
      '        on       fatal, unexpected',
      '        sent     2026-11-21 06:05:27.123  250 ok',
      'hook    http     https://example.org',
      '        on       fatal, unexpected (web:*)',
      '        waiting  2 messages, tried again in 4 s',
      '        failed   2026-11-21 06:05:26.123  500 no',
      '',
    ].join('\n'),
    err: '',
  });
  expect(JSON.parse((await ctl(daemon, ['alerts', 'list', '--json'])).out)).toEqual({ alerts });
});

test('says how to write one where there is none', async () => {
  const daemon = await FakeDaemon.listen();
  daemon.on('alerts', json({ alerts: [] }));
  expect(await ctl(daemon, ['alert', 'list'])).toMatchObject({
    code: 0,
    out: '',
    err: expect.stringContaining('ALERTS.md'),
  });
});

test('a test says what the receiver answered, in words and by its exit code', async () => {
  const daemon = await FakeDaemon.listen();
  daemon.on('alertTest', json({ ok: true, answer: '250 queued' }), json({ ok: false, answer: '535 wrong password' }));
  expect(await ctl(daemon, ['alert', 'test', 'on call'])).toMatchObject({
    code: 0,
    out: 'on call: sent: 250 queued\n',
  });
  expect(await ctl(daemon, ['alert', 'test', 'oncall'])).toMatchObject({
    code: 1,
    out: 'oncall: not sent: 535 wrong password\n',
  });
  const { code, out } = await ctl(daemon, ['alert', 'test', 'oncall', '--json']);
  expect([code, JSON.parse(out)]).toEqual([1, { ok: false, answer: '535 wrong password' }]);
  expect(daemon.asked.map(({ name }) => name)).toEqual(['on call', 'oncall', 'oncall']);
});

test('an unknown alert is an error', async () => {
  const daemon = await FakeDaemon.listen();
  daemon.on('alertTest', fail('no_such_alert', 'no such alert: oncal; did you mean oncall?'));
  expect(await ctl(daemon, ['alert', 'test', 'oncal'])).toMatchObject({
    code: 1,
    err: 'no such alert: oncal; did you mean oncall?\n',
  });
});

test.each([
  [['alert', 'test']],
  [['alert', 'list', 'oncall']],
  [['alert', 'send', 'oncall']],
])('%j makes no sense', async words => {
  const daemon = await FakeDaemon.listen();
  expect(await ctl(daemon, words)).toMatchObject({ code: 2, out: '', err: expect.stringContaining('usage:') });
  expect(daemon.asked).toEqual([]);
});
