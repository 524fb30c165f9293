// @ts-check
import { setTimeout as wait } from 'node:timers/promises';
import { alternate, quantile, Samples } from '../stats.mjs';

/** @import {Case} from '../case.mjs' */

/** Programs under each supervisor, killed in turn, so that each has run for long when its turn comes again. */
const COUNT = 16;

const [ROUNDS, QUICK_ROUNDS] = [60, 4];

/**
 * runit waits a second when a program ran for less; supervisord and Taskmaster call a start failed then. Nobody's
 * patience with programs that fail is measured here.
 */
const MIN_LIFE_MS = 1500;

/** Between two kills, so that the ripples of one are over. */
const QUIET_MS = 30;

/** supervisord looks at what has ended once a second: so many rounds of it say all there is to say. */
const FEWER = 4;

/**
 * From SIGKILL of a program to the word of the next life that it runs. All supervisors are up at once and at rest, and
 * are taken in turns.
 * @type {Case}
 */
export const respawn = {
  name: 'respawn',
  about: 'crash to respawned program running',
  peers: ['supervisord', 'runit', 's6'],
  async run({ lab, taskmaster, peers, isQuick }) {
    const running = [];
    const lives = new Map();
    for (const peer of [taskmaster, ...peers]) {
      const up = lab.reports.count(peer.name, COUNT);
      running.push(await peer.start(lab, { argv: lab.telling(peer.name), count: COUNT }));
      const { at, pids } = await up;
      lives.set(
        peer.name,
        pids.map(pid => ({ pid, at })),
      );
    }
    const samples = new Samples();
    const rounds = isQuick ? QUICK_ROUNDS : ROUNDS;
    for (const [turn, peer] of alternate([taskmaster, ...peers], rounds).entries()) {
      const isSlow = peer.name === 'supervisord' || peer.name === 's6';
      if (isSlow && Math.floor(turn / (peers.length + 1)) % FEWER !== 0) continue;
      const queue = lives.get(peer.name);
      const { pid, at } = queue.shift();
      await wait(Math.max(QUIET_MS, at + MIN_LIFE_MS - performance.now()));
      const next = lab.reports.next(peer.name);
      const killed = performance.now();
      process.kill(pid, 'SIGKILL');
      const report = await next;
      queue.push(report);
      samples.add(peer.name, report.at - killed);
    }
    for (const { stop } of running) await stop();
    const p90 = samples.summary(values => quantile(values, 0.9));
    return [
      {
        what: 'crash to respawned, median',
        unit: 'ms',
        figures: samples.summary(),
        goal: { against: 'runit', most: 2 },
      },
      { what: 'crash to respawned, p90', unit: 'ms', figures: p90 },
    ];
  },
};
