/** What people read when a config is wrong. The texts are the product: each is whole here, so that it is reviewed. */
import { describe, expect, test } from 'vitest';
import { complaints, load, MAIN } from './memory.ts';

/** The subject's example as it is printed: ANSWER belongs to `env`, and stands one level too far left. */
const PUBLISHED = `\
programs:
    nginx:
        cmd: "/usr/local/bin/nginx -c /etc/nginx/test.conf"
        numprocs: 1
        umask: 022
        workingdir: /tmp
        autostart: true
        autorestart: unexpected
        exitcodes:
            - 0
            - 2
        startretries: 3
        starttime: 5
        stopsignal: TERM
        stoptime: 10
        stdout: /tmp/nginx.stdout
        stderr: /tmp/nginx.stderr
        env:
            STARTED_BY: taskmaster
        ANSWER: 42
    vogsphere:
        cmd: "/usr/local/bin/vogsphere-worker --no-prefork"
        numprocs: 8
        umask: 077
        workingdir: /tmp
        autostart: true
        autorestart: unexpected
        exitcodes: 0
        startretries: 3
        starttime: 5
        stopsignal: USR1
        stoptime: 10
        stdout: /tmp/vgsworker.stdout
        stderr: /tmp/vgsworker.stderr
`;

describe('the published example', () => {
  test('as it is printed', () => {
    expect(complaints(PUBLISHED)).toMatchInlineSnapshot(`
      "main.yaml:20:9: error: unknown key \`ANSWER\` in a program
                  ANSWER: 42
                  ^
        hint: it looks like it belongs to \`env\` above (line 18): indent it by 4 more
      "
    `);
  });

  test('mended as it was advised', () => {
    const mended = PUBLISHED.replace('        ANSWER', '            ANSWER');
    expect(complaints(mended)).toBe('');
    expect(load(mended).config?.processes[0]?.env).toEqual({ STARTED_BY: 'taskmaster', ANSWER: '42' });
    expect(load(mended).config?.processes.length).toBe(9);
  });

  test('with its last variable between two levels', () => {
    expect(complaints(PUBLISHED.replace('        ANSWER', '          ANSWER'))).toMatchInlineSnapshot(`
      "main.yaml:20:11: error: this line is indented by 10, which fits no level above it
                    ANSWER: 42
                    ^
        hint: indent it by 8 (as line 18) or 12 (as line 19)
      "
    `);
  });

  test('with all indentation lost', () => {
    expect(complaints(PUBLISHED.replace(/^ +/gm, ''))).toMatchInlineSnapshot(`
      "main.yaml:2:1: error: program 'nginx' stands at the top level: indent it under programs:
          nginx:
          ^
        hint: YAML tells by indentation what belongs to what: indent its keys below it too
      main.yaml:21:1: error: program 'vogsphere' stands at the top level: indent it under programs:
          vogsphere:
          ^
        hint: YAML tells by indentation what belongs to what: indent its keys below it too
      "
    `);
  });

  test('with all but one level lost', () => {
    expect(complaints(PUBLISHED.replace(/^ +/gm, '  '))).toMatchInlineSnapshot(`
      "main.yaml:3:3: error: \`cmd\` stands where a program is expected: it is a key of one
            cmd: "/usr/local/bin/nginx -c /etc/nginx/test.conf"
            ^
        hint: indent it below \`nginx:\`
      main.yaml:22:3: error: \`cmd\` stands where a program is expected: it is a key of one
            cmd: "/usr/local/bin/vogsphere-worker --no-prefork"
            ^
        hint: indent it below \`vogsphere:\`
      "
    `);
  });

  test('with programs lost', () => {
    expect(complaints(PUBLISHED.replace('programs:\n', '').replace(/^ {4}/gm, ''))).toMatchInlineSnapshot(`
      "main.yaml:1:1: error: program 'nginx' stands at the top level: write \`programs:\` above it, and indent it under that
          nginx:
          ^
      main.yaml:20:1: error: program 'vogsphere' stands at the top level: write \`programs:\` above it, and indent it under that
          vogsphere:
          ^
      "
    `);
  });

  test('indented by tabs', () => {
    expect(complaints(PUBLISHED.replaceAll('    ', '\t'))).toMatchInlineSnapshot(`
      "main.yaml:2:1: error: this line and 32 more are indented by tabs, and YAML takes spaces only
          	nginx:
          ^
        hint: replace each tab by spaces, as many for every level
      main.yaml:20:3: error: unknown key \`ANSWER\` in a program
          		ANSWER: 42
          		^
        hint: it looks like it belongs to \`env\` above (line 18): indent it by 1 more
      "
    `);
  });
});

