// @ts-check
import { join } from 'node:path';

/** @import {Console, Held, Programs} from '../console.mjs' */
/** @import {Lab} from '../lab.mjs' */

const SCRIPT = join(import.meta.dirname, '../relay.mjs');

/**
 * What Node itself costs, whatever one makes with it: one server, a client, a raw socket between.
 * @type {Console}
 */
export const relay = {
  name: 'node relay',
  install: '',
  isInstalled: true,
  leave: '',
  /** @param {Lab} lab @param {Programs} programs @returns {Promise<Held>} */
  async hold(lab, programs) {
    const place = lab.place('relay');
    const server = lab.start([process.execPath, SCRIPT, 'serve', place, JSON.stringify(programs)]);
    await lab.listening(Object.keys(programs).map(name => join(place, name)));
    return {
      attach: name => [process.execPath, SCRIPT, 'attach', place, name],
      server: () => server.pid,
      stop: () => server.end('SIGKILL'),
    };
  },
};
