/**
 * The hyperlinks of one emulator, by number. It stands in for xterm's own registry, which keeps a marker with three
 * listeners for every OSC 8 until its line scrolls away: a status line redrawn each second would grow without end.
 */
import type { XtermLinks } from './internals.ts';

export interface Link {
  readonly id?: string | undefined;
  readonly uri: string;
}

/** So many different links are kept before those that no cell shows any more are dropped. */
export const LINKS_BEFORE_SWEEP = 4096;

/** VTE's bounds, which the de facto standard for OSC 8 names. */
const LONGEST_URI = 2083;
const LONGEST_ID = 250;

export class Links implements XtermLinks {
  private byId = new Map<number, Link>();
  private byKey = new Map<string, number>();
  private next = 1;
  /** Twice what the last sweep left, so that a screen full of different links does not cost one a link. */
  private sweepAt = LINKS_BEFORE_SWEEP;
  private readonly inUse: () => ReadonlySet<number>;

  /** `inUse` tells the numbers that cells and pens hold; asked rarely. */
  constructor(inUse: () => ReadonlySet<number>) {
    this.inUse = inUse;
  }

  /** The same id and URI get the same number; what is too long gets 0, which is no link. */
  registerLink({ id, uri }: Link): number {
    if (uri.length > LONGEST_URI || (id?.length ?? 0) > LONGEST_ID) return 0;
    const key = `${id ?? ''};${uri}`;
    const known = this.byKey.get(key);
    if (known !== undefined) return known;
    if (this.byId.size >= this.sweepAt) this.sweep();
    const number = this.next++;
    this.byKey.set(key, number);
    this.byId.set(number, id === undefined ? { uri } : { id, uri });
    return number;
  }

  addLineToLink(): void {
    // Xterm's way of knowing when a link has scrolled away; the sweep finds that out.
  }

  getLinkData(number: number): Link | undefined {
    return this.byId.get(number);
  }

  clear(): void {
    this.byId.clear();
    this.byKey.clear();
    this.sweepAt = LINKS_BEFORE_SWEEP;
  }

  private sweep(): void {
    const used = this.inUse();
    for (const [key, number] of this.byKey) {
      if (used.has(number)) continue;
      this.byKey.delete(key);
      this.byId.delete(number);
    }
    this.sweepAt = Math.max(LINKS_BEFORE_SWEEP, 2 * this.byId.size);
  }
}
