/** Queues, retries and what outlives the daemon, in time that stands still. */
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import type { AlertSpec } from '../../src/core/alert.ts';
import type { HappeningBody } from '../../src/core/events.ts';
import { DeliveryError } from '../../src/daemon/attempt.ts';
import { Courier } from '../../src/daemon/courier.ts';
import { FakeReceiver, makeAlert, makeMessage } from '../support/alerts.ts';
import { FakeClock } from '../support/fake-clock.ts';
import { onCleanup, tempDir } from '../support/world.ts';

const DAY = 24 * 60 * 60_000;

/** What promises lead to without time passing. */
const turn = (): Promise<void> => new Promise(resolve => setImmediate(resolve));

/** A courier with alerts `oncall` and `hook`, a receiver that is the test, and a state directory of its own. */
class Play {
  readonly path: string;
  readonly clock = new FakeClock();
  readonly receiver = new FakeReceiver();
  readonly events: HappeningBody[] = [];
  readonly warnings: string[] = [];
  readonly oncall = makeAlert();
  readonly hook = makeAlert({ name: 'hook' });
  readonly courier: Courier;
  readonly kept: unknown;

  constructor(path = join(tempDir(), 'alerts.json'), specs?: readonly AlertSpec[]) {
    this.path = path;
    this.courier = new Courier({
      path,
      clock: this.clock,
      deliver: this.receiver.deliver,
      publish: happening => this.events.push(happening),
      warn: message => this.warnings.push(message),
    });
    onCleanup(() => this.end());
    this.kept = this.courier.open(specs ?? [this.oncall, this.hook]);
  }

  /** Ends it without waiting for anybody. */
  async end(): Promise<void> {
    const closed = this.courier.close();
    this.clock.advance(10_000);
    await closed;
    expect(this.clock.pending).toBe(0);
  }

  enqueue(id: string, spec = this.oncall): void {
    this.courier.enqueue(spec, makeMessage({ id, alert: spec.name, summary: `${id} happened` }));
  }

  async advance(ms: number): Promise<void> {
    this.clock.advance(ms);
    await turn();
  }

  /** Ids in the order in which the receiver was asked. */
  get asked(): string[] {
    return this.receiver.asked.map(({ message }) => message.id);
  }

  of(type: HappeningBody['type']): Partial<Record<string, unknown>>[] {
    return this.events.filter(event => event.type === type);
  }

  get file(): { readonly messages: { readonly message: { readonly id: string } }[]; readonly alarms: unknown } {
    return JSON.parse(readFileSync(this.path, 'utf8'));
  }

  get filed(): string[] {
    return this.file.messages.map(({ message }) => message.id);
  }
}

