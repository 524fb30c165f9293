/** How a reload is shown. */
import { describe, expect, test } from 'vitest';
import { formatReload } from '../../src/client/changes.ts';
import type { KeyChange } from '../../src/core/facets.ts';
import type { ChangeInfo, ReloadReply } from '../../src/protocol/messages.ts';
import { ctl, FakeDaemon, json } from './support.ts';

const STOPTIME: KeyChange = { key: 'stoptime', class: 'now', from: '10s', to: '2s' };
const NUMPROCS: KeyChange = { key: 'numprocs', class: 'instances', from: '2', to: '3' };

function change(name: string, fields: Partial<ChangeInfo> = {}): ChangeInfo {
  return {
    name,
    was: name,
    program: name.split(':')[0] ?? name,
    kind: 'kept',
    action: 'applied',
    changes: [STOPTIME],
    note: null,
    ...fields,
  };
}

function reply(processes: readonly ChangeInfo[], fields: Partial<ReloadReply> = {}): ReloadReply {
  return {
    applied: true,
    processes,
    unchanged: 0,
    daemon: [],
    overrides: {},
    warnings: [],
    results: [],
    ...fields,
  };
}

const show = (...args: Parameters<typeof reply>): string => formatReload(reply(...args), false);

describe('a reload', () => {
  test('that changes nothing says so as supervisorctl does', () => {
    expect(show([], { unchanged: 7 })).toBe('No config updates to processes\n');
    expect(show([], { unchanged: 7, applied: false })).toBe('No config updates to processes\n');
  });

  test('is a table: names and actions as wide as the widest, a reason a line', () => {
    const text = show(
      [
        change('api', {
          action: 'restart',
          changes: [STOPTIME, { key: 'cmd', class: 'restart', from: 'a', to: 'b c' }],
        }),
        change('longer-name', { kind: 'removed', action: 'stop', changes: [], note: 'not in the config any more' }),
        change('new', { kind: 'added', was: null, action: 'start', changes: [], note: 'new' }),
        change('off', { action: 'nothing', note: 'takes effect at its next start' }),
      ],
      { unchanged: 2 },
    );
    expect(text).toBe(`\
api          restart  stoptime: 10s -> 2s
                      cmd: a -> b c
longer-name  stop     not in the config any more
new          start    new
off          nothing  stoptime: 10s -> 2s
                      takes effect at its next start
4 changed, 2 not
`);
  });

  test('that is not done says that it would be', () => {
    expect(show([change('web')], { applied: false, unchanged: 1 })).toBe(
      'web  applied now  stoptime: 10s -> 2s\n1 would change, 1 not; this was a dry run\n',
    );
  });

  test('folds neighbours of one program to which the same happens', () => {
    const many = [0, 1, 2, 3].map(i => change(`web:web_0${i}`));
    expect(show(many)).toBe('web:web_00 … web:web_03  applied now  stoptime: 10s -> 2s\n4 changed, 0 not\n');
    const other = change('web:web_02', { action: 'restart' });
    expect(show([...many.slice(0, 2), other, ...many.slice(3)]).split('\n')).toHaveLength(5);
    expect(show([change('a'), change('b')]).split('\n')).toHaveLength(4);
  });

  test('shows what a process was called, and does not fold those', () => {
    const [one, two] = ['x', 'y'].map(own =>
      change(`new:${own}`, {
        was: `old:${own}`,
        changes: [{ key: 'processname', class: 'now', from: `old:${own}`, to: `new:${own}` }],
      }),
    );
    if (!one || !two) throw new Error('two');
    expect(show([one, two])).toBe(
      'old:x -> new:x  applied now  another name\nold:y -> new:y  applied now  another name\n2 changed, 0 not\n',
    );
  });

  test('tells of another number by those that come and go', () => {
    const kept = ['web:web_00', 'web:web_01'].map(name => change(name, { action: 'nothing', changes: [NUMPROCS] }));
    const added = change('web:web_02', { kind: 'added', was: null, action: 'start', changes: [NUMPROCS] });
    expect(show([...kept, added])).toBe('web:web_02  start  numprocs: 2 -> 3\n1 changed, 2 not\n');
  });

  test('tells what a key has no value of', () => {
    const changes: KeyChange[] = [
      { key: 'pidfile', class: 'now', from: null, to: '/run/x' },
      { key: 'env.A', class: 'restart', from: '(hidden)', to: null },
    ];
    expect(show([change('web', { changes })])).toContain('pidfile: (none) -> /run/x\n');
    expect(show([change('web', { changes })])).toContain('env.A: (hidden) -> (none)\n');
  });

  test('tells of the daemon first, and what needs a restart of it', () => {
    const daemon: KeyChange[] = [
      { key: 'daemon.socket.path', class: 'daemon', from: null, to: '/x' },
      { key: 'daemon.log.level', class: 'now', from: 'info', to: 'debug' },
    ];
    expect(show([], { daemon, unchanged: 3 })).toBe(`\
taskmasterd  needs a restart of the daemon  daemon.socket.path: (none) -> /x
taskmasterd  applied now                    daemon.log.level: info -> debug
0 changed, 3 not
`);
  });

  test('tells of each scale that it ends', () => {
    expect(show([], { overrides: { web: 4, db: 2 }, unchanged: 1 })).toBe(
      'this ends `scale web=4`\nthis ends `scale db=2`\nNo config updates to processes\n',
    );
  });

  test('has colours where they are wanted, and the same columns', () => {
    const told = reply([change('a'), change('bb', { action: 'stop', kind: 'removed' })]);
    const coloured = formatReload(told, true);
    expect(coloured).toContain('\x1b[');
    expect(coloured.replace(/\x1b\[[0-9;]*m/g, '')).toBe(formatReload(told, false));
  });
});

describe('the client', () => {
  const done = (code: 'done' | 'spawn_error', message: string) => ({ name: 'web', ok: code === 'done', code, message });

  test.each([
    ['reload', { dryRun: false, wait: true }],
    ['reload --no-wait', { dryRun: false, wait: false }],
    ['reload --dry-run', { dryRun: true, wait: true }],
    ['update', { dryRun: false, wait: true }],
    ['reread', { dryRun: true, wait: false }],
  ])('%s asks for it', async (line, body) => {
    const daemon = (await FakeDaemon.listen()).on('reload', json(reply([])));
    const { code, out } = await ctl(daemon, line.split(' '));
    expect([code, out]).toEqual([0, 'No config updates to processes\n']);
    expect(daemon.asked.map(({ route, body: asked }) => [route, JSON.parse(asked)])).toEqual([['reload', body]]);
  });

  test('scale asks for it', async () => {
    const daemon = (await FakeDaemon.listen()).on('scale', json(reply([])));
    expect((await ctl(daemon, ['scale', 'web=4'])).code).toBe(0);
    expect(JSON.parse(daemon.asked[0]?.body ?? '')).toEqual({ program: 'web', numprocs: 4, wait: true });
  });

  test('shows what did not come up, and exits with that; what did is not listed', async () => {
    const told = reply([change('web')], { results: [done('done', 'started'), done('spawn_error', 'no such file')] });
    const daemon = (await FakeDaemon.listen()).on('reload', json(told));
    const { code, out } = await ctl(daemon, ['reload']);
    expect([code, out.split('\n').slice(-2)]).toEqual([7, ['web: ERROR (spawn error): no such file', '']]);
  });

  test('shows warnings of the config on standard error', async () => {
    const warning = {
      severity: 'warning' as const,
      message: 'the include `x` matches no file',
      file: '/etc/tm.yaml',
      line: 1,
      column: 10,
      text: 'include: [x]',
    };
    const daemon = (await FakeDaemon.listen()).on('reload', json(reply([], { warnings: [warning] })));
    const { code, err } = await ctl(daemon, ['reload']);
    expect([code, err]).toEqual([
      0,
      '/etc/tm.yaml:1:10: warning: the include `x` matches no file\n    include: [x]\n             ^\n',
    ]);
  });
});
