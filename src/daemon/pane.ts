import type { Modes } from '../core/modes.ts';
import type { Millis } from '../core/program.ts';
import { ACK_EVERY, type ExitFrame, type ViewerInfo } from '../protocol/frames.ts';
import { MutableDisposable } from '../runtime/lifetime.ts';
import type { Emulator, Size } from '../terminal/emulator.ts';
import type { PaneKeyboard } from '../terminal/pane.ts';
import { PanePainter } from '../terminal/panepainter.ts';
import { Notice } from './notice.ts';
import type { Onlooker, OnlookerOptions } from './onlooker.ts';
import { Outflow } from './outflow.ts';
import { CURSOR_MODE } from './picture.ts';
import { PAINT_EVERY, type Stage } from './viewer.ts';
import type { Wire } from './websocket.ts';

/**
 * What one pane of a client's larger picture sees: never the stream, always pictures, as cells (`PaneFrame`). They come at
 * most ten times a second, each the newest there is when the one before has arrived, so a slow client gets fewer. It goes on
 * over the lives of the process, and costs nothing while that prints nothing. The pictures of all panes are made one after
 * the other (`Stage.pictures`), so that a dozen of them cannot hold up the event loop.
 */
export class Pane implements Onlooker {
  readonly kind = 'pane';
  readonly needs = undefined;
  readonly options: OnlookerOptions;
  readonly wire: Wire;
  size: Size;
  private readonly stage: Stage;
  private readonly since: number;
  private readonly flow: Outflow;
  private readonly painter = new PanePainter();
  /** A timer, or a place in the queue. */
  private readonly turn = new MutableDisposable();
  private readonly notice: Notice;
  /** Where it is on the way to the next picture: at rest, in a timer or the queue, or waiting for the last one to arrive. */
  private progress: 'rest' | 'due' | 'waits' | 'closed' = 'rest';
  private paintedAt: Millis = Number.NEGATIVE_INFINITY;

  constructor(stage: Stage, wire: Wire, options: OnlookerOptions) {
    this.stage = stage;
    this.wire = wire;
    this.options = options;
    this.size = options.size;
    this.since = stage.clock.wall();
    this.notice = new Notice(stage.clock, () => this.touch());
    const onArrived = (): void => {
      if (this.progress === 'waits') this.prepare();
    };
    this.flow = new Outflow(wire, { clock: stage.clock, acks: options.acks, onArrived });
  }

  info(drives: boolean): ViewerInfo {
    const { id, label, origin, readOnly } = this.options;
    return { id, label, origin, readOnly, drives, painted: true, ...this.size, since: Math.round(this.since) };
  }

  touch(): void {
    if (this.progress === 'rest') this.prepare();
  }

  /** It follows no stream: there is nothing that it could miss. */
  flush(): void {}

  renew(): void {
    this.touch();
  }

  show(notice: string): void {
    this.notice.show(notice);
  }

  onArrived(total: number): void {
    this.flow.onAck(total);
  }

  finish(frame: Omit<ExitFrame, 'rows'>): void {
    this.send(this.stage.lookNow());
    this.wire.tell({ ...frame, rows: null });
    this.wire.end('the process has ended');
  }

  dismiss(text: string): void {
    this.wire.tell({ type: 'detach', text, rows: null });
    this.wire.end(text);
  }

  [Symbol.dispose](): void {
    this.progress = 'closed';
    this.turn[Symbol.dispose]();
    this.notice[Symbol.dispose]();
  }

  /** Sees to the next picture: once the last one has arrived, its time has come, and the queue has. */
  private prepare(): void {
    if (this.flow.mark.underWay > ACK_EVERY) {
      this.progress = 'waits';
      return;
    }
    this.progress = 'due';
    const { clock, pictures } = this.stage;
    const wait = this.paintedAt + PAINT_EVERY - clock.now();
    this.turn.value = wait > 0 ? clock.after(wait, () => this.prepare()) : pictures.add(() => this.paint());
  }

  private paint(): void {
    this.progress = 'rest';
    const emulator = this.stage.look();
    if (emulator === undefined) this.touch();
    else this.send(emulator);
  }

  private send(emulator: Emulator): void {
    const { modes } = this.stage;
    const isCursorVisible = modes.isSet(CURSOR_MODE);
    const keyboard = keyboardOf(modes);
    const picture = { emulator, view: this.size, isCursorVisible, notice: this.notice.text };
    const frame = this.painter.frame(keyboard === undefined ? picture : { ...picture, keyboard });
    if (frame === undefined) return;
    this.paintedAt = this.stage.clock.now();
    this.flow.send(Buffer.from(JSON.stringify(frame)));
  }
}

/** Of the modes that programs set for their keyboard, those without which common keys do something else. */
const [CURSOR_KEYS_MODE, PASTE_MODE] = [1, 2004];

function keyboardOf(modes: Modes): PaneKeyboard | undefined {
  const [application, pasteMarks] = [modes.isSet(CURSOR_KEYS_MODE), modes.isSet(PASTE_MODE)];
  if (!application && !pasteMarks) return undefined;
  return { ...(application && { application }), ...(pasteMarks && { pasteMarks }) };
}
