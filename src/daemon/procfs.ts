import { readFileSync } from 'node:fs';
import { uptime } from 'node:os';
import { isErrno } from '../runtime/errno.ts';

/** One line of /proc/PID/stat, as far as sessions go. */
export interface ProcStat {
  readonly pid: number;
  readonly state: string;
  readonly ppid: number;
  readonly pgrp: number;
  readonly session: number;
  /** In clock ticks since boot. */
  readonly start: number;
}

/** `sysconf(_SC_CLK_TCK)` is 100 wherever Linux shows times to programs. */
const TICKS_PER_SECOND = 100;

/** The time since boot in the unit of `ProcStat.start`, rounded up, so that what began just before counts as before. */
export function ticksNow(): number {
  return Math.ceil(uptime() * TICKS_PER_SECOND);
}

/**
 * Reads /proc/PID/stat; undefined when there is no such process. Throws when that cannot be known: out of file
 * descriptors, which must not be taken for an end.
 */
export function readStat(pid: number): ProcStat | undefined {
  let line: string;
  try {
    line = readFileSync(`/proc/${pid}/stat`, 'latin1');
  } catch (error) {
    if (isErrno(error, 'ENOENT', 'ESRCH')) return undefined; // it ended, which is what processes do
    throw error;
  }
  // The name stands in brackets and may hold anything, brackets too: the fields begin after the last one.
  const fields = line.slice(line.lastIndexOf(')') + 2).split(' ');
  const [state = '', ppid, pgrp, session] = fields;
  return { pid, state, ppid: Number(ppid), pgrp: Number(pgrp), session: Number(session), start: Number(fields[19]) };
}
