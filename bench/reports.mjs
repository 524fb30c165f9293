// @ts-check
import { spawnSync } from 'node:child_process';
import { constants, openSync } from 'node:fs';
import { Socket } from 'node:net';

/** Longest that anything here may take to come up. Far beyond the slowest seen, so that a hang ends in words. */
const PATIENCE_MS = 60_000;

/**
 * The FIFO on which programs say that they run: `tag pid`, a line each. A writer's open and its write of a short line are
 * one system call each, and the bench reads when there is something, so that counting a thousand disturbs nobody.
 */
export class Reports {
  /** @param {string} path where the FIFO is made */
  constructor(path) {
    const made = spawnSync('mkfifo', [path]);
    if (made.status !== 0) throw new Error(`cannot make a FIFO at ${path}: is mkfifo installed?`);
    this.path = path;
    /** @type {Set<{take: (report: Report) => boolean, resolve: (report: Report) => void, reject: (error: Error) => void}>} */
    this.waiters = new Set();
    /** @type {Map<string, Report[]>} */
    this.byTag = new Map();
    this.rest = '';
    // Open for writing too, so that it does not end between two writers.
    const fd = openSync(path, constants.O_RDWR | constants.O_NONBLOCK);
    this.socket = new Socket({ fd, readable: true, writable: false });
    this.socket.on('data', chunk => this.read(chunk.toString('latin1')));
  }

  /** @param {string} text */
  read(text) {
    const at = performance.now();
    const lines = (this.rest + text).split('\n');
    this.rest = lines.pop() ?? '';
    for (const line of lines) {
      const [tag = '', pid] = line.split(' ');
      const report = { tag, pid: Number(pid), at };
      this.of(tag).push(report);
      for (const waiter of this.waiters) {
        if (!waiter.take(report)) continue;
        this.waiters.delete(waiter);
        waiter.resolve(report);
      }
    }
  }

  /** All that have come up with this tag, whether they still run or not: a list that grows. @param {string} tag */
  of(tag) {
    const known = this.byTag.get(tag) ?? [];
    this.byTag.set(tag, known);
    return known;
  }

  /** The next program with this tag that comes up. @param {string} tag */
  next(tag) {
    return this.wait(`a program of ${tag}`, report => report.tag === tag);
  }

  /**
   * When so many programs with this tag have come up from now on. Resolves with their pids and the time of the last.
   * @param {string} tag
   * @param {number} count
   */
  async count(tag, count) {
    /** @type {number[]} */
    const pids = [];
    const last = await this.wait(`${count} programs of ${tag}`, report => {
      if (report.tag === tag) pids.push(report.pid);
      return pids.length === count;
    });
    return { at: last.at, pids };
  }

  /**
   * @param {string} what
   * @param {(report: Report) => boolean} take
   * @returns {Promise<Report>}
   */
  wait(what, take) {
    return new Promise((resolve, reject) => {
      const timer = setTimeout(
        () => this.fail(new Error(`${what}: not up within ${PATIENCE_MS / 1000} s`)),
        PATIENCE_MS,
      );
      const settled = (/** @type {() => void} */ settle) => {
        clearTimeout(timer);
        settle();
      };
      this.waiters.add({
        take,
        resolve: report => settled(() => resolve(report)),
        reject: error => settled(() => reject(error)),
      });
    });
  }

  /** Whoever waits is told why it will not come. @param {Error} error */
  fail(error) {
    for (const waiter of this.waiters) waiter.reject(error);
    this.waiters.clear();
  }

  close() {
    this.fail(new Error('the bench was ended'));
    this.socket.destroy();
  }
}

/** @typedef {{tag: string, pid: number, at: number}} Report one program that came up; `at` as `performance.now()` */
