/**
 * The golden screens: a second terminal that attaches anywhere, to a process with a scrollback of any size, shows and is
 * set to what a terminal is that was attached from the start; and so it stays.
 */
import { describe, expect, test } from 'vitest';
import { picture } from '../support/screenstate.ts';
import { type Case, type Event, eventsOf, random, seedOf } from './case.ts';
import { Stage, type TerminalState, Witness } from './stage.ts';

/** Scrollbacks in bytes: less than a screen, some screens, the default. */
const RINGS = [4 * 1024, 64 * 1024, 1024 * 1024];

/** Attach points of a case for each ring; of a long one fewer. SOAK takes all. */
const POINTS = 2;
const POINTS_OF_LONG = 1;
const LONG = 500_000;
const SOAKING = process.env.SOAK === '1';

export function goldenScreens(title: string, cases: readonly Case[]): void {
  describe(title, () => {
    for (const one of cases) {
      test(`${one.name}: ${one.about}`, { timeout: SOAKING ? 600_000 : 30_000 }, () => {
        expect(failuresOf(one)).toEqual([]);
      });
    }
  });
}

/** What was not as it should be, each with where it was. The first failure of a ring ends it. */
function failuresOf(one: Case): string[] {
  const events = eventsOf(one);
  const below = random(seedOf(one.name) + 1);
  const plans = RINGS.flatMap(ring => pointsOf(one, events, below).map(point => ({ ring, point })));
  const wanted = new Set(plans.flatMap(({ point }) => comparisons(point, events.length)));
  const states = statesAt(one, events, wanted);
  const failures: string[] = [];
  for (const { ring, point } of plans) {
    const failure = failureOf({ one, events, states, ring, point, glances: below(2) === 0 ? below(point + 1) : -1 });
    if (failure !== undefined) failures.push(failure);
    if (failures.length === 3) break;
  }
  return failures;
}

/** Numbers of events before which somebody attaches: the start and the end are always among those of a case. */
function pointsOf({ bytes }: Case, { length }: readonly Event[], below: (below: number) => number): number[] {
  if (SOAKING) return Array.from({ length: length + 1 }, (_, n) => n);
  if (bytes().length > LONG) return Array.from({ length: POINTS_OF_LONG }, () => below(length + 1));
  return [0, length]
    .slice(below(2))
    .slice(0, 1)
    .concat(Array.from({ length: POINTS - 1 }, () => below(length + 1)));
}

/** Where one who attached at a point is compared: at once, soon, in the middle of the rest, at the end. */
function comparisons(point: number, last: number): number[] {
  return [...new Set([point, point + 1, (point + last) >> 1, last])].filter(at => at <= last);
}

function statesAt({ size }: Case, events: readonly Event[], wanted: ReadonlySet<number>): Map<number, TerminalState> {
  using witness = new Witness(size);
  const states = new Map<number, TerminalState>();
  for (let at = 0; at <= events.length; at++) {
    if (wanted.has(at)) states.set(at, witness.state());
    const event = events[at];
    if (event !== undefined) witness.take(event);
  }
  return states;
}

interface Attempt {
  readonly one: Case;
  readonly events: readonly Event[];
  readonly states: ReadonlyMap<number, TerminalState>;
  readonly ring: number;
  readonly point: number;
  /** The event before which somebody looks in; -1 for nobody. */
  readonly glances: number;
}

function failureOf({ one, events, states, ring, point, glances }: Attempt): string | undefined {
  using stage = new Stage(one.size, ring);
  const where = new Set(comparisons(point, events.length));
  for (let at = 0; at <= events.length; at++) {
    if (at === glances) stage.glance();
    if (at === point) stage.attach();
    const expected = where.has(at) ? states.get(at) : undefined;
    if (expected !== undefined) {
      const found = stage.compare(expected);
      const how = `ring ${ring}, attached before event ${point} of ${events.length}, glance before ${glances}, compared before ${at}`;
      if (found.length > 0) return [how, ...found, picture(expected.screen)].join('\n');
    }
    const event = events[at];
    if (event !== undefined) stage.take(event);
  }
  return undefined;
}
