import { compilePattern, type Pattern } from '../config/pattern.ts';
import type { AlertSpec } from '../core/alert.ts';
import type { Clock } from '../runtime/clock.ts';
import { MutableDisposable } from '../runtime/lifetime.ts';
import { TextLines } from '../terminal/textline.ts';
import type { Process } from './process.ts';

/** Bytes that are read of one process before the next one has its turn: fewer, once that has taken longer than a turn may. */
const PIECE = 4 * 1024;
const SMALLEST_PIECE = 128;

/** How long one turn of the event loop may be spent on lines. */
const TURN_MS = 2;

/** How long they are let be after that, in times of what it took: a fifth of a core at most, however slow a pattern is. */
const LEISURE = 4;
const SHORTEST_PAUSE_MS = LEISURE * TURN_MS;

/** Pieces of one turn, whatever the clock says. */
const MOST_PIECES = 64;

/** Bytes of a line that are looked at. */
const MOST_OF_LINE = 4 * 1024;

/** How often it is told that there was more than could be looked at. */
const TELL_EVERY_MS = 60_000;

export interface Watched {
  readonly process: Process;
  readonly alerts: readonly AlertSpec[];
}

export interface OutputListener {
  /** A line that an alert looks for. */
  found(process: Process, alert: string, line: string): void;
  /** Output went by that was not looked at. */
  skipped(process: Process, message: string): void;
}

interface Search {
  readonly alert: string;
  readonly pattern: Pattern;
}

/**
 * Looks for lines in what programs print. It reads their scrollbacks, from where it is, in small pieces: a program never
 * waits for it, and a flood costs no more than its share. What the scrollback has forgotten before it was looked at is
 * counted, and told.
 */
export class OutputWatch implements Disposable {
  private readonly clock: Clock;
  private readonly listener: OutputListener;
  private watches = new Map<Process, Watch>();
  /** Those with something to be read, in their turn. */
  private readonly due = new Set<Watch>();
  private readonly next = new MutableDisposable();
  private isRunning = false;
  private piece = PIECE;

  constructor(clock: Clock, listener: OutputListener) {
    this.clock = clock;
    this.listener = listener;
  }

  /** Watches these from now on. One that stays is read on from where it is. */
  configure(all: readonly Watched[]): void {
    const patterns = new Map<string, Pattern>();
    const former = this.watches;
    this.watches = new Map();
    for (const { process, alerts } of all) {
      const searches = alerts.flatMap(({ name, output }): Search[] => {
        if (output === undefined) return [];
        const pattern = patterns.get(name) ?? compilePattern(output);
        patterns.set(name, pattern);
        return [{ alert: name, pattern }];
      });
      const watch = former.get(process) ?? new Watch(process, { wake: this.wake, look: this.look });
      former.delete(process);
      watch.searches = searches;
      this.watches.set(process, watch);
    }
    for (const watch of former.values()) this.forget(watch);
  }

  /** A life of it has ended: its last line is one, though nothing ends it. */
  onEnd(process: Process): void {
    const watch = this.watches.get(process);
    if (watch === undefined) return;
    watch.endsAt = process.console.scrollback.head;
    this.wake(watch);
  }

  [Symbol.dispose](): void {
    for (const watch of this.watches.values()) this.forget(watch);
    this.watches.clear();
    this.next[Symbol.dispose]();
  }

  private forget(watch: Watch): void {
    watch[Symbol.dispose]();
    this.due.delete(watch);
  }

  private readonly wake = (watch: Watch): void => {
    this.due.add(watch);
    if (this.isRunning) return;
    this.isRunning = true;
    this.next.value = this.clock.soon(this.run);
  };

