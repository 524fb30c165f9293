// @ts-check
import { setTimeout as wait } from 'node:timers/promises';
import { median } from '../stats.mjs';

/** @import {Case} from '../case.mjs' */
/** @import {Control} from '../control.mjs' */

const [ROUNDS, QUICK_ROUNDS] = [30, 10];

/** Past the start time of a second. */
const SETTLE_MS = 2000;

/** Between two kills, so that the ripples of one are over. */
const QUIET_MS = 30;

/** Between an answer and the next question: what a client sees is this much older at most. */
const ASK_MS = 1;

/** A status that is wrong for so long is wrong. */
const GIVE_UP_MS = 5000;

/** Leaves a process behind that the kernel's hang-up does not end, and which holds the terminal. */
const HOLDER = (/** @type {string} */ tell) => `#!/bin/sh\ntrap '' HUP\nsleep 600 &\nexec /bin/sh ${tell} "$1"\n`;

/**
 * From `kill -9` of a program by somebody else to the first `status` that does not show it running; worst of all rounds.
 * @type {Case}
 */
export const killed = {
  name: 'killed',
  about: 'kill -9 from outside to a right status',
  peers: [],
  async run({ lab, taskmaster, isQuick, say }) {
    const rounds = isQuick ? QUICK_ROUNDS : ROUNDS;
    const holder = lab.write('holder.sh', HOLDER(lab.tell));
    const once = { numprocs: rounds, autorestart: false };
    const { control, stop } = taskmaster.startConfig(lab, {
      programs: {
        alone: { ...once, cmd: lab.telling('alone') },
        held: { ...once, cmd: ['/bin/sh', holder, 'held'], leftovers: 'report' },
      },
    });
    await Promise.all(['alone', 'held'].map(tag => lab.reports.count(tag, rounds)));
    await wait(SETTLE_MS);
    /** @type {{processes: {name: string, pid: number}[]}} */
    const { processes } = await control.call('/v1/processes');
    /** @type {Record<string, number[]>} */
    const taken = { alone: [], held: [] };
    for (const { name, pid } of processes) {
      await wait(QUIET_MS);
      taken[name.startsWith('held') ? 'held' : 'alone']?.push(await killAndWatch(control, { name, pid }));
    }
    await stop();
    const { alone = [], held = [] } = taken;
    say(`median ${median(alone).toFixed(1)} ms, with its terminal held ${median(held).toFixed(1)} ms`);
    return [
      {
        what: 'kill -9 to a right status, worst',
        unit: 'ms',
        figures: { taskmaster: Math.max(...alone) },
        goal: { most: 50 },
      },
      {
        what: '  with its terminal still held',
        unit: 'ms',
        figures: { taskmaster: Math.max(...held) },
        goal: { most: 50 },
      },
    ];
  },
};

/** @param {Control} control @param {{name: string, pid: number}} process */
async function killAndWatch(control, { name, pid }) {
  const began = performance.now();
  process.kill(pid, 'SIGKILL');
  while (performance.now() - began < GIVE_UP_MS) {
    const now = await control.call(`/v1/processes/${encodeURIComponent(name)}`);
    if (now.pid !== pid && now.state !== 'RUNNING') return performance.now() - began;
    await wait(ASK_MS);
  }
  throw new Error(`${name}: its status shows pid ${pid} still, ${GIVE_UP_MS} ms after it was killed`);
}
