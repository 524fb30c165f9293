// @ts-check
import { setTimeout as wait } from 'node:timers/promises';
import { residentKb } from '../procfs.mjs';
import { median, Samples } from '../stats.mjs';

/** @import {Case} from '../case.mjs' */

const [FEW, SOME, MANY] = [10, 100, 1000];
const [COUNTS, QUICK_COUNTS] = [
  [FEW, SOME, MANY],
  [FEW, SOME],
];

/** With more programs pm2 takes minutes. @type {Record<string, number>} */
const MOST = { pm2: SOME };

/** Node gives back what starting needed some 8 s after it was last busy: 61 MB are 56 MB from then on, pm2's likewise. */
const SETTLE_MS = 12_000;

const [ROUNDS, QUICK_ROUNDS] = [2, 1];

/**
 * Resident memory of the daemon alone: programs cost the same under each. All are up side by side while they settle, as
 * one that is idle takes nothing from another. The price of one more program is taken between the ends of the range, so
 * that it holds neither the daemon's own nor the noise of one collection.
 * @type {Case}
 */
export const memory = {
  name: 'memory',
  about: 'resident memory of the daemon with 10, 100, 1000 idle programs',
  peers: ['supervisord', 'pm2'],
  async run({ lab, taskmaster, peers, isQuick, say }) {
    const counts = isQuick ? QUICK_COUNTS : COUNTS;
    const samples = new Map(counts.map(count => [count, new Samples()]));
    const daemons = counts.flatMap(count =>
      [taskmaster, ...peers].filter(({ name }) => count <= (MOST[name] ?? count)).map(peer => ({ peer, count })),
    );
    const rounds = isQuick ? QUICK_ROUNDS : ROUNDS;
    for (let round = 0; round < rounds; round++) {
      const started = [];
      for (const { peer, count } of round % 2 === 0 ? daemons : daemons.toReversed()) {
        const arrived = lab.reports.count(peer.name, count);
        const running = await peer.start(lab, { argv: lab.telling(peer.name), count });
        await arrived;
        started.push({ peer, count, running });
      }
      await wait(SETTLE_MS);
      for (const { peer, count, running } of started) samples.get(count)?.add(peer.name, residentKb(running.pid));
      await Promise.all(started.map(({ running }) => running.stop()));
      say(`round ${round + 1} of ${rounds}`);
    }
    const rows = counts.map(count => ({
      what: `resident with ${count} idle programs`,
      unit: /** @type {const} */ ('MB'),
      figures: samples.get(count)?.summary(values => median(values) / 1024) ?? {},
      ...(count === FEW && { goal: { against: 'pm2', most: 0.9 } }),
    }));
    const [few, many] = [FEW, MANY].map(count => samples.get(count)?.summary());
    if (!few || !many) return rows;
    const each = Object.entries(many).map(([name, kb]) => [name, (kb - (few[name] ?? 0)) / (MANY - FEW)]);
    return [
      ...rows,
      { what: 'resident per idle program', unit: 'KB', figures: Object.fromEntries(each), goal: { most: 40 } },
    ];
  },
};
