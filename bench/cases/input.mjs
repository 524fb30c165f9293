// @ts-check
import { setTimeout as wait } from 'node:timers/promises';
import { cpuShare } from '../procfs.mjs';

/** @import {Case} from '../case.mjs' */

/** All that the daemon takes for one program that does not read. */
const BYTES = 1024 * 1024;

/** For what of it the terminal itself takes, and the first quick tries. */
const SETTLE_MS = 1000;

const [LOOK_MS, QUICK_LOOK_MS] = [10_000, 2000];

/** A terminal in raw mode tells its writer when it is full; in cooked mode the kernel would drop what is too much. */
const DEAF = (/** @type {string} */ tell) => `#!/bin/sh\nstty raw -echo\nexec /bin/sh ${tell} deaf\n`;

/**
 * What it costs to have typed a megabyte at a program that does not read.
 * @type {Case}
 */
export const input = {
  name: 'input',
  about: 'CPU with 1 MiB typed at a program that does not read',
  peers: [],
  async run({ lab, taskmaster, isQuick }) {
    const deaf = lab.write('deaf.sh', DEAF(lab.tell));
    const { control, pid, stop } = taskmaster.startConfig(lab, { programs: { deaf: { cmd: ['/bin/sh', deaf] } } });
    await lab.reports.next('deaf');
    const look = isQuick ? QUICK_LOOK_MS : LOOK_MS;
    await wait(SETTLE_MS);
    const rest = await cpuShare(pid, look);
    await control.call('/v1/processes/deaf/input', { method: 'POST', body: Buffer.alloc(BYTES, 'x') });
    await wait(SETTLE_MS);
    const queued = await cpuShare(pid, look);
    await stop();
    return [
      {
        what: 'CPU with 1 MiB typed and not read',
        unit: '%',
        figures: { taskmaster: queued, 'at rest': rest },
        goal: { most: 0.5 },
      },
    ];
  },
};
