/** When an alert tells of what: by hand, in a time that stands still, and by chance. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { AlertSpec, Condition } from '../../src/core/alert.ts';
import {
  type AlertState,
  alarmsOf,
  deadlineOf,
  expire,
  flush,
  type Outcome,
  quiet,
  step,
} from '../../src/core/alerting.ts';
import type { Facts, Occurrence } from '../../src/core/occurrence.ts';
import { itemsOf } from '../../src/core/shelves.ts';
import { MINUTE, MOST_A_MINUTE } from '../../src/core/surplus.ts';
import type { Alarm, Telling } from '../../src/core/telling.ts';
import { makeAlert } from '../support/alerts.ts';

const WITHIN = 300_000;

function facts(process: string, what: string, at: number): Facts {
  return { at, program: process, group: process, process, pid: 1, what, ended: null, details: [] };
}

/** An alert and its time. It does what an interpreter does: it comes back at each deadline. */
class Scene {
  now = 0;
  state: AlertState;
  readonly told: { readonly at: number; readonly telling: Telling }[] = [];
  private readonly spec: AlertSpec;

  constructor(changes: Partial<AlertSpec>, alarms?: ReadonlyMap<string, Alarm>) {
    this.spec = makeAlert({ every: 0, ...changes });
    this.state = quiet('t', alarms);
  }

  /** What was told since the last look, in short. */
  news(): string[] {
    return this.told.splice(0).map(({ telling }) => short(telling));
  }

  take(occurrence: Occurrence): void {
    this.follow(step(this.spec, this.state, occurrence, this.now));
  }

  tell(condition: Condition, subject = 'web'): void {
    this.take({ type: 'told', condition, subject, facts: facts(subject, condition, this.now) });
  }

  /** It dies by itself. */
  die(subject = 'web', isUnexpected = true): void {
    const what = `died at ${this.now}`;
    this.take({ type: 'ended', subject, isUnexpected, isUnasked: true, facts: facts(subject, what, this.now) });
  }

  up(subject = 'web'): void {
    this.take({ type: 'up', subject, started: true, facts: facts(subject, 'is running', this.now) });
  }

  wait(ms: number): void {
    const until = this.now + ms;
    for (let due = deadlineOf(this.state); due !== undefined && due <= until; due = deadlineOf(this.state)) {
      expect(due).toBeGreaterThanOrEqual(this.now);
      this.now = due;
      this.follow(expire(this.spec, this.state, due));
    }
    this.now = until;
  }

  end(): void {
    this.follow(flush(this.spec, this.state, this.now));
  }

  private follow({ state, told }: Outcome): void {
    this.state = state;
    this.told.push(...told.map(telling => ({ at: this.now, telling })));
  }
}

function short(telling: Telling): string {
  if (telling.kind === 'surplus') {
    const parts = [...telling.surplus.counts].flatMap(([condition, subjects]) =>
      [...subjects].map(([subject, count]) => `${count} ${condition} ${subject}`),
    );
    return `${telling.id} surplus: ${parts.join(', ')}`;
  }
  const { id, condition, subject } = telling;
  if (telling.kind === 'more') return `${id} ${condition} ${subject} ${telling.held} more${telling.isUp ? ', up' : ''}`;
  const absorbed = [...telling.absorbed].map(([other, count]) => ` +${count} ${other}`).join('');
  return `${id} ${condition} ${subject}${absorbed}${telling.alarm ? ` ends ${telling.alarm.id}` : ''}`;
}

describe('conditions', () => {
  test('each is told, if it is asked for', () => {
    const scene = new Scene({ on: ['fatal', 'started'] });
    scene.tell('fatal');
    scene.tell('stopped');
    scene.up('db');
    scene.die('db');
    expect(scene.news()).toEqual(['t-1 fatal web', 't-2 started db']);
  });

  test('an end that was expected, or asked for, is not unexpected', () => {
    const scene = new Scene({ on: ['unexpected'] });
    scene.die('web', false);
    const asked = { isUnexpected: false, isUnasked: false, facts: facts('web', 'x', 0) };
    scene.take({ type: 'ended', subject: 'web', ...asked });
    expect(scene.news()).toEqual([]);
    scene.die();
    expect(scene.news()).toEqual(['t-1 unexpected web']);
  });
});

