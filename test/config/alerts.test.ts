/** The `alerts:` section: what it means, what is wrong with it, and that nothing of it that is a secret is ever printed. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { describeConfig } from '../../src/config/describe.ts';
import { compilePattern, readMatch } from '../../src/config/pattern.ts';
import { fillIn } from '../../src/config/template.ts';
import type { AlertSpec } from '../../src/core/alert.ts';
import { complaints, load } from './memory.ts';

const PROGRAMS = 'programs: {web: {cmd: a, numprocs: 2}, db: {cmd: b}}\n';
const ENV = { SMTP_PASSWORD: 'hunter2', HOOK_SECRET: 'hunter3', HOME: '/home/me', DOLLAR: '${HOME}' };

function alerts(text: string): readonly AlertSpec[] {
  const { config, diagnostics } = load(`${PROGRAMS}alerts:\n${text.replace(/^(?=.)/gm, '  ')}`, { env: ENV });
  if (config === undefined) throw new Error(JSON.stringify(diagnostics, null, 1));
  return config.alerts;
}

function wrong(text: string, options: Parameters<typeof complaints>[1] = {}): string {
  return complaints(`${PROGRAMS}alerts:\n${text.replace(/^(?=.)/gm, '  ')}`, { env: ENV, ...options });
}

describe('an alert', () => {
  test('by mail', () => {
    expect(
      alerts(
        'oncall: {email: {to: ops@example.org, from: tm@host, smtp: {host: mail, user: tm, password: "${SMTP_PASSWORD}"}}, on: [unexpected, fatal], every: 5m}',
      ),
    ).toEqual([
      {
        name: 'oncall',
        via: {
          kind: 'email',
          to: ['ops@example.org'],
          from: 'tm@host',
          smtp: { host: 'mail', port: 587, tls: 'starttls', user: 'tm', password: 'hunter2' },
        },
        on: ['unexpected', 'fatal'],
        programs: [],
        every: 300_000,
        crashloop: { ends: 5, within: 300_000 },
        output: undefined,
      },
    ]);
  });

  test.each([
    ['{host: m}', 587, 'starttls'],
    ['{host: m, tls: true}', 465, 'implicit'],
    ['{host: m, tls: true, port: 465}', 465, 'implicit'],
    ['{host: m, tls: true, port: 587}', 587, 'starttls'],
    ['{host: m, tls: true, port: 25}', 25, 'starttls'],
    ['{host: m, tls: implicit, port: 587}', 587, 'implicit'],
    ['{host: m, tls: false}', 25, 'none'],
    ['{host: m, tls: none}', 25, 'none'],
    ['{host: m, tls: opportunistic}', 25, 'opportunistic'],
    ['{host: m, port: 465}', 465, 'implicit'],
    ['{host: m, port: 25}', 25, 'opportunistic'],
    ['{host: m, port: 2525}', 2525, 'starttls'],
    ['{host: m, port: 2525, tls: none}', 2525, 'none'],
    ['m', 587, 'starttls'],
  ])('the server %s', (smtp, port, tls) => {
    const [alert] = alerts(`a: {email: {to: [a@b, "Boss <c@d>"], smtp: ${smtp}}, on: fatal}`);
    expect(alert?.via).toMatchObject({
      to: ['a@b', 'Boss <c@d>'],
      from: 'taskmaster@box',
      smtp: { host: 'm', port, tls },
    });
  });

  test('by HTTP, in short and in full', () => {
    const [short, full] = alerts(`
short: {http: "https://example.org/hook", on: fatal}
full:
  http:
    url: https://example.org/hook
    headers: {Authorization: "Bearer \${HOOK_SECRET}", X-Number: 5}
    secret: \${HOOK_SECRET}
  on: [fatal, recovered]
`);
    expect(short).toMatchObject({
      via: { kind: 'http', url: 'https://example.org/hook', headers: {}, secret: undefined },
      every: 60_000,
    });
    expect(full?.via).toMatchObject({
      headers: { Authorization: 'Bearer hunter3', 'X-Number': '5' },
      secret: 'hunter3',
    });
  });

  test.each([
    ['local', { transport: 'local' }],
    ['{address: local, facility: local3}', { transport: 'local' }],
    ['"udp://loghost"', { transport: 'udp', host: 'loghost', port: 514 }],
    ['{address: "tcp://[::1]:6514"}', { transport: 'tcp', host: '::1', port: 6514 }],
    ['{address: "tcp://10.0.0.1"}', { transport: 'tcp', host: '10.0.0.1', port: 601 }],
  ])('by syslog %s: nothing is held back', (syslog, address) => {
    const [alert] = alerts(`a: {syslog: ${syslog}, on: all}`);
    expect(alert).toMatchObject({ via: { kind: 'syslog', address }, every: 0 });
  });

  test('by a command, whose words are filled in when it runs', () => {
    const [list, line] = alerts(`
a: {command: [/bin/page, "\${program:-nobody}", "\${DOLLAR}", "$\${x}", 5], user: me, on: crashloop}
b: {command: "page 'on \${host}' \${here}", on: crashloop}
`);
    expect(list?.via).toMatchObject({ here: '/etc/tm', user: { user: 'me' } });
    const values = { program: '', process: '', group: '', condition: '', summary: '', text: '', pid: '', code: '' };
    const run = (alert: AlertSpec | undefined, program: string): string[] =>
      alert?.via.kind === 'command' ? fillIn(alert.via.argv, { ...values, host: 'h', here: '/x', program }, ENV) : [];
    expect(run(list, '')).toEqual(['/bin/page', 'nobody', '${HOME}', '${x}', '5']);
    expect(run(list, '$HOME ${HOME}; rm')).toEqual(['/bin/page', '$HOME ${HOME}; rm', '${HOME}', '${x}', '5']);
    expect(run(line, 'x')).toEqual(['page', 'on h', '/x']);
  });

  test('conditions are in one order, and `all` is each of them but output', () => {
    const [all, some, output] = alerts(`
a: {syslog: local, on: all}
b: {syslog: local, on: [recovered, fatal, fatal]}
c: {syslog: local, output: panic}
`);
    const others = [
      'unexpected',
      'fatal',
      'crashloop',
      'recovered',
      'stopped',
      'started',
      'reloadfailed',
      'logtrouble',
    ];
    expect(all?.on).toEqual(others);
    expect(some?.on).toEqual(['fatal', 'recovered']);
    expect(output?.on).toEqual(['output']);
  });

  test('a daemon of root: a command needs a user, by itself or by the daemon', () => {
    const command = `
a: {command: page, on: fatal}
`;
    const root = { isRoot: true };
    const config = (section: string) =>
      `${section}\nprograms: {web: {cmd: a, user: me}}\nalerts:${command.replace('\na', '\n  a')}`;
    expect(complaints(config(''), root)).toMatchInlineSnapshot(`
      "main.yaml:4:7: error: the daemon runs as root, and the command of \`a\` would too: it names no \`user\`
            a: {command: page, on: fatal}
                ^
        hint: give the alert a \`user\`, or one to all in \`daemon\`; \`user: root\` is your consent, as is --allow-root
      "
    `);
    expect(complaints(config(''), { ...root, allowRoot: true })).toBe('');
    expect(load(config('daemon: {user: "me:adm"}'), root).config?.alerts[0]?.via).toMatchObject({
      user: { user: 'me', group: 'adm' },
    });
  });

  test('alerts of all files, each once', () => {
    const files = {
      '/etc/tm/main.yaml': `include: [more.yaml]\n${PROGRAMS}alerts: {a: {syslog: local, on: fatal}}`,
      '/etc/tm/more.yaml': 'alerts: {a: {syslog: local, on: fatal}, b: {command: "${here}/page", on: fatal}}',
    };
    expect(complaints(files)).toMatchInlineSnapshot(`
      "more.yaml:1:10: error: the alert \`a\` is defined already, in /etc/tm/main.yaml:3
          alerts: {a: {syslog: local, on: fatal}, b: {command: "\${here}/page", on: fatal}}
                   ^
      "
    `);
  });

  test('what is printed of it by --check', () => {
    const { config } = load(
      `${PROGRAMS}alerts:
  oncall: {email: {to: [ops@example.org, x@y], smtp: {host: m, user: u, password: hunter2}}, on: [fatal, unexpected]}
  hook: {http: {url: https://example.org/hunter2, secret: hunter3}, on: fatal, programs: [web, "d*"]}
  lines: {syslog: "udp://h", output: /pan.c/i, on: crashloop}
`,
    );
    expect(config && describeConfig(config, { color: false })).toMatchInlineSnapshot(`
      "process     user  start            restart            command
      db          -     with the daemon  unless it exits 0  b
      web:web_00  -     with the daemon  unless it exits 0  a
      web:web_01  -     with the daemon  unless it exits 0  a

      alert   tells by                                           of                         about
      oncall  email to ops@example.org, x@y by m:587 (starttls)  unexpected, fatal          all programs
      hook    http to https://example.org                        fatal                      web, d*
      lines   syslog to udp://h:514, daemon                      crashloop, output /pan.c/  all programs

      /etc/tm/main.yaml: 3 processes of 2 programs, 3 started with the daemon
      "
    `);
  });
});

describe('what to look for', () => {
  const finds = (match: string, line: string): boolean => {
    const read = readMatch(match);
    if ('problem' in read) throw new Error(read.problem);
    return compilePattern(read)(line);
  };

  test.each([
    ['panic', 'kernel panic: x', true],
    ['a.c', 'abc', false],
    ['a.c (x)', 'xa.c (x)', true],
    ['/a.c/', 'xabcx', true],
    ['/^abc$/', 'xabc', false],
    ['/ERROR/', 'an error', false],
    ['/ERROR/i', 'an error', true],
    ['/é+/i', 'É', true],
    ['//x/', 'a/x', true],
    ['/', 'a/b', true],
    ['/usr/bin', 'in /usr/bin', true],
  ])('%s in %s: %s', (match, line, found) => {
    expect(finds(match, line)).toBe(found);
  });

  test.each([
    ['', 'it is empty, and would match every line'],
    ['//', 'it is empty, and would match every line'],
    ['/(/', 'missing closing ): `(`'],
    ['/a(?=b)/', 'invalid or unsupported Perl syntax: `(?=`'],
    ['/(a)\\1/', 'invalid escape sequence: `\\1`'],
    ['x'.repeat(4097), 'it is longer than 4096 characters'],
    ['/a/g', '`g` is no flag; the only one is `i`, as in /…/i'],
  ])('%s is wrong', (match, problem) => {
    expect(readMatch(match)).toEqual({ problem });
  });

  test('its time is linear: what takes others for ever', () => {
    expect(finds('/(a+)+$/', `${'a'.repeat(4096)}b`)).toBe(false);
    expect(finds('/(a|a)*b/', 'a'.repeat(4096))).toBe(false);
  });
});

describe('mistakes', () => {
  test('how and what it tells', () => {
    expect(
      wrong(`
a: {on: all}
b: {syslog: local}
c: {syslog: loca, command: x, on: []}
d: {syslog: "udp://h:99999", on: fata}
e: {http: https://x.org, on: [output], user: me}
f: {http: https://x.org, on: [recovered, started], crashloop: {ends: 1}}
g: {http: {url: "ftp://x.org"}, on: fatal}
h: {command: "page \${progam}", on: fatal}
i: {email: {to: a b, smtp: {host: m, tls: none, user: u, password: x}}, on: fatal}
j: {email: {to: [], smtp: {host: m, user: u}}, on: fatal}
k: {syslog: local, on: fatal, output: {match: "/(/"}}
all: {syslog: local, on: all}
`),
    ).toMatchInlineSnapshot(`
      "main.yaml:4:3: error: the alert \`a\` does not say how it tells
            a: {on: all}
            ^
        hint: give it one of \`email\`, \`http\`, \`syslog\` and \`command\`
      main.yaml:5:3: error: the alert \`b\` does not say what it tells of: \`on\`
            b: {syslog: local}
            ^
        hint: such as \`on: [fatal, unexpected]\`
      main.yaml:6:15: error: a syslog is \`local\`, \`udp://host:514\` or \`tcp://host:601\`
            c: {syslog: loca, command: x, on: []}
                        ^
        hint: did you mean \`local\`?
      main.yaml:6:21: error: the alert \`c\` has \`syslog\` already: it tells in one way
            c: {syslog: loca, command: x, on: []}
                              ^
        hint: make it two alerts
      main.yaml:6:33: error: \`on\` is empty
            c: {syslog: loca, command: x, on: []}
                                          ^
        hint: name what it tells of, such as \`on: [fatal, unexpected]\`
      main.yaml:7:15: error: a syslog is \`local\`, \`udp://host:514\` or \`tcp://host:601\`
            d: {syslog: "udp://h:99999", on: fata}
                        ^
      main.yaml:7:36: error: \`on\` must be unexpected, fatal, crashloop, recovered, stopped, started, reloadfailed, logtrouble, output or all, not \`fata\`
            d: {syslog: "udp://h:99999", on: fata}
                                             ^
        hint: did you mean \`fatal\`?
      main.yaml:8:32: error: \`e\` is to tell of output, and has no \`output\`
            e: {http: https://x.org, on: [output], user: me}
                                         ^
      main.yaml:8:42: error: \`user\` is whom a \`command\` runs as, and this alert has none
            e: {http: https://x.org, on: [output], user: me}
                                                   ^
      main.yaml:9:32: warning: \`recovered\` follows what \`f\` has told before, and it tells of nothing that can recover
            f: {http: https://x.org, on: [recovered, started], crashloop: {ends: 1}}
                                         ^
        hint: add \`fatal\`, \`unexpected\` or \`crashloop\`; \`started\` tells of each start
      main.yaml:9:54: warning: \`crashloop\` says what a loop is, but \`f\` does not tell of any
            f: {http: https://x.org, on: [recovered, started], crashloop: {ends: 1}}
                                                               ^
        hint: add \`crashloop\` to \`on\`
      main.yaml:9:72: error: \`ends\` must be an integer from 2 to 100, not \`1\`
            f: {http: https://x.org, on: [recovered, started], crashloop: {ends: 1}}
                                                                                 ^
      main.yaml:10:19: error: a hook has a URL that begins with \`https://\` or \`http://\`
            g: {http: {url: "ftp://x.org"}, on: fatal}
                            ^
      main.yaml:11:22: error: \${progam} is not set
            h: {command: "page \${progam}", on: fatal}
                               ^
        hint: did you mean \`program\`?
      main.yaml:12:19: error: this is no address such as \`ops@example.org\` or \`Ops <ops@example.org>\`
            i: {email: {to: a b, smtp: {host: m, tls: none, user: u, password: *}}, on: fatal}
                            ^
      main.yaml:12:45: warning: with \`tls: none\`, the password goes to m for all to read
            i: {email: {to: a b, smtp: {host: m, tls: none, user: u, password: *}}, on: fatal}
                                                      ^
        hint: use \`tls: starttls\`, or \`tls: true\` on port 465
      main.yaml:13:15: error: \`to\` names nobody
            j: {email: {to: [], smtp: {host: m, user: u}}, on: fatal}
                        ^
      main.yaml:13:39: error: \`user\` is there without a \`password\`
            j: {email: {to: [], smtp: {host: m, user: u}}, on: fatal}
                                                ^
      main.yaml:14:49: error: cannot look for this: missing closing ): \`(\`
            k: {syslog: local, on: fatal, output: {match: "/(/"}}
                                                          ^
        hint: patterns are RE2's: no \`(?=…)\`, no \`\\1\`
      main.yaml:15:3: error: the alert name \`all\` cannot be used: \`all\` selects everything
            all: {syslog: local, on: all}
            ^
      "
    `);
  });

  test('a pattern that is YAML to YAML', () => {
    expect(wrong('a: {syslog: local, output: {match: /panic: x/}}')).toMatchInlineSnapshot(`
      "main.yaml:3:38: error: a value in braces or brackets holds a \`: \`, which would make it a key
            a: {syslog: local, output: {match: ******: **}}
                                               ^
        hint: put the value into quotes
      "
    `);
  });

  test('programs that there are not', () => {
    expect(
      wrong('a: {syslog: local, on: all, programs: [web, "web:*", web:web_01, "x*", wbe, nope]}'),
    ).toMatchInlineSnapshot(`
      "main.yaml:3:74: error: no such program: wbe
            a: {syslog: local, on: all, programs: [web, "web:*", web:web_01, "x*", wbe, nope]}
                                                                                   ^
        hint: did you mean \`web\`?
      main.yaml:3:79: error: no such program: nope
            a: {syslog: local, on: all, programs: [web, "web:*", web:web_01, "x*", wbe, nope]}
                                                                                        ^
      "
    `);
  });
});

/** Something that must never be read anywhere. */
const SECRET = 'hunter2';

