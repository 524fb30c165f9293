import { driverOf } from '../core/driving.ts';
import type { InputToken } from '../core/inputs.ts';
import type { ServerFrame, ViewerInfo } from '../protocol/frames.ts';
import { MutableDisposable } from '../runtime/lifetime.ts';
import type { Size } from '../terminal/emulator.ts';
import { Keyboard } from './keyboard.ts';
import { type Stage, Viewer, type ViewerOptions } from './viewer.ts';
import type { Wire, WireListener } from './websocket.ts';

/** The process that is looked at, as far as viewers act on it. */
export interface Actor {
  /** Types into the terminal. `taken`: it has all of it, or never will. */
  type(bytes: Uint8Array, taken: () => void): void;
  resize(size: Size): void;
  /** Whether a Ctrl-S would stop its output; undefined when that cannot be known. */
  askFlowControl(tell: (isOn: boolean | undefined) => void): void;
  /** What this viewer's terminal says by itself; returns whether the program is to have it. */
  reply(viewer: Viewer, token: InputToken): boolean;
  onAttached(viewer: ViewerInfo): void;
  /** `typed`: how many bytes it had typed. */
  onDetached(viewer: ViewerInfo, leaving: { readonly why: string; readonly typed: number }): void;
}

/**
 * Everyone who looks at one process: who of them drives, which gives the terminal its size, and what each is told of the
 * others.
 */
export class Viewers implements Disposable {
  private readonly stage: Stage;
  private readonly actor: Actor;
  private readonly all = new Map<Viewer, Keyboard>();
  private deeds = 0;
  /** Sizes that came in this turn of the event loop: of a thousand the last counts, as each costs a screen. */
  private readonly sizes = new Map<Viewer, Size>();
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

  get driver(): Viewer | undefined {
    return driverOf(this.viewers);
  }

  /** The least offset that a reader of the stream still needs; undefined when there is none. */
  get needs(): number | undefined {
    let least: number | undefined;
    for (const { needs } of this.viewers)
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
    return [...this.viewers].map(viewer => viewer.info(viewer === driver));
  }

  /** Takes a viewer in. It drives, unless it only watches. `steal`: the others are detached. */
  add(wire: Wire, options: ViewerOptions, { steal }: { steal: boolean }): WireListener {
    if (steal) this.detachAll(`detached: ${options.label} took over`);
    const viewer = new Viewer(this.stage, wire, options);
    const keyboard = new Keyboard(options.readOnly, {
      type: (bytes, taken) => this.actor.type(bytes, taken),
      askFlowControl: tell => this.actor.askFlowControl(tell),
      reply: token => this.actor.reply(viewer, token),
      taken: bytes => viewer.wire.tell({ type: 'typed', bytes }),
      drive: () => this.drive(viewer),
      notice: text => {
        if (this.all.has(viewer)) viewer.show(text);
      },
    });
    this.all.set(viewer, keyboard);
    this.actor.onAttached(viewer.info(!options.readOnly));
    if (!options.readOnly) this.drive(viewer);
    this.tellViewers();
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

  /** Detaches everyone, and says why. Returns how many there were. */
  detachAll(why: string): number {
    const count = this.all.size;
    for (const viewer of [...this.viewers]) {
      viewer.dismiss(why);
      this.remove(viewer, why);
    }
    return count;
  }

  /** Tells everyone how the process ended for good, and lets them go once they have seen its last output. */
  dismissAll(frame: Parameters<Viewer['finish']>[0]): void {
    for (const viewer of [...this.viewers]) {
      viewer.finish(frame);
      this.remove(viewer, frame.text);
    }
  }

  tell(frame: ServerFrame): void {
    for (const viewer of this.viewers) viewer.wire.tell(frame);
  }

  /** There may be something new to see. */
  touch(): void {
    for (const viewer of this.viewers) viewer.touch();
  }

  /** Sends what readers of the stream have not got yet, as it is about to be lost. */
  flush(): void {
    for (const viewer of this.viewers) viewer.flush();
  }

  /** The screen is another one from here on: a new life, a new size. */
  renew(options: { readonly keep: boolean }): void {
    for (const viewer of this.viewers) viewer.renew(options);
  }

  [Symbol.dispose](): void {
    for (const viewer of [...this.viewers]) {
      viewer.wire[Symbol.dispose]();
      this.remove(viewer, 'the daemon ends');
    }
    this.resizing[Symbol.dispose]();
    this.telling[Symbol.dispose]();
  }

  private get viewers(): IterableIterator<Viewer> {
    return this.all.keys();
  }

  private drive(viewer: Viewer): void {
    if (!this.all.has(viewer)) return; // the last it typed comes when it has left
    const { driver } = this;
    viewer.deed = ++this.deeds;
    this.takeSize();
    if (driver === viewer) return;
    viewer.unshow(); // that somebody else does
    for (const other of this.viewers) if (other !== viewer) other.show(`${viewer.options.label} drives`);
    this.tellViewers();
  }

  private resize(viewer: Viewer, { cols, rows }: Size): void {
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
      if (!viewer.options.readOnly) this.drive(viewer);
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

  private dismiss(viewer: Viewer, why: string): void {
    viewer.wire.end(why);
    this.remove(viewer, why);
  }

  private remove(viewer: Viewer, why: string): void {
    const keyboard = this.all.get(viewer);
    if (keyboard === undefined) return;
    const drove = this.driver === viewer;
    const info = viewer.info(drove);
    this.all.delete(viewer);
    this.sizes.delete(viewer);
    viewer[Symbol.dispose]();
    keyboard[Symbol.dispose]();
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