describe('delivery', () => {
  test('is begun in a turn of its own, and told with what the receiver answered', async () => {
    const play = new Play();
    play.enqueue('a');
    expect(play.asked).toEqual([]);
    await play.advance(0);
    expect(play.asked).toEqual(['a']);
    expect(play.events).toEqual([]);
    play.receiver.last.answer('200 OK');
    await turn();
    expect(play.events).toEqual([
      { type: 'alert.delivered', alert: 'oncall', about: 'a happened', answer: '200 OK', attempts: 1 },
    ]);
    expect(play.courier.list()[0]).toMatchObject({
      name: 'oncall',
      kind: 'http',
      where: 'http://127.0.0.1:9',
      waiting: 0,
      retryIn: null,
      lastDelivery: { at: play.clock.wall(), text: '200 OK' },
      lastFailure: null,
    });
  });

  test('has one message of an alert under way, and the alerts side by side', async () => {
    const play = new Play();
    for (const id of ['a', 'b', 'c']) play.enqueue(id);
    play.enqueue('x', play.hook);
    await play.advance(0);
    expect(play.asked).toEqual(['a', 'x']);
    play.receiver.asked[0]?.answer('ok');
    await turn();
    await play.advance(0);
    expect(play.asked).toEqual(['a', 'x', 'b']);
    expect(play.courier.list().map(({ waiting }) => waiting)).toEqual([2, 1]);
  });

  test('waits for an answer no longer than its kind may take', async () => {
    const mail: AlertSpec['via'] = {
      kind: 'email',
      to: ['ops@example.org'],
      from: 'tm@example.org',
      smtp: { host: 'mail', port: 587, tls: 'starttls', user: undefined, password: undefined },
    };
    const play = new Play(undefined, [makeAlert(), makeAlert({ name: 'mail', via: mail })]);
    play.enqueue('a');
    play.enqueue('b', makeAlert({ name: 'mail' }));
    await play.advance(9_999);
    expect(play.events).toEqual([]);
    await play.advance(1);
    expect(play.events).toMatchObject([{ type: 'alert.failed', alert: 'oncall', problem: 'no answer within 10 s' }]);
    await play.advance(20_000);
    expect(play.of('alert.failed').at(-1)).toMatchObject({ alert: 'mail', problem: 'no answer within 30 s' });
  });

  test('that never ends is abandoned, and tried again', async () => {
    const clock = new FakeClock();
    const events: HappeningBody[] = [];
    const courier = new Courier({
      path: join(tempDir(), 'alerts.json'),
      clock,
      deliver: () => new Promise(() => {}),
      publish: happening => events.push(happening),
      warn: () => {},
    });
    courier.open([makeAlert()]);
    courier.enqueue(makeAlert(), makeMessage());
    for (const ms of [0, 10_000, 5_000]) {
      expect(events).toEqual([]);
      clock.advance(ms);
      await turn();
    }
    expect(events).toMatchObject([{ type: 'alert.failed', problem: 'no answer within 10 s', retryIn: 1_000 }]);
    await courier.close();
  });

  test('hides what is secret in whatever is told of it, and cuts it', async () => {
    const via = {
      kind: 'http',
      url: 'https://user:hunter2hunter2@chat.example.org/services/T000/B1234567?token=abcdef123',
      headers: { Authorization: 'Bearer s3cr3t-token', 'X-Note': 'hi' },
      secret: 'pa"ss',
    } as const;
    const spec = makeAlert({ via });
    const play = new Play(undefined, [spec]);
    play.receiver.reply = ({ fail }) =>
      fail(
        new Error(
          `cannot POST ${via.url}\n\u001b[31mBearer s3cr3t-token s3cr3t-token hunter2hunter2 "pa\\"ss" hi ${'x'.repeat(500)}`,
        ),
      );
    play.enqueue('a', spec);
    await play.advance(0);
    const [{ problem } = {}] = play.of('alert.failed');
    const hidden = '(hidden)';
    expect(problem).toMatch(
      `https://${hidden}@chat.example.org${hidden} [31m${hidden} ${hidden} ${hidden} "${hidden}" hi x`,
    );
    expect(String(problem).length).toBe(200);
    expect(play.courier.list()[0]?.where).toBe('https://chat.example.org');
    expect(JSON.stringify([play.courier.list(), play.events])).not.toMatch(
      /hunter2|T000|B1234567|abcdef123|s3cr3t|pa\\/,
    );
  });
});

