import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { loadConfig } from '../../src/config/load.ts';
import { fullnameOf } from '../../src/core/program.ts';
import { logTo } from '../support/spec.ts';
import { complaints, load, processes, processWith } from './memory.ts';

const ROOT = join(import.meta.dirname, '../..');

describe('a program', () => {
  test('has the defaults of supervisord', () => {
    expect(load('programs: {web: {cmd: nginx -g "daemon off;"}}')).toMatchObject({
      diagnostics: [],
      config: {
        path: '/etc/tm/main.yaml',
        files: ['/etc/tm/main.yaml'],
        daemon: {
          socket: { path: undefined, mode: 0o600 },
          log: { file: undefined, level: 'info', maxsize: 50 * 2 ** 20, backups: 10 },
          shutdowntimeout: undefined,
          detachkeys: undefined,
        },
        processes: [
          {
            program: 'web',
            group: 'web',
            name: 'web',
            fullname: 'web',
            num: 0,
            numprocs: 1,
            argv: ['nginx', '-g', 'daemon off;'],
            env: {},
            workingdir: undefined,
            umask: undefined,
            user: undefined,
            autostart: true,
            autorestart: 'unexpected',
            exitcodes: [0],
            startretries: 3,
            starttime: 1000,
            stopsignal: 'SIGTERM',
            stoptime: 10_000,
            stopinput: undefined,
            stopasgroup: false,
            killasgroup: false,
            leftovers: 'kill',
            priority: 999,
            groupPriority: 999,
            pidfile: undefined,
            terminal: { cols: 120, rows: 40, term: 'xterm-256color' },
            scrollback: 2 ** 20,
            stdout: { kind: 'none' },
            stderr: { kind: 'none' },
          },
        ],
      },
    });
  });

  test('takes every key', () => {
    const [first, second] = processes(`
programs:
  web:
    cmd: [nginx, -g, daemon off;, 42]
    numprocs: 2
    processname: "\${program}-\${num}"
    umask: 022
    workingdir: www
    autostart: false
    autorestart: always
    exitcodes: [0, 2]
    startretries: 5
    starttime: 0.5
    stopsignal: SIGQUIT
    stoptime: 1m
    stopasgroup: true
    leftovers: report
    priority: 10
    user: www:adm
    env: {ROLE: front, PORT: 0080, DEBUG: true, GONE: , TEXT: "a b"}
    pidfile: /run/\${process}.pid
    terminal: {cols: 80, rows: 24, term: vt100}
    scrollback: 64KB
    stdout: log/web.log
    stderr: {file: /var/log/web.err, maxsize: 1MB, backups: 2}
`);
    expect(first).toEqual({
      program: 'web',
      group: 'web',
      name: 'web-00',
      fullname: 'web:web-00',
      num: 0,
      numprocs: 2,
      argv: ['nginx', '-g', 'daemon off;', '42'],
      env: { ROLE: 'front', PORT: '0080', DEBUG: 'true', GONE: null, TEXT: 'a b' },
      workingdir: '/etc/tm/www',
      umask: 0o22,
      user: { user: 'www', group: 'adm' },
      autostart: false,
      autorestart: 'always',
      exitcodes: [0, 2],
      startretries: 5,
      starttime: 500,
      stopsignal: 'SIGQUIT',
      stoptime: 60_000,
      stopasgroup: true,
      killasgroup: true,
      leftovers: 'report',
      priority: 10,
      groupPriority: 10,
      pidfile: '/run/web-00.pid',
      terminal: { cols: 80, rows: 24, term: 'vt100' },
      scrollback: 65_536,
      stdout: logTo('/etc/tm/log/web.log', { maxsize: 50 * 2 ** 20, backups: 10 }),
      stderr: logTo('/var/log/web.err', { maxsize: 2 ** 20, backups: 2 }),
    });
    expect(second).toEqual({ ...first, num: 1, name: 'web-01', fullname: 'web:web-01', pidfile: '/run/web-01.pid' });
  });

  test.each([
    ['umask: 022', { umask: 0o22 }],
    ['umask: 22', { umask: 0o22 }],
    ['umask: "022"', { umask: 0o22 }],
    ['umask: 0o22', { umask: 0o22 }],
    ['umask: 0', { umask: 0 }],
    ['umask: 0777', { umask: 0o777 }],
    ['umask: ${MASK:-027}', { umask: 0o27 }],
    ['exitcodes: 0', { exitcodes: [0] }],
    ['exitcodes: [0, 2]', { exitcodes: [0, 2] }],
    ['exitcodes: []', { exitcodes: [] }],
    ['env:', { env: {} }],
    ['env: {}', { env: {} }],
    ['env: {A: ~, B: null, C: "null"}', { env: { A: null, B: null, C: 'null' } }],
    ['env: {A: 042, B: 1.50, C: no, D: 0x1F}', { env: { A: '042', B: '1.50', C: 'no', D: '0x1F' } }],
    ['autorestart: true', { autorestart: 'always' }],
    ['autorestart: false', { autorestart: 'never' }],
    ['autorestart: never', { autorestart: 'never' }],
    ['autorestart: "unexpected"', { autorestart: 'unexpected' }],
    ['autostart: False', { autostart: false }],
    ['starttime: 0', { starttime: 0 }],
    ['starttime: 2', { starttime: 2000 }],
    ['starttime: 0.0015', { starttime: 2 }],
    ['starttime: 500ms', { starttime: 500 }],
    ['starttime: "2s"', { starttime: 2000 }],
    ['stoptime: 5m', { stoptime: 300_000 }],
    ['stoptime: 1h', { stoptime: 3_600_000 }],
    ['scrollback: 4096', { scrollback: 4096 }],
    ['scrollback: 64kb', { scrollback: 65_536 }],
    ['scrollback: 2M', { scrollback: 2 ** 21 }],
    ['scrollback: 1GiB', { scrollback: 2 ** 30 }],
    ['stopsignal: int', { stopsignal: 'SIGINT' }],
    ['stopsignal: 9', { stopsignal: 'SIGKILL' }],
    ['user: 1000', { user: { user: '1000' } }],
    ['user: ${WHO:-me:us}', { user: { user: 'me', group: 'us' } }],
    ['priority: -1', { priority: -1, groupPriority: -1 }],
    ['stdout: discard', { stdout: { kind: 'discard' } }],
    ['stderr: discard', { stderr: { kind: 'discard' } }],
    ['killasgroup: true', { killasgroup: true, stopasgroup: false }],
    ['terminal: {rows: 50}', { terminal: { cols: 120, rows: 50, term: 'xterm-256color' } }],
    ['terminal:', { terminal: { cols: 120, rows: 40, term: 'xterm-256color' } }],
    ['workingdir: /srv/../tmp', { workingdir: '/tmp' }],
    ['workingdir: ${HOME}/x', { workingdir: '/home/me/x' }],
    ['autostart: ${AUTO:-false}', { autostart: false }],
    ['startretries: "${RETRIES:-7}"', { startretries: 7 }],
  ])('%s', (key, expected) => {
    expect(processWith(`cmd: x\n${key}`)).toMatchObject(expected);
  });
});

