/** What a program finds: its files, signals, environment, user, terminal. */

import { execFileSync } from 'node:child_process';
import {
  chmodSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  realpathSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { inheritedFds } from '../../src/daemon/inherited.ts';
import { inheritedEnvironment } from '../../src/daemon/launch.ts';
import type { Process } from '../../src/daemon/process.ts';
import { identityOf } from '../../src/daemon/procfs.ts';
import { ALICE } from '../support/people.ts';
import { logTo } from '../support/spec.ts';
import { fdsOfSleep, pid, printed, RealWorld, tempDir, untilPrinted, untilState } from '../support/world.ts';

const isRoot = process.geteuid?.() === 0;
/** What this process was itself started with; the daemon closes that at start-up (`inherited.ts`). */
const inherited = inheritedFds();
const ONLY_STANDARD = ['0', '1', '2'];
const WAIT = 'echo ready; exec sleep 1000';

async function fdsOf(program: Process): Promise<string[]> {
  await untilPrinted(program, 'ready');
  return (await fdsOfSleep(pid(program))).filter(fd => !inherited.includes(Number(fd)));
}

describe('files', () => {
  test('a program holds 0, 1 and 2, and nothing of the daemon', async () => {
    expect(await fdsOf(new RealWorld().start(WAIT))).toEqual(ONLY_STANDARD);
  });

  test('nor do programs that start when others have ended in between: the gaps in the table are no way in', async () => {
    const world = new RealWorld();
    const others = Array.from({ length: 30 }, (_, i) =>
      world.start('exec sleep 1000', {
        name: `other${i}`,
        stderr: logTo('/dev/null'),
      }),
    );
    for (const other of others) await untilState(other, 'RUNNING');
    for (const [i, other] of others.entries()) if (i % 3 === 1) other.dispatch({ type: 'kill', by: ALICE });
    for (const [i, other] of others.entries()) if (i % 3 === 1) await untilState(other, 'STOPPED');
    for (const stderr of [{ kind: 'none' }, { kind: 'discard' }] as const) {
      const stdout = logTo('/dev/null');
      const program = world.start(WAIT, { name: `last-${stderr.kind}`, stdout, stderr });
      expect(await fdsOf(program)).toEqual(ONLY_STANDARD);
    }
  });

  test('all three are the same terminal, and it is the controlling one', async () => {
    const program = new RealWorld().start('tty; tty <&1; tty <&2; tty </dev/tty >/dev/null && echo controlling');
    const [first, second, third, last] = (await untilPrinted(program, 'controlling')).split('\n');
    expect(first).toMatch(/^\/dev\/pts\/\d+$/);
    expect([second, third, last]).toEqual([first, first, 'controlling']);
  });

  test('where stderr is apart it is a terminal too, and reaches the scrollback and its own', async () => {
    const dir = tempDir();
    const stderr = logTo(join(dir, 'err'));
    const program = new RealWorld().start('test -t 1 && echo out; test -t 2 && echo err >&2; tty; tty <&2', { stderr });
    await untilState(program, 'EXITED');
    expect(printed(program)).toContain('out\n');
    expect(printed(program)).toContain('err\n');
    expect(new Set(printed(program).match(/pts\/\d+/g)).size).toBe(2);
    expect(Buffer.from(program.stderr?.read(0, 100).bytes ?? []).toString()).toBe('err\r\n');
  });

  test('output goes to the log as the program wrote it, after what was there', async () => {
    const dir = tempDir();
    writeFileSync(join(dir, 'out'), 'before\n');
    const stdout = logTo(join(dir, 'out'));
    const world = new RealWorld();
    const program = world.start('echo one; printf "two\\r\\n"; printf "half"', { stdout });
    await untilState(program, 'EXITED');
    const log = (): string => readFileSync(join(dir, 'out'), 'utf8');
    while (!log().endsWith('half')) await new Promise(resolve => setImmediate(resolve));
    // The program's own \r\n became \r\r\n on the terminal: one of the two is the terminal's.
    expect(log()).toBe('before\none\ntwo\r\nhalf');
  });
});

describe('signals', () => {
  test('are at their defaults, none blocked', async () => {
    const program = new RealWorld().start('', { argv: ['grep', '-E', 'Sig(Blk|Ign)', '/proc/self/status'] });
    await untilState(program, 'EXITED');
    expect(printed(program).match(/[0-9a-f]{16}/g)).toEqual(['0000000000000000', '0000000000000000']);
  });
});

describe('environment', () => {
  test("is the daemon's, plus the config's, less a multiplexer's, with TERM as configured", async () => {
    const inherited = inheritedEnvironment({
      PATH: process.env.PATH,
      KEPT: 'yes',
      DROPPED: 'x',
      TMUX: 'a',
      TMUX_PANE: '%1',
      STY: 'b',
      COLUMNS: '7',
      TERM: 'dumb',
    });
    const program = new RealWorld(inherited).start('env | sort; echo done', {
      env: { ROLE: 'front', DROPPED: null, EMPTY: '' },
      terminal: { cols: 100, rows: 30, term: 'screen-256color' },
    });
    const lines = (await untilPrinted(program, 'done')).split('\n');
    expect(lines).toEqual(
      expect.arrayContaining(['KEPT=yes', 'ROLE=front', 'EMPTY=', 'TERM=screen-256color', 'TASKMASTER_ID=test:web:1']),
    );
    expect(lines.filter(line => /^(DROPPED|TMUX|TMUX_PANE|STY|COLUMNS)=/.test(line))).toEqual([]);
  });

  test('TASKMASTER_DAEMON names whose life it is, whatever the daemon itself was started with', async () => {
    const program = new RealWorld({ ...process.env, TASKMASTER_DAEMON: '9:9:9' }).start(
      'echo "<$TASKMASTER_DAEMON>"; sleep 1000',
    );
    const { start } = identityOf(process.pid);
    expect(await untilPrinted(program, '>')).toBe(`<${process.getuid?.()}:${process.pid}:${start}>\n`);
  });

  test('TASKMASTER_ID numbers the lives', async () => {
    const program = new RealWorld().start('echo "$TASKMASTER_ID"; sleep 1000');
    await untilPrinted(program, 'test:web:1');
    program.dispatch({ type: 'restart', by: ALICE });
    await untilPrinted(program, 'test:web:2');
  });

  test('umask, working directory and size are as configured', async () => {
    const dir = realpathSync(tempDir());
    const program = new RealWorld().start('umask; pwd; echo $PWD; stty size; echo done', {
      umask: 0o27,
      workingdir: dir,
      terminal: { cols: 91, rows: 23, term: 'xterm' },
    });
    const before = process.umask();
    expect(await untilPrinted(program, 'done')).toBe(`0027\n${dir}\n${dir}\n23 91\ndone\n`);
    expect(process.umask()).toBe(before);
  });

  test('the soft limit of open files is the one that Node raised for the daemon', async () => {
    const program = new RealWorld().start('ulimit -Sn; ulimit -Hn; echo done');
    const [soft, hard] = (await untilPrinted(program, 'done')).split('\n');
    expect(soft).toBe(hard); // native-notes/node.md says so, and how to lower it
  });
});

describe('terminal', () => {
  test('a program that redirects all its three files lives on', async () => {
    const dir = tempDir();
    const program = new RealWorld().start(
      `exec >${dir}/out 2>&1 </dev/null; echo alive; touch ${dir}/there; exec sleep 1000`,
      { pidfile: join(dir, 'pid') },
    );
    await untilState(program, 'RUNNING');
    while (!readdirSync(dir).sort().includes('there')) await new Promise(resolve => setImmediate(resolve));
    expect(readFileSync(join(dir, 'pid'), 'utf8')).toBe(`${pid(program)}\n`);
    program.dispatch({ type: 'stop', by: ALICE });
    await untilState(program, 'STOPPED');
    expect(program.current.last?.exit).toEqual({ code: null, signal: 'SIGTERM' }); // not SIGHUP, long before
    expect(readdirSync(dir).sort()).toEqual(['out', 'there']);
  });

  test('a pidfile is written beside and renamed: a link or a FIFO in its place harms nobody', async () => {
    const dir = tempDir();
    writeFileSync(join(dir, 'precious'), 'data');
    symlinkSync(join(dir, 'precious'), join(dir, 'pid'));
    const program = new RealWorld().start('echo ready; exec sleep 1000', { pidfile: join(dir, 'pid') });
    await untilPrinted(program, 'ready');
    expect(readFileSync(join(dir, 'precious'), 'utf8')).toBe('data');
    expect(readFileSync(join(dir, 'pid'), 'utf8')).toBe(`${pid(program)}\n`);
    rmSync(join(dir, 'pid'));
    execFileSync('mkfifo', [join(dir, 'pid')]);
    program.dispatch({ type: 'stop', by: ALICE });
    await untilState(program, 'STOPPED');
    expect(readdirSync(dir).sort()).toEqual(['pid', 'precious']);
  });

  test.each([
    '/no/such/dir/pid',
    '/etc/passwd/pid',
    `/tmp/${'x'.repeat(254)}`,
  ])('a pidfile that cannot be written (%s) is told, and the program runs on', async pidfile => {
    const world = new RealWorld();
    const program = world.start('echo ready; exec sleep 1000', { pidfile });
    await untilPrinted(program, 'ready');
    await untilState(program, 'RUNNING');
    expect(world.warnings).toEqual([expect.stringMatching(/^web: cannot write pidfile /)]);
    expect(program.current.generation).toBe(1);
  });

  test('what is typed reaches it, erased by character even where one is two bytes', async () => {
    const program = new RealWorld().start('read -r line; echo "got <$line>"');
    await untilState(program, 'RUNNING');
    expect(program.type(Buffer.from('xé\x7fy\r'))).toBe(true);
    expect(await untilPrinted(program, 'got <')).toContain('got <xy>');
  });

  test('input that nobody reads is bounded, and a reader gets all that was accepted, in order', async () => {
    const program = new RealWorld().start(
      'stty raw -echo; echo ready; read -r go </dev/null; head -c 1000000 | cksum; echo done',
    );
    await untilPrinted(program, 'ready');
    const block = Buffer.alloc(250_000, 'abcdefghij');
    const accepted = [1, 2, 3, 4, 5].map(() => program.type(block));
    expect(accepted).toEqual([true, true, true, true, expect.any(Boolean)]);
    expect(program.type(Buffer.alloc(2 * 1024 * 1024))).toBe(false);
    expect(await untilPrinted(program, 'done')).toContain(' 1000000');
  });

  test('typing nothing holds nothing up', async () => {
    const program = new RealWorld().start('read -r line; echo "got <$line>"');
    await untilState(program, 'RUNNING');
    for (const text of ['', 'after', '', '\r']) expect(program.type(Buffer.from(text))).toBe(true);
    await untilPrinted(program, 'got <after>');
  });

  test('nothing is typed to a program that has ended', async () => {
    const program = new RealWorld().start('exit 0');
    await untilState(program, 'EXITED');
    expect(program.type(Buffer.from('x'))).toBe(false);
  });
});

describe.runIf(isRoot)('user (needs root)', () => {
  test('really drops: ids, groups, HOME, USER, LOGNAME, and the terminal is its own', async () => {
    const program = new RealWorld().start(
      'id -u; id -g; id -G; echo $HOME $USER $LOGNAME; grep NoNewPrivs /proc/$$/status; echo opened >/dev/stdout; echo done >/dev/stderr',
      {
        user: { user: 'nobody' },
      },
    );
    const lines = (await untilPrinted(program, 'done')).split('\n');
    expect(lines.slice(0, 4)).toEqual(['65534', '65534', '65534', '/nonexistent nobody nobody']);
    expect(lines).toContain('opened');
  });

  test('name:group takes that group', async () => {
    const program = new RealWorld().start('id -un; id -gn; echo done', { user: { user: 'nobody', group: 'daemon' } });
    expect(await untilPrinted(program, 'done')).toBe('nobody\ndaemon\ndone\n');
  });

  test('with stderr apart, both terminals are its own', async () => {
    const program = new RealWorld().start('echo a >/dev/stdout; echo b >/dev/stderr; id -un; echo done', {
      user: { user: 'nobody' },
      stdout: logTo('/dev/null'),
      stderr: { kind: 'discard' },
    });
    await untilPrinted(program, 'done');
    await untilPrinted(program, 'b');
    expect(printed(program)).toContain('a\n');
    expect(printed(program)).toContain('nobody\n');
  });

  test('one that its user cannot reach says so, and a PATH is searched as that user', async () => {
    const dir = tempDir();
    mkdirSync(join(dir, 'closed'), { mode: 0o700 });
    mkdirSync(join(dir, 'open'), { mode: 0o755 });
    chmodSync(dir, 0o755);
    for (const where of ['closed', 'open'])
      writeFileSync(join(dir, where, 'tool'), `#!/bin/sh\necho ${where}\n`, { mode: 0o755 });
    const world = new RealWorld();
    const user = { user: 'nobody' };
    const shut = world.start('', {
      name: 'shut',
      argv: [join(dir, 'closed/tool')],
      user,
      starttime: 1000,
      startretries: 0,
    });
    await untilState(shut, 'FATAL');
    expect(shut.current.state).toMatchObject({
      reason: expect.stringContaining(`: ${dir}/closed is closed to nobody (mode 0700)`),
    });
    const found = world.start('', {
      name: 'found',
      argv: ['tool'],
      user,
      env: { PATH: `${dir}/closed:${dir}/open:/bin:/usr/bin` },
    });
    expect(await untilPrinted(found, 'open')).toBe('open\n');
  });

  test('what acts on the loader reaches the program, and not setpriv, which is root', async () => {
    const dir = tempDir();
    chmodSync(dir, 0o777);
    // Of each program that the loader starts it writes a file; the user's own begin with the program.
    const program = new RealWorld().start('echo "$LD_DEBUG $LD_DEBUG_OUTPUT $IFS"; id -u; echo done', {
      user: { user: 'nobody' },
      env: { LD_DEBUG: 'libs', LD_DEBUG_OUTPUT: `${dir}/ld`, IFS: ',' },
    });
    expect(await untilPrinted(program, 'done')).toContain(`libs ${dir}/ld`);
    await untilState(program, 'EXITED');
    const owners = readdirSync(dir).map(name => statSync(join(dir, name)).uid);
    expect(new Set(owners)).toEqual(new Set([65534]));
  });

  test("without one in the config, the daemon's directory is inherited, open to the user or not", async () => {
    const dir = tempDir();
    chmodSync(dir, 0o700);
    const before = process.cwd();
    process.chdir(dir);
    try {
      const program = new RealWorld().start('id -un; echo done', { user: { user: 'nobody' } });
      expect(await untilPrinted(program, 'done')).toContain('nobody\ndone\n');
    } finally {
      process.chdir(before);
    }
  });

  test('the working directory is entered as the user', async () => {
    const dir = tempDir();
    chmodSync(dir, 0o700);
    const program = new RealWorld().start('pwd', {
      user: { user: 'nobody' },
      workingdir: dir,
      starttime: 1000,
      startretries: 0,
    });
    await untilState(program, 'FATAL');
    expect(program.current.state).toMatchObject({
      reason: expect.stringContaining(`${dir} is closed to nobody (mode 0700)`),
    });
  });

  test('a bare number that no account has gets no groups of root', async () => {
    const program = new RealWorld().start('id -u; id -G; echo $HOME; echo done', {
      user: { user: '4242', group: '4243' },
    });
    expect(await untilPrinted(program, 'done')).toBe('4242\n4243\n/\ndone\n');
  });
});

describe('a program that cannot start says why', () => {
  const dir = (): string => {
    const made = tempDir();
    writeFileSync(join(made, 'plain'), 'x', { mode: 0o644 });
    mkdirSync(join(made, 'folder'));
    return made;
  };
  const cases: readonly [string, (dir: string) => Parameters<RealWorld['start']>[1], RegExp][] = [
    ['not found', () => ({ argv: ['/no/such/program'] }), /^cannot run \/no\/such\/program: no such file$/],
    ['not in PATH', () => ({ argv: ['no-such-program'] }), /^cannot run no-such-program: not found in PATH \(/],
    ['not executable', made => ({ argv: [join(made, 'plain')] }), /^cannot run .*plain: not executable \(mode 0644\)$/],
    ['is a directory', made => ({ argv: [join(made, 'folder')] }), /^cannot run .*folder: is a directory$/],
    [
      'no such working directory',
      () => ({ workingdir: '/no/such/dir' }),
      /^cannot enter workingdir \/no\/such\/dir: no such directory$/,
    ],
    [
      'workingdir is a file',
      made => ({ workingdir: join(made, 'plain') }),
      /^cannot enter workingdir .*plain: not a directory$/,
    ],
    ['no such user', () => ({ user: { user: 'no-such-user' } }), /^no such user: no-such-user/],
    ['no such group', () => ({ user: { user: 'root', group: 'no-such-group' } }), /^no such group: no-such-group/],
    [
      'no directory for its log',
      made => ({ stdout: logTo(join(made, 'plain/log')) }),
      /^cannot open log .*plain\/log: not a directory$/,
    ],
  ];

  test.each(cases)('%s', async (_, changes, reason) => {
    const program = new RealWorld().start('true', { startretries: 0, ...changes(dir()) });
    await untilState(program, 'FATAL');
    expect(program.current.state).toEqual({ kind: 'fatal', reason: expect.stringMatching(reason) });
  });
});