describe('a failure', () => {
  test('is tried again with growing pauses, and order is kept', async () => {
    const play = new Play();
    play.receiver.reply = ({ fail }) => fail(new Error('connection refused'));
    for (const id of ['a', 'b']) play.enqueue(id);
    await play.advance(0);
    const pauses = [1, 2, 4, 8, 16, 32, 64, 128, 256, 300, 300].map(seconds => seconds * 1000);
    for (const pause of pauses) {
      const before = play.receiver.asked.length;
      expect(play.courier.list()[0]).toMatchObject({ retryIn: pause, lastFailure: { text: 'connection refused' } });
      await play.advance(pause - 1);
      expect(play.receiver.asked.length).toBe(before);
      await play.advance(1);
      expect(play.receiver.asked.length).toBe(before + 1);
    }
    expect(play.of('alert.failed').map(({ retryIn }) => retryIn)).toEqual([...pauses, 300_000]);
    expect(new Set(play.asked)).toEqual(new Set(['a']));
    play.receiver.reply = ({ answer }) => answer('ok');
    await play.advance(300_000);
    await play.advance(0);
    expect(play.asked.slice(-2)).toEqual(['a', 'b']);
    expect(play.of('alert.delivered').map(({ attempts }) => attempts)).toEqual([13, 1]);
  });

  test('does not hold up another alert', async () => {
    const play = new Play();
    play.receiver.reply = ({ spec, fail, answer }) => (spec.name === 'oncall' ? fail(new Error('no')) : answer('ok'));
    play.enqueue('a');
    play.enqueue('x', play.hook);
    play.enqueue('y', play.hook);
    await play.advance(0);
    await play.advance(0);
    expect(play.of('alert.delivered').map(({ about }) => about)).toEqual(['x happened', 'y happened']);
  });

  test('is given up after a day, and the next message waits for its turn', async () => {
    const play = new Play();
    play.receiver.reply = ({ fail }) => fail(new Error('no'));
    play.enqueue('a');
    await play.advance(0);
    for (let at = 0; at < 600_000; at += 300_000) await play.advance(300_000);
    play.enqueue('b');
    for (let at = 600_000; at < DAY + 300_000; at += 300_000) await play.advance(300_000);
    const last = play.of('alert.failed').filter(({ retryIn }) => retryIn === null);
    expect(last).toHaveLength(1);
    expect(last[0]).toMatchObject({ about: 'a happened' });
    expect(play.courier.list()[0]).toMatchObject({ waiting: 1 });
    expect(play.courier.list()[0]?.retryIn).toBeGreaterThan(0);
    await play.advance(300_000);
    expect(play.asked.at(-1)).toBe('b');
  });

  test('that was the last of its queue does not hold up what comes later', async () => {
    const play = new Play();
    play.receiver.reply = ({ fail }) => fail(new Error('no'));
    play.enqueue('a');
    for (let at = 0; at < DAY + 900_000; at += 300_000) await play.advance(300_000);
    expect(play.of('alert.failed').at(-1)).toMatchObject({ retryIn: null });
    expect(play.courier.list()[0]).toMatchObject({ waiting: 0, retryIn: null });
    play.receiver.reply = ({ answer }) => answer('ok');
    play.enqueue('b');
    await play.advance(0);
    expect(play.of('alert.delivered')).toMatchObject([{ about: 'b happened' }]);
  });

  test('that is about this very message is final, and the next one goes at once', async () => {
    const play = new Play();
    play.receiver.reply = ({ message, fail, answer }) =>
      message.id === 'a' ? fail(new DeliveryError('413 too large', { isFinal: true })) : answer('ok');
    for (const id of ['a', 'b']) play.enqueue(id);
    await play.advance(0);
    await play.advance(0);
    expect(play.events).toMatchObject([
      { type: 'alert.failed', about: 'a happened', problem: '413 too large', attempts: 1, retryIn: null },
      { type: 'alert.delivered', about: 'b happened' },
    ]);
  });

  test('is tried again when the receiver says, but not later than the longest pause', async () => {
    const play = new Play();
    for (const [retryAfter, pause] of [
      [30_000, 30_000],
      [100, 2_000],
      [DAY, 300_000],
    ] as const) {
      play.receiver.reply = ({ fail }) => fail(new DeliveryError('429', { retryAfter }));
      if (play.asked.length === 0) play.enqueue('a');
      await play.advance(play.courier.list()[0]?.retryIn ?? 0);
      expect(play.of('alert.failed').at(-1)).toMatchObject({ retryIn: pause });
    }
  });

  test('is tried again at once when the config or a test says how to reach the receiver', async () => {
    const play = new Play();
    play.receiver.reply = ({ fail }) => fail(new Error('no'));
    play.enqueue('a');
    await play.advance(0);
    await play.advance(20_000);
    const before = play.receiver.asked.length;
    const same = { ...play.oncall, every: 5 };
    play.courier.configure([same, play.hook]);
    await play.advance(0);
    expect(play.receiver.asked.length).toBe(before);
    const moved = makeAlert({ via: { kind: 'http', url: 'http://127.0.0.1:10/', headers: {}, secret: undefined } });
    play.courier.configure([moved, play.hook]);
    await play.advance(0);
    expect(play.receiver.last.spec).toBe(moved);
    expect(play.courier.list()[0]).toMatchObject({ retryIn: 1_000 });
    play.receiver.reply = ({ answer }) => answer('ok');
    expect(await play.courier.test(moved, makeMessage({ id: 'test', condition: 'test' }))).toEqual({
      ok: true,
      answer: 'ok',
    });
    await play.advance(0);
    expect(play.asked.slice(-2)).toEqual(['test', 'a']);
    expect(play.courier.list()[0]).toMatchObject({ waiting: 0 });
  });
});

