import type { Asker } from '../core/asker.ts';
import type { HappeningBody } from '../core/events.ts';
import { printable } from '../core/printable.ts';
import type { Millis } from '../core/program.ts';
import type { Clock } from '../runtime/clock.ts';
import { MutableDisposable } from '../runtime/lifetime.ts';

type Request = Extract<HappeningBody, { type: 'request' }>;

/** What somebody asked for. */
export interface Wish {
  readonly verb: string;
  /** Selectors, names, and what else there is to say. */
  readonly what: readonly string[];
  readonly by: Asker;
  /** How many bytes were typed, for `input`. */
  readonly bytes?: number;
}

/** The same request is told at once so many times in a row: a person who repeats it more often is a script. */
const TOLD_AT_ONCE = 20;

/** Of what is typed the first is told at once: a script types as fast as it can, and each piece means little. */
const TOLD_OF_INPUT = 1;

/** So many are told at once of all kinds, and one more for each second: the journal remembers a thousand events. */
const MOST_AT_ONCE = 200;
const FORGIVEN: Millis = 1_000;

/** What is not told at once is told together after this; twice as late each time while it goes on, up to a minute. */
const FIRST_PAUSE: Millis = 1_000;
const LONGEST_PAUSE: Millis = 60_000;

/** A row of requests is over when none came for so long. */
const REST: Millis = 5_000;

/** So many different requests are counted each for itself; a client that thinks up names has the others counted as one. */
const MOST_APART = 128;

/** Longest list of selectors that is told; the rest is counted. */
const MOST_NAMES = 20;

/** Longest selector that is told, in characters. */
const MOST_CHARACTERS = 100;

const OTHERS: Wish = {
  verb: 'more',
  what: ['requests of many kinds or clients'],
  by: { who: 'others', from: 'many clients' },
};

/** A row of requests that are alike. */
interface Row {
  readonly wish: Wish;
  /** Runs while something is still to be told. */
  readonly timer: MutableDisposable;
  /** How many more are told at once. */
  left: number;
  /** How long the next ones wait to be told together. */
  pause: Millis;
  /** When they have waited so long. */
  dueAt: Millis;
  /** When the last one came. */
  cameAt: Millis;
  /** What is still to be told. */
  times: number;
  bytes: number;
}

/**
 * Tells of what people ask for, before it is done. It is bounded: requests that are repeated fast are counted and told of
 * together, so that no flood of them drives what matters out of the journal, or fills the log. What they lead to says itself
 * by whom it is.
 */
export class RequestLog implements Disposable {
  private readonly clock: Clock;
  private readonly publish: (happening: HappeningBody) => void;
  private readonly rows = new Map<string, Row>();
  /** How many were told at once, less what was forgiven until `spentAt`. */
  private spent = 0;
  private spentAt: Millis = 0;

  constructor(clock: Clock, publish: (happening: HappeningBody) => void) {
    this.clock = clock;
    this.publish = publish;
  }

  /** Somebody asks for something, and it is about to be done. */
  asked(wish: Wish): void {
    const row = this.rowOf({ ...wish, what: readable(wish.what) });
    row.cameAt = this.clock.now();
    row.times++;
    row.bytes += wish.bytes ?? 0;
    if (row.left > 0 && this.spend()) {
      row.left--;
      this.tell(row);
      return;
    }
    row.left = 0;
    if (row.times === 1) {
      row.dueAt = row.cameAt + row.pause;
      this.wait(row);
    }
  }

  /** Tells what was only counted so far. */
  [Symbol.dispose](): void {
    for (const row of this.rows.values()) {
      row.timer[Symbol.dispose]();
      if (row.times > 0) this.tell(row);
    }
    this.rows.clear();
  }

  /** Whether one more may be told at once. */
  private spend(): boolean {
    const now = this.clock.now();
    this.spent = Math.max(0, this.spent - (now - this.spentAt) / FORGIVEN);
    this.spentAt = now;
    if (this.spent > MOST_AT_ONCE - 1) return false;
    this.spent++;
    return true;
  }

  private rowOf(wish: Wish): Row {
    const { verb, what, by } = wish;
    const key = JSON.stringify([verb, what, by.who, by.from]);
    const known = this.rows.get(key);
    if (known && !this.isOver(known)) return known;
    if (known === undefined && this.rows.size >= MOST_APART) this.forgetOver();
    if (known === undefined && this.rows.size >= MOST_APART) return this.rows.get('') ?? this.begin('', OTHERS, 0);
    return this.begin(key, wish, verb === 'input' ? TOLD_OF_INPUT : TOLD_AT_ONCE);
  }

  private begin(key: string, wish: Wish, left: number): Row {
    const now = this.clock.now();
    const timer = new MutableDisposable();
    const row: Row = { wish, timer, left, pause: FIRST_PAUSE, dueAt: now, cameAt: now, times: 0, bytes: 0 };
    this.rows.set(key, row);
    return row;
  }

  private forgetOver(): void {
    for (const [key, row] of this.rows) if (this.isOver(row)) this.rows.delete(key);
  }

  private isOver({ times, cameAt }: Row): boolean {
    return times === 0 && this.clock.now() - cameAt >= REST;
  }

  /** Tells what was counted once it is due, or once no more comes. */
  private wait(row: Row): void {
    const at = Math.min(row.dueAt, row.cameAt + REST);
    row.timer.value = this.clock.after(at - this.clock.now(), () => {
      const now = this.clock.now();
      if (now < row.dueAt && now < row.cameAt + REST) {
        this.wait(row); // more came meanwhile
        return;
      }
      this.tell(row);
      row.pause = Math.min(LONGEST_PAUSE, row.pause * 2);
    });
  }

  private tell(row: Row): void {
    const { wish, times, bytes } = row;
    row.times = 0;
    row.bytes = 0;
    const told: Request = {
      type: 'request',
      verb: wish.verb,
      what: wish.what,
      times,
      bytes: wish.bytes === undefined ? null : bytes,
      by: wish.by,
    };
    this.publish(told);
  }
}

/** It came over the wire: what can be printed of it, as far as people read. */
function readable(what: readonly string[]): readonly string[] {
  const shown = what.slice(0, MOST_NAMES).map(text => printable(text, MOST_CHARACTERS));
  return what.length > MOST_NAMES ? [...shown, `and ${what.length - MOST_NAMES} more`] : shown;
}
