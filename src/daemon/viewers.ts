import { driverOf } from '../core/driving.ts';
import type { InputToken } from '../core/inputs.ts';
import type { ExitFrame, ServerFrame, ViewerInfo } from '../protocol/frames.ts';
import { MutableDisposable } from '../runtime/lifetime.ts';
import type { Size } from '../terminal/emulator.ts';
import { Keyboard } from './keyboard.ts';
import type { Onlooker, OnlookerOptions } from './onlooker.ts';
import { Pane } from './pane.ts';
import { type Stage, Viewer } from './viewer.ts';
import type { Wire, WireListener } from './websocket.ts';

/** The process that is looked at, as far as viewers act on it. */
export interface Actor {
  /** Types into the terminal. `taken`: it has all of it, or never will. */
  type(bytes: Uint8Array, taken: () => void): void;
  resize(size: Size): void;
  /** Whether a Ctrl-S would stop its output; undefined when that cannot be known. */
  askFlowControl(tell: (isOn: boolean | undefined) => void): void;
  /** What this viewer's terminal says by itself; returns whether the program is to have it. */
  reply(viewer: Onlooker, token: InputToken): boolean;
  onAttached(viewer: ViewerInfo): void;
  /** `typed`: how many bytes it had typed. */
  onDetached(viewer: ViewerInfo, leaving: { readonly why: string; readonly typed: number }): void;
}

/** How somebody comes to look on. */
export interface Coming {
  /** The others are detached. */
  readonly steal: boolean;
  readonly as: Onlooker['kind'];
}

/**
 * Everyone who looks at one process: who of them drives, which gives the terminal its size, and what each is told of the
 * others. A pane never drives; one that only watches is nobody's business at all.
 */
export class Viewers implements Disposable {
  private readonly stage: Stage;
  private readonly actor: Actor;
  private readonly all = new Map<Onlooker, Keyboard>();
  private deeds = 0;
  /** Sizes that came in this turn of the event loop: of a thousand the last counts, as each costs a screen. */
  private readonly sizes = new Map<Onlooker, Size>();
  private readonly resizing = new MutableDisposable();
  private readonly telling = new MutableDisposable();
  private isTellingDue = false;

  constructor(stage: Stage, actor: Actor) {
    this.stage = stage;
    this.actor = actor;
  }

  get isEmpty(): boolean {
    return this.all.size === 0;
  }

  /** Whether anybody sees the stream, or may come to. */
  get isStreamed(): boolean {
    for (const { kind } of this.all.keys()) if (kind === 'viewer') return true;
    return false;
  }

  get driver(): Viewer | undefined {
    return driverOf(this.viewers());
  }

  /** The least offset that a reader of the stream still needs; undefined when there is none. */
  get needs(): number | undefined {
    let least: number | undefined;
    for (const { needs } of this.all.keys())
      if (needs !== undefined && (least === undefined || needs < least)) least = needs;
    return least;
  }

  /** Sends a question to the driver's terminal; returns who was asked. */
  ask(question: Uint8Array): Viewer | undefined {
    const { driver } = this;
    driver?.ask(question);
    return driver;
  }

  infos(): ViewerInfo[] {
    const { driver } = this;
    return [...this.all.keys()].filter(isKnown).map(onlooker => onlooker.info(onlooker === driver));
  }

  /** Takes somebody in. A viewer drives, unless it only watches. */
  add(wire: Wire, options: OnlookerOptions, { steal, as }: Coming): WireListener {
    if (steal) this.detachAll(`detached: ${options.label} took over`);
    const viewer = as === 'pane' ? new Pane(this.stage, wire, options) : new Viewer(this.stage, wire, options);
    const { hint } = options;
    let isHinted = hint !== undefined;
    const keyboard = new Keyboard(options.readOnly, {
      type: (bytes, taken) => this.actor.type(bytes, taken),
      askFlowControl: tell => this.actor.askFlowControl(tell),
      reply: token => this.actor.reply(viewer, token),
      taken: bytes => viewer.wire.tell({ type: 'typed', bytes }),
      drive: () => {
        if (isHinted && viewer instanceof Viewer) viewer.unshow();
        isHinted = false;
        this.drive(viewer);
      },
      notice: text => {
        if (this.all.has(viewer)) viewer.show(text);
      },
    });
    this.all.set(viewer, keyboard);
    if (isKnown(viewer)) {
      this.actor.onAttached(viewer.info(viewer.kind === 'viewer' && !options.readOnly));
      this.drive(viewer);
      this.tellViewers();
    } else if (!this.isTellingDue) wire.tell({ type: 'viewers', viewers: this.infos() });
    if (hint !== undefined) viewer.show(hint);
    viewer.touch();
    return {
      typed: bytes => {
        if (!keyboard.typed(bytes)) this.dismiss(viewer, 'it sent more than it may before the program has taken it');
      },
      frame: frame => {
        if (frame.type === 'size') this.resize(viewer, frame);
        else if (frame.type === 'ack') viewer.onArrived(frame.bytes);
        else if (this.all.has(viewer)) {
          viewer.dismiss('detached');
          this.remove(viewer, 'detached');
        }
      },
      closed: () => this.remove(viewer, 'detached'),
    };
  }

