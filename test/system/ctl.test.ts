/** The built client against the built daemon: supervisorctl's columns, lines and exit codes (as measured on 4.2.5). */
import { chmodSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { openPtyHost, type Pty } from '../../src/daemon/pty.ts';
import { realClock } from '../../src/runtime/clock.ts';
import { Bench, ROOT } from '../support/built.ts';
import { onCleanup, tempDir } from '../support/world.ts';

const CONFIG = `
defaults: {starttime: 0.1, startretries: 0}
groups: {back: {programs: [api]}}
programs:
  api: {cmd: sleep 1000}
  web: {cmd: sleep 1000, numprocs: 2}
  off: {cmd: sleep 1000, autostart: false}
  broken: {cmd: /no/such/thing, autostart: false}
  hasty: {cmd: "sh -c 'exit 3'", autostart: false}
  echo: {cmd: "sh -c 'echo hello; cat'"}
`;

async function running(): Promise<Bench> {
  const bench = new Bench(CONFIG);
  const daemon = await bench.start();
  for (const name of ['back:api', 'web:web_00', 'web:web_01', 'echo']) await daemon.untilState(name, 'RUNNING');
  return bench;
}

describe('taskmasterctl', () => {
  test("status has supervisord's columns, and 0, 3, 4", async () => {
    const bench = await running();
    const all = bench.ctl(['status']);
    expect(all.code).toBe(3);
    expect(all.out.replace(/pid \d+/g, 'pid N')).toBe(
      `back:api                         RUNNING   pid N, uptime 0:00:00
broken                           STOPPED   Not started
echo                             RUNNING   pid N, uptime 0:00:00
hasty                            STOPPED   Not started
off                              STOPPED   Not started
web:web_00                       RUNNING   pid N, uptime 0:00:00
web:web_01                       RUNNING   pid N, uptime 0:00:00
`.replaceAll('0:00:00', all.out.match(/0:00:0\d/)?.[0] ?? ''),
    );
    expect(bench.ctl(['status', 'web:*', 'a*']).code).toBe(0);
    expect(bench.ctl(['status', 'nosuch'])).toMatchObject({ code: 4, out: 'nosuch: ERROR (no such process)\n' });
    expect(JSON.parse(bench.ctl(['status', 'off', '--json']).out)).toMatchObject({
      processes: [{ name: 'off', state: 'STOPPED', want: 'down' }],
    });
  });

  test.each([
    [['nosuchverb'], 1],
    [['start'], 2],
    [['start', 'nosuch'], 1],
    [['stop', 'nosuch'], 1],
    [['start', 'back:api'], 0],
    [['stop', 'off'], 0],
    [['start', 'broken'], 7],
    [['start', 'hasty'], 7],
    [['signal', 'NOSUCH', 'web'], 1],
    [['signal', 'HUP', 'off'], 7],
    [['start', 'off'], 0],
    [['restart', 'web:*'], 0],
    [['send', 'off2', 'x'], 1],
  ])('%j exits with %i', async (args, code) => {
    const bench = await running();
    expect([args, bench.ctl(args).code]).toEqual([args, code]);
  });

  test('without a daemon: status 4, the others 7, one sentence that says what to do', () => {
    const bench = new Bench(CONFIG);
    expect(bench.ctl(['status'])).toMatchObject({ code: 4, out: '' });
    const { code, err } = bench.ctl(['start', 'all']);
    expect(code).toBe(7);
    expect(err).toMatch(
      /^cannot reach the daemon of .*taskmaster\.yaml: nothing listens on .*; start it with: taskmasterd -c .*\n$/,
    );
  });

  test('says why a program cannot be started', async () => {
    const bench = await running();
    expect(bench.ctl(['start', 'broken']).out).toBe(
      'broken: ERROR (spawn error): cannot run /no/such/thing: no such file\n',
    );
    expect(bench.ctl(['status', 'broken']).out).toContain('FATAL     cannot run /no/such/thing: no such file');
    expect(bench.ctl(['start', 'hasty']).out).toMatch(/^hasty: ERROR \(abnormal termination\): exited with 3 after/);
  });

  test('types, and prints what came back', async () => {
    const bench = await running();
    expect(bench.ctl(['send', 'echo', 'ping', '--enter']).code).toBe(0);
    let out = '';
    while (!out.includes('ping\nping')) out = bench.ctl(['tail', 'echo']).out;
    expect(out).toBe('hello\nping\nping\n');
    expect(bench.ctl(['tail', '-n', '1', 'echo']).out).toBe('ping\n');
    expect(bench.ctl(['clear', 'echo']).out).toBe('echo: cleared\n');
    expect(bench.ctl(['tail', 'echo']).out).toBe('');
  });

  test('reads commands from a pipe, and stops at the first that fails', async () => {
    const bench = await running();
    const { code, out } = bench.ctl([], {
      input: '# a comment\npid echo\n\nstop web:web_00\nstart nosuch\nstop echo\n',
    });
    expect(out).toMatch(/^\d+\nweb:web_00: stopped\nnosuch: ERROR \(no such process\)\n$/);
    expect(code).toBe(1);
    expect(bench.ctl(['status', 'echo']).code).toBe(0);
  });

  test.runIf(process.geteuid?.() === 0)('somebody else is refused, with one sentence (needs root)', async () => {
    const bench = await running();
    chmodSync(bench.dir, 0o755);
    const host = openPtyHost(realClock);
    const account = { uid: 65534, gid: 65534, name: 'nobody', home: '/', groups: [] };
    const output = await new Promise<string>(resolve => {
      let text = '';
      const pty = host.spawn(
        {
          argv: [process.execPath, join(ROOT, 'dist/bin/taskmasterctl.js'), '-s', bench.socket, 'status'],
          env: [`PATH=${process.env.PATH}`],
          cwd: '/',
          umask: undefined,
          lateEnv: [],
          isCwdEntered: false,
          drop: { account, setpriv: '/usr/bin/setpriv' },
          size: { cols: 500, rows: 24 },
          stderrApart: false,
        },
        {
          output: bytes => {
            text += Buffer.from(bytes).toString();
          },
          ended: () => {},
          closed: () => resolve(text),
        },
      );
      onCleanup(() => pty[Symbol.dispose]());
    });
    // Where the checkout itself is closed to others, node says so before the client can.
    expect(output).toMatch(/permission denied|EACCES/);
  });
});

describe('taskmasterd on a terminal', () => {
  const env = (dir: string): string[] => [
    `PATH=${process.env.PATH}`,
    `HOME=${dir}`,
    `XDG_RUNTIME_DIR=${dir}`,
    `XDG_STATE_HOME=${dir}`,
    'PORT=0',
  ];
  const demo = 'node dist/bin/taskmasterd.js --allow-root -c config/demo.yaml';

  /** Runs it on a terminal; once the text shows, does something to it; resolves with all it printed and its exit. */
  function runOnTerminal(text: string, act: (pty: Pty) => void): Promise<string> {
    const dir = tempDir();
    return new Promise<string>(resolve => {
      let seen = '';
      let acted = false;
      const launch = {
        argv: ['/bin/sh', '-c', `exec ${demo}`],
        env: env(dir),
        lateEnv: [],
        isCwdEntered: false,
        cwd: ROOT,
        umask: undefined,
        drop: undefined,
        size: { cols: 200, rows: 50 },
        stderrApart: false,
      };
      const pty = openPtyHost(realClock).spawn(launch, {
        output: bytes => {
          seen += Buffer.from(bytes).toString();
          if (acted || !seen.includes(text)) return;
          acted = true;
          act(pty);
        },
        ended: exit => {
          seen += `\nexit ${exit.code}`;
        },
        closed: () => resolve(seen),
      });
      onCleanup(() => pty[Symbol.dispose]());
    });
  }

  test('on a terminal it shows its log, and Ctrl-C stops it all', async () => {
    const text = await runOnTerminal('http started', pty => pty.write(Buffer.from('\x03')));
    expect(text).toContain('config loaded');
    expect(text).toContain('stopping: SIGINT');
    expect(text).toMatch(/taskmasterd ended\r\n\nexit 0$/);
  });

  test('Ctrl-S on that terminal does not stop the daemon', async () => {
    const text = await runOnTerminal('http started', pty => {
      pty.write(Buffer.from('\x13'));
      process.kill(pty.pid, 'SIGTERM');
    });
    expect(text).toMatch(/exit 0$/);
  });
});