describe('a crash loop', () => {
  const on = ['crashloop', 'recovered'] as const;
  const crashloop = { ends: 3, within: WITHIN };

  test('is told once, at the n-th end, and over when there was none for so long', () => {
    const scene = new Scene({ on, crashloop });
    for (let i = 0; i < 10; i++) {
      scene.die();
      expect(scene.news()).toEqual(i === 2 ? ['t-1 crashloop web'] : []);
      scene.wait(1000);
      scene.up();
    }
    scene.wait(WITHIN - 1001);
    expect(scene.news()).toEqual([]);
    scene.wait(1);
    expect(scene.news()).toEqual(['t-2 recovered web ends t-1']);
    expect(itemsOf(scene.state.watches)).toEqual([]);
    for (let i = 0; i < 3; i++) scene.die();
    expect(scene.news()).toEqual(['t-3 crashloop web']);
  });

  test('is none when the ends are far from each other', () => {
    const scene = new Scene({ on, crashloop });
    for (let i = 0; i < 10; i++) {
      scene.die();
      scene.up();
      scene.wait(WITHIN / 2);
    }
    expect(scene.news()).toEqual([]);
  });

  test('counts ends that are expected too: who restarts for ever loops all the same', () => {
    const scene = new Scene({ on, crashloop });
    for (let i = 0; i < 3; i++) scene.die('web', false);
    expect(scene.news()).toEqual(['t-1 crashloop web']);
  });

  test('that ended in FATAL is over when it has been up for so long', () => {
    const scene = new Scene({ on, crashloop });
    for (let i = 0; i < 3; i++) scene.die();
    scene.take({ type: 'down', subject: 'web' });
    scene.wait(WITHIN * 2);
    expect(scene.news()).toEqual(['t-1 crashloop web']);
    scene.up();
    scene.wait(WITHIN - 1);
    scene.die();
    scene.up();
    scene.wait(WITHIN - 1);
    expect(scene.news()).toEqual([]);
    scene.wait(1);
    expect(scene.news()).toEqual(['t-2 recovered web ends t-1']);
  });
});

describe('recovered', () => {
  const on = ['unexpected', 'fatal', 'recovered'] as const;

  test('follows an alarm, once', () => {
    const scene = new Scene({ on });
    scene.up();
    scene.die();
    scene.up();
    scene.up();
    scene.tell('fatal');
    scene.up();
    expect(scene.news()).toEqual([
      't-1 unexpected web',
      't-2 recovered web ends t-1',
      't-3 fatal web',
      't-4 recovered web ends t-3',
    ]);
  });

  test('of several, the gravest', () => {
    const scene = new Scene({ on });
    scene.die();
    scene.tell('fatal');
    scene.die();
    scene.up();
    expect(scene.news().at(-1)).toBe('t-4 recovered web ends t-2');
  });

  test('not what was held back', () => {
    const scene = new Scene({ on, every: 60_000 });
    scene.die();
    scene.up();
    scene.die();
    scene.up();
    expect(scene.news()).toEqual(['t-1 unexpected web', 't-2 recovered web ends t-1']);
    scene.wait(60_000);
    expect(scene.news()).toEqual(['t-3 unexpected web 1 more, up']);
    scene.up();
    expect(scene.news()).toEqual([]);
  });

  test('what was told late, and is not up, is an alarm', () => {
    const scene = new Scene({ on, every: 60_000 });
    scene.die();
    scene.up();
    scene.die();
    scene.wait(60_000);
    scene.up();
    expect(scene.news().slice(2)).toEqual(['t-3 unexpected web 1 more', 't-4 recovered web ends t-3']);
  });

  test('knows alarms from before the start of the daemon', () => {
    const alarm = { id: 'old-7', condition: 'fatal', at: 1, summary: 'web gave up' } as const;
    const scene = new Scene({ on }, new Map([['web', alarm]]));
    expect(alarmsOf(scene.state)).toEqual(new Map([['web', alarm]]));
    scene.up();
    expect(scene.news()).toEqual(['t-1 recovered web ends old-7']);
    expect(alarmsOf(scene.state).size).toBe(0);
  });

  test('is not told where it is not asked for, nor of whom is gone; a new name is no other process', () => {
    const silent = new Scene({ on: ['fatal'] });
    silent.tell('fatal');
    silent.up();
    expect(silent.news()).toEqual(['t-1 fatal web']);
    expect(alarmsOf(silent.state).size).toBe(0);
    const scene = new Scene({ on });
    for (const name of ['web', 'db']) scene.tell('fatal', name);
    scene.take({ type: 'gone', subject: 'db' });
    scene.take({ type: 'renamed', subject: 'web', to: 'api' });
    for (const name of ['web', 'db', 'api']) scene.up(name);
    expect(scene.news().slice(2)).toEqual(['t-3 recovered api ends t-1']);
  });
});

