/** What /proc says of the programs of one arena. */
import { readdirSync, readFileSync, readlinkSync } from 'node:fs';
import { type ProcStat, readStat, ticksNow } from '../../src/daemon/procfs.ts';

/** A live process (no zombie) that was started in the arena, by its environment. */
export interface Member extends ProcStat {
  /** The `TASKMASTER_ID` it was started with; undefined for the daemon and clients. */
  readonly id: string | undefined;
  /** The daemon that says it has started it, `uid:pid:start`. */
  readonly daemon: string | undefined;
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

/** The processes of these numbers, as far as they exist. */
export function statsOf(pids: Iterable<number>): ProcStat[] {
  return [...new Set(pids)].flatMap(pid => readStat(pid) ?? []);
}

/** The children of a process, zombies included, if all were forked by its main thread, as node-pty's are. */
export function childrenOf(pid: number): number[] {
  return read(`/proc/${pid}/task/${pid}/children`).split(' ').filter(Boolean).map(Number);
}

/** All processes there are, zombies included. */
export function allStats(): ProcStat[] {
  return readdirSync('/proc').flatMap(name => (/^\d+$/.test(name) ? (readStat(Number(name)) ?? []) : []));
}

/** What a process's environment says of it. */
interface Belonging {
  readonly isOurs: boolean;
  readonly id: string | undefined;
  readonly daemon: string | undefined;
  readonly isLitter: boolean;
}

/** What is older than this, in ticks, has had its last exec: each process of a storm has it within milliseconds. */
const SETTLED = 100;

/** Processes that are remembered; then all are looked at anew. */
const MOST_KNOWN = 5000;

/** Knows who was started in an arena, by `CHAOS_ARENA=token` in the environment. */
export class Membership {
  private readonly token: string;
  /** Nothing of the arena is older, so that those need no look. */
  private readonly since = ticksNow() - SETTLED;
  /** Of processes that have settled, by `keyOf`: an environ costs four system calls, and there are a hundred. */
  private readonly known = new Map<string, Belonging>();

  constructor(token: string) {
    this.token = token;
  }

  /** Those among `stats`, which must be of now, that belong to the arena and are alive. */
  among(stats: readonly ProcStat[]): Member[] {
    const settled = ticksNow() - SETTLED;
    if (this.known.size > MOST_KNOWN) this.known.clear();
    const members: Member[] = [];
    for (const stat of stats) {
      if (stat.start < this.since || isZombie(stat)) continue;
      const belonging = this.known.get(keyOf(stat)) ?? this.ask(stat.pid);
      if (stat.start < settled) this.known.set(keyOf(stat), belonging);
      const { isOurs, ...rest } = belonging;
      if (isOurs) members.push({ ...stat, ...rest });
    }
    return members;
  }

  private ask(pid: number): Belonging {
    const environment = environmentOf(pid);
    const valueIn = (name: string): string | undefined =>
      environment.find(entry => entry.startsWith(`${name}=`))?.slice(name.length + 1);
    return {
      isOurs: environment.includes(`CHAOS_ARENA=${this.token}`),
      id: valueIn('TASKMASTER_ID'),
      daemon: valueIn('TASKMASTER_DAEMON'),
      isLitter: environment.includes('CHAOS_LITTER=1'),
    };
  }
}

function environmentOf(pid: number): string[] {
  return read(`/proc/${pid}/environ`).split('\0');
}

/** (program, number) of a TASKMASTER_ID, as `as` of characters.ts reads it. */
export function processOf(id: string): string {
  const process = id.split(':').at(-2) ?? '';
  const [, program = process, number = '0'] = /^(.*)[-_](\d+)$/.exec(process) ?? [];
  return `${program} ${Number(number)}`;
}

/** The highest descriptor that a process holds, and how many. */
export function heightOf(pid: number): { readonly highest: number; readonly open: number } {
  const fds = readdirSync(`/proc/${pid}/fd`).map(Number);
  return { highest: Math.max(0, ...fds), open: fds.length };
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
