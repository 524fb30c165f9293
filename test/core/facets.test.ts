/** Every key has its class, and every field of a spec a facet that notices a change of it. */
import { describe, expect, test } from 'vitest';
import { CONFIG_FILE } from '../../src/config/schema.ts';
import type { AlertSpec } from '../../src/core/alert.ts';
import {
  ALERT_FACETS,
  DAEMON_FACETS,
  describeChange,
  PROCESS_FACETS,
  RELOAD_CLASSES,
  type ReloadClass,
} from '../../src/core/facets.ts';
import type { DaemonSpec, ProcessSpec } from '../../src/core/program.ts';
import { daemonInForce, plan, planAlerts, planDaemon } from '../../src/core/reload.ts';
import { mailTo, makeAlert } from '../support/alerts.ts';
import { Play } from '../support/play.ts';
import { logTo, makeSpec } from '../support/spec.ts';

/** As much of a JSON Schema as tells which keys there are. */
interface Schema {
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly additionalProperties?: Schema | boolean;
  readonly anyOf?: readonly Schema[];
}

const TOP = (CONFIG_FILE.schema as Schema).properties ?? {}; // a table's schema has the shape of Schema

/** The keys below a schema that hold values and no further keys, a dot between a map and its key. */
function leavesOf(schema: Schema | undefined, prefix = ''): string[] {
  const maps = [schema, ...(schema?.anyOf ?? [])].flatMap(map => Object.entries(map?.properties ?? {}));
  if (maps.length === 0) return [prefix];
  return maps.flatMap(([key, below]) => leavesOf(below, prefix === '' ? key : `${prefix}.${key}`));
}

/** What an entry of a map from names is. */
function entryOf(schema: Schema | undefined): Schema {
  if (typeof schema?.additionalProperties !== 'object') throw new Error('no map from names');
  return schema.additionalProperties;
}

const KEYS = [
  ...leavesOf(entryOf(TOP.programs)),
  ...leavesOf(entryOf(TOP.groups)).map(key => `groups.${key}`),
  ...leavesOf(TOP.daemon).map(key => `daemon.${key}`),
  ...leavesOf(entryOf(TOP.alerts)).map(key => `alerts.${key}`),
];

describe('the classes', () => {
  test('sections: a new one needs a place in the list of keys above', () => {
    expect(Object.keys(TOP).sort()).toEqual(['alerts', 'daemon', 'defaults', 'groups', 'include', 'programs']);
    expect(KEYS).toEqual(expect.arrayContaining(['cmd', 'terminal.cols', 'stderr.maxsize', 'daemon.socket.mode']));
    const program = new Set(KEYS);
    expect(leavesOf(TOP.defaults).filter(key => !program.has(key))).toEqual([]);
  });

  test.each(KEYS)('%s has one', key => {
    expect(RELOAD_CLASSES.get(key)).toMatch(/^(now|instances|restart|daemon)$/);
  });

  test('are of keys that there are', () => {
    expect([...RELOAD_CLASSES.keys()].filter(key => !KEYS.includes(key))).toEqual(['stderr on its own']);
  });

  test('are those of the design', () => {
    const ofClass = (wanted: ReloadClass): string[] =>
      [...RELOAD_CLASSES].flatMap(([key, found]) => (found === wanted ? [key] : [])).sort();
    expect(ofClass('restart')).toEqual(
      [
        ...['cmd', 'shell', 'env', 'workingdir', 'umask', 'user', 'daemon.user', 'terminal.term'],
        'stderr on its own',
      ].sort(),
    );
    expect(ofClass('instances')).toEqual(['numprocs']);
    expect(ofClass('daemon')).toEqual(['daemon.socket.path']);
  });
});

const file = (path: string, maxsize = 1024, backups = 1): ProcessSpec['stdout'] => logTo(path, { maxsize, backups });

/** For each facet: a spec before, one after, and the values as they are shown. */
const ROWS: Readonly<
  Record<string, readonly [Partial<ProcessSpec>, Partial<ProcessSpec>, string | null, string | null]>