describe('a test', () => {
  test('goes past the queue, once, and is no event', async () => {
    const play = new Play();
    play.enqueue('a');
    await play.advance(0);
    const testing = play.courier.test(play.oncall, makeMessage({ id: 'test', condition: 'test' }));
    expect(play.asked).toEqual(['a', 'test']);
    play.receiver.last.fail(new Error('530 no'));
    expect(await testing).toEqual({ ok: false, answer: '530 no' });
    expect(play.events).toEqual([]);
    expect(play.courier.list()[0]).toMatchObject({ waiting: 1 });
  });
});

describe('the bounds', () => {
  test('200 wait of one alert: then the oldest that waits goes, not that on its way', async () => {
    const play = new Play();
    play.enqueue('first');
    await play.advance(0);
    for (let i = 0; i < 210; i++) play.enqueue(`m${i}`);
    expect(play.courier.list()[0]).toMatchObject({ waiting: 200 });
    expect(play.of('alert.dropped')).toMatchObject([
      { alert: 'oncall', count: 1, reason: expect.stringMatching(/more than 200/) },
    ]);
    await play.advance(8_000);
    await play.advance(52_000);
    expect(play.of('alert.dropped')).toMatchObject([{ count: 1 }, { count: 10 }]);
    play.receiver.reply = ({ answer }) => answer('ok');
    play.courier.configure([
      { ...play.oncall, via: { ...play.oncall.via, kind: 'http', url: 'http://other/' } as never },
    ]);
    await play.advance(400_000);
    for (let i = 0; i < 210; i++) await play.advance(0);
    expect(play.asked[0]).toBe('first');
    expect(play.asked).toContain('m209');
    expect(play.asked).not.toContain('m10');
    expect(play.asked).toContain('m11');
  });

  test('1000 wait in all: then the longest queue loses its oldest', async () => {
    const specs = [...'abcdefg'].map(name => makeAlert({ name }));
    const play = new Play(undefined, specs);
    for (const spec of specs) for (let i = 0; i < 160; i++) play.enqueue(`${spec.name}${i}`, spec);
    const waiting = play.courier.list().map(({ waiting }) => waiting);
    expect(waiting.reduce((sum, count) => sum + count, 0)).toBe(1000);
    expect(Math.min(...waiting)).toBeGreaterThan(130);
    expect(play.of('alert.dropped')[0]).toMatchObject({ reason: expect.stringMatching(/more than 1000 of all/) });
  });

  test('a message is cut to a size', async () => {
    const play = new Play();
    const long = 'x'.repeat(100_000);
    play.courier.enqueue(play.oncall, makeMessage({ summary: long, screen: Array(1000).fill(long), details: [long] }));
    await play.advance(0);
    expect(JSON.stringify(play.receiver.last.message).length).toBeLessThan(65_536);
  });
});

describe('a reload', () => {
  test('that removes an alert drops what it had to tell, and ends its attempt', async () => {
    const play = new Play();
    for (const id of ['a', 'b']) play.enqueue(id);
    await play.advance(0);
    play.courier.configure([play.hook]);
    expect(play.receiver.last.signal.aborted).toBe(true);
    expect(play.events).toEqual([
      { type: 'alert.dropped', alert: 'oncall', count: 2, reason: 'there is no such alert in the config any more' },
    ]);
    await turn();
    expect(play.events).toHaveLength(1);
    play.enqueue('c');
    expect(play.events.at(-1)).toMatchObject({ type: 'alert.dropped', count: 1 });
    expect(play.courier.list().map(({ name }) => name)).toEqual(['hook']);
  });
});

