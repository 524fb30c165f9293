/** The interpreter: with a fake terminal and a fake clock, so that hours pass in a moment. */
import { expect, test } from 'vitest';
import type { HappeningBody } from '../../src/core/events.ts';
import type { ProcessSpec } from '../../src/core/program.ts';
import { statusOf } from '../../src/core/status.ts';
import { LogFiles } from '../../src/daemon/logfiles.ts';
import { PacedQueue } from '../../src/daemon/paced.ts';
import { Process } from '../../src/daemon/process.ts';
import { SessionScanner } from '../../src/daemon/sessions.ts';
import { traceFrom } from '../../src/runtime/trace.ts';
import { FakeClock } from '../support/fake-clock.ts';
import { FakePtyHost } from '../support/fake-pty.ts';
import { ALICE } from '../support/people.ts';
import { makeSpec } from '../support/spec.ts';

function setUp(changes: Partial<ProcessSpec> = {}) {
  const clock = new FakeClock();
  const host = new FakePtyHost();
  const happenings: HappeningBody[] = [];
  const process = new Process(makeSpec(changes), {
    host,
    clock,
    forks: new PacedQueue(clock),
    pictures: new PacedQueue(clock),
    scanner: new SessionScanner(clock),
    logfiles: new LogFiles(clock, () => {}),
    trace: traceFrom(undefined),
    environment: { PATH: '/bin:/usr/bin' },
    configHash: 'test',
    obstacleTo: () => undefined,
    remember: () => {},
    daemonId: '0:1:1',
    publish: happening => happenings.push(happening),
    warn: () => {},
    fault: error => {
      throw error;
    },
  });
  return { clock, host, happenings, process };
}

test('one timer, at the deadline, and none once it runs or rests', () => {
  const { clock, process, host } = setUp({ starttime: 1000 });
  process.dispatch({ type: 'start', by: ALICE });
  clock.advance(0);
  expect([statusOf(process.current), clock.pending]).toEqual(['STARTING', 1]);
  clock.advance(1000);
  expect([statusOf(process.current), clock.pending]).toEqual(['RUNNING', 0]);
  process.dispatch({ type: 'stop', by: ALICE });
  expect([statusOf(process.current), clock.pending]).toEqual(['STOPPING', 1]);
  host.last.end({ signal: 'SIGTERM' });
  expect([statusOf(process.current), clock.pending]).toEqual(['STOPPED', 0]);
});

test('a crash loop takes an hour of a few thousand forks, not of a million', () => {
  const { clock, process, host } = setUp({ starttime: 0, autorestart: 'always' });
  process.dispatch({ type: 'start', by: ALICE });
  for (let ms = 0; ms < 3_600_000; ms += 100) {
    clock.advance(100);
    if (statusOf(process.current) === 'RUNNING') host.last.end({ code: 1 });
  }
  expect(host.ptys.length).toBeGreaterThan(3600);
  expect(host.ptys.length).toBeLessThanOrEqual(3600 + 12);
});

test('a fork that was taken back does not happen', () => {
  const { clock, process, host } = setUp();
  process.dispatch({ type: 'start', by: ALICE });
  process.dispatch({ type: 'stop', by: ALICE });
  clock.advance(10_000);
  expect([host.ptys.length, statusOf(process.current), clock.pending]).toEqual([0, 'STOPPED', 0]);
});

test('what it prints after its end, while somebody else holds the terminal, is kept', () => {
  const { clock, process, host } = setUp({ starttime: 0, leftovers: 'ignore', autorestart: 'always' });
  process.dispatch({ type: 'start', by: ALICE });
  clock.advance(0);
  const first = host.last;
  first.print('one ');
  first.end({ code: 1 }, false);
  clock.advance(0);
  host.last.print('two ');
  first.print('late');
  expect(Buffer.from(process.console.scrollback.read(0, 100).bytes).toString()).toBe('one two late');
  process[Symbol.dispose]();
  expect(host.ptys.map(({ isDisposed }) => isDisposed)).toEqual([true, true]);
});

test('happenings come in order, after the life has changed', () => {
  const { clock, process, host, happenings } = setUp({ starttime: 0, autorestart: 'never' });
  const seen: string[] = [];
  process.onHappening(happening => seen.push(`${happening.type} ${statusOf(process.current)}`));
  process.dispatch({ type: 'start', by: ALICE });
  clock.advance(0);
  host.last.end({ code: 0 });
  expect(seen).toEqual([
    'process.state STARTING',
    'process.spawned RUNNING',
    'process.state RUNNING',
    'process.exit EXITED',
    'process.state EXITED',
  ]);
  expect(happenings).toHaveLength(5);
});
