/** A reload of the built daemon, as people ask for it and see it. */
import { mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test, vi } from 'vitest';
import { readStat } from '../../src/daemon/procfs.ts';
import type { DaemonInfo, ProcessList, ReloadReply } from '../../src/protocol/messages.ts';
import { Bench, type RunningDaemon } from '../support/built.ts';

const SLEEP = 'cmd: sleep 1000';

/** A config of these programs, without a time to start in. */
function config(...programs: readonly string[]): string {
  return `defaults: {starttime: 0}\nprograms:\n${programs.map(line => `  ${line}\n`).join('')}`;
}

async function reload(daemon: RunningDaemon, body?: unknown): Promise<ReloadReply> {
  const { status, json, text } = await daemon.call('POST', '/v1/reload', body);
  expect([status, text]).toEqual([200, text]);
  return json as ReloadReply; // the test fails by what it expects of it
}

async function pids(daemon: RunningDaemon): Promise<Record<string, number | null>> {
  const { json } = await daemon.call('GET', '/v1/processes');
  return Object.fromEntries((json as ProcessList).processes.map(({ name, pid }) => [name, pid])); // as above
}

async function untilUp(daemon: RunningDaemon): Promise<Record<string, number | null>> {
  for (;;) {
    const found = await pids(daemon);
    if (Object.values(found).every(pid => pid !== null)) return found;
  }
}

async function started(yaml: string): Promise<{ bench: Bench; daemon: RunningDaemon }> {
  const bench = new Bench(yaml);
  const daemon = await bench.start();
  await untilUp(daemon);
  return { bench, daemon };
}

describe('asked for', () => {
  const sized = (cols: number): string => config(`web: {${SLEEP}, terminal: {cols: ${cols}}}`);

  test('by SIGHUP, reload, update and POST it does the same; reread and --dry-run only show', async () => {
    const { bench, daemon } = await started(sized(100));
    const before = await pids(daemon);
    const cols = async (): Promise<number> => (await daemon.info('web')).terminal.cols;
    const ways: readonly (() => Promise<unknown>)[] = [
      async () => expect(bench.ctl(['reload']).code).toBe(0),
      async () => expect(bench.ctl(['update']).code).toBe(0),
      () => reload(daemon),
      async () => {
        daemon.signal('SIGHUP');
        await daemon.untilEvent(({ type, reason }) => type === 'config.reloaded' && reason === 'SIGHUP');
      },
    ];
    for (const [i, ask] of ways.entries()) {
      bench.write(sized(101 + i));
      await ask();
      expect([await cols(), await pids(daemon)]).toEqual([101 + i, before]);
    }
    bench.write(sized(80));
    const shown = 'web  applied now  terminal.cols: 104 -> 80\n1 would change, 0 not; this was a dry run\n';
    expect(bench.ctl(['reread'])).toEqual({ code: 0, out: shown, err: '' });
    expect(bench.ctl(['reload', '--dry-run'])).toEqual({ code: 0, out: shown, err: '' });
    expect(await reload(daemon, { dryRun: true })).toMatchObject({ applied: false, results: [] });
    expect([await cols(), (await daemon.events()).filter(({ type }) => type === 'config.reloaded').length]).toEqual([
      104, 4,
    ]);
    expect(
      (await daemon.log()).filter(({ msg }) => /^config reloaded \(SIGHUP\): 1 changed, 0 not$/.test(String(msg))),
    ).toHaveLength(1);
    expect((await daemon.log()).map(({ msg }) => msg)).toContain('web: applied now: terminal.cols: 103 -> 104');
  });

  test("with nothing changed it says so in supervisorctl's words", async () => {
    const { bench } = await started(sized(100));
    expect(bench.ctl(['update']).out).toBe('No config updates to processes\n');
    expect(JSON.parse(bench.ctl(['reload', '--json']).out)).toEqual({
      applied: true,
      processes: [],
      unchanged: 1,
      daemon: [],
      overrides: {},
      warnings: [],
      results: [],
    });
  });
});

