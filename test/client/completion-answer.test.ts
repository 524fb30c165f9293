/** What the scripts of the shells are answered. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { COMMAND_VERBS } from '../../src/client/commands/table.ts';
import { main } from '../../src/client/main.ts';
import { FakeDaemon, FakeHost, hangUp, json, list, processInfo, silence } from './support.ts';

const PROCESSES = list([
  processInfo('api'),
  processInfo('web:web_00'),
  processInfo('web:web_01', { state: 'STOPPED' }),
  processInfo("o'x $y"),
]);

async function answered(words: readonly string[], host = new FakeHost()): Promise<readonly string[]> {
  expect(await main(['__complete', ...words], host)).toBe(0);
  expect(host.err.text).toBe('');
  return host.out.text.split('\n').slice(0, -1);
}

test('the words of zsh and fish, with what each is', async () => {
  const daemon = await FakeDaemon.listen();
  daemon.on('processes', PROCESSES).on('alerts', json({ alerts: [{ name: 'mail' }] }));
  const at = (...words: string[]) => answered(['--', '/usr/bin/taskmasterctl.js', '-s', daemon.socket, ...words]);
  expect(await at('start', 'w')).toEqual([
    'web:web_01\tSTOPPED',
    'web:web_00\tRUNNING',
    'web:*\t2 processes, 1 RUNNING, 1 STOPPED',
  ]);
  expect(await at('scale', 'a')).toEqual(['api=\t1 process now']);
  expect(await at('alert', 'test', '')).toEqual(['mail\t']);
  expect(daemon.asked.map(({ route }) => route)).toEqual(['processes', 'processes', 'alerts']);
  expect(await at('reload', '--dry')).toEqual(['--dry-run\tonly show what would happen']);
  expect(await at('stop', '-s', '/nowhere', '')).toEqual([]); // the last one counts
  expect(daemon.asked).toHaveLength(3);
});

test('bash, which replaces what is behind a colon, and knows quotes', async () => {
  const daemon = await FakeDaemon.listen();
  daemon.on('processes', PROCESSES);
  const at = (line: string, current: string, type = '9') =>
    answered(['--bash', `taskmasterctl -s ${daemon.socket} ${line}`, current, type]);
  expect(await at('stop ap', 'ap')).toEqual(['api ']);
  expect(await at('stop web:w', 'w')).toEqual(['web_00 ', 'web_01 ']);
  expect(await at('stop web:', '')).toEqual(['web_00 ', 'web_01 ', '\\* ']);
  expect(await at(`stop 'web:w`, 'web:w')).toEqual(['web:web_00', 'web:web_01']);
  expect(await at('stop o', 'o')).toEqual([`o\\'x\\ \\$y `]);
  expect(await at(`stop o\\'x\\ `, `o\\'x\\ `)).toEqual([`o\\'x\\ \\$y `]);
  expect(await at(`stop "o'`, `o'`)).toEqual([`o'x $y`]);
  expect(await at('scale we', 'we')).toEqual(['web=']);
  expect(await at('stop web:w', 'w', '63')).toEqual(['web_00  (RUNNING)', 'web_01  (STOPPED)']);
  expect(await at('stop ap', 'ap', '63')).toEqual(['api ']);
});

test.each([
  ['goes away', hangUp],
  ['does not answer', silence],
  ['answers nonsense', json({})],
])("a daemon that %s is nobody's business", async (_, answer) => {
  const daemon = await FakeDaemon.listen();
  daemon.on('processes', answer);
  expect(await answered(['--', 'taskmasterctl', '-s', daemon.socket, 'stop', ''])).toEqual([]);
  expect(await answered(['--', 'taskmasterctl', '-s', daemon.socket, 'sto'])).toEqual([
    'stop\tstop processes, and wait until each has ended',
  ]);
});

test('files, from home too, and the options of the daemon', async () => {
  const host = () => {
    const made = new FakeHost();
    mkdirSync(join(made.cwd, 'conf.d'));
    writeFileSync(join(made.cwd, 'conf.d/a.yaml'), '');
    made.env.HOME = made.cwd;
    return made;
  };
  expect(await answered(['--', 'taskmasterd', '-c', 'co'], host())).toEqual(['conf.d/\t']);
  expect(await answered(['--', 'taskmaster', '--config=~/conf.d/'], host())).toEqual(['--config=~/conf.d/a.yaml\t']);
  expect(await answered(['--', 'taskmasterctl', '-c', '/no/such/'], host())).toEqual([]);
  expect(await answered(['--', 'taskmasterd', '--ch'])).toEqual([
    '--check\tcheck the config, say what would run, and exit: 0 good, 2 bad',
  ]);
  expect(await answered(['--', 'taskmaster', '--ch'])).toEqual([]);
  expect(await answered([])).toHaveLength(COMMAND_VERBS.length);
});
