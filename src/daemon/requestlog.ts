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

/** The same request, repeated, is told again at once so many times within a second: a person does not ask faster. */
const TOLD_AT_ONCE = 10;

/** Of what is typed the first is told at once: a script types as fast as it can, and each piece means little. */
const TOLD_OF_INPUT = 1;

/** What is not told at once is told together after this; twice as late each time while it goes on, up to a minute. */
const FIRST_PAUSE: Millis = 1_000;
const LONGEST_PAUSE: Millis = 60_000;

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

/** Requests that are alike, from the first on until for a whole pause none came. */
interface Run {
  readonly wish: Wish;
  readonly timer: MutableDisposable;
  pause: Millis;
  /** How many more may be told at once before the pause is over. */
  left: number;
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
  private readonly runs = new Map<string, Run>();

  constructor(clock: Clock, publish: (happening: HappeningBody) => void) {
    this.clock = clock;
    this.publish = publish;
  }

  /** Somebody asks for something, and it is about to be done. */
  asked(wish: Wish): void {
    const run = this.runOf({ ...wish, what: readable(wish.what) });
    run.times++;
    run.bytes += wish.bytes ?? 0;
    if (run.left === 0) return;
    run.left--;
    this.tell(run);
  }

  /** Tells what was only counted so far. */
  [Symbol.dispose](): void {
    for (const run of this.runs.values()) {
      run.timer[Symbol.dispose]();
      if (run.times > 0) this.tell(run);
    }
    this.runs.clear();
  }

  private runOf(wish: Wish): Run {
    const { verb, what, by } = wish;
    const key = JSON.stringify([verb, what, by.who, by.from]);
    const known = this.runs.get(key);
    if (known) return known;
    if (this.runs.size >= MOST_APART) return this.runs.get('') ?? this.begin('', OTHERS, 0);
    return this.begin(key, wish, verb === 'input' ? TOLD_OF_INPUT : TOLD_AT_ONCE);
  }

  private begin(key: string, wish: Wish, left: number): Run {
    const run: Run = { wish, timer: new MutableDisposable(), pause: FIRST_PAUSE, left, times: 0, bytes: 0 };
    this.runs.set(key, run);
    this.wait(key, run);
    return run;
  }

  private wait(key: string, run: Run): void {
    run.timer.value = this.clock.after(run.pause, () => {
      if (run.times === 0) {
        this.runs.delete(key);
        return;
      }
      this.tell(run);
      run.left = 0;
      run.pause = Math.min(LONGEST_PAUSE, run.pause * 2);
      this.wait(key, run);
    });
  }

  private tell(run: Run): void {
    const { wish, times, bytes } = run;
    run.times = 0;
    run.bytes = 0;
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
