import { describe, expect, test } from 'vitest';
import type { Asker } from '../../src/core/asker.ts';
import { deadlineOf } from '../../src/core/life.ts';
import { LOOK_AGAIN, LOOK_AGAIN_MAX } from '../../src/core/lifecycle.ts';
import type { ProcessSpec } from '../../src/core/program.ts';
import { BACKOFF_STEP } from '../../src/core/restart.ts';
import { reasonOf } from '../../src/core/status.ts';
import { KILL_AGAIN, KILL_PATIENCE } from '../../src/core/stopping.ts';
import { TOKEN_REFILL, TOKENS_MAX } from '../../src/core/tokens.ts';
import { ALICE, BOB } from '../support/people.ts';
import { Play } from '../support/play.ts';

/** supervisord's transition table (`process.py`), row by row, with the differences of design section 5. */
describe('starting', () => {
  test('STOPPED -> STARTING on a request, with one fork', () => {
    const play = new Play().start();
    expect([play.state, play.passed, play.did]).toEqual(['STARTING', ['STARTING'], ['spawn']]);
  });

  test('STARTING -> RUNNING at the deadline, not before, and not a turn later', () => {
    const play = new Play({ starttime: 1000 }).start().fork();
    expect(deadlineOf(play.life)).toBe(play.now + 1000);
    expect(play.pass(999).state).toBe('STARTING');
    expect(play.pass(1).state).toBe('RUNNING');
    expect(deadlineOf(play.life)).toBeUndefined();
  });

  test('with starttime 0 a fork is RUNNING at once, and its end is no failed start', () => {
    const play = new Play({ starttime: 0 }).start().fork();
    expect(play.state).toBe('RUNNING');
    expect(play.end(0).passed).toEqual(['EXITED']);
  });

  test.each([
    0, 1,
  ])('STARTING -> BACKOFF on an early end, whatever its code (%i) and whatever autorestart says', code => {
    const play = new Play({ autorestart: 'never' }).start().fork().pass(500).end(code);
    expect(play.state).toBe('BACKOFF');
    expect(reasonOf(play.life)).toBe(`exited with ${code} after 0.5 s, before starttime (1 s) had passed`);
  });

  test('STARTING -> BACKOFF when it cannot be run, with the reason in words', () => {
    const play = new Play().start();
    play.send({ type: 'spawnFailed', generation: 1, reason: 'cannot run /nope: no such file' });
    expect([play.state, reasonOf(play.life)]).toEqual(['BACKOFF', 'cannot run /nope: no such file']);
  });

  test('an end that is seen after the deadline, though the timer was late, is a RUNNING one', () => {
    const play = new Play({ starttime: 1000, exitcodes: [0] }).start().fork();
    play.now += 1000;
    expect(play.end(0).passed).toEqual(['RUNNING', 'EXITED']);
  });

  test('start is nothing to a process that is STARTING, RUNNING or in BACKOFF', () => {
    for (const play of [
      new Play().start(),
      new Play().start().fork(),
      new Play().run(),
      new Play().start().fork().end(1),
    ]) {
      const { life } = play;
      expect(play.start().effects).toEqual([]);
      expect(play.life).toEqual(life);
    }
  });
});

describe('backoff', () => {
  test('1, 2, 3 s, then FATAL: with startretries 3 there are four forks', () => {
    const play = new Play({ startretries: 3 }).start();
    for (const delay of [1, 2, 3]) {
      play.fork().end(1);
      expect(play.state).toBe('BACKOFF');
      expect(deadlineOf(play.life)).toBe(play.now + delay * BACKOFF_STEP);
      expect(play.pass(delay * BACKOFF_STEP - 1).did).toEqual([]);
      expect(play.pass(1).did).toEqual(['spawn']);
    }
    expect(play.fork().end(1).state).toBe('FATAL');
    expect(reasonOf(play.life)).toMatch(/^exited with 1/);
    expect(play.pass(3_600_000).did).toEqual([]);
  });

  test('startretries 0 gives up at the first failure', () => {
    expect(new Play({ startretries: 0 }).start().fork().end(1).state).toBe('FATAL');
  });

  test('RUNNING resets the count', () => {
    const play = new Play({ startretries: 1 }).start().fork().end(1).pass(BACKOFF_STEP).fork().pass(1000);
    expect([play.state, play.life.failures]).toEqual(['RUNNING', 0]);
    expect(play.end(1).fork().end(1).state).toBe('BACKOFF');
  });

  test('FATAL -> STARTING by a request alone, with the count begun anew', () => {
    const play = new Play({ startretries: 0 }).start().fork().end(1);
    expect(play.start().state).toBe('STARTING');
    expect(play.life.failures).toBe(0);
  });

  test('BACKOFF -> STOPPED on a stop, at once and without a signal', () => {
    const play = new Play().start().fork().end(1).stop();
    expect([play.state, play.did, deadlineOf(play.life)]).toEqual(['STOPPED', [], undefined]);
  });
});

