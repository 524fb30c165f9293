/**
 * What is worth a line above the prompt: what became of a command that was not waited for, and what ended that should not
 * have. A pure decision; who tells it is `announcer.ts`.
 *
 * What a command that waits reports by itself is not told again. A program that keeps ending is told of a few times, then no
 * more until it has been quiet for a while: `events` has them all.
 */
import type { Happening } from '../../core/events.ts';
import type { PublicState } from '../../core/status.ts';

/** Stands for all processes, also those that are not there yet. */
export const ALL = '*';

export interface Tellings {
  /** Processes that were commanded without waiting, and the states in which each is where it was to go. */
  readonly watched: ReadonlyMap<string, Watched>;
  /** Processes that a command waits for, or has waited for until this wall clock: it tells what became of them. */
  readonly reported: ReadonlyMap<string, number>;
  /** When each ended unexpectedly, the last few times. */
  readonly ends: ReadonlyMap<string, readonly number[]>;
}

interface Watched {
  readonly goals: readonly PublicState[];
  /** Wall clock after which it is forgotten. */
  readonly until: number;
}

export interface Told {
  readonly tellings: Tellings;
  readonly isTold: boolean;
  /** Goes behind the line. */
  readonly note: string;
}

/** Unexpected ends of one process within `LOOP_SPAN` that are told. */
const MOST_ENDS = 3;

/** Milliseconds for which all processes are watched, as after a reload: which ones it is about is not known. */
const ALL_SPAN = 30_000;

/** Milliseconds after which an end is forgotten. */
const LOOP_SPAN = 60_000;

const SETTLED: readonly PublicState[] = ['RUNNING', 'STOPPED', 'EXITED', 'FATAL'];

/** States in which a verb's processes are where it wants them; others pass through some on their way. */
const GOALS: Readonly<Record<string, readonly PublicState[]>> = {
  start: ['RUNNING', 'EXITED', 'FATAL'],
  stop: ['STOPPED', 'EXITED', 'FATAL'],
  restart: ['RUNNING', 'EXITED', 'FATAL'],
};

export const NOTHING_TOLD: Tellings = { watched: new Map(), reported: new Map(), ends: new Map() };

/** Nobody waits for what this verb leads to. `now` is the wall clock. */
export function watch(
  tellings: Tellings,
  { verb, names, now }: { verb: string; names: readonly string[]; now: number },
): Tellings {
  const watched = new Map(tellings.watched);
  for (const name of names) {
    const until = name === ALL ? now + ALL_SPAN : Number.POSITIVE_INFINITY;
    watched.set(name, { goals: GOALS[verb] ?? SETTLED, until });
  }
  return { ...tellings, watched };
}

/** A command reports these until it is over (`until` then is that moment, by the wall clock). */
export function report(tellings: Tellings, names: readonly string[], until = Number.POSITIVE_INFINITY): Tellings {
  const reported = new Map(tellings.reported);
  for (const name of names) reported.set(name, until);
  return { ...tellings, reported };
}

/** Decides about one event. */
export function tell(tellings: Tellings, happening: Happening): Told {
  const quiet: Told = { tellings, isTold: false, note: '' };
  const isReported = (name: string): boolean =>
    [name, ALL].some(key => happening.at <= (tellings.reported.get(key) ?? Number.NEGATIVE_INFINITY));
  switch (happening.type) {
    case 'process.state': {
      const { process: name, to } = happening;
      const found = tellings.watched.get(name) ?? tellings.watched.get(ALL);
      if (found !== undefined && happening.at <= found.until) {
        const watched = new Map(tellings.watched);
        if (found.goals.includes(to)) watched.delete(name);
        return { tellings: { ...tellings, watched }, isTold: true, note: '' };
      }
      return { ...quiet, isTold: to === 'FATAL' && !isReported(name) };
    }
    case 'process.exit':
      return happening.expected || isReported(happening.process)
        ? quiet
        : ended(tellings, happening.process, happening.at);
    default:
      return quiet;
  }
}

function ended(tellings: Tellings, name: string, at: number): Told {
  const recent = (tellings.ends.get(name) ?? []).filter(end => at - end < LOOP_SPAN);
  const ends = new Map(tellings.ends).set(name, [...recent, at].slice(-MOST_ENDS));
  const count = recent.length + 1;
  const note = count === MOST_ENDS ? '; more of these are not told' : '';
  return { tellings: { ...tellings, ends }, isTold: count <= MOST_ENDS, note };
}