describe('what is held back', () => {
  test('is counted, and told at the end of the time, which begins anew', () => {
    const scene = new Scene({ on: ['unexpected'], every: 60_000 });
    for (let i = 0; i < 5; i++) {
      scene.die();
      scene.wait(1000);
    }
    expect(scene.news()).toEqual(['t-1 unexpected web']);
    scene.wait(54_999);
    expect(scene.news()).toEqual([]);
    scene.wait(1);
    expect(scene.news()).toEqual(['t-2 unexpected web 4 more']);
    scene.die();
    scene.wait(60_000);
    expect(scene.news()).toEqual(['t-3 unexpected web 1 more']);
    scene.wait(WITHIN);
    scene.die();
    expect(scene.news()).toEqual(['t-4 unexpected web']);
  });

  test('is held by process and condition: nothing of another is swallowed', () => {
    const scene = new Scene({ on: ['unexpected', 'fatal'], every: 60_000 });
    scene.die();
    scene.die('db');
    scene.tell('fatal');
    expect(scene.news()).toEqual(['t-1 unexpected web', 't-2 unexpected db', 't-3 fatal web']);
  });

  test('is told by what is graver, which then says it all', () => {
    const scene = new Scene({ on: ['unexpected', 'fatal', 'recovered'], every: 60_000 });
    for (let i = 0; i < 4; i++) scene.die();
    scene.tell('fatal');
    expect(scene.news()).toEqual(['t-1 unexpected web', 't-2 fatal web +3 unexpected']);
    scene.die();
    scene.up();
    scene.wait(WITHIN);
    expect(scene.news()).toEqual(['t-3 recovered web +1 unexpected ends t-2']);
  });

  test('is told when the daemon ends', () => {
    const scene = new Scene({ on: ['unexpected'], every: 60_000 });
    for (let i = 0; i < 3; i++) scene.die();
    scene.end();
    scene.end();
    expect(scene.news()).toEqual(['t-1 unexpected web', 't-2 unexpected web 2 more']);
  });

  test('is told when its process is gone', () => {
    const scene = new Scene({ on: ['unexpected'], every: 60_000 });
    for (let i = 0; i < 3; i++) scene.die();
    scene.take({ type: 'gone', subject: 'web' });
    expect(scene.news()).toEqual(['t-1 unexpected web', 't-2 unexpected web 2 more']);
    expect(itemsOf(scene.state.watches)).toEqual([]);
  });
});

describe('the bound', () => {
  test('what goes beyond it is one message, a minute later', () => {
    const scene = new Scene({ on: ['fatal', 'recovered'] });
    for (let i = 0; i < 22; i++) scene.tell('fatal', `web_${i}`);
    expect(scene.news()).toHaveLength(MOST_A_MINUTE - 1);
    scene.wait(1000);
    scene.up('web_20');
    scene.wait(58_999);
    expect(scene.news()).toEqual([]);
    scene.wait(1);
    expect(scene.news()).toEqual(['t-20 surplus: 1 fatal web_19, 1 fatal web_20, 1 fatal web_21, 1 recovered web_20']);
    scene.up('web_0');
    scene.up('web_21');
    scene.up('web_20');
    expect(scene.news()).toEqual(['t-21 recovered web_0 ends t-1', 't-22 recovered web_21 ends t-20']);
  });
});