  /** Detaches everyone that anybody knows of, and says why. Returns how many there were. */
  detachAll(why: string): number {
    const known = [...this.all.keys()].filter(isKnown);
    this.dismissEach(known, why);
    return known.length;
  }

  /** The same for everyone. */
  sendAway(why: string): void {
    this.dismissEach([...this.all.keys()], why);
  }

  /** Tells viewers how the process ended for good, and lets them go once they have seen its last output. Panes stay. */
  dismissViewers(frame: Omit<ExitFrame, 'rows'>): void {
    this.finish([...this.viewers()], frame);
  }

  /** The same for everyone, as there will be nothing to look at any more. */
  dismissAll(frame: Omit<ExitFrame, 'rows'>): void {
    this.finish([...this.all.keys()], frame);
  }

  tell(frame: ServerFrame): void {
    for (const { wire } of this.all.keys()) wire.tell(frame);
  }

  /** There may be something new to see. */
  touch(): void {
    for (const onlooker of this.all.keys()) onlooker.touch();
  }

  /** Sends what readers of the stream have not got yet, as it is about to be lost. */
  flush(): void {
    for (const onlooker of this.all.keys()) onlooker.flush();
  }

  /** The screen is another one from here on: a new life, a new size. */
  renew(options: { readonly keep: boolean }): void {
    for (const onlooker of this.all.keys()) onlooker.renew(options);
  }

  [Symbol.dispose](): void {
    for (const viewer of [...this.all.keys()]) {
      viewer.wire[Symbol.dispose]();
      this.remove(viewer, 'the daemon ends');
    }
    this.resizing[Symbol.dispose]();
    this.telling[Symbol.dispose]();
  }

  private *viewers(): Generator<Viewer> {
    for (const onlooker of this.all.keys()) if (onlooker instanceof Viewer) yield onlooker;
  }

  private finish(onlookers: readonly Onlooker[], frame: Omit<ExitFrame, 'rows'>): void {
    for (const onlooker of onlookers) {
      onlooker.finish(frame);
      this.remove(onlooker, frame.text);
    }
  }

  private dismissEach(onlookers: readonly Onlooker[], why: string): void {
    for (const onlooker of onlookers) {
      onlooker.dismiss(why);
      this.remove(onlooker, why);
    }
  }

  private drive(viewer: Onlooker): void {
    if (!(viewer instanceof Viewer) || viewer.readOnly) return;
    if (!this.all.has(viewer)) return; // the last it typed comes when it has left
    const { driver } = this;
    viewer.deed = ++this.deeds;
    this.takeSize();
    if (driver === viewer) return;
    viewer.unshow(); // that somebody else does
    for (const other of this.viewers()) if (other !== viewer) other.show(`${viewer.options.label} drives`);
    this.tellViewers();
  }

  private resize(viewer: Onlooker, { cols, rows }: Size): void {
    if (!this.all.has(viewer)) return;
    if (this.sizes.size === 0) this.resizing.value = this.stage.clock.soon(() => this.takeSizes());
    this.sizes.delete(viewer); // whose comes last drives
    this.sizes.set(viewer, { cols, rows });
  }

  private takeSizes(): void {
    const sizes = [...this.sizes];
    this.sizes.clear();
    for (const [viewer, size] of sizes) {
      viewer.size = size;
      this.drive(viewer);
      viewer.renew({ keep: false });
    }
  }

  /** Gives the terminal the size of who drives. Nobody does: it stays as it is. */
  private takeSize(): void {
    const { driver, stage } = this;
    if (driver === undefined) return;
    const { cols, rows } = driver.size;
    if (cols === stage.size.cols && rows === stage.size.rows) return;
    this.flush();
    this.actor.resize({ cols, rows });
    this.renew({ keep: false });
  }

  private dismiss(viewer: Onlooker, why: string): void {
    viewer.wire.end(why);
    this.remove(viewer, why);
  }

  private remove(viewer: Onlooker, why: string): void {
    const keyboard = this.all.get(viewer);
    if (keyboard === undefined) return;
    const drove = this.driver === viewer;
    const info = viewer.info(drove);
    this.all.delete(viewer);
    this.sizes.delete(viewer);
    viewer[Symbol.dispose]();
    keyboard[Symbol.dispose]();
    if (!isKnown(viewer)) return;
    this.actor.onDetached(info, { why, typed: keyboard.typedBytes });
    if (drove) {
      this.takeSize();
      this.driver?.unshow();
    }
    this.tellViewers();
  }

  /** In the next turn, once for all that came and left in this one: a crowd that leaves together is told of once. */
  private tellViewers(): void {
    if (this.isTellingDue || this.isEmpty) return;
    this.isTellingDue = true;
    this.telling.value = this.stage.clock.soon(() => {
      this.isTellingDue = false;
      if (!this.isEmpty) this.tell({ type: 'viewers', viewers: this.infos() });
    });
  }
}

/** Whether anybody is told of it. */
function isKnown({ kind, options }: Onlooker): boolean {
  return kind === 'viewer' || !options.readOnly;
}
