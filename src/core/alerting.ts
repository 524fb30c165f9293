/**
 * When an alert tells of what. All of it is this reducer: `step(spec, state, occurrence, now)` answers with the state that
 * follows and what is to be told, `deadlineOf(state)` with the one moment at which something is due by itself.
 *
 * What an alert is about is a *subject*: a process, a log file, the config. Of each it has a watch, while there is anything
 * to be known of it:
 *
 * - *windows*, one a condition: what was just told is held back for `every`, counted, and told at the end as one message;
 * - its *ends* within `crashloop.within`, and whether they are a loop: it is told once, and is over when there was no end
 *   for so long;
 * - the *alarm* that was told and is not over. `recovered` follows it once, when the subject is up again; for a loop, when
 *   that is over. Of several alarms in a row the gravest stands, and only what was really told is one.
 *
 * Whatever survives that goes through a bound on messages a minute (`surplus.ts`). So each thing that the alert is to tell
 * of is told by itself or counted in a message, once.
 */
import { ALARMS, type AlertSpec, type Condition } from './alert.ts';
import { summaryOf } from './alertwording.ts';
import type { Facts, Occurrence } from './occurrence.ts';
import type { Millis } from './program.ts';
import { emptyShelves, itemOf, itemsOf, type Shelves, withItem } from './shelves.ts';
import { hasRoom, type Sent, type Surplus, tellsAt, totalOf, withMore, withSent } from './surplus.ts';
import type { Alarm, Counts, Telling } from './telling.ts';
import { offer, opened, type Window } from './throttle.ts';

interface Watch {
  /** Since when it is up, and what was said of that; undefined when it is not, or that is not known. */
  readonly up: Facts | undefined;
  readonly windows: ReadonlyMap<Condition, Window<Facts>>;
  /** Ends that nobody asked for, within the time of a loop, oldest first. */
  readonly ends: readonly Millis[];
  readonly isLooping: boolean;
  /** When it counts as calm, unless something happens; undefined when nothing waits for that. */
  readonly calmAt: Millis | undefined;
  readonly alarm: Alarm | undefined;
}

export interface AlertState {
  /** Makes its ids unique among all alerts and all lives of the daemon. */
  readonly token: string;
  readonly count: number;
  readonly watches: Shelves<Watch>;
  readonly sent: Sent;
  readonly surplus: Surplus | undefined;
  /** Nothing is due before. */
  readonly due: Millis;
  /** How often its alarms have changed. */
  readonly changes: number;
}

const NEVER: Millis = Number.POSITIVE_INFINITY;

export interface Outcome {
  readonly state: AlertState;
  readonly told: readonly Telling[];
}

/** Ends that are counted one by one; a loop of restarts makes one a second at most. */
const MOST_ENDS = 1_000;

const IDLE: Watch = {
  up: undefined,
  windows: new Map(),
  ends: [],
  isLooping: false,
  calmAt: undefined,
  alarm: undefined,
};

/** An alert that has told nothing, or knows of alarms from before the daemon's start. */
export function quiet(token: string, alarms: ReadonlyMap<string, Alarm> = new Map()): AlertState {
  let watches = emptyShelves<Watch>();
  for (const [subject, alarm] of alarms) watches = withItem(watches, subject, { ...IDLE, alarm });
  return { token, count: 0, watches, sent: [], surplus: undefined, due: NEVER, changes: 0 };
}

/** The alarms that are not over, by subject. */
export function alarmsOf({ watches }: AlertState): ReadonlyMap<string, Alarm> {
  return new Map(itemsOf(watches).flatMap(([subject, { alarm }]) => (alarm === undefined ? [] : [[subject, alarm]])));
}

/** What is due at `now`, then what happened. */
export function step(spec: AlertSpec, state: AlertState, occurrence: Occurrence, now: Millis): Outcome {
  if (!concerns(spec, state, occurrence)) return { state, told: [] };
  const turn = new Turn(spec, state, now);
  turn.expire();
  turn.take(occurrence);
  return turn.outcome();
}

/** Whether it can change anything: most that happens to a thousand programs does not. */
function concerns({ on }: AlertSpec, { watches }: AlertState, occurrence: Occurrence): boolean {
  if (occurrence.type === 'ended' || itemOf(watches, occurrence.subject) !== undefined) return true;
  if (occurrence.type === 'told') return on.includes(occurrence.condition);
  return occurrence.type === 'up' && occurrence.started && on.includes('started');
}

/** What is due at `now`. */
export function expire(spec: AlertSpec, state: AlertState, now: Millis): Outcome {
  const turn = new Turn(spec, state, now);
  turn.expire();
  return turn.outcome();
}

/** The end: all that is held back is told. */
export function flush(spec: AlertSpec, state: AlertState, now: Millis): Outcome {
  const turn = new Turn(spec, state, now);
  turn.expire();
  turn.flush();
  return turn.outcome();
}