> = {
  processname: [{}, { fullname: 'web:x' }, 'web', 'web:x'],
  'groups.programs': [{}, { group: 'back' }, null, 'back'],
  numprocs: [{}, { numprocs: 3 }, '1', '3'],
  cmd: [{ argv: ['a', 'b c'] }, { argv: ['a', 'b', 'c'] }, "a 'b c'", 'a b c'],
  workingdir: [{}, { workingdir: '/srv' }, null, '/srv'],
  umask: [{ umask: 0o22 }, { umask: 0 }, '022', '000'],
  user: [{ user: { user: 'me' } }, { user: { user: 'me', group: 'adm' } }, 'me', 'me:adm'],
  autostart: [{}, { autostart: false }, 'true', 'false'],
  autorestart: [{}, { autorestart: 'never' }, 'unexpected', 'never'],
  exitcodes: [{}, { exitcodes: [2, 0] }, '[0]', '[0, 2]'],
  startretries: [{}, { startretries: 0 }, '3', '0'],
  starttime: [{}, { starttime: 1500 }, '1s', '1500ms'],
  stopsignal: [{}, { stopsignal: 'SIGINT' }, 'TERM', 'INT'],
  stoptime: [{}, { stoptime: 0 }, '10s', '0s'],
  stopinput: [{}, { stopinput: 'stop\n' }, null, '"stop\\n"'],
  stopasgroup: [{}, { stopasgroup: true }, 'false', 'true'],
  killasgroup: [{}, { killasgroup: true }, 'false', 'true'],
  leftovers: [{}, { leftovers: 'ignore' }, 'kill', 'ignore'],
  priority: [{}, { priority: 1, groupPriority: 1 }, '999', '1'],
  'groups.priority': [{}, { groupPriority: 1 }, null, '1'],
  pidfile: [{ pidfile: '/run/a' }, {}, '/run/a', null],
  'terminal.cols': [{}, { terminal: { cols: 80, rows: 40, term: 'xterm-256color' } }, '120', '80'],
  'terminal.rows': [{}, { terminal: { cols: 120, rows: 24, term: 'xterm-256color' } }, '40', '24'],
  'terminal.term': [{}, { terminal: { cols: 120, rows: 40, term: 'dumb' } }, 'xterm-256color', 'dumb'],
  scrollback: [{}, { scrollback: 1000 }, '1MB', '1000'],
  'stdout.file': [{ stdout: file('/a') }, { stdout: file('/b') }, '/a', '/b'],
  'stdout.maxsize': [{ stdout: file('/a') }, { stdout: file('/a', 0) }, '1KB', '0'],
  'stdout.backups': [{ stdout: file('/a') }, { stdout: file('/a', 1024, 9) }, '1', '9'],
  'stdout.compress': [{ stdout: logTo('/a') }, { stdout: logTo('/a', { compress: true }) }, 'false', 'true'],
  'stdout.mode': [{ stdout: logTo('/a') }, { stdout: logTo('/a', { mode: 0o640 }) }, '0600', '0640'],
  'stdout.format': [{ stdout: logTo('/a') }, { stdout: logTo('/a', { format: 'json' }) }, 'raw', 'json'],
  'stdout.timestamps': [{ stdout: logTo('/a') }, { stdout: logTo('/a', { timestamps: 'utc' }) }, null, 'utc'],
  'stdout.prefix': [{ stdout: logTo('/a') }, { stdout: logTo('/a', { prefix: '> ' }) }, null, '"> "'],
  'stderr.file': [{ stderr: file('/a') }, { stderr: file('/b') }, '/a', '/b'],
  'stderr.maxsize': [{ stderr: file('/a') }, { stderr: file('/a', 3 * 2 ** 30) }, '1KB', '3GB'],
  'stderr.backups': [{ stderr: file('/a') }, { stderr: file('/a', 1024, 9) }, '1', '9'],
  'stderr.compress': [{ stderr: logTo('/a') }, { stderr: logTo('/a', { compress: true }) }, 'false', 'true'],
  'stderr.mode': [{ stderr: logTo('/a') }, { stderr: logTo('/a', { mode: 0o640 }) }, '0600', '0640'],
  'stderr.format': [{ stderr: logTo('/a') }, { stderr: logTo('/a', { format: 'json' }) }, 'raw', 'json'],
  'stderr.timestamps': [{ stderr: logTo('/a') }, { stderr: logTo('/a', { timestamps: 'utc' }) }, null, 'utc'],
  'stderr.prefix': [{ stderr: logTo('/a') }, { stderr: logTo('/a', { prefix: '> ' }) }, null, '"> "'],
  'stderr on its own': [
    { stdout: file('/a'), stderr: { kind: 'none' } },
    { stdout: file('/a'), stderr: { kind: 'discard' } },
    'false',
    'true',
  ],
};

