/** Where output goes: how it is written there, and what several that write to one file may say of it. */
import { describe, expect, test } from 'vitest';
import { logTo } from '../support/spec.ts';
import { complaints, load, MAIN, processes, processWith } from './memory.ts';

const MB = 2 ** 20;
const defaults = { maxsize: 50 * MB, backups: 10 };

describe('the keys of a log', () => {
  test.each([
    ['stdout: x.log', {}],
    ['stdout: {file: x.log, compress: true}', { compress: true }],
    ['stdout: {file: x.log, mode: 0640}', { mode: 0o640 }],
    ['stdout: {file: x.log, format: json}', { format: 'json' }],
    ['stdout: {file: x.log, format: json, timestamps: false, prefix: ""}', { format: 'json' }],
    ['stdout: {file: x.log, format: text, timestamps: true}', { format: 'text', timestamps: 'utc' }],
    ['stdout: {file: x.log, timestamps: local}', { timestamps: 'local' }],
    ['stdout: {file: x.log, timestamps: none}', {}],
    ['stdout: {file: x.log, prefix: "[${process}@${host}] "}', { prefix: '[web@box] ' }],
    ['stdout: {file: x.log, prefix: 7}', { prefix: '7' }],
  ] as const)('%s', (keys, expected) => {
    expect(processWith(`cmd: x\n${keys}`).stdout).toEqual(logTo('/etc/tm/x.log', { ...defaults, ...expected }));
  });

  test('each process has its own prefix', () => {
    const several = processes('programs: {a: {cmd: x, numprocs: 2, stdout: {file: x, prefix: "${num} "}}}\n');
    expect(several.map(({ stdout }) => stdout)).toMatchObject([{ prefix: '00 ' }, { prefix: '01 ' }]);
  });

  test('mistakes', () => {
    expect(
      complaints(`\
programs:
  a: {cmd: x, stdout: {file: a, format: json, timestamps: utc, prefix: "> "}}
  b: {cmd: x, stdout: {file: b, prefix: "a\\nb"}}
  c: {cmd: x, stdout: {file: c, format: jsno, timestamps: yes, mode: 0888, compress: gz}}
  d: {cmd: x, stdout: {file: d, prefix: "\${nobody}"}}
`),
    ).toMatchInlineSnapshot(`
      "main.yaml:2:47: error: \`timestamps\` cannot go with \`format: json\`: nothing may stand before an object
            a: {cmd: x, stdout: {file: a, format: json, timestamps: utc, prefix: "> "}}
                                                        ^
        hint: leave it out: each object has its \`time\`
      main.yaml:2:64: error: \`prefix\` cannot go with \`format: json\`: nothing may stand before an object
            a: {cmd: x, stdout: {file: a, format: json, timestamps: utc, prefix: "> "}}
                                                                         ^
        hint: leave it out: each object names its \`process\` and \`stream\`
      main.yaml:3:41: error: \`prefix\` stands before each line, so it cannot hold a line end itself
            b: {cmd: x, stdout: {file: b, prefix: "a\\nb"}}
                                                  ^
      main.yaml:4:41: error: \`format\` must be raw, text or json, not \`jsno\`
            c: {cmd: x, stdout: {file: c, format: jsno, timestamps: yes, mode: 0888, compress: gz}}
                                                  ^
        hint: did you mean \`json\`?
      main.yaml:4:59: error: \`timestamps\` must be none, utc or local, not \`yes\`
            c: {cmd: x, stdout: {file: c, format: jsno, timestamps: yes, mode: 0888, compress: gz}}
                                                                    ^
      main.yaml:4:70: error: \`mode\` must be an octal file mode such as 022, at most 0777, not \`0888\`
            c: {cmd: x, stdout: {file: c, format: jsno, timestamps: yes, mode: 0888, compress: gz}}
                                                                               ^
        hint: it is octal however it is written, and 8 is no octal digit
      main.yaml:4:86: error: \`compress\` must be true or false, not \`gz\`
            c: {cmd: x, stdout: {file: c, format: jsno, timestamps: yes, mode: 0888, compress: gz}}
                                                                                               ^
      main.yaml:5:42: error: \${nobody} is not set
            d: {cmd: x, stdout: {file: d, prefix: "\${nobody}"}}
                                                   ^
        hint: set it in the environment of the daemon, or give it a default: \${nobody:-…}
      "
    `);
  });
});

