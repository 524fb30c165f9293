import { existsSync } from 'node:fs';
import type { SignalName } from '../core/program.ts';
import { isErrno } from '../runtime/errno.ts';
import { readStat } from './procfs.ts';

const HAS_PROC = existsSync('/proc/self/stat');

/**
 * Signals a leader, or its process group. Its number is free for others from the moment it was reaped, which happens on
 * another thread, before its end is told here: so it is looked at first, and one that is no child of ours is left alone.
 *
 * Returns why the signal could not be sent; undefined when it was, or when the leader is gone and its end on the way.
 */
export function signalLeader(pid: number, signal: SignalName, group: boolean): string | undefined {
  if (HAS_PROC && !mayBeOurs(pid)) return undefined;
  try {
    process.kill(group ? -pid : pid, signal as NodeJS.Signals); // one that this system does not know makes kill() throw
    return undefined;
  } catch (error) {
    // A child that was just forked has no group of its own yet: it is there all the same.
    if (isErrno(error, 'ESRCH')) return group ? signalLeader(pid, signal, false) : undefined;
    return `cannot send ${signal} to pid ${pid}: ${error instanceof Error ? error.message : error}`;
  }
}

/** Whether the pid is a child of ours, for all that can be known. */
function mayBeOurs(pid: number): boolean {
  try {
    return readStat(pid)?.ppid === process.pid;
  } catch (error) {
    // Without a free file descriptor nobody can look. A stop must work all the same, and its end has not been told.
    if (isErrno(error, 'EMFILE', 'ENFILE')) return true;
    throw error;
  }
}

/**
 * Signals leftovers through their process groups, which no fork escapes: the kernel signals a group whole, while a program
 * that forks faster than /proc is read outruns a signal to each. A group belongs to one session, and each is looked at
 * again just before, so that a number that was used anew is not hit.
 */
export function signalLeftovers(session: number, pids: readonly number[], signal: SignalName): void {
  for (const group of groupsOf(session, pids)) {
    try {
      process.kill(-group, signal as NodeJS.Signals); // SIGTERM or SIGKILL
    } catch {
      // ESRCH: gone already. EPERM: it changed its user. Either way the next scan tells who is left, and `status` names them.
    }
  }
}

function groupsOf(session: number, pids: readonly number[]): Set<number> {
  const groups = new Set<number>();
  try {
    for (const pid of pids) {
      const stat = readStat(pid);
      if (stat?.session === session) groups.add(stat.pgrp);
    }
    if (readStat(session) === undefined) groups.add(session); // the leader's own, whoever of it the scan has missed
  } catch (error) {
    if (!isErrno(error, 'EMFILE', 'ENFILE')) throw error; // those not looked at wait for the next round
  }
  return groups;
}

/** Whether anyone, be it a zombie, is left in the process group of this dead leader. The number stays taken while there is. */
export function hasGroup(pid: number): boolean {
  try {
    process.kill(-pid, 0);
    return true;
  } catch (error) {
    return !isErrno(error, 'ESRCH');
  }
}