describe('a key', () => {
  test('that is misspelt, on every level', () => {
    expect(
      complaints(`
program:
  web: {cmd: x}
programs:
  web: {cmd: x, numproc: 3, terminal: {colums: 3}, stdout: {file: x, size: 3}}
groups: {g: {program: web}}
daemon: {sockets: x, log: {lvl: info}}
`),
    ).toMatchInlineSnapshot(`
      "main.yaml:2:1: error: unknown key \`program\` in the config
          program:
          ^
        hint: did you mean \`programs\`?
      main.yaml:5:17: error: unknown key \`numproc\` in a program
            web: {cmd: x, numproc: 3, terminal: {colums: 3}, stdout: {file: x, size: 3}}
                          ^
        hint: did you mean \`numprocs\`?
      main.yaml:5:40: error: unknown key \`colums\` in a terminal
            web: {cmd: x, numproc: 3, terminal: {colums: 3}, stdout: {file: x, size: 3}}
                                                 ^
        hint: did you mean \`cols\`?
      main.yaml:5:70: error: unknown key \`size\` in a log
            web: {cmd: x, numproc: 3, terminal: {colums: 3}, stdout: {file: x, size: 3}}
                                                                               ^
        hint: known here: file, maxsize, backups, compress, mode, format, timestamps, prefix
      main.yaml:6:10: error: \`g\` has no \`programs\`
          groups: {g: {program: web}}
                   ^
      main.yaml:6:14: error: unknown key \`program\` in a group
          groups: {g: {program: web}}
                       ^
        hint: did you mean \`programs\`?
      main.yaml:7:10: error: unknown key \`sockets\` in \`daemon\`
          daemon: {sockets: x, log: {lvl: info}}
                   ^
        hint: did you mean \`socket\`?
      main.yaml:7:28: error: unknown key \`lvl\` in the daemon's log
          daemon: {sockets: x, log: {lvl: info}}
                                     ^
        hint: known here: file, level, maxsize, backups
      "
    `);
  });

  test('that supervisord or another level calls so', () => {
    expect(
      complaints(`
autostart: true
programs:
  web: {command: x, directory: /tmp, stdout_logfile: y, cols: 80}
`),
    ).toMatchInlineSnapshot(`
      "main.yaml:2:1: error: \`autostart\` is a key of a program, and stands at the top level
          autostart: true
          ^
      main.yaml:4:3: error: \`web\` has no \`cmd\`
            web: {command: x, directory: /tmp, stdout_logfile: y, cols: 80}
            ^
      main.yaml:4:9: error: unknown key \`command\` in a program
            web: {command: x, directory: /tmp, stdout_logfile: y, cols: 80}
                  ^
        hint: here it is called \`cmd\`
      main.yaml:4:21: error: unknown key \`directory\` in a program
            web: {command: x, directory: /tmp, stdout_logfile: y, cols: 80}
                              ^
        hint: here it is called \`workingdir\`
      main.yaml:4:38: error: unknown key \`stdout_logfile\` in a program
            web: {command: x, directory: /tmp, stdout_logfile: y, cols: 80}
                                               ^
        hint: here it is called \`stdout\`
      main.yaml:4:57: error: unknown key \`cols\` in a program
            web: {command: x, directory: /tmp, stdout_logfile: y, cols: 80}
                                                                  ^
        hint: it is a key of \`terminal\`
      "
    `);
  });

  test('that stands twice', () => {
    expect(
      complaints(`
programs:
  web:
    cmd: x
    cmd: y
    env: {A: 1, A: 2}
  web: {cmd: z}
`),
    ).toMatchInlineSnapshot(`
      "main.yaml:5:5: error: duplicate key \`cmd\`: it stands on line 4 already
              cmd: y
              ^
        hint: keep one of the two
      main.yaml:6:17: error: duplicate key \`A\`: it stands on line 6 already
              env: {A: 1, A: 2}
                          ^
        hint: keep one of the two
      main.yaml:7:3: error: duplicate key \`web\`: it stands on line 3 already
            web: {cmd: z}
            ^
        hint: keep one of the two
      "
    `);
  });

  test('that is for later', () => {
    expect(
      complaints(`
x-alerts: []
defines: {}
defaults: {nice: 3}
daemon: {}
programs:
  web:
    cmd: x
    limits: {}
    nice: 3
    requires: [db]
    ready: x
    health: x
    watch: x
    events: x
    defines: x
`),
    ).toMatchInlineSnapshot(`
      "main.yaml:3:1: error: \`defines\` is not yet supported: it would do nothing, so it is refused until a later version
          defines: {}
          ^
      main.yaml:4:12: error: \`nice\` is not yet supported: it would do nothing, so it is refused until a later version
          defaults: {nice: 3}
                     ^
      main.yaml:9:5: error: \`limits\` is not yet supported: it would do nothing, so it is refused until a later version
              limits: {}
              ^
      main.yaml:10:5: error: \`nice\` is not yet supported: it would do nothing, so it is refused until a later version
              nice: 3
              ^
      main.yaml:11:5: error: \`requires\` is not yet supported: it would do nothing, so it is refused until a later version
              requires: [db]
              ^
      main.yaml:12:5: error: \`ready\` is not yet supported: it would do nothing, so it is refused until a later version
              ready: x
              ^
      main.yaml:13:5: error: \`health\` is not yet supported: it would do nothing, so it is refused until a later version
              health: x
              ^
      main.yaml:14:5: error: \`watch\` is not yet supported: it would do nothing, so it is refused until a later version
              watch: x
              ^
      main.yaml:15:5: error: \`events\` is not yet supported: it would do nothing, so it is refused until a later version
              events: x
              ^
      main.yaml:16:5: error: \`defines\` is not yet supported: it would do nothing, so it is refused until a later version
              defines: x
              ^
      "
    `);
  });

  test('that is missing', () => {
    expect(
      complaints('programs:\n  a:\n  b: {numprocs: 2}\n  c: {cmd: x, stdout: {maxsize: 3}}\n'),
    ).toMatchInlineSnapshot(`
      "main.yaml:2:3: error: \`a\` has no \`cmd\`
            a:
            ^
      main.yaml:3:3: error: \`b\` has no \`cmd\`
            b: {numprocs: 2}
            ^
      main.yaml:4:15: error: \`stdout\` has no \`file\`
            c: {cmd: x, stdout: {maxsize: 3}}
                        ^
      "
    `);
  });

  test('that slipped into env is a warning', () => {
    expect(complaints('programs:\n  a:\n    cmd: x\n    env:\n      A: 1\n      numprocs: 3\n')).toMatchInlineSnapshot(`
      "main.yaml:6:17: warning: \`numprocs\` is a variable here, and has the name of a key of the program
                numprocs: 3
                          ^
        hint: indent it less if it is meant as the key
      "
    `);
  });

  test('that cannot have a default', () => {
    expect(complaints('defaults: {cmd: x}\nprograms: {a: {cmd: x}}\n')).toMatchInlineSnapshot(`
      "main.yaml:1:12: error: \`cmd\` cannot have a default: it is what makes a program one
          defaults: {cmd: x}
                     ^
      "
    `);
  });

  test('that slipped out of a map, or a program that slipped into another', () => {
    expect(
      complaints(`
programs:
  a:
    cmd: x
    terminal:
      cols: 80
    rows: 24
    stdout:
    file: x
    b:
      cmd: y
  c: {cmd: x, env: {A: 1}, B: 2}
`),
    ).toMatchInlineSnapshot(`
      "main.yaml:7:5: error: unknown key \`rows\` in a program
              rows: 24
              ^
        hint: it looks like it belongs to \`terminal\` above (line 5): indent it by 2 more
      main.yaml:8:12: error: \`stdout\` has no value: it must be a path, or \`discard\`, or a map of file, maxsize, backups, compress, mode, format, timestamps, prefix
              stdout:
                     ^
      main.yaml:9:5: error: unknown key \`file\` in a program
              file: x
              ^
        hint: it looks like it belongs to \`stdout\` above (line 8): indent it below that
      main.yaml:10:5: error: program 'b' stands inside another program: indent it like that one
              b:
              ^
      main.yaml:12:28: error: unknown key \`B\` in a program
            c: {cmd: x, env: {A: 1}, B: 2}
                                     ^
        hint: it looks like it belongs to \`env\` above (line 12): write it between its braces
      "
    `);
  });
});

