// @ts-check
import { setTimeout as wait } from 'node:timers/promises';
import { configOf } from '../peer.mjs';
import { alternate, Samples } from '../stats.mjs';

/** @import {Case} from '../case.mjs' */

const COUNT = 16;

/** Every program has passed its start time of a second. */
const SETTLE_MS = 1500;

const [ROUNDS, QUICK_ROUNDS] = [3, 1];

/** The kernel's hang-up, when the daemon's end of its terminal is gone, does not end it. SIGTERM does, at once. */
const DEAF = (/** @type {string} */ tell) => `#!/bin/sh\ntrap '' HUP\nexec /bin/sh ${tell} "$1"\n`;

/**
 * `kill -9` of the daemon and a new start at once: which programs of the old one run beside the same ones of the new one,
 * in the moment when the last of the new ones says that it runs.
 * @type {Case}
 */
export const daemonkill = {
  name: 'daemonkill',
  about: 'kill -9 of the daemon and a new start',
  peers: ['supervisord'],
  async run({ lab, taskmaster, peers, isQuick, say }) {
    const deaf = lab.write('deaf.sh', DEAF(lab.tell));
    const [twice, up] = [new Samples(), new Samples()];
    for (const peer of alternate([taskmaster, ...peers], isQuick ? QUICK_ROUNDS : ROUNDS)) {
      const first = lab.reports.count(peer.name, COUNT);
      const old = await peer.start(lab, { argv: ['/bin/sh', deaf, peer.name], count: COUNT });
      const { pids } = await first;
      await wait(SETTLE_MS);
      const { kill, again } = configOf(old);
      await kill();
      const left = lab.living(pids).length;
      const arrived = lab.reports.count(peer.name, COUNT);
      const began = performance.now();
      const running = await again();
      const { at } = await arrived;
      const both = lab.living(pids).length;
      twice.add(peer.name, both);
      up.add(peer.name, at - began);
      say(`${peer.name}: ${left} left behind, ${both} run twice, ${(at - began).toFixed(0)} ms`);
      await running.stop();
      lab.killMarked(); // those left behind
    }
    return [
      {
        what: `kill -9 of the daemon, new start: of ${COUNT} run twice`,
        unit: 'count',
        figures: twice.summary(values => Math.max(...values)),
        goal: { most: 0 },
      },
      { what: '  from that start until all run', unit: 'ms', figures: up.summary() },
    ];
  },
};
