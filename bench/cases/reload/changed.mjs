// @ts-check
import { setTimeout as wait } from 'node:timers/promises';
import { LoopWatch } from '../../loopwatch.mjs';
import { Samples } from '../../stats.mjs';

/** @import {Bench} from '../../case.mjs' */
/** @import {Row} from '../../row.mjs' */

const [COUNT, QUICK_COUNT] = [1000, 100];

/** After the last program is up: every one has passed its start time of a second. */
const SETTLE_MS = 2000;

const [ROUNDS, QUICK_ROUNDS] = [3, 1];

/**
 * Of a thousand programs, each with an entry of its own, one is changed so that it must be restarted.
 * @param {Bench} bench
 * @returns {Promise<Row[]>}
 */
export async function oneChanged({ lab, taskmaster, isQuick, say }) {
  const count = isQuick ? QUICK_COUNT : COUNT;
  const loop = new LoopWatch(lab);
  const others = Object.fromEntries(
    Array.from({ length: count - 1 }, (_, number) => [`p_${number}`, { cmd: lab.telling('others') }]),
  );
  const config = (/** @type {number} */ round) => ({
    programs: { ...others, changed: { cmd: lab.telling('changed'), env: { ROUND: String(round) } } },
  });
  const arrived = Promise.all([lab.reports.count('others', count - 1), lab.reports.next('changed')]);
  const running = taskmaster.startConfig(lab, config(0), loop.env);
  const [{ pids }] = await arrived;
  await wait(SETTLE_MS);
  await loop.longest(running.pid); // what start-up took is not meant
  const [up, ended] = [new Samples(), new Samples()];
  for (let round = 1; round <= (isQuick ? QUICK_ROUNDS : ROUNDS); round++) {
    running.write(config(round));
    const next = lab.reports.next('changed');
    const began = performance.now();
    const [{ at }, over] = await Promise.all([next, lab.run([...running.ctl, 'reload'])]);
    up.add(taskmaster.name, at - began);
    ended.add(taskmaster.name, over - began);
  }
  const blocked = await loop.longest(running.pid);
  const changed = count - 1 - lab.living(pids).length;
  say(`1 of ${count} changed: ${changed} other pids changed, event loop blocked ${blocked.toFixed(0)} ms`);
  await running.stop();
  return [
    {
      what: `1 of ${count} programs changed: other pids changed`,
      unit: 'count',
      figures: { taskmaster: changed },
      goal: { most: 0 },
    },
    { what: '  until it runs anew', unit: 'ms', figures: up.summary() },
    { what: '  and the command has ended', unit: 'ms', figures: ended.summary() },
    { what: '  event loop blocked meanwhile, longest', unit: 'ms', figures: { taskmaster: blocked } },
  ];
}
