// @ts-check
import { join } from 'node:path';
import { findExecutable } from '../executables.mjs';

/** @import {Console, Held, Programs} from '../console.mjs' */
/** @import {Lab} from '../lab.mjs' */

/** One server a program. It knows nothing of screens: who attaches sees what is printed from then on. @implements {Console} */
export class Dtach {
  name = 'dtach';
  leave = '\x1c'; // Ctrl-\
  install = 'apt-get install dtach';
  executable = findExecutable('dtach') ?? '';
  isInstalled = this.executable !== '';

  /** @param {Lab} lab @param {Programs} programs @returns {Promise<Held>} */
  async hold(lab, programs) {
    const place = lab.place(this.name);
    const servers = new Map(
      Object.entries(programs).map(([name, words]) => [
        name,
        lab.start([this.executable, '-N', join(place, name), ...words]),
      ]),
    );
    return {
      attach: name => [this.executable, '-a', join(place, name), '-r', 'none'],
      server: name => servers.get(name)?.pid,
      stop: async () => {
        for (const server of servers.values()) await server.end('SIGKILL'); // on others it ends with an error
      },
    };
  }
}
