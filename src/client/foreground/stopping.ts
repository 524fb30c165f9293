import type { Happening } from '../../core/events.ts';
import { RUNNING_STATES } from '../../core/status.ts';

/** How far an orderly stop is: who is still waited for, and of how many. */
export interface Stopping {
  readonly waitingFor: readonly string[];
  /** The most that were ever waited for. */
  readonly all: number;
}

export const NOT_STOPPING: Stopping = { waitingFor: [], all: 0 };

/** More names than these only say how many more. */
const MOST_NAMES = 6;

/** What an event says of the stop; the same object when it says nothing of it. */
export function afterEvent(stopping: Stopping, event: Happening): Stopping {
  if (event.type === 'daemon.stopping') {
    const { waitingFor } = event;
    return { waitingFor, all: Math.max(stopping.all, waitingFor.length) };
  }
  if (event.type !== 'process.state' || !stopping.waitingFor.includes(event.process)) return stopping;
  if (event.to === 'STOPPING' || RUNNING_STATES.includes(event.to)) return stopping;
  return { ...stopping, waitingFor: stopping.waitingFor.filter(name => name !== event.process) };
}

/** One line for people: `stopping 2 of 5: waiting for db, web:web_00`. */
export function describeStopping({ waitingFor, all }: Stopping): string {
  if (waitingFor.length === 0) return all === 0 ? 'stopping' : `stopped ${count(all)}; the daemon ends`;
  const more = waitingFor.length - MOST_NAMES;
  const names = `${waitingFor.slice(0, MOST_NAMES).join(', ')}${more > 0 ? ` and ${more} more` : ''}`;
  return `stopping: ${all - waitingFor.length} of ${count(all)} stopped, waiting for ${names}`;
}

function count(processes: number): string {
  return `${processes} ${processes === 1 ? 'process' : 'processes'}`;
}
