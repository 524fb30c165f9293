// @ts-check
/**
 * Loaded into the daemon with `--import`, for one measurement: on SIGWINCH it writes the longest time for which the event
 * loop stood still since it was last asked, in milliseconds, to the file that an environment variable names.
 */
import { renameSync, writeFileSync } from 'node:fs';
import { monitorEventLoopDelay } from 'node:perf_hooks';

/** Milliseconds between two looks. The histogram holds the time from one to the next, so it is taken off the result. */
const RESOLUTION_MS = 1;

const file = process.env.TASKMASTER_BENCH_LOOPDELAY;
if (file !== undefined) {
  const histogram = monitorEventLoopDelay({ resolution: RESOLUTION_MS });
  histogram.enable();
  process.on('SIGWINCH', () => {
    writeFileSync(`${file}.new`, String(histogram.max / 1e6 - RESOLUTION_MS));
    renameSync(`${file}.new`, file);
    histogram.reset();
  });
}