describe('cmd', () => {
  test.each<[string, string[]]>([
    ['nginx -c /etc/nginx.conf', ['nginx', '-c', '/etc/nginx.conf']],
    ['"nginx -g \'daemon off;\'"', ['nginx', '-g', 'daemon off;']],
    ['\'echo "a b" c\\ d\'', ['echo', 'a b', 'c d']],
    ['|\n  a\n  b "c\n  d"', ['a', 'b', 'c\nd']],
    ['>-\n  a\n  b', ['a', 'b']],
    ['["a b", "", 3, true]', ['a b', '', '3', 'true']],
    ['echo ~ *.c $HOME #x', ['echo', '~', '*.c', '$HOME']],
    ['"echo #x"', ['echo', '#x']],
    ['echo ${HOME}/x "${NONE:-a b}" $$5 ${SPACED}', ['echo', '/home/me/x', 'a b', '$5', 'two words']],
    ['["${SPACED}", "${program}"]', ['two words', 'web']],
  ])('%s', (cmd, argv) => {
    expect(processWith(`cmd: ${cmd}`, { env: { HOME: '/home/me', SPACED: 'two words' } }).argv).toEqual(argv);
  });

  test('with shell: true is one text for the shell, not expanded, with the built-ins that it names in the environment', () => {
    const spec = processWith('cmd: echo ${NAME} "$num" | cat\nshell: true\nenv: {host: mine, X: "${num}"}');
    expect(spec.argv).toEqual(['/bin/sh', '-c', 'echo ${NAME} "$num" | cat']);
    expect(spec.env).toEqual({ num: '0', host: 'mine', X: '0' });
    const whole = processWith('cmd: echo $num ${num:-1} $here/$process\nshell: true');
    expect(whole.env).toEqual({ num: '0', here: '/etc/tm', process: 'web' });
  });

  test('with what a shell would have acted on gets a warning, and runs', () => {
    const text = 'programs:\n  web:\n    cmd: cat a | grep b && echo "|" > c\n';
    expect(processes(text)[0]?.argv).toEqual(['cat', 'a', '|', 'grep', 'b', '&&', 'echo', '|', '>', 'c']);
    expect(complaints(text)).toBe(`\
main.yaml:3:16: warning: the program gets \`|\` as an argument, as no shell runs this command
        cmd: cat a | grep b && echo "|" > c
                   ^
  hint: \`shell: true\` runs it by a shell; put it in quotes if it is meant as it stands
main.yaml:3:25: warning: the program gets \`&&\` as an argument, as no shell runs this command
        cmd: cat a | grep b && echo "|" > c
                            ^
  hint: \`shell: true\` runs it by a shell; put it in quotes if it is meant as it stands
main.yaml:3:37: warning: the program gets \`>\` as an argument, as no shell runs this command
        cmd: cat a | grep b && echo "|" > c
                                        ^
  hint: \`shell: true\` runs it by a shell; put it in quotes if it is meant as it stands
`);
  });
});