test('what is shown: each process with what changed and what happens to it, aligned or as JSON, and no secret', async () => {
  const before = config(
    `api: {${SLEEP}, env: {PASSWORD: hunter2, ROLE: front}}`,
    `gone: {${SLEEP}}`,
    `same: {${SLEEP}}`,
    `stopped: {${SLEEP}}`,
    `web: {${SLEEP}, numprocs: 2}`,
  );
  const after = config(
    `api: {${SLEEP}, env: {PASSWORD: hunter3, TOKEN: hunter4}, stoptime: 2}`,
    `hand: {${SLEEP}, autostart: false}`,
    `fresh: {cmd: /no/such/thing, startretries: 0}`,
    `same: {${SLEEP}}`,
    `stopped: {${SLEEP}, umask: 077}`,
    `web: {${SLEEP}, numprocs: 3, autorestart: never}`,
  );
  const { bench, daemon } = await started(before);
  expect(bench.ctl(['stop', 'stopped']).code).toBe(0);
  bench.write(after);
  const table = (verdict: string): string => `\
api                      restart      stoptime: 10s -> 2s
                                      env.PASSWORD: (hidden) -> (changed)
                                      env.ROLE: (hidden) -> (none)
                                      env.TOKEN: (none) -> (hidden)
fresh                    start        new
gone                     stop         not in the config any more
hand                     nothing      new; not started, as autostart is off
stopped                  nothing      umask: (none) -> 077
                                      takes effect at its next start
web:web_00 … web:web_01  applied now  numprocs: 2 -> 3
                                      autorestart: unexpected -> never
web:web_02               start        numprocs: 2 -> 3
${verdict}
`;
  expect(bench.ctl(['reread']).out).toBe(table('8 would change, 1 not; this was a dry run'));
  const dry = bench.ctl(['reread', '--json']);
  const { processes, unchanged } = JSON.parse(dry.out);
  expect(unchanged).toBe(1);
  expect(processes.find(({ name }: { name: string }) => name === 'api')).toEqual({
    name: 'api',
    was: 'api',
    program: 'api',
    kind: 'kept',
    action: 'restart',
    note: null,
    changes: [
      { key: 'stoptime', class: 'now', from: '10s', to: '2s' },
      { key: 'env.PASSWORD', class: 'restart', from: '(hidden)', to: '(changed)' },
      { key: 'env.ROLE', class: 'restart', from: '(hidden)', to: null },
      { key: 'env.TOKEN', class: 'restart', from: null, to: '(hidden)' },
    ],
  });
  const done = bench.ctl(['reload']);
  expect(done.out).toBe(
    `${table('8 changed, 1 not')}fresh: ERROR (spawn error): cannot run /no/such/thing: no such file\n`,
  );
  expect(done.code).toBe(7);
  expect(bench.ctl(['status', 'stopped']).out).toMatch(/^stopped +STOPPED .* \(stopped by hand, autostart is on\)\n$/);
  expect(Object.keys(await pids(daemon))).toEqual([
    ...['api', 'fresh', 'hand', 'same', 'stopped', 'web:web_00', 'web:web_01', 'web:web_02'],
  ]);
  const told = [dry.out, done.out, JSON.stringify(await daemon.events()), JSON.stringify(await daemon.log())].join();
  expect(told).not.toContain('hunter');
  expect(told).toContain('env.PASSWORD');
});

