// @ts-check
import { setTimeout as wait } from 'node:timers/promises';
import { residentKb } from '../procfs.mjs';
import { alternate, median, Samples } from '../stats.mjs';

/** @import {Case} from '../case.mjs' */

const COUNTS = [10, 100, 1000];

/** With more programs a supervisor that keeps a list of what it started on its command's output takes minutes. */
const MOST = /** @type {Record<string, number>} */ ({ pm2: 100 });

/** Every program has passed its start time of a second by then, and what starting needed has been given back. */
const SETTLE_MS = 2500;

const [ROUNDS, QUICK_ROUNDS] = [2, 1];

/**
 * Resident memory of the daemon alone: programs cost the same under each. The price of one more is taken between the
 * ends of the range, so that it holds neither the daemon's own nor the noise of one collection.
 * @type {Case}
 */
export const memory = {
  name: 'memory',
  about: 'resident memory of the daemon with 10, 100, 1000 idle programs',
  peers: ['supervisord', 'pm2'],
  async run({ lab, taskmaster, peers, isQuick, say }) {
    const samples = new Map(COUNTS.map(count => [count, new Samples()]));
    for (const count of COUNTS) {
      const able = peers.filter(({ name }) => count <= (MOST[name] ?? count));
      for (const peer of alternate([taskmaster, ...able], isQuick ? QUICK_ROUNDS : ROUNDS)) {
        const arrived = lab.reports.count(peer.name, count);
        const running = await peer.start(lab, { argv: lab.telling(peer.name), count });
        await arrived;
        await wait(SETTLE_MS);
        const resident = residentKb(running.pid);
        say(`${peer.name} with ${count}: ${resident} KB`);
        samples.get(count)?.add(peer.name, resident);
        await running.stop();
      }
    }
    const least = COUNTS[0] ?? 0;
    const most = COUNTS.at(-1) ?? 0;
    const first = samples.get(least)?.summary() ?? {};
    const last = samples.get(most)?.summary() ?? {};
    const each = Object.entries(last).map(([name, kb]) => [name, (kb - (first[name] ?? 0)) / (most - least)]);
    return [
      ...COUNTS.map(count => ({
        what: `resident with ${count} idle programs`,
        unit: /** @type {const} */ ('MB'),
        figures: samples.get(count)?.summary(values => median(values) / 1024) ?? {},
        ...(count === least && { goal: { against: 'pm2', most: 0.9 } }),
      })),
      { what: 'resident per idle program', unit: 'KB', figures: Object.fromEntries(each), goal: { most: 40 } },
    ];
  },
};
