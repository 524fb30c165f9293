/** Holds back what has just been told, and counts it: the first of its kind is told at once, the others together. Pure. */
import type { Millis } from './program.ts';

/** A time in which nothing more of a kind is told. */
export interface Window<T> {
  readonly until: Millis;
  /** How many were held back since the last message. */
  readonly held: number;
  /** The last of those; undefined when none was. */
  readonly latest: T | undefined;
}

/** Whether one more is told now; if not, it is counted. `every` of 0 holds nothing back. */
export function offer<T>(
  window: Window<T> | undefined,
  item: T,
  { now, every }: { readonly now: Millis; readonly every: Millis },
): { readonly isTold: boolean; readonly window: Window<T> | undefined } {
  if (window !== undefined && now < window.until) {
    return { isTold: false, window: { ...window, held: window.held + 1, latest: item } };
  }
  return { isTold: true, window: every === 0 ? undefined : opened(now + every) };
}

/** A window in which nothing was held back yet. */
export function opened<T>(until: Millis): Window<T> {
  return { until, held: 0, latest: undefined };
}