describe('ending by itself', () => {
  const cases = [
    ['always', 0, 'STARTING'],
    ['always', 1, 'STARTING'],
    ['always', 'SIGKILL', 'STARTING'],
    ['unexpected', 0, 'EXITED'],
    ['unexpected', 2, 'EXITED'],
    ['unexpected', 1, 'STARTING'],
    ['unexpected', 'SIGKILL', 'STARTING'],
    ['never', 0, 'EXITED'],
    ['never', 1, 'EXITED'],
    ['never', 'SIGKILL', 'EXITED'],
  ] as const;

  test.each(cases)('autorestart %s, end %s -> %s', (autorestart, how, state) => {
    const play = new Play({ autorestart, exitcodes: [0, 2] }).run().end(how);
    expect(play.state).toBe(state);
    expect(play.passed).toEqual(state === 'EXITED' ? ['EXITED'] : ['EXITED', 'STARTING']);
    // A job that ended by policy is not wanted any more: a restart of the daemon must not run it again.
    expect(play.life.want).toBe(state === 'EXITED' ? 'down' : 'up');
  });

  test('every end is told once, with what it was and whether it was expected', () => {
    const play = new Play({ exitcodes: [0] }).run().pass(5000).end(3);
    const ends = play.happenings.filter(({ type }) => type === 'process.exit');
    expect(ends).toEqual([
      {
        type: 'process.exit',
        process: 'web',
        program: 'web',
        pid: 100,
        exit: { code: 3, signal: null },
        expected: false,
        ranFor: 6000,
        stoppedBy: null,
        by: null,
      },
    ]);
  });

  test('a crash loop has a token for each restart: ten at once, then one a second, and never FATAL', () => {
    const play = new Play({ starttime: 0, autorestart: 'always', startretries: 0 }).start().fork();
    for (let i = 0; i < TOKENS_MAX; i++) {
      expect(play.end(1).did).toEqual(['spawn']);
      play.fork();
    }
    expect(play.end(1).did).toEqual([]);
    expect(play.state).toBe('BACKOFF');
    expect(reasonOf(play.life)).toMatch(/^restarting too often: one restart a second/);
    for (let i = 0; i < 100; i++) {
      expect(deadlineOf(play.life)).toBe(play.now + TOKEN_REFILL);
      expect(play.pass(TOKEN_REFILL).did).toEqual(['spawn']);
      expect(play.fork().end(1).state).toBe('BACKOFF');
    }
    expect(play.life.restarts).toBe(TOKENS_MAX + 100);
  });

  test('tokens come back while it runs', () => {
    const play = new Play({ starttime: 0, autorestart: 'always' }).start().fork();
    for (let i = 0; i < TOKENS_MAX; i++) play.end(1).fork();
    play.pass(TOKENS_MAX * TOKEN_REFILL);
    for (let i = 0; i < TOKENS_MAX; i++) {
      expect(play.end(1).did).toEqual(['spawn']);
      play.fork();
    }
    expect(play.end(1).state).toBe('BACKOFF');
  });
});