function changesOf(before: Partial<ProcessSpec>, after: Partial<ProcessSpec>) {
  const standing = { spec: makeSpec(before), current: new Play().life, intent: undefined, isLeaving: false };
  return plan([standing], [makeSpec(after)])[0]?.changes ?? [];
}

describe('the facets of a process', () => {
  test('each has a row in the table below', () => {
    expect(Object.keys(ROWS).sort()).toEqual(PROCESS_FACETS.map(({ key }) => key).sort());
  });

  test.each(Object.entries(ROWS))('%s', (key, [before, after, from, to]) => {
    const changes = changesOf(before, after);
    const own = key === 'stderr on its own' ? changes.filter(change => change.key !== 'stderr.file') : changes;
    expect(own).toEqual([{ key, class: RELOAD_CLASSES.get(key), from, to }]);
    expect(changesOf(before, before)).toEqual([]);
    expect(changesOf(after, before).map(change => change.key)).toEqual(changes.map(change => change.key));
  });

  test('every field of a spec has a facet that notices it', () => {
    // Which process it is, and what a name is made of, is what specs are matched by; variables are compared one by one.
    const matched = ['program', 'name', 'num', 'env'];
    const noticed = new Set(Object.values(ROWS).flatMap(([before, after]) => Object.keys({ ...before, ...after })));
    expect(Object.keys(makeSpec()).filter(field => !noticed.has(field))).toEqual(matched);
  });

  test('the order and the repetition of exit codes mean nothing', () => {
    expect(changesOf({ exitcodes: [0, 2, 2] }, { exitcodes: [2, 0] })).toEqual([]);
  });

  test('a path that both streams name is one merged stream: moving both keeps it so', () => {
    const changes = changesOf({ stdout: file('/a'), stderr: file('/a') }, { stdout: file('/b'), stderr: file('/b') });
    expect(changes.map(change => change.class)).toEqual(['now', 'now']);
  });

  test('variables: one by one, and never their values', () => {
    const changes = changesOf(
      { env: { SAME: 'x', CHANGED: 'hunter2', GONE: 'hunter3', UNSET: 'hunter4' } },
      { env: { SAME: 'x', CHANGED: 'hunter5', NEW: 'hunter6', UNSET: null, NONE: null } },
    );
    expect(changes.map(change => [change.class, describeChange(change)])).toEqual([
      ['restart', 'env.CHANGED: (hidden) -> (changed)'],
      ['restart', 'env.GONE: (hidden) -> (none)'],
      ['restart', 'env.NEW: (none) -> (hidden)'],
      ['restart', 'env.NONE: (none) -> (unset)'],
      ['restart', 'env.UNSET: (hidden) -> (unset)'],
    ]);
    expect(JSON.stringify(changes)).not.toContain('hunter');
  });

  test('built-ins that a shell command is given are shown, as they say why it restarts', () => {
    const changes = changesOf(
      { env: { numprocs: '3', num: '0', process: 'web' }, numprocs: 3 },
      {
        env: { numprocs: '5', num: '00', process: 'web_00' },
        numprocs: 5,
        program: 'web',
        group: 'web',
        name: 'web_00',
        fullname: 'web',
      },
    );
    expect(changes.map(describeChange)).toEqual([
      'numprocs: 3 -> 5',
      'env.num: 0 -> 00',
      'env.numprocs: 3 -> 5',
      'env.process: web -> web_00',
    ]);
  });

  test('a variable that only has the name of a built-in may be a secret', () => {
    const secrets = (value: string) => ({ env: { host: value, num: value, program: value, process: value } });
    const changes = changesOf(secrets('hunter2'), secrets('hunter3'));
    expect(changes).toHaveLength(4);
    expect(JSON.stringify(changes)).not.toContain('hunter');
  });
});

