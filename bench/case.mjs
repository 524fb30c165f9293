// @ts-check
/** @import {Console} from './console.mjs' */
/** @import {Lab} from './lab.mjs' */
/** @import {Peer} from './peer.mjs' */
/** @import {Row} from './row.mjs' */
/** @import {Taskmaster} from './peers/taskmaster.mjs' */

/**
 * One measurement, and the rows of the table that come of it.
 * @typedef {object} Case
 * @property {string} name as typed on the command line
 * @property {string} about
 * @property {readonly string[]} peers whom it measures beside, where they are installed
 * @property {(bench: Bench) => Promise<Row[]>} run
 */

/**
 * What a case is given.
 * @typedef {object} Bench
 * @property {Lab} lab a fresh one; the case need not clean up when it throws
 * @property {Taskmaster} taskmaster
 * @property {readonly Peer[]} peers those of the case's that are installed
 * @property {readonly Console[]} consoles Taskmaster's, and those of the case's peers that are one and are installed
 * @property {boolean} isQuick fewer rounds, for a glance
 * @property {(line: string) => void} say progress
 */

export {};
