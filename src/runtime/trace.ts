import { writeSync } from 'node:fs';
import { realClock } from './clock.ts';

/**
 * `TRACE=life,http,usage` prints one line per event and the state it leads to, per request, or per look at what programs take,
 * to standard error. A topic that is off is undefined, so that a call site costs a test and builds no string:
 * `trace.life?.(…)`.
 */
export interface Trace {
  readonly life: TraceLine | undefined;
  readonly http: TraceLine | undefined;
  readonly usage: TraceLine | undefined;
}

export type TraceLine = (line: string) => void;

const STDERR = 2;

/** Reads the topics from a `TRACE` variable. */
export function traceFrom(topics: string | undefined): Trace {
  const wanted = new Set((topics ?? '').split(','));
  const topic = (name: string): TraceLine | undefined =>
    wanted.has(name) ? line => print(`${name} ${realClock.now().toFixed(1)} ${line}\n`) : undefined;
  return { life: topic('life'), http: topic('http'), usage: topic('usage') };
}

function print(line: string): void {
  try {
    writeSync(STDERR, line);
  } catch {
    // Nobody reads along, or the disk is full: a trace is never worth a fault.
  }
}