describe('numprocs', () => {
  const web = (numprocs: number, cmd = 'sleep 1000'): string => config(`web: {cmd: "${cmd}", numprocs: ${numprocs}}`);
  const nn = (i: number): string => `web:web_0${i}`;

  test('3 to 5 starts two; 5 to 2 stops 04, 03, 02; the rest keep their pids', async () => {
    const { bench, daemon } = await started(web(3));
    const three = await pids(daemon);
    bench.write(web(5));
    expect((await reload(daemon)).results).toMatchObject([
      { name: nn(3), code: 'done' },
      { name: nn(4), code: 'done' },
    ]);
    const five = await untilUp(daemon);
    expect(five).toMatchObject(three);
    expect(Object.keys(five)).toHaveLength(5);
    bench.write(web(2));
    await reload(daemon);
    expect(await pids(daemon)).toEqual({ [nn(0)]: five[nn(0)], [nn(1)]: five[nn(1)] });
    const stopping = (await daemon.events()).filter(({ to }) => to === 'STOPPING').map(({ process }) => process);
    expect(stopping).toEqual([nn(4), nn(3), nn(2)]);
  });

  test('1 to 3 renames number 0, which keeps its pid; 3 to 1 names it back', async () => {
    const { bench, daemon } = await started(web(1));
    const { web: pid } = await pids(daemon);
    bench.write(web(3));
    const out = bench.ctl(['reload']).out;
    expect(out).toMatch(/^web -> web:web_00 +applied now +numprocs: 1 -> 3\n/);
    expect((await untilUp(daemon))[nn(0)]).toBe(pid);
    expect((await daemon.call('GET', '/v1/processes/web')).status).toBe(404);
    bench.write(web(1));
    await reload(daemon);
    expect(await pids(daemon)).toEqual({ web: pid });
  });

  test('0 is an error, and everything runs on', async () => {
    const { bench, daemon } = await started(web(2));
    const before = await pids(daemon);
    bench.write(web(0));
    const { code, err } = bench.ctl(['reload']);
    expect([code, err]).toEqual([1, expect.stringMatching(/taskmaster\.yaml:3:38: error: .*numprocs/)]);
    expect(await pids(daemon)).toEqual(before);
  });

  test('a cmd that uses ${numprocs} restarts all, and the dry run says why', async () => {
    const { bench, daemon } = await started(web(2, 'sleep 100${numprocs}'));
    const before = await pids(daemon);
    bench.write(web(3, 'sleep 100${numprocs}'));
    expect(bench.ctl(['reload', '--dry-run']).out).toBe(
      `web:web_00 … web:web_01  restart  numprocs: 2 -> 3
                                  cmd: sleep 1002 -> sleep 1003
web:web_02               start    numprocs: 2 -> 3
3 would change, 0 not; this was a dry run
`,
    );
    await reload(daemon);
    const after = await untilUp(daemon);
    expect(Object.values(after).filter(pid => Object.values(before).includes(pid))).toEqual([]);
    expect((await daemon.info(nn(0))).command).toEqual(['sleep', '1003']);
  });

  test('scale does it at run time until the next reload, which says that it overrides it', async () => {
    const { bench, daemon } = await started(web(2));
    const two = await pids(daemon);
    expect(bench.ctl(['scale', 'web=4'])).toMatchObject({ code: 0, err: '' });
    const four = await untilUp(daemon);
    expect(four).toMatchObject(two);
    expect(Object.keys(four)).toHaveLength(4);
    expect((await daemon.call('GET', '/v1/daemon')).json).toMatchObject({ scaled: { web: 4 } });
    expect(bench.ctl(['reread']).out).toMatch(/\nthis ends `scale web=4`\n/);
    expect(bench.ctl(['reload']).out).toMatch(/\nthis ends `scale web=4`\n2 changed, 2 not\n$/);
    expect(await pids(daemon)).toEqual(two);
    expect((await daemon.call('GET', '/v1/daemon')).json).toMatchObject({ scaled: {} });
    expect((await reload(daemon)).overrides).toEqual({});
    expect(bench.ctl(['scale', 'web=0'])).toMatchObject({ code: 2, err: expect.stringContaining('`stop web:*`') });
    expect(bench.ctl(['scale', 'nosuch=2'])).toMatchObject({
      code: 1,
      err: expect.stringContaining('no such program'),
    });
    for (const word of ['web', 'web=x', 'web=-1']) expect(bench.ctl(['scale', word]).code).toBe(2);
  });
});

test('renamed, moved to another file, reordered, commented, written differently: the same pids', async () => {
  const { bench, daemon } = await started(
    config(
      `one: {${SLEEP}, stoptime: 5, umask: 022}`,
      `two: {${SLEEP}, stdout: two.log}`,
      `old: {cmd: sleep 999}`,
    ).replace('starttime: 0', 'starttime: 0, stopsignal: TERM'),
  );
  const before = await pids(daemon);
  mkdirSync(join(bench.dir, 'conf.d'));
  writeFileSync(join(bench.dir, 'conf.d/two.yaml'), `programs: {two: {stdout: ../two.log, ${SLEEP}}} # moved here\n`);
  bench.write(`\
# everything is written anew
include: conf.d/*.yaml
programs:
  new:
    cmd: [sleep, "999"]
  one:
    umask: "0o22"
    stopsignal: 15
    stoptime: 5s   # as it was
    ${SLEEP}
defaults: {stopsignal: SIGTERM, starttime: 0s}
`);
  const { out } = bench.ctl(['reload']);
  expect(out).toBe('old -> new  applied now  another name\n1 changed, 2 not\n');
  expect(await pids(daemon)).toEqual({ new: before.old, one: before.one, two: before.two });
  expect((await daemon.events()).filter(({ type }) => type === 'process.spawned')).toHaveLength(3);
});

