import type { Happening, HappeningBody } from '../core/events.ts';
import type { Clock } from '../runtime/clock.ts';

/** How many happenings are remembered for listeners that come back: minutes of a busy daemon, some 400 KB. */
const REMEMBERED = 1000;

/**
 * What happened, numbered, the last thousand remembered. Nothing here waits for a listener.
 *
 * Numbers go on growing from one life of the daemon to the next, as the first is the wall clock's milliseconds: a life that
 * averages less than a thousand events a second never reaches what the next begins with. So a number of a former life means
 * all of this one, without a file that would have to be written, and could not be, on a full disk. Should the clock be set
 * back between two lives, the boot in an event's id still tells them apart.
 */
export class Journal {
  private readonly clock: Clock;
  private readonly listeners = new Set<(happening: Happening) => void>();
  private happenings: Happening[] = [];
  /** The number before the first of this life. */
  private readonly base: number;
  private last: number;

  constructor(clock: Clock) {
    this.clock = clock;
    this.base = Math.floor(clock.wall());
    this.last = this.base;
  }

  /** The number of the newest; before the first, the one that it follows. */
  get lastId(): number {
    return this.last;
  }

  publish(body: HappeningBody): void {
    const happening: Happening = { ...body, id: ++this.last, at: this.clock.wall() };
    this.happenings.push(happening);
    // Cut in batches, as taking one off the front of a thousand each time is a copy of all.
    if (this.happenings.length >= REMEMBERED * 2) this.happenings = this.happenings.slice(-REMEMBERED);
    for (const listener of this.listeners) listener(happening);
  }

  /**
   * The first `most` of what came after number `id`, and how many before those are forgotten: of this life, as nobody knows
   * of a former one.
   */
  since(id: number, most: number): { readonly missed: number; readonly happenings: readonly Happening[] } {
    const first = this.first;
    const missed = Math.max(0, first - 1 - Math.max(id, this.base));
    const start = Math.max(0, id - first + 1);
    return { missed, happenings: this.happenings.slice(start, start + most) };
  }

  /**
   * The number before the first that happened at this moment of the wall clock or later. Where that may be forgotten, the
   * one before all of this life.
   */
  before(at: number): number {
    const index = this.happenings.findIndex(happening => happening.at >= at);
    if (index === 0) return this.base;
    return index === -1 ? this.last : this.first + index - 1;
  }

  onHappening(listener: (happening: Happening) => void): Disposable {
    this.listeners.add(listener);
    return { [Symbol.dispose]: () => void this.listeners.delete(listener) };
  }

  /** The number of the oldest that is remembered. */
  private get first(): number {
    return this.happenings[0]?.id ?? this.last + 1;
  }
}
