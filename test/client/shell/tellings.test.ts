import { describe, expect, test } from 'vitest';
import { ALL, NOTHING_TOLD, report, type Tellings, tell, watch } from '../../../src/client/shell/tellings.ts';
import type { Happening } from '../../../src/core/events.ts';
import type { PublicState } from '../../../src/core/status.ts';

function state(process: string, from: PublicState, to: PublicState, at = 0): Happening {
  const rest = { program: process, pid: null, reason: null, cause: 'policy', by: null, id: 1 } as const;
  return { type: 'process.state', process, from, to, at, ...rest };
}

function exit(process: string, expected: boolean, at = 0): Happening {
  const life = { program: process, pid: 7, exit: { code: 3, signal: null }, ranFor: 10, id: 1 };
  return { type: 'process.exit', process, expected, at, ...life } as unknown as Happening; // what is looked at
}

/** What is told of these, one after the other. */
function told(tellings: Tellings, ...happenings: readonly Happening[]): string[] {
  let now = tellings;
  return happenings.map(happening => {
    const { tellings: next, isTold, note } = tell(now, happening);
    now = next;
    return `${isTold ? 'told' : ''}${note}`;
  });
}

describe('what is told above the prompt', () => {
  test('ends that were not expected, and who is given up; nothing else of what happens by itself', () => {
    expect(
      told(
        NOTHING_TOLD,
        exit('web', false),
        exit('web', true),
        state('web', 'EXITED', 'STARTING'),
        state('web', 'BACKOFF', 'FATAL'),
      ),
    ).toEqual(['told', '', '', 'told']);
  });

  test('what was commanded and not waited for, until it is where it was to go', () => {
    const watched = watch(NOTHING_TOLD, { verb: 'restart', names: ['web'], now: 0 });
    const way: PublicState[] = ['STOPPING', 'STOPPED', 'STARTING', 'RUNNING', 'STOPPING'];
    const states = way.map((to, i) => state('web', way[i - 1] ?? 'RUNNING', to));
    expect(told(watched, state('db', 'STOPPED', 'STARTING'), ...states)).toEqual([
      '',
      'told',
      'told',
      'told',
      'told',
      '',
    ]);
    const stopped = watch(NOTHING_TOLD, { verb: 'stop', names: ['web'], now: 0 });
    expect(told(stopped, ...states.slice(0, 3))).toEqual(['told', 'told', '']);
  });

  test('after a reload, whatever it started or stopped, for half a minute', () => {
    const watched = watch(NOTHING_TOLD, { verb: 'reload', names: [ALL], now: 0 });
    const states = [
      state('a', 'STARTING', 'RUNNING'),
      state('b', 'STARTING', 'RUNNING', 30_000),
      state('c', 'STARTING', 'RUNNING', 30_001),
    ];
    expect(told(watched, ...states)).toEqual(['told', 'told', '']);
  });

  test('nothing that a command reports by itself, until it is over', () => {
    const running = report(NOTHING_TOLD, ['web']);
    const events = [exit('web', false, 5), state('web', 'BACKOFF', 'FATAL', 5), exit('db', false, 5)];
    expect(told(running, ...events)).toEqual(['', '', 'told']);
    expect(told(report(running, ['web'], 4), ...events)).toEqual(['told', 'told', 'told']);
    expect(told(report(NOTHING_TOLD, [ALL], 5), ...events)).toEqual(['', '', '']);
  });

  test('of one that keeps ending no more than three times, until a minute is over', () => {
    const times = [0, 10, 20, 30, 40, 100_000];
    expect(told(NOTHING_TOLD, ...times.map(at => exit('web', false, at)))).toEqual([
      'told',
      'told',
      'told; more of these are not told',
      '',
      '',
      'told',
    ]);
  });
});
