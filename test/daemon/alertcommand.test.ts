/** Commands that alerts run, and logger(1), in real terminals. */
import { chmodSync, readFileSync, readlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import type { CommandSpec } from '../../src/core/alert.ts';
import type { Outcome } from '../../src/daemon/attempt.ts';
import { inheritedFds } from '../../src/daemon/inherited.ts';
import { makeMessage } from '../support/alerts.ts';
import { ALICE } from '../support/people.ts';
import { hasRsyslog, Rsyslog } from '../support/servers.ts';
import { poolWork, tell } from '../support/telling.ts';
import { fdsOfSleep, isAlive, pid, RealWorld, tempDir, untilPrinted } from '../support/world.ts';

const command = (argv: readonly string[], changes: Partial<CommandSpec> = {}): CommandSpec => ({
  kind: 'command',
  argv,
  here: '/etc/taskmaster',
  user: undefined,
  ...changes,
});

/** A shell script; a dollar of the config is written twice. */
const script = (text: string): CommandSpec => command(['sh', '-c', text.replaceAll('$', () => '$$')]);

/** What this process was itself started with; the daemon closes that at start-up (`inherited.ts`). */
const inherited = inheritedFds();

const isRoot = process.getuid?.() === 0;

describe('what it is told', () => {
  test('by its words: each stays one, whatever the value holds', async () => {
    const file = join(tempDir(), 'words');
    const evil = 'two words; $(touch /tmp/x) `id` "\'\n${program}';
    const argv = [
      'sh',
      '-c',
      `printf '%s\\n' "$@" >"${file}"`,
      'sh',
      '${program}',
      '${process} $${x} $$',
      '${summary}',
    ];
    const more = ['${code}', '${pid}', '${condition}', '${group}', '${host}', '${here}/page', '${NOT_SET:-default}'];
    const message = makeMessage({ summary: evil, process: 'web:web_00', group: 'web' });
    expect(await tell(command([...argv, ...more]), message)).toMatchObject({ ok: true });
    expect(readFileSync(file, 'utf8')).toBe(
      `web\nweb:web_00 \${x} $\n${evil}\n3\n4711\nfatal\nweb\nweb1.example.org\n/etc/taskmaster/page\ndefault\n`,
    );
  });

  test("by its environment, beside the daemon's own", async () => {
    const file = join(tempDir(), 'env');
    await tell(script(`env -0 >"${file}"`), makeMessage({ summary: 'a\0b' }), {
      environment: { PATH: process.env.PATH, GREETING: 'hello' },
    });
    const env = new Map(
      readFileSync(file, 'utf8')
        .split('\0')
        .map(line => [line.slice(0, line.indexOf('=')), line.slice(line.indexOf('=') + 1)]),
    );
    expect(env.get('GREETING')).toBe('hello');
    expect(env.get('TASKMASTER_ALERT_CONDITION')).toBe('fatal');
    expect(env.get('TASKMASTER_ALERT_PROGRAM')).toBe('web');
    expect(env.get('TASKMASTER_ALERT_PROCESS')).toBe('web');
    expect(env.get('TASKMASTER_ALERT_SUMMARY')).toBe('ab');
    expect(env.get('TASKMASTER_ALERT_HOST')).toBe('web1.example.org');
    expect(env.get('TASKMASTER_ALERT_TEXT')).toContain('address in use');
    expect(env.has('TASKMASTER_ID')).toBe(false);
  });

  test('nothing by its standard input, which it need not wait for', async () => {
    expect(await tell(script('cat; echo "read all"'))).toEqual({ ok: true, answer: 'read all' });
  });
});

describe('what it tells', () => {
  test.each<[string, Outcome]>([
    ['echo one; echo two', { ok: true, answer: 'two' }],
    ["printf '\\033[32mgreen\\033[0m\\n\\n'", { ok: true, answer: 'green' }],
    ['true', { ok: true, answer: 'exited with 0' }],
    ['seq 1 100000', { ok: true, answer: '100000' }],
    ['echo no modem; exit 3', { ok: false, answer: 'exited with 3: no modem', isFinal: false, retryAfter: 0 }],
    ['kill -9 $$', { ok: false, answer: 'was ended by SIGKILL', isFinal: false, retryAfter: 0 }],
  ])('%s', async (text, outcome) => {
    expect(await tell(script(text))).toEqual(outcome);
  });

  test('that it cannot be run', async () => {
    const answer = '/no/such/page: no such file';
    expect(await tell(command(['/no/such/page']))).toMatchObject({ ok: false, answer: `cannot run ${answer}` });
    expect(await tell(command(['true'], { user: { user: 'nobody-at-all' } }))).toMatchObject({
      ok: false,
      answer: expect.stringContaining('no such user: nobody-at-all'),
    });
  });
});

describe('its end', () => {
  test('comes with SIGTERM to its group when its time is over', async () => {
    const controller = new AbortController();
    const file = join(tempDir(), 'pids');
    const told = tell(script(`sleep 1000 & echo $! $$ >"${file}"; wait`), makeMessage(), { controller });
    const pids = await untilWritten(file);
    controller.abort();
    expect(await told).toMatchObject({ ok: false });
    expect(pids).toHaveLength(2);
    for (const target of pids) await untilGone(target);
  });

  test('comes with SIGKILL where that does not help', async () => {
    const controller = new AbortController();
    const file = join(tempDir(), 'pids');
    const told = tell(
      script(`trap '' TERM HUP; (sleep 1000; :) & echo $! $$ >"${file}"; while :; do wait; done`),
      makeMessage(),
      {
        controller,
      },
    );
    const pids = await untilWritten(file);
    controller.abort();
    expect(await told).toMatchObject({ ok: false });
    for (const target of pids) await untilGone(target);
  });

  test('leaves nothing on its terminal', async () => {
    const file = join(tempDir(), 'pids');
    expect(await tell(script(`sleep 1000 & echo $! >"${file}"; echo done`))).toEqual({ ok: true, answer: 'done' });
    for (const target of await untilWritten(file)) await untilGone(target);
  });
});

describe('what it holds', () => {
  test("no file of the daemon's, and no terminal of a program's", async () => {
    const world = new RealWorld();
    const programs = [1, 2, 3].map(count => world.start('echo up; sleep 1000', { name: `web${count}` }));
    for (const program of programs) await untilPrinted(program, 'up');
    programs[1]?.dispatch({ type: 'kill', by: ALICE }); // a gap in the table
    const file = join(tempDir(), 'pid');
    const controller = new AbortController();
    let told: Promise<Outcome> | undefined;
    const pool = await poolWork(async () => {
      told = tell(script(`echo $$ >"${file}"; exec sleep 1000`), makeMessage(), { controller });
      const [target = 0] = await untilWritten(file);
      expect((await fdsOfSleep(target)).filter(fd => !inherited.includes(Number(fd)))).toEqual(['0', '1', '2']);
      const terminals = [target, ...[0, 2].flatMap(i => programs[i] ?? []).map(pid)].map(terminalOf);
      expect(new Set(terminals).size).toBe(3);
    });
    expect(pool).toEqual([]);
    controller.abort();
    expect(await told).toMatchObject({ ok: false });
  });

  test.skipIf(!isRoot)('no right of root, where the config says whom it runs as (needs root)', async () => {
    const dir = tempDir();
    chmodSync(dir, 0o777);
    const file = join(dir, 'who');
    writeFileSync(file, '');
    chmodSync(file, 0o666);
    const via = command(
      ['sh', '-c', `{ id -u; id -G; echo "$USER $HOME $TASKMASTER_ALERT_PROGRAM"; } >"${file}"; tty`],
      {
        user: { user: 'nobody' },
      },
    );
    const outcome = await tell(via);
    expect(outcome).toMatchObject({ ok: true, answer: expect.stringMatching(/^\/dev\/pts\//) });
    expect(readFileSync(file, 'utf8')).toMatch(/^65534\n65534\nnobody \S+ web\n$/);
  });
});

describe('the local syslog', () => {
  test.skipIf(!hasRsyslog)('hears of it by logger(1) (needs rsyslogd)', async () => {
    const rsyslog = await Rsyslog.start();
    const via = { kind: 'syslog', address: { transport: 'local' }, facility: 'local5' } as const;
    const message = makeMessage({ summary: '--help "läuft"', condition: 'output' });
    let outcome = await tell(via, message, { localSocket: rsyslog.socket });
    while (!outcome.ok) outcome = await tell(via, message, { localSocket: rsyslog.socket }); // it is just starting
    expect(outcome.answer).toBe('the local syslog has it');
    const long = makeMessage({ summary: `tail${'y'.repeat(400)}`, details: Array(4).fill('z'.repeat(400)) });
    expect(await tell(via, long, { localSocket: rsyslog.socket })).toMatchObject({ ok: true });
    expect((await rsyslog.untilRecord('tailyyy')).msg?.length).toBeGreaterThan(1500); // logger's own bound is 1024
    expect(await rsyslog.untilRecord('--help "läuft"')).toMatchObject({
      'syslogfacility-text': 'local5',
      'syslogseverity-text': 'warning',
      'app-name': 'taskmaster',
      procid: String(process.pid),
      inputname: 'imuxsock',
    });
  });

  test('is a failure where none listens', async () => {
    const via = { kind: 'syslog', address: { transport: 'local' }, facility: 'daemon' } as const;
    const dir = tempDir();
    expect(await tell(via, makeMessage(), { localSocket: join(dir, 'log') })).toMatchObject({
      ok: false,
      answer: `no syslog listens on this machine: there is no ${join(dir, 'log')}`,
    });
  });
});

function terminalOf(target: number): string {
  return readlinkSync(`/proc/${target}/fd/0`);
}

async function untilWritten(file: string): Promise<number[]> {
  for (;;) {
    const text = read(file);
    if (text.endsWith('\n')) return text.trim().split(/\s+/).map(Number);
    await new Promise(resolve => setImmediate(resolve));
  }
}

function read(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return ''; // not there yet
  }
}

async function untilGone(target: number): Promise<void> {
  while (isAlive(target)) await new Promise(resolve => setImmediate(resolve));
}