/** Something that may happen, of a few processes. */
const action = fc.oneof(
  fc.record({ do: fc.constant('die' as const), who: fc.nat(5), unexpected: fc.boolean() }),
  fc.record({ do: fc.constant('up' as const), who: fc.nat(5) }),
  fc.record({ do: fc.constant('fatal' as const), who: fc.nat(5) }),
  fc.record({ do: fc.constant('output' as const), who: fc.nat(5) }),
  fc.record({ do: fc.constant('gone' as const), who: fc.nat(5) }),
  fc.record({ do: fc.constant('wait' as const), ms: fc.constantFrom(1, 1, 1, 500, 5_000, 30_000, 61_000, 400_000) }),
);

const CONDITIONS = ['unexpected', 'fatal', 'crashloop', 'recovered', 'started', 'output'] as const;

test('by chance: all that happens is told or counted, once; never too much; recovered follows one alarm, once', () => {
  const property = fc.property(
    fc.array(action, { maxLength: 200, size: 'max' }),
    fc.subarray([...CONDITIONS], { minLength: 1 }),
    fc.constantFrom(0, 0, 1_000, 60_000),
    (actions, on, every) => {
      const scene = new Scene({ on, every, crashloop: { ends: 3, within: 10_000 } });
      const happened = new Map<Condition, number>();
      const count = (condition: Condition): void =>
        void (on.some(asked => asked === condition) && happened.set(condition, (happened.get(condition) ?? 0) + 1));
      for (const action of actions) {
        if (action.do === 'wait') {
          scene.wait(action.ms);
          continue;
        }
        const who = `p${action.who}`;
        if (action.do === 'die') {
          scene.die(who, action.unexpected);
          if (action.unexpected) count('unexpected');
        } else if (action.do === 'up') {
          scene.up(who);
          count('started');
        } else if (action.do === 'gone') scene.take({ type: 'gone', subject: who });
        else {
          scene.tell(action.do, who);
          count(action.do);
        }
      }
      const open = alarmsOf(scene.state);
      scene.end();
      check(scene, { happened, open });
      scene.wait(24 * 3600_000);
      const isAlarmsOnly = itemsOf(scene.state.watches).every(([, { alarm, windows }]) => alarm && windows.size === 0);
      expect(isAlarmsOnly).toBe(true);
    },
  );
  fc.assert(property, { numRuns: process.env.SOAK === undefined ? 500 : 20_000 });
});

function check(
  scene: Scene,
  { happened, open }: { happened: ReadonlyMap<Condition, number>; open: ReadonlyMap<string, Alarm> },
): void {
  const all = scene.told.map(({ telling }) => telling);
  const told = new Map<Condition, number>();
  const add = (condition: Condition, count: number): void =>
    void told.set(condition, (told.get(condition) ?? 0) + count);
  for (const telling of all) {
    if (telling.kind === 'more') add(telling.condition, telling.held);
    else if (telling.kind === 'surplus') {
      for (const [condition, subjects] of telling.surplus.counts)
        for (const count of subjects.values()) add(condition, count);
    } else {
      add(telling.condition, 1);
      for (const [condition, count] of telling.absorbed) add(condition, count);
    }
  }
  // How often there was a loop, and an end of one, only the rules know.
  for (const condition of ['unexpected', 'fatal', 'started', 'output'] as const) {
    expect([condition, told.get(condition) ?? 0]).toEqual([condition, happened.get(condition) ?? 0]);
  }
  const ids = all.map(({ id }) => id);
  expect(new Set(ids).size).toBe(ids.length);
  const times = scene.told.map(({ at }) => at);
  for (const [i, at] of times.entries()) {
    const inMinute = times.slice(i).filter(other => other < at + MINUTE);
    // Beyond that only what the end itself has to say.
    expect(inMinute.filter(other => other < scene.now).length).toBeLessThanOrEqual(MOST_A_MINUTE);
  }
  const alone = new Set(all.filter(({ kind }) => kind !== 'surplus').map(({ id }) => id));
  const ended = all.flatMap(telling => (telling.kind === 'one' && telling.alarm ? [telling.alarm.id] : []));
  for (const id of ended) expect(ids).toContain(id);
  const endedAlone = ended.filter(id => alone.has(id));
  expect(new Set(endedAlone).size).toBe(endedAlone.length);
  for (const { id } of open.values()) expect(endedAlone).not.toContain(id);
}
