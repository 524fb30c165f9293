/** Who is a survivor, as a table of process tables. The daemon is pid 500 in session 400, its shell pid 400. */
import { describe, expect, test } from 'vitest';
import type { DaemonMark, Mark } from '../../src/core/mark.ts';
import { type ProcessRecord, type StateRecord, stopPolicyOf } from '../../src/core/record.ts';
import { type Sighting, type SurveyContext, survey } from '../../src/core/survivor.ts';
import { makeSpec } from '../support/spec.ts';

const FORMER: DaemonMark = { uid: 7, pid: 90, start: 900 };
const INIT = one(1, { ppid: 0, session: 1, start: 0 });
const SHELL = one(400, { start: 10 });
const SELF = one(500, { ppid: 400, session: 400 });

/** A process that leads a session of its own and started at ten times its pid. */
function one(pid: number, changes: Partial<Sighting> = {}): Sighting {
  return {
    pid,
    state: 'S',
    ppid: 1,
    session: pid,
    start: pid * 10,
    uid: 7,
    kind: 'program',
    mark: undefined,
    ...changes,
  };
}

function mark(process: string, changes: Partial<Mark> = {}): Mark {
  return { hash: 'h', process, generation: 1, daemon: FORMER, ...changes };
}

function record(name: string, changes: Partial<ProcessRecord> = {}): ProcessRecord {
  const stop = stopPolicyOf(makeSpec());
  return { program: name, num: 0, name, marked: null, intent: null, generation: 1, life: null, stop, ...changes };
}

function saved(...processes: readonly ProcessRecord[]): StateRecord {
  return { version: 1, boot: 'b', daemon: FORMER, ended: null, processes };
}

/** `pid process` of each survivor, with a star for leaders. */
function find(table: readonly Sighting[], context: Partial<SurveyContext> = {}) {
  const found = survey([INIT, SHELL, SELF, ...table], {
    saved: undefined,
    boot: 'b',
    uid: 7,
    users: new Set([7, 33]),
    self: 500,
    ...context,
  });
  const words = (list: typeof found.survivors): string[] =>
    list.map(({ pid, process, isLeader }) => `${pid} ${process}${isLeader ? '*' : ''}`);
  return { ...found, survivors: words(found.survivors), spared: words(found.spared) };
}

const LIFE = saved(record('web', { life: { pid: 100, start: 1000 } }));

describe('a recorded life', () => {
  test.each<{ name: string; table: Sighting[]; context?: Partial<SurveyContext>; survivors: string[] }>([
    { name: 'by pid and start', table: [one(100)], survivors: ['100 web*'] },
    { name: 'with a reused number is a stranger', table: [one(100, { start: 1001 })], survivors: [] },
    { name: 'that is a zombie has ended', table: [one(100, { state: 'Z' })], survivors: [] },
    { name: 'of another boot means nothing', table: [one(100)], context: { boot: 'c' }, survivors: [] },
    {
      name: 'without a known start means nothing',
      table: [one(100)],
      context: { saved: saved(record('web', { life: { pid: 100, start: null } })) },
      survivors: [],
    },
    {
      name: 'brings those of its session, whatever they carry',
      table: [one(100), one(101, { ppid: 100, session: 100 }), one(102, { ppid: 100 })],
      survivors: ['100 web*', '101 web'],
    },
    {
      name: 'that is a zombie brings its session too',
      table: [one(100, { state: 'Z' }), one(101, { session: 100 }), one(102, { session: 100, state: 'Z' })],
      survivors: ['101 web'],
    },
    {
      name: 'with a reused number does not bring the session of that number',
      table: [one(100, { start: 1001 }), one(101, { session: 100 })],
      survivors: [],
    },
  ])('$name', ({ table, context, survivors }) => {
    expect(find(table, { saved: LIFE, ...context }).survivors).toEqual(survivors);
  });
});

