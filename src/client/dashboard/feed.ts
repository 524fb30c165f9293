import type { Happening } from '../../core/events.ts';
import { parseRecord } from '../../core/fields.ts';
import { WireError } from '../../protocol/errors.ts';
import type { DaemonInfo, UsageSample } from '../../protocol/messages.ts';
import type { SseMessage } from '../../protocol/sse.ts';
import { hasAllOf } from '../../protocol/version.ts';
import type { Clock } from '../../runtime/clock.ts';
import { Delay } from '../../runtime/delay.ts';
import { NoDaemonError } from '../address.ts';
import type { Api, Place } from '../api.ts';
import type { Message } from './board.ts';

/** Milliseconds before the daemon is looked for again: twice as long each time, up to the last. */
const FIRST_PAUSE = 100;
const LONGEST_PAUSE = 2000;

/** Milliseconds in which events are gathered before their processes are asked for: a restart is five events. */
const GATHER_FOR = 100;

/** With more names than this the whole list is asked for. */
const MOST_NAMES = 50;

/** Milliseconds without a word, where one is to be expected every second or two, before the daemon is asked whether it is there. */
const QUIET = 3000;

/** The first protocol with panes and what processes take: a daemon of an older one serves `status` and `attach`. */
const NEEDED = '1.4';

/** Of an event that is no event of the daemon's but about the stream. */
const OVERTAKEN = 'overtaken';

export interface FeedOptions {
  /** The daemon, for requests that end with the signal. */
  readonly connect: (signal: AbortSignal) => Api;
  readonly clock: Clock;
  readonly onMessage: (message: Message) => void;
  /** An error that nothing here knows. */
  readonly onBug: (error: unknown) => void;
}

/**
 * What the dashboard hears of the daemon: the list of processes, what happens, what they take. It comes back by itself when
 * the daemon does, and goes on with the events where it was.
 */
export class Feed implements Disposable {
  private readonly options: FeedOptions;
  private readonly closing = new AbortController();
  private readonly gathering: Delay;
  private readonly pausing: Delay;
  private readonly listening: Delay;
  private connection = new AbortController();
  private wakeUp: () => void = () => {};
  private lastEvent: string | undefined;
  /** Names that are to be asked for; `all` for the whole list. */
  private stale: Set<string> | 'all' = new Set();
  /** Wall clock at which the list was asked for: what happened before is in it. */
  private listedAt = 0;
  private isAsking = false;
  /** A sample came since it was listened to last. */
  private isHeard = false;

  constructor(options: FeedOptions) {
    this.options = options;
    this.gathering = new Delay(options.clock);
    this.pausing = new Delay(options.clock);
    this.listening = new Delay(options.clock);
  }

  /** Begins, and goes on until it is disposed of. */
  start(): void {
    this.run().catch((error: unknown) => {
      if (!this.closing.signal.aborted) this.options.onBug(error);
    });
  }

  [Symbol.dispose](): void {
    this.closing.abort();
    this.connection.abort();
    this.gathering[Symbol.dispose]();
    this.pausing[Symbol.dispose]();
    this.listening[Symbol.dispose]();
    this.wakeUp();
  }

  private async run(): Promise<void> {
    const { clock, onMessage } = this.options;
    let pause = FIRST_PAUSE;
    let lostAt: number | undefined;
    while (!this.closing.signal.aborted) {
      this.connection = new AbortController();
      const began = clock.now();
      try {
        await this.live(this.options.connect(this.connection.signal));
      } catch (error) {
        if (this.closing.signal.aborted) return;
        if (!(error instanceof NoDaemonError || error instanceof WireError || this.connection.signal.aborted))
          throw error;
        lostAt = lostAt === undefined || clock.now() - began > LONGEST_PAUSE ? clock.wall() : lostAt;
        const reason = reasonOf(error);
        onMessage({ type: 'link', link: { kind: 'lost', since: lostAt, reason } });
      } finally {
        this.connection.abort();
        this.gathering[Symbol.dispose]();
        this.listening[Symbol.dispose]();
      }
      pause = clock.now() - began > LONGEST_PAUSE ? FIRST_PAUSE : pause;
      await this.sleep(pause);
      pause = Math.min(pause * 2, LONGEST_PAUSE);
    }
  }

  /** Rejects when the daemon is gone, or does not answer as it should. */
  private async live(api: Api): Promise<never> {
    const daemon = await api.call('daemon');
    if (!hasAllOf(daemon.protocol, NEEDED)) throw new NoDaemonError(tooOld(daemon));
    await this.list(api);
    this.options.onMessage({ type: 'link', link: { kind: 'live' }, daemon });
    return await Promise.race([this.followEvents(api), this.followUsage(api), this.listen(api)]);
  }