describe('names', () => {
  test('are numbered with two digits, more when needed', () => {
    expect(processes('programs: {web: {cmd: x, numprocs: 3}}').map(spec => spec.fullname)).toEqual([
      'web:web_00',
      'web:web_01',
      'web:web_02',
    ]);
    const many = processes('programs: {web: {cmd: "x ${num} ${numprocs}", numprocs: 101}}');
    expect(many.at(-1)).toMatchObject({ name: 'web_100', num: 100, argv: ['x', '100', '101'] });
    expect(many[0]).toMatchObject({ name: 'web_000', num: 0, argv: ['x', '000', '101'] });
  });

  test('of a lone process are short', () => {
    const spec = processWith('cmd: x ${num}');
    expect(spec).toMatchObject({ fullname: 'web', argv: ['x', '0'] });
    expect(processWith('cmd: x\nprocessname: front').fullname).toBe('web:front');
  });
});

describe('groups', () => {
  test('hold programs, and order before them', () => {
    const specs = processes(`
groups: {backend: {programs: [api, db], priority: 10}, web: {programs: web}}
programs:
  api: {cmd: "x \${group}"}
  db: {cmd: x, priority: 5}
  web: {cmd: x}
  other: {cmd: x, priority: 7}
`);
    expect(
      specs.map(({ fullname, group, groupPriority, priority }) => [fullname, group, groupPriority, priority]),
    ).toEqual([
      ['backend:api', 'backend', 10, 999],
      ['backend:db', 'backend', 10, 5],
      ['web', 'web', 999, 999],
      ['other', 'other', 7, 7],
    ]);
    expect(specs[0]?.argv).toEqual(['x', 'backend']);
    for (const { group, name, fullname } of specs) expect(fullname).toBe(fullnameOf(group, name));
  });
});

describe('defaults', () => {
  test('fill gaps, by variable in env and by key in terminal', () => {
    const specs = processes(`
defaults: {starttime: 2, env: {A: 1, B: 2, C: 3}, terminal: {cols: 80, rows: 24}, stdout: log/x}
programs:
  one: {cmd: x}
  two: {cmd: x, starttime: 3, env: {A: 9, B: }, terminal: {rows: 50}, stdout: discard}
`);
    expect(specs[0]).toMatchObject({
      starttime: 2000,
      env: { A: '1', B: '2', C: '3' },
      terminal: { cols: 80, rows: 24 },
      stdout: { path: '/etc/tm/log/x' },
    });
    expect(specs[1]).toMatchObject({
      starttime: 3000,
      env: { A: '9', B: null, C: '3' },
      terminal: { cols: 80, rows: 50 },
      stdout: { kind: 'discard' },
    });
  });
});

describe('aliases and merge keys', () => {
  test('work, and explicit keys win', () => {
    const specs = processes(`
x-base: &base {autostart: false, priority: 1, env: &env {A: 1}}
x-more: &more {priority: 2, stoptime: 3}
programs:
  a: &a
    <<: *base
    cmd: run a
  b: {<<: [*base, *more], cmd: run b, stoptime: 4}
  c: {<<: *a, priority: 5, env: *env}
  d: *a
  e: {cmd: "x", <<: {numprocs: 1, umask: 022}, "exitcodes": &codes [0, 3]}
  f: {cmd: f, exitcodes: *codes}
`);
    expect(specs).toMatchObject([
      { name: 'a', argv: ['run', 'a'], autostart: false, priority: 1, env: { A: '1' } },
      { name: 'b', argv: ['run', 'b'], autostart: false, priority: 1, stoptime: 4000 },
      { name: 'c', argv: ['run', 'a'], autostart: false, priority: 5, env: { A: '1' } },
      { name: 'd', argv: ['run', 'a'], autostart: false, priority: 1 },
      { name: 'e', umask: 0o22, exitcodes: [0, 3] },
      { name: 'f', exitcodes: [0, 3] },
    ]);
  });
});