describe('several that write to one file', () => {
  const stdouts = (text: string): unknown[] => processes(text).map(({ stdout }) => stdout);

  test('what one of them says of it holds for all', () => {
    const said = logTo('/etc/tm/x', { maxsize: MB, backups: 3, compress: true, mode: 0o644 });
    expect(
      stdouts(`\
programs:
  a: {cmd: x, stdout: x}
  b: {cmd: x, stdout: {file: x, maxsize: 1MB, compress: true}}
  c: {cmd: x, stdout: {file: ./x, backups: 3, mode: 0644, format: text}}
  d: {cmd: x, numprocs: 2, stdout: {file: x, maxsize: 1024KB}}
`),
    ).toEqual([said, said, { ...said, format: 'text' }, said, said]);
  });

  test('so does what one stream says, for the other', () => {
    const [a] = processes('programs: {a: {cmd: x, stdout: x, stderr: {file: x, backups: 2}}}\n');
    expect([a?.stdout, a?.stderr]).toMatchObject([{ backups: 2 }, { backups: 2 }]);
  });

  test('other files are not concerned', () => {
    const text =
      'programs: {a: {cmd: x, numprocs: 2, stdout: {file: "x${num}", backups: 2}}, b: {cmd: x, stdout: x}}\n';
    expect(stdouts(text)).toMatchObject([{ backups: 2 }, { backups: 2 }, { backups: 10 }]);
  });

  test('they must agree, of which is told once', () => {
    expect(
      complaints(`\
programs:
  a: {cmd: x, numprocs: 3, stdout: {file: x, maxsize: 1MB, mode: 0600}}
  b: {cmd: x, numprocs: 3, stdout: {file: x, maxsize: 2MB, mode: 0600}}
  c: {cmd: x, stdout: {file: y, compress: true}, stderr: {file: y, compress: false}}
`),
    ).toMatchInlineSnapshot(`
      "main.yaml:3:55: error: \`a\` and \`b\` write to the same log /etc/tm/x, but one says \`maxsize: 1MB\` and the other \`maxsize: 2MB\`
            b: {cmd: x, numprocs: 3, stdout: {file: x, maxsize: 2MB, mode: 0600}}
                                                                ^
        hint: say it once, or the same: it is one file
      main.yaml:4:78: error: \`stdout\` of \`c\` and \`stderr\` of \`c\` write to the same log /etc/tm/y, but one says \`compress: true\` and the other \`compress: false\`
            c: {cmd: x, stdout: {file: y, compress: true}, stderr: {file: y, compress: false}}
                                                                                       ^
        hint: say it once, or the same: it is one file
      "
    `);
  });

  test('two streams that are one cannot be written in two ways', () => {
    expect(
      complaints(`\
programs:
  a: {cmd: x, stdout: x, stderr: {file: x, format: json}}
  b: {cmd: x, stdout: {file: y, prefix: "o "}, stderr: {file: y, prefix: "e "}}
  c: {cmd: x, stdout: {file: z, format: text}, stderr: z}
`),
    ).toMatchInlineSnapshot(`
      "main.yaml:2:44: error: the two streams of \`a\` are one, as both go to /etc/tm/x: \`stderr\` cannot have another \`format\` than \`stdout\`
            a: {cmd: x, stdout: x, stderr: {file: x, format: json}}
                                                     ^
        hint: say it of \`stdout\`, or send \`stderr\` to a file of its own
      main.yaml:3:66: error: the two streams of \`b\` are one, as both go to /etc/tm/y: \`stderr\` cannot have another \`prefix\` than \`stdout\`
            b: {cmd: x, stdout: {file: y, prefix: "o "}, stderr: {file: y, prefix: "e "}}
                                                                           ^
        hint: say it of \`stdout\`, or send \`stderr\` to a file of its own
      "
    `);
  });
});

describe('what is not a log', () => {
  test('the daemon’s own, a pidfile, a backup, the socket, the config', () => {
    expect(
      complaints({
        [MAIN]: `\
daemon: {log: tm.log, socket: tm.sock}
include: more.yaml
programs:
  a: {cmd: x, stdout: tm.log}
  b: {cmd: x, stdout: b.pid, pidfile: "\${program}.pid"}
  c: {cmd: x, stdout: c.log, stderr: c.log.1}
  d: {cmd: x, stdout: c.log.10.gz}
  e: {cmd: x, stdout: {file: tm.log.2}}
  f: {cmd: x, stdout: tm.sock}
  g: {cmd: x, stdout: main.yaml, stderr: more.yaml}
`,
        '/etc/tm/more.yaml': 'programs: {}\n',
      }),
    ).toMatchInlineSnapshot(`
      "main.yaml:4:23: error: the log of \`a\` would be /etc/tm/tm.log, which is the daemon's own log
            a: {cmd: x, stdout: tm.log}
                                ^
        hint: give it a path of its own
      main.yaml:5:23: error: the log of \`b\` would be /etc/tm/b.pid, which is the pidfile of \`b\`
            b: {cmd: x, stdout: b.pid, pidfile: "\${program}.pid"}
                                ^
        hint: give it a path of its own
      main.yaml:6:38: error: the log of \`c\` would be /etc/tm/c.log.1, which is a backup of /etc/tm/c.log
            c: {cmd: x, stdout: c.log, stderr: c.log.1}
                                               ^
        hint: give it a path of its own
      main.yaml:7:23: error: the log of \`d\` would be /etc/tm/c.log.10.gz, which is a backup of /etc/tm/c.log
            d: {cmd: x, stdout: c.log.10.gz}
                                ^
        hint: give it a path of its own
      main.yaml:8:23: error: the log of \`e\` would be /etc/tm/tm.log.2, which is a backup of /etc/tm/tm.log
            e: {cmd: x, stdout: {file: tm.log.2}}
                                ^
        hint: give it a path of its own
      main.yaml:9:23: error: the log of \`f\` would be /etc/tm/tm.sock, which is the daemon's socket
            f: {cmd: x, stdout: tm.sock}
                                ^
        hint: give it a path of its own
      main.yaml:10:23: error: the log of \`g\` would be /etc/tm/main.yaml, which is a file of the config
            g: {cmd: x, stdout: main.yaml, stderr: more.yaml}
                                ^
        hint: give it a path of its own
      main.yaml:10:42: error: the log of \`g\` would be /etc/tm/more.yaml, which is a file of the config
            g: {cmd: x, stdout: main.yaml, stderr: more.yaml}
                                                   ^
        hint: give it a path of its own
      "
    `);
  });

  test('a name that only looks like a backup is fine', () => {
    const text =
      'programs: {a: {cmd: x, stdout: {file: x, backups: 2}}, b: {cmd: x, stdout: x.3}, c: {cmd: x, stdout: y.1}}\n';
    expect(load(text).diagnostics).toEqual([]);
  });
});
