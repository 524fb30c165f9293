// @ts-check
/** A terminal of the bench's own, as a person's terminal window is one, with a client in it. */
import { readSync, writeSync } from 'node:fs';
import { createRequire } from 'node:module';
import { constants } from 'node:os';
import { setImmediate as turn, setTimeout as wait } from 'node:timers/promises';
import { ReadStream } from 'node:tty';

/** The size of every terminal here: what Taskmaster gives to a program by default. */
export const [COLS, ROWS] = [120, 40];

/** Longest that an awaited byte may take: far beyond the slowest seen, so that a hang ends in words. */
const PATIENCE_MS = 20_000;

/** What is kept of the last output, to find a marker across two reads and to say in an error. */
const TAIL_BYTES = 2000;
const SAID_BYTES = 300;

/** What a paste is written in: the kernel takes no more at once. */
const PASTE_SLICE = 64 * 1024;

/** Until a full terminal is tried again. */
const FULL_MS = 1;

/** A slow line is read so many times a second. */
const SLOW_HZ = 10;

const READ_BUFFER = Buffer.allocUnsafeSlow(64 * 1024);

/** Passed to the binding for uid and gid, to keep both. */
const KEEP_ID = -1;

/**
 * The binding under node-pty's public class: the class destroys what it has not read 200 ms after a program's end. Not
 * Taskmaster's own module, so that any built version can be measured with the same driver.
 */
const { fork } = createRequire(import.meta.url)('node-pty/lib/utils.js').loadNativeModule('pty').module;

export class Terminal {
  /**
   * @param {{env: Record<string, string | undefined>, directory: string}} lab
   * @param {readonly string[]} command the client
   */
  constructor({ env, directory }, [file = '', ...args]) {
    this.received = 0;
    this.tail = '';
    this.isClosed = false;
    /** @type {Set<(chunk: Buffer) => void>} */
    this.listeners = new Set();
    /** @type {NodeJS.Timeout | undefined} */
    this.slow = undefined;
    const words = Object.entries(clean(env)).map(([name, value]) => `${name}=${value}`);
    /** @type {(end: {code: number, signal: number, at: number}) => void} */
    let end = () => {};
    /** When and how the client ended. */
    this.ended = new Promise(resolve => {
      end = resolve;
    });
    /** When the client was executed, as `performance.now()`. */
    this.began = performance.now();
    const child = fork(
      file,
      args,
      words,
      directory,
      COLS,
      ROWS,
      KEEP_ID,
      KEEP_ID,
      true,
      '',
      (/** @type {number} */ code, /** @type {number} */ signal) => {
        this.isOver = true;
        end({ code, signal, at: performance.now() });
      },
    );
    this.isOver = false;
    /** @type {number} */
    this.pid = child.pid;
    /** @type {number} */
    this.fd = child.fd;
    // `onread` is net.Socket's option; it saves an allocation per chunk.
    /** @type {object} */
    const options = { onread: { buffer: READ_BUFFER, callback: this.onRead } };
    this.stream = new ReadStream(this.fd, options);
    this.stream.on('error', () => {}); // EIO is how Linux says that the client has ended: `ended` tells it
    this.stream.on('close', () => {
      this.isClosed = true; // the number of the file may be another's from now on
    });
    this.stream.resume();
  }

  /** @type {(length: number) => boolean} */
  onRead = length => {
    this.take(READ_BUFFER.subarray(0, length));
    return true;
  };

  /** @param {Buffer} chunk valid during the call only */
  take(chunk) {
    for (const listener of this.listeners) listener(chunk);
    this.received += chunk.length;
    const end = chunk.subarray(-TAIL_BYTES).toString('latin1');
    this.tail = end.length === TAIL_BYTES ? end : (this.tail + end).slice(-TAIL_BYTES);
    if (chunk.includes('\x1b[')) this.answer(chunk.toString('latin1'));
  }

  /** The end of its output, for an error. */
  get last() {
    return JSON.stringify(this.tail.slice(-SAID_BYTES));
  }

