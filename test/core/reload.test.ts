/** What a reload does with each process, as tables. */
import { describe, expect, test } from 'vitest';
import type { Intent } from '../../src/core/intent.ts';
import type { Life } from '../../src/core/life.ts';
import type { ProcessSpec } from '../../src/core/program.ts';
import { type ProcessChange, plan, type Standing } from '../../src/core/reload.ts';
import { ALICE } from '../support/people.ts';
import { Play } from '../support/play.ts';
import { logTo, makeSpec } from '../support/spec.ts';

const stopped = (): Play => new Play();
const running = (): Play => new Play().run();

function standing(spec: ProcessSpec, more: Partial<Omit<Standing, 'spec'>> = {}): Standing {
  return { spec, current: running().life, intent: undefined, isLeaving: false, ...more };
}

/** The processes of a program as a config gives them: `web_00` …, or `web` when it is one. */
function program(name: string, numprocs: number, changes: Partial<ProcessSpec> = {}): ProcessSpec[] {
  return Array.from({ length: numprocs }, (_, num) => {
    const own = numprocs === 1 ? name : `${name}_${String(num).padStart(2, '0')}`;
    const fullname = numprocs === 1 ? name : `${name}:${own}`;
    return makeSpec({ program: name, group: name, name: own, fullname, num, numprocs, ...changes });
  });
}

const up = (specs: readonly ProcessSpec[], more: Partial<Omit<Standing, 'spec'>> = {}): Standing[] =>
  specs.map(spec => standing(spec, more));

/** `web: applied`, `web -> www: nothing (note)`. */
function words(changes: readonly ProcessChange[]): string[] {
  return changes.map(({ name, was, action, note }) => {
    const shown = was === null || was === name ? name : `${was} -> ${name}`;
    return `${shown}: ${action}${note === undefined ? '' : ` (${note})`}`;
  });
}

describe('one that stays', () => {
  const lives: Readonly<Record<string, () => Play>> = {
    STOPPED: stopped,
    launching: () => new Play().start(),
    STARTING: () => new Play().start().fork(),
    RUNNING: running,
    'RUNNING, its stop to come': () => running().send({ type: 'standDown', by: ALICE }),
    BACKOFF: () => new Play().start().fork().end(1),
    'early, its leftovers being ended': () => new Play().start().fork().end(1, false),
    'ended, its leftovers being ended': () => new Play({ autorestart: 'always' }).run().end(1, false),
    'STOPPING for good': () => running().stop(),
    'STOPPING for a restart': () => running().send({ type: 'restart', by: ALICE }),
    EXITED: () => running().end(0),
    FATAL: () => new Play({ startretries: 0 }).start().fork().end(1),
    'FATAL, and stopped since': () => new Play({ startretries: 0 }).start().fork().end(1).stop(),
    UNKNOWN: () => running().send({ type: 'signalFailed', generation: 1, reason: 'EPERM' }),
  };
  const renewed = ['STARTING', 'RUNNING', 'BACKOFF', 'early, its leftovers being ended', 'FATAL'];

  test.each(Object.entries(lives))('%s', (name, make) => {
    const act = (changes: Partial<ProcessSpec>): ProcessChange | undefined =>
      plan([standing(makeSpec(), { current: make().life })], [makeSpec(changes)])[0];
    expect(act({})).toMatchObject({ kind: 'kept', action: 'nothing', changes: [], note: undefined });
    expect(act({ stoptime: 1 })).toMatchObject({ kind: 'kept', action: 'applied', note: undefined });
    const restart = renewed.includes(name)
      ? { kind: 'kept', action: 'restart', note: undefined }
      : { kind: 'kept', action: 'nothing', note: 'takes effect at its next start' };
    expect(act({ argv: ['/bin/false'] })).toMatchObject(restart);
    expect(act({ env: { A: 'b' } })).toMatchObject(restart);
    expect(act({ argv: ['/bin/false'], stoptime: 1 })).toMatchObject(restart);
  });

  test('autostart decides nothing for it: one that rests is not started, one that runs is not stopped', () => {
    const off = makeSpec({ autostart: false });
    expect(words(plan([standing(off, { current: stopped().life })], [makeSpec()]))).toEqual(['web: applied']);
    expect(words(plan([standing(makeSpec())], [off]))).toEqual(['web: applied']);
  });
});

