import { symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { filesIn } from '../../src/client/completion/directory.ts';
import { PROTOCOL, VERSION } from '../../src/protocol/version.ts';
import { ctl, FakeDaemon, FakeHost, fail, json, list, processInfo } from './support.ts';

const daemonInfo = json({ version: '9.9.9', protocol: '1.7', pid: 42 });

describe('pid', () => {
  test("without a name it is the daemon's", async () => {
    const daemon = await FakeDaemon.listen();
    daemon.on('daemon', daemonInfo);
    expect(await ctl(daemon, ['pid'])).toEqual({ code: 0, out: '42\n', err: '' });
    expect(JSON.parse((await ctl(daemon, ['pid', '--json'])).out)).toEqual({ daemon: 42 });
  });

  test('prints nothing for one process that does not run, so that `kill $(…)` gets no 0', async () => {
    const daemon = await FakeDaemon.listen();
    daemon.on('processes', list([processInfo('db', { pid: null, state: 'STOPPED' })]));
    expect(await ctl(daemon, ['pid', 'db'])).toEqual({ code: 7, out: '', err: 'db is not running (STOPPED)\n' });
    expect(await ctl(daemon, ['pid', 'd*'])).toMatchObject({ code: 7, out: '' });
    expect(await ctl(daemon, ['pid', 'all'])).toEqual({ code: 0, out: '0\n', err: '' });
    const { code, out } = await ctl(daemon, ['pid', 'db', '--json']);
    expect([code, JSON.parse(out).processes]).toEqual([7, [{ name: 'db', pid: 0 }]]);
  });

  test('prints 0 among several and exits with 7 for what does not run, save for all', async () => {
    const daemon = await FakeDaemon.listen();
    daemon.on('processes', list([processInfo('web'), processInfo('db', { pid: null })]));
    expect(await ctl(daemon, ['pid', 'web', 'db'])).toEqual({ code: 7, out: '7\n0\n', err: '' });
    expect(await ctl(daemon, ['pid', 'all'])).toMatchObject({ code: 0, out: '7\n0\n' });
    expect(JSON.parse((await ctl(daemon, ['--json', 'pid', 'all'])).out).processes[1]).toEqual({ name: 'db', pid: 0 });
  });

  test('an unknown name is 1 and leaves standard output to pids', async () => {
    const daemon = await FakeDaemon.listen();
    daemon.on('processes', list([], ['nosuch']));
    expect(await ctl(daemon, ['pid', 'nosuch'])).toEqual({ code: 1, out: '', err: 'No such process nosuch\n' });
  });
});

describe('avail', () => {
  test("prints supervisorctl's columns", async () => {
    const daemon = await FakeDaemon.listen();
    daemon.on('processes', list([processInfo('web'), processInfo('db', { autostart: false, priority: 10 })]));
    const { code, out } = await ctl(daemon, ['avail']);
    expect(code).toBe(0);
    expect(out).toBe(`${'web'.padEnd(33)}in use    auto      999\n${'db'.padEnd(33)}in use    manual    10\n`);
    expect(JSON.parse((await ctl(daemon, ['avail', '--json'])).out).processes[1]).toEqual({
      name: 'db',
      inUse: true,
      autostart: false,
      priority: 10,
    });
  });
});

describe('version', () => {
  test('tells both', async () => {
    const daemon = await FakeDaemon.listen();
    daemon.on('daemon', daemonInfo);
    expect(await ctl(daemon, ['version'])).toEqual({
      code: 0,
      out: `taskmasterctl ${VERSION} (protocol ${PROTOCOL})\ntaskmasterd 9.9.9 (protocol 1.7)\n`,
      err: '',
    });
    expect(JSON.parse((await ctl(daemon, ['version', '--json'])).out).daemon).toEqual({
      version: '9.9.9',
      protocol: '1.7',
      pid: 42,
    });
  });

  test("tells the client's when there is no daemon", async () => {
    const daemon = await FakeDaemon.listen();
    await daemon.close();
    const { code, out, err } = await ctl(daemon, ['version']);
    expect([code, out]).toEqual([7, `taskmasterctl ${VERSION} (protocol ${PROTOCOL})\n`]);
    expect(err).toMatch(/^cannot reach the daemon: nothing listens on /);
    expect(JSON.parse((await ctl(daemon, ['version', '--json'])).out).daemon).toBeNull();
  });

  test('--version needs no daemon', async () => {
    const daemon = await FakeDaemon.listen();
    expect(await ctl(daemon, ['--version'])).toEqual({ code: 0, out: `taskmasterctl ${VERSION}\n`, err: '' });
  });
});

describe('send', () => {
  test.each([
    [['repl', '1', '+', '1', '--enter'], '1 + 1\r'],
    [['repl', 'a\nb\r\nc'], 'a\rb\rc'],
    [['repl', '--', '--enter'], '--enter'],
    [['web:web_00', 'é'], 'é'],
  ])('%j', async (words, typed) => {
    const daemon = await FakeDaemon.listen();
    daemon.on('input', json({ accepted: 1 }));
    expect(await ctl(daemon, ['send', ...words])).toEqual({ code: 0, out: '', err: '' });
    expect(daemon.asked[0]).toMatchObject({ name: words[0], body: typed });
  });

  test.each([
    ['no_such_process', 1],
    ['not_running', 7],
    ['input_full', 1],
  ] as const)('%s is %i and its message', async (code, exit) => {
    const daemon = await FakeDaemon.listen();
    daemon.on('input', fail(code, 'told why'));
    expect(await ctl(daemon, ['send', 'web', 'x'])).toEqual({ code: exit, out: '', err: 'told why\n' });
  });
});

describe('help', () => {
  test('lists the verbs and explains one, without a daemon', async () => {
    const daemon = await FakeDaemon.listen();
    await daemon.close();
    expect((await ctl(daemon, ['help'])).out).toContain('\n  status ');
    expect((await ctl(daemon, [])).out).toBe((await ctl(daemon, ['--help'])).out);
    const explained = await ctl(daemon, ['help', 'maintail']);
    expect(explained.out).toMatch(/^usage: taskmasterctl log \[-f\] \[-n <lines>\] \[-c <bytes>\]\n/);
    expect(await ctl(daemon, ['log', '--help'])).toEqual(explained);
    expect((await ctl(daemon, ['help', 'quit'])).out).toMatch(/^usage: exit\n/); // of the shell's prompt
    expect(await ctl(daemon, ['help', 'stauts'])).toEqual({
      code: 1,
      out: '',
      err: 'unknown command "stauts": did you mean "status"?\n',
    });
  });
});

describe('what is wrong with a command line', () => {
  test.each([
    [['stauts'], 1, 'unknown command "stauts": did you mean "status"?\n'],
    [['xyzzy'], 1, 'unknown command "xyzzy": `help` lists them all\n'],
    [['history'], 1, 'cannot run history here: it is for the prompt that `taskmasterctl shell` opens\n'],
    [['start'], 2, 'start needs the name of a process\nusage: taskmasterctl start [--no-wait] SEL...\n'],
    [['signal', 'HUP'], 2, 'signal needs the name of a process\nusage: taskmasterctl signal SIG SEL...\n'],
    [['send', 'web'], 2, 'send needs text to type\nusage: taskmasterctl send [--enter] NAME TEXT...\n'],
    [['avail', 'x'], 2, 'avail takes no arguments\nusage: taskmasterctl avail\n'],
    [
      ['status', '--jsn'],
      2,
      "unknown option '--jsn' (Did you mean --json?)\nusage: taskmasterctl status [-u] [SEL...]\n",
    ],
    [['--nope', 'status'], 2, "unknown option '--nope'\n"],
    [['tail', '-n'], 2, /^option '-n, --lines <lines>' argument missing\nusage: /],
  ])('%j is %i', async (words, code, err) => {
    const daemon = await FakeDaemon.listen();
    const ran = await ctl(daemon, words);
    expect([ran.code, ran.out]).toEqual([code, '']);
    if (typeof err === 'string') expect(ran.err).toBe(err);
    else expect(ran.err).toMatch(err);
    expect(daemon.asked).toEqual([]);
  });
});

describe('commands from a pipe', () => {
  test('run one after the other, with comments, blank lines and quotes', async () => {
    const daemon = await FakeDaemon.listen();
    daemon.on('input', json({ accepted: 1 })).on('daemon', daemonInfo);
    const host = new FakeHost().pipe(`# comment\n\n  send web 'a  b' "c d"\npid\n`);
    expect(await ctl(daemon, [], host)).toEqual({ code: 0, out: '42\n', err: '' });
    expect(daemon.asked[0]?.body).toBe('a  b c d');
  });

  test('stop at the first that fails, with its exit code', async () => {
    const daemon = await FakeDaemon.listen();
    daemon.on('daemon', daemonInfo);
    const host = new FakeHost().pipe('pid\nstauts\npid\n');
    expect(await ctl(daemon, [], host)).toEqual({
      code: 1,
      out: '42\n',
      err: 'unknown command "stauts": did you mean "status"?\nline 2: stopped here: "stauts" gave exit code 1\n',
    });
  });

  test('go on after a status that shows something stopped, and exit with its 3 only when it was the last', async () => {
    const daemon = await FakeDaemon.listen();
    daemon.on('daemon', daemonInfo).on('processes', list([processInfo('db', { pid: null, state: 'STOPPED' })]));
    const shown = `${'db'.padEnd(33)}STOPPED   pid 7, uptime 0:01:02\n`;
    const script = (text: string) => ctl(daemon, [], new FakeHost().pipe(text));
    expect(await script('status\npid\n')).toEqual({ code: 0, out: `${shown}42\n`, err: '' });
    expect(await script('pid\nstatus db\n# the end\n')).toEqual({ code: 3, out: `42\n${shown}`, err: '' });
    expect((await script('status\nexit\npid\n')).code).toBe(3);
    expect((await script('status\nstauts\nstatus\n')).code).toBe(1);
  });

  test('stop at a status that asks for an unknown name', async () => {
    const daemon = await FakeDaemon.listen();
    daemon.on('daemon', daemonInfo).on('processes', list([], ['nosuch']));
    const { code, out } = await ctl(daemon, [], new FakeHost().pipe('status nosuch\npid\n'));
    expect([code, out]).toEqual([4, 'nosuch: ERROR (no such process)\n']);
  });

  test.each(['exit', 'quit'])('end at %s', async word => {
    const daemon = await FakeDaemon.listen();
    expect(await ctl(daemon, [], new FakeHost().pipe(`${word}\nnonsense\n`))).toEqual({ code: 0, out: '', err: '' });
  });

  test.each([
    ['unix://~/tm.sock', 0],
    ['~/tm.sock', 0],
    ['nobody.yaml', 7],
    ['tm.sock/x', 7],
    ['loop', 7],
    ['file://host/x', 7],
    ['x'.repeat(300), 7],
  ])('open %s, whatever is there, and go on with it', async (place, code) => {
    const host = new FakeHost().pipe(`open ${place}\npid\n`);
    Object.assign(host.env, { HOME: host.cwd });
    symlinkSync('loop', join(host.cwd, 'loop'));
    const daemon = await FakeDaemon.listen(join(host.cwd, 'tm.sock'));
    daemon.on('daemon', daemonInfo);
    expect((await ctl(daemon, [], host)).code).toBe(code);
    expect(filesIn('', host)).toEqual(['loop', 'tm.sock']);
  });

  test('an open quote is 2', async () => {
    const daemon = await FakeDaemon.listen();
    const { code, err } = await ctl(daemon, [], new FakeHost().pipe(`send web 'x\n`));
    expect([code, err]).toEqual([2, 'line 1: this single quote is never closed\n']);
  });

  test('options before them hold for each', async () => {
    const daemon = await FakeDaemon.listen();
    daemon.on('daemon', daemonInfo);
    const { out } = await ctl(daemon, ['--json'], new FakeHost().pipe('pid\n'));
    expect(JSON.parse(out)).toEqual({ daemon: 42 });
  });
});
