// @ts-check
import { KEYS } from './scripts.mjs';
import { alternate, Samples } from './stats.mjs';

/** @import {Terminal} from './terminal.mjs' */

/** Keys that one client is given in a row, before it is another's turn. */
const BLOCK = 100;

/**
 * One at a time, each when the one before was seen.
 * @param {Terminal} terminal with a client attached to a program that `echoing` makes
 * @param {number} count
 * @returns {Promise<number[]>} milliseconds from key to echo
 */
export async function typeKeys(terminal, count) {
  /** @type {number[]} */
  const latencies = [];
  for (let at = 0; at < count; at++) latencies.push(await typeKey(terminal, at));
  return latencies;
}

/** @param {Terminal} terminal @param {number} at which of the keys: never twice the same */
function typeKey(terminal, at) {
  const key = KEYS.charAt(at % KEYS.length);
  return terminal.echo(key, key.toUpperCase());
}

/**
 * Types until told to stop.
 * @param {Terminal} terminal
 * @param {AbortSignal} until
 */
export async function typeUntil(terminal, until) {
  /** @type {number[]} */
  const latencies = [];
  for (let at = 0; !until.aborted; at++) latencies.push(await typeKey(terminal, at));
  return latencies;
}

/**
 * Types in several terminals, a block in each in turn, there and back, so that whatever drifts meets all alike.
 * @param {readonly Typist[]} typists
 * @param {{keys: number, warmUp: number}} options
 * @returns {Promise<Samples>} in milliseconds
 */
export async function typeInTurns(typists, { keys, warmUp }) {
  const samples = new Samples();
  const turn = async (/** @type {Typist} */ { name, terminal, begin, end }, /** @type {number} */ count) => {
    try {
      await begin?.();
      return await typeKeys(terminal, count);
    } catch (error) {
      throw new Error(`${name}: ${error instanceof Error ? error.message : error}`);
    } finally {
      end?.();
    }
  };
  for (const typist of alternate(typists, Math.ceil(warmUp / BLOCK))) await turn(typist, BLOCK);
  for (const typist of alternate(typists, Math.ceil(keys / BLOCK)))
    for (const latency of await turn(typist, BLOCK)) samples.add(typist.name, latency);
  return samples;
}

/**
 * @typedef {object} Typist
 * @property {string} name
 * @property {Terminal} terminal
 * @property {() => Promise<void>} [begin] before a block
 * @property {() => void} [end] after it
 */
