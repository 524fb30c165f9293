/** One alert's queue: a message at a time, in order, tried until it is told or nobody can want it any more. */
import type { AlertMessage, AlertSpec } from '../core/alert.ts';
import type { HappeningBody } from '../core/events.ts';
import { oneLine } from '../core/oneline.ts';
import type { Millis } from '../core/program.ts';
import type { UndeliveredMessage } from '../core/undelivered.ts';
import type { LastWord } from '../protocol/messages.ts';
import type { Clock } from '../runtime/clock.ts';
import { MutableDisposable } from '../runtime/lifetime.ts';
import { attempt, type Deliver, type Outcome } from './attempt.ts';

/** The pause after a first failure; each further one doubles it. */
const FIRST_PAUSE: Millis = 1_000;

/** The longest pause: who comes back after a night is told within minutes. */
const LONGEST_PAUSE: Millis = 5 * 60_000;

/** A message is tried for so long. Then what it tells of is a day old, and whoever could be told knows. */
const GIVEN_UP_AFTER: Millis = 24 * 60 * 60_000;

/** Messages that one alert keeps: 20 a minute at most are made, and a person reads fewer. */
const MOST_WAITING = 200;

/** That messages were dropped is told at once, and then at most this often, with their number. */
const DROPS_TOLD_EVERY: Millis = 60_000;

/** Characters of a message's summary in an event about it. */
const LONGEST_ABOUT = 200;

export interface LaneOptions {
  readonly clock: Clock;
  readonly deliver: Deliver;
  readonly publish: (happening: HappeningBody) => void;
  /** What waits has changed, and should be written down. */
  readonly changed: () => void;
}

interface Waiting {
  readonly message: AlertMessage;
  attempts: number;
  /** When it began to wait, on the monotonic clock: before zero for one that waited in a former daemon. */
  readonly since: Millis;
}

/** The pause after so many failures in a row. */
export function pauseAfter(failures: number): Millis {
  return Math.min(LONGEST_PAUSE, FIRST_PAUSE * 2 ** (failures - 1));
}

export class Lane implements Disposable {
  lastDelivery: LastWord | undefined;
  lastFailure: LastWord | undefined;
  /** Resolves when the last attempt that was begun is over. */
  sent: Promise<void> = Promise.resolve();
  private current: AlertSpec;
  private readonly options: LaneOptions;
  private queue: Waiting[] = [];
  private readonly timer = new MutableDisposable();
  private readonly tally = new MutableDisposable();
  /** The attempt that is under way, which is of the first in the queue. */
  private controller: AbortController | undefined;
  /** When it is tried again; undefined unless it failed. */
  private retryAt: Millis | undefined;
  private failures = 0;
  /** Drops that have not been told. */
  private untold = 0;
  private dropReason = '';
  private isTallying = false;
  private isDisposed = false;
  private rested: (() => void) | undefined;

  constructor(spec: AlertSpec, options: LaneOptions) {
    this.current = spec;
    this.options = options;
  }

  get spec(): AlertSpec {
    return this.current;
  }

  /** How many messages have not been told, that on its way included. */
  get length(): number {
    return this.queue.length;
  }

  /** Milliseconds until the next attempt after a failure; undefined when none has to wait. */
  get retryIn(): Millis | undefined {
    return this.retryAt === undefined ? undefined : Math.max(0, this.retryAt - this.options.clock.now());
  }

  /** Puts a message behind the others, and drops the oldest where there are too many. */
  add({ message, attempts, waited }: UndeliveredMessage): void {
    this.queue.push({ message, attempts, since: this.options.clock.now() - waited });
    if (this.queue.length > MOST_WAITING) this.dropOldest(`more than ${MOST_WAITING} were waiting`);
    this.options.changed();
    this.arm();
  }

  /** Forgets the oldest message that is not on its way. */
  dropOldest(reason: string): void {
    const [first, ...rest] = this.queue;
    const isUnderWay = this.controller !== undefined && first !== undefined;
    const dropped = isUnderWay ? rest.shift() : first;
    if (dropped === undefined) return;
    this.queue = isUnderWay ? [first, ...rest] : rest;
    this.countDropped(1, reason);
  }

  /** Goes on with another spec of the same name. A new way of telling is tried at once. */
  configure(spec: AlertSpec): void {
    const isSameWay = JSON.stringify(spec.via) === JSON.stringify(this.current.via);
    this.current = spec;
    if (!isSameWay) this.hurry();
  }

