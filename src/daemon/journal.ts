import type { Happening, HappeningBody } from '../core/events.ts';
import type { Clock } from '../runtime/clock.ts';

/** How many happenings are remembered for listeners that come back: minutes of a busy daemon, some 300 KB. */
const REMEMBERED = 1000;

/** What happened, numbered from 1, the last thousand remembered. Nothing here waits for a listener. */
export class Journal {
  private readonly clock: Clock;
  private readonly listeners = new Set<(happening: Happening) => void>();
  private happenings: Happening[] = [];
  private last = 0;

  constructor(clock: Clock) {
    this.clock = clock;
  }

  /** The number of the newest; 0 before the first. */
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

  /** The first `most` of what came after number `id`, and how many before those are forgotten. */
  since(id: number, most: number): { readonly missed: number; readonly happenings: readonly Happening[] } {
    const first = this.happenings[0]?.id ?? this.last + 1;
    const missed = Math.max(0, first - 1 - id);
    const start = Math.max(0, id - first + 1);
    return { missed, happenings: this.happenings.slice(start, start + most) };
  }

  onHappening(listener: (happening: Happening) => void): Disposable {
    this.listeners.add(listener);
    return { [Symbol.dispose]: () => void this.listeners.delete(listener) };
  }
}
