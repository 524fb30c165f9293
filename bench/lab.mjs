// @ts-check
/** A private place for one run: a directory, an environment, and the certainty that nothing started in it stays. */
import { execFile, spawn } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { promisify } from 'node:util';
import { Gate } from './gate.mjs';
import { Reports } from './reports.mjs';

/** Stands in the environment of everything that a lab starts, whoever starts it and however far it detaches itself. */
const MARK = 'TASKMASTER_BENCH_LAB';

/** Longest that a daemon may take to end: supervisord needs ten seconds for a thousand programs. */
const PATIENCE_MS = 60_000;
const OVERDUE = Symbol('overdue');

/** How often it is looked whether a server is up. */
const LOOK_MS = 20;
const LOOKS = 500;

/** What a command may print: a line for each of a thousand programs is a tenth of it. */
const MAX_OUTPUT = 1024 * 1024;

/** A process that forks while /proc is read is found by the next reading. */
const SWEEPS = 20;

/**
 * The program that every supervisor is given to run: says who runs it and its pid on the lab's FIFO, which costs the
 * bench one read and no polling, then sleeps. It ends by itself after ten minutes, longer than any run, so that even a
 * bench that was killed with SIGKILL leaves nothing for ever.
 */
const TELL = (/** @type {string} */ fifo) => `#!/bin/sh\necho "$1 $$" > ${fifo}\nexec sleep 600\n`;

/** What it is alone: for memory and status, where nobody waits for a report. */
export const SLEEP = ['/bin/sleep', '600'];

export class Lab {
  constructor() {
    this.directory = mkdtempSync(join(tmpdir(), 'tmbench-'));
    this.places = 0;
    const fifo = join(this.directory, 'reports');
    /** What the programs say. */
    this.reports = new Reports(fifo);
    /** @type {Gate[]} */
    this.gates = [];
    this.tell = this.write('tell.sh', TELL(fifo));
    for (const name of ['run', 'state', 'home']) mkdirSync(join(this.directory, name), { mode: 0o700 });
  }

  /** The words of a program that reports as `tag` when it is up. @param {string} tag */
  telling(tag) {
    return ['/bin/sh', this.tell, tag];
  }

  /** Nothing of the user's own daemons is in reach: neither their sockets nor their state. */
  get env() {
    const { NODE_OPTIONS: _, ...inherited } = process.env;
    return {
      ...inherited,
      [MARK]: this.directory,
      HOME: join(this.directory, 'home'),
      XDG_RUNTIME_DIR: join(this.directory, 'run'),
      XDG_STATE_HOME: join(this.directory, 'state'),
      TMPDIR: this.directory,
    };
  }

  /** A new directory, for one daemon. @param {string} name */
  place(name) {
    const path = join(this.directory, `${name}-${this.places++}`);
    mkdirSync(path, { mode: 0o700 });
    return path;
  }

  /** Writes a file, relative to the lab, and returns its path. @param {string} name @param {string} text @param {number} [mode] */
  write(name, text, mode = 0o755) {
    const path = join(this.directory, name);
    writeFileSync(path, text, { mode });
    return path;
  }

  /**
   * Starts a daemon in the foreground, in a session of its own so that Ctrl-C ends it through the bench alone.
   * @param {readonly string[]} command
   * @param {Record<string, string>} [env]
   * @returns {Daemon}
   */
  start([file = '', ...args], env = {}) {
    const child = spawn(file, args, {
      env: { ...this.env, ...env },
      detached: true,
      stdio: 'ignore',
      cwd: this.directory,
    });
    const { pid } = child;
    const ended = new Promise(resolve => child.once('close', resolve));
    child.on('error', error => this.reports.fail(error));
    child.once('exit', (code, signal) => {
      if (signal === null && code !== 0) this.reports.fail(new Error(`${file} ${args.join(' ')} ended with ${code}`));
    });
    if (pid === undefined) throw new Error(`cannot start ${file}`);
    return {
      pid,
      end: async name => {
        child.kill(name);
        const outcome = await Promise.race([ended, wait(PATIENCE_MS, OVERDUE, { ref: false })]);
        if (outcome === OVERDUE)
          throw new Error(`${file} ${args.join(' ')} has not ended within ${PATIENCE_MS / 1000} s`);
      },
    };
  }

