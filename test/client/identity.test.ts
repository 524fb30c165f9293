import { hostname } from 'node:os';
import { expect, test } from 'vitest';
import { identityHeaders } from '../../src/client/identity.ts';
import { askerOf } from '../../src/daemon/asking.ts';
import { ctl, FakeDaemon, FakeHost, list, processInfo } from './support.ts';

/** Who that is, without the terminal that the tests may run in. */
function whoIs(env: Readonly<Record<string, string>>): { readonly who: string; readonly from: string } {
  const { who, from } = askerOf(identityHeaders(env));
  return { who: who.replace(/ (?:pts\/\d+|tty\w*)/, '').replace(hostname(), 'HOST'), from };
}

test('says the user, the host, and where somebody came from', () => {
  expect(whoIs({ USER: 'alice' })).toEqual({ who: 'alice@HOST', from: 'taskmasterctl' });
  expect(whoIs({ LOGNAME: 'cron' }).who).toBe('cron@HOST');
  expect(whoIs({}).who).toMatch(/^.+@HOST$/);
  expect(whoIs({ USER: 'root', SUDO_USER: 'alice' }).who).toBe('root@HOST, sudo by alice');
  expect(whoIs({ USER: 'root', SUDO_USER: '' }).who).toBe('root@HOST');
  expect(whoIs({ USER: 'alice', SSH_CONNECTION: '2001:db8::5 50022 10.0.0.1 22' }).from).toBe(
    'taskmasterctl from 2001:db8::5',
  );
});

test('goes with what changes something, and not with mere questions', async () => {
  const daemon = await FakeDaemon.listen();
  daemon.on('processes', list([processInfo('web')]));
  daemon.on('clear', response => void response.end('{"results": []}'));
  const host = new FakeHost();
  await ctl(daemon, ['status'], host);
  await ctl(daemon, ['clear', 'web'], host);
  expect(daemon.asked.map(({ headers }) => askerOf(headers).from)).toEqual([
    'a client that does not say',
    'taskmasterctl',
  ]);
});