/** When something may be due by itself; undefined when nothing is. */
export function deadlineOf({ due }: AlertState): Millis | undefined {
  return due === NEVER ? undefined : due;
}

/** When something is due of one subject. */
function dueOf({ windows, calmAt = NEVER }: Watch): Millis {
  return Math.min(calmAt, ...[...windows.values()].map(({ until }) => until));
}

/** One step under way. */
class Turn {
  private readonly spec: AlertSpec;
  private readonly now: Millis;
  private readonly told: Telling[] = [];
  private state: AlertState;

  constructor(spec: AlertSpec, state: AlertState, now: Millis) {
    this.spec = spec;
    this.state = state;
    this.now = now;
  }

  outcome(): Outcome {
    return { state: this.state, told: this.told };
  }

  expire(): void {
    const { surplus, due } = this.state;
    if (due > this.now) return;
    if (surplus !== undefined && tellsAt(surplus) <= this.now) this.tellSurplus(surplus);
    for (const [subject, watch] of itemsOf(this.state.watches)) {
      if (dueOf(watch) > this.now) continue;
      for (const [condition, window] of watch.windows) {
        if (window.until <= this.now) this.closeWindow(subject, condition, window);
      }
      if (watch.calmAt !== undefined && watch.calmAt <= this.now) this.calm(subject);
    }
    const all = itemsOf(this.state.watches).map(([, watch]) => dueOf(watch));
    const next = all.reduce((first, at) => Math.min(first, at), NEVER);
    this.state = { ...this.state, due: next };
    if (this.state.surplus !== undefined) this.setDue(tellsAt(this.state.surplus));
  }

  flush(): void {
    for (const [subject, { windows }] of itemsOf(this.state.watches)) {
      for (const [condition, window] of windows) this.tellHeld(subject, condition, window);
    }
    if (this.state.surplus !== undefined) this.tellSurplus(this.state.surplus);
  }

  take(occurrence: Occurrence): void {
    const { type, subject } = occurrence;
    switch (type) {
      case 'told': {
        const { condition, facts } = occurrence;
        this.offer(condition, subject, facts);
        break;
      }
      case 'ended':
        this.change(subject, { up: undefined });
        if (occurrence.isUnasked) this.countEnd(subject, occurrence.facts);
        if (occurrence.isUnexpected) this.offer('unexpected', subject, occurrence.facts);
        break;
      case 'up':
        this.onUp(occurrence);
        break;
      case 'down':
        if (this.isWatched(subject)) this.change(subject, { up: undefined });
        break;
      case 'gone':
        for (const [condition, window] of this.of(subject).windows) this.tellHeld(subject, condition, window);
        this.put(subject, undefined);
        break;
      case 'renamed': {
        const watch = itemOf(this.state.watches, subject);
        this.put(subject, undefined);
        this.put(occurrence.to, watch);
        break;
      }
    }
  }

  private onUp({ subject, started, facts }: Extract<Occurrence, { type: 'up' }>): void {
    if (this.isWatched(subject)) this.change(subject, { up: facts });
    const { alarm, isLooping } = this.of(subject);
    if (alarm?.condition === 'crashloop') {
      // It is not over because it is up once more.
      if (!isLooping) this.change(subject, { calmAt: this.now + this.spec.crashloop.within });
    } else if (alarm) this.recover(subject, alarm, facts);
    if (started) this.offer('started', subject, facts);
  }

  /** One more end that nobody asked for. A loop is told of once, however long it goes on. */
  private countEnd(subject: string, facts: Facts): void {
    const { ends, within } = this.spec.crashloop;
    const watch = this.of(subject);
    const recent = [...watch.ends.filter(at => at > this.now - within), this.now].slice(-MOST_ENDS);
    const isLooping = watch.isLooping || recent.length >= ends;
    this.change(subject, { ends: recent, isLooping, calmAt: this.now + within });
    if (isLooping && !watch.isLooping) this.offer('crashloop', subject, facts);
  }

  private calm(subject: string): void {
    this.change(subject, { ends: [], isLooping: false, calmAt: undefined });
    const { alarm, up } = this.of(subject);
    if (alarm?.condition === 'crashloop' && up) this.recover(subject, alarm, up);
  }

  private recover(subject: string, alarm: Alarm, facts: Facts): void {
    this.change(subject, { alarm: undefined });
    if (this.spec.on.includes('recovered')) this.emit('recovered', subject, facts, alarm);
  }

  /** Tells of it, unless that is not asked for, or the same was told a moment ago. */
  private offer(condition: Condition, subject: string, facts: Facts): void {
    if (!this.spec.on.includes(condition)) return;
    const before = this.of(subject).windows.get(condition);
    const { isTold, window } = offer(before, facts, { now: this.now, every: this.spec.every });
    if (isTold) {
      const { id, summary } = this.emit(condition, subject, facts);
      this.raise(condition, subject, { id, condition, at: facts.at, summary });
    }
    this.setWindow(subject, condition, window);
  }

