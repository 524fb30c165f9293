import { constants } from 'node:os';
import type { Cuts } from '../core/cuts.ts';
import { describeExit, describeSpan, type Exit } from '../core/exit.ts';
import type { Life } from '../core/life.ts';
import { pidOf } from '../core/life.ts';
import type { Modes } from '../core/modes.ts';
import type { Millis } from '../core/program.ts';
import { Scrollback } from '../core/scrollback.ts';
import { reasonOf, STOPPED_STATES, statusOf } from '../core/status.ts';
import type { ViewerInfo } from '../protocol/frames.ts';
import type { Clock } from '../runtime/clock.ts';
import { MutableDisposable } from '../runtime/lifetime.ts';
import type { Emulator, Size } from '../terminal/emulator.ts';
import { type Continuation, Display } from './display.ts';
import { askFlowControl } from './flowcontrol.ts';
import type { OnlookerOptions } from './onlooker.ts';
import type { PacedQueue } from './paced.ts';
import type { Pty, PtyHost } from './pty.ts';
import type { Stage } from './viewer.ts';
import { type Coming, Viewers } from './viewers.ts';
import type { Wire, WireListener } from './websocket.ts';

/** The process whose terminal it is. */
export interface ConsoleHost {
  readonly clock: Clock;
  readonly ptys: PtyHost;
  /** Where the pictures of panes are made. */
  readonly pictures: PacedQueue;
  readonly name: () => string;
  readonly life: () => Life;
  /** A viewer came, or left. */
  readonly tell: (viewer: ViewerInfo, leaving: { readonly why: string; readonly typed: number } | undefined) => void;
}

export interface ConsoleOptions {
  /** Budget in bytes. */
  readonly scrollback: number;
  /** The terminal's, until somebody drives. */
  readonly size: Size;
}

/** The code with which attaching to a process ends that does not run (design, section 3). */
const NOT_RUNNING = 7;

/** A screen that nobody looked at for so long, in milliseconds, is put away. */
const REST_AFTER = 5_000;

/**
 * The terminal of a process as people see it, over all its lives: the scrollback, the screen, and who looks at it. A process
 * that has printed nothing and has no viewer has an empty ring and nothing else.
 */
export class Console implements Stage, Disposable {
  readonly clock: Clock;
  readonly pictures: PacedQueue;
  readonly scrollback: Scrollback;
  size: Size;
  private readonly host: ConsoleHost;
  private hasBeenDriven = false;
  /** The scrollback's budget in bytes. */
  private limit: number;
  private made: Display | undefined;
  private watched: Viewers | undefined;
  /** Of the life that runs. */
  private pty: Pty | undefined;
  private readonly resting = new MutableDisposable();
  private readonly dismissing = new MutableDisposable();
  private isRestDue = false;
  private printedAt: Millis | undefined;

  constructor(host: ConsoleHost, { scrollback, size }: ConsoleOptions) {
    this.host = host;
    this.clock = host.clock;
    this.pictures = host.pictures;
    this.limit = scrollback;
    this.scrollback = new Scrollback(scrollback);
    this.size = { cols: size.cols, rows: size.rows };
  }

  get shown(): number {
    return this.made?.shown ?? this.scrollback.head;
  }

  get continuation(): Continuation {
    return this.display.continuation;
  }

  get modes(): Modes {
    return this.display.modes;
  }

  get cuts(): Cuts {
    return this.display.cuts;
  }

  get viewers(): readonly ViewerInfo[] {
    return this.watched?.infos() ?? [];
  }

  /** How often it rang, since the daemon started. */
  get bells(): number {
    return this.made?.bells ?? 0;
  }

  /** When it printed last; undefined when it never did. */
  get lastOutput(): Millis | undefined {
    return this.printedAt;
  }

  look(): Emulator | undefined {
    const emulator = this.display.look();
    this.restLater();
    return emulator;
  }

  lookNow(): Emulator {
    this.restLater();
    return this.display.screen.at(this.shown);
  }

  /** The screen, in as many turns as it takes. */
  async lookPatiently(): Promise<Emulator> {
    for (;;) {
      const emulator = this.look();
      if (emulator) return emulator;
      await new Promise<void>(resolve => this.clock.soon(resolve));
    }
  }

  /** Takes in what the terminal received; a copy is kept. */
  append(bytes: Uint8Array): void {
    const { display, watched } = this;
    this.printedAt = this.clock.now();
    display.append(bytes);
    if (display.screen.hasEmulator) this.restLater();
    if (watched === undefined || watched.isEmpty) return;
    const needs = watched.needs;
    display.cuts.forget(needs ?? display.shown);
    // A ring that is too small to wait for the next turn: what a viewer has not got would be gone by then.
    if (needs !== undefined && needs - this.scrollback.tail < bytes.length) watched.flush();
    watched.touch();
  }

  /** A life begins, in a terminal of `size`. It is told how the one before ended, if there was one that printed. */
  begin(): void {
    const { last } = this.host.life();
    if (this.made === undefined) return;
    this.watched?.flush();
    const how = last && `${describeExit(last.exit)} after ${describeSpan(last.ranFor)}`;
    this.made.begin(how && `[${this.host.name()} ${how}; started again]`);
    this.watched?.renew({ keep: true });
  }

