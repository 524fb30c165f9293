import { groupBy } from '../core/grouping.ts';
import { ID_VARIABLE } from '../core/mark.ts';
import type { Clock } from '../runtime/clock.ts';
import { isErrno } from '../runtime/errno.ts';
import { isZombie, type ProcStat, readEnvironment } from './procfs.ts';
import { readProcesses } from './proctable.ts';
import { hasGroup } from './signalling.ts';

/** Which session to look at, and what makes a process in it a leftover. */
export interface SessionQuery {
  /** The dead leader's pid. */
  readonly session: number;
  /** When it was reaped, in clock ticks since boot (`ticksNow`). */
  readonly reapedAt: number;
  /** Its `TASKMASTER_ID`: knows children that leftovers forked after that. */
  readonly id: string;
}

/** Hears the leftovers, and zombies of the session that nobody has reaped since the last look. */
export type Answer = (pids: readonly number[], zombies: readonly number[]) => void;

const INIT = 1;

interface Request {
  readonly query: SessionQuery;
  readonly answer: Answer;
  /** Zombies that the reading before this one saw; undefined before the first. */
  readonly zombies: readonly number[] | undefined;
}

/**
 * Finds what remains of sessions whose leader has died. However many ask, /proc is read once at a time: those who ask
 * while it is being read share the next reading, as the one under way may have passed their processes already.
 */
export class SessionScanner {
  private readonly clock: Clock;
  private waiting: Request[] = [];
  private isReading = false;

  constructor(clock: Clock) {
    this.clock = clock;
  }

  /** Calls back with the pids of the session's leftovers, in order. Never within this call. */
  scan(query: SessionQuery, answer: Answer): void {
    this.waiting.push({ query, answer, zombies: undefined });
    if (this.isReading) return;
    this.isReading = true;
    this.clock.soon(() => void this.readAll());
  }

  private async readAll(): Promise<void> {
    while (this.waiting.length > 0) {
      const asked = this.waiting;
      this.waiting = [];
      const wanted = new Set(asked.map(({ query }) => query.session));
      const stats = await readProcesses(this.clock, stat => (wanted.has(stat.session) ? stat : undefined));
      const sessions = groupBy(stats, ({ session }) => session);
      for (const request of asked) this.settle(request, sessions.get(request.query.session) ?? []);
    }
    this.isReading = false;
  }

  /**
   * Answers a request, or has it read again. Processes that fork and end, over and over, slip between the files of a
   * reading, but their group is there. Zombies keep a group too: those that were there a reading ago and no others explain
   * it; else the group itself, by the number of its dead leader, is what is left.
   */
  private settle({ query, answer, zombies }: Request, members: readonly ProcStat[]): void {
    const pids = leftoversOf(members, query);
    const dead = members.filter(isZombie).map(({ pid }) => pid);
    if (pids.length > 0 || !hasGroup(query.session)) answer(pids, []);
    else if (dead.length > 0 && zombies === undefined) this.waiting.push({ query, answer, zombies: dead });
    else if (dead.length > 0 && dead.every(pid => zombies?.includes(pid))) answer([], unreaped(members));
    else answer([query.session], []);
  }
}

/** Zombies that a program does not reap. Those of init's are reaped in its own time, which says nothing of anyone. */
function unreaped(members: readonly ProcStat[]): number[] {
  return members.filter(stat => isZombie(stat) && stat.ppid !== INIT).map(({ pid }) => pid);
}

/** Zombies are their parent's to reap; a process that began after the reaping is ours only if it says so. */
function leftoversOf(members: readonly ProcStat[], query: SessionQuery): number[] {
  return members
    .filter(stat => !isZombie(stat))
    .filter(stat => stat.start <= query.reapedAt || carriesId(stat.pid, query.id))
    .map(stat => stat.pid)
    .sort((a, b) => a - b);
}

function carriesId(pid: number, id: string): boolean {
  try {
    return readEnvironment(pid)?.includes(`${ID_VARIABLE}=${id}`) ?? false;
  } catch (error) {
    if (isErrno(error, 'EMFILE', 'ENFILE', 'ENOMEM')) return false; // not known to be ours, so not ours to touch
    throw error;
  }
}