describe('what outlives the daemon', () => {
  test('is written soon after a change, and only while a daemon is at work', async () => {
    const path = join(tempDir(), 'alerts.json');
    const idle = new Courier({
      path,
      clock: new FakeClock(),
      deliver: new FakeReceiver().deliver,
      publish: () => {},
      warn: () => {},
    });
    idle.configure([makeAlert()]);
    await idle.close();
    expect(existsSync(path)).toBe(false);
    const play = new Play(path);
    play.enqueue('a');
    play.enqueue('b');
    await play.advance(100);
    expect(play.filed).toEqual(['a', 'b']);
    play.receiver.last.answer('ok');
    await turn();
    await play.advance(100);
    expect(play.filed).toEqual(['b']);
    expect(readFileSync(path, 'utf8')).not.toContain('127.0.0.1');
  });

  test('goes on in the next daemon, in order, with its attempts and its age', async () => {
    const first = new Play();
    first.receiver.reply = ({ fail }) => fail(new Error('no'));
    first.enqueue('a');
    await first.advance(0);
    await first.advance(1_000);
    first.enqueue('b');
    first.enqueue('x', first.hook);
    first.courier.keep({ open: ['boot-7'] });
    await first.end();
    const second = new Play(first.path);
    expect(second.kept).toEqual({ open: ['boot-7'] });
    second.receiver.reply = ({ fail }) => fail(new Error('no'));
    await second.advance(0);
    expect(second.asked).toEqual(['a', 'x']);
    expect(second.of('alert.failed')[0]).toMatchObject({ about: 'a happened', attempts: 4 });
    for (let at = 0; at < DAY - 400_000; at += 300_000) await second.advance(300_000);
    await second.end();
    const third = new Play(first.path);
    third.receiver.reply = ({ fail }) => fail(new Error('no'));
    for (let at = 0; at < 700_000; at += 100_000) await third.advance(100_000);
    const over = third.of('alert.failed').filter(({ retryIn }) => retryIn === null);
    expect(over.map(({ about }) => about)).toEqual(['a happened', 'x happened', 'b happened']);
  });

  test('is told when the alert is gone meanwhile', async () => {
    const first = new Play();
    first.enqueue('a');
    first.enqueue('b');
    first.enqueue('x', first.hook);
    await first.end();
    const second = new Play(first.path, [first.hook]);
    expect(second.events).toMatchObject([{ type: 'alert.dropped', alert: 'oncall', count: 2 }]);
    await second.advance(100);
    expect(second.filed).toEqual(['x']);
  });

  test.each([
    ['{"version":1,"messages":[{"message":{"id":7},"attempts":0,"waited":0}],"alarms":null}', 'a message that is none'],
    ['{"version":1}', 'no list of messages'],
    ['{"version":9,"messages":[]}', 'another version (9)'],
    ['{"vers', 'is not JSON'],
    ['[1]', 'no known form'],
  ])('that cannot be read is set aside and told: %s', async (text, problem) => {
    const path = join(tempDir(), 'alerts.json');
    writeFileSync(path, text, { mode: 0o600 });
    const play = new Play(path);
    expect(play.warnings).toEqual([expect.stringContaining(problem)]);
    expect(play.warnings[0]).toContain('set aside');
    expect(readFileSync(`${path}.damaged`, 'utf8')).toBe(text);
    expect(play.kept).toBeNull();
    play.enqueue('a');
    await play.advance(100);
    expect(play.filed).toEqual(['a']);
  });

  test('a directory that cannot be written to is told once, and nothing else fails', async () => {
    const dir = join(tempDir(), 'state');
    const play = new Play(join(dir, 'alerts.json'));
    mkdirSync(join(dir, 'alerts.json.new/in-the-way'), { recursive: true });
    play.enqueue('a');
    await play.advance(5_000);
    play.receiver.last.answer('ok');
    await turn();
    await play.advance(5_000);
    expect(play.warnings).toEqual([expect.stringContaining('cannot write the file of undelivered alerts')]);
    expect(play.of('alert.delivered')).toHaveLength(1);
  });
});

describe('the end of the daemon', () => {
  test('waits for what is on its way and what was never tried, and leaves what failed to the next daemon', async () => {
    const play = new Play();
    play.receiver.reply = ({ fail }) => fail(new Error('no'));
    play.enqueue('x', play.hook);
    await play.advance(0);
    play.receiver.reply = undefined;
    for (const id of ['a', 'b']) play.enqueue(id);
    await play.advance(0);
    let isClosed = false;
    const closed = play.courier.close().then(() => {
      isClosed = true;
    });
    for (const id of ['a', 'b']) {
      await play.advance(0);
      expect(play.receiver.last.message.id).toBe(id);
      expect(isClosed).toBe(false);
      play.receiver.last.answer('ok');
      await turn();
    }
    await turn();
    await closed;
    expect(play.filed).toEqual(['x']);
  });

  test('does not wait for longer than three seconds, and loses nothing by it', async () => {
    const play = new Play();
    for (const id of ['a', 'b']) play.enqueue(id);
    await play.advance(0);
    const closed = play.courier.close();
    await play.advance(2_999);
    expect(play.receiver.last.signal.aborted).toBe(false);
    await play.advance(1);
    expect(play.receiver.last.signal.aborted).toBe(true);
    await closed;
    expect(play.filed).toEqual(['a', 'b']);
    expect(play.events).toEqual([]);
  });
});