describe('a value', () => {
  test('of the wrong type', () => {
    expect(
      complaints(`
programs:
  web:
    cmd: 42
    numprocs: many
    umask: rw
    workingdir: [a]
    autostart: yes
    autorestart: {}
    exitcodes: {a: 1}
    startretries: 1.5
    starttime: soon
    stopsignal: [TERM]
    stoptime:
    stopasgroup: "true"
    leftovers: kil
    priority: high
    user: [a]
    env: [A=1]
    pidfile: true
    terminal: 80x24
    scrollback: lots
    shell: 1
    stdout: [a]
  other: sleep 5
groups: [a]
daemon: x
`),
    ).toMatchInlineSnapshot(`
      "main.yaml:4:10: error: \`cmd\` must be a command line, or a list of words, not \`42\`
              cmd: 42
                   ^
        hint: write it in quotes if it is meant: "42"
      main.yaml:5:15: error: \`numprocs\` must be an integer from 1 to 1000, not \`many\`
              numprocs: many
                        ^
      main.yaml:6:12: error: \`umask\` must be an octal file mode such as 022, at most 0777, not \`rw\`
              umask: rw
                     ^
      main.yaml:7:17: error: \`workingdir\` must be a path, not a list
              workingdir: [a]
                          ^
      main.yaml:8:16: error: \`autostart\` must be true or false, not \`yes\`
              autostart: yes
                         ^
        hint: write \`true\`: YAML 1.2 has no other words for it
      main.yaml:9:18: error: \`autorestart\` must be always, never or unexpected, not a map
              autorestart: {}
                           ^
      main.yaml:10:16: error: \`exitcodes\` must be an integer from 0 to 255, not a map
              exitcodes: {a: 1}
                         ^
      main.yaml:11:19: error: \`startretries\` must be an integer from 0 to 1000000, not \`1.5\`
              startretries: 1.5
                            ^
      main.yaml:12:16: error: \`starttime\` must be a duration such as 5, 0.5, 500ms, 2m or 1h, not \`soon\`
              starttime: soon
                         ^
      main.yaml:13:17: error: \`stopsignal\` must be a signal such as TERM, INT, HUP or QUIT, not a list
              stopsignal: [TERM]
                          ^
      main.yaml:14:14: error: \`stoptime\` has no value: it must be a duration such as 5, 0.5, 500ms, 2m or 1h
              stoptime:
                       ^
      main.yaml:15:18: error: \`stopasgroup\` must be true or false, not a text in quotes
              stopasgroup: "true"
                           ^
        hint: write \`true\`
      main.yaml:16:16: error: \`leftovers\` must be kill, report or ignore, not \`kil\`
              leftovers: kil
                         ^
        hint: did you mean \`kill\`?
      main.yaml:17:15: error: \`priority\` must be an integer from -9999 to 9999, not \`high\`
              priority: high
                        ^
      main.yaml:18:11: error: \`user\` must be \`name\` or \`name:group\`, not a list
              user: [a]
                    ^
      main.yaml:19:10: error: \`env\` must be a map of variables, not a list
              env: [A=1]
                   ^
        hint: a map has no dashes: write \`name: value\`, each on a line of its own
      main.yaml:20:14: error: \`pidfile\` must be a path, not \`true\`
              pidfile: true
                       ^
        hint: write it in quotes if it is meant: "true"
      main.yaml:21:15: error: \`terminal\` must be a map of keys, not \`80x24\`
              terminal: 80x24
                        ^
      main.yaml:22:17: error: \`scrollback\` must be a size such as 65536, 64KB, 1MB or 1GB, at least 4096, at most 1GB, not \`lots\`
              scrollback: lots
                          ^
      main.yaml:23:12: error: \`shell\` must be true or false, not \`1\`
              shell: 1
                     ^
        hint: write \`true\`: YAML 1.2 has no other words for it
      main.yaml:24:13: error: \`stdout\` must be a path, or \`discard\`, or a map of file, maxsize, backups, compress, mode, format, timestamps, prefix, not a list
              stdout: [a]
                      ^
      main.yaml:25:10: error: \`other\` must be a map of keys, not \`sleep 5\`
            other: sleep 5
                   ^
      main.yaml:26:9: error: \`groups\` must be a map from names to groups, not a list
          groups: [a]
                  ^
        hint: a map has no dashes: write \`name: value\`, each on a line of its own
      main.yaml:27:9: error: \`daemon\` must be a map of keys, not \`x\`
          daemon: x
                  ^
      "
    `);
  });

  test('out of its range', () => {
    expect(
      complaints(`
programs:
  web:
    cmd: x
    numprocs: 0
    umask: 18
    exitcodes: [0, 256, -1]
    startretries: -3
    starttime: -1
    stopsignal: TREM
    stoptime: 30000h
    terminal: {cols: 1, rows: 501}
    scrollback: 1KB
    priority: 10000
    env: {1A: x, TASKMASTER_ID: y, B: [c]}
  big: {cmd: x, numprocs: 1001, umask: 1022}
daemon: {socket: {mode: 0888}, log: {level: loud}}
`),
    ).toMatchInlineSnapshot(`
      "main.yaml:5:15: error: \`numprocs\` must be an integer from 1 to 1000, not \`0\`
              numprocs: 0
                        ^
      main.yaml:6:12: error: \`umask\` must be an octal file mode such as 022, at most 0777, not \`18\`
              umask: 18
                     ^
        hint: it is octal however it is written, and 8 is no octal digit
      main.yaml:7:20: error: \`exitcodes\` must be an integer from 0 to 255, not \`256\`
              exitcodes: [0, 256, -1]
                             ^
      main.yaml:7:25: error: \`exitcodes\` must be an integer from 0 to 255, not \`-1\`
              exitcodes: [0, 256, -1]
                                  ^
      main.yaml:8:19: error: \`startretries\` must be an integer from 0 to 1000000, not \`-3\`
              startretries: -3
                            ^
      main.yaml:9:16: error: \`starttime\` must be a duration such as 5, 0.5, 500ms, 2m or 1h, not \`-1\`
              starttime: -1
                         ^
        hint: it cannot be negative
      main.yaml:10:17: error: \`stopsignal\` must be a signal such as TERM, INT, HUP or QUIT, not \`TREM\`
              stopsignal: TREM
                          ^
        hint: did you mean \`TERM\`?
      main.yaml:11:15: error: \`stoptime\` must be a duration such as 5, 0.5, 500ms, 2m or 1h, not \`30000h\`
              stoptime: 30000h
                        ^
        hint: it cannot be longer than 24 days
      main.yaml:12:22: error: \`cols\` must be an integer from 2 to 1000, not \`1\`
              terminal: {cols: 1, rows: 501}
                               ^
      main.yaml:12:31: error: \`rows\` must be an integer from 1 to 500, not \`501\`
              terminal: {cols: 1, rows: 501}
                                        ^
      main.yaml:13:17: error: \`scrollback\` must be a size such as 65536, 64KB, 1MB or 1GB, at least 4096, at most 1GB, not \`1KB\`
              scrollback: 1KB
                          ^
      main.yaml:14:15: error: \`priority\` must be an integer from -9999 to 9999, not \`10000\`
              priority: 10000
                        ^
      main.yaml:15:11: error: \`1A\` is no name of a variable
              env: {1A: x, TASKMASTER_ID: y, B: [c]}
                    ^
        hint: use letters, digits and _, and no digit first
      main.yaml:15:18: error: \`TASKMASTER_ID\` is set by the daemon, and cannot be set here
              env: {1A: x, TASKMASTER_ID: y, B: [c]}
                           ^
      main.yaml:15:39: error: the variable \`B\` must be a text, not a list
              env: {1A: x, TASKMASTER_ID: y, B: [c]}
                                                ^
      main.yaml:16:27: error: \`numprocs\` must be an integer from 1 to 1000, not \`1001\`
            big: {cmd: x, numprocs: 1001, umask: 1022}
                                    ^
      main.yaml:16:40: error: \`umask\` must be an octal file mode such as 022, at most 0777, not \`1022\`
            big: {cmd: x, numprocs: 1001, umask: 1022}
                                                 ^
      main.yaml:17:25: error: \`mode\` must be an octal file mode such as 022, at most 0777, not \`0888\`
          daemon: {socket: {mode: 0888}, log: {level: loud}}
                                  ^
        hint: it is octal however it is written, and 8 is no octal digit
      main.yaml:17:45: error: \`level\` must be trace, debug, info, warn or error, not \`loud\`
          daemon: {socket: {mode: 0888}, log: {level: loud}}
                                                      ^
      "
    `);
  });

  test('that cannot be a command', () => {
    expect(
      complaints(`
programs:
  a: {cmd: ""}
  b: {cmd: []}
  c: {cmd: "sh -c 'oops"}
  d:
    cmd: |
      echo one \\
        "two
  e: {cmd: [a], shell: true}
  f: {cmd: [a, [b], ]}
  g: {cmd: "a\\0b"}
`),
    ).toMatchInlineSnapshot(`
      "main.yaml:3:12: error: \`cmd\` is empty
            a: {cmd: ""}
                     ^
      main.yaml:4:12: error: \`cmd\` is empty
            b: {cmd: []}
                     ^
      main.yaml:5:19: error: cannot split \`cmd\` into words: this single quote is never closed
            c: {cmd: "sh -c 'oops"}
                            ^
      main.yaml:9:9: error: cannot split \`cmd\` into words: this double quote is never closed
                  "two
                  ^
      main.yaml:10:12: error: with \`shell: true\`, \`cmd\` must be one text for the shell, not a list
            e: {cmd: [a], shell: true}
                     ^
      main.yaml:11:16: error: \`cmd\` must be made of words, not a list
            f: {cmd: [a, [b], ]}
                         ^
      main.yaml:12:12: error: \`cmd\` cannot hold a NUL character
            g: {cmd: "a\\0b"}
                     ^
      "
    `);
  });

  test('that holds a variable nobody set', () => {
    expect(
      complaints(`
programs:
  web:
    cmd: run "\${HOM}" '\${NONE}' \${progam}
    workingdir: /srv/\${WHERE
    processname: \${process}
    numprocs: \${num}
    env: {A: "a\\tb \${X-1}", B: 'it''s \${EMPTY} \${Y}'}
    starttime: \${T:-never}
    user: |
      \${Z}
`),
    ).toMatchInlineSnapshot(`
      "main.yaml:4:15: error: \${HOM} is not set
              cmd: run "\${HOM}" '\${NONE}' \${progam}
                        ^
        hint: did you mean \`HOME\`?
      main.yaml:4:24: error: \${NONE} is not set
              cmd: run "\${HOM}" '\${NONE}' \${progam}
                                 ^
        hint: set it in the environment of the daemon, or give it a default: \${NONE:-…}
      main.yaml:4:33: error: \${progam} is not set
              cmd: run "\${HOM}" '\${NONE}' \${progam}
                                          ^
        hint: did you mean \`program\`?
      main.yaml:5:22: error: \`\${\` has no closing \`}\`
              workingdir: /srv/\${WHERE
                               ^
        hint: write \`$\${\` for the two characters themselves; quote a default that holds spaces
      main.yaml:6:18: error: \${process} is not set
              processname: \${process}
                           ^
        hint: only the texts of a program, such as \`cmd\` and \`env\`, know \`process\`
      main.yaml:7:15: error: \${num} is not set
              numprocs: \${num}
                        ^
        hint: only the texts of a program, such as \`cmd\` and \`env\`, know \`num\`
      main.yaml:8:20: error: \`\${X-1}\` is no variable
              env: {A: "a\\tb \${X-1}", B: 'it''s \${EMPTY} \${Y}'}
                             ^
        hint: write \`\${NAME}\` or \`\${NAME:-default}\`, and \`$\${\` for \`\${\` itself
      main.yaml:8:48: error: \${Y} is not set
              env: {A: "a\\tb \${X-1}", B: 'it''s \${EMPTY} \${Y}'}
                                                         ^
        hint: set it in the environment of the daemon, or give it a default: \${Y:-…}
      main.yaml:9:16: error: \`starttime\` must be a duration such as 5, 0.5, 500ms, 2m or 1h, not \`never\`
              starttime: \${T:-never}
                         ^
        hint: that is what \`\${T:-never}\` stands for here
      main.yaml:11:7: error: \${Z} is not set
                \${Z}
                ^
        hint: set it in the environment of the daemon, or give it a default: \${Z:-…}
      "
    `);
  });

  test('that contradicts another', () => {
    expect(
      complaints('defaults: {killasgroup: false}\nprograms: {a: {cmd: x, stopasgroup: true}, b: {cmd: x}}\n'),
    ).toMatchInlineSnapshot(`
      "main.yaml:1:12: error: \`killasgroup: false\` cannot go with \`stopasgroup: true\`: some of the group would be left behind
          defaults: {killasgroup: false}
                     ^
        hint: leave \`killasgroup\` out: it follows \`stopasgroup\`
      "
    `);
  });

  test('that is no user', () => {
    expect(complaints('programs: {a: {cmd: x, user: "a:b:c"}, b: {cmd: x, user: ":"}}\n')).toMatchInlineSnapshot(`
      "main.yaml:1:30: error: \`user\` must be \`name\` or \`name:group\`, not \`a:b:c\`
          programs: {a: {cmd: x, user: "a:b:c"}, b: {cmd: x, user: ":"}}
                                       ^
      main.yaml:1:58: error: \`user\` must be \`name\` or \`name:group\`, not \`:\`
          programs: {a: {cmd: x, user: "a:b:c"}, b: {cmd: x, user: ":"}}
                                                                   ^
      "
    `);
  });

  test('that is no key to detach with', () => {
    expect(complaints('daemon:\n  detachkeys: C-b\nprograms: {a: {cmd: x}}\n')).toMatchInlineSnapshot(`
      "main.yaml:2:15: error: \`detachkeys\` must be keys such as ctrl-b,d, not \`C-b\`
            detachkeys: C-b
                        ^
        hint: 'C-b' is no key: write ctrl-b
      "
    `);
    expect(complaints('daemon:\n  detachkeys:\nprograms: {a: {cmd: x}}\n')).toMatchInlineSnapshot(`
      "main.yaml:2:14: error: \`detachkeys\` has no value: it must be keys such as ctrl-b,d
            detachkeys:
                       ^
      "
    `);
    expect(complaints('daemon:\n  detachkeys: [ctrl-b, d]\nprograms: {a: {cmd: x}}\n')).toMatchInlineSnapshot(`
      "main.yaml:2:15: error: \`detachkeys\` must be keys such as ctrl-b,d, not a list
            detachkeys: [ctrl-b, d]
                        ^
      "
    `);
    expect(complaints('daemon: {detachkeys: ctrl-b,d}\nprograms: {a: {cmd: x}}\n')).toMatchInlineSnapshot(`
      "main.yaml:1:29: error: \`d\` stands in \`daemon\` as a key: in braces a comma ends a value, so write \`detachkeys: "ctrl-b,d"\`
          daemon: {detachkeys: ctrl-b,d}
                                      ^
      "
    `);
    expect(complaints('daemon: {detachkeys: "${KEYS:-ctrl-b,,d}"}\nprograms: {a: {cmd: x}}\n')).toMatchInlineSnapshot(`
      "main.yaml:1:22: error: \`detachkeys\` must be keys such as ctrl-b,d, not \`ctrl-b,,d\`
          daemon: {detachkeys: "\${KEYS:-ctrl-b,,d}"}
                               ^
        hint: that is what \`\${KEYS:-ctrl-b,,d}\` stands for here
      "
    `);
  });

  test('that is no place for a socket', () => {
    const path = `/run/${'x'.repeat(120)}`;
    expect(complaints(`daemon: {socket: ${path}}\nprograms: {a: {cmd: x}}\n`)).toContain(
      `cannot use the socket path ${path}: it is 125 bytes long`,
    );
  });
});

