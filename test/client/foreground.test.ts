import { describe, expect, test } from 'vitest';
import { partingOf, partingQuestion } from '../../src/client/foreground/leaving.ts';
import { main } from '../../src/client/foreground/main.ts';
import { afterEvent, describeStopping, NOT_STOPPING } from '../../src/client/foreground/stopping.ts';
import type { Happening, HappeningBody } from '../../src/core/events.ts';
import { FakeHost } from './support.ts';

test.each([
  [['status', 'web:*'], "taskmaster: it takes no command; `taskmasterctl status 'web:*'` runs one"],
  [['--colour'], "taskmaster: Unknown option '--colour'"],
])('taskmaster %j starts nothing', async (argv, says) => {
  const host = new FakeHost();
  const start = () => Promise.reject(new Error('started'));
  expect(await main(argv, host, start)).toBe(2);
  expect(host.err.text.split('\n')[0]).toBe(says);
});

describe('leaving taskmaster', () => {
  test.each([
    ['s', 'stop'],
    [' STOP ', 'stop'],
    ['yes', 'stop'],
    ['r', 'keep'],
    ['leave', 'keep'],
    ['', 'stay'],
    ['what?', 'stay'],
    [undefined, 'stay'],
  ] as const)('%j means %s', (answer, parting) => {
    expect(partingOf(answer)).toBe(parting);
  });

  test('the question says how much is at stake', () => {
    const asked = [0, 1, 7, undefined].map(running => partingQuestion(running).split(/: (?=s =)/)[0]);
    expect(asked.slice(0, 3)).toEqual(['nothing runs but the daemon', '1 process runs', '7 processes run']);
    expect(partingQuestion(undefined)).toMatch(/^s = /);
  });
});

describe('the progress of an orderly stop', () => {
  const by = { kind: 'signal', name: 'SIGTERM' } as const;
  const happening = (body: object): Happening => body as HappeningBody as Happening; // only what the progress looks at
  const stopping = (...waitingFor: string[]) => happening({ type: 'daemon.stopping', reason: 'x', waitingFor, by });
  const state = (process: string, to: string) => happening({ type: 'process.state', process, to });

  function told(...events: readonly Happening[]): readonly string[] {
    let now = NOT_STOPPING;
    return events.map(event => {
      now = afterEvent(now, event);
      return describeStopping(now);
    });
  }

  test('counts down as processes end, whatever else happens', () => {
    const lines = told(
      state('a', 'STOPPED'),
      stopping('a', 'b', 'c'),
      state('a', 'STOPPING'),
      state('other', 'EXITED'),
      state('a', 'STOPPED'),
      state('b', 'EXITED'),
      stopping('c'),
      state('c', 'STOPPED'),
    );
    expect(lines).toEqual([
      'stopping',
      'stopping: 0 of 3 processes stopped, waiting for a, b, c',
      'stopping: 0 of 3 processes stopped, waiting for a, b, c',
      'stopping: 0 of 3 processes stopped, waiting for a, b, c',
      'stopping: 1 of 3 processes stopped, waiting for b, c',
      'stopping: 2 of 3 processes stopped, waiting for c',
      'stopping: 2 of 3 processes stopped, waiting for c',
      'stopped 3 processes; the daemon ends',
    ]);
  });

  test('names a few of many', () => {
    const [line] = told(stopping(...'abcdefghij'));
    expect(line).toBe('stopping: 0 of 10 processes stopped, waiting for a, b, c, d, e, f and 4 more');
  });
});
