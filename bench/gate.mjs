// @ts-check
import { spawnSync } from 'node:child_process';
import { closeSync, constants, openSync, writeSync } from 'node:fs';

/** What a program waits at until it is told to go on, whatever terminal it is in: a FIFO. */
export class Gate {
  /** @param {string} path where it is made */
  constructor(path) {
    const made = spawnSync('mkfifo', [path]);
    if (made.status !== 0) throw new Error(`cannot make a FIFO at ${path}: is mkfifo installed?`);
    this.path = path;
    // Open for reading too, so that a word waits there for a program that is not there yet.
    this.fd = openSync(path, constants.O_RDWR | constants.O_NONBLOCK);
  }

  /** Lets the program through once. Returns the time. */
  open() {
    const at = performance.now();
    writeSync(this.fd, 'go\n');
    return at;
  }

  close() {
    closeSync(this.fd);
  }
}