describe('stopping', () => {
  test('RUNNING -> STOPPING with the stop signal, then SIGKILL after stoptime, again and again', () => {
    const play = new Play({ stopsignal: 'SIGINT', stoptime: 5000 }).run().stop();
    expect([play.state, play.did]).toEqual(['STOPPING', ['SIGINT 100']]);
    expect(play.pass(4999).did).toEqual([]);
    expect(play.pass(1).did).toEqual(['SIGKILL 100']);
    expect(play.pass(4000).did).toEqual(Array(4).fill('SIGKILL 100'));
    expect(play.end('SIGKILL').passed).toEqual(['STOPPED']);
  });

  test('stoptime 0 kills at once, and again without a hot loop', () => {
    const play = new Play({ stoptime: 0 }).run().stop();
    expect(play.pass(0).did).toEqual(['SIGKILL 100']);
    expect(play.pass(KILL_AGAIN).did).toEqual(['SIGKILL 100']);
  });

  test('the group is signalled where asked: stop and kill each by its own key', () => {
    const stop = new Play({ stopasgroup: true, killasgroup: true, stoptime: 1000 }).run().stop();
    expect([...stop.did, ...stop.pass(1000).did]).toEqual(['SIGTERM group 100', 'SIGKILL group 100']);
    const kill = new Play({ killasgroup: true, stoptime: 1000 }).run().stop();
    expect([...kill.did, ...kill.pass(1000).did]).toEqual(['SIGTERM 100', 'SIGKILL group 100']);
  });

  test('STARTING -> STOPPING, and its end is no failed start', () => {
    const play = new Play().start().fork().stop();
    expect(play.state).toBe('STOPPING');
    expect([play.end('SIGTERM').state, play.life.failures]).toEqual(['STOPPED', 0]);
  });

  test('a fork that has not happened is taken back', () => {
    const play = new Play().start().stop();
    expect([play.state, play.did]).toEqual(['STOPPED', ['cancel']]);
    expect(play.fork().effects).toEqual([]);
  });

  test('an end that was asked for is expected, whatever its code', () => {
    const play = new Play().run().stop().end(1);
    expect(play.happenings).toContainEqual(expect.objectContaining({ type: 'process.exit', expected: true }));
  });

  test('start while STOPPING: it starts again once stopped', () => {
    const play = new Play().run().stop().start();
    expect([play.state, play.did]).toEqual(['STOPPING', []]);
    expect(play.end('SIGTERM').passed).toEqual(['STOPPED', 'STARTING']);
  });

  test('start and stop while STOPPING: the last word counts', () => {
    expect(new Play().run().stop().start().stop().end('SIGTERM').passed).toEqual(['STOPPED']);
  });

  test.each([['EXITED'], ['FATAL'], ['STOPPED']] as const)('stop of one that is %s changes no state', state => {
    const play = new Play({ startretries: 0, autorestart: 'never' });
    if (state === 'EXITED') play.run().end(0);
    if (state === 'FATAL') play.start().fork().end(1);
    expect(play.stop().passed).toEqual([]);
    expect([play.state, play.life.want]).toEqual([state, 'down']);
  });

  test('kill does not wait for stoptime', () => {
    const play = new Play().run().send({ type: 'kill', by: ALICE });
    expect(play.did).toEqual(['SIGTERM 100', 'SIGKILL 100']);
  });
});

describe('standing down, while others are stopped first', () => {
  test('one that runs lives on, and does not begin another life', () => {
    const play = new Play({ autorestart: 'always' }).run().send({ type: 'standDown', by: ALICE });
    expect([play.state, play.did]).toEqual(['RUNNING', []]);
    expect(play.end('SIGKILL').passed).toEqual(['STOPPED']);
  });

  test('one that waits to be started is at rest at once', () => {
    expect(new Play().start().fork().end(1).send({ type: 'standDown', by: ALICE }).state).toBe('STOPPED');
    expect(new Play().start().send({ type: 'standDown', by: ALICE }).did).toEqual(['cancel']);
  });

  test('a start overrules it', () => {
    const play = new Play({ autorestart: 'always' }).run().send({ type: 'standDown', by: ALICE }).start();
    expect(play.end(1).did).toEqual(['spawn']);
  });
});

describe('restart', () => {
  test('is STOPPING while wanted up, without a token', () => {
    const play = new Play({ autorestart: 'never' }).run().send({ type: 'restart', by: ALICE });
    expect([play.state, play.life.want, play.did]).toEqual(['STOPPING', 'up', ['SIGTERM 100']]);
    expect(play.end('SIGTERM').passed).toEqual(['STOPPED', 'STARTING']);
    expect(play.life.restarts).toBe(0);
  });

  test('of one in BACKOFF does not wait, and begins the count anew', () => {
    const play = new Play().start().fork().end(1).send({ type: 'restart', by: ALICE });
    expect([play.state, play.did, play.life.failures]).toEqual(['STARTING', ['spawn'], 0]);
  });

  test('of one at rest is a start', () => {
    expect(new Play().send({ type: 'restart', by: ALICE }).did).toEqual(['spawn']);
  });
});

