/** A config that is read again: what means the same, what does not, other numbers of processes, and what was read before. */
import { describe, expect, test } from 'vitest';
import { recordingReader } from '../../src/config/reader.ts';
import { describeChange } from '../../src/core/facets.ts';
import { plan, planDaemon, type Standing } from '../../src/core/reload.ts';
import { Play } from '../support/play.ts';
import { complaints, type Files, load, MAIN, memoryReader, processes } from './memory.ts';

/** What a reload from one config to another does, a line a process that something changes for. */
function reload(before: string | Files, after: string | Files): string[] {
  const standings = processes(before).map(
    (spec): Standing => ({ spec, current: new Play().run().life, intent: undefined, isLeaving: false }),
  );
  return plan(standings, processes(after)).flatMap(({ name, was, action, changes, kind }) => {
    if (kind === 'kept' && changes.length === 0) return [];
    const shown = was === null || was === name ? name : `${was} -> ${name}`;
    return [`${shown}: ${action}${changes.length > 0 ? `; ${changes.map(describeChange).join(', ')}` : ''}`];
  });
}

const web = (keys: string): string => `programs:\n  web:\n    cmd: serve --port 80\n    ${keys}\n`;

describe('the same meaning', () => {
  test.each([
    ['stoptime: 5', 'stoptime: 5s'],
    ['stoptime: 0.5', 'stoptime: 500ms'],
    ['stoptime: 60', 'stoptime: 1m'],
    ['stoptime: 10', '# a comment'],
    ['stopsignal: TERM', 'stopsignal: SIGTERM'],
    ['stopsignal: TERM', 'stopsignal: 15'],
    ['umask: 022', 'umask: "0o22"'],
    ['umask: 022', 'umask: 22'],
    ['autorestart: always', 'autorestart: true'],
    ['autorestart: never', 'autorestart: false'],
    ['exitcodes: 0', 'exitcodes: [0]'],
    ['exitcodes: [0, 2]', 'exitcodes: [2, 0, 2]'],
    ['scrollback: 1MB', 'scrollback: 1048576'],
    ['stdout: log/web', 'stdout: {file: ./log/web}'],
    ['stdout: log/web', 'stdout: {file: /etc/tm/log/../log/web, maxsize: 50MB}'],
    ['env: {A: 1, B: 2}', 'env: {B: "2", A: "1"}'],
    ['env: {}', 'env:'],
    ['workingdir: /etc/tm', 'workingdir: .'],
    ['terminal: {cols: 80, rows: 24}', 'terminal: {rows: 24, cols: 80, term: xterm-256color}'],
    ['terminal: {}', 'numprocs: 1'],
    ['stopinput: "stop\\n"', 'stopinput: |\n      stop'],
    ['stopasgroup: true', '{stopasgroup: true, killasgroup: true}'.slice(1, -1).replace(', ', '\n    ')],
    ['processname: web', 'processname: ${program}'],
    ['env: {HOME: /home/me}', 'env: {HOME: "${HOME}"}'],
  ])('%s | %s', (before, after) => {
    expect(reload(web(before), web(after))).toEqual([]);
    expect(reload(web(after), web(before))).toEqual([]);
  });

  test.each([
    ['cmd: serve --port 80', 'cmd: [serve, --port, "80"]'],
    ['cmd: serve --port 80', 'cmd: serve \'--port\'   "80"'],
    ['cmd: serve --port 80', 'cmd: >-\n      serve\n      --port 80'],
    ['cmd: echo "a b"', "cmd: echo 'a b'"],
  ])('%s | %s', (before, after) => {
    const program = (cmd: string): string => `programs:\n  web:\n    ${cmd}\n`;
    expect(reload(program(before), program(after))).toEqual([]);
  });

  test('keys and programs in another order, other comments, anchors and defaults', () => {
    const before = 'programs:\n  a: {cmd: a, stoptime: 3, umask: 022}\n  b: {cmd: b, stoptime: 3} # b\n';
    const after =
      '# all of it anew\nx-base: &base {stoptime: 3s}\ndefaults: {starttime: 1}\nprograms:\n  b: {<<: *base, cmd: b}\n  a:\n    umask: 022\n    <<: *base\n    cmd: a\n';
    expect(reload(before, after)).toEqual([]);
  });

  test('moved to a file that is included, and back', () => {
    const before = 'programs: {a: {cmd: a, stdout: conf.d/a.log}, b: {cmd: b}}\n';
    const after = {
      [MAIN]: 'include: conf.d/*.yaml\nprograms: {b: {cmd: b}}\n',
      '/etc/tm/conf.d/a.yaml': 'programs: {a: {cmd: a, stdout: a.log}}\n',
    };
    expect(reload(before, after)).toEqual([]);
    expect(reload(after, before)).toEqual([]);
  });

  test('renamed: the same process under another name', () => {
    expect(reload('programs: {a: {cmd: x}}', 'programs: {z: {cmd: x}}')).toEqual([
      'a -> z: applied; processname: a -> z',
    ]);
    expect(reload('programs: {a: {cmd: x}}', 'programs: {z: {cmd: "x ${program}"}}')).toEqual(['a: stop', 'z: start']);
  });

  test('into a group and out of it', () => {
    const plain = 'programs: {a: {cmd: x}}\n';
    expect(reload(plain, `${plain}groups: {g: {programs: a}}\n`)).toEqual([
      'a -> g:a: applied; processname: a -> g:a, groups.programs: (none) -> g',
    ]);
    expect(reload(`${plain}groups: {g: {programs: a}}\n`, `${plain}groups: {g: {programs: a, priority: 1}}\n`)).toEqual(
      ['g:a: applied; groups.priority: (none) -> 1'],
    );
  });

  test('of the daemon section', () => {
    const daemon = (text: string) => {
      const { config } = load(`daemon: ${text}\nprograms: {a: {cmd: x}}\n`);
      if (!config) throw new Error('mistakes');
      return config.daemon;
    };
    expect(planDaemon(daemon('{socket: run/x}'), daemon('{socket: {mode: 600, path: /etc/tm/run/x}}'))).toEqual([]);
    expect(planDaemon(daemon('{}'), daemon('{log: {level: info, maxsize: 50MB}}'))).toEqual([]);
  });
});