describe('the daemon section', () => {
  test('takes maps', () => {
    const { config } = load(
      'daemon: {socket: {path: run/tm.sock, mode: 0660}, log: {file: "${HOME}/tm.log", level: debug, maxsize: 1MB, backups: 3}}\n' +
        'programs: {a: {cmd: x}}',
    );
    expect(config?.daemon).toEqual({
      socket: { path: '/etc/tm/run/tm.sock', mode: 0o660 },
      log: { file: '/home/me/tm.log', level: 'debug', maxsize: 2 ** 20, backups: 3 },
    });
  });

  test.each([
    ['detachkeys: ctrl-p,ctrl-q', 'ctrl-p,ctrl-q'],
    ['detachkeys: Ctrl-Space', 'Ctrl-Space'],
    ['detachkeys: 5', '5'],
    ['detachkeys: "${KEYS:-ctrl-a,d}"', 'ctrl-a,d'],
    ['{}', undefined],
  ])('takes %s', (text, detachkeys) => {
    const { config, diagnostics } = load(`daemon:\n  ${text}\nprograms: {a: {cmd: x}}`);
    expect(diagnostics).toEqual([]);
    expect(config?.daemon.detachkeys).toBe(detachkeys);
  });

  test('takes paths', () => {
    const { config } = load('daemon: {socket: "${here}/${host}.sock", log: tm.log}\nprograms: {a: {cmd: x}}');
    expect(config?.daemon).toEqual({
      socket: { path: '/etc/tm/box.sock', mode: 0o600 },
      log: { file: '/etc/tm/tm.log', level: 'info', maxsize: 50 * 2 ** 20, backups: 10 },
    });
  });
});

describe('root', () => {
  const text = `
programs:
  api: {cmd: x}
  web: {cmd: x, user: www}
  db: {cmd: x, numprocs: 3}
`;

  test('runs no program by accident: all without a user are named', () => {
    expect(complaints(text, { isRoot: true })).toBe(`\
main.yaml:3:3: error: the daemon runs as root, and \`api\` and \`db\` would too: they name no \`user\`
      api: {cmd: x}
      ^
  hint: give each program a \`user\`, or one to all in \`defaults\` or \`daemon\`; \`user: root\` is your consent, as is --allow-root
`);
  });

  test.each([
    ['a daemon that is not root', text, { isRoot: false }],
    ['--allow-root', text, { isRoot: true, allowRoot: true }],
    ['a user in defaults', `defaults: {user: nobody}${text}`, { isRoot: true }],
    ['a user in daemon', `daemon: {user: nobody}${text}`, { isRoot: true }],
    ['user: root', text.replaceAll('{cmd: x', '{user: root, cmd: x').replace(', user: www', ''), { isRoot: true }],
  ])('is content with %s', (_what, config, options) => {
    expect(complaints(config, options)).toBe('');
  });

  test('takes the nearest user: own, defaults, daemon', () => {
    const users = (config: string) => processes(config, { isRoot: true }).map(spec => spec.user?.user);
    expect(users(`daemon: {user: d}${text}`)).toEqual(['d', 'www', 'd', 'd', 'd']);
    expect(users(`daemon: {user: d}\ndefaults: {user: e}${text}`)).toEqual(['e', 'www', 'e', 'e', 'e']);
  });
});

describe('the examples', () => {
  test.each([
    ['config/demo.yaml', { isRoot: false, allowRoot: false }],
    ['config/demo.yaml', { isRoot: true, allowRoot: true }],
    ['config/subject.yaml', { isRoot: false, allowRoot: false }],
    ['config/subject.yaml', { isRoot: true, allowRoot: false }],
  ])('%s is valid with %j', (path, options) => {
    const { config, diagnostics } = loadConfig(path, { env: {}, hostname: 'box', cwd: ROOT, ...options });
    expect(diagnostics).toEqual([]);
    expect(config?.path).toBe(join(ROOT, path));
  });

  test('the demo names no user and uses only Node', () => {
    expect(readFileSync(join(ROOT, 'config/demo.yaml'), 'utf8')).not.toMatch(/^\s*user:/m);
    const { config } = loadConfig('config/demo.yaml', {
      env: {},
      hostname: 'b',
      cwd: ROOT,
      isRoot: false,
      allowRoot: false,
    });
    expect(new Set(config?.processes.map(spec => spec.argv[0]))).toEqual(new Set(['node', '/bin/sh']));
  });
});