describe('leftovers', () => {
  test('are looked for only when the leader may have left some', () => {
    expect(new Play({ autorestart: 'always' }).run().end(0, true).did).toEqual(['spawn']);
    expect(new Play({ autorestart: 'always' }).run().end(0, false).did).toEqual(['scan 100']);
    expect(new Play({ autorestart: 'always', leftovers: 'ignore' }).run().end(0, false).did).toEqual(['spawn']);
  });

  test('nobody there: on as if nothing had been', () => {
    expect(new Play().run().end(0, false).scanned().state).toBe('EXITED');
  });

  test('kill: SIGTERM, looks again, SIGKILL after stoptime; the restart waits', () => {
    const play = new Play({ autorestart: 'always', stoptime: 1000 }).run().end('SIGKILL', false);
    expect(play.state).toBe('BACKOFF');
    expect(play.scanned(7, 8).did).toEqual(['SIGTERM to 7,8']);
    expect(reasonOf(play.life)).toBe('was ended by SIGKILL; waiting for leftovers of its session to end: pid 7, 8');
    expect(play.pass(LOOK_AGAIN).did).toEqual(['scan 100']);
    expect(play.scanned(8).did).toEqual([]);
    while (play.now < 1_000_000 + 2000) if (play.pass(LOOK_AGAIN).did.length > 0) play.scanned(8);
    expect(play.pass(LOOK_AGAIN_MAX).did).toEqual(['scan 100']);
    expect(play.scanned(8).did).toEqual(['SIGKILL to 8']);
    play.pass(LOOK_AGAIN_MAX);
    expect(play.scanned().passed).toEqual(['EXITED', 'STARTING']);
  });

  test('one that was forked meanwhile gets its SIGTERM too', () => {
    const play = new Play().run().end(1, false).scanned(7);
    play.pass(LOOK_AGAIN);
    expect(play.scanned(7, 9).did).toEqual(['SIGTERM to 9']);
  });

  test('after a stop the state is STOPPING until they are gone', () => {
    const play = new Play().run().stop().end('SIGTERM', false).scanned(7);
    expect(play.state).toBe('STOPPING');
    play.pass(LOOK_AGAIN);
    expect(play.scanned().passed).toEqual(['STOPPED']);
  });

  test('report: told, left alone, and not waited for', () => {
    const play = new Play({ autorestart: 'always', leftovers: 'report' }).run().end(1, false).scanned(7);
    expect(play.passed).toEqual(['EXITED', 'STARTING']);
    expect(play.happenings).toContainEqual(
      expect.objectContaining({ type: 'process.leftovers', pids: [7], action: 'reported' }),
    );
  });

  test('stop while they are being ended: at rest after them', () => {
    const play = new Play({ autorestart: 'always' }).run().end(1, false).scanned(7).stop();
    expect([play.state, play.life.want]).toEqual(['STOPPING', 'down']);
    play.pass(LOOK_AGAIN);
    expect(play.scanned().passed).toEqual(['STOPPED']);
  });

  test('stop, then start while they are being ended: a new life, whatever policy says', () => {
    const play = new Play({ autorestart: 'never' }).run().end(0, false).scanned(7).stop().start();
    play.pass(LOOK_AGAIN);
    expect(play.scanned().passed).toEqual(['STOPPED', 'STARTING']);
  });

  test('kill does not wait for stoptime here either', () => {
    const play = new Play({ stoptime: 60_000 }).run().end(1, false).scanned(7).send({ type: 'kill', by: ALICE });
    expect(play.did).toEqual(['scan 100']);
    expect(play.scanned(7).did).toEqual(['SIGKILL to 7']);
  });

  test('an early end with leftovers counts as one failed start', () => {
    const play = new Play().start().fork().end(1, false);
    expect(play.happenings.at(-1)).toMatchObject({
      to: 'BACKOFF',
      reason: expect.stringMatching(/^exited with 1 after/),
    });
    play.scanned(7);
    expect(play.life.failures).toBe(0);
    play.pass(LOOK_AGAIN);
    expect(play.scanned().state).toBe('BACKOFF');
    expect(play.life.failures).toBe(1);
  });
});

describe('unknown', () => {
  const unknown = (): Play =>
    new Play({ autorestart: 'always' }).run().send({ type: 'signalFailed', generation: 1, reason: 'kill EPERM' });

  test('RUNNING -> UNKNOWN when it cannot be signalled; a start is refused', () => {
    const play = unknown();
    expect([play.state, reasonOf(play.life)]).toEqual(['UNKNOWN', 'kill EPERM']);
    expect(play.start().did).toEqual([]);
  });

  test('its end is seen all the same', () => {
    expect(unknown().end(0).state).toBe('STARTING');
    expect(unknown().stop().end(0).state).toBe('STOPPED');
  });
});

