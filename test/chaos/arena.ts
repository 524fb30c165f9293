/** Where a storm rages: a directory, a config in it, one built daemon at a time, and the way to it. Everything that was started is ended with it. */
import { type ChildProcess, spawn } from 'node:child_process';
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { request } from 'node:http';
import { connect, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { configHash } from '../../src/config/paths.ts';
import type { ProcStat } from '../../src/daemon/procfs.ts';
import { isErrno } from '../../src/runtime/errno.ts';
import { asScript } from './characters.ts';
import { type Model, writeConfig } from './configs.ts';
import { allStats, type Member, Membership } from './procs.ts';

/** Where package.json lies: up from here, whether this runs as it is or compiled (scripts/chaos.mjs). */
const ROOT = process.env.CHAOS_ROOT ?? resolve(import.meta.dirname, '../..');

/** Longer than any answer may take: a stop takes `stoptime` (0.5 s) a level of priority, and the machine may be busy. */
const ANSWER_MS = 30_000;

/** Longer than a daemon may take to say that it runs. */
const START_MS = 20_000;

/** Longer than an orderly end may take: some levels of priority, each its `stoptime` twice. */
const END_MS = 30_000;

/** How long a daemon whose connections break may take to be known as dead. */
const DYING_MS = 500;

/**
 * How long after a crowd a connection may be refused. The refusal does not read what is sent, so that a long body is cut
 * off before the 503 is seen.
 */
const CROWD_MS = 1000;

/**
 * Node's client may tell of EPIPE for a body that went out whole: when the daemon has read and answered it and closed the
 * connection before the client has seen that its last write is done. One of some thousand bodies of 300 KB.
 */
const LONG_BODY = 64 * 1024;

/** An answer that there was, and could not be read. */
const UNREAD: Answer = { status: 503, json: undefined, text: '' };

/** How often /proc is asked when something is to come about: nothing tells of it. */
const LOOK_AGAIN_MS = 20;

/** An expectation that does not hold. It ends the storm. */
export class Violation extends Error {}

/** The daemon died while it was asked. */
export class Gone extends Error {}

export interface Answer {
  readonly status: number;
  readonly json: unknown;
  readonly text: string;
}

export interface Ran {
  readonly code: number | null;
  readonly out: string;
  readonly err: string;
}

export class Arena {
  readonly dir: string;
  readonly config: string;
  readonly hash: string;
  /** In the environment of everything that is started here, and of all its children. */
  readonly token: string;
  readonly socket: string;
  private crowdedAt = Number.NEGATIVE_INFINITY;
  /** How often a daemon was told to end or killed: what was asked meanwhile may be without an answer. */
  deaths = 0;
  /** How many daemons there were. */
  starts = 0;
  /** From when a daemon is told to end, or killed, until the next one runs: what is asked then may fail. */
  private isEnding = false;
  /** Resolves when the latest daemon has ended and its pipes are closed. */
  private over: Promise<void> = Promise.resolve();
  private child: ChildProcess | undefined;
  /** The latest daemon, dead or alive. */
  private last: ChildProcess | undefined;
  private errors = '';
  readonly env: NodeJS.ProcessEnv;
  private readonly membership: Membership;
  private readonly sockets = new Set<Socket>();
  private waiting: (() => void)[] = [];

  constructor() {
    this.dir = mkdtempSync(join(tmpdir(), 'tm-chaos-'));
    chmodSync(this.dir, 0o755); // programs that run as nobody read `as` in it
    this.config = join(this.dir, 'taskmaster.yaml');
    this.hash = configHash(this.config);
    this.token = this.dir.split('-').at(-1) ?? '';
    this.membership = new Membership(this.token);
    for (const name of ['run', 'state', 'home']) mkdirSync(join(this.dir, name), { mode: 0o700 });
    for (const name of ['locks', 'log', 'pid', 'conf.d']) mkdirSync(join(this.dir, name));
    this.socket = join(this.dir, 'run/taskmaster', `${this.hash}.sock`);
    writeFileSync(join(this.dir, 'as'), asScript());
    writeOpen(join(this.dir, 'copies'));
    this.env = {
      PATH: process.env.PATH,
      HOME: join(this.dir, 'home'),
      XDG_RUNTIME_DIR: join(this.dir, 'run'),
      XDG_STATE_HOME: join(this.dir, 'state'),
      TASKMASTER_ALLOW_ROOT: '1',
      CHAOS_DIR: this.dir,
      CHAOS_ARENA: this.token,
      ...(process.env.TRACE && { TRACE: process.env.TRACE }),
    };
  }

  /** Everything alive that was started here. */
  members(stats: readonly ProcStat[] = allStats()): Member[] {
    return this.membership.among(stats);
  }

  /** The pid of the daemon that runs; undefined between two. */
  get pid(): number | undefined {
    return this.child?.pid;
  }

  get logfile(): string {
    return join(this.dir, 'state/taskmaster', this.hash, 'taskmasterd.log');
  }

  /** All that the daemons have logged. */
  get log(): string {
    return existsSync(this.logfile) ? readFileSync(this.logfile, 'latin1') : '';
  }

  /** What daemons said on standard error; nothing, if all is well. */
  get stderr(): string {
    return this.errors;
  }

  /** What second copies said of themselves (characters.ts). */
  get copies(): string {
    return readFileSync(join(this.dir, 'copies'), 'utf8');
  }

  /** Puts the config in place, each file at once. */
  write(model: Model): void {
    for (const { name } of model.programs) {
      for (let num = 0; num < 10; num++) writeOpen(join(this.dir, 'locks', `${name}.${num}`));
    }
    for (const [name, text] of Object.entries(writeConfig(model))) this.writeFile(name, text);
  }

  writeFile(name: string, text: string | Uint8Array): void {
    const path = join(this.dir, name);
    writeFileSync(`${path}.new`, text);
    renameSync(`${path}.new`, path);
  }

  /** Starts a daemon, and resolves once it says that it runs. */
  async start(): Promise<void> {
    const child = this.spawn('taskmasterd.js', ['-c', this.config]);
    let out = '';
    const said = new Promise<boolean>(done => {
      child.stdout?.on('data', chunk => {
        out += chunk;
        if (out.includes('\n')) done(true);
      });
      child.on('close', () => done(false));
    });
    child.stderr?.on('data', chunk => {
      this.errors += chunk;
    });
    if (!(await within(START_MS, said, 'the daemon did not say that it runs'))) {
      throw new Violation(`the daemon did not start (exit code ${child.exitCode}): ${this.errors}`);
    }
    this.child = this.last = child;
    this.over = closed(child);
    this.isEnding = false;
    this.starts++;
    child.on('close', () => {
      if (this.child === child) this.child = undefined;
    });
    for (const wake of this.waiting.splice(0)) wake();
  }

  /** Resolves while a daemon runs, or once the next one does. */
  async untilUp(): Promise<void> {
    if (this.child === undefined)
      await within(START_MS + END_MS, new Promise<void>(done => this.waiting.push(done)), 'no daemon came');
  }

  /** A config that must be refused, seen by a daemon of its own. */
  async refuse(): Promise<Ran> {
    return await this.run('taskmasterd.js', ['-c', this.config]);
  }

  async ctl(args: readonly string[]): Promise<Ran> {
    return await this.run('taskmasterctl.js', ['-c', this.config, ...args]);
  }

  signal(signal: NodeJS.Signals): void {
    this.child?.kill(signal);
  }

  /**
   * Kills the daemon. What it leaves behind is the next one's to end, but for one thing: a child that was forked and
   * stopped before its exec is continued. It is a copy of the daemon, without a mark and with its socket; stopped it would
   * stay so for ever, and the next daemon waits for it to become a program for a second only.
   */
  async murder(): Promise<void> {
    const child = this.take();
    const ended = new Promise<void>(done => void child.once('exit', () => done()));
    child.kill('SIGKILL');
    await within(END_MS, ended, 'the daemon did not die of SIGKILL');
    for (const { pid, id, state } of this.members())
      if (id === undefined && state === 'T') process.kill(pid, 'SIGCONT');
    this.deaths++;
  }

  /** Has the daemon end in order, by what `ask` does, and resolves with its exit code. */
  async retire(ask: () => Promise<unknown>): Promise<number | null> {
    const { child } = this;
    if (!child) throw new Violation('there is no daemon to stop');
    this.deaths++;
    this.isEnding = true;
    const ended = closed(child);
    await ask();
    await within(END_MS, ended, 'the daemon did not end');
    this.deaths++;
    return child.exitCode;
  }

  private take(): ChildProcess {
    const { child } = this;
    if (!child) throw new Violation('there is no daemon to kill');
    this.deaths++;
    this.isEnding = true;
    this.child = undefined;
    return child;
  }

  /**
   * One request on a connection of its own. Throws `Gone` when the daemon was killed or told to end meanwhile, `Violation`
   * when there is no answer although it was not.
   */
  async call(method: 'GET' | 'POST', path: string, body?: unknown, hangUpAfter?: number): Promise<Answer | undefined> {
    const { deaths: before, isEnding } = this;
    const payload = body === undefined || Buffer.isBuffer(body) ? body : JSON.stringify(body);
    try {
      return await this.exchange({ method, path, payload, hangUpAfter });
    } catch (error) {
      if (error instanceof Violation) throw error;
      if (isEnding || this.isEnding || this.deaths !== before) throw new Gone(String(error));
      const isCutOff = isErrno(error, 'EPIPE', 'ECONNRESET');
      const isLong = payload !== undefined && payload.length > LONG_BODY;
      if (isCutOff && (isLong || performance.now() - this.crowdedAt < CROWD_MS)) return UNREAD;
      throw new Violation(`${method} ${path} got no answer: ${error}; the daemon ${await this.describeEnd()}`);
    }
  }

  /** Whether the daemon has ended by itself, and how. A moment is given to a process that is just dying. */
  private async describeEnd(): Promise<string> {
    const { child } = this;
    if (child) await Promise.race([closed(child), new Promise(resolve => setTimeout(resolve, DYING_MS))]);
    const { exitCode, signalCode } = child ?? this.last ?? {};
    return (exitCode ?? signalCode ?? null) === null
      ? 'lives'
      : `ended by itself with ${exitCode ?? signalCode}: ${this.errors}`;
  }

  private exchange(options: {
    readonly method: string;
    readonly path: string;
    readonly payload: string | Buffer | undefined;
    readonly hangUpAfter: number | undefined;
  }): Promise<Answer | undefined> {
    const { method, path, payload, hangUpAfter } = options;
    return new Promise((resolve, reject) => {
      const before = this.deaths;
      const timers: NodeJS.Timeout[] = [];
      const finish = (end: () => void): void => {
        for (const timer of timers) clearTimeout(timer);
        end();
      };
      const sent = request({ socketPath: this.socket, method, path, agent: false }, response => {
        let text = '';
        response.setEncoding('utf8');
        response.on('data', chunk => {
          text += chunk;
        });
        response.on('error', error => finish(() => reject(error)));
        response.on('end', () => finish(() => resolve({ status: response.statusCode ?? 0, text, json: parse(text) })));
        response.on('close', () => finish(() => reject(new Error('the answer broke off'))));
      });
      sent.on('error', error => finish(() => reject(error)));
      timers.push(
        setTimeout(() => {
          sent.destroy();
          const why = `${method} ${path} ${String(payload).slice(0, 200)}: no answer within ${ANSWER_MS} ms`;
          reject(this.deaths === before ? new Violation(why) : new Gone(why));
        }, ANSWER_MS),
      );
      if (hangUpAfter !== undefined) {
        timers.push(setTimeout(() => finish(() => resolve(void sent.destroy())), hangUpAfter));
      }
      sent.end(payload);
    });
  }

  /** Many connections at once, which say nothing and go: so many that others may be refused. */
  async crowd(count: number): Promise<void> {
    this.crowdedAt = performance.now();
    const crowd = await Promise.all(Array.from({ length: count }, () => this.open()));
    for (const socket of crowd) socket?.destroy();
    this.crowdedAt = performance.now();
  }

  /** A bare connection; undefined when nobody listens. */
  async open(): Promise<Socket | undefined> {
    return await new Promise(resolve => {
      const socket = connect(this.socket);
      this.sockets.add(socket);
      socket.on('close', () => this.sockets.delete(socket));
      socket.on('connect', () => resolve(socket));
      socket.on('error', () => resolve(undefined)); // between two daemons; or this one has seen enough of our garbage
    });
  }

  /** Ends everything that was ever started here, however it hides, and removes the directory. */
  async close(keep = false): Promise<void> {
    for (const socket of this.sockets) socket.destroy();
    this.child = undefined;
    this.deaths++;
    await eventually(END_MS, () => {
      const left = this.members();
      for (const { pid } of left) endOne(pid);
      return left.length === 0 ? undefined : `cannot end ${left.map(({ pid }) => pid).join(', ')}`;
    });
    await within(END_MS, this.over, 'the pipes of the daemon did not close');
    if (!keep) rmSync(this.dir, { recursive: true, force: true });
  }

  /** Ends programs that the storm itself must put away, litter; the daemon stays. */
  async sweep(isMeant: (member: Member) => boolean): Promise<void> {
    await eventually(END_MS, () => {
      const left = this.members().filter(member => member.id !== undefined && isMeant(member));
      for (const { pid } of left) endOne(pid);
      return left.length === 0 ? undefined : `cannot end ${left.map(({ pid }) => pid).join(', ')}`;
    });
  }

  /** What lies in the runtime directory. */
  get runtimeFiles(): string[] {
    const dir = join(this.dir, 'run/taskmaster');
    return existsSync(dir) ? readdirSync(dir) : [];
  }

  get stateFiles(): string[] {
    return readdirSync(join(this.dir, 'state'), { recursive: true, encoding: 'utf8' });
  }

  private async run(script: string, args: readonly string[]): Promise<Ran> {
    const child = this.spawn(script, args);
    let [out, err] = ['', ''];
    child.stdout?.on('data', chunk => {
      out += chunk;
    });
    child.stderr?.on('data', chunk => {
      err += chunk;
    });
    await within(ANSWER_MS, closed(child), `${script} ${args.join(' ')} did not end`);
    return { code: child.exitCode, out, err };
  }

  /** In a session of its own, so that a Ctrl-C at the storm's terminal is the storm's alone. */
  private spawn(script: string, args: readonly string[]): ChildProcess {
    const file = join(ROOT, 'dist/bin', script);
    return spawn(process.execPath, [file, ...args], {
      env: this.env,
      cwd: this.dir,
      detached: true,
      stdio: ['ignore', 'pipe', 'pipe'],
    });
  }
}

function closed(child: ChildProcess): Promise<void> {
  return new Promise(done => void child.on('close', () => done()));
}

/** Signals one that was seen a moment ago to be of the arena. */
function endOne(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL');
  } catch {
    // it has ended by itself
  }
}

/** A file that every user may write to. */
function writeOpen(path: string): void {
  if (existsSync(path)) return;
  writeFileSync(path, '');
  chmodSync(path, 0o666);
}

/** Rejects with a violation when it takes longer. */
export async function within<T>(ms: number, promise: Promise<T>, what: string): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Violation(`${what} within ${ms} ms`)), ms);
  });
  try {
    return await Promise.race([promise, late]);
  } finally {
    clearTimeout(timer);
  }
}

/** Asks until there is no problem any more; the last one is a violation when `ms` have passed. */
export async function eventually(
  ms: number,
  problem: () => string | undefined | Promise<string | undefined>,
): Promise<void> {
  const until = performance.now() + ms;
  for (;;) {
    const told = await problem();
    if (told === undefined) return;
    if (performance.now() > until) throw new Violation(`${told} (for ${ms} ms)`);
    await new Promise(resolve => setTimeout(resolve, LOOK_AGAIN_MS));
  }
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined; // not every answer is JSON
  }
}
