// @ts-check
import { setTimeout as wait } from 'node:timers/promises';
import { LoopWatch } from '../loopwatch.mjs';
import { quantile } from '../stats.mjs';

/** @import {Case} from '../case.mjs' */

const COUNT = 1000;

/** Short against the 50 ms of the goal, long against an answer. */
const PING_MS = 5;

/** Past the start time of the last, so that stopping finds every program RUNNING. */
const SETTLE_MS = 1500;

/**
 * For how long the daemon attends to nobody while it starts and stops a thousand programs: as a client finds out, which
 * contends for the two cores with a thousand new programs, and as the event loop itself tells.
 * @type {Case}
 */
export const blocking = {
  name: 'blocking',
  about: 'the event loop while 1000 programs start and stop',
  peers: [],
  async run({ lab, taskmaster, say }) {
    const loop = new LoopWatch(lab);
    const { control, pid, stop } = taskmaster.startConfig(
      lab,
      { programs: { p: { cmd: lab.telling('blocking'), numprocs: COUNT, autostart: false } } },
      loop.env,
    );
    await control.ready();
    const during = async (/** @type {() => Promise<unknown>} */ act) => {
      const over = new AbortController();
      const pinged = control.ping('/healthz', { every: PING_MS, until: over.signal });
      await act();
      over.abort();
      const latencies = await pinged;
      return { worst: Math.max(...latencies), p99: quantile(latencies, 0.99), blocked: await loop.longest(pid) };
    };
    await loop.longest(pid); // what start-up took is not meant
    const up = lab.reports.count('blocking', COUNT);
    const starting = await during(async () => {
      await control.post('/v1/start', { select: ['all'], wait: false });
      await up;
    });
    await wait(SETTLE_MS);
    const stopping = await during(() => control.post('/v1/stop', { select: ['all'], wait: true }));
    say(`starting: p99 ${starting.p99.toFixed(1)} ms; stopping: p99 ${stopping.p99.toFixed(1)} ms`);
    await stop();
    return [
      {
        what: 'event loop blocked while 1000 start',
        unit: 'ms',
        figures: { taskmaster: starting.blocked },
        goal: { most: 50 },
      },
      { what: '  as a client sees it, worst answer', unit: 'ms', figures: { taskmaster: starting.worst } },
      {
        what: 'event loop blocked while 1000 stop',
        unit: 'ms',
        figures: { taskmaster: stopping.blocked },
        goal: { most: 50 },
      },
      { what: '  as a client sees it, worst answer', unit: 'ms', figures: { taskmaster: stopping.worst } },
    ];
  },
};
