// @ts-check
import { setTimeout as wait } from 'node:timers/promises';
import { configOf } from '../../peer.mjs';
import { alternate, Samples } from '../../stats.mjs';

/** @import {Bench} from '../../case.mjs' */
/** @import {Row} from '../../row.mjs' */

const [FEW, MORE] = [100, 101];

/** Every program has passed its start time of a second. */
const SETTLE_MS = 1500;

const [ROUNDS, QUICK_ROUNDS] = [2, 1];

/**
 * A program gets one process more. A command may end before that one runs, or wait until it counts as started: so both
 * are told.
 * @param {Bench} bench
 * @returns {Promise<Row[]>}
 */
export async function raised({ lab, taskmaster, peers, isQuick, say }) {
  const [changed, up, ended] = [new Samples(), new Samples(), new Samples()];
  for (const peer of alternate([taskmaster, ...peers], isQuick ? QUICK_ROUNDS : ROUNDS)) {
    const load = { argv: lab.telling(peer.name), count: FEW };
    const first = lab.reports.count(peer.name, FEW);
    const running = await peer.start(lab, load);
    const { pids } = await first;
    await wait(SETTLE_MS);
    const config = configOf(running);
    config.write({ ...load, count: MORE });
    const later = lab.reports.of(peer.name);
    const known = later.length;
    const began = performance.now();
    const over = await lab.run(config.apply);
    const kept = lab.living(pids).length;
    const missing = MORE - kept - (later.length - known);
    const last = missing > 0 ? (await lab.reports.count(peer.name, missing)).at : (later.at(-1)?.at ?? Number.NaN);
    changed.add(peer.name, FEW - kept);
    up.add(peer.name, last - began);
    ended.add(peer.name, Math.max(last, over) - began);
    say(`${peer.name}: ${FEW - kept} pids changed, ${(last - began).toFixed(0)} ms`);
    await running.stop();
  }
  return [
    {
      what: `numprocs ${FEW} to ${MORE}: pids changed`,
      unit: 'count',
      figures: changed.summary(values => Math.max(...values)),
      goal: { most: 0 },
    },
    { what: '  until the new one runs', unit: 'ms', figures: up.summary() },
    { what: '  and the command has ended', unit: 'ms', figures: ended.summary() },
  ];
}
