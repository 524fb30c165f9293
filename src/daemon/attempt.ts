/** One attempt to tell somebody, within its time: whatever becomes of it is an answer in words, and no secret is in them. */
import type { AlertMessage, AlertSpec } from '../core/alert.ts';
import { oneLine } from '../core/oneline.ts';
import type { Millis } from '../core/program.ts';
import type { Clock } from '../runtime/clock.ts';
import { MutableDisposable } from '../runtime/lifetime.ts';
import { redact } from './secrets.ts';

/** What one attempt is about. */
export interface Attempt {
  readonly spec: AlertSpec;
  readonly message: AlertMessage;
  /** Fires when its time is over, or the alert: the attempt must settle soon after. */
  readonly signal: AbortSignal;
}

/** Tells what a message says. Resolves with what the receiver answered; rejects with any error, best a `DeliveryError`. */
export type Deliver = (attempt: Attempt) => Promise<string>;

/** Why something could not be told. */
export class DeliveryError extends Error {
  /** The receiver refused this very message and would again: it is not tried another time. */
  readonly isFinal: boolean;
  /** So long the receiver wants to be left alone. */
  readonly retryAfter: Millis;

  constructor(message: string, { isFinal = false, retryAfter = 0 } = {}) {
    super(message);
    this.isFinal = isFinal;
    this.retryAfter = retryAfter;
  }
}

export type Outcome =
  | { readonly ok: true; readonly answer: string }
  | { readonly ok: false; readonly answer: string; readonly isFinal: boolean; readonly retryAfter: Millis };

/** A server that takes longer is as good as gone. A mail server may look names up, or hold a stranger off for a while. */
const LONGEST: Readonly<Record<AlertSpec['via']['kind'], Millis>> = {
  email: 30_000,
  http: 10_000,
  syslog: 30_000,
  command: 30_000,
};

/** How long an attempt that was ended may take to let go. One that never does must not hold up what waits behind it. */
const LETTING_GO: Millis = 5_000;

/** Characters of an answer that are told: its first line says what matters. */
const LONGEST_ANSWER = 200;

/** Makes one attempt. Never rejects. `controller` ends it before its time. */
export async function attempt(
  { spec, message }: Omit<Attempt, 'signal'>,
  {
    deliver,
    clock,
    controller,
  }: { readonly deliver: Deliver; readonly clock: Clock; readonly controller: AbortController },
): Promise<Outcome> {
  const longest = LONGEST[spec.via.kind];
  using limit = new MutableDisposable();
  let isLate = false;
  const abandoned = new Promise<never>((_, abandon) => {
    limit.value = clock.after(longest, () => {
      isLate = true;
      controller.abort();
      limit.value = clock.after(LETTING_GO, () => abandon(new Error('it does not end')));
    });
  });
  try {
    const answer = await Promise.race([deliver({ spec, message, signal: controller.signal }), abandoned]);
    return { ok: true, answer: tellable(answer, spec) };
  } catch (error) {
    const { isFinal, retryAfter } = error instanceof DeliveryError ? error : NOT_FINAL;
    const problem = isLate ? `no answer within ${longest / 1000} s` : messageOf(error);
    return { ok: false, answer: tellable(problem, spec), isFinal, retryAfter };
  }
}

const NOT_FINAL = { isFinal: false, retryAfter: 0 };

/** Hidden first and cut then, or a part of a secret could be left at the end. */
function tellable(text: string, { via }: AlertSpec): string {
  return oneLine(redact(text, via), LONGEST_ANSWER);
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
