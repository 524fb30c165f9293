/** What /proc says of the programs of one arena. */
import { readdirSync, readFileSync, readlinkSync } from 'node:fs';
import { type ProcStat, readStat } from '../../src/daemon/procfs.ts';

/** A live process (no zombie) that was started in the arena, by its environment. */
export interface Member extends ProcStat {
  /** The `TASKMASTER_ID` it was started with; undefined for the daemon and clients. */
  readonly id: string | undefined;
  /** Allowed to outlive its leader: see characters.ts. */
  readonly isLitter: boolean;
}

/** Survives the use of a pid by another process. */
export const keyOf = ({ pid, start }: Pick<ProcStat, 'pid' | 'start'>): string => `${pid}:${start}`;

export function isZombie({ state }: ProcStat): boolean {
  return state === 'Z' || state === 'X';
}

/** Whether the very process still lives. */
export function isStill(known: Pick<ProcStat, 'pid' | 'start'>): boolean {
  const stat = readStat(known.pid);
  return stat !== undefined && stat.start === known.start && !isZombie(stat);
}

/** All processes there are, zombies included. */
export function allStats(): ProcStat[] {
  return readdirSync('/proc').flatMap(name => (/^\d+$/.test(name) ? (readStat(Number(name)) ?? []) : []));
}

/** Those whose environment has `CHAOS_ARENA=token`. None is older than `since`, in ticks, so that those need no look. */
export function membersOf(token: string, since: number, stats: readonly ProcStat[]): Member[] {
  return stats.flatMap(stat => {
    if (isZombie(stat) || stat.start < since) return [];
    const environment = environmentOf(stat.pid);
    if (!environment.includes(`CHAOS_ARENA=${token}`)) return [];
    const id = environment.find(entry => entry.startsWith('TASKMASTER_ID='))?.slice('TASKMASTER_ID='.length);
    return [{ ...stat, id, isLitter: environment.includes('CHAOS_LITTER=1') }];
  });
}

function environmentOf(pid: number): string[] {
  return read(`/proc/${pid}/environ`).split('\0');
}

/** What a process is, in a line. */
export function describeProc(stat: ProcStat): string {
  const { pid, ppid, pgrp, session, state, start } = stat;
  const line = read(`/proc/${pid}/cmdline`).replaceAll('\0', ' ').trim().slice(0, 60);
  const id = environmentOf(pid).find(entry => entry.startsWith('TASKMASTER_ID=')) ?? '';
  return `pid ${pid} ppid ${ppid} pgrp ${pgrp} session ${session} ${state} start ${start} [${line}] ${id}`;
}

/** The descriptors of a process by what they are: `/dev/ptmx`, `/dev/pts`, `socket`, `pipe`, a path, … */
export function descriptorsOf(pid: number): Map<string, number> {
  const counts = new Map<string, number>();
  for (const fd of readdirSync(`/proc/${pid}/fd`)) {
    const kind = kindOf(linkOf(`/proc/${pid}/fd/${fd}`));
    if (kind !== undefined) counts.set(kind, (counts.get(kind) ?? 0) + 1);
  }
  return counts;
}

function kindOf(target: string | undefined): string | undefined {
  if (target === undefined) return undefined; // closed while we looked
  if (target.startsWith('/dev/pts/')) return '/dev/pts';
  return target.replace(/:\[?[^:\]]*\]?$/, '');
}

function linkOf(path: string): string | undefined {
  try {
    return readlinkSync(path);
  } catch {
    return undefined; // it has just been closed
  }
}

export function threadsOf(pid: number): number {
  return Number(/^Threads:\s+(\d+)/m.exec(read(`/proc/${pid}/status`))?.[1]);
}

/** Resident memory in KB. */
export function residentOf(pid: number): number {
  return Number(/^VmRSS:\s+(\d+)/m.exec(read(`/proc/${pid}/status`))?.[1]);
}

function read(path: string): string {
  try {
    return readFileSync(path, 'latin1');
  } catch {
    return ''; // it has ended, which is what processes do
  }
}