  /** The terminal of the life that runs now; undefined when it has ended. */
  bind(pty: Pty | undefined): void {
    this.pty = pty;
    if (pty === undefined) this.made?.forgetQuestions();
  }

  /** What the config says now: a budget for the scrollback, and a size, which holds until somebody drives. */
  configure({ scrollback, size }: ConsoleOptions): void {
    this.limit = scrollback;
    if (this.made) this.made.screen.setLimit(scrollback);
    else this.scrollback.resize(scrollback);
    if (this.hasBeenDriven || (size.cols === this.size.cols && size.rows === this.size.rows)) return;
    this.watched?.flush(); // they all only watch
    this.resize(size);
    this.watched?.renew({ keep: false });
  }

  /** Forgets the scrollback. The screen stays as it is. */
  clear(): void {
    if (this.made) this.made.screen.clear();
    else this.scrollback.clear();
  }

  resize({ cols, rows }: Size): void {
    if (cols === this.size.cols && rows === this.size.rows) return;
    this.size = { cols, rows };
    this.pty?.resize(cols, rows);
    this.made?.resize(this.size);
  }

  /** Types as a person: false when what was typed before has not been read, or nothing runs. */
  type(bytes: Uint8Array): boolean {
    return this.pty?.write(bytes) ?? false;
  }

  attach(wire: Wire, options: OnlookerOptions, coming: Coming): WireListener {
    const listener = this.watch().add(wire, options, coming);
    if (isAtRest(this.host.life())) this.watch().dismissViewers({ ...this.exitFrame(), code: NOT_RUNNING });
    return listener;
  }

  /** Detaches everyone; returns how many that were. */
  detach(why: string): number {
    return this.watched?.detachAll(why) ?? 0;
  }

  /** Sends everyone away, panes and all, as there will be nothing more to see. */
  close(why: string): void {
    this.watched?.sendAway(why);
  }

  /** Its state has changed. */
  onState(): void {
    const { watched } = this;
    if (watched === undefined || watched.isEmpty) return;
    const life = this.host.life();
    const state = statusOf(life);
    watched.tell({ type: 'state', state, pid: pidOf(life) ?? null, text: reasonOf(life) ?? '' });
    // A restart passes through states of rest: only who is still there in the next turn has come to one.
    if (isAtRest(life)) {
      this.dismissing.value = this.clock.soon(() => {
        if (isAtRest(this.host.life())) watched.dismissViewers(this.exitFrame());
      });
    }
  }

  [Symbol.dispose](): void {
    // Removed by a reload in the very turn in which it ended: who looks on is told so, and not cut off.
    if (this.watched?.isEmpty === false && isAtRest(this.host.life())) this.watched.dismissAll(this.exitFrame());
    this.resting[Symbol.dispose]();
    this.dismissing[Symbol.dispose]();
    this.watched?.[Symbol.dispose]();
    this.made?.[Symbol.dispose]();
  }

  private get display(): Display {
    this.made ??= new Display(
      this.scrollback,
      { size: this.size, limit: this.limit },
      {
        clock: this.clock,
        type: bytes => void this.pty?.write(bytes),
        ask: question => this.watched?.ask(question),
        isWatched: () => this.watched?.isStreamed === true,
      },
    );
    return this.made;
  }

  private watch(): Viewers {
    this.watched ??= new Viewers(this, {
      type: (bytes, taken) => {
        if (this.pty?.write(bytes, taken) !== true) taken(); // nothing runs that could read it
      },
      resize: size => {
        this.hasBeenDriven = true;
        this.resize(size);
      },
      askFlowControl: tell => {
        if (this.pty === undefined) tell(false);
        else askFlowControl(this.host.ptys, this.pty.path, tell);
      },
      reply: (viewer, token) => this.made?.onReply(viewer, token, viewer === this.watched?.driver) ?? false,
      onAttached: viewer => this.host.tell(viewer, undefined),
      onDetached: (viewer, leaving) => this.host.tell(viewer, leaving),
    });
    return this.watched;
  }

  private exitFrame(): Parameters<Viewers['dismissAll']>[0] {
    const life = this.host.life();
    const how = reasonOf(life) ?? (life.last === undefined ? 'it was never started' : describeExit(life.last.exit));
    const code = life.last === undefined ? NOT_RUNNING : statusOfExit(life.last.exit);
    return { type: 'exit', code, text: `${this.host.name()} ${statusOf(life)}: ${how}` };
  }

  /** Puts the screen away once nobody has looked at it, and it has not changed, for a while. */
  private restLater(): void {
    if (this.isRestDue) return;
    this.isRestDue = true;
    const { head } = this.scrollback;
    this.resting.value = this.clock.after(REST_AFTER, () => {
      this.isRestDue = false;
      const isIdle = this.scrollback.head === head && (this.watched === undefined || this.watched.isEmpty);
      if (!isIdle || this.made?.screen.rest() === false) this.restLater();
    });
  }
}

/** A shell's exit status: the program's exit code, or 128 and the number of the signal that ended it. */
function statusOfExit({ code, signal }: Exit): number {
  if (signal === null) return code ?? 0;
  return 128 + (Object.entries(constants.signals).find(([name]) => name === signal)?.[1] ?? 0);
}

function isAtRest(life: Life): boolean {
  return STOPPED_STATES.includes(statusOf(life));
}
