/** A quarter of a minute of chaos. What it finds says which seed repeats its choices: CHAOS_SEED=n npx vitest run test/chaos. */
import { expect, test } from 'vitest';
import { storm } from './storm.ts';

const SEED = Number(process.env.CHAOS_SEED ?? Math.floor(Math.random() * 2 ** 32));

/** For each of the two storms. */
const SECONDS = 6;

/** A round, a rest and a report come on top. */
const TIMEOUT_MS = 120_000;

test.each([
  ['one daemon lives through it', false],
  ['daemons are killed, stopped and started', true],
])(`%s, and all is as it must be (seed ${SEED})`, { timeout: TIMEOUT_MS }, async (_, isMortal) => {
  const { actions, rests } = await storm({ seed: SEED, seconds: SECONDS, actions: Number.POSITIVE_INFINITY, isMortal });
  expect(actions).toBeGreaterThan(0);
  expect(rests).toBeGreaterThan(0);
});
