import { basename } from 'node:path';
import { parseMark } from '../core/mark.ts';
import type { StateRecord } from '../core/record.ts';
import { type Sighting, type Survey, type Survivor, survey } from '../core/survivor.ts';
import type { Clock } from '../runtime/clock.ts';
import { isErrno } from '../runtime/errno.ts';
import {
  bootId,
  executableOf,
  isZombie,
  ownerOf,
  type ProcStat,
  pidNamespace,
  readEnvironment,
  readStat,
} from './procfs.ts';
import { readProcesses } from './proctable.ts';

export interface SurvivorQuery {
  /** What the former daemon left; undefined when there was nothing, or nothing that could be read. */
  readonly saved: StateRecord | undefined;
  /** Names this config in `TASKMASTER_ID`. */
  readonly hash: string;
  readonly uid: number;
  /** Whom programs of this config run as, this daemon's own user among them: marks of others are not believed. */
  readonly users: ReadonlySet<number>;
  readonly clock: Clock;
}

export interface Found extends Pick<Survey, 'survivors' | 'spared' | 'sessions'> {
  /** The pid of a daemon of this config and user that lives, though its socket was not found: nobody may start beside it. */
  readonly living: number | undefined;
  readonly query: SurvivorQuery;
}

/**
 * Looks for what is left of a former daemon of this config, and for one that lives. Reads /proc without holding the event
 * loop up; where there is no /proc nothing is found. `core/survivor.ts` says who is one.
 */
export async function findSurvivors(query: SurvivorQuery): Promise<Found> {
  const { survivors, spared, sessions, living, parents } = await readSurvey(query);
  return { survivors, spared, sessions, living: living ?? parents.find(runsWhatWeRun), query };
}

/** How long to wait for what a daemon forked in its last moment to become a program: it takes microseconds, and a turn. */
const BIRTH_MS = 1_000;
const LOOK_AGAIN_MS = 10;

/**
 * Reads the process table and decides about all in it; reads it again while somebody is about to become a program, whose
 * mark is not to be seen before. `sessions`: those of the reading before.
 */
export async function readSurvey(query: SurvivorQuery, sessions?: Survey['sessions']): Promise<Survey> {
  const { saved, hash, uid, users, clock } = query;
  const namespace = pidNamespace(process.pid);
  const self = readStat(process.pid);
  const context = { saved, boot: bootId(), uid, users, self: process.pid, ...(sessions && { sessions }) };
  for (const until = clock.now() + BIRTH_MS; ; ) {
    const table = await readProcesses(clock, stat => sight(stat, { hash, namespace, self }));
    const found = survey(table, context);
    if (found.unborn.length === 0 || clock.now() >= until) return found;
    await new Promise<void>(resolve => clock.after(LOOK_AGAIN_MS, resolve));
  }
}

/** Whether it lives, as itself: not a zombie, nor another that was given its number. */
export function isStillThere(survivor: Pick<Survivor, 'pid' | 'start'>): boolean {
  return statOf(survivor) !== undefined;
}

/** The same; who cannot be looked at, for want of a file descriptor, is taken to be there. */
export function mayBeThere(survivor: Pick<Survivor, 'pid' | 'start'>): boolean {
  try {
    return isStillThere(survivor);
  } catch (error) {
    if (isErrno(error, 'EMFILE', 'ENFILE', 'ENOMEM')) return true;
    throw error;
  }
}

/** What /proc says of it; undefined when it is gone. Throws when that cannot be known (`readStat`). */
export function statOf({ pid, start }: Pick<Survivor, 'pid' | 'start'>): ProcStat | undefined {
  const stat = readStat(pid);
  return stat === undefined || stat.start !== start || isZombie(stat) ? undefined : stat;
}

interface Viewpoint {
  readonly hash: string;
  readonly namespace: string | undefined;
  readonly self: ProcStat | undefined;
}

function sight(stat: ProcStat, { hash, namespace, self }: Viewpoint): Sighting {
  const uid = ownerOf(stat.pid); // first: whoever ends in between has no mark then, and not a mark that is nobody's
  const mark = parseMark(readEnvironment(stat.pid) ?? []);
  const isOfConfig = mark?.hash === hash && pidNamespace(stat.pid) === namespace;
  return { ...stat, uid, kind: kindOf(stat, self), mark: isOfConfig ? mark : undefined };
}

/** The name comes with the fork and is replaced by exec; the file settles it, as anybody may have any name. */
function kindOf(stat: ProcStat, self: ProcStat | undefined): Sighting['kind'] {
  if (stat.comm !== self?.comm || isZombie(stat) || !runsWhatWeRun(stat.pid)) return 'program';
  return stat.threads === 1 ? 'unborn' : 'daemon';
}

/** An orphan of init's may say that init is its daemon. Nothing else must keep this one from starting. */
function runsWhatWeRun(pid: number): boolean {
  const file = executableOf(pid)?.replace(/ \(deleted\)$/, '');
  return file !== undefined && basename(file) === basename(process.execPath);
}
