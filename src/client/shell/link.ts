import type { Happening } from '../../core/events.ts';
import { parseRecord } from '../../core/fields.ts';
import { WireError } from '../../protocol/errors.ts';
import type { ProcessInfo } from '../../protocol/messages.ts';
import type { SseMessage } from '../../protocol/sse.ts';
import type { Clock } from '../../runtime/clock.ts';
import { Delay } from '../../runtime/delay.ts';
import { NoDaemonError } from '../address.ts';
import type { Api } from '../api.ts';

/** Milliseconds between two looks for a daemon that is away. */
const RETRY = 500;

/** Milliseconds after an event until the list is asked for again: a reload brings many. */
const REFRESH_AFTER = 50;

/** What the shell knows of the daemon without asking. */
export interface Known {
  readonly processes: readonly ProcessInfo[];
  readonly alerts: readonly string[];
}

export interface LinkListener {
  /** The daemon is there: for the first time, or again. */
  live(): void;
  /** It is not, with a sentence that says so. It is looked for all the time. */
  lost(reason: string): void;
  happened(happening: Happening, data: string): void;
}

/** Events after which the list is no longer right in more than a state. */
const CHANGES_LIST = ['process.added', 'process.removed', 'process.reconfigured', 'config.reloaded'];

/** Follows a daemon's events for as long as it lives, over its restarts, and keeps a list of its processes fresh by them. */
export class Link implements Disposable {
  known: Known = { processes: [], alerts: [] };
  isLive = false;
  private readonly connect: (signal: AbortSignal) => Api;
  private readonly listener: LinkListener;
  private readonly retry: Delay;
  private readonly refresh: Delay;
  private ending = new AbortController();

  /** `connect` is called for each look, as the daemon may come back at another place. */
  constructor(connect: (signal: AbortSignal) => Api, listener: LinkListener, clock: Clock) {
    this.connect = connect;
    this.listener = listener;
    this.retry = new Delay(clock);
    this.refresh = new Delay(clock);
  }

  /** Looks for the daemon, and for another one where the place is another now. Resolves once it is known whether it is there. */
  async start(): Promise<void> {
    this.ending.abort();
    this.ending = new AbortController();
    this.retry[Symbol.dispose]();
    this.refresh[Symbol.dispose]();
    this.isLive = false;
    this.known = { processes: [], alerts: [] };
    const { signal } = this.ending;
    const api = this.connect(signal);
    try {
      await this.look(api);
    } catch (error) {
      this.failed(error, signal);
      return;
    }
    if (signal.aborted) return;
    this.isLive = true;
    this.listener.live();
    void this.follow(api, signal);
  }

  [Symbol.dispose](): void {
    this.ending.abort();
    this.retry[Symbol.dispose]();
    this.refresh[Symbol.dispose]();
  }

  private async look(api: Api): Promise<void> {
    const { processes } = await api.call('processes');
    this.known = { processes, alerts: await alertsOf(api) };
  }

  private async follow(api: Api, signal: AbortSignal): Promise<void> {
    let last = '';
    try {
      for (;;) {
        // The first time from now on, then from where it was: the daemon ends a stream only when it ends itself.
        const place = last === '' ? {} : { headers: { 'last-event-id': last } };
        let isEmpty = true;
        for await (const message of api.events(place)) {
          isEmpty = false;
          last = message.id || last;
          this.take(message, api);
        }
        if (isEmpty) throw new NoDaemonError('the daemon has ended');
      }
    } catch (error) {
      this.failed(error, signal);
    }
  }

  private take({ event, data }: SseMessage, api: Api): void {
    const record = parseRecord(data);
    if (record === undefined || event === 'overtaken') return;
    const happening = record as unknown as Happening; // by the route table
    if (happening.type === 'process.state') {
      const { process: name, to } = happening;
      const processes = this.known.processes.map(info => (info.name === name ? { ...info, state: to } : info));
      this.known = { ...this.known, processes };
    }
    if (CHANGES_LIST.includes(happening.type)) {
      // What fails here, the stream of events meets too.
      this.refresh.set(REFRESH_AFTER, () => void this.look(api).catch(() => {}));
    }
    this.listener.happened(happening, data);
  }

  private failed(error: unknown, signal: AbortSignal): void {
    if (signal.aborted) return;
    if (!(error instanceof NoDaemonError || error instanceof WireError)) throw error;
    const wasLive = this.isLive;
    this.isLive = false;
    this.retry.set(RETRY, () => void this.start());
    this.listener.lost(wasLive ? 'the daemon went away' : error.message);
  }
}

/** Names of the alerts; none of an older daemon, which knows of no such thing. */
async function alertsOf(api: Api): Promise<readonly string[]> {
  try {
    return (await api.call('alerts')).alerts.map(({ name }) => name);
  } catch (error) {
    if (error instanceof WireError) return [];
    throw error;
  }
}
