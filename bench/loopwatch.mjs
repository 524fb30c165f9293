// @ts-check
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { pathToFileURL } from 'node:url';

/** @import {Lab} from './lab.mjs' */

/** The daemon writes its figure at once when asked; an event loop that is behind takes a little longer. */
const ANSWER_MS = 300;

/** Asks a daemon, into which `loopdelay.mjs` is loaded, for how long its event loop stood still. One daemon a lab. */
export class LoopWatch {
  /** @param {Lab} lab */
  constructor(lab) {
    this.file = lab.write('loopdelay', '0');
  }

  /** What the daemon is to be started with. */
  get env() {
    return {
      NODE_OPTIONS: `--import=${pathToFileURL(join(import.meta.dirname, 'loopdelay.mjs'))}`,
      TASKMASTER_BENCH_LOOPDELAY: this.file,
    };
  }

  /** The longest since it was last asked, in milliseconds. @param {number} pid of the daemon */
  async longest(pid) {
    process.kill(pid, 'SIGWINCH');
    await wait(ANSWER_MS);
    return Number(readFileSync(this.file, 'latin1'));
  }
}
