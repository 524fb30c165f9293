import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { request } from 'node:http';
import { join, resolve } from 'node:path';
import { configHash } from '../../src/config/paths.ts';
import type { ProcessInfo } from '../../src/protocol/messages.ts';
import { onCleanup, tempDir } from './world.ts';

export const ROOT = resolve(import.meta.dirname, '../..');
const TASKMASTERD = join(ROOT, 'dist/bin/taskmasterd.js');
const TASKMASTERCTL = join(ROOT, 'dist/bin/taskmasterctl.js');

export interface Ran {
  readonly code: number | null;
  readonly out: string;
  readonly err: string;
}

/** A directory with a config, and the built commands to use on it. What they start is ended after the test. */
export class Bench {
  readonly dir: string;
  readonly config: string;
  readonly env: NodeJS.ProcessEnv;

  constructor(yaml: string) {
    this.dir = tempDir();
    this.config = join(this.dir, 'taskmaster.yaml');
    writeFileSync(this.config, yaml);
    for (const name of ['run', 'state']) mkdirSync(join(this.dir, name), { mode: 0o700 });
    this.env = {
      PATH: process.env.PATH,
      HOME: this.dir,
      XDG_RUNTIME_DIR: join(this.dir, 'run'),
      XDG_STATE_HOME: join(this.dir, 'state'),
      TASKMASTER_ALLOW_ROOT: '1',
      ...(process.env.TRACE && { TRACE: process.env.TRACE }),
    };
  }

  get socket(): string {
    return join(this.dir, 'run/taskmaster', `${configHash(this.config)}.sock`);
  }

  /** The daemon's log file, a record a line: whole once the daemon has ended. */
  get log(): Record<string, unknown>[] {
    const text = readFileSync(join(this.dir, 'state/taskmaster', configHash(this.config), 'taskmasterd.log'), 'utf8');
    return text
      .trim()
      .split('\n')
      .map(line => JSON.parse(line));
  }

  /** Another config in the place of the one there is. */
  write(yaml: string): void {
    writeFileSync(this.config, yaml);
  }

  /** Runs `taskmasterd` to its end. */
  taskmasterd(args: readonly string[], env: NodeJS.ProcessEnv = {}): Ran {
    return this.run(TASKMASTERD, args, { env });
  }

  /** Runs a client command to its end. */
  ctl(args: readonly string[], options: { readonly input?: string; readonly env?: NodeJS.ProcessEnv } = {}): Ran {
    return this.run(TASKMASTERCTL, ['-c', this.config, ...args], options);
  }

  /** The words of a client's command line. */
  command(...args: readonly string[]): string[] {
    return [process.execPath, TASKMASTERCTL, '-c', this.config, ...args];
  }

  /** Starts the daemon and resolves once it says that it runs. */
  async start(args: readonly string[] = [], env: NodeJS.ProcessEnv = {}): Promise<RunningDaemon> {
    return await this.startBy(process.execPath, [TASKMASTERD, '-c', this.config, ...args], env);
  }

  /** Starts the daemon where it may have no more than so many files open. */
  async startWithFiles(limit: number): Promise<RunningDaemon> {
    const script = `ulimit -n ${limit}; exec "$0" "$@"`;
    return await this.startBy('/bin/sh', ['-c', script, process.execPath, TASKMASTERD, '-c', this.config], {});
  }

  private async startBy(file: string, args: readonly string[], env: NodeJS.ProcessEnv): Promise<RunningDaemon> {
    const child = spawn(file, args, { env: { ...this.env, ...env }, stdio: ['ignore', 'pipe', 'pipe'] });
    const daemon = new RunningDaemon(child, this.socket);
    onCleanup(() => daemon.end());
    await daemon.ready;
    return daemon;
  }

  private run(
    script: string,
    args: readonly string[],
    { input, env }: { readonly input?: string; readonly env?: NodeJS.ProcessEnv },
  ): Ran {
    const options = {
      env: { ...this.env, ...env },
      encoding: 'utf8' as const,
      input: input ?? '',
      timeout: 60_000,
      cwd: this.dir,
    };
    const { status, stdout, stderr } = spawnSync(process.execPath, [script, ...args], options);
    return { code: status, out: stdout, err: stderr };
  }
}

