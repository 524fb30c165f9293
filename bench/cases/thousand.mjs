// @ts-check
import { setTimeout as wait } from 'node:timers/promises';
import { cpuShare, residentKb } from '../procfs.mjs';
import { alternate, Samples } from '../stats.mjs';

/** @import {Case} from '../case.mjs' */

const COUNT = 1000;

/** After the last program is up: every one has passed its start time of a second, and garbage has been collected. */
const SETTLE_MS = 2500;

/** Long enough for what happens once a second to count as what it is, in a full run six times. */
const [IDLE_MS, QUICK_IDLE_MS] = [6000, 2000];

/** Each a full ABBA pair; a quick run has but one of each. */
const [ROUNDS, QUICK_ROUNDS] = [4, 1];

/**
 * From nothing to a thousand programs that run, then at rest, then to nothing again. Programs report by themselves when
 * they are up, so that being up is a fact and not a supervisor's belief.
 * @type {Case}
 */
export const thousand = {
  name: 'thousand',
  about: '1000 programs up, idle, stopped',
  peers: ['supervisord'],
  async run({ lab, taskmaster, peers, isQuick, say }) {
    const [up, idle, stopped] = [new Samples(), new Samples(), new Samples()];
    for (const peer of alternate([taskmaster, ...peers], isQuick ? QUICK_ROUNDS : ROUNDS)) {
      const began = performance.now();
      const arrived = lab.reports.count(peer.name, COUNT);
      const running = await peer.start(lab, { argv: lab.telling(peer.name), count: COUNT });
      const { at } = await arrived;
      up.add(peer.name, (at - began) / 1000);
      await wait(SETTLE_MS);
      idle.add(peer.name, await cpuShare(running.pid, isQuick ? QUICK_IDLE_MS : IDLE_MS));
      say(`${peer.name}: up ${((at - began) / 1000).toFixed(2)} s, ${residentKb(running.pid)} KB`);
      const ending = performance.now();
      await running.stop();
      stopped.add(peer.name, (performance.now() - ending) / 1000);
    }
    return [
      { what: '1000 programs up', unit: 's', figures: up.summary(), goal: { against: 'supervisord', most: 1 } },
      {
        what: '1000 programs stopped',
        unit: 's',
        figures: stopped.summary(),
        goal: { against: 'supervisord', most: 1 },
      },
      { what: 'idle CPU with 1000 programs', unit: '%', figures: idle.summary(), goal: { most: 0.5 } },
    ];
  },
};