  private readonly run = (): void => {
    const begun = this.clock.now();
    let now = begun;
    for (let pieces = 0; pieces < MOST_PIECES && now - begun <= TURN_MS; pieces++) {
      const [watch] = this.due;
      if (watch === undefined) break;
      this.due.delete(watch);
      if (this.read(watch)) this.due.add(watch); // behind the others
      const before = now;
      now = this.clock.now();
      const isSlow = now - before > TURN_MS;
      this.piece = isSlow ? Math.max(SMALLEST_PIECE, this.piece / 2) : Math.min(PIECE, this.piece * 2);
    }
    this.isRunning = this.due.size > 0;
    if (!this.isRunning) return;
    this.next.value = this.clock.after(Math.max(SHORTEST_PAUSE_MS, LEISURE * (now - begun)), this.run);
  };

  /** Reads a piece. Returns whether there is more. */
  private read(watch: Watch): boolean {
    const { process, lines } = watch;
    const { scrollback } = process.console;
    const stop = watch.endsAt ?? scrollback.head;
    const { from, bytes } = scrollback.read(watch.at, Math.max(0, Math.min(this.piece, stop - watch.at)));
    if (from > watch.at) this.skip(watch, from - watch.at);
    watch.at = from + bytes.length;
    lines.write(bytes);
    if (watch.endsAt !== undefined && watch.at >= watch.endsAt) {
      watch.endsAt = undefined;
      lines.end();
    }
    return watch.at < scrollback.head;
  }

  private readonly look = ({ process, searches }: Watch, line: string): void => {
    for (const { alert, pattern } of searches) if (pattern(line)) this.listener.found(process, alert, line);
  };

  private skip(watch: Watch, bytes: number): void {
    watch.lines.restart();
    watch.skipped += bytes;
    if (!watch.isTallying) this.tellSkipped(watch);
  }

  /** What is skipped within a minute of that is told at its end. */
  private tellSkipped(watch: Watch): void {
    const { skipped, process } = watch;
    watch.isTallying = skipped > 0;
    if (skipped === 0) return;
    watch.skipped = 0;
    watch.tally.value = this.clock.after(TELL_EVERY_MS, () => this.tellSkipped(watch));
    this.listener.skipped(process, `${skipped} bytes of its output came too fast to be looked at for alerts`);
  }
}

/** How far the output of one process was looked at. */
class Watch implements Disposable {
  readonly process: Process;
  readonly lines: Lines;
  searches: readonly Search[] = [];
  at: number;
  /** Where its life ended that was not read to its end yet. */
  endsAt: number | undefined;
  /** Bytes that were not looked at, and not told of. */
  skipped = 0;
  /** Skipping was told of within the last minute. */
  isTallying = false;
  readonly tally = new MutableDisposable();
  private readonly subscription: Disposable;

  constructor(
    process: Process,
    { wake, look }: { wake: (watch: Watch) => void; look: (watch: Watch, line: string) => void },
  ) {
    this.process = process;
    this.lines = new Lines(line => look(this, line));
    this.at = process.console.scrollback.head;
    this.subscription = process.onOutput(() => wake(this));
  }

  [Symbol.dispose](): void {
    this.subscription[Symbol.dispose]();
    this.tally[Symbol.dispose]();
  }
}

/** Output as lines of text, each cut to what of it is looked at. */
class Lines {
  private readonly take: (line: string) => void;
  private lines: TextLines;
  /** The line at hand was looked at, and goes on. */
  private isTaken = false;

  constructor(take: (line: string) => void) {
    this.take = take;
    this.lines = new TextLines(this.onLine);
  }

  write(bytes: Uint8Array): void {
    this.lines.write(bytes);
  }

  /** The line at hand ends, whatever follows. */
  end(): void {
    this.lines.end();
  }

  /** What came before is not known: forgets the line at hand. */
  restart(): void {
    this.lines = new TextLines(this.onLine);
    this.isTaken = false;
  }

  private readonly onLine = (bytes: Uint8Array, from: number, to: number, isWhole: boolean): void => {
    const isTaken = this.isTaken;
    this.isTaken = !isWhole;
    if (isTaken || from === to) return;
    const { buffer, byteOffset } = bytes;
    this.take(Buffer.from(buffer, byteOffset + from, Math.min(to - from, MOST_OF_LINE)).toString('utf8'));
  };
}