/** A daemon to talk to, whoever started it. */
export class DaemonSocket {
  private readonly socket: string;

  constructor(socket: string) {
    this.socket = socket;
  }

  /** Its log so far, a record a line, of which some may still be on the way to the file. */
  async log(): Promise<Record<string, unknown>[]> {
    const { text } = await this.call('GET', '/v1/daemon/log');
    return text
      .trim()
      .split('\n')
      .map(line => JSON.parse(line));
  }

  /** One request over the socket. */
  async call(
    method: string,
    path: string,
    body?: unknown,
  ): Promise<{ readonly status: number; readonly json: unknown; readonly text: string }> {
    const text = await new Promise<{ status: number; text: string }>((done, fail) => {
      const sent = request({ socketPath: this.socket, method, path, agent: false }, async response => {
        let all = '';
        for await (const chunk of response) all += String(chunk);
        done({ status: response.statusCode ?? 0, text: all });
      });
      sent.on('error', fail);
      sent.end(body === undefined ? undefined : Buffer.isBuffer(body) ? body : JSON.stringify(body));
    });
    return { ...text, json: parse(text.text) };
  }

  /** What has happened so far, as far as it is remembered. */
  async events(): Promise<Record<string, unknown>[]> {
    const { text } = await this.call('GET', '/v1/events?since=0&follow=0');
    return [...text.matchAll(/^data: (.*)$/gm)].map(([, json = '']) => JSON.parse(json));
  }

  async info(name: string): Promise<ProcessInfo> {
    const { json } = await this.call('GET', `/v1/processes/${encodeURIComponent(name)}`);
    return json as ProcessInfo; // the test fails by what it expects of it
  }

  /** Resolves once an event comes of which this is true, those remembered from before included. */
  async untilEvent(is: (event: Record<string, unknown>) => boolean): Promise<void> {
    await new Promise<void>((done, fail) => {
      const sent = request({ socketPath: this.socket, path: '/v1/events?since=0', agent: false }, async response => {
        let rest = '';
        try {
          for await (const chunk of response) {
            const lines = (rest + String(chunk)).split('\n');
            rest = lines.pop() ?? '';
            if (lines.some(line => line.startsWith('data: ') && is(JSON.parse(line.slice(6))))) break;
          }
          done();
        } catch (error) {
          fail(error);
        }
        sent.destroy();
      });
      sent.on('error', fail);
      sent.end();
    });
  }

  async untilState(name: string, state: string): Promise<void> {
    await this.untilEvent(event => event.process === name && event.type === 'process.state' && event.to === state);
  }
}

/** A daemon in a process of its own. */
export class RunningDaemon extends DaemonSocket {
  readonly child: ChildProcess;
  readonly ready: Promise<void>;
  readonly exited: Promise<Ran>;

  constructor(child: ChildProcess, socket: string) {
    super(socket);
    this.child = child;
    let [out, err] = ['', ''];
    child.stderr?.on('data', chunk => {
      err += chunk;
    });
    this.exited = new Promise(done => {
      child.on('close', code => done({ code, out, err }));
    });
    this.ready = new Promise((done, fail) => {
      child.stdout?.on('data', chunk => {
        out += chunk;
        if (out.includes('\n')) done();
      });
      void this.exited.then(({ code }) => fail(new Error(`taskmasterd ended with ${code}: ${err}`)));
    });
    this.ready.catch(() => {}); // whoever awaits it is told; a test of a daemon that fails awaits `exited`
  }

  get pid(): number {
    return this.child.pid ?? 0;
  }

  signal(signal: NodeJS.Signals): void {
    this.child.kill(signal);
  }

  /** Stops it in order, or not. */
  async end(): Promise<void> {
    if (this.child.exitCode !== null || this.child.signalCode !== null) return;
    for (const signal of ['SIGTERM', 'SIGTERM'] as const) this.signal(signal);
    await this.exited;
  }
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined; // not every reply is JSON
  }
}
