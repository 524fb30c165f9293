import { DRIVER_ANSWER_TIMEOUT } from '../core/queries.ts';
import type { Clock } from '../runtime/clock.ts';
import { MutableDisposable } from '../runtime/lifetime.ts';

/** Answers that wait behind a question to the driver. A program that asks more and reads nothing gets no more answers. */
const MOST_WAITING = 256;

/** A question that only a real terminal can answer. */
export interface DriverQuestion {
  /** Told in its place when nobody answers; empty for no answer. */
  readonly fallback: string;
  /** Sends it to the driver; returns who was asked, or undefined when nobody drives. */
  readonly ask: () => object | undefined;
  readonly isAnsweredBy: (reply: Uint8Array) => boolean;
}

/** An answer whose turn has not come. */
interface Waiting {
  readonly question: DriverQuestion | undefined;
  /** What to type: the default, until the driver's terminal has said more. */
  text: Uint8Array;
  /** Who is being asked; undefined once `text` is all that will be known. */
  asked: object | undefined;
  readonly since: number;
}

/**
 * The answers to a program's questions, typed in the order of the questions: programs ask one that every terminal answers
 * behind one that not all know, and take its answer for the end. So what the daemon knows waits while the driver is asked.
 */
export class Answers implements Disposable {
  private readonly clock: Clock;
  private readonly type: (bytes: Uint8Array) => void;
  private readonly timer = new MutableDisposable();
  private waiting: Waiting[] = [];

  constructor(clock: Clock, type: (bytes: Uint8Array) => void) {
    this.clock = clock;
    this.type = type;
  }

  answer(text: string): void {
    this.add({ question: undefined, text: bytesOf(text), asked: undefined, since: 0 });
  }

  askDriver(question: DriverQuestion): void {
    const since = this.clock.now();
    this.add({ question, text: bytesOf(question.fallback), asked: question.ask(), since });
  }

  /** A reply that came from `viewer`'s terminal: typed in its turn if it is what it was asked for. Returns whether it is. */
  offer(viewer: object, reply: Uint8Array): boolean {
    const waiting = this.waiting.find(({ asked, question }) => asked === viewer && question?.isAnsweredBy(reply));
    if (waiting === undefined) return false;
    waiting.text = reply;
    waiting.asked = undefined;
    if (waiting === this.waiting[0]) this.proceed();
    return true;
  }

  /** Nobody waits for an answer any more. */
  [Symbol.dispose](): void {
    this.timer[Symbol.dispose]();
    this.waiting = [];
  }

  private add(waiting: Waiting): void {
    if (this.waiting.length >= MOST_WAITING) return;
    this.waiting.push(waiting);
    if (this.waiting.length === 1) this.proceed();
  }

  /** Gives the answers that are known, up to a question that is still out. */
  private readonly proceed = (): void => {
    this.timer.value = undefined;
    for (let first = this.waiting[0]; first !== undefined; first = this.waiting[0]) {
      if (first.asked !== undefined) {
        // Of many that were asked together none is waited for longer: a terminal that knows none of them says nothing.
        const left = first.since + DRIVER_ANSWER_TIMEOUT - this.clock.now();
        if (left > 0) {
          this.timer.value = this.clock.after(left, this.proceed);
          return;
        }
      }
      this.waiting.shift();
      if (first.text.length > 0) this.type(first.text);
    }
  };
}

/** Answers are ASCII, as all that terminals say by themselves. */
function bytesOf(text: string): Uint8Array {
  return Buffer.from(text, 'latin1');
}
