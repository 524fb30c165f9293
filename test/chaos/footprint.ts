/** What a daemon holds, to be compared at rest: descriptors by kind, threads, what its event loop waits for, memory. */
import type { DaemonInfo } from '../../src/protocol/messages.ts';
import type { Arena } from './arena.ts';
import { descriptorsOf, residentOf, threadsOf } from './procs.ts';

export interface Footprint {
  readonly descriptors: Readonly<Record<string, number>>;
  readonly threads: number;
  /** `process.getActiveResourcesInfo()`, counted by name; undefined for a daemon that does not tell. */
  readonly resources: Readonly<Record<string, number>> | undefined;
  /** KB. */
  readonly resident: number;
}

/** Undefined between two daemons. */
export async function footprintOf(arena: Arena): Promise<Footprint> {
  const answer = await arena.call('GET', '/v1/daemon');
  const pid = arena.pid ?? 0;
  const info = answer?.json as DaemonInfo & { readonly resources?: Record<string, number> }; // the route's type; `resources` is newer
  return {
    descriptors: Object.fromEntries([...descriptorsOf(pid)].sort(([a], [b]) => (a < b ? -1 : 1))),
    threads: threadsOf(pid),
    resources: info.resources && sorted(info.resources),
    resident: residentOf(pid),
  };
}

function sorted(counts: Readonly<Record<string, number>>): Record<string, number> {
  return Object.fromEntries(Object.entries(counts).sort(([a], [b]) => (a < b ? -1 : 1)));
}

/** What is held now and was not at the beginning, in words; undefined when nothing is. Memory is judged apart. */
export function growth(before: Footprint, now: Footprint, isExpected: (kind: string) => boolean): string | undefined {
  const kinds = new Set([...Object.keys(before.descriptors), ...Object.keys(now.descriptors)]);
  const told: string[] = [];
  for (const kind of kinds) {
    const [was = 0, is = 0] = [before.descriptors[kind], now.descriptors[kind]];
    if (was !== is && !isExpected(kind)) told.push(`${kind}: ${is} descriptors, and ${was} at the beginning`);
  }
  if (before.threads !== now.threads) told.push(`${now.threads} threads, and ${before.threads} at the beginning`);
  const resources = JSON.stringify(now.resources);
  if (JSON.stringify(before.resources) !== resources) {
    told.push(`the event loop waits for ${resources}, and at the beginning for ${JSON.stringify(before.resources)}`);
  }
  return told.length === 0 ? undefined : told.join('; ');
}