describe('a broken file', () => {
  const broken = `programs:\n  web: {cmd: sleep 5, umsk: 022}\n  api: {cmd: sleep 5, stoptime: never}\n  db: {}\n`;
  const errors = [
    /taskmaster\.yaml:2:23: .*`umsk`/,
    /taskmaster\.yaml:3:33: .*stoptime/,
    /taskmaster\.yaml:4:3: .*`cmd`/,
  ];

  test('changes nothing; all mistakes, with their places, go to who asked and to the log', async () => {
    const { bench, daemon } = await started(config(`web: {${SLEEP}}`, `api: {${SLEEP}, numprocs: 2}`));
    const before = await pids(daemon);
    bench.write(broken);
    for (const args of [['reload'], ['reread'], ['update']]) {
      const { code, out, err } = bench.ctl(args);
      expect([code, out]).toEqual([1, '']);
      for (const error of errors) expect(err).toMatch(error);
      expect(err).toContain('the config has 3 mistakes; nothing was changed');
      expect(err).toContain('    web: {cmd: sleep 5, umsk: 022}\n');
    }
    const { status, json } = await daemon.call('POST', '/v1/reload');
    expect([status, json]).toMatchObject([
      422,
      { error: { code: 'bad_config', problems: [{ line: 2 }, { line: 3 }, { line: 4 }] } },
    ]);
    const shown = JSON.parse(bench.ctl(['reload', '--json']).out);
    expect(shown).toMatchObject({
      error: { code: 'bad_config', problems: [{ column: 23 }, { column: 33 }, { column: 3 }] },
    });
    daemon.signal('SIGHUP');
    await daemon.untilEvent(({ type, reason }) => type === 'config.refused' && reason === 'SIGHUP');
    const log = (await daemon.log()).filter(({ level }) => level === 'error').map(({ msg }) => String(msg));
    expect(log).toContain('config not reloaded (SIGHUP), nothing was changed: 3 mistakes');
    for (const error of errors) expect(log.slice(-3).some(line => error.test(line))).toBe(true);
    expect(await pids(daemon)).toEqual(before);
    await daemon.call('POST', '/v1/restart', { select: ['web'] });
    expect(await daemon.info('web')).toMatchObject({ command: ['sleep', '1000'], state: 'RUNNING', starts: 2 });
  });

  test.each([
    ['that is no YAML', 'programs: {web: [', /taskmaster\.yaml:1:/],
    [
      'whose included file is gone',
      `include: [more.yaml]\n${config(`web: {${SLEEP}}`)}`,
      /more\.yaml.*matches no file/,
    ],
    [
      'whose log cannot be opened',
      `daemon: {log: taskmaster.yaml/x.log}\n${config(`new: {${SLEEP}}`)}`,
      /cannot open the daemon's log/,
    ],
  ])('%s', async (_, text, words) => {
    const { bench, daemon } = await started(config(`web: {${SLEEP}}`));
    const before = await pids(daemon);
    bench.write(text);
    expect(bench.ctl(['reload'])).toMatchObject({ code: 1, out: '', err: expect.stringMatching(words) });
    expect(await pids(daemon)).toEqual(before);
    bench.write(config(`web: {${SLEEP}}`));
    expect(bench.ctl(['reload']).out).toBe('No config updates to processes\n');
  });
});

