// @ts-check
import { setTimeout as wait } from 'node:timers/promises';
import { openFiles, residentKb } from '../../procfs.mjs';
import { median } from '../../stats.mjs';

/** @import {Bench} from '../../case.mjs' */
/** @import {Row} from '../../row.mjs' */

const COUNT = 100;
const RELOADS = 100;

/** Node gives back what it needed some 8 s after it was last busy (cases/memory.mjs); a quick run sees what it has not yet. */
const [SETTLE_MS, QUICK_SETTLE_MS] = [10_000, 1000];

/**
 * The same config again and again: what a reload costs when there is nothing to do, and whether any of it stays.
 * @param {Bench} bench
 * @returns {Promise<Row[]>}
 */
export async function unchanged({ lab, taskmaster, isQuick, say }) {
  const settle = () => wait(isQuick ? QUICK_SETTLE_MS : SETTLE_MS);
  const programs = Object.fromEntries(
    Array.from({ length: COUNT }, (_, number) => [`p_${number}`, { cmd: lab.telling('unchanged') }]),
  );
  const arrived = lab.reports.count('unchanged', COUNT);
  const { control, pid, stop } = taskmaster.startConfig(lab, { programs });
  const { pids } = await arrived;
  await control.ready();
  await settle();
  const before = { kb: residentKb(pid), files: openFiles(pid) };
  /** @type {number[]} */
  const taken = [];
  for (let left = RELOADS; left > 0; left--) {
    const began = performance.now();
    await control.post('/v1/reload', { dryRun: false, wait: true });
    taken.push(performance.now() - began);
  }
  await settle();
  const after = { kb: residentKb(pid), files: openFiles(pid) };
  const living = lab.living(pids).length;
  if (living !== COUNT)
    throw new Error(`${COUNT - living} of ${COUNT} programs were ended by reloads of the same config`);
  say(`${RELOADS} reloads: worst ${Math.max(...taken).toFixed(0)} ms; ${before.kb} KB before, ${after.kb} KB after`);
  await stop();
  return [
    { what: `reload of ${COUNT} programs, none changed`, unit: 'ms', figures: { taskmaster: median(taken) } },
    {
      what: `  resident after ${RELOADS} of them`,
      unit: 'MB',
      figures: { taskmaster: after.kb / 1024, 'at rest': before.kb / 1024 },
    },
    {
      what: `  open files after ${RELOADS} of them`,
      unit: 'count',
      figures: { taskmaster: after.files, 'at rest': before.files },
      goal: { against: 'at rest', most: 1 },
    },
  ];
}
