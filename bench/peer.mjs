// @ts-check
/** @import {Lab} from './lab.mjs' */

/**
 * A supervisor to measure beside.
 * @typedef {object} Peer
 * @property {string} name
 * @property {string} install how a person would install it; the bench never does
 * @property {boolean} isInstalled
 * @property {(lab: Lab, load: Load) => Promise<Running>} start resolves at once where the daemon stays in the foreground
 */

/**
 * What a peer is given to run: `count` times the same command, restarted whenever it ends.
 * @typedef {object} Load
 * @property {readonly string[]} argv words without spaces or quotes, as each peer has its own way of splitting
 * @property {number} count
 * @property {LogFile} [log] where their output goes; to no file when it is missing
 */

/** @typedef {{path: string, maxBytes: number, backups: number}} LogFile rotated to `path.1`, `path.2`, … */

/**
 * @typedef {object} Running
 * @property {number} pid of the daemon
 * @property {readonly string[]} [ctl] the words that its client begins with, where it has one
 * @property {() => Promise<void>} stop resolves when every program and the daemon have ended
 * @property {Config} [config] where it reads one file, and can be told to read it again
 */

/**
 * The file that a daemon was started with.
 * @typedef {object} Config
 * @property {(load: Load) => void} write puts another load into it, and tells nobody
 * @property {readonly string[]} apply the command that makes the daemon read it again
 * @property {() => Promise<void>} kill SIGKILL to the daemon alone; resolves when it is gone
 * @property {() => Promise<Running>} again starts a daemon with it once more
 */

/** The config of one that a case cannot do without. @param {Running} running @returns {Config} */
export function configOf({ config }) {
  if (!config) throw new Error('it has no config file that it reads again');
  return config;
}
