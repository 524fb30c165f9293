import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { Emulator } from '../../src/terminal/emulator.ts';
import { snapshotOf } from '../../src/terminal/snapshot.ts';
import { differences, stateOf } from '../support/screenstate.ts';
import { type Step, size, steps } from '../support/streams.ts';

const encoder = new TextEncoder();

function feed(emulator: Emulator, life: readonly Step[]): void {
  for (const step of life) {
    if ('bytes' in step) emulator.write(encoder.encode(step.bytes));
    else emulator.resize(step.size);
  }
}

/** A fresh terminal of the same size that has read the other's snapshot. */
function copyOf(emulator: Emulator): Emulator {
  const copy = new Emulator(emulator.size);
  copy.write(encoder.encode(snapshotOf(emulator)));
  return copy;
}

describe('a snapshot', () => {
  test('recreates any state, and what follows comes out the same', () => {
    fc.assert(
      fc.property(size, steps(60), steps(12), (start, life, after) => {
        using original = new Emulator(start);
        feed(original, life);
        using copy = copyOf(original);
        expect(differences(stateOf(original), stateOf(copy))).toEqual([]);
        feed(original, after);
        feed(copy, after);
        expect(differences(stateOf(original), stateOf(copy))).toEqual([]);
      }),
      { numRuns: Number(process.env.FUZZ ?? 400) },
    );
  });
});
