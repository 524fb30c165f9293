/** What a person gets at night. The texts are the product: each is whole here, so that it is reviewed. */
import { beforeAll, describe, expect, test } from 'vitest';
import type { AlertSpec, Condition } from '../../src/core/alert.ts';
import { reportOf } from '../../src/core/alertreport.ts';
import { messageOf } from '../../src/core/alertwording.ts';
import type { Facts } from '../../src/core/occurrence.ts';
import type { Alarm, Telling } from '../../src/core/telling.ts';
import { makeAlert, makeMessage } from '../support/alerts.ts';

const AT = Date.UTC(2026, 10, 21, 3, 5, 26, 123);
const SCREEN = ['listening on 80', '', 'Traceback (most recent call last):', 'ValueError: out of ducks'];

beforeAll(() => {
  process.env.TZ = 'UTC';
});

function facts(changes: Partial<Facts> = {}): Facts {
  return {
    at: AT,
    program: 'web',
    group: 'web',
    process: 'web:web_00',
    pid: 4711,
    what: 'exited with 3 after 12 s',
    ended: { exit: { code: 3, signal: null }, ranFor: 12_000 },
    details: ['It is started again.'],
    ...changes,
  };
}

type One = Extract<Telling, { kind: 'one' }>;
type More = Extract<Telling, { kind: 'more' }>;

function one(condition: Condition, changes: Partial<One> = {}): One {
  const base = { kind: 'one', id: 'b0-1', subject: 'web:web_00', facts: facts(), absorbed: new Map() } as const;
  return { ...base, condition, ends: 1, alarm: undefined, ...changes };
}

function more(condition: Condition, changes: Partial<More> = {}): More {
  const base = {
    kind: 'more',
    id: 'b0-2',
    subject: 'web:web_00',
    facts: facts(),
    held: 7,
    ends: 1,
    isUp: true,
  } as const;
  return { ...base, condition, ...changes };
}

function told(telling: Telling, { screen = [], ...spec }: Partial<AlertSpec> & { screen?: readonly string[] } = {}) {
  const setting = {
    spec: makeAlert(spec),
    host: 'db1',
    config: '/etc/taskmaster.yaml',
    now: AT + 60_000,
    state: 'RUNNING',
    screen,
  } as const;
  return messageOf(telling, setting);
}

function mail(...args: Parameters<typeof told>): string {
  const { subject, text } = reportOf(told(...args));
  return `${subject}\n\n${text}`;
}