describe('another meaning', () => {
  test('a command that names ${numprocs} restarts all, and says why', () => {
    const many = (n: number): string => `programs: {web: {cmd: "serve -n \${numprocs}", numprocs: ${n}}}`;
    const why = 'numprocs: 2 -> 3, cmd: serve -n 2 -> serve -n 3';
    expect(reload(many(2), many(3)).map(line => line.split(', ').sort().join(', '))).toEqual([
      ...[0, 1].map(i => `web:web_0${i}: restart; ${why}`.split(', ').sort().join(', ')),
      'web:web_02: start; numprocs: 2 -> 3',
    ]);
  });

  test('a shell command that names $numprocs restarts all, one that does not restarts none', () => {
    const many = (cmd: string, n: number): string => `programs: {web: {cmd: "${cmd}", shell: true, numprocs: ${n}}}`;
    expect(reload(many('serve $numprocs', 2), many('serve $numprocs', 3))[0]).toBe(
      'web:web_00: restart; numprocs: 2 -> 3, env.numprocs: 2 -> 3',
    );
    expect(reload(many('serve', 2), many('serve', 3))[0]).toBe('web:web_00: nothing; numprocs: 2 -> 3');
  });

  test('shell and no shell; `discard` and nowhere', () => {
    expect(reload(web('shell: false'), web('shell: true'))).toEqual([
      "web: restart; cmd: serve --port 80 -> /bin/sh -c 'serve --port 80'",
    ]);
    expect(reload(web('stderr: discard'), web('starttime: 1'))).toEqual([
      'web: applied; stderr.file: discard -> (none)',
    ]);
  });

  test('a user that comes from `daemon`, and a variable of the daemon that another value stands for', () => {
    expect(reload(web('umask: 022'), `daemon: {user: nobody}\n${web('umask: 022')}`)).toEqual([
      'web: restart; user: (none) -> nobody',
    ]);
  });
});