describe('a marked process', () => {
  const live = one(90, { ppid: 1, start: 900 });
  test.each<{ name: string; table: Sighting[]; context?: Partial<SurveyContext>; survivors: string[] }>([
    { name: 'of a dead daemon', table: [one(100, { mark: mark('web') })], survivors: ['100 web*'] },
    {
      name: 'whose daemon’s number was given out again',
      table: [one(90, { start: 901 }), one(100, { mark: mark('web') })],
      survivors: ['100 web*'],
    },
    {
      name: 'whose daemon is a zombie',
      table: [one(90, { start: 900, state: 'Z' }), one(100, { mark: mark('web') })],
      survivors: ['100 web*'],
    },
    { name: 'of a live daemon is not ours', table: [live, one(100, { mark: mark('web') })], survivors: [] },
    {
      name: 'of another user’s daemon is not ours',
      table: [one(100, { mark: mark('web', { daemon: { ...FORMER, uid: 8 } }) })],
      survivors: [],
    },
    {
      name: 'that names no daemon has none that lives',
      table: [one(100, { mark: mark('web', { daemon: undefined }) })],
      survivors: ['100 web*'],
    },
    { name: 'that is a zombie has ended', table: [one(100, { mark: mark('web'), state: 'Z' })], survivors: [] },
    {
      name: 'leads the rest: of several leaders of sessions the oldest',
      table: [
        one(102, { mark: mark('web') }),
        one(101, { mark: mark('web') }),
        one(103, { mark: mark('web'), session: 101 }),
        one(104, { session: 102 }),
      ],
      survivors: ['102 web', '101 web*', '103 web', '104 web'],
    },
    {
      name: 'whose leader is dead brings the session of that',
      table: [one(101, { mark: mark('web'), session: 100 }), one(102, { session: 100 })],
      survivors: ['101 web', '102 web'],
    },
    {
      name: 'in the session of a stranger does not bring that',
      table: [one(100), one(101, { mark: mark('web'), session: 100 }), one(102, { session: 100 })],
      survivors: ['101 web'],
    },
    {
      name: 'of a life that the record knows to be over was left by it',
      table: [one(101, { mark: mark('web') })],
      context: { saved: saved(record('web')) },
      survivors: ['101 web'],
    },
    {
      name: 'of a later life than the record knows is a leader',
      table: [one(101, { mark: mark('web', { generation: 2 }) })],
      context: { saved: saved(record('web')) },
      survivors: ['101 web*'],
    },
    {
      name: 'beside the recorded leader is none',
      table: [one(99, { mark: mark('web', { generation: 2 }) }), one(100)],
      context: { saved: LIFE },
      survivors: ['99 web', '100 web*'],
    },
    {
      name: 'of a daemon before the last was left by it',
      table: [one(101, { mark: mark('web', { generation: 9, daemon: { uid: 7, pid: 80, start: 800 } }) })],
      context: { saved: saved(record('web')) },
      survivors: ['101 web'],
    },
    {
      name: 'of a program that the record has never seen is a leader',
      table: [one(101, { mark: mark('api') })],
      context: { saved: saved(record('web')) },
      survivors: ['101 api*'],
    },
  ])('$name', ({ table, context, survivors }) => {
    expect(find(table, context).survivors).toEqual(survivors);
  });
});

test('this daemon, its ancestors and their sessions are spared', () => {
  const shell = one(400, { start: 10, mark: mark('shell'), ppid: 300 });
  const above = one(300, { mark: mark('tmux') });
  const table = [above, one(401, { session: 400 }), one(301, { mark: mark('tmux') }), one(302, { session: 300 })];
  const self = one(500, { ppid: 400, session: 400, mark: mark('shell') });
  const found = survey([INIT, shell, self, ...table], {
    saved: undefined,
    boot: 'b',
    uid: 7,
    users: new Set([7, 33]),
    self: 500,
  });
  expect(found.survivors.map(({ pid }) => pid)).toEqual([301]);
  expect(found.spared.map(({ pid }) => pid)).toEqual([400, 500, 300, 401, 302]);
  expect([...found.sessions.keys()]).toEqual([301]);
});

describe('a daemon that lives', () => {
  const daemon = one(90, { start: 900 });
  test('is known by the state', () => {
    expect(find([daemon], { saved: LIFE }).living).toBe(90);
    expect(find([one(90, { start: 901 })], { saved: LIFE }).living).toBeUndefined();
    expect(find([one(90, { start: 900, state: 'Z' })], { saved: LIFE }).living).toBeUndefined();
    expect(find([daemon], { saved: LIFE, boot: 'c' }).living).toBeUndefined();
  });

  test('is known by leaders that are its children, as nobody can choose a parent', () => {
    expect(find([daemon, one(100, { ppid: 90, mark: mark('web') })]).parents).toEqual([90]);
    expect(find([daemon, one(100, { mark: mark('web') })]).parents).toEqual([]);
    expect(find([daemon, one(100, { ppid: 90, session: 99, mark: mark('web') })]).parents).toEqual([]);
    const other = { daemon: { ...FORMER, uid: 8 } };
    expect(find([daemon, one(100, { ppid: 90, mark: mark('web', other) })]).parents).toEqual([]);
    const ours = { daemon: { uid: 7, pid: 500, start: 5000 } };
    expect(find([one(100, { ppid: 500, mark: mark('web', ours) })])).toMatchObject({ parents: [], survivors: [] });
  });
});