  private closeWindow(subject: string, condition: Condition, window: Window<Facts>): void {
    const isHeld = window.held > 0;
    this.tellHeld(subject, condition, window);
    this.setWindow(subject, condition, isHeld ? opened(this.now + this.spec.every) : undefined);
  }

  private tellHeld(subject: string, condition: Condition, { held, latest }: Window<Facts>): void {
    if (held === 0 || latest === undefined) return;
    const { up, ends, windows } = this.of(subject);
    const isUp = up !== undefined;
    const window = windows.get(condition);
    if (window) this.setWindow(subject, condition, opened(window.until));
    const { id, isOwn } = this.place(condition, subject, held);
    const telling = { kind: 'more', id, condition, subject, facts: latest, held, ends: ends.length, isUp } as const;
    if (isOwn) this.told.push(telling);
    const summary = isOwn ? summaryOf(telling, this.spec) : null;
    if (!isUp) this.raise(condition, subject, { id, condition, at: latest.at, summary });
  }

  /** Tells of one thing; returns the message that does. */
  private emit(condition: Condition, subject: string, facts: Facts, alarm?: Alarm): Pick<Alarm, 'id' | 'summary'> {
    const { id, isOwn } = this.place(condition, subject, 1);
    if (!isOwn) return { id, summary: null };
    const absorbed = this.absorb(condition, subject);
    const ends = this.of(subject).ends.length;
    const telling = { kind: 'one', id, condition, subject, facts, absorbed, ends, alarm } as const;
    this.told.push(telling);
    return { id, summary: summaryOf(telling, this.spec) };
  }

  /** A place among the messages of this minute, else in the surplus. */
  private place(
    condition: Condition,
    subject: string,
    count: number,
  ): { readonly id: string; readonly isOwn: boolean } {
    const { surplus, sent } = this.state;
    if (surplus === undefined && hasRoom(sent, this.now)) {
      this.state = { ...this.state, sent: withSent(sent, this.now) };
      return { id: this.nextId(), isOwn: true };
    }
    const all = surplus ?? { id: this.nextId(), since: this.now, counts: new Map() };
    this.state = { ...this.state, surplus: withMore(all, { condition, subject, count }) };
    this.setDue(tellsAt(all));
    return { id: all.id, isOwn: false };
  }

  private tellSurplus(surplus: Surplus): void {
    this.told.push({ kind: 'surplus', id: surplus.id, surplus, total: totalOf(surplus) });
    this.state = { ...this.state, surplus: undefined, sent: withSent(this.state.sent, this.now) };
  }

  /** What is graver, and the end of it all, says how much was held back of what led to it. */
  private absorb(condition: Condition, subject: string): Counts {
    const gravity = condition === 'recovered' ? ALARMS.length : ALARMS.indexOf(condition);
    const counts = new Map<Condition, number>();
    for (const [other, window] of this.of(subject).windows) {
      const weight = ALARMS.indexOf(other);
      if (weight < 0 || weight >= gravity || window.held === 0) continue;
      counts.set(other, window.held);
      this.setWindow(subject, other, opened(window.until));
    }
    return counts;
  }

  /** What was told is an alarm, where it is none of the others and none stands that is graver. */
  private raise(condition: Condition, subject: string, alarm: Alarm): void {
    const weight = ALARMS.indexOf(condition);
    const { alarm: standing } = this.of(subject);
    if (weight < 0) return;
    if (standing === undefined || ALARMS.indexOf(standing.condition) < weight) this.change(subject, { alarm });
  }

  private setWindow(subject: string, condition: Condition, window: Window<Facts> | undefined): void {
    const windows = new Map(this.of(subject).windows);
    if (window) windows.set(condition, window);
    else windows.delete(condition);
    this.change(subject, { windows });
  }

  private of(subject: string): Watch {
    return itemOf(this.state.watches, subject) ?? IDLE;
  }

  private isWatched(subject: string): boolean {
    return itemOf(this.state.watches, subject) !== undefined;
  }

  /** A watch that knows nothing is none. */
  private change(subject: string, changes: Partial<Watch>): void {
    const watch = { ...this.of(subject), ...changes };
    const { windows, calmAt, alarm } = watch;
    const isIdle = windows.size === 0 && calmAt === undefined && alarm === undefined;
    this.put(subject, isIdle ? undefined : watch);
  }

  private put(subject: string, watch: Watch | undefined): void {
    const { watches, changes } = this.state;
    const isOther = itemOf(watches, subject)?.alarm !== watch?.alarm;
    this.state = {
      ...this.state,
      watches: withItem(watches, subject, watch),
      changes: isOther ? changes + 1 : changes,
    };
    if (watch !== undefined) this.setDue(dueOf(watch));
  }

  private setDue(at: Millis): void {
    if (at < this.state.due) this.state = { ...this.state, due: at };
  }

  private nextId(): string {
    const count = this.state.count + 1;
    this.state = { ...this.state, count };
    return `${this.state.token}-${count}`;
  }
}