describe('a name', () => {
  test('that cannot be one', () => {
    expect(
      complaints(`
programs:
  a:b: {cmd: x}
  a b: {cmd: x}
  a/b: {cmd: x}
  "w*": {cmd: x}
  all: {cmd: x}
  "": {cmd: x}
  -x: {cmd: x}
  "a\\eb": {cmd: x}
  c: {cmd: x, processname: "a:b"}
groups: {"x:y": {programs: c}}
`),
    ).toMatchInlineSnapshot(`
      "main.yaml:3:3: error: the program name \`a:b\` cannot hold a colon, which stands between group and process
            a:b: {cmd: x}
            ^
      main.yaml:4:3: error: the program name \`a b\` cannot hold a space
            a b: {cmd: x}
            ^
      main.yaml:5:3: error: the program name \`a/b\` cannot hold \`/\`
            a/b: {cmd: x}
            ^
      main.yaml:6:3: error: the program name \`w*\` cannot hold \`*\`
            "w*": {cmd: x}
            ^
      main.yaml:7:3: error: the program name \`all\` cannot be used: \`all\` selects everything
            all: {cmd: x}
            ^
      main.yaml:8:3: error: a program name cannot be empty
            "": {cmd: x}
            ^
      main.yaml:9:3: error: the program name \`-x\` cannot begin with \`-\`, as options do
            -x: {cmd: x}
            ^
      main.yaml:10:3: error: the program name \`a?b\` cannot hold control characters
            "a\\eb": {cmd: x}
            ^
      main.yaml:11:28: error: the process name \`a:b\` cannot hold a colon, which stands between group and process
            c: {cmd: x, processname: "a:b"}
                                     ^
      main.yaml:12:10: error: the group name \`x:y\` cannot hold a colon, which stands between group and process
          groups: {"x:y": {programs: c}}
                   ^
      "
    `);
  });

  test('of two processes', () => {
    expect(
      complaints(`
groups: {g: {programs: [b, c]}}
programs:
  a: {cmd: x, numprocs: 2, processname: "\${program}"}
  b: {cmd: x, processname: same}
  c: {cmd: x, processname: same, pidfile: /run/x.pid}
  d: {cmd: x, numprocs: 2, pidfile: /run/x.pid}
`),
    ).toMatchInlineSnapshot(`
      "main.yaml:4:41: error: \`processname\` gives two processes of \`a\` the same name \`a\`
            a: {cmd: x, numprocs: 2, processname: "\${program}"}
                                                  ^
        hint: put \`\${num}\` into it
      main.yaml:6:28: error: \`b\` and \`c\` both give the group \`g\` a process \`same\`
            c: {cmd: x, processname: same, pidfile: /run/x.pid}
                                     ^
      main.yaml:7:37: error: \`g:same\` and \`d:d_00\` would write the same pidfile /run/x.pid
            d: {cmd: x, numprocs: 2, pidfile: /run/x.pid}
                                              ^
        hint: put \`\${process}\` into it
      main.yaml:7:37: error: \`d:d_00\` and \`d:d_01\` would write the same pidfile /run/x.pid
            d: {cmd: x, numprocs: 2, pidfile: /run/x.pid}
                                              ^
        hint: put \`\${process}\` into it
      "
    `);
  });

  test('of a group', () => {
    expect(
      complaints(`
programs: {web: {cmd: x}, db: {cmd: x}, api: {cmd: x}}
groups:
  one: {programs: [web, bd, web]}
  two: {programs: web}
  api: {programs: db}
`),
    ).toMatchInlineSnapshot(`
      "main.yaml:4:25: error: there is no program \`bd\` for the group \`one\`
            one: {programs: [web, bd, web]}
                                  ^
        hint: did you mean \`db\`?
      main.yaml:4:29: error: the program \`web\` is in it twice
            one: {programs: [web, bd, web]}
                                      ^
        hint: a program is in one group at most
      main.yaml:5:19: error: the program \`web\` is in the group \`one\` too
            two: {programs: web}
                            ^
        hint: a program is in one group at most
      main.yaml:6:3: error: the group \`api\` has the name of a program that is not in it
            api: {programs: db}
            ^
        hint: put that program into the group, or rename one of them
      "
    `);
  });
});

