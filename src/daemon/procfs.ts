import { closeSync, openSync, readdirSync, readFileSync, readlinkSync, readSync, statSync } from 'node:fs';
import { endianness, uptime } from 'node:os';
import { formatDaemonMark, type Identity } from '../core/mark.ts';
import { pageSizeOf, USUAL_PAGE } from '../core/pagesize.ts';
import { isErrno } from '../runtime/errno.ts';

/** One line of /proc/PID/stat, as far as sessions go, and what they take. */
export interface ProcStat {
  readonly pid: number;
  /** The name of the program, or of its main thread: what `ps -o comm` shows. */
  readonly comm: string;
  /** A letter: `Z` has ended and waits to be reaped, `D` sleeps where no signal reaches it. */
  readonly state: string;
  readonly ppid: number;
  readonly pgrp: number;
  readonly session: number;
  readonly threads: number;
  /** In clock ticks since boot. */
  readonly start: number;
  /** CPU time in clock ticks: its own, and that of the children that it has reaped. */
  readonly own: number;
  readonly reaped: number;
  /** Resident pages. */
  readonly pages: number;
}

/** `sysconf(_SC_CLK_TCK)` is 100 wherever Linux shows times to programs. */
export const TICKS_PER_SECOND = 100;

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
    line = readLine(`/proc/${pid}/stat`);
  } catch (error) {
    if (isErrno(error, 'ENOENT', 'ESRCH')) return undefined; // it ended, which is what processes do
    throw error;
  }
  // The name stands in brackets and may hold anything, brackets too: the fields begin after the last one.
  const end = line.lastIndexOf(')');
  const fields = line.slice(end + 2).split(' ');
  const [state = '', ppid, pgrp, session] = fields;
  return {
    pid,
    comm: line.slice(line.indexOf('(') + 1, end),
    state,
    ppid: Number(ppid),
    pgrp: Number(pgrp),
    session: Number(session),
    threads: Number(fields[17]),
    start: Number(fields[19]),
    own: Number(fields[11]) + Number(fields[12]),
    reaped: Number(fields[13]) + Number(fields[14]),
    pages: Number(fields[21]),
  };
}

/** The bytes of a page, which is what memory is counted in. */
export function pageSize(): number {
  try {
    return pageSizeOf(readFileSync('/proc/self/auxv'), endianness() === 'LE');
  } catch (error) {
    if (isErrno(error, 'ENOENT', 'EACCES')) return USUAL_PAGE; // a sandbox that hides it
    throw error;
  }
}

/** Longer than any of these lines: some fifty numbers and a name of 64 bytes. */
const LINE = Buffer.alloc(4096);

/** Into one buffer, as `readFileSync` takes 64 KB anew for each file whose size the system does not tell. */
function readLine(path: string): string {
  const fd = openSync(path, 'r');
  try {
    return LINE.toString('latin1', 0, readSync(fd, LINE));
  } finally {
    closeSync(fd);
  }
}

/** Whether it has ended, and only its number is left for its parent to reap. */
export function isZombie({ state }: Pick<ProcStat, 'state'>): boolean {
  return state === 'Z' || state === 'X';
}

/** The process with this number as it is now known; `start` is null where there is no /proc. */
export function identityOf(pid: number): Identity {
  return { pid, start: readStat(pid)?.start ?? null };
}

/** What this daemon, run by `uid`, marks its programs with: the value of `TASKMASTER_DAEMON`. */
export function daemonIdOf(uid: number): string {
  return formatDaemonMark({ uid, ...identityOf(process.pid) });
}

/**
 * What a process was started with, a `NAME=value` each; undefined when it ended or is somebody else's. A process that
 * writes its title over it (nginx, postgres) shows what it wrote; one between fork and exec shows its parent's.
 */
export function readEnvironment(pid: number): readonly string[] | undefined {
  try {
    return readFileSync(`/proc/${pid}/environ`, 'utf8').split('\0');
  } catch (error) {
    if (isErrno(error, 'ENOENT', 'ESRCH', 'EACCES', 'EPERM')) return undefined;
    throw error;
  }
}

/** No user's number. */
const NOBODY = -1;

/** Whose a process is, by its effective user; root's where it hides itself (proc(5)), and nobody's once it has ended. */
export function ownerOf(pid: number): number {
  return statSync(`/proc/${pid}`, { throwIfNoEntry: false })?.uid ?? NOBODY;
}

/** Names this boot of the kernel, as start ticks of another say nothing; null where that is not told. */
export function bootId(): string | null {
  try {
    return readFileSync('/proc/sys/kernel/random/boot_id', 'latin1').trim();
  } catch (error) {
    if (isErrno(error, 'ENOENT', 'EACCES')) return null; // no Linux, or a sandbox that hides it
    throw error;
  }
}

/** Names the pid namespace of a process: in another one, numbers mean others. Undefined when it ended or is not ours. */
export function pidNamespace(pid: number): string | undefined {
  return readLink(`/proc/${pid}/ns/pid`);
}

/** The file that a process runs; undefined when it ended or is not ours. */
export function executableOf(pid: number): string | undefined {
  return readLink(`/proc/${pid}/exe`);
}

function readLink(path: string): string | undefined {
  try {
    return readlinkSync(path);
  } catch (error) {
    if (isErrno(error, 'ENOENT', 'ESRCH', 'EACCES', 'EPERM')) return undefined;
    throw error;
  }
}

/** All the numbers in /proc; none where there is no /proc. Throws when no file descriptor is free. */
export function allPids(): number[] {
  // Synchronous on purpose: a directory that is closed on the thread pool makes a gap for a fork to leak through (`pty.ts`).
  try {
    return readdirSync('/proc')
      .filter(name => /^\d+$/.test(name))
      .map(Number);
  } catch (error) {
    if (isErrno(error, 'ENOENT')) return [];
    throw error;
  }
}

/** The letter of a process's state; undefined when it cannot be known. */
export function conditionOf(pid: number): string | undefined {
  try {
    return readStat(pid)?.state;
  } catch (error) {
    if (isErrno(error, 'EMFILE', 'ENFILE')) return undefined; // out of files to look with: it is only for the words
    throw error;
  }
}