describe('other numbers of processes', () => {
  const names = (numbers: Readonly<Record<string, number>>): string[] =>
    processes('programs: {web: {cmd: "x ${numprocs}"}, db: {cmd: y, numprocs: 2}}', {
      scaled: new Map(Object.entries(numbers)),
    }).map(({ fullname, argv }) => `${fullname} ${argv.join(' ')}`);

  test('go before what the file says, for the program they are for', () => {
    expect(names({})).toEqual(['web x 1', 'db:db_00 y', 'db:db_01 y']);
    expect(names({ web: 2 })).toEqual(['web:web_00 x 2', 'web:web_01 x 2', 'db:db_00 y', 'db:db_01 y']);
    expect(names({ db: 1, web: 1 })).toEqual(['web x 1', 'db y']);
    expect(names({ gone: 7 })).toEqual(names({}));
  });

  test('names and pidfiles must still be their own', () => {
    const found = load('programs: {web: {cmd: x, pidfile: web.pid}}', { scaled: new Map([['web', 2]]) });
    expect(found.config).toBeUndefined();
    expect(found.diagnostics[0]?.message).toContain('would write the same pidfile');
  });

  test('none at all is a mistake, at its place', () => {
    expect(complaints('programs:\n  web: {cmd: x, numprocs: 0}\n')).toMatch(/main\.yaml:2:27: error: .*numprocs/);
  });
});

describe('a reload', () => {
  const files = { [MAIN]: 'include: [extra.yaml]\nprograms: {a: {cmd: x}}\n' };

  test('takes an include that names no file for a mistake, where the start only warns', () => {
    expect(load(files).config).toBeDefined();
    expect(complaints(files)).toContain('warning: the include `extra.yaml` matches no file');
    expect(load(files, { isReload: true }).config).toBeUndefined();
    expect(complaints(files, { isReload: true })).toContain('error: the include `extra.yaml` matches no file');
  });

  test('lets a pattern match nothing', () => {
    const pattern = { [MAIN]: 'include: [conf.d/*.yaml]\nprograms: {a: {cmd: x}}\n' };
    expect(load(pattern, { isReload: true }).config?.processes).toHaveLength(1);
  });
});

describe('what was read before', () => {
  test('is read again, whatever has become of the files since', () => {
    const files: Record<string, string> = {
      [MAIN]: 'include: [conf.d/*.yaml, one.yaml]\nprograms: {a: {cmd: x}}\n',
      '/etc/tm/conf.d/b.yaml': 'programs: {b: {cmd: y}}\n',
      '/etc/tm/one.yaml': 'programs: {c: {cmd: z}}\n',
    };
    const before = load(files);
    for (const path of Object.keys(files)) files[path] = 'programs: {nonsense: 5}';
    files['/etc/tm/conf.d/new.yaml'] = 'nonsense';
    delete files['/etc/tm/one.yaml'];
    const again = load(files, { read: before.files });
    expect(again.config).toEqual(before.config);
    expect(load(files, { read: again.files, scaled: new Map([['b', 2]]) }).config?.processes).toHaveLength(4);
  });

  test('fails again as it failed', () => {
    const reader = recordingReader(memoryReader({}));
    expect(() => reader.read('/x')).toThrow('no such file');
    expect(() => reader.replay.read('/x')).toThrow('no such file');
    expect(() => reader.replay.read('/y')).toThrow('was not read before');
    expect([reader.replay.list('/z'), reader.replay.exists('/z')]).toEqual([[], false]);
  });
});