describe('a mail', () => {
  test('of an unexpected end', () => {
    expect(mail(one('unexpected', { ends: 4 }), { screen: SCREEN })).toMatchInlineSnapshot(`
      "[db1] web:web_00 exited with 3 after 12 s

      web:web_00 exited with 3 after 12 s.

      It is started again.
      It has ended 4 times within the last 5 min.

        host     db1
        process  web:web_00, pid 4711
        time     2026-11-21 03:05:26 UTC
        alert    oncall: an end that nobody asked for

      The last lines of its screen:

        | listening on 80
        |
        | Traceback (most recent call last):
        | ValueError: out of ducks

      To look closer:

        taskmasterctl -c /etc/taskmaster.yaml attach web:web_00
      "
    `);
  });

  test('of what is given up', () => {
    const gaveUp = facts({
      pid: 4712,
      what: 'gave up: exited with 127 after 0.004 s, before starttime (1 s) had passed: the shell found no such command',
      details: ['It was tried 4 times. It is not tried again.'],
    });
    const absorbed = new Map<Condition, number>([['unexpected', 3]]);
    expect(mail(one('fatal', { facts: gaveUp, ends: 4, absorbed }))).toMatchInlineSnapshot(`
      "[db1] web:web_00 gave up: exited with 127 after 0.004 s, before starttime (1 s) had passed: the shell found no such command

      web:web_00 gave up: exited with 127 after 0.004 s, before starttime (1 s)
      had passed: the shell found no such command.

      It was tried 4 times. It is not tried again.
      It has ended 4 times within the last 5 min.
      Not told until now: it ended unexpectedly 3 more times.

        host     db1
        process  web:web_00, pid 4712
        time     2026-11-21 03:05:26 UTC
        alert    oncall: a program that is given up

      To look closer:

        taskmasterctl -c /etc/taskmaster.yaml attach web:web_00
      "
    `);
  });

  test('of a crash loop', () => {
    expect(mail(one('crashloop', { ends: 5 }), { screen: SCREEN })).toMatchInlineSnapshot(`
      "[db1] web:web_00 ended 5 times within 5 min: it is in a crash loop

      web:web_00 ended 5 times within 5 min: it is in a crash loop.

      The last time it exited with 3 after 12 s.
      It is started again.

        host     db1
        process  web:web_00, pid 4711
        time     2026-11-21 03:05:26 UTC
        alert    oncall: a crash loop

      The last lines of its screen:

        | listening on 80
        |
        | Traceback (most recent call last):
        | ValueError: out of ducks

      To look closer:

        taskmasterctl -c /etc/taskmaster.yaml attach web:web_00
      "
    `);
  });

  test('of a recovery', () => {
    const alarm: Alarm = {
      id: 'b0-1',
      condition: 'unexpected',
      at: AT - 754_000,
      summary: 'web:web_00 exited with 3 after 12 s',
    };
    const up = facts({
      what: 'is running',
      pid: 5000,
      ended: null,
      details: ['It has been started again once so far.'],
    });
    expect(mail(one('recovered', { facts: up, alarm }))).toMatchInlineSnapshot(`
      "[db1] web:web_00 is running again

      web:web_00 is running again.

      It has been started again once so far.
      That ends the alarm of 2026-11-21 02:52:52: web:web_00 exited with 3 after
      12 s.

        host     db1
        process  web:web_00, pid 5000
        time     2026-11-21 03:05:26 UTC
        alert    oncall: the end of an alarm

      To look closer:

        taskmasterctl -c /etc/taskmaster.yaml attach web:web_00
      "
    `);
    expect(reportOf(told(one('recovered', { facts: up, alarm }))).thread).toBe(
      '[db1] web:web_00 exited with 3 after 12 s',
    );
    const loop = { ...alarm, condition: 'crashloop' } as const;
    expect(reportOf(told(one('recovered', { facts: up, alarm: loop }))).line).toMatchInlineSnapshot(
      `"web:web_00 is out of its crash loop: it has been running for 5 min. It has been started again once so far. That ends the alarm of 2026-11-21 02:52:52: web:web_00 exited with 3 after 12 s."`,
    );
  });

  test('of what was held back', () => {
    expect(mail(more('unexpected', { ends: 12 }))).toMatchInlineSnapshot(`
      "[db1] web:web_00 ended unexpectedly 7 more times

      web:web_00 ended unexpectedly 7 more times.

      The last time it exited with 3 after 12 s.
      It is RUNNING now.
      It has ended 12 times within the last 5 min.

        host     db1
        process  web:web_00, pid 4711
        time     2026-11-21 03:05:26 UTC
        alert    oncall: an end that nobody asked for

      To look closer:

        taskmasterctl -c /etc/taskmaster.yaml attach web:web_00
      "
    `);
    expect(reportOf(told(more('unexpected', { isUp: false, held: 1 }))).line).toMatchInlineSnapshot(
      `"web:web_00 ended unexpectedly once more. The last time it exited with 3 after 12 s. It is RUNNING now."`,
    );
    const printed = facts({ what: 'printed: panic: no ducks', details: [] });
    expect(reportOf(told(more('output', { facts: printed }))).line).toMatchInlineSnapshot(
      `"web:web_00 printed 7 more lines to tell of. The last of them printed: panic: no ducks"`,
    );
  });

  test('of a config that was not taken, and of a log', () => {
    const daemon = { program: null, group: null, process: null, pid: null, ended: null };
    const refused = facts({
      ...daemon,
      what: 'was not taken (SIGHUP)',
      details: [
        'Nothing was changed: what runs goes by the config from before.',
        '/etc/taskmaster.yaml:7:5: unknown key `cmdd` in a program (did you mean `cmd`?)',
      ],
    });
    expect(mail(one('reloadfailed', { facts: refused, subject: 'the config' }))).toMatchInlineSnapshot(`
      "[db1] The config was not taken (SIGHUP)

      The config was not taken (SIGHUP).

      Nothing was changed: what runs goes by the config from before.
      /etc/taskmaster.yaml:7:5: unknown key \`cmdd\` in a program (did you mean
      \`cmd\`?)

        host     db1
        time     2026-11-21 03:05:26 UTC
        alert    oncall: a config that was not taken

      To look closer:

        taskmasterctl -c /etc/taskmaster.yaml reload --dry-run
      "
    `);
    const full = facts({ ...daemon, what: 'cannot be written: no space left on device', details: [] });
    expect(mail(one('logtrouble', { facts: full, subject: 'the log /var/log/web.log' }))).toMatchInlineSnapshot(`
      "[db1] The log /var/log/web.log cannot be written: no space left on device

      The log /var/log/web.log cannot be written: no space left on device.

        host     db1
        time     2026-11-21 03:05:26 UTC
        alert    oncall: trouble with a log file

      To look closer:

        taskmasterctl -c /etc/taskmaster.yaml log
      "
    `);
  });

  test('of too much', () => {
    const names = Array.from({ length: 30 }, (_, i) => [`web:web_${i}`, 1] as const);
    const counts = new Map<Condition, ReadonlyMap<string, number>>([
      ['recovered', new Map([['db', 1]])],
      ['fatal', new Map([['db', 2], ...names])],
    ]);
    expect(
      mail({ kind: 'surplus', id: 'b0-9', surplus: { id: 'b0-9', since: 0, counts }, total: 33 }),
    ).toMatchInlineSnapshot(`
      "[db1] Too much happens to tell of each: 33 more within a minute (32 given up, 1 recovered)

      Too much happens to tell of each: 33 more within a minute (32 given up, 1
      recovered).

      Given up: db (2 times), web:web_0, web:web_1, web:web_2, web:web_3,
      web:web_4, web:web_5, web:web_6, web:web_7, web:web_8, web:web_9, web:web_10
      and 19 more.
      Recovered: db.

        host     db1
        time     2026-11-21 03:06:26 UTC
        alert    oncall: many things at once

      To look closer:

        taskmasterctl -c /etc/taskmaster.yaml status
      "
    `);
  });
});

