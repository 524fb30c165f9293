/** What the dashboard hears of a daemon that comes, goes, and tells of changes; and which consoles it asks for. */
import { Duplex, PassThrough } from 'node:stream';
import { setImmediate } from 'node:timers/promises';
import { describe, expect, test } from 'vitest';
import { NoDaemonError } from '../../../src/client/address.ts';
import type { Api, Place } from '../../../src/client/api.ts';
import type { Message } from '../../../src/client/dashboard/board.ts';
import { Feed } from '../../../src/client/dashboard/feed.ts';
import { Panes } from '../../../src/client/dashboard/panes.ts';
import { Viewer, type ViewerListener } from '../../../src/client/dashboard/viewer.ts';
import type { Happening } from '../../../src/core/events.ts';
import type { SseMessage } from '../../../src/protocol/sse.ts';
import { PROTOCOL } from '../../../src/protocol/version.ts';
import { FakeClock } from '../../support/fake-clock.ts';
import { onCleanup } from '../../support/world.ts';
import { processInfo } from '../support.ts';

const NO_BYTES = new Uint8Array(0);

/** A text frame of the daemon, of a few bytes. */
function textFrame(frame: object): Buffer {
  const text = JSON.stringify(frame);
  return Buffer.concat([Buffer.from([0x81, text.length]), Buffer.from(text)]);
}

/** A stream that a test writes. */
class Stream {
  private waiting: (() => void) | undefined;
  private readonly messages: SseMessage[] = [];
  private isOver = false;

  push(event: string, data: object, id = ''): void {
    this.messages.push({ event, data: JSON.stringify(data), id });
    this.waiting?.();
  }

  end(): void {
    this.isOver = true;
    this.waiting?.();
  }

  async *read(): AsyncGenerator<SseMessage> {
    for (;;) {
      const message = this.messages.shift();
      if (message !== undefined) yield message;
      else if (this.isOver) return;
      else
        await new Promise<void>(resolve => {
          this.waiting = resolve;
        });
    }
  }
}

class FakeWire {
  readonly clock = new FakeClock();
  readonly messages: Message[] = [];
  readonly asked: Place[] = [];
  readonly followed: Place[] = [];
  readonly attached: string[] = [];
  readonly aborted: string[] = [];
  events = new Stream();
  usage = new Stream();
  isThere = true;
  /** What an attach is answered with; undefined for nothing. */
  socket: Duplex | undefined;
  greeted = 0;
  protocol = PROTOCOL;

  readonly connect = (signal: AbortSignal): Api => ({
    call: async (name: string, _request?: unknown, place: Place = {}): Promise<never> => {
      if (!this.isThere) throw new NoDaemonError('nobody listens');
      if (name === 'daemon') this.greeted++;
      if (name === 'processes') this.asked.push(place);
      return (
        name === 'daemon'
          ? { pid: 1, version: '0.3.0', protocol: this.protocol }
          : { processes: [processInfo('web', {})], unknown: [], alerts: [] }
      ) as never; // by the route table
    },
    events: (place: Place, name?: string) => {
      if (name !== 'usage') this.followed.push(place);
      return (name === 'usage' ? this.usage : this.events).read();
    },
    attach: ({ name = '' }: Place) => {
      this.attached.push(name);
      signal.addEventListener('abort', () => this.aborted.push(name));
      const { socket } = this;
      return socket === undefined ? new Promise<never>(() => {}) : Promise.resolve({ socket, head: NO_BYTES });
    },
    bytes: () => Promise.reject(new Error('nobody asks for bytes')),
  });

  get links(): string[] {
    return this.messages.flatMap(message => (message.type === 'link' ? [message.link.kind] : []));
  }

  feed(): Feed {
    const feed = new Feed({
      connect: this.connect,
      clock: this.clock,
      onMessage: message => this.messages.push(message),
      onBug: error => {
        throw error;
      },
    });
    onCleanup(() => {
      feed[Symbol.dispose]();
      this.events.end();
      this.usage.end();
    });
    feed.start();
    return feed;
  }

  happen(parts: object, id: number): void {
    const at = this.clock.wall() + 1;
    this.events.push('process.spawned', { id, at, type: 'process.spawned', process: 'web', ...parts }, `b-${id}`);
  }
}

