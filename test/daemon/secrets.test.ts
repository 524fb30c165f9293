import { describe, expect, test } from 'vitest';
import type { AlertSpec } from '../../src/core/alert.ts';
import { redact } from '../../src/daemon/secrets.ts';

const mail: AlertSpec['via'] = {
  kind: 'email',
  to: ['ops@example.org'],
  from: 'tm@example.org',
  smtp: { host: 'mail', port: 587, tls: 'starttls', user: 'tm', password: 'hun"ter2' },
};

const hook: AlertSpec['via'] = {
  kind: 'http',
  url: 'https://user:p%40ssw0rd@chat.example.org/services/T00000000?key=abc%2Fdef123&v=2',
  headers: { Authorization: 'Bearer tok3n-value', Accept: '*/*' },
  secret: 's',
};

describe('of mail', () => {
  test.each([
    ['535 hun"ter2 is wrong', '535 (hidden) is wrong'],
    [JSON.stringify({ given: 'hun"ter2' }), '{"given":"(hidden)"}'],
    [`AUTH PLAIN ${btoa('\0tm\0hun"ter2')}`, 'AUTH PLAIN (hidden)'],
    [`AUTH LOGIN ${btoa('hun"ter2')}`, 'AUTH LOGIN (hidden)'],
    ['550 no such mailbox ops@example.org', '550 no such mailbox ops@example.org'],
  ])('%s', (text, redacted) => {
    expect(redact(text, mail)).toBe(redacted);
  });
});

describe('of a hook', () => {
  const { secret: _, ...rest } = hook;
  const via: AlertSpec['via'] = { ...rest, secret: 'pepper' };

  test.each([
    ['cannot POST /services/T00000000?key=abc%2Fdef123&v=2', 'cannot POST (hidden)'],
    ['no team T00000000', 'no team (hidden)'],
    ['bad key abc/def123', 'bad key (hidden)'],
    ['bad password p@ssw0rd', 'bad password (hidden)'],
    [`Authorization: Basic ${btoa('user:p%40ssw0rd')}`, 'Authorization: Basic (hidden)'],
    ['bad token tok3n-value', 'bad token (hidden)'],
    ['got Bearer tok3n-value for */*', 'got (hidden) for */*'],
    ['signed by pepper', 'signed by (hidden)'],
    ['chat.example.org is away', 'chat.example.org is away'],
  ])('%s', (text, redacted) => {
    expect(redact(text, via)).toBe(redacted);
  });

  test('one that is too short to be one is hidden all the same where the config calls it one', () => {
    expect(redact('as', hook)).toBe('a(hidden)');
  });
});

test('what has none is left alone', () => {
  const text = 'anything';
  expect(redact(text, { kind: 'syslog', address: { transport: 'local' }, facility: 'daemon' })).toBe(text);
  expect(redact(text, { kind: 'command', argv: ['page'], here: '/', user: undefined })).toBe(text);
});
