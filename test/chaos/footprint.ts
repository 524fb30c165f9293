/** What a daemon holds, to be compared at rest: descriptors by kind, threads, what its event loop waits for, memory. */
import type { DaemonInfo } from '../../src/protocol/messages.ts';
import type { Arena } from './arena.ts';
import { descriptorsOf, residentOf, threadsOf } from './procs.ts';

export interface Footprint {
  readonly descriptors: Readonly<Record<string, number>>;
  readonly threads: number;
  /** `process.getActiveResourcesInfo()`, counted by name. */
  readonly resources: Readonly<Record<string, number>>;
  /** KB. */
  readonly resident: number;
}

/** Undefined between two daemons. */
export async function footprintOf(arena: Arena): Promise<Footprint> {
  const answer = await arena.call('GET', '/v1/daemon');
  const pid = arena.pid ?? 0;
  const { resources } = answer?.json as DaemonInfo; // the type of the route
  return {
    descriptors: Object.fromEntries([...descriptorsOf(pid)].sort(([a], [b]) => (a < b ? -1 : 1))),
    threads: threadsOf(pid),
    resources,
    resident: residentOf(pid),
  };
}

/**
 * The footprint at the beginning, less what was only there for a moment: the state file, say, is written a tenth of a
 * second after a change.
 */
export function lowered(before: Footprint, { resources, descriptors, threads }: Footprint): Footprint {
  const least = (was: Readonly<Record<string, number>>, is: Readonly<Record<string, number>>) =>
    Object.fromEntries(Object.entries(was).map(([name, count]) => [name, Math.min(count, is[name] ?? 0)]));
  return {
    ...before,
    threads: Math.min(before.threads, threads), // each child has one that waits for its end, and so has an alert's command
    resources: least(before.resources, resources),
    descriptors: least(before.descriptors, descriptors),
  };
}

/** Connections that a client left half a minute ago, at most, are not closed yet; a leak of them has more after a while. */
const IDLE_SOCKETS = 2;

/** What alerts wait for: of each the end of what it holds back, and the next attempt; and the file of what is not told yet. */
const ALERT_TIMERS = 5;

/** What is held now and was not at the beginning, in words; undefined when nothing is. Memory is judged apart. */
export function growth(before: Footprint, now: Footprint, isExpected: (kind: string) => boolean): string | undefined {
  const kinds = new Set([...Object.keys(before.descriptors), ...Object.keys(now.descriptors)]);
  const told: string[] = [];
  for (const kind of kinds) {
    const [was = 0, is = 0] = [before.descriptors[kind], now.descriptors[kind]];
    const spare = kind === 'socket' ? IDLE_SOCKETS : 0;
    if (is > was + spare && !isExpected(kind)) told.push(`${kind}: ${is} descriptors, and ${was} at the beginning`);
  }
  if (before.threads !== now.threads) told.push(`${now.threads} threads, and ${before.threads} at the beginning`);
  for (const [name, is] of Object.entries(now.resources)) {
    const spare = name === 'PipeWrap' ? IDLE_SOCKETS : name === 'Timeout' ? ALERT_TIMERS : 0;
    const was = (before.resources[name] ?? 0) + spare;
    if (is > was) told.push(`the event loop waits for ${is} ${name}, and at the beginning for ${was}`);
  }
  return told.length === 0 ? undefined : told.join('; ');
}
