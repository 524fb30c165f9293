import type { Millis } from '../core/program.ts';
import type { Clock } from '../runtime/clock.ts';
import { isErrno } from '../runtime/errno.ts';
import { allPids, type ProcStat, readStat } from './procfs.ts';

/** Files of /proc read before the event loop gets its turn: 1.5 ms at the 15 to 27 µs that one costs. */
const BATCH = 50;

/** When /proc cannot be read because no file descriptor is free, it is tried again after this. */
const RETRY_MS = 100;

/**
 * Reads the whole of /proc, a batch a turn of the event loop, and calls `visit` with each process there is; what `visit`
 * answers is kept, but for undefined. `spent` hears how long each turn of it took. A reading that runs out of file descriptors begins anew: half a table must not be
 * taken for a whole one.
 */
export async function readProcesses<T>(
  clock: Clock,
  visit: (stat: ProcStat) => T | undefined,
  spent: (took: Millis) => void = () => {},
): Promise<T[]> {
  for (;;) {
    try {
      return await readOnce(clock, visit, spent);
    } catch (error) {
      if (!isErrno(error, 'EMFILE', 'ENFILE', 'ENOMEM')) throw error;
    }
    await new Promise<void>(resolve => clock.after(RETRY_MS, resolve));
  }
}

async function readOnce<T>(
  clock: Clock,
  visit: (stat: ProcStat) => T | undefined,
  spent: (took: Millis) => void,
): Promise<T[]> {
  const kept: T[] = [];
  let begun = clock.now();
  const pids = allPids();
  for (let at = 0; at < pids.length; at += BATCH) {
    if (at > 0) {
      spent(clock.now() - begun);
      await new Promise<void>(resolve => clock.soon(resolve));
      begun = clock.now();
    }
    for (const pid of pids.slice(at, at + BATCH)) {
      const stat = readStat(pid);
      const answer = stat && visit(stat);
      if (answer !== undefined) kept.push(answer);
    }
  }
  spent(clock.now() - begun);
  return kept;
}
