import type { Millis } from './program.ts';

/** A viewer always has room for this many bytes: a screenful of plain text, and more than goes unacknowledged. */
const LEAST_WINDOW = 8 * 1024;

/** More than this is never under way to one viewer: the bound of what it costs, and 100 ms of a fast terminal. */
export const LARGEST_WINDOW = 256 * 1024;

/** What is under way should have arrived after this: what a person types then shows soon, at any speed of the line. */
const ARRIVES_WITHIN: Millis = 100;

/**
 * How much may be under way to a viewer: a window, as TCP has one, that grows while all of it arrives in half the time that
 * it may take and shrinks to what the line carries in that time. Counts bytes from the beginning of the connection. It
 * keeps the stream short enough to turn to pictures in time, where no kernel buffer of a slow line can be looked into.
 */
export class Watermark {
  private sent = 0;
  private arrived = 0;
  private window = LEAST_WINDOW;
  /** The round under way: all that was sent until `end` is to arrive. */
  private round = { from: 0, end: 0, begun: 0 as Millis, wasFull: false };
  private carried = Number.POSITIVE_INFINITY;
  private fullSince: Millis | undefined;

  /** Bytes that may be sent now. */
  get room(): number {
    return Math.max(0, this.window - this.underWay);
  }

  /** Bytes that were sent and have not arrived, as far as is known. */
  get underWay(): number {
    return this.sent - this.arrived;
  }

  /** Bytes that the line carries in the time that they may take, as last measured; without bound while it was never slow. */
  get carries(): number {
    return this.carried;
  }

  onSent(bytes: number, now: Millis): void {
    if (this.arrived >= this.round.end) {
      this.round = { from: this.sent, end: this.sent + bytes, begun: now, wasFull: false };
    }
    this.sent += bytes;
    if (this.room > 0) return;
    this.round.wasFull = true;
    this.fullSince ??= now;
  }

  /** `total`: bytes of all that was ever sent that have arrived. A number that cannot be is cut to what can. */
  onArrived(total: number, now: Millis): void {
    this.arrived = Math.min(this.sent, Math.max(this.arrived, total));
    if (this.arrived >= this.round.end && this.round.end > 0) this.endRound(now);
    this.fullSince = this.room > 0 ? undefined : (this.fullSince ?? now);
  }

  /** Whether what is under way takes longer than it may, while more waits behind it. */
  isSlow(now: Millis): boolean {
    return this.fullSince !== undefined && now - this.fullSince >= ARRIVES_WITHIN;
  }

  /** When `isSlow` becomes true if nothing arrives; undefined while there is room. */
  get slowAt(): Millis | undefined {
    return this.fullSince === undefined ? undefined : this.fullSince + ARRIVES_WITHIN;
  }

  private endRound(now: Millis): void {
    const took = now - this.round.begun;
    const measured = ((this.round.end - this.round.from) * ARRIVES_WITHIN) / Math.max(1, took);
    const isLimit = took > ARRIVES_WITHIN; // else it might have carried more
    this.carried = isLimit ? measured : Math.max(this.carried, measured);
    if (took > ARRIVES_WITHIN) this.window *= Math.max(1 / 2, ARRIVES_WITHIN / took);
    else if (this.round.wasFull && took <= ARRIVES_WITHIN / 2) this.window *= 2;
    this.window = Math.min(LARGEST_WINDOW, Math.max(LEAST_WINDOW, Math.floor(this.window)));
    this.round = { from: this.round.end, end: this.sent, begun: now, wasFull: this.room === 0 };
  }
}
