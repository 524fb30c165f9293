/**
 * What a program takes of the machine: the CPU and memory of all processes of its session, from two looks at those there are.
 * Pure: `daemon/sampling.ts` looks.
 *
 * Processes come and go between two looks. One that is new counts with all that it has taken since it began. One that has
 * ended is in its parent's account of the children that it reaped, with all it took in its life, of which what was counted
 * before is taken off again. A number that was given to another process is known by when that one began, and where that
 * is not told by an account that has become less.
 */
import type { Millis } from './program.ts';

/** One process as it was found. */
export interface Member {
  readonly pid: number;
  /** When it began, in ticks of the machine's; null where that is not told. */
  readonly start: number | null;
  /** The leader's pid. */
  readonly session: number;
  /** CPU time: its own, and that of the children it has reaped with theirs. */
  readonly own: Millis;
  readonly reaped: Millis;
  /** Resident bytes. */
  readonly memory: number;
  readonly isZombie: boolean;
}

/** All that were found in the sessions that were looked for. */
export interface Look {
  readonly at: Millis;
  /** The same in the unit of `Member.start`; null where starts are not told. */
  readonly ticks: number | null;
  readonly members: readonly Member[];
}

export interface SessionUsage {
  /** Percent of one core, to a tenth; null when there was no look before. */
  readonly cpu: number | null;
  readonly memory: number;
  readonly processes: number;
}

/** An account is told in steps, so the last of them may belong to another look; in milliseconds. */
const STEP = 20;

/** What each session took between two looks, by its leader's pid. `cores`: more than all of them nothing can take. */
export function usageBetween(before: Look | undefined, now: Look, cores: number): Map<number, SessionUsage> {
  const span = before === undefined ? 0 : now.at - before.at;
  const known = new Map(before?.members.map(member => [member.pid, member]));
  const sessions = new Map<number, Sum>();
  const sumOf = (session: number): Sum => {
    const sum = sessions.get(session) ?? { own: 0, reaped: 0, gone: 0, memory: 0, processes: 0 };
    sessions.set(session, sum);
    return sum;
  };
  for (const member of now.members) {
    const sum = sumOf(member.session);
    sum.memory += member.memory;
    if (!member.isZombie) sum.processes++;
    if (before === undefined) continue;
    const former = known.get(member.pid);
    if (former !== undefined && isSame(former, member)) {
      known.delete(member.pid);
      sum.own += Math.max(0, member.own - former.own);
      sum.reaped += Math.max(0, member.reaped - former.reaped);
    } else if (hasBegunSince(member, before, span * cores + STEP)) {
      sum.own += member.own;
      sum.reaped += member.reaped;
    }
  }
  for (const { session, own, reaped } of known.values()) {
    const sum = sessions.get(session);
    if (sum) sum.gone += own + reaped;
  }
  const most = span * cores + STEP;
  return new Map([...sessions].map(([leader, sum]) => [leader, usageOf(sum, span, most)]));
}

interface Sum {
  own: Millis;
  reaped: Millis;
  /** What those had taken that are not there any more. */
  gone: Millis;
  memory: number;
  processes: number;
}

function usageOf({ own, reaped, gone, memory, processes }: Sum, span: Millis, most: Millis): SessionUsage {
  if (span <= 0) return { cpu: null, memory, processes };
  const ofEnded = Math.max(0, reaped - gone);
  // Who reaps a child that had left the session gets hours at once, which nobody has taken in this time.
  const taken = own + ofEnded <= most ? own + ofEnded : Math.min(own, most);
  return { cpu: Math.round((taken / span) * 1000) / 10, memory, processes };
}

function isSame(former: Member, member: Member): boolean {
  return former.start === member.start && former.own <= member.own && former.reaped <= member.reaped;
}

function hasBegunSince({ start, own }: Member, before: Look, most: Millis): boolean {
  if (start === null || before.ticks === null) return own <= most;
  return start >= before.ticks - 1; // the look before may have passed its number already
}
