import { pidOf } from '../core/life.ts';
import type { Millis } from '../core/program.ts';
import { type Look, type SessionUsage, usageBetween } from '../core/usage.ts';
import type { Clock } from '../runtime/clock.ts';
import { MutableDisposable } from '../runtime/lifetime.ts';
import type { TraceLine } from '../runtime/trace.ts';
import type { Looking } from './looking.ts';
import type { Process } from './process.ts';

/** While somebody looks, the machine is looked at this often. */
const EVERY: Millis = 1_000;

/** But the first two looks follow each other sooner: only the second tells what CPU is taken. */
const SOON: Millis = 250;

/** The part of a core that looking takes at most: a look that costs more comes less often. 1000 programs cost some 20 ms. */
const MOST_OF_A_CORE = 1 / 100;

export interface UsageOptions {
  readonly clock: Clock;
  readonly looking: Looking;
  /** Cores of the machine. */
  readonly cores: number;
  readonly processes: () => readonly Process[];
  /** The daemon's own CPU time and resident bytes. */
  readonly self: () => { readonly cpu: Millis; readonly memory: number };
  readonly trace: TraceLine | undefined;
  /** The machine could not be looked at. */
  readonly warn: (message: string) => void;
}

/** What the daemon itself takes. */
export interface OwnUsage {
  readonly cpu: number | null;
  readonly memory: number;
}

/** What processes take of the machine. Nothing is looked at, and nothing known, while nobody watches. */
export class Usage implements Disposable {
  private readonly options: UsageOptions;
  private readonly listeners = new Set<() => void>();
  private readonly timer = new MutableDisposable();
  private before: Look | undefined;
  private sessions: ReadonlyMap<number, SessionUsage> = new Map();
  private mine: { readonly at: Millis; readonly cpu: Millis; readonly usage: OwnUsage } | undefined;
  private hasCpu = false;
  private isLooking = false;
  private hasWarned = false;

  constructor(options: UsageOptions) {
    this.options = options;
  }

  /** What its session takes; undefined where nothing runs, or nobody watches. */
  of(process: Process): SessionUsage | undefined {
    const pid = pidOf(process.current);
    return pid === undefined ? undefined : this.sessions.get(pid);
  }

  /** What the daemon takes, as of the last look. */
  get own(): OwnUsage {
    return this.mine?.usage ?? { cpu: null, memory: this.options.self().memory };
  }

  /** Calls back after each look from here on; before that at once if there is one that another brought about. */
  watch(listener: () => void): Disposable {
    this.listeners.add(listener);
    if (this.before !== undefined) listener();
    if (this.listeners.size === 1 && !this.isLooking) void this.look();
    return {
      [Symbol.dispose]: () => {
        this.listeners.delete(listener);
        if (this.listeners.size === 0 && !this.isLooking) this.forget();
      },
    };
  }

  /** Resolves once it is known what CPU is taken, which takes two looks, and calls `tell` while that is known. */
  async once<T>(tell: () => T, signal: AbortSignal): Promise<T> {
    let listener = (): void => {};
    const known = new Promise<void>(resolve => {
      listener = () => {
        if (this.hasCpu) resolve();
      };
      signal.addEventListener('abort', () => resolve());
    });
    using _watching = this.watch(() => listener());
    await known;
    return tell();
  }

  [Symbol.dispose](): void {
    this.listeners.clear();
    this.forget();
  }

  private async look(): Promise<void> {
    const { clock, looking, processes, trace } = this.options;
    const begun = clock.now();
    this.isLooking = true;
    let cost = 0;
    try {
      const leaders = new Set(processes().flatMap(({ current }) => pidOf(current) ?? []));
      const { look, took } = leaders.size === 0 ? nothingAt(begun) : await looking(leaders);
      this.take(look);
      trace?.(`looked at ${leaders.size} sessions of ${look.members.length} processes in ${took.toFixed(1)} ms`);
      const before = clock.now();
      for (const listener of this.listeners) listener();
      cost = took + clock.now() - before;
    } catch (error) {
      this.onFailure(error);
    } finally {
      this.isLooking = false;
    }
    if (this.listeners.size === 0) {
      this.forget();
      return;
    }
    const pause = this.hasCpu ? Math.max(EVERY, cost / MOST_OF_A_CORE) : SOON;
    this.timer.value = clock.after(begun + pause - clock.now(), () => void this.look());
  }

  private take(look: Look): void {
    const { cores, self } = this.options;
    this.sessions = usageBetween(this.before, look, cores);
    this.hasCpu = this.before !== undefined;
    this.before = look;
    const { cpu, memory } = self();
    const span = this.mine === undefined ? 0 : look.at - this.mine.at;
    const percent =
      this.mine === undefined || span <= 0 ? null : Math.round(((cpu - this.mine.cpu) / span) * 1000) / 10;
    this.mine = { at: look.at, cpu, usage: { cpu: percent, memory } };
  }

  /** Said once: it will not be otherwise in a second. What waits for the numbers goes on without them. */
  private onFailure(error: unknown): void {
    if (!this.hasWarned) {
      const why = error instanceof Error ? error.message : String(error);
      this.options.warn(`cannot tell what programs take of the machine: ${why}`);
    }
    this.hasWarned = true;
    this.take({ at: this.options.clock.now(), ticks: null, members: [] });
    for (const listener of this.listeners) listener();
  }

  private forget(): void {
    this.timer[Symbol.dispose]();
    this.before = undefined;
    this.mine = undefined;
    this.hasCpu = false;
    this.sessions = new Map();
  }
}

function nothingAt(at: Millis): Awaited<ReturnType<Looking>> {
  return { look: { at, ticks: null, members: [] }, took: 0 };
}