describe('how many', () => {
  test('3 to 5: two are started, the others are told why and keep what they have', () => {
    const changes = plan(up(program('web', 3)), program('web', 5));
    expect(words(changes)).toEqual([
      'web:web_00: nothing',
      'web:web_01: nothing',
      'web:web_02: nothing',
      'web:web_03: start',
      'web:web_04: start',
    ]);
    for (const { changes: keys } of changes)
      expect(keys).toEqual([{ key: 'numprocs', class: 'instances', from: '3', to: '5' }]);
  });

  test('5 to 2: the highest numbers stop', () => {
    expect(words(plan(up(program('web', 5)), program('web', 2)))).toEqual([
      'web:web_00: nothing',
      'web:web_01: nothing',
      'web:web_02: stop',
      'web:web_03: stop',
      'web:web_04: stop',
    ]);
  });

  test('1 to 3: number 0 gets another name, and that is all', () => {
    const [first, ...rest] = plan(up(program('web', 1)), program('web', 3));
    expect(first).toMatchObject({ kind: 'kept', was: 'web', name: 'web:web_00', action: 'applied' });
    expect(words(rest)).toEqual(['web:web_01: start', 'web:web_02: start']);
    expect(words(plan(up(program('web', 3)), program('web', 1)))[0]).toBe('web:web_00 -> web: applied');
  });

  test('a command that names the number restarts those there were', () => {
    const before = program('web', 3, { argv: ['serve', '3'] });
    const changes = plan(up(before), program('web', 4, { argv: ['serve', '4'] }));
    expect(changes.map(({ action }) => action)).toEqual(['restart', 'restart', 'restart', 'start']);
    expect(changes[0]?.changes).toContainEqual({ key: 'cmd', class: 'restart', from: 'serve 3', to: 'serve 4' });
  });

  test('one that rests when its number goes is forgotten, without a stop', () => {
    const [one, two] = program('web', 2);
    if (!one || !two) throw new Error('two');
    const changes = plan([standing(one), standing(two, { current: stopped().life })], program('web', 1));
    expect(words(changes)).toEqual(['web:web_00 -> web: applied', 'web:web_01: nothing']);
    expect(changes[1]?.kind).toBe('removed');
  });

  const byHand = (want: 'up' | 'down'): Intent => ({ want, by: 'user' });
  const rest = { current: stopped().life, intent: byHand('down') };

  test.each<[string, boolean, Partial<Omit<Standing, 'spec'>>, string]>([
    ['runs', true, {}, 'web:web_02: start'],
    ['was stopped by hand', true, rest, 'web:web_02: nothing (not started, as the others were stopped by hand)'],
    [
      'ended by itself',
      true,
      { current: running().end(0).life, intent: { want: 'down', by: 'policy' } },
      'web:web_02: start',
    ],
    ['was started by hand', false, { intent: byHand('up') }, 'web:web_02: start'],
    ['was never started', false, { current: stopped().life }, 'web:web_02: nothing (not started, as autostart is off)'],
  ])('a further one of a program that %s (autostart %s)', (_, autostart, more, expected) => {
    expect(words(plan(up(program('web', 2, { autostart }), more), program('web', 3, { autostart })))[2]).toBe(expected);
  });

  test('of several, one that was not stopped by hand is enough', () => {
    const [one, two] = program('web', 2);
    if (!one || !two) throw new Error('two');
    expect(words(plan([standing(one), standing(two, rest)], program('web', 3)))[2]).toBe('web:web_02: start');
  });
});

