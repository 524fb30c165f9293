import type { Millis } from './program.ts';

/**
 * The pace of automatic restarts: a bucket of ten, one refilled a second (design, section 5). supervisord restarts a
 * program that crashes after RUNNING at once and for ever, a hot loop; here the eleventh crash in a row waits.
 */
export const TOKENS_MAX = 10;
export const TOKEN_REFILL: Millis = 1000;

export interface Tokens {
  /** How many were there at `at`; a fraction is one being refilled. */
  readonly level: number;
  readonly at: Millis;
}

export function fullTokens(now: Millis): Tokens {
  return { level: TOKENS_MAX, at: now };
}

/** Takes one: the bucket that is left, or how long to wait until there is one. */
export function takeToken(tokens: Tokens, now: Millis): { tokens: Tokens } | { wait: Millis } {
  const level = Math.min(TOKENS_MAX, tokens.level + (now - tokens.at) / TOKEN_REFILL);
  if (level >= 1) return { tokens: { level: level - 1, at: now } };
  return { wait: Math.ceil((1 - level) * TOKEN_REFILL) };
}
