// @ts-check
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { cpuShare } from '../procfs.mjs';
import { flooding, logFlood, redraw } from '../scripts.mjs';
import { alternate, quantile, Samples } from '../stats.mjs';

/** @import {Bench, Case} from '../case.mjs' */
/** @import {Row} from '../row.mjs' */

const COUNT = 12;
const SIZE = '60x20';

const [LOOK_MS, QUICK_LOOK_MS] = [8000, 2500];
const [ROUNDS, QUICK_ROUNDS] = [4, 2];

/** Panes have had their first pictures, and read buffers have their size. */
const SETTLE_MS = 1000;

/** Between an answer and the next question. */
const PING_MS = 10;

/** What the programs lose to those who look on, at most: the client that takes the pictures wants its part of the cores, too. */
const MOST_LOSS = 1.1;

/** Pictures of a full-screen program, again and again: nothing of them can be passed over unread. */
const SCREENS = Array.from({ length: 8 }, (_, seed) => redraw({ cols: 80, rows: 24, seed })).join('');

const FLOODS = /** @type {const} */ ({ lines: logFlood, 'whole screens': () => SCREENS });

/**
 * Twelve programs that print as fast as they can, and a pane on each, as the dashboard tiles them: what the programs lose,
 * what the daemon has left for others.
 * @type {Case}
 */
export const panes = {
  name: 'panes',
  about: `${COUNT} panes of ${SIZE} on programs that print without end`,
  peers: [],
  async run(bench) {
    /** @type {Row[]} */
    const rows = [];
    for (const [what, text] of Object.entries(FLOODS)) rows.push(...(await measure(bench, { what, text: text() })));
    return rows;
  },
};

/** @param {Bench} bench @param {{what: string, text: string}} options @returns {Promise<Row[]>} */
async function measure({ lab, taskmaster, isQuick, say }, { what, text }) {
  const tag = `panes-${what.replace(' ', '-')}`;
  const up = lab.reports.count(tag, COUNT);
  const { control, pid, stop } = taskmaster.startConfig(lab, {
    programs: { p: { cmd: flooding(lab, tag, text), numprocs: COUNT } },
  });
  await control.ready();
  await up;
  const { processes } = await control.call('/v1/processes');
  const names = processes.map((/** @type {{name: string}} */ { name }) => name);
  const seen = join(lab.directory, `${tag}.seen`);
  const script = join(import.meta.dirname, '../panecrowd.mjs');
  const crowd = lab.help([script, lab.reports.path, `${tag}-crowd`, control.socketPath, seen, SIZE, ...names]);
  const figures = { speed: new Samples(), cpu: new Samples(), cost: new Samples(), answer: new Samples() };
  const ms = isQuick ? QUICK_LOOK_MS : LOOK_MS;
  for (const count of alternate([0, COUNT], isQuick ? QUICK_ROUNDS : ROUNDS)) {
    const subject = count === 0 ? 'nobody looking' : 'taskmaster';
    await turnTo(count);
    await wait(SETTLE_MS);
    const [before, at] = [await printed(), performance.now()];
    const latencies = control.ping('/healthz', { every: PING_MS, until: AbortSignal.timeout(ms) });
    const share = await cpuShare(pid, ms);
    const speed = (performance.now() - at) / (((await printed()) - before) / 1e6);
    figures.cpu.add(subject, share);
    figures.speed.add(subject, speed);
    figures.cost.add(subject, (speed * share) / 100);
    figures.answer.add(subject, quantile(await latencies, 0.99));
    if (count > 0) {
      await turnTo(0);
      const { pictures, bytes } = JSON.parse(readFileSync(seen, 'utf8'));
      const seconds = (performance.now() - at + SETTLE_MS) / 1000;
      say(
        `${what}: ${(pictures / seconds / COUNT).toFixed(1)} pictures a second and pane, ${(bytes / pictures / 1000).toFixed(1)} KB each`,
      );
    }
  }
  await crowd.end();
  await stop();
  return [
    {
      what: `time for a megabyte of ${what}, all ${COUNT} printing`,
      unit: 'ms/MB',
      figures: figures.speed.summary(),
      goal: { against: 'nobody looking', most: MOST_LOSS },
    },
    { what: `the daemon's processor time for that megabyte`, unit: 'ms/MB', figures: figures.cost.summary() },
    { what: `the daemon's processor time, ${what}`, unit: '%', figures: figures.cpu.summary() },
    { what: `GET /healthz, p99, ${what}`, unit: 'ms', figures: figures.answer.summary(), goal: { most: 50 } },
  ];

  async function turnTo(/** @type {number} */ count) {
    const done = lab.reports.next(`${tag}-crowd`);
    crowd.tell(String(count));
    await done;
  }

  /** Bytes of all programs so far. */
  async function printed() {
    const { processes } = await control.call('/v1/processes');
    return processes.reduce((/** @type {number} */ sum, /** @type {any} */ { scrollback }) => sum + scrollback.to, 0);
  }
}