  /** The receiver is there after all: what waits is tried now. */
  hurry(): void {
    this.failures = 0;
    this.retryAt = undefined;
    this.timer.value = undefined;
    this.arm();
  }

  /** What is to be written down. */
  get waiting(): readonly UndeliveredMessage[] {
    const now = this.options.clock.now();
    return this.queue.map(({ message, attempts, since }) => ({ message, attempts, waited: now - since }));
  }

  /** Resolves when all is told, or one could not be: nothing is tried again then. */
  async rest(): Promise<void> {
    if (this.isAtRest()) return;
    await new Promise<void>(resolve => {
      this.rested = resolve;
    });
  }

  /** The alert is gone: so is what it had to tell. */
  discard(reason: string): void {
    this.untold += this.queue.length;
    this.queue = [];
    this.dropReason = reason;
    this[Symbol.dispose]();
  }

  /** Ends the attempt under way, and makes no other. What waits is still to be had. */
  [Symbol.dispose](): void {
    this.isDisposed = true;
    this.tellDropped();
    this.controller?.abort();
    this.timer[Symbol.dispose]();
    this.tally[Symbol.dispose]();
    this.rested?.();
  }

  private isAtRest(): boolean {
    return this.isDisposed || this.queue.length === 0 || this.retryAt !== undefined;
  }

  /** Sees to it that the first is tried, not within whatever added it but in a turn of its own. */
  private arm(): void {
    if (this.controller !== undefined || this.isAtRest()) return;
    this.timer.value = this.options.clock.soon(this.start);
  }

  private readonly start = (): void => {
    this.sent = this.send();
  };

  private async send(): Promise<void> {
    this.retryAt = undefined;
    const [first] = this.queue;
    if (first === undefined || this.controller !== undefined) return;
    const { clock, deliver } = this.options;
    const controller = new AbortController();
    this.controller = controller;
    const outcome = await attempt({ spec: this.current, message: first.message }, { deliver, clock, controller });
    this.controller = undefined;
    if (this.isDisposed) return; // it was ended, and counts as not made
    first.attempts++;
    if (outcome.ok) this.onDelivered(first, outcome.answer);
    else this.onFailed(first, outcome);
    this.options.changed();
    this.arm();
    if (this.isAtRest()) this.rested?.();
  }

  private onDelivered(first: Waiting, answer: string): void {
    this.queue.shift();
    this.failures = 0;
    this.lastDelivery = { at: this.options.clock.wall(), text: answer };
    this.options.publish({ type: 'alert.delivered', ...this.about(first), answer });
  }

  private onFailed(first: Waiting, { answer, isFinal, retryAfter }: Outcome & { readonly ok: false }): void {
    const { clock, publish } = this.options;
    const now = clock.now();
    // A receiver that refuses one message is there for the next.
    this.failures = isFinal ? 0 : this.failures + 1;
    const pause = isFinal ? 0 : Math.max(pauseAfter(this.failures), Math.min(retryAfter, LONGEST_PAUSE));
    const isOver = isFinal || now - first.since >= GIVEN_UP_AFTER;
    if (isOver) this.queue.shift();
    this.lastFailure = { at: clock.wall(), text: answer };
    if (pause > 0) {
      this.retryAt = now + pause;
      this.timer.value = clock.after(pause, this.start);
    }
    publish({ type: 'alert.failed', ...this.about(first), problem: answer, retryIn: isOver ? null : pause });
  }

  private about({ message, attempts }: Waiting): { alert: string; about: string; attempts: number } {
    return { alert: this.current.name, about: oneLine(message.summary, LONGEST_ABOUT), attempts };
  }

  private countDropped(count: number, reason: string): void {
    this.untold += count;
    this.dropReason = reason;
    if (!this.isTallying) this.tellDropped();
  }

  private tellDropped(): void {
    const { clock, publish } = this.options;
    const count = this.untold;
    this.untold = 0;
    this.isTallying = count > 0;
    if (count === 0) return;
    if (!this.isDisposed) this.tally.value = clock.after(DROPS_TOLD_EVERY, () => this.tellDropped());
    publish({ type: 'alert.dropped', alert: this.current.name, count, reason: this.dropReason });
  }
}