/** Lets everything that is due be done. */
async function settle(): Promise<void> {
  for (let i = 0; i < 5; i++) await setImmediate();
}

describe('the feed', () => {
  test('says of an older daemon what is to be done, and asks nothing of it that it does not know', async () => {
    const wire = new FakeWire();
    wire.protocol = '1.3';
    wire.feed();
    await settle();
    expect(wire.messages).toMatchObject([
      {
        type: 'link',
        link: { kind: 'lost', reason: expect.stringMatching(/older \(0\.3\.0, protocol 1\.3.*restart it/) },
      },
    ]);
    expect([wire.asked, wire.followed]).toEqual([[], []]);
  });

  test('tells of the list, then that it is live, then of what comes', async () => {
    const wire = new FakeWire();
    wire.feed();
    await settle();
    wire.happen({}, 1);
    wire.usage.push('usage', { at: 0, processes: [] });
    await settle();
    expect(wire.messages.map(({ type }) => type).sort()).toEqual(['happening', 'link', 'processes', 'usage']);
    expect(wire.followed).toEqual([{ query: { since: '0' } }]);
  });

  test('comes back by itself, ever more slowly at first, and goes on with the events where it was', async () => {
    const wire = new FakeWire();
    wire.feed();
    await settle();
    wire.happen({}, 5);
    await settle();
    wire.isThere = false;
    wire.events.end();
    await settle();
    expect(wire.links).toEqual(['live', 'lost']);
    for (const ms of [100, 200, 400, 800, 1600, 2000, 2000]) {
      const tries = wire.links.length;
      wire.clock.advance(ms - 1);
      await settle();
      expect(wire.links).toHaveLength(tries);
      wire.clock.advance(1);
      await settle();
      expect(wire.links).toHaveLength(tries + 1);
    }
    wire.isThere = true;
    wire.events = new Stream();
    wire.usage = new Stream();
    wire.clock.advance(2000);
    await settle();
    expect(wire.links.at(-1)).toBe('live');
    expect(wire.followed.at(-1)).toEqual({ headers: { 'last-event-id': 'b-5' } });
    const losses = wire.messages.flatMap(message =>
      message.type === 'link' && message.link.kind === 'lost' ? [message.link.since] : [],
    );
    expect(new Set(losses).size).toBe(1); // since when it is away, not since the last try
  });

  test('asks once for what changed in a moment, and only for that', async () => {
    const wire = new FakeWire();
    wire.feed();
    await settle();
    for (let id = 1; id < 6; id++) wire.happen({ process: id % 2 === 0 ? 'web' : 'db' }, id);
    await settle();
    expect(wire.asked).toHaveLength(1);
    wire.clock.advance(100);
    await settle();
    expect(wire.asked.slice(1)).toEqual([{ query: { select: ['db', 'web'] } }]);
    expect(wire.messages.at(-1)?.type).toBe('changed');
  });

  test.each<[string, Pick<Happening, 'type'> & object]>([
    ['was added', { type: 'process.added' }],
    ['was reloaded', { type: 'config.reloaded' }],
  ])('asks for all when one %s', async (_, happening) => {
    const wire = new FakeWire();
    wire.feed();
    await settle();
    wire.happen(happening, 1);
    await settle();
    wire.clock.advance(100);
    await settle();
    expect(wire.asked).toEqual([{}, {}]);
  });

  test('says how much was missed, and asks for all', async () => {
    const wire = new FakeWire();
    wire.feed();
    await settle();
    wire.events.push('overtaken', { missed: 12 });
    await settle();
    wire.clock.advance(100);
    await settle();
    expect(wire.messages).toContainEqual({ type: 'missed', count: 12 });
    expect(wire.asked).toHaveLength(2);
  });

  test('a daemon that falls silent is asked whether it is there, and is lost when it does not answer', async () => {
    const wire = new FakeWire();
    wire.feed();
    await settle();
    wire.usage.push('usage', { at: 0, processes: [] });
    await settle();
    wire.clock.advance(3000);
    await settle();
    expect([wire.greeted, wire.links]).toEqual([1, ['live']]);
    wire.clock.advance(3000);
    await settle();
    expect([wire.greeted, wire.links]).toEqual([2, ['live']]);
    wire.isThere = false;
    wire.clock.advance(3000);
    await settle();
    expect(wire.links).toEqual(['live', 'lost']);
  });

  test('what had happened before the list changes nothing that it says', async () => {
    const wire = new FakeWire();
    wire.feed();
    await settle();
    wire.happen({ at: wire.clock.wall() - 1 }, 1);
    await settle();
    wire.clock.advance(1000);
    await settle();
    expect(wire.messages.at(-1)).toMatchObject({ type: 'happening', isPast: true });
    expect(wire.asked).toHaveLength(1);
  });
});

describe('a pane', () => {
  test('of a daemon that sends what the program prints is closed, and says why', () => {
    const heard: unknown[] = [];
    const listener: ViewerListener = {
      attached: () => {},
      frame: frame => heard.push(frame),
      text: () => {},
      left: () => {},
      closed: (_isForGood, reason) => heard.push(reason),
    };
    for (const printed of ['$ ls', '42', '{}']) {
      const upgraded = { socket: new PassThrough(), head: NO_BYTES };
      const viewer = new Viewer({ upgraded, clock: new FakeClock(), chordFor: undefined, listener });
      onCleanup(() => viewer[Symbol.dispose]());
      viewer.binary(Buffer.from(printed), true);
    }
    expect(heard).toEqual(Array.from({ length: 3 }, () => 'this daemon is older, and knows no panes'));
  });
});

describe('the panes', () => {
  const size = { cols: 40, rows: 10 };
  const panesOf = (wire: FakeWire): Panes => {
    const panes = new Panes({
      connect: wire.connect,
      clock: wire.clock,
      label: 'ada',
      chordFor: () => ({ keys: [2, 100] }),
      onMessage: message => wire.messages.push(message),
      onBug: error => {
        throw error;
      },
    });
    onCleanup(() => panes[Symbol.dispose]());
    return panes;
  };

  test('a held key runs through sixty processes and asks for two consoles', () => {
    const wire = new FakeWire();
    const panes = panesOf(wire);
    for (let i = 0; i < 60; i++) {
      panes.show([{ name: `task${i}`, size }], undefined);
      wire.clock.advance(30);
    }
    wire.clock.advance(1000);
    expect(wire.attached).toEqual(['task0', 'task59']);
    expect(wire.aborted).toEqual(['task0']);
  });

  test('what was said of one while it was away goes when it is there again', async () => {
    const wire = new FakeWire();
    const panes = panesOf(wire);
    wire.socket = new Duplex({ read: () => {}, write: (_chunk, _encoding, done) => done() });
    panes.show([{ name: 'web', size }], 'web');
    await settle();
    wire.socket.push(null);
    await settle();
    const texts = () => wire.messages.flatMap(message => (message.type === 'pane text' ? [message.text] : []));
    expect(texts()).toEqual(['the daemon went away']);
    expect(wire.messages).toContainEqual({ type: 'typing over', text: 'web: the daemon went away' });
    wire.socket = new Duplex({ read: () => {}, write: (_chunk, _encoding, done) => done() });
    panes.reopen();
    await settle();
    wire.socket.push(textFrame({ type: 'attached', id: 3, detachKeys: null }));
    await settle();
    expect(texts()).toEqual(['the daemon went away', undefined]);
    wire.socket.push(textFrame({ type: 'exit', code: 0, text: 'web STOPPED: it was removed' }));
    await settle();
    expect(wire.messages.at(-1)).toEqual({ type: 'typing over', text: 'web STOPPED: it was removed' });
  });

  test('one that is typed to is asked for at once, anew, and let go of afterwards', () => {
    const wire = new FakeWire();
    const panes = panesOf(wire);
    panes.show([{ name: 'web', size }], undefined);
    panes.show([{ name: 'web', size }], 'web');
    expect([wire.attached, wire.aborted]).toEqual([['web', 'web'], ['web']]);
    panes.show([{ name: 'web', size }], undefined);
    expect(wire.attached).toHaveLength(3);
    panes[Symbol.dispose]();
    expect(wire.aborted).toHaveLength(3);
    expect(wire.clock.pending).toBe(0);
  });
});