describe('YAML', () => {
  test('whose indentation fits nowhere, with what is wrong elsewhere', () => {
    expect(
      complaints(`
programs:
    one:
        cmd: x
      numprocs: 3
        umask: 9
    two:
        cmd: x
          numprocs: 3
    three:
        cmd: x
        exitcodes:
            - 0
           - 2
    four:
        cmd: x
        umask: 9
`),
    ).toMatchInlineSnapshot(`
      "main.yaml:5:7: error: this line is indented by 6, which fits no level above it
                numprocs: 3
                ^
        hint: indent it by 4 (as line 3) or 8 (as line 4)
      main.yaml:9:11: error: this line is indented by 2 more than the key above it, which has a value already
                    numprocs: 3
                    ^
        hint: indent it by 8, as line 8
      main.yaml:14:12: error: this line is indented by 11, which fits no level above it
                     - 2
                     ^
        hint: indent it by 8 (as line 12) or 12 (as line 13)
      main.yaml:17:16: error: \`umask\` must be an octal file mode such as 022, at most 0777, not \`9\`
                  umask: 9
                         ^
        hint: it is octal however it is written, and 9 is no octal digit
      "
    `);
  });

  test('with a tab among spaces', () => {
    expect(complaints('programs:\n  a:\n    cmd: x\n\tnumprocs: 2\n')).toMatchInlineSnapshot(`
      "main.yaml:4:1: error: this line is indented by a tab, and YAML takes spaces only
          	numprocs: 2
          ^
        hint: replace each tab by spaces, as many for every level
      "
    `);
  });

  test.each([
    ['an open quote', 'programs:\n  a:\n    cmd: "abc\n  b: {cmd: x}\n'],
    ['a quote in quotes', "programs:\n  a:\n    cmd: 'it's'\n"],
    ['a colon in a value', 'programs:\n  a:\n    cmd: foo: bar\n    umask: 022\n'],
    ['no space after a colon', 'programs:\n  a:\n    cmd:foo\n    umask: 022\n'],
    ['a key without a value', 'programs:\n  a:\n    cmd\n    umask: 022\n'],
    ['an open brace', 'programs:\n  a: {cmd: x\n  b: {cmd: x}\n'],
    ['a variable inside braces', 'programs:\n  a: {cmd: ${HOME}}\n'],
    ['a reserved character', 'programs:\n  a:\n    cmd: @x\n    user: `x`\n'],
    ['an anchor without a name', 'programs:\n  a:\n    cmd: & x\n'],
    ['an escape that is none', 'programs:\n  a: {cmd: "a\\qb"}\n'],
    ['a tag', 'programs:\n  a: {cmd: !run x}\n'],
    ['two documents', 'programs:\n  a: {cmd: x}\n---\nb: 1\n'],
    ['an unknown alias', 'x-base: &base {umask: 022}\nprograms:\n  a: {<<: *bse, cmd: x}\ninclude: *.yaml\n'],
    ['an alias of itself', 'programs:\n  a: &a {cmd: x, env: *a}\n'],
    ['a merge of no map', 'programs:\n  a: {<<: 3, cmd: x}\n'],
    ['a list for a map', 'programs:\n  - a: {cmd: x}\n'],
    ['a map as a key', 'programs:\n  ? {a: b}\n  : {cmd: x}\n'],
    ['no map at all', 'hello\n'],
    ['nothing', '# only a comment\n'],
  ])('with %s', (_what, text) => {
    expect(complaints(text)).toMatchSnapshot();
  });

  test('that is nested without end is refused, not followed', () => {
    expect(complaints(`programs: ${'['.repeat(70)}${']'.repeat(70)}`)).toContain(
      'nested too deeply: at most 64 levels',
    );
    expect(complaints(`programs: ${'['.repeat(20_000)}`)).toContain('nested too deeply');
    expect(complaints('programs:\n  a: {cmd: x, user: [[[[[[a]]]]]]}\n')).toContain('`user` must be');
  });

  test('whose aliases unfold to billions is refused, not unfolded', () => {
    const lists = ['a', 'b', 'c', 'd', 'e', 'f', 'g', 'h', 'i', 'j'].map((name, i, all) => {
      const items = i === 0 ? 'lol' : `*${all[i - 1]}`;
      return `x-${name}: &${name} [${Array(10).fill(items).join(', ')}]\n`;
    });
    expect(complaints(`${lists.join('')}programs: {a: {cmd: *j}}\n`)).toMatchInlineSnapshot(`
      "main.yaml:6:22: error: the config is too large: with its aliases unfolded, it holds more than 500000 values
          x-f: &f [*e, *e, *e, *e, *e, *e, *e, *e, *e, *e]
                               ^
      "
    `);
    const keys = Array.from({ length: 2000 }, (_, i) => `k${i}: 1`).join(', ');
    const merges = Array.from({ length: 2000 }, (_, i) => `x-${i}: {<<: *a}\n`).join('');
    expect(complaints(`x-a: &a {${keys}}\n${merges}`)).toContain('with its aliases unfolded');
  });

  test('with more mistakes than anybody reads', () => {
    const lines = complaints(`programs:\n${'  a: {nope: 1}\n'.repeat(5000)}`).match(/error: .*/g) ?? [];
    expect(lines.length).toBe(201);
    expect(lines.at(-1)).toBe('error: too many mistakes: these 200 are not all');
  });
});

