import type { IncomingMessage, ServerResponse } from 'node:http';
import { describe, expect, test } from 'vitest';
import type { HappeningBody } from '../../src/core/events.ts';
import { sendEvents } from '../../src/daemon/eventstream.ts';
import { Journal } from '../../src/daemon/journal.ts';
import { type SseMessage, SseParser } from '../../src/protocol/sse.ts';
import { FakeClock } from '../support/fake-clock.ts';
import { ALICE } from '../support/people.ts';

/** A reply whose reader takes what it is told to. */
class Reply {
  private text = '';
  private unread = 0;
  private readonly listeners = new Map<string, () => void>();
  writableEnded = false;
  readonly destroyed = false;
  isStuck = false;

  get writableLength(): number {
    return this.unread;
  }

  get messages(): SseMessage[] {
    return new SseParser().push(Buffer.from(this.text));
  }

  writeHead(): void {}
  flushHeaders(): void {}

  write(text: string): void {
    this.text += text;
    if (this.isStuck) this.unread += text.length;
  }

  end(): void {
    this.writableEnded = true;
  }

  on(event: string, listener: () => void): void {
    this.listeners.set(event, listener);
  }

  drain(): void {
    this.unread = 0;
    this.isStuck = false;
    this.listeners.get('drain')?.();
  }
}

class Scene {
  readonly clock = new FakeClock();
  readonly journal = new Journal(this.clock);
  readonly base = this.journal.lastId;

  state(process: string, program = process): void {
    const body: HappeningBody = {
      type: 'process.state',
      process,
      program,
      pid: 7,
      from: 'STARTING',
      to: 'RUNNING',
      reason: null,
      cause: 'request',
      by: ALICE,
    };
    this.journal.publish(body);
  }

  ask(query: string, headers: Readonly<Record<string, string>> = {}, reply = new Reply()): Reply {
    const call = {
      ...{ name: '', body: Buffer.alloc(0), signal: new AbortController().signal, by: ALICE },
      query: new URLSearchParams(query),
      request: { headers } as unknown as IncomingMessage, // all that is read of it
      response: reply as unknown as ServerResponse, // all that is used of it
    };
    sendEvents(call, { journal: this.journal, boot: 'boot', clock: this.clock });
    return reply;
  }

  numbers(reply: Reply): number[] {
    return reply.messages.map(({ id }) => Number(id.split('-')[1]) - this.base);
  }
}

describe('events', () => {
  test('begin after a number, at a moment, or after the last one seen', () => {
    const scene = new Scene();
    for (let i = 0; i < 3; i++) scene.state('web');
    scene.clock.advance(60_000);
    scene.state('web');
    const now = new Date(scene.clock.wall()).toISOString();
    expect(scene.numbers(scene.ask('since=0&follow=0'))).toEqual([1, 2, 3, 4]);
    expect(scene.numbers(scene.ask(`since=${scene.base + 2}&follow=0`))).toEqual([3, 4]);
    expect(scene.numbers(scene.ask('since=10s&follow=0'))).toEqual([4]);
    expect(scene.numbers(scene.ask(`since=${now}&follow=0`))).toEqual([4]);
    expect(scene.numbers(scene.ask('since=1h&follow=0'))).toEqual([1, 2, 3, 4]);
    expect(scene.numbers(scene.ask('', { 'last-event-id': `boot-${scene.base + 3}` }))).toEqual([4]);
    expect(scene.numbers(scene.ask('', { 'last-event-id': `other-${scene.base + 3}` }))).toEqual([1, 2, 3, 4]);
    expect(scene.numbers(scene.ask(`since=${scene.base + 5}&follow=0`))).toEqual([1, 2, 3, 4]); // of an earlier life
    expect(() => scene.ask('since=yesterday')).toThrow(/since must be the number of an event, a span/);
  });

  test('of processes that are selected, and of nothing else', () => {
    const scene = new Scene();
    scene.journal.publish({ type: 'daemon.started', pid: 1 });
    scene.state('web:web_00', 'web');
    scene.state('db');
    scene.state('back:api', 'api');
    const of = (select: string): number[] => scene.numbers(scene.ask(`since=0&follow=0&${select}`));
    expect(of('select=web')).toEqual([2]);
    expect(of('select=web:*')).toEqual([2]);
    expect(of('select=db')).toEqual([3]);
    expect(of('select=db:db')).toEqual([3]);
    expect(of('select=back:')).toEqual([4]);
    expect(of('select=api&select=d*')).toEqual([3, 4]);
    expect(of('select=all')).toEqual([2, 3, 4]);
    expect(of('select=nosuch')).toEqual([]);
    const following = scene.ask('select=db');
    scene.state('web');
    scene.state('db');
    expect(scene.numbers(following)).toEqual([6]);
  });

  test('a listener that takes nothing is not waited for, and is told what it missed', () => {
    const scene = new Scene();
    const reply = new Reply();
    reply.isStuck = true;
    scene.ask('', {}, reply);
    for (let i = 0; i < 5000; i++) scene.state('web');
    const { length } = reply.messages;
    expect(reply.writableLength).toBeLessThan(2 * 64 * 1024);
    reply.drain();
    const missed = reply.messages.find(({ event }) => event === 'overtaken');
    const count = Number(JSON.parse(missed?.data ?? '{}').missed);
    expect(count).toBeGreaterThan(0);
    expect(reply.messages.length - 1 + count).toBe(5000);
    expect(length).toBeLessThan(5000 - count);
  });
});