const DAEMON: DaemonSpec = {
  socket: { path: undefined, mode: 0o600 },
  log: { file: undefined, level: 'info', maxsize: 50 * 2 ** 20, backups: 10 },
  shutdowntimeout: undefined,
  detachkeys: undefined,
};

const DAEMON_ROWS: Readonly<Record<string, readonly [DaemonSpec, string | null, string | null]>> = {
  'daemon.socket.path': [{ ...DAEMON, socket: { ...DAEMON.socket, path: '/run/x' } }, null, '/run/x'],
  'daemon.socket.mode': [{ ...DAEMON, socket: { ...DAEMON.socket, mode: 0o660 } }, '0600', '0660'],
  'daemon.log.file': [{ ...DAEMON, log: { ...DAEMON.log, file: '/x.log' } }, null, '/x.log'],
  'daemon.log.level': [{ ...DAEMON, log: { ...DAEMON.log, level: 'debug' } }, 'info', 'debug'],
  'daemon.log.maxsize': [{ ...DAEMON, log: { ...DAEMON.log, maxsize: 2048 } }, '50MB', '2KB'],
  'daemon.log.backups': [{ ...DAEMON, log: { ...DAEMON.log, backups: 1 } }, '10', '1'],
  'daemon.shutdowntimeout': [{ ...DAEMON, shutdowntimeout: 30_000 }, null, '30s'],
  'daemon.detachkeys': [{ ...DAEMON, detachkeys: 'ctrl-p,ctrl-q' }, null, 'ctrl-p,ctrl-q'],
};

describe('the facets of the daemon', () => {
  test('each has a row in the table above', () => {
    expect(Object.keys(DAEMON_ROWS).sort()).toEqual(DAEMON_FACETS.map(({ key }) => key).sort());
  });

  test.each(Object.entries(DAEMON_ROWS))('%s', (key, [after, from, to]) => {
    expect(planDaemon(DAEMON, after)).toEqual([{ key, class: RELOAD_CLASSES.get(key), from, to }]);
    expect(planDaemon(after, after)).toEqual([]);
  });

  test('what waits for a new start of the daemon is told again at each reload; the rest is in force', () => {
    for (const [key, [after]] of Object.entries(DAEMON_ROWS)) {
      const left = planDaemon(daemonInForce(DAEMON, after), after).map(change => change.key);
      expect(left).toEqual(RELOAD_CLASSES.get(key) === 'daemon' ? [key] : []);
    }
  });
});

const mail = mailTo('ops@example.org');
const hook = { kind: 'http', url: 'https://example.org/a', headers: {}, secret: undefined } as const;
const syslog = { kind: 'syslog', address: { transport: 'local' }, facility: 'daemon' } as const;
const page = { kind: 'command', argv: ['page', 'a b'], here: '/etc', user: undefined } as const;
const smtp = (changes: Partial<typeof mail.smtp>): Partial<AlertSpec> => ({
  via: { ...mail, smtp: { ...mail.smtp, ...changes } },
});
const output = { match: 'a', ignoreCase: false, programs: [] };

/** As above, for an alert. */
const ALERT_CHANGES: Readonly<
  Record<string, readonly [Partial<AlertSpec>, Partial<AlertSpec>, string | null, string | null]>