describe('stopping by typing', () => {
  const typed = (changes: Partial<ProcessSpec> = {}): Play =>
    new Play({ stopinput: 'stop\n', stoptime: 4000, ...changes }).run().stop();
  const stoppedBy = (play: Play): unknown[] =>
    play.happenings.flatMap(happening => (happening.type === 'process.exit' ? [happening.stoppedBy] : []));

  test('the text, then the signal after half of stoptime, then SIGKILL after the other half', () => {
    const play = typed();
    expect([play.state, play.did]).toEqual(['STOPPING', ['type "stop\\n"']]);
    expect(play.pass(1999).did).toEqual([]);
    expect(play.pass(1).did).toEqual(['SIGTERM 100']);
    expect(play.pass(1999).did).toEqual([]);
    expect(play.pass(1).did).toEqual(['SIGKILL 100']);
  });

  test('which of the three did it is told', () => {
    expect(stoppedBy(typed().end(0))).toEqual(['input']);
    expect(stoppedBy(typed().pass(2000).end('SIGTERM'))).toEqual(['signal']);
    expect(stoppedBy(typed().pass(4000).end('SIGKILL'))).toEqual(['kill']);
    expect(stoppedBy(new Play().run().stop().end(0))).toEqual(['signal']);
    expect(stoppedBy(new Play().run().end(0))).toEqual([null]);
  });

  test('one that does not read gets the signal at once, and stoptime from then on is what it was', () => {
    const play = typed().send({ type: 'inputRefused', generation: 1 });
    expect(play.did).toEqual(['SIGTERM 100']);
    expect(play.pass(3999).did).toEqual([]);
    expect(play.pass(1).did).toEqual(['SIGKILL 100']);
  });

  test('a refusal that comes late, or to a later life, changes nothing', () => {
    expect(typed().pass(2000).send({ type: 'inputRefused', generation: 1 }).did).toEqual([]);
    expect(typed().send({ type: 'inputRefused', generation: 0 }).did).toEqual([]);
    expect(new Play().run().send({ type: 'inputRefused', generation: 1 }).did).toEqual([]);
  });

  test('stoptime 0 types and kills', () => {
    expect(typed({ stoptime: 0 }).pass(0).did).toEqual(['SIGTERM 100', 'SIGKILL 100']);
  });

  test('a restart types as well, and a kill does not wait for it', () => {
    const play = new Play({ stopinput: 'q', stoptime: 4000 }).run();
    expect(play.send({ type: 'restart', by: ALICE }).did).toEqual(['type "q"']);
    expect(play.send({ type: 'kill', by: ALICE }).did).toEqual(['SIGKILL 100']);
  });
});

describe('one that SIGKILL does not end', () => {
  const killed = (stoptime = 1000): Play => new Play({ stoptime, autorestart: 'always' }).run().stop().pass(stoptime);

  test('is looked at after 5 s, and is UNKNOWN from then on, with the reason', () => {
    const play = killed();
    const kills = Array(KILL_PATIENCE / KILL_AGAIN - 1).fill('SIGKILL 100');
    expect(play.pass(KILL_PATIENCE - 1).did).toEqual(kills);
    expect(play.pass(1).did).toEqual(['inspect 100']);
    play.send({ type: 'inspected', generation: 1, condition: 'D' });
    expect([play.state, deadlineOf(play.life)]).toEqual(['UNKNOWN', undefined]);
    expect(reasonOf(play.life)).toBe(
      'pid 100 does not end on SIGKILL: it is in uninterruptible sleep (state D), as when a disk or a network file system does not answer',
    );
  });

  test.each([
    ['Z', /it is a zombie \(state Z\) that a debugger, or a thread of its own, still holds$/],
    ['t', /a debugger holds it/],
    ['R', /it is in state R$/],
    [undefined, /nothing is known of it$/],
  ])('in state %s', (condition, words) => {
    const play = killed().pass(KILL_PATIENCE).send({ type: 'inspected', generation: 1, condition });
    expect(reasonOf(play.life)).toMatch(words);
  });

  test('its end is seen after all: at rest when it was to stop, and a new life when it was to restart', () => {
    const inspected = { type: 'inspected', generation: 1, condition: 'D' } as const;
    const stopped = killed().pass(KILL_PATIENCE).send(inspected).pass(3_600_000).end('SIGKILL');
    expect([stopped.state, stopped.life.want]).toEqual(['STOPPED', 'down']);
    const again = new Play({ stoptime: 0 })
      .run()
      .send({ type: 'restart', by: ALICE })
      .pass(KILL_PATIENCE)
      .send(inspected);
    expect(again.state).toBe('UNKNOWN');
    expect(again.end('SIGKILL').did).toEqual(['spawn']);
  });

  test('a stop that is asked for again tries again', () => {
    const play = killed().pass(KILL_PATIENCE).send({ type: 'inspected', generation: 1, condition: 'D' });
    expect([play.stop().did, play.state]).toEqual([['SIGTERM 100'], 'STOPPING']);
  });

  test('leftovers that SIGKILL does not end are given up after 5 s', () => {
    const play = new Play({ stoptime: 1000 }).run().stop().end('SIGTERM', false).scanned(7);
    const from = play.now;
    while (play.state === 'STOPPING') {
      play.pass(LOOK_AGAIN_MAX);
      if (play.did.includes('scan 100')) play.scanned(7);
    }
    expect([play.state, play.life.want]).toEqual(['STOPPED', 'down']);
    expect(play.now - from).toBeGreaterThanOrEqual(1000 + KILL_PATIENCE);
    expect(play.now - from).toBeLessThanOrEqual(1000 + KILL_PATIENCE + 2 * LOOK_AGAIN_MAX);
    expect(play.happenings).toContainEqual(expect.objectContaining({ action: 'stuck', pids: [7] }));
  });
});