describe('the daemon section', () => {
  test('what can be applied is; what needs a new start of the daemon is told at each reload until then', async () => {
    const text = (daemon: string): string => `daemon: ${daemon}\n${config(`web: {${SLEEP}}`)}`;
    const { bench, daemon } = await started(text('{}'));
    const before = await pids(daemon);
    const changed = text(
      '{log: {file: own.log, level: debug, backups: 3}, socket: {path: other.sock, mode: "0660"}, shutdowntimeout: 30}',
    );
    bench.write(changed);
    const PENDING = `daemon.socket.path: (none) -> ${bench.dir}/other.sock`;
    const NEEDS = `taskmasterd  needs a restart of the daemon  ${PENDING}\n`;
    expect(bench.ctl(['reload']).out).toBe(`\
${NEEDS}\
taskmasterd  applied now                    daemon.socket.mode: 0600 -> 0660
taskmasterd  applied now                    daemon.log.file: (none) -> ${bench.dir}/own.log
taskmasterd  applied now                    daemon.log.level: info -> debug
taskmasterd  applied now                    daemon.log.backups: 10 -> 3
taskmasterd  applied now                    daemon.shutdowntimeout: (none) -> 30s
0 changed, 1 not
`);
    expect(statSync(bench.socket).mode & 0o777).toBe(0o660);
    expect(await pids(daemon)).toEqual(before);
    await daemon.call('POST', '/v1/restart', { select: ['web'] });
    const own = (): string => readFileSync(join(bench.dir, 'own.log'), 'utf8');
    while (!own().includes('"level":"debug"')) await daemon.call('GET', '/healthz');
    expect(((await daemon.call('GET', '/v1/daemon')).json as DaemonInfo).logfile).toBe(join(bench.dir, 'own.log'));
    expect(bench.ctl(['reload']).out).toBe(`${NEEDS}0 changed, 1 not\n`);
    daemon.signal('SIGHUP');
    await daemon.untilEvent(({ type, reason }) => type === 'config.reloaded' && reason === 'SIGHUP');
    while (own().split(`${PENDING}: this needs a restart of the daemon`).length < 4)
      await daemon.call('GET', '/healthz');
    bench.write(text('{}'));
    expect(bench.ctl(['reload']).out).not.toContain('needs a restart');
    await daemon.call('POST', '/v1/restart', { select: ['web'] });
    while (!String(bench.log.at(-1)?.msg).startsWith('web started')) await daemon.call('GET', '/healthz');
    expect(own().split('web started')).toHaveLength(2);
    bench.write(changed);
    await reload(daemon);
    daemon.signal('SIGTERM');
    expect((await daemon.exited).code).toBe(0);
    const next = await bench.start();
    expect((await next.call('GET', '/v1/daemon').catch(() => undefined))?.json).toMatchObject({
      socket: join(bench.dir, 'other.sock'),
    });
    expect((await reload(next)).daemon).toEqual([]);
  });
});

test('stopinput: which of the three ended it is in the log', async () => {
  const game = (script: string): string => `{cmd: [sh, -c, '${script}'], stopinput: "stop\\n", stoptime: 200ms}`;
  const loop = 'echo ready; while read line; do [ "$line" = stop ] && exit 0; done';
  const deaf = 'echo ready; while :; do sleep 0.01; done';
  const { bench, daemon } = await started(
    config(
      `typed: ${game(loop).replace('200ms', '1h')}`,
      `signalled: ${game(deaf)}`,
      `killed: ${game(`trap "" TERM; ${deaf}`)}`,
    ),
  );
  for (const name of ['typed', 'signalled', 'killed'])
    while (!(await daemon.call('GET', `/v1/processes/${name}/output`)).text.includes('ready'));
  expect(bench.ctl(['stop', 'all']).code).toBe(0);
  const log = await daemon.log();
  const how = (name: string): string =>
    String(log.find(({ process, msg }) => process === name && / after /.test(String(msg)))?.msg);
  expect(how('typed')).toMatch(/^typed exited with 0 after .*, upon its stopinput$/);
  expect(how('signalled')).toMatch(/^signalled was ended by SIGTERM after .*, upon its stopsignal$/);
  expect(how('killed')).toMatch(/^killed was ended by SIGKILL after .*, killed, as it did not end when asked to$/);
});

