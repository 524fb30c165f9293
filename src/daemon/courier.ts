/** Takes what alerts have to say to where they say it: in the background, again when it fails, and over the daemon's own end. */
import type { AlertMessage, AlertSpec } from '../core/alert.ts';
import { fitMessage } from '../core/alertmessage.ts';
import { whereOf } from '../core/alertvia.ts';
import type { HappeningBody } from '../core/events.ts';
import type { Millis } from '../core/program.ts';
import { formatUndelivered, parseUndelivered, type UndeliveredMessage } from '../core/undelivered.ts';
import type { AlertInfo, AlertTestReply } from '../protocol/messages.ts';
import type { Clock } from '../runtime/clock.ts';
import { atMost } from '../runtime/patience.ts';
import { attempt, type Deliver } from './attempt.ts';
import { KeptFile, readKept } from './keptfile.ts';
import { Lane } from './lane.ts';

/** Messages that all alerts together keep. One is some kilobytes, with what a screen showed. */
const MOST_IN_ALL = 1_000;

/** How long the end of the daemon waits for what has not been told, before it is left to the next daemon. */
const LAST_MESSAGES: Millis = 3_000;

/** How long it waits then for attempts that were ended to let go: a command has to be killed. */
const LETTING_GO: Millis = 2_000;

/** Why what an alert had to tell is told no more. */
const GONE = 'there is no such alert in the config any more';

const FILE_NAME = 'file of undelivered alerts';

export interface CourierOptions {
  /** The file of what outlives the daemon. */
  readonly path: string;
  readonly clock: Clock;
  readonly deliver: Deliver;
  readonly publish: (happening: HappeningBody) => void;
  readonly warn: (message: string) => void;
}

/**
 * The queues of all alerts, side by side. Nothing here blocks or throws into whoever hands a message over; what becomes of
 * one is told by events. A message is delivered at least once: when the daemon is killed between the answer and the writing
 * down of it, the next one sends it again, with the same id.
 */
export class Courier {
  private readonly options: CourierOptions;
  private readonly file: KeptFile;
  private lanes: ReadonlyMap<string, Lane> = new Map();
  private readonly tests = new Set<AbortController>();
  private alarms: unknown = null;
  private isOpen = false;
  /** Whether there is anything to write down, or was: a daemon without alerts leaves no file. */
  private hasFile = false;

  constructor(options: CourierOptions) {
    const { path, clock, warn } = options;
    this.options = options;
    const consequence = 'until it can, alerts that are not delivered yet are lost if the daemon is killed';
    this.file = new KeptFile(path, { clock, warn, name: FILE_NAME, consequence, text: () => this.text() });
  }

  /**
   * Goes by these alerts, and takes over what a former daemon could not tell. To be called once, when no other daemon can be
   * there. Returns what `keep` was last given; null when there is nothing.
   */
  open(specs: readonly AlertSpec[]): unknown {
    const { path, warn, publish } = this.options;
    const kept = readKept(path, FILE_NAME, parseUndelivered);
    if (kept.kind === 'damaged') warn(kept.message);
    const { messages, alarms } = kept.kind === 'read' ? kept.record : { messages: [], alarms: null };
    this.alarms = alarms;
    this.configure(specs);
    const lost = new Map<string, number>();
    for (const entry of messages) {
      const { alert } = entry.message;
      const lane = this.lanes.get(alert);
      if (lane === undefined) lost.set(alert, (lost.get(alert) ?? 0) + 1);
      else this.add(lane, entry);
    }
    for (const [alert, count] of lost) publish({ type: 'alert.dropped', alert, count, reason: GONE });
    this.isOpen = true;
    if (kept.kind !== 'none') this.changed();
    return alarms;
  }

  /** Goes by these alerts from now on. What one that is gone had to tell is dropped. */
  configure(specs: readonly AlertSpec[]): void {
    const former = new Map(this.lanes);
    const { clock, deliver, publish } = this.options;
    const changed = (): void => this.changed();
    this.lanes = new Map(
      specs.map(spec => {
        const lane = former.get(spec.name);
        former.delete(spec.name);
        lane?.configure(spec);
        return [spec.name, lane ?? new Lane(spec, { clock, deliver, publish, changed })];
      }),
    );
    for (const lane of former.values()) lane.discard(GONE);
    if (former.size > 0) this.changed();
  }

  /** Has this told: at once where nothing of the alert waits, else in its turn. */
  enqueue({ name }: AlertSpec, message: AlertMessage): void {
    const lane = this.lanes.get(name);
    if (lane === undefined) this.options.publish({ type: 'alert.dropped', alert: name, count: 1, reason: GONE });
    else this.add(lane, { message: fitMessage(message), attempts: 0, waited: 0 });
  }

  /** Has the rules' memory, which must be JSON, outlive the daemon. It is written soon after, as it is then. */
  keep(alarms: unknown): void {
    this.alarms = alarms;
    this.changed();
  }

  /** Tells this now, past the queue and once, and says what the receiver answered. */
  async test(spec: AlertSpec, message: AlertMessage): Promise<AlertTestReply> {
    const { deliver, clock } = this.options;
    const controller = new AbortController();
    this.tests.add(controller);
    const { ok, answer } = await attempt({ spec, message: fitMessage(message) }, { deliver, clock, controller });
    this.tests.delete(controller);
    if (ok) this.lanes.get(spec.name)?.hurry();
    return { ok, answer };
  }

  /** The alert of this name; undefined when there is none. */
  specOf(name: string): AlertSpec | undefined {
    return this.lanes.get(name)?.spec;
  }

  /** What is known of each alert, in the order of the config. */
  list(): readonly AlertInfo[] {
    return [...this.lanes.values()].map(({ spec, length, retryIn, lastDelivery, lastFailure }) => ({
      name: spec.name,
      kind: spec.via.kind,
      where: whereOf(spec.via),
      on: spec.on,
      programs: spec.programs,
      every: spec.every,
      waiting: length,
      retryIn: retryIn === undefined ? null : Math.round(retryIn),
      lastDelivery: lastDelivery ?? null,
      lastFailure: lastFailure ?? null,
    }));
  }

  /** The end: what has not failed yet is told, for a moment; the rest is left to the next daemon. */
  async close(): Promise<void> {
    const { clock } = this.options;
    const lanes = [...this.lanes.values()];
    await atMost(LAST_MESSAGES, Promise.all(lanes.map(lane => lane.rest())), clock);
    for (const lane of lanes) lane[Symbol.dispose]();
    for (const controller of this.tests) controller.abort(new Error('the daemon is ending'));
    await atMost(LETTING_GO, Promise.all(lanes.map(lane => lane.sent)), clock);
    if (this.hasFile) await this.file.close();
    this.isOpen = false;
  }

  private add(lane: Lane, entry: UndeliveredMessage): void {
    lane.add(entry);
    const lanes = [...this.lanes.values()];
    if (lanes.reduce((sum, { length }) => sum + length, 0) <= MOST_IN_ALL) return;
    const [longest = lane] = lanes.sort((a, b) => b.length - a.length);
    longest.dropOldest(`more than ${MOST_IN_ALL} of all alerts were waiting`);
  }

  /** Before it was opened the file is another daemon's. */
  private changed(): void {
    if (!this.isOpen) return;
    this.hasFile = true;
    this.file.touch();
  }

  private text(): string {
    const messages = [...this.lanes.values()].flatMap(({ waiting }) => waiting);
    return formatUndelivered({ messages, alarms: this.alarms });
  }
}