describe('programs', () => {
  const a = makeSpec({ name: 'a', argv: ['a'] });
  const b = makeSpec({ name: 'b', argv: ['b'] });

  test('a new one starts, unless autostart is off', () => {
    expect(words(plan([], [a]))).toEqual(['a: start (new)']);
    expect(words(plan([], [{ ...a, autostart: false }]))).toEqual([
      'a: nothing (new; not started, as autostart is off)',
    ]);
  });

  test('one that is gone stops; the other is left alone', () => {
    expect(words(plan([standing(a), standing(b)], [b]))).toEqual([
      'a: stop (not in the config any more)',
      'b: nothing',
    ]);
  });

  test('one that is gone and cannot be signalled is to be stopped all the same', () => {
    const current = running().send({ type: 'signalFailed', generation: 1, reason: 'EPERM' }).life;
    expect(words(plan([standing(a, { current })], []))).toEqual(['a: stop (not in the config any more)']);
  });

  test('one under another name is the same', () => {
    expect(words(plan([standing(a)], [makeSpec({ name: 'z', argv: ['a'] })]))).toEqual(['a -> z: applied']);
    const many = plan(up(program('web', 3)), program('www', 3));
    expect(words(many)).toEqual([0, 1, 2].map(i => `web:web_0${i} -> www:www_0${i}: applied`));
  });

  test.each<[string, Partial<ProcessSpec>]>([
    ['its group', { group: 'back', fullname: 'back:z' }],
    ['its logs', { stdout: logTo('/z.log') }],
    ['its pidfile', { pidfile: '/z.pid' }],
  ])('%s may go with the name', (_, changes) => {
    const before = makeSpec({ name: 'a', stdout: logTo('/a.log') });
    const [change, ...rest] = plan(
      [standing(before)],
      [{ ...before, program: 'z', name: 'z', fullname: 'z', ...changes }],
    );
    expect([change?.was, change?.action, rest.length]).toEqual(['a', 'applied', 0]);
  });

  test.each<[string, Partial<ProcessSpec>]>([
    ['the command', { argv: ['other'] }],
    ['a variable', { env: { ROLE: 'x' } }],
    ['a policy', { stoptime: 1 }],
  ])('with %s changed as well it is another one', (_, changes) => {
    expect(words(plan([standing(a)], [makeSpec({ name: 'z', argv: ['a'], ...changes })]))).toEqual([
      'a: stop (not in the config any more)',
      'z: start (new)',
    ]);
  });

  test('two that are alike and both renamed are each found once; two that swap names are restarted', () => {
    const alike = ['a', 'b'].map(name => standing(makeSpec({ name })));
    const changes = plan(
      alike,
      ['y', 'z'].map(name => makeSpec({ name })),
    );
    expect(changes.map(({ was, action }) => [was, action])).toEqual([
      ['a', 'applied'],
      ['b', 'applied'],
    ]);
    const swapped = [makeSpec({ name: 'a', argv: ['b'] }), makeSpec({ name: 'b', argv: ['a'] })];
    expect(words(plan([standing(a), standing(b)], swapped))).toEqual(['a: restart', 'b: restart']);
  });

  test('a rename among others does not take one that is still there', () => {
    const copy = makeSpec({ name: 'copy', argv: ['a'] });
    expect(words(plan([standing(a)], [a, copy]))).toEqual(['a: nothing', 'copy: start (new)']);
  });

  test('the plan is in the order of start', () => {
    const late = makeSpec({ name: 'aa', argv: ['x'], priority: 1, groupPriority: 1 });
    expect(plan([standing(b)], [late, a]).map(({ name }) => name)).toEqual(['aa', 'a', 'b']);
  });
});

describe('one that a reload before this one removed', () => {
  const a = makeSpec({ name: 'a' });
  const leaving = (life: Life, intent?: Intent): Standing => standing(a, { current: life, intent, isLeaving: true });
  const stopping = running().stop().life;

  test('and that is still gone is no news', () => {
    expect(plan([leaving(stopping)], [])).toEqual([]);
    expect(words(plan(up(program('web', 2), { isLeaving: true }), program('web', 1)))).toEqual([
      'web:web_00 -> web: start (it was being removed)',
    ]);
  });

  test('and that is back is started as if it were new', () => {
    expect(words(plan([leaving(stopping)], [a]))).toEqual(['a: start (it was being removed)']);
    expect(words(plan([leaving(stopping)], [{ ...a, autostart: false }]))).toEqual([
      'a: nothing (it was being removed)',
    ]);
    expect(words(plan([leaving(stopping, { want: 'down', by: 'user' })], [a]))).toEqual([
      'a: nothing (it was being removed)',
    ]);
  });
});

test('any order of the specs gives the same plan', () => {
  const before = [...program('web', 3), makeSpec({ name: 'a' })];
  const after = [...program('web', 2), makeSpec({ name: 'b', argv: ['b'] })];
  const expected = words(plan(up(before), after));
  expect(words(plan(up(before).reverse(), after.toReversed()))).toEqual(expected);
});
