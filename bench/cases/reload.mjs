// @ts-check
import { oneChanged } from './reload/changed.mjs';
import { raised } from './reload/raised.mjs';
import { unchanged } from './reload/unchanged.mjs';

/** @import {Case} from '../case.mjs' */

/**
 * What a change of the config costs, those above all whom it does not concern.
 * @type {Case}
 */
export const reload = {
  name: 'reload',
  about: 'numprocs 100 to 101; one of 1000 programs changed; nothing changed',
  peers: ['supervisord'],
  async run(bench) {
    return [...(await raised(bench)), ...(await oneChanged(bench)), ...(await unchanged(bench))];
  },
};