describe('a session that was ours at the reading before', () => {
  const sessions = new Map([[100, 'web']]);
  test.each<{ name: string; table: Sighting[]; survivors: string[] }>([
    { name: 'still is without its leader', table: [one(101, { session: 100 })], survivors: ['101 web'] },
    { name: 'is not once its number is another’s', table: [one(100), one(101, { session: 100 })], survivors: [] },
  ])('$name', ({ table, survivors }) => {
    expect(find(table, { sessions }).survivors).toEqual(survivors);
  });
});

test('an orphan that is about to become a program is told apart from the child of a daemon that lives', () => {
  const daemon = one(90, { start: 900, kind: 'daemon' });
  const table = [daemon, one(100, { kind: 'unborn' }), one(101, { kind: 'unborn', ppid: 90 })];
  expect(find(table)).toMatchObject({ unborn: [100], survivors: [] });
});

describe('marks, which anybody can write into an environment', () => {
  test('are not believed of a user that no program of the config runs as', () => {
    expect(find([one(100, { uid: 65534, mark: mark('web') })])).toMatchObject({ survivors: [], sessions: new Map() });
  });

  test('but in the session of a recorded life, whose number nobody can choose', () => {
    const worker = one(101, { session: 100, uid: 65534, mark: mark('web') });
    expect(find([worker], { saved: LIFE }).survivors).toEqual(['101 web']);
    expect(find([{ ...worker, session: 99 }], { saved: LIFE }).survivors).toEqual([]);
  });

  test("take nobody along who is not their own user's", () => {
    const master = one(101, { session: 100, uid: 7 });
    const forger = one(102, { session: 100, uid: 33, mark: mark('web') });
    expect(find([master, forger])).toMatchObject({ survivors: ['102 web'], sessions: new Map() });
    expect(find([{ ...master, uid: 33 }, forger]).survivors).toEqual(['101 web', '102 web']);
    const ours = { ...forger, uid: 7 };
    expect(find([{ ...master, uid: 33 }, ours]).survivors).toEqual(['101 web', '102 web']);
  });

  test('do not make a daemon of another user’s process', () => {
    const forged = mark('web', { daemon: { uid: 7, pid: 90, start: 900 } });
    expect(find([one(90, { uid: 33 }), one(100, { uid: 33, ppid: 90, mark: forged })]).parents).toEqual([]);
    expect(find([one(100, { kind: 'unborn', uid: 33 })]).unborn).toEqual([]);
  });
});

describe('when the former daemon ended in order', () => {
  const over = { ...saved(record('web')), daemon: null, ended: { pid: 90, start: 900 } };
  test('what bears its marks, or those of one before it, was left on purpose', () => {
    const earlier = mark('web', { daemon: { uid: 7, pid: 80, start: 800 } });
    expect(find([one(100, { mark: mark('web') }), one(101, { mark: earlier })], { saved: over }).survivors).toEqual([]);
  });

  test('what bears those of a later one, which could not write the record, is a survivor', () => {
    const later = mark('web', { daemon: { uid: 7, pid: 95, start: 950 } });
    expect(find([one(100, { mark: later })], { saved: over }).survivors).toEqual(['100 web*']);
  });

  test('one that lives nevertheless is found', () => {
    const later = mark('web', { daemon: { uid: 7, pid: 95, start: 950 } });
    const found = find([one(95, { start: 950 }), one(100, { ppid: 95, mark: later })], { saved: over });
    expect(found).toMatchObject({ parents: [95], survivors: [] });
  });
});

test('a process that a reload renamed is known by the name that it began under', () => {
  const state = saved(record('web:web_00', { marked: 'web', life: { pid: 100, start: 1000 } }));
  const table = [one(100, { mark: mark('web') }), one(101, { mark: mark('web') })];
  expect(find(table, { saved: state }).survivors).toEqual(['100 web:web_00*', '101 web:web_00']);
  const both = saved(...state.processes, record('web'));
  expect(find([one(101, { mark: mark('web') })], { saved: both }).survivors).toEqual(['101 web']);
});
