// @ts-check
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { findExecutable } from '../executables.mjs';

/** @import {Console, Held, Programs} from '../console.mjs' */
/** @import {Lab} from '../lab.mjs' */

const CONFIG = 'startup_message off\nvbell off\ndefflow off\n';

/** Between two tries to reach a server that is starting. */
const RETRY_MS = 50;
const RETRIES = 100;

/** One server; a window for each program. @implements {Console} */
export class Screen {
  name = 'screen';
  leave = '\x01d'; // Ctrl-A d
  install = 'apt-get install screen';
  executable = findExecutable('screen') ?? '';
  isInstalled = this.executable !== '';

  /** @param {Lab} lab @param {Programs} programs @returns {Promise<Held>} */
  async hold(lab, programs) {
    const place = lab.place(this.name);
    const sockets = join(place, 'sockets');
    mkdirSync(sockets, { mode: 0o700 });
    const config = lab.write(join(place, 'screenrc').slice(lab.directory.length), CONFIG);
    const env = ['/usr/bin/env', `SCREENDIR=${sockets}`];
    const screen = [...env, this.executable, '-c', config, '-S', 'bench'];
    const [[first = '', words = []] = [], ...others] = Object.entries(programs);
    const server = lab.start([...screen, '-D', '-m', '-t', first, ...words]);
    await retry(() => lab.run([...screen, '-X', 'msgwait', '1'])); // until it answers
    for (const [name, more] of others) await lab.run([...screen, '-X', 'screen', '-t', name, ...more]);
    return {
      // Joining is what works whoever else looks at it.
      attach: name => [...env, this.executable, '-c', config, '-x', 'bench', '-p', name],
      server: () => server.pid,
      stop: () => server.end('SIGTERM'),
    };
  }
}

/** @param {() => Promise<unknown>} act */
async function retry(act) {
  for (let left = RETRIES; ; left--) {
    try {
      return await act();
    } catch (error) {
      if (left === 0) throw error;
      await wait(RETRY_MS);
    }
  }
}
