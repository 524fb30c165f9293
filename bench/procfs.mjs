// @ts-check
/** What Linux says of a process: the one place that knows where it stands. */
import { readdirSync, readFileSync } from 'node:fs';

/** Resident memory in KB, its threads' stacks included. @param {number} pid */
export function residentKb(pid) {
  const found = /^VmRSS:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, 'latin1'));
  if (!found) throw new Error(`cannot read the memory of ${pid}: it has ended`);
  return Number(found[1]);
}

/** How many files a process has open. @param {number} pid */
export function openFiles(pid) {
  return readdirSync(`/proc/${pid}/fd`).length;
}

/**
 * Milliseconds of processor time that the living threads of a process have used. From schedstat, which counts
 * nanoseconds: /proc/PID/stat counts 10 ms ticks, which is a whole figure here.
 * @param {number} pid
 */
export function cpuMs(pid) {
  let nanoseconds = 0;
  for (const thread of readdirSync(`/proc/${pid}/task`)) {
    nanoseconds += Number(readFileSync(`/proc/${pid}/task/${thread}/schedstat`, 'latin1').split(' ')[0]);
  }
  return nanoseconds / 1e6;
}

/**
 * Percent of one core that a process uses from now on.
 * @param {number} pid
 * @param {number} ms how long to look
 */
export async function cpuShare(pid, ms) {
  const [cpu, start] = [cpuMs(pid), performance.now()];
  await new Promise(resolve => setTimeout(resolve, ms));
  return (100 * (cpuMs(pid) - cpu)) / (performance.now() - start);
}

/** How many bytes a process has written, to its terminal for one. @param {number} pid */
export function writtenBytes(pid) {
  const found = /^wchar: (\d+)$/m.exec(readFileSync(`/proc/${pid}/io`, 'latin1'));
  if (!found) throw new Error(`cannot read what ${pid} has written`);
  return Number(found[1]);
}

/** @param {number} pid */
export function childrenOf(pid) {
  return readFileSync(`/proc/${pid}/task/${pid}/children`, 'latin1').split(' ').filter(Boolean).map(Number);
}