  /** Answers as terminals do, for those who ask. @param {string} text */
  answer(text) {
    for (const [, question] of text.matchAll(/\x1b\[(0?c|>0?c|5n|6n)/g)) {
      if (question === '5n') this.type('\x1b[0n');
      else if (question === '6n') this.type(`\x1b[${ROWS};1R`);
      else this.type(question?.startsWith('>') ? '\x1b[>41;330;0c' : '\x1b[?62;22c');
    }
  }

  /** Presses a few keys, for which there is room. @param {string} keys */
  type(keys) {
    if (this.isClosed) throw new Error(`the client has ended; last: ${this.last}`);
    writeSync(this.fd, keys);
  }

  /**
   * Presses a key for which the program prints another character, and resolves with the milliseconds until that was
   * seen.
   * @param {string} key
   * @param {string} echo
   * @returns {Promise<number>}
   */
  echo(key, echo) {
    const wanted = echo.charCodeAt(0);
    return this.when(`the echo of ${key}`, chunk => chunk.includes(wanted), key);
  }

  /**
   * When a text has been seen, from now on, as `performance.now()`.
   * @param {string} marker
   */
  async seen(marker) {
    const began = performance.now();
    let rest = '';
    const took = await this.when(`the text ${marker}`, chunk => {
      const text = rest + chunk.toString('latin1');
      rest = text.slice(-marker.length + 1);
      return text.includes(marker);
    });
    return began + took;
  }

  /**
   * Milliseconds until a chunk is the awaited one, from when the keys are pressed.
   * @param {string} what
   * @param {(chunk: Buffer) => boolean} isIt
   * @param {string} [keys]
   * @returns {Promise<number>}
   */
  when(what, isIt, keys) {
    return new Promise((resolve, reject) => {
      let began = performance.now();
      const settle = (/** @type {() => void} */ act) => {
        this.listeners.delete(listener);
        clearTimeout(timer);
        act();
      };
      const listener = (/** @type {Buffer} */ chunk) => {
        if (!isIt(chunk)) return;
        const took = performance.now() - began;
        settle(() => resolve(took));
      };
      const timer = setTimeout(() => {
        const state = this.isOver ? 'the client has ended' : 'the client lives';
        const error = `${what} was not seen within ${PATIENCE_MS / 1000} s; ${state}; last: ${this.last}`;
        settle(() => reject(new Error(error)));
      }, PATIENCE_MS);
      this.listeners.add(listener);
      began = performance.now();
      try {
        if (keys !== undefined) this.type(keys);
      } catch (error) {
        settle(() => reject(error));
      }
    });
  }

  /**
   * Types a lot, as fast as the client takes it. Resolves with the bytes that it took: all, unless it is given up.
   * @param {Buffer} bytes
   * @param {AbortSignal} until
   */
  async paste(bytes, until) {
    let at = 0;
    while (at < bytes.length && !until.aborted && !this.isClosed) {
      try {
        at += writeSync(this.fd, bytes, at, Math.min(PASTE_SLICE, bytes.length - at));
        await turn();
      } catch (error) {
        if (!isFull(error)) throw error;
        await wait(FULL_MS);
      }
    }
    return at;
  }

  /** How this terminal is read: as fast as can be, not at all, or as over a slow line. @param {'all' | 'none' | {bytesPerSecond: number}} how */
  read(how) {
    clearInterval(this.slow);
    if (how === 'all') this.stream.resume();
    else this.stream.pause();
    if (typeof how !== 'object') return;
    const slice = Math.ceil(how.bytesPerSecond / SLOW_HZ);
    this.slow = setInterval(() => {
      try {
        this.take(READ_BUFFER.subarray(0, readSync(this.fd, READ_BUFFER, 0, slice, null)));
      } catch {
        // Nothing there now, or the client has ended.
      }
    }, 1000 / SLOW_HZ).unref();
  }

  /** @param {NodeJS.Signals} name */
  signal(name) {
    if (!this.isOver) process.kill(this.pid, name);
  }

  /** Ends the client without a word and closes the terminal. Resolves when it has ended. */
  async close() {
    clearInterval(this.slow);
    this.signal('SIGKILL');
    await this.ended;
    this.stream.destroy();
  }
}

/** @param {unknown} error */
function isFull(error) {
  return error instanceof Error && 'errno' in error && error.errno === -constants.errno.EAGAIN;
}

/** Says of the terminal that the bench itself runs in, to the clients in ours, what is not so. */
const OTHERS = ['TMUX', 'TMUX_PANE', 'STY', 'WINDOW', 'COLUMNS', 'LINES', 'TASKMASTER_ID', 'TASKMASTER_DETACH_KEYS'];

/** @param {Record<string, string | undefined>} env */
function clean(env) {
  const kept = Object.entries(env).filter(([name, value]) => value !== undefined && !OTHERS.includes(name));
  return Object.fromEntries([...kept, ['TERM', 'xterm-256color']]);
}
