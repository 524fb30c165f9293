// @ts-check
import { setTimeout as wait } from 'node:timers/promises';
import { SLEEP } from '../lab.mjs';
import { residentKb } from '../procfs.mjs';
import { quantile } from '../stats.mjs';

/** @import {Case} from '../case.mjs' */
/** @import {Row} from '../row.mjs' */

/** Idle programs beside the one that prints: what `status` is about. */
const BESIDE = 10;

/** Between an answer and the next question. */
const PING_MS = 10;

const [REST_MS, QUICK_REST_MS] = [5000, 1000];
const [FLOOD_MS, QUICK_FLOOD_MS] = [20_000, 4000];

/** From the start of the flood until its scrollback is full and read buffers have their size: memory is flat from here. */
const FILL_MS = 2000;

/** What the collector of a runtime may leave lying about; a leak at 30 MB/s would be a hundred times that. */
const FLAT_MB = 8;

/**
 * A program that prints as fast as it can, beside others: whether the daemon still answers, and stays small.
 * @type {Case}
 */
export const flood = {
  name: 'flood',
  about: 'answers and memory while `yes` prints',
  peers: [],
  async run({ lab, taskmaster, isQuick, say }) {
    const { control, pid, stop } = taskmaster.startConfig(lab, {
      programs: {
        idle: { cmd: SLEEP, numprocs: BESIDE },
        yes: { cmd: 'yes', autostart: false },
      },
    });
    await control.ready();
    const pingFor = async (/** @type {number} */ ms) => {
      const latencies = await control.ping('/v1/processes', { every: PING_MS, until: AbortSignal.timeout(ms) });
      return { p50: quantile(latencies, 0.5), p99: quantile(latencies, 0.99) };
    };
    const rest = await pingFor(isQuick ? QUICK_REST_MS : REST_MS);
    await control.post('/v1/start', { select: ['yes'], wait: false });
    await wait(FILL_MS);
    const before = residentKb(pid);
    const flooded = await pingFor(isQuick ? QUICK_FLOOD_MS : FLOOD_MS);
    const after = residentKb(pid);
    const { scrollback } = await control.call('/v1/processes/yes');
    say(`${(scrollback.to / 1e6).toFixed(0)} MB printed; ${before} KB at first, ${after} KB at last`);
    await stop();
    /** @type {Row[]} */
    const rows = [
      {
        what: 'GET /v1/processes beside `yes`, p50',
        unit: 'ms',
        figures: { taskmaster: flooded.p50, 'at rest': rest.p50 },
      },
      {
        what: 'GET /v1/processes beside `yes`, p99',
        unit: 'ms',
        figures: { taskmaster: flooded.p99, 'at rest': rest.p99 },
        goal: { most: 50 },
      },
      {
        what: `memory grown in ${(isQuick ? QUICK_FLOOD_MS : FLOOD_MS) / 1000} s of \`yes\``,
        unit: 'MB',
        figures: { taskmaster: (after - before) / 1024 },
        goal: { most: FLAT_MB },
      },
    ];
    return rows;
  },
};