  private async list(api: Api): Promise<void> {
    this.listedAt = this.options.clock.wall();
    this.stale = new Set();
    const [{ processes }, { alerts }] = await Promise.all([api.call('processes'), api.call('alerts')]);
    if (this.closing.signal.aborted) return;
    this.options.onMessage({ type: 'processes', processes, alerts: alerts.map(({ name }) => name) });
  }

  private async followEvents(api: Api): Promise<never> {
    const place: Place =
      this.lastEvent === undefined ? { query: { since: '0' } } : { headers: { 'last-event-id': this.lastEvent } };
    for await (const message of api.events(place)) {
      if (this.closing.signal.aborted) break;
      this.event(message, api);
    }
    throw new NoDaemonError('the daemon has ended');
  }

  private async followUsage(api: Api): Promise<never> {
    for await (const { data } of api.events({}, 'usage')) {
      if (this.closing.signal.aborted) break;
      this.isHeard = true;
      const sample = JSON.parse(data) as UsageSample; // a daemon of the same protocol sends what the type says
      this.options.onMessage({ type: 'usage', sample });
    }
    throw new NoDaemonError('the daemon has ended');
  }

  /** Rejects when the daemon has stopped, or is stuck: its connections stay open then, and nothing comes. */
  private async listen(api: Api): Promise<never> {
    for (;;) {
      this.isHeard = false;
      await new Promise<void>(resolve => this.listening.set(QUIET, resolve));
      if (!this.isHeard) await api.call('daemon');
    }
  }

  private event({ event, data, id }: SseMessage, api: Api): void {
    if (id !== '') this.lastEvent = id;
    if (event === OVERTAKEN) {
      this.options.onMessage({ type: 'missed', count: Number(parseRecord(data)?.missed ?? 0) });
      this.ask(api, 'all');
      return;
    }
    const happening = parseRecord(data) as unknown as Happening | undefined; // by the route table
    if (happening === undefined) return;
    const isPast = happening.at < this.listedAt;
    this.options.onMessage({ type: 'happening', happening, isPast });
    if (!isPast) this.ask(api, changedBy(happening));
  }

  /** Asks for what has changed, in a moment, as more is to come. */
  private ask(api: Api, names: readonly string[] | 'all'): void {
    if (names.length === 0) return;
    if (names === 'all' || this.stale === 'all') this.stale = 'all';
    else for (const name of names) this.stale.add(name);
    if (!this.gathering.isSet && !this.isAsking) this.gathering.set(GATHER_FOR, () => void this.refetch(api));
  }

  private async refetch(api: Api): Promise<void> {
    const { stale } = this;
    this.stale = new Set();
    this.isAsking = true;
    try {
      if (stale === 'all' || stale.size > MOST_NAMES) await this.list(api);
      else {
        const { processes, unknown } = await api.call('processes', undefined, { query: { select: [...stale] } });
        if (this.closing.signal.aborted) return;
        this.options.onMessage({ type: 'changed', processes });
        if (unknown.length > 0) this.stale = 'all';
      }
    } catch (error) {
      // The streams end for the same reason, and tell of it.
      if (!(error instanceof NoDaemonError || error instanceof WireError || this.connection.signal.aborted)) {
        this.options.onBug(error);
      }
    } finally {
      this.isAsking = false;
      if (this.stale === 'all') this.ask(api, 'all');
      else this.ask(api, [...this.stale]);
    }
  }

  private sleep(ms: number): Promise<void> {
    return new Promise(resolve => {
      this.wakeUp = resolve;
      if (this.closing.signal.aborted) resolve();
      else this.pausing.set(ms, resolve);
    });
  }
}

function reasonOf(error: unknown): string {
  if (error instanceof NoDaemonError) return error.reason;
  return error instanceof Error ? error.message : 'the connection broke';
}

function tooOld({ version, protocol }: DaemonInfo): string {
  return `the one that runs is older (${version}, protocol ${protocol}; a dashboard needs ${NEEDED}): restart it with this version`;
}

/** Whose data an event makes stale; `all` when there may be others than before. */
function changedBy(happening: Happening): readonly string[] | 'all' {
  switch (happening.type) {
    case 'process.added':
    case 'process.removed':
    case 'process.reconfigured':
    case 'config.reloaded':
      return 'all';
    case 'process.state':
    case 'process.spawned':
    case 'process.exit':
    case 'process.leftovers':
    case 'viewer.attached':
    case 'viewer.detached':
      return [happening.process];
    default:
      return [];
  }
}