> = {
  'email.to': [{ via: mail }, { via: { ...mail, to: ['a@b', 'c@d'] } }, '[ops@example.org]', '[a@b, c@d]'],
  'email.from': [{ via: mail }, { via: { ...mail, from: 'x@y' } }, 'tm@box', 'x@y'],
  'email.smtp.host': [smtp({}), smtp({ host: 'other' }), 'mail', 'other'],
  'email.smtp.port': [smtp({}), smtp({ port: 25 }), '587', '25'],
  'email.smtp.tls': [smtp({}), smtp({ tls: 'none' }), 'starttls', 'none'],
  'email.smtp.user': [smtp({}), smtp({ user: 'me' }), null, 'me'],
  'email.smtp.password': [smtp({ password: 'hunter2' }), smtp({ password: 'hunter3' }), '(hidden)', '(changed)'],
  'http.url': [
    { via: { ...hook, url: 'https://example.org' } },
    { via: { ...hook, url: 'https://example.org/hunter2' } },
    'https://example.org',
    'https://example.org/(hidden)',
  ],
  'http.headers': [{ via: hook }, { via: { ...hook, headers: { A: 'hunter2' } } }, null, '{A: (hidden)}'],
  'http.secret': [{ via: { ...hook, secret: 'hunter2' } }, { via: hook }, '(hidden)', null],
  'syslog.address': [
    { via: syslog },
    { via: { ...syslog, address: { transport: 'udp', host: '::1', port: 514 } } },
    'local',
    'udp://[::1]:514',
  ],
  'syslog.facility': [{ via: syslog }, { via: { ...syslog, facility: 'local3' } }, 'daemon', 'local3'],
  command: [{ via: page }, { via: { ...page, argv: ['page', '${x}'] } }, "page 'a b'", "page '${x}'"],
  user: [{ via: page }, { via: { ...page, user: { user: 'a', group: 'b' } } }, null, 'a:b'],
  on: [{ on: ['fatal'] }, { on: ['fatal', 'started'] }, '[fatal]', '[fatal, started]'],
  programs: [{}, { programs: ['web', 'd*'] }, null, '[web, d*]'],
  every: [{ every: 0 }, { every: 1500 }, '0s', '1500ms'],
  'crashloop.ends': [{}, { crashloop: { ends: 2, within: 300_000 } }, '5', '2'],
  'crashloop.within': [{}, { crashloop: { ends: 5, within: 1000 } }, '300s', '1s'],
  'output.match': [{ output }, { output: { ...output, ignoreCase: true } }, '/a/', '/a/i'],
  'output.programs': [{ output }, { output: { ...output, programs: ['web'] } }, null, '[web]'],
};

describe('the facets of an alert', () => {
  test('each has a row in the table above', () => {
    const keys = Object.keys(ALERT_CHANGES).map(key => `alerts.${key}`);
    expect(keys.sort()).toEqual(ALERT_FACETS.map(({ key }) => key).sort());
  });

  test.each(Object.entries(ALERT_CHANGES))('%s', (key, [before, after, from, to]) => {
    const [one, other] = [makeAlert(before), makeAlert(after)];
    expect(planAlerts([one], [other])).toEqual([{ key: `alerts.oncall.${key}`, class: 'now', from, to }]);
    expect(planAlerts([one], [makeAlert(before)])).toEqual([]);
    expect(JSON.stringify([...planAlerts([one], [other]), ...planAlerts([other], [one])])).not.toContain('hunter');
  });

  test('one that comes or goes is one change, and no secret is in it', () => {
    const secret = makeAlert({ name: 'hook', via: { ...hook, url: 'https://example.org/hunter2', secret: 'hunter3' } });
    const shown = 'http to https://example.org, on fatal';
    expect(planAlerts([], [secret])).toEqual([{ key: 'alerts.hook', class: 'now', from: null, to: shown }]);
    expect(planAlerts([secret], [])).toEqual([{ key: 'alerts.hook', class: 'now', from: shown, to: null }]);
  });

  test('an alert that tells in another way says both ways', () => {
    const keys = planAlerts([makeAlert({ via: syslog })], [makeAlert({ via: page })]).map(({ key }) => key);
    expect(keys).toEqual(['alerts.oncall.syslog.address', 'alerts.oncall.syslog.facility', 'alerts.oncall.command']);
  });
});
