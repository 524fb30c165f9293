// @ts-check
/** @import {Lab} from './lab.mjs' */

/**
 * Who holds programs in terminals and lets a person attach to them.
 * @typedef {object} Console
 * @property {string} name
 * @property {string} install how a person would install it; the bench never does
 * @property {boolean} isInstalled
 * @property {string} leave the keys that detach; empty where there is nothing to leave
 * @property {(lab: Lab, programs: Programs, env?: Record<string, string>) => Promise<Held>} hold starts them; they report
 * when they are up. `env`: for the daemon
 */

/** The words of each program, without spaces or quotes. @typedef {Record<string, readonly string[]>} Programs */

/**
 * @typedef {object} Held
 * @property {(program: string) => readonly string[]} attach the client to run in a terminal
 * @property {(program: string) => number | undefined} server the pid of what reads this program's terminal
 * @property {() => Promise<void>} stop resolves when the programs and who held them have ended
 */

export {};
