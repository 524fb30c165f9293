/** What can be said of a process while several clients decide about it, and what cannot. */
import { expect, test } from 'vitest';
import type { Model } from './configs.ts';
import { Ledger } from './ledger.ts';

const PROGRAM = { family: 'childless', character: 'sleeper', numprocs: 1, keys: {}, isIncluded: false } as const;
const MODEL: Model = {
  programs: [
    { ...PROGRAM, name: 'ax', origin: 'ax' },
    { ...PROGRAM, name: 'bx', origin: 'bx', numprocs: 2 },
  ],
  groups: [],
  attic: [],
  born: 2,
  daemon: 0,
  spelling: 0,
};

/** A moment later than all before, by the clock that the ledger goes by. */
function later(): number {
  const now = performance.now();
  while (performance.now() <= now);
  return performance.now();
}

function wanted(ledger: Ledger, name: string): string | undefined {
  return ledger.decisionOf(name, later())?.want;
}

const DONE = { doubtful: [], isDone: true };

test('nothing is known of what nobody decided', () => {
  expect(wanted(new Ledger(MODEL), 'ax')).toBeUndefined();
});

test('what was answered counts, once it was, and for whom it was', () => {
  const ledger = new Ledger(MODEL);
  const order = ledger.begin(['bx:*'], 'down');
  expect(wanted(ledger, 'bx:bx_00')).toBeUndefined();
  ledger.answered(order, { ...DONE, names: ['bx:bx_00'] });
  expect(wanted(ledger, 'bx:bx_00')).toBe('down');
  expect(wanted(ledger, 'bx:bx_01')).toBeUndefined();
  expect(ledger.decisionOf('bx:bx_00', order.begin)).toBeUndefined();
});

test('of two that cross nothing is known, unless both want the same', () => {
  const ledger = new Ledger(MODEL);
  const [up, down] = [ledger.begin(['ax'], 'up'), ledger.begin(['ax'], 'down')];
  for (const order of [up, down]) ledger.answered(order, { ...DONE, names: ['ax'] });
  expect(wanted(ledger, 'ax')).toBeUndefined();
  const [one, other] = [ledger.begin(['ax'], 'up'), ledger.begin(['all'], 'up')];
  for (const order of [one, other]) ledger.answered(order, { ...DONE, names: ['ax'] });
  expect(wanted(ledger, 'ax')).toBe('up');
});

test('what got no answer makes all unknown, until later', () => {
  const ledger = new Ledger(MODEL);
  later();
  ledger.lost(ledger.begin(['ax'], 'up'), false);
  expect(wanted(ledger, 'ax')).toBeUndefined();
  later();
  ledger.answered(ledger.begin(['ax'], 'down'), { ...DONE, names: ['ax'] });
  expect(wanted(ledger, 'ax')).toBe('down');
});

test('a decision outlives the daemon and a change of others, and not its own process', () => {
  const ledger = new Ledger(MODEL);
  const order = ledger.begin(['all'], 'down');
  ledger.answered(order, { names: ['ax', 'bx:bx_00', 'bx:bx_01'], doubtful: [], isDone: false });
  expect(ledger.decisionOf('ax', later())).toEqual({ want: 'down', isDone: false });
  ledger.reborn();
  expect(ledger.decisionOf('ax', later())).toEqual({ want: 'down', isDone: true });
  later();
  ledger.beginChange(MODEL, new Map([['bx', 1]]));
  ledger.endChange(true);
  expect(ledger.expected).toEqual(['ax', 'bx']);
  expect([wanted(ledger, 'ax'), wanted(ledger, 'bx')]).toEqual(['down', 'down']);
  later();
  ledger.beginChange(MODEL);
  ledger.endChange(true);
  expect([wanted(ledger, 'bx:bx_00'), wanted(ledger, 'bx:bx_01')]).toEqual(['down', undefined]);
});

test('a refused config changes nothing', () => {
  const ledger = new Ledger(MODEL);
  const { version } = ledger;
  ledger.beginChange({ ...MODEL, programs: [] });
  expect(ledger.expected).toBeUndefined();
  ledger.endChange(false);
  expect(ledger.expected).toEqual(['ax', 'bx:bx_00', 'bx:bx_01']);
  expect(ledger.version).toBeGreaterThan(version);
});