describe('another spec', () => {
  test('starttime: counted from the fork, in time or at once', () => {
    const play = new Play({ starttime: 1000 }).start().fork().pass(500);
    expect(play.reconfigure({ starttime: 3000 }).pass(2499).state).toBe('STARTING');
    expect(play.pass(1).state).toBe('RUNNING');
    const hasty = new Play({ starttime: 1000 }).start().fork().pass(500);
    expect(hasty.reconfigure({ starttime: 400 }).passed).toEqual(['RUNNING']);
    expect(play.reconfigure({ starttime: 60_000 }).state).toBe('RUNNING');
  });

  test('stoptime, while it is stopping: counted from the stop', () => {
    const play = new Play({ stoptime: 10_000 }).run().stop().pass(500);
    expect(play.reconfigure({ stoptime: 2000 }).did).toEqual([]);
    expect(play.pass(1500).did).toEqual(['SIGKILL 100']);
    expect(new Play().run().stop().pass(500).reconfigure({ stoptime: 100 }).did).toEqual(['SIGKILL 100']);
    const longer = new Play({ stoptime: 1000 }).run().stop().pass(500).reconfigure({ stoptime: 5000 });
    expect([longer.pass(4499).did, longer.pass(1).did]).toEqual([[], ['SIGKILL 100']]);
    const typed = new Play({ stoptime: 10_000, stopinput: 'q' }).run().stop().reconfigure({ stoptime: 1000 });
    expect([typed.pass(500).did, typed.pass(500).did]).toEqual([['SIGTERM 100'], ['SIGKILL 100']]);
  });

  test('stopsignal, stopasgroup and killasgroup, at the next stop', () => {
    const play = new Play({ stoptime: 1000 }).run();
    expect(play.reconfigure({ stopsignal: 'SIGINT', stopasgroup: true, killasgroup: true }).did).toEqual([]);
    expect([...play.stop().did, ...play.pass(1000).did]).toEqual(['SIGINT group 100', 'SIGKILL group 100']);
  });

  test('autorestart and exitcodes, at the next end', () => {
    const end = (before: Partial<ProcessSpec>, after: Partial<ProcessSpec>): string =>
      new Play(before).run().reconfigure(after).end(3).state;
    expect(end({ autorestart: 'always' }, { autorestart: 'never' })).toBe('EXITED');
    expect(end({ autorestart: 'never' }, { autorestart: 'always' })).toBe('STARTING');
    expect(end({}, { exitcodes: [3] })).toBe('EXITED');
  });

  /** In BACKOFF after it ran, as there is no token for it. */
  const waiting = (): Play => {
    const play = new Play({ starttime: 0, autorestart: 'always' }).start().fork();
    for (let i = 0; i < TOKENS_MAX; i++) play.end(1).fork();
    return play.end(1);
  };

  test('autorestart, of one that waits in BACKOFF for its turn: it is not restarted any more', () => {
    expect(waiting().state).toBe('BACKOFF');
    const play = waiting().reconfigure({ autorestart: 'never' });
    expect([play.state, play.life.want, play.pass(3_600_000).did]).toEqual(['EXITED', 'down', []]);
    expect(waiting().reconfigure({ autorestart: 'unexpected', exitcodes: [1] }).state).toBe('EXITED');
    expect(waiting().reconfigure({ autorestart: 'unexpected' }).state).toBe('BACKOFF');
  });

  test('autorestart, of one whose start failed: it is tried again, as supervisord does, and obeyed after it ran', () => {
    const play = new Play({ autorestart: 'always' }).start().fork().end(1).reconfigure({ autorestart: 'never' });
    expect([play.state, play.pass(BACKOFF_STEP).did]).toEqual(['BACKOFF', ['spawn']]);
    expect(play.fork().pass(1000).end(1).state).toBe('EXITED');
  });

  test('autorestart, while leftovers are being ended', () => {
    const play = new Play({ autorestart: 'always' })
      .run()
      .end(1, false)
      .scanned(7)
      .reconfigure({ autorestart: 'never' });
    play.pass(LOOK_AGAIN);
    expect(play.scanned().passed).toEqual(['EXITED']);
  });

  test('startretries, at the next failure', () => {
    const play = new Play({ startretries: 3 }).start().fork().end(1).reconfigure({ startretries: 1 });
    expect(play.state).toBe('BACKOFF');
    expect(play.pass(BACKOFF_STEP).fork().end(1).state).toBe('FATAL');
    expect(play.reconfigure({ startretries: 9 }).state).toBe('FATAL');
  });

  test('leftovers: those that are being ended are let be', () => {
    const play = new Play({ autorestart: 'always' })
      .run()
      .end(1, false)
      .scanned(7)
      .reconfigure({ leftovers: 'report' });
    play.pass(LOOK_AGAIN);
    expect(play.scanned(7).passed).toEqual(['EXITED', 'STARTING']);
    expect(new Play().run().reconfigure({ leftovers: 'ignore' }).end(0, false).did).toEqual([]);
  });

  test('stopinput, at the next stop', () => {
    const play = new Play().run().reconfigure({ stopinput: 'q' });
    expect(play.stop().did).toEqual(['type "q"']);
  });

  test('nothing moves for one that runs, rests or waits', () => {
    for (const play of [
      new Play(),
      new Play().start(),
      new Play().run(),
      new Play().start().fork().end(1),
      waiting(),
    ]) {
      const { life } = play;
      expect(play.reconfigure({ stoptime: 1, startretries: 7, priority: 1 }).effects).toEqual([]);
      expect(play.life).toEqual(life);
    }
  });

  test('of another life: one that is up restarts, with the count begun anew', () => {
    const running = new Play({ autorestart: 'never' }).run().reconfigure({ argv: ['x'] }, true);
    expect([running.state, running.life.want, running.did]).toEqual(['STOPPING', 'up', ['SIGTERM 100']]);
    expect(running.end('SIGTERM').did).toEqual(['spawn']);
    const failed = new Play().start().fork().end(1).reconfigure({}, true);
    expect([failed.did, failed.life.failures]).toEqual([['spawn'], 0]);
    const fatal = new Play({ startretries: 0 }).start().fork().end(1).reconfigure({}, true);
    expect([fatal.state, fatal.did, fatal.life.failures]).toEqual(['STARTING', ['spawn'], 0]);
    const clearing = new Play().start().fork().end(1, false).scanned(7).reconfigure({}, true);
    clearing.pass(LOOK_AGAIN);
    expect([clearing.scanned().did, clearing.life.failures]).toEqual([['spawn'], 0]);
  });

  test('of another life: one that rests, or is on its way to a stop, is left where it is', () => {
    for (const play of [
      new Play(),
      new Play().start(),
      new Play().run().end(0),
      new Play().run().stop(),
      new Play().run().send({ type: 'restart', by: ALICE }),
      new Play().run().send({ type: 'standDown', by: ALICE }),
    ]) {
      const { life } = play;
      expect(play.reconfigure({ argv: ['x'] }, true).effects).toEqual([]);
      expect(play.life).toEqual({ ...life, isStale: play.life.isStale });
    }
  });

  test('one that was to stop and is wanted again is renewed, as it is not what the spec says', () => {
    const play = new Play()
      .run()
      .send({ type: 'standDown', by: ALICE })
      .reconfigure({ argv: ['x'] }, true);
    expect(play.start().did).toEqual(['SIGTERM 100']);
    expect(play.end('SIGTERM').did).toEqual(['spawn']);
    expect(play.fork().life).toMatchObject({ want: 'up', isStale: false });
    expect(new Play().run().send({ type: 'standDown', by: ALICE }).start().did).toEqual([]);
  });
});