  /**
   * Starts a script of the bench's own, which is told things by the line and ends when there are no more.
   * @param {readonly string[]} script
   * @returns {Helper}
   */
  help(script) {
    const child = spawn(process.execPath, script, {
      env: this.env,
      stdio: ['pipe', 'ignore', 'inherit'],
      cwd: this.directory,
    });
    const ended = new Promise(resolve => child.once('close', resolve));
    child.once('exit', code => {
      if (code) this.reports.fail(new Error(`${script[0]} ended with ${code}`));
    });
    return {
      tell: line => void child.stdin.write(`${line}\n`),
      end: async () => {
        child.stdin.end();
        await ended;
      },
    };
  }

  /**
   * Runs a command to its end. Resolves with the time of it, as `performance.now()`; a failure is an error.
   * @param {readonly string[]} command
   */
  async run([file = '', ...args]) {
    await promisify(execFile)(file, args, { env: this.env, maxBuffer: MAX_OUTPUT });
    return performance.now();
  }

  /** Runs a command to its end and resolves with what it printed. @param {readonly string[]} command */
  async ask([file = '', ...args]) {
    const { stdout } = await promisify(execFile)(file, args, { env: this.env, maxBuffer: MAX_OUTPUT });
    return stdout.trim();
  }

  /** A script that reports on the lab's FIFO, written once. @param {string} name @param {(fifo: string) => string} text */
  script(name, text) {
    return this.write(name, text(this.reports.path));
  }

  /** A new gate for one program. */
  gate() {
    const gate = new Gate(join(this.directory, `gate-${this.places++}`));
    this.gates.push(gate);
    return gate;
  }

  /** Those of these processes that live; not one that was given the same number since. @param {readonly number[]} pids */
  living(pids) {
    return pids.filter(pid => this.isMarked(String(pid)));
  }

  /** Resolves once these sockets are there. @param {readonly string[]} paths */
  async listening(paths) {
    for (let left = LOOKS; !paths.every(path => existsSync(path)); left--) {
      if (left === 0) throw new Error(`nobody listens on ${paths.join(', ')}`);
      await wait(LOOK_MS);
    }
  }

  /** Ends all that carries the mark and removes the directory. Synchronous, so that it works on the way out too. */
  close() {
    this.reports.close();
    for (const gate of this.gates) gate.close();
    for (let left = SWEEPS; left > 0 && this.killMarked() > 0; left--);
    rmSync(this.directory, { recursive: true, force: true, maxRetries: 3 });
  }

  /** @returns {number} how many were killed */
  killMarked() {
    let killed = 0;
    for (const name of readdirSync('/proc')) {
      if (!/^\d+$/.test(name) || !this.isMarked(name)) continue;
      try {
        process.kill(Number(name), 'SIGKILL');
        killed++;
      } catch {
        // It ended between the two.
      }
    }
    return killed;
  }

  /** @param {string} pid */
  isMarked(pid) {
    try {
      return readFileSync(`/proc/${pid}/environ`, 'latin1').includes(`${MARK}=${this.directory}\0`);
    } catch {
      return false; // it ended, or belongs to somebody else
    }
  }
}

/**
 * @typedef {object} Helper
 * @property {(line: string) => void} tell
 * @property {() => Promise<unknown>} end resolves when it has ended
 */

/**
 * @typedef {object} Daemon
 * @property {number} pid
 * @property {(name: NodeJS.Signals) => Promise<void>} end sends the signal; resolves when the daemon has ended
 */