describe('while things are in motion', () => {
  test('one that is STARTING, STOPPING, in BACKOFF or FATAL, with another command: one new life each at most', async () => {
    const slow = `[sh, -c, 'trap "sleep 0.1; exit" TERM; echo up; while :; do sleep 0.01; done']`;
    const text = (umask: string): string => `
programs:
  starting: {${SLEEP}, starttime: 1h${umask}}
  stopping: {cmd: ${slow}, starttime: 0${umask}}
  backoff: {cmd: "false", startretries: 1000${umask}}
  fatal: {cmd: /no/such/thing, startretries: 0${umask}}
`;
    const bench = new Bench(text(''));
    const daemon = await bench.start();
    await daemon.untilState('fatal', 'FATAL');
    await daemon.untilState('backoff', 'BACKOFF');
    while (!(await daemon.call('GET', '/v1/processes/stopping/output')).text.includes('up'));
    const starts = async (): Promise<number[]> =>
      await Promise.all(
        ['starting', 'stopping', 'backoff', 'fatal'].map(async name => (await daemon.info(name)).starts),
      );
    const before = await starts();
    const stopped = daemon.call('POST', '/v1/stop', { select: ['stopping'] });
    await daemon.untilState('stopping', 'STOPPING');
    bench.write(text(', umask: 077'));
    const [first, second] = await Promise.all([reload(daemon, { wait: false }), reload(daemon, { wait: false })]);
    const actions = (reply: ReloadReply): string[] => reply.processes.map(({ name, action }) => `${name} ${action}`);
    expect(actions(first)).toEqual(['backoff restart', 'fatal restart', 'starting restart', 'stopping nothing']);
    expect(actions(second)).toEqual([]);
    expect((await stopped).json).toMatchObject({ results: [{ name: 'stopping', code: 'done' }] });
    await daemon.untilEvent(
      ({ process, type, pid }) => process === 'starting' && type === 'process.exit' && pid !== null,
    );
    while ((await starts())[0] === before[0]);
    const after = await starts();
    expect(after.map((n, i) => n - (before[i] ?? 0))).toEqual([1, 0, expect.any(Number), 1]);
    expect((await daemon.info('stopping')).state).toBe('STOPPED');
  });

  test('a program that is removed while someone waits for its start: both are answered', async () => {
    const bench = new Bench(config(`web: {${SLEEP}, starttime: 1h, autostart: false}`, `api: {${SLEEP}}`));
    const daemon = await bench.start();
    const asked = daemon.call('POST', '/v1/start', { select: ['web'] });
    await daemon.untilEvent(({ process, type }) => process === 'web' && type === 'process.spawned');
    const { pid } = await daemon.info('web');
    bench.write(config(`api: {${SLEEP}}`));
    expect((await reload(daemon)).results).toMatchObject([{ name: 'web', code: 'done', message: 'stopped' }]);
    expect((await asked).json).toMatchObject({ results: [{ name: 'web', ok: false }] });
    expect(Object.keys(await pids(daemon))).toEqual(['api']);
    expect(readdirSync('/proc')).not.toContain(String(pid));
  });

  test('one that the user stopped stays stopped; one that the user started runs on', async () => {
    const text = (keys: string): string =>
      config(`web: {${SLEEP}${keys}}`, `hand: {${SLEEP}, autostart: false${keys}}`);
    const bench = new Bench(text(''));
    const daemon = await bench.start();
    await daemon.call('POST', '/v1/stop', { select: ['web'] });
    await daemon.call('POST', '/v1/start', { select: ['hand'] });
    const { pid } = await daemon.info('hand');
    bench.write(text(', umask: 077'));
    expect((await reload(daemon)).processes.map(({ name, action }) => `${name} ${action}`)).toEqual([
      'hand restart',
      'web nothing',
    ]);
    expect([(await daemon.info('web')).state, (await daemon.info('hand')).state]).toEqual(['STOPPED', 'RUNNING']);
    expect((await daemon.info('hand')).pid).not.toBe(pid);
  });

  test('100 reloads in a row under churn: what does not change is not touched, nothing lives twice, nothing leaks', async () => {
    const text = (i: number): string =>
      config(
        `still: {${SLEEP}, stdout: still.log}`,
        `logs: {${SLEEP}, stdout: out${i % 3}.log, stderr: err${i % 2}.log, scrollback: ${4 + i}KB}`,
        `many: {${SLEEP}, numprocs: ${1 + (i % 4)}, stdout: "\${process}.log", pidfile: "\${process}.pid"}`,
        `renewed: {${SLEEP}, umask: ${['022', '027', '077'][i % 3]}, stdout: renewed.log}`,
        ...(i % 2 === 0 ? [`comes: {${SLEEP}, stdout: comes.log, stderr: discard}`] : []),
        `name${i % 2}: {cmd: sleep 1001}`,
      );
    const { bench, daemon } = await started(text(0));
    const fds = (): number => readdirSync(`/proc/${daemon.pid}/fd`).length;
    const kept = async (): Promise<unknown[]> => {
      const { still, logs, 'many:many_00': first, many, name0, name1 } = await pids(daemon);
      return [still, logs, first ?? many, name0 ?? name1];
    };
    const [open, same] = [fds(), await kept()];
    const { json } = await daemon.call('GET', '/v1/daemon');
    const churn: Promise<unknown>[] = [];
    for (let i = 1; i <= 100; i++) {
      bench.write(text(i));
      if (i % 5 === 0) churn.push(daemon.call('POST', '/v1/restart', { select: ['renewed', 'comes'] }));
      if (i % 7 === 0) churn.push(daemon.call('POST', '/v1/stop', { select: ['comes'] }));
      if (i % 7 === 3) churn.push(daemon.call('POST', '/v1/start', { select: ['comes'] }));
      const asked = reload(daemon, { wait: i % 10 === 0 });
      if (i % 3 === 0) churn.push(asked);
      else await asked;
    }
    await Promise.all(churn);
    await daemon.call('POST', '/v1/start', { select: ['all'] });
    bench.write(text(0));
    await reload(daemon);
    await untilUp(daemon);
    expect(await kept()).toEqual(same);
    while (fds() !== open) await daemon.call('GET', '/healthz'); // a log file is closed once it is written
    // A moment later: a timer sees to it that requests which were repeated fast are told of together.
    const before = (json as DaemonInfo).resources;
    const grown = async (): Promise<unknown[]> => {
      const { resources } = (await daemon.call('GET', '/v1/daemon')).json as DaemonInfo;
      return Object.entries(resources).filter(([name, count]) => count > (before[name] ?? 0));
    };
    await vi.waitFor(async () => expect(await grown()).toEqual([]), 20_000);
    const children = readdirSync('/proc').filter(
      name => /^\d+$/.test(name) && readStat(Number(name))?.ppid === daemon.pid,
    );
    expect(children.map(Number).sort()).toEqual(Object.values(await pids(daemon)).sort());
    expect(readdirSync(bench.dir).filter(name => name.endsWith('.pid'))).toEqual(['many.pid']);
    daemon.signal('SIGTERM');
    expect(await daemon.exited).toMatchObject({ code: 0, err: '' });
    expect(bench.log.filter(({ msg }) => String(msg).includes('fault'))).toEqual([]);
  });

  test('a request for many processes leaves nothing on standard error', async () => {
    const { daemon } = await started(config(`many: {${SLEEP}, numprocs: 12}`));
    await daemon.call('POST', '/v1/restart', { select: ['all'] });
    daemon.signal('SIGTERM');
    expect(await daemon.exited).toMatchObject({ code: 0, err: '' });
  });
});