describe('a file', () => {
  test.each([
    ['that is not there', {}, 'cannot read the config: there is no such file'],
    ['that is no UTF-8', { [MAIN]: new Uint8Array([0x61, 0x0a, 0xe9]) }, 'it is not UTF-8 text (line 2)'],
    ['that is too large', { [MAIN]: '#'.repeat(4 * 2 ** 20 + 1) }, 'it is too large: 4194305 bytes, where 4194304'],
  ])('%s', (_what, files, message) => {
    expect(complaints(files)).toContain(`main.yaml: error: `);
    expect(complaints(files)).toContain(message);
  });

  test('without programs is a warning', () => {
    expect(complaints('daemon: {}\n')).toMatchInlineSnapshot(`
      "main.yaml:1:1: warning: the config has no programs: nothing will run
          daemon: {}
          ^
      "
    `);
    expect(load('programs:\n').config?.processes).toEqual([]);
  });

  test('with a byte order mark and Windows line ends is fine', () => {
    expect(complaints('\ufeffprograms:\r\n  a:\r\n    cmd: x\r\n')).toBe('');
    expect(complaints('programs:\r\n  a:\r\n    cmd: x\r\n    umask: 9\r\n')).toContain('        umask: 9\n');
  });

  test('with too many processes', () => {
    const programs = Array.from({ length: 12 }, (_, i) => `  p${i}: {cmd: x, numprocs: 1000}\n`).join('');
    expect(complaints(`programs:\n${programs}`)).toContain('too many processes: a config can have 10000');
  });
});