describe('for programs', () => {
  test('the same as JSON, with a text that chat services show', () => {
    expect(reportOf(told(one('unexpected'), { screen: SCREEN })).json).toMatchInlineSnapshot(`
      {
        "alert": "oncall",
        "at": "2026-11-21T03:05:26.123Z",
        "condition": "unexpected",
        "details": [
          "It is started again.",
        ],
        "ended": {
          "code": 3,
          "ranForSeconds": 12,
          "signal": null,
        },
        "endsAlarm": null,
        "endsSummary": null,
        "group": "web",
        "heldBack": 0,
        "host": "db1",
        "id": "b0-1",
        "look": "taskmasterctl -c /etc/taskmaster.yaml attach web:web_00",
        "pid": 4711,
        "process": "web:web_00",
        "program": "web",
        "screen": [
          "listening on 80",
          "",
          "Traceback (most recent call last):",
          "ValueError: out of ducks",
        ],
        "summary": "web:web_00 exited with 3 after 12 s",
        "text": "[db1] web:web_00 exited with 3 after 12 s",
      }
    `);
  });

  test('how long it ran in milliseconds, and no more digits than that', () => {
    const ended = { exit: { code: 3, signal: null }, ranFor: 3.821376999999984 };
    expect(reportOf(makeMessage({ ended })).json.ended).toEqual({ code: 3, signal: null, ranForSeconds: 0.004 });
  });

  test('one line', () => {
    expect(reportOf(told(one('unexpected', { ends: 2 }))).line).toMatchInlineSnapshot(
      `"web:web_00 exited with 3 after 12 s. It is started again. It has ended twice within the last 5 min."`,
    );
  });
});

test('nothing that a program prints leaves its line, or is longer than anybody reads', () => {
  const printed = facts({ what: `printed: a\r\nBcc: x@y\n\x1b[2J\u202e${'x'.repeat(1000)}` });
  const { subject } = reportOf(told(one('output', { facts: printed })));
  expect(subject).not.toMatch(/[\p{Cc}\u202e]/u);
  expect(subject.length).toBeLessThanOrEqual(140);
});