test('whoever follows the output of a process that a reload removes gets its end', async () => {
  const { bench, daemon } = await started(
    config('talker: {cmd: [sh, -c, "echo hello; exec sleep 1000"]}', 'b: {cmd: sleep 1000}'),
  );
  const followed = daemon.call('GET', '/v1/processes/talker/output?follow=1');
  writeFileSync(bench.config, config('b: {cmd: sleep 1000}'));
  while (!(await daemon.call('GET', '/v1/processes/talker/output')).text.includes('hello')); // on later connections
  await daemon.call('POST', '/v1/reload');
  expect((await followed).text).toBe('hello\r\n');
});

test('a log of the daemon where nothing can be made is an error, also where Node would look for ever', async () => {
  const { bench, daemon } = await started(`${config('a: {cmd: sleep 1000}')}`);
  const { pid } = await daemon.info('a');
  writeFileSync(bench.config, `daemon: {log: {file: /proc/nope/x.log}}\n${config('a: {cmd: sleep 1000}')}`);
  const { code, err } = bench.ctl(['reload']);
  expect([code, err]).toEqual([1, expect.stringContaining("cannot open the daemon's log /proc/nope/x.log")]);
  expect((await daemon.info('a')).pid).toBe(pid);
});

test('what is decided for a new one of a program that was stopped by hand outlives the daemon', async () => {
  const { bench, daemon } = await started(config('web: {cmd: sleep 1000, numprocs: 2}'));
  expect(bench.ctl(['stop', 'web:*']).code).toBe(0);
  writeFileSync(bench.config, config('web: {cmd: sleep 1000, numprocs: 3}'));
  expect(bench.ctl(['reload']).out).toContain('not started, as the others were stopped by hand');
  expect((await daemon.info('web:web_02')).note).toBe('stopped by hand, autostart is on');
  await daemon.end();
  const next = await bench.start();
  expect((await next.info('web:web_02')).state).toBe('STOPPED');
});