test('events of an earlier life change nothing', () => {
  const play = new Play({ autorestart: 'always' }).run().end(1).fork();
  const { life } = play;
  const old = 1;
  play.send(
    { type: 'ended', generation: old, exit: { code: 0, signal: null }, alone: true },
    { type: 'spawned', generation: old, pid: 5 },
    { type: 'spawnFailed', generation: old, reason: 'x' },
    { type: 'signalFailed', generation: old, reason: 'x' },
    { type: 'scanned', generation: old, members: [1] },
    { type: 'inputRefused', generation: old },
    { type: 'inspected', generation: old, condition: 'D' },
  );
  expect([play.life, play.effects]).toEqual([life, []]);
});

describe('what led to it', () => {
  /** What is told of the last call: each state or start, and by whose request, `policy` where by nobody's. */
  const told = (play: Play): string[] =>
    play.happenings.flatMap(happening => {
      if (happening.type === 'process.state') return [`${happening.to} ${whose(happening)}`];
      if (happening.type === 'process.spawned') return [`spawned ${whose(happening)}`];
      return happening.type === 'process.exit' ? [`exit ${happening.by?.who ?? 'by itself'}`] : [];
    });
  const whose = ({ cause, by }: { readonly cause: string; readonly by: Asker | null }): string => {
    expect(cause).toBe(by === null ? 'policy' : 'request');
    return by?.who ?? 'policy';
  };
  const alice = 'alice@web1 pts/3';
  const bob = 'bob@web1 pts/4';

  test('a start, up to RUNNING, is by who asked for it', () => {
    const play = new Play();
    expect(told(play.start())).toEqual([`STARTING ${alice}`]);
    expect(told(play.fork())).toEqual([`spawned ${alice}`]);
    expect(told(play.pass(1000))).toEqual([`RUNNING ${alice}`]);
  });

  test('once it ends by itself all is policy, until somebody asks again', () => {
    const play = new Play({ autorestart: 'always' }).run();
    expect(told(play.end(1))).toEqual(['exit by itself', 'EXITED policy', 'STARTING policy']);
    expect(told(play.fork())).toEqual(['spawned policy']);
    expect(told(play.end(1))).toEqual(['exit by itself', 'BACKOFF policy']);
    expect(told(play.send({ type: 'stop', by: BOB }))).toEqual([`STOPPED ${bob}`]);
  });

  test('a start that fails is tried again, and given up, by policy', () => {
    const play = new Play({ startretries: 1 }).start();
    expect(told(play.send({ type: 'spawnFailed', generation: 1, reason: 'no' }))).toEqual(['BACKOFF policy']);
    expect(told(play.pass(BACKOFF_STEP))).toEqual(['STARTING policy']);
    expect(told(play.send({ type: 'spawnFailed', generation: 2, reason: 'no' }))).toEqual(['FATAL policy']);
    expect(told(play.send({ type: 'start', by: BOB }))).toEqual([`STARTING ${bob}`]);
  });

  test('a stop and a restart are by who asked, from the first signal to the end, and on to the new life', () => {
    const stop = new Play().run().send({ type: 'stop', by: BOB });
    expect(told(stop)).toEqual([`STOPPING ${bob}`]);
    expect(told(stop.end('SIGTERM'))).toEqual([`exit ${bob}`, `STOPPED ${bob}`]);
    const restart = new Play().run().send({ type: 'restart', by: BOB });
    expect(told(restart.end('SIGTERM'))).toEqual([`exit ${bob}`, `STOPPED ${bob}`, `STARTING ${bob}`]);
    expect(told(restart.fork().pass(1000))).toEqual([`RUNNING ${bob}`]);
  });

  test('of two who ask for the same the first counts; who asks for another thing takes over', () => {
    const same = new Play().run().stop().send({ type: 'stop', by: BOB });
    expect(told(same.end('SIGTERM'))).toEqual([`exit ${alice}`, `STOPPED ${alice}`]);
    const other = new Play().run().stop().send({ type: 'start', by: BOB });
    expect(told(other.end('SIGTERM'))).toEqual([`exit ${bob}`, `STOPPED ${bob}`, `STARTING ${bob}`]);
    const nothing = new Play({ starttime: 1000 }).start().fork().send({ type: 'start', by: BOB });
    expect(told(nothing.pass(1000))).toEqual([`RUNNING ${alice}`]);
  });

  test('a reload that needs a new life is by who asked for it, one that does not changes nothing', () => {
    const play = new Play().run().send({ type: 'reconfigured', renew: false, by: BOB });
    expect(play.life.by).toEqual(ALICE);
    expect(told(play.send({ type: 'reconfigured', renew: true, by: BOB }))).toEqual([`STOPPING ${bob}`]);
    const waiting = new Play({ autorestart: 'always', starttime: 0 }).run();
    for (let i = 0; i < TOKENS_MAX; i++) waiting.end(1).fork();
    expect(told(waiting.end(1))).toEqual(['exit by itself', 'EXITED policy', 'BACKOFF policy']);
    expect(told(waiting.reconfigure({ autorestart: 'never' }))).toEqual([`EXITED ${alice}`]);
  });

  test('leftovers that a stop puts an end to are by who stopped it', () => {
    const play = new Play().run().end(1, false).scanned(7);
    expect(told(play.send({ type: 'stop', by: BOB }))).toEqual([`STOPPING ${bob}`]);
    expect(told(play.scanned())).toEqual([`STOPPED ${bob}`]);
  });
});