describe('secrets', () => {
  test.each([
    [
      'a whole alert, wrong elsewhere',
      'a: {http: {url: https://x.org/hunter2, headers: {A: hunter2, B: "hunter2"}, secret: hunter2}, on: nope}',
    ],
    ['a misspelt key', 'a: {email: {to: a@b, smtp: {host: m, user: u, passwrod: hunter2}}, on: fatal}'],
    ['a value of another kind', 'a: {http: {url: 5, secret: [hunter2], headers: hunter2}, on: fatal}'],
    ['a list where a map is wanted', 'a: [{http: {secret: hunter2}}]'],
    ['a map in place of a text', 'a: {http: {url: https://x.org, secret: {x: hunter2}}, on: nope}'],
    [
      'in the wrong map',
      'a: {email: {to: a@b, password: hunter2, smtp: m}, secret: hunter2, token: hunter2, on: fatal}',
    ],
    ['a URL with a password', 'a: {http: "https://me:hunter2@x.org/", on: fatal}'],
    ['a URL that is none', 'a: {http: "hunter2 hunter2", on: fatal}'],
    ['a URL of another kind', 'a: {email: {to: a@b, smtp: "smtps://u:hunter2@m"}, on: nope}'],
    ['cut in two by a comma', 'a: {email: {to: a@b, smtp: {host: m, user: u, password: x,hunter2}}, on: fatal}'],
    ['a block', 'a:\n  http:\n    url: https://x.org\n    secret: |\n      hunter2\n      hunter2\n  on: nope'],
    ['folded', 'a: {http: {url: "https://x.org/\n      hunter2", secret: "a\n     hunter2"}, on: nope}'],
    ['in quotes, escaped', 'a: {http: {url: "https://x.org/\\u0068unter2?hunter2"}, on: nope, x: "hunter2"}'],
    ['a variable without an end', 'a: {http: {url: https://x.org, secret: "${hunter2"}, on: fatal}'],
    ['no variable at all', 'a: {http: {url: https://x.org, secret: "a${x hunter2}"}, on: fatal}'],
    ['an anchor', 'a: {http: {url: https://x.org, secret: &s hunter2, headers: {A: *s, B: [*s]}}, on: nope}'],
    ['what looks like an alias', 'a: {http: {url: https://x.org, secret: *hunter2}, on: fatal}'],
    ['an open quote', 'a:\n  http:\n    secret: "hunter2\n  on: fatal'],
    ['no space after the colon', 'a:\n  http:\n    secret:hunter2\n    x'],
    ['a second colon', 'a:\n  http:\n    secret: x: hunter2'],
    ['a value that cannot begin so', 'a:\n  http:\n    secret: @hunter2'],
    ['badly indented', 'a:\n  http:\n     secret: hunter2\n    headers:\n      A: hunter2\n   on: fatal'],
    ['tabs', 'a:\n\thttp:\n\t\tsecret: hunter2\n\t\theaders:\n\t\t\tA: hunter2\n'],
    ['an open brace', 'a: {http: {secret: hunter2, headers: {A: hunter2}, url: https://x.org/hunter2, on: fatal'],
    ['twice', 'a: {http: {secret: hunter2, secret: hunter2, url: https://x.org/hunter2, url: x}, on: fatal}'],
    ['two ways', 'a: {http: "https://x.org/hunter2", email: hunter2, on: fatal}'],
    ['a tag', 'a: {http: {url: https://x.org, secret: !hunter2 hunter2}, on: fatal}'],
    [
      'a header that cannot be',
      'a: {http: {url: https://x.org, headers: {A: "hunter2\\n", Content-Length: hunter2}}, on: fatal}',
    ],
  ])('%s', (_name, text) => {
    const printed = wrong(text);
    expect(printed).toContain('error:');
    expect(printed).not.toContain(SECRET);
    const { diagnostics } = load(`${PROGRAMS}alerts:\n${text.replace(/^(?=.)/gm, '  ')}`);
    expect(JSON.stringify(diagnostics)).not.toContain(SECRET);
  });

  test('by a variable they are no less secret, but its name may be read', () => {
    const env = { URL: 'ftp://x.org/hunter2', KEY: 'hunter2\n' };
    expect(
      wrong('a: {http: {url: "${URL}", secret: "${NOPE}", headers: {A: "${KEY}"}}, on: fatal}', { env }),
    ).toMatchInlineSnapshot(`
      "main.yaml:3:19: error: a hook has a URL that begins with \`https://\` or \`http://\`
            a: {http: {url: "\${URL}", secret: "\${NOPE}", headers: {A: "\${KEY}"}}, on: fatal}
                            ^
      main.yaml:3:38: error: \${NOPE} is not set
            a: {http: {url: "\${URL}", secret: "\${NOPE}", headers: {A: "\${KEY}"}}, on: fatal}
                                               ^
        hint: set it in the environment of the daemon, or give it a default: \${NOPE:-…}
      main.yaml:3:61: error: the header \`A\` holds a character that a header cannot hold
            a: {http: {url: "\${URL}", secret: "\${NOPE}", headers: {A: "\${KEY}"}}, on: fatal}
                                                                      ^
      "
    `);
  });

  test('the line is as long as it is, so that the caret stands right', () => {
    expect(
      wrong('a: {http: {url: "https://example.org/T00/B00", secret: hunter2}, on: fatal, evry: 5}'),
    ).toMatchInlineSnapshot(`
      "main.yaml:3:79: error: unknown key \`evry\` in an alert
            a: {http: {url: "https://example.org*********, secret: *******}, on: fatal, evry: *}
                                                                                        ^
        hint: did you mean \`every\`?
      "
    `);
  });

  test('in a broken file of megabytes are hidden without holding anybody up', () => {
    for (const piece of ['a', 'a-', 'a: ', "'a", '{a', 'x://']) {
      const { diagnostics } = load(`a: ${piece.repeat(200_000)}\n  password: hunter2\n "`);
      expect(JSON.stringify(diagnostics)).not.toContain(SECRET);
    }
  });

  test('variables of programs that are called like a secret', () => {
    const text = 'programs: {a: {cmd: x, env: {DB_PASSWORD: hunter2, API_TOKEN: "hunter2", A: b}, cmdd: y}}';
    expect(complaints(text)).not.toContain(SECRET);
    expect(complaints(text)).toContain('A: b');
  });

  test.each([
    ['in a comment', 'smtp: # {host: mail, user: tm, password: hunter2}'],
    ['in a comment that is none', 'smtp: {host: mail, user: tm,#password: hunter2}'],
    ['quoted by the YAML library', 'smtp: | {host: mail, user: tm, password: hunter2}'],
  ])('%s is not printed', (_, line) => {
    const { diagnostics } = load(`${PROGRAMS}alerts:\n  a:\n    email:\n      to: a@example.org\n      ${line}\n`);
    expect(diagnostics.length).toBeGreaterThan(0);
    expect(JSON.stringify(diagnostics)).not.toContain('hunter2');
  });

  test('whatever becomes of a config with pieces taken out and put in, a secret of its own line is not printed', () => {
    const text = `${PROGRAMS}alerts:
  a:
    email:
      to: ops@example.org
      smtp: {host: mail, user: tm, password: hunter2}
    on: [fatal]
  b:
    http:
      url: https://example.org/hunter2
      headers:
        Authorization: Bearer hunter2
      secret: "hunter2"
    on: all
`;
    // Pieces that leave the names of the keys and the secrets themselves as they are.
    const piece = fc.constantFrom('', ' ', '\n', '  ', '"', "'", '{', '}', '[', ']', '- ', ': ', '&a ', '|', '#', '\t');
    const places = [...text.matchAll(/[\s{}[\]",]+/g)].map(({ index }) => index);
    const edit = fc.tuple(fc.constantFrom(...places), fc.nat(1), piece);
    fc.assert(
      fc.property(fc.array(edit, { minLength: 1, maxLength: 3 }), edits => {
        const changed = edits.reduce((now, [at, gone, put]) => now.slice(0, at) + put + now.slice(at + gone), text);
        fc.pre(changed.split('password: hunter2').length + changed.split('secret: "hunter2"').length === 4);
        const { diagnostics } = load(changed);
        const lines = diagnostics.filter(({ text: line }) => /password:|secret:/.test(line));
        for (const { text: line, message, hint } of lines) {
          expect(`${line.replace(/.*(password:|secret:)/, '')} ${message} ${hint}`).not.toContain(SECRET);
        }
      }),
      { numRuns: process.env.SOAK === undefined ? 300 : 20_000 },
    );
  });
});
