/** The marks by which processes are known again. */
import { expect, test } from 'vitest';
import { formatDaemonMark, parseMark } from '../../src/core/mark.ts';

test.each([
  { environment: [], mark: undefined },
  { environment: ['TASKMASTER_ID=', 'TASKMASTER_DAEMON=0:7:9'], mark: undefined },
  { environment: ['TASKMASTER_ID=abc:web'], mark: undefined },
  { environment: ['TASKMASTER_ID=abc:web:x'], mark: undefined },
  { environment: ['XTASKMASTER_ID=abc:web:1'], mark: undefined },
  {
    environment: ['A=b', 'TASKMASTER_ID=abc:web:3', ''],
    mark: { hash: 'abc', process: 'web', generation: 3, daemon: undefined },
  },
  {
    environment: ['TASKMASTER_DAEMON=1000:7:99', 'TASKMASTER_ID=abc:back:web_00:12'],
    mark: { hash: 'abc', process: 'back:web_00', generation: 12, daemon: { uid: 1000, pid: 7, start: 99 } },
  },
  {
    environment: ['TASKMASTER_ID=abc:web:1', 'TASKMASTER_DAEMON=0:7:-'],
    mark: { hash: 'abc', process: 'web', generation: 1, daemon: { uid: 0, pid: 7, start: null } },
  },
  {
    environment: ['TASKMASTER_ID=abc:web:1', 'TASKMASTER_DAEMON=0:-7:1'],
    mark: { hash: 'abc', process: 'web', generation: 1, daemon: undefined },
  },
])('$environment', ({ environment, mark }) => {
  expect(parseMark(environment)).toEqual(mark);
});

test('a daemon is read as it was written', () => {
  for (const daemon of [
    { uid: 0, pid: 1, start: null },
    { uid: 1000, pid: 4_194_303, start: 123_456_789 },
  ]) {
    const environment = ['TASKMASTER_ID=h:p:1', `TASKMASTER_DAEMON=${formatDaemonMark(daemon)}`];
    expect(parseMark(environment)?.daemon).toEqual(daemon);
  }
});
