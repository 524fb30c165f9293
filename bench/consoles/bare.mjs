// @ts-check
/** @import {Console, Held, Programs} from '../console.mjs' */
/** @import {Lab} from '../lab.mjs' */

/**
 * Nobody between: the program itself is what runs in the bench's terminal, from the attach on.
 * @type {Console}
 */
export const bare = {
  name: 'bare pty',
  install: '',
  isInstalled: true,
  leave: '',
  /** @param {Lab} _ @param {Programs} programs @returns {Promise<Held>} */
  async hold(_, programs) {
    return { attach: name => programs[name] ?? [], server: () => undefined, stop: async () => {} };
  },
};
