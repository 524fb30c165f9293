/** Real services. Each is skipped where it is not installed. */
import { spawnSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { get } from 'node:http';
import { connect, createServer } from 'node:net';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { Bench, type RunningDaemon } from '../support/built.ts';

const has = (program: string): boolean => spawnSync('sh', ['-c', `command -v ${program}`]).status === 0;

/** A port that nobody listens on now. */
function freePort(): Promise<number> {
  return new Promise(resolve => {
    const server = createServer().listen(0, '127.0.0.1', () => {
      const address = server.address();
      server.close(() => resolve(typeof address === 'object' && address ? address.port : 0));
    });
  });
}

function answers(port: number): Promise<boolean> {
  return new Promise(resolve => {
    const socket = connect(port, '127.0.0.1', () => {
      socket.destroy();
      resolve(true);
    });
    socket.on('error', () => resolve(false));
  });
}

async function untilAnswers(port: number): Promise<void> {
  while (!(await answers(port)));
}

/** Kills the leader and resolves once its successor is RUNNING. */
async function killAndWait(daemon: RunningDaemon, name: string, signal: NodeJS.Signals): Promise<void> {
  const { pid, starts } = await daemon.info(name);
  process.kill(pid ?? 0, signal);
  await daemon.untilEvent(event => event.type === 'process.exit' && event.pid === pid);
  for (;;) {
    const now = await daemon.info(name);
    if (now.starts > starts && now.state === 'RUNNING') return;
    if (now.state === 'FATAL') throw new Error(`${name} gave up after ${signal}: ${now.reason}`);
  }
}

/** Signals that end a program which does not catch them, and that keep no core file. */
const KILLERS = ['SIGKILL', 'SIGTERM', 'SIGINT', 'SIGHUP', 'SIGUSR1', 'SIGALRM', 'SIGPIPE'] as const;

describe.skipIf(!has('nginx'))('nginx (needs nginx)', () => {
  test('killed with SIGKILL, it comes back on its port by itself: its workers are ended first', {
    timeout: 60_000,
  }, async () => {
    const port = await freePort();
    const bench = new Bench(`
programs:
  nginx:
    cmd: nginx -c \${here}/nginx.conf -p \${here} -e \${here}/error.log -g 'daemon off;'
    starttime: 0.5
    autorestart: always
    stopsignal: QUIT
`);
    const paths = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi']
      .map(kind => `${kind}_temp_path ${bench.dir}/tmp;`)
      .join(' ');
    writeFileSync(
      join(bench.dir, 'nginx.conf'),
      `worker_processes 2; pid ${bench.dir}/nginx.pid; events {} http { access_log off; ${paths} server { listen 127.0.0.1:${port}; return 200 "hello"; } }`,
    );
    mkdirSync(join(bench.dir, 'tmp'));
    const daemon = await bench.start();
    await daemon.untilState('nginx', 'RUNNING');
    for (let round = 0; round < 3; round++) {
      await untilAnswers(port);
      await killAndWait(daemon, 'nginx', 'SIGKILL');
    }
    await untilAnswers(port);
    const body = await new Promise<string>(resolve => {
      get({ port, host: '127.0.0.1', agent: false }, async response => {
        let text = '';
        for await (const chunk of response) text += String(chunk);
        resolve(text);
      });
    });
    expect(body).toBe('hello');
    expect((await daemon.info('nginx')).restarts).toBe(3);
    expect((await daemon.call('GET', '/v1/processes/nginx/output')).text).not.toContain('bind()');
    expect(bench.ctl(['stop', 'nginx']).out).toBe('nginx: stopped\n');
    expect(await answers(port)).toBe(false);
  });
});

describe.skipIf(!has('redis-server'))('redis (needs redis-server)', () => {
  test('comes back after every signal that ends it', { timeout: 60_000 }, async () => {
    const port = await freePort();
    const bench = new Bench(`
programs:
  redis: {cmd: "redis-server --port ${port} --save '' --dir \${here}", autorestart: always, starttime: 0.2}
`);
    const daemon = await bench.start();
    await daemon.untilState('redis', 'RUNNING');
    for (const signal of ['SIGKILL', 'SIGTERM', 'SIGINT'] as const) {
      await untilAnswers(port);
      await killAndWait(daemon, 'redis', signal);
    }
    expect((await daemon.info('redis')).restarts).toBe(3);
  });
});

describe.skipIf(!has('python3'))('http.server (needs python3)', () => {
  test('comes back after every signal that ends it', { timeout: 60_000 }, async () => {
    const port = await freePort();
    const bench = new Bench(`
programs:
  files: {cmd: "python3 -u -m http.server --bind 127.0.0.1 ${port}", autorestart: always, starttime: 0.2, workingdir: .}
`);
    const daemon = await bench.start();
    await daemon.untilState('files', 'RUNNING');
    for (const signal of KILLERS.filter(name => name !== 'SIGPIPE')) {
      await untilAnswers(port);
      await killAndWait(daemon, 'files', signal);
    }
    expect((await daemon.info('files')).restarts).toBe(KILLERS.length - 1);
  });
});
