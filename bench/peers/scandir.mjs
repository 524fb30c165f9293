// @ts-check
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { findExecutable } from '../executables.mjs';

/** @import {Peer, Load, Running} from '../peer.mjs' */
/** @import {Lab} from '../lab.mjs' */

/**
 * The daemontools family: a directory of directories, each with a `run`, a small supervisor for each, and one above them
 * that starts those.
 * @implements {Peer}
 */
export class ScanDir {
  /**
   * @param {object} options
   * @param {string} options.name
   * @param {string} options.install
   * @param {string} options.scanner the one above
   * @param {NodeJS.Signals} options.stopSignal makes it end all
   */
  constructor({ name, install, scanner, stopSignal }) {
    this.name = name;
    this.install = install;
    this.stopSignal = stopSignal;
    this.executable = findExecutable(scanner);
    this.isInstalled = this.executable !== undefined;
  }

  /** @param {Lab} lab @param {Load} load @returns {Promise<Running>} */
  async start(lab, { argv, count }) {
    const place = lab.place(this.name);
    for (let number = 0; number < count; number++) {
      const service = join(place, `p_${number}`);
      mkdirSync(service);
      lab.write(join(service, 'run').slice(lab.directory.length), `#!/bin/sh\nexec ${argv.join(' ')}\n`);
    }
    const daemon = lab.start([this.executable ?? '', place]);
    return {
      pid: daemon.pid,
      stop: () => daemon.end(this.stopSignal),
    };
  }
}

export const runit = new ScanDir({
  name: 'runit',
  install: 'apt-get install runit',
  scanner: 'runsvdir',
  stopSignal: 'SIGHUP',
});

export const s6 = new ScanDir({
  name: 's6',
  install: 'apt-get install s6',
  scanner: 's6-svscan',
  stopSignal: 'SIGTERM',
});
