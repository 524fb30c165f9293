/** Milliseconds of a monotonic clock for every delay, wall clock for display alone, and the only timers there are. */
export interface Clock {
  /** Monotonic milliseconds. Says nothing about the time of day; never runs backwards. */
  now(): number;
  /** Milliseconds since 1970, for people and logs. Never for a delay: it may jump. */
  wall(): number;
  /** Calls back once after `ms`. Disposing it first means never. */
  after(ms: number, callback: () => void): Disposable;
  /** Calls back once in the next turn of the event loop, after what input and output is due. */
  soon(callback: () => void): Disposable;
}

/** Node's timers fire at once for a delay above this (some 24 days). */
const LONGEST_TIMER = 2 ** 31 - 1;

export const realClock: Clock = {
  now: () => performance.now(),
  wall: () => Date.now(),
  after(ms, callback) {
    // Node's timers count whole milliseconds. Rounded up, they still fire up to one early by `now()`, now and then: who goes
    // by a deadline looks at it again.
    const timer = setTimeout(callback, Math.min(Math.max(0, Math.ceil(ms)), LONGEST_TIMER));
    return { [Symbol.dispose]: () => clearTimeout(timer) };
  },
  soon(callback) {
    const immediate = setImmediate(callback);
    return { [Symbol.dispose]: () => clearImmediate(immediate) };
  },
};

/** A random name's worth of entropy that two daemons of one config will not share. */
export function randomToken(): string {
  return Math.random().toString(36).slice(2, 10);
}
