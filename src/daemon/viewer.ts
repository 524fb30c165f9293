import type { Cuts } from '../core/cuts.ts';
import type { Modes } from '../core/modes.ts';
import type { Millis } from '../core/program.ts';
import type { Scrollback } from '../core/scrollback.ts';
import { LARGEST_WINDOW } from '../core/watermark.ts';
import { ACK_EVERY, type ExitFrame, type ViewerInfo } from '../protocol/frames.ts';
import type { Clock } from '../runtime/clock.ts';
import { MutableDisposable } from '../runtime/lifetime.ts';
import type { Emulator, Size } from '../terminal/emulator.ts';
import { Painter } from '../terminal/paint.ts';
import { ansiOf, rowsInUse } from '../terminal/render.ts';
import type { Continuation } from './display.ts';
import { Notice } from './notice.ts';
import type { Onlooker, OnlookerOptions } from './onlooker.ts';
import { Outflow } from './outflow.ts';
import type { PacedQueue } from './paced.ts';
import { CURSOR_MODE, changeOfModes, wholePicture } from './picture.ts';
import type { Wire } from './websocket.ts';

/** Pictures come at most this often: ten a second, as tmux redraws a client that cannot follow. */
export const PAINT_EVERY: Millis = 100;

/** Bytes of the stream sent in one frame. */
const CHUNK = 64 * 1024;

/** A program that is this far ahead of a viewer prints faster than anybody reads: it gets pictures. */
const MOST_LAG = 256 * 1024;

/** Nor does anybody read more than this of a stream between two pictures. */
const MOST_AT_ONCE = 512 * 1024;

/** A program that prints less than this between two pictures is followed as a stream again. */
const CALM = 32 * 1024;

/** Questions that wait for a viewer that takes nothing; by then the program has long had the defaults. */
const MOST_QUESTIONS = 16;

/** What viewers look at: one process's terminal. */
export interface Stage {
  readonly clock: Clock;
  /** Where the pictures of panes are made, of all processes, one after the other. */
  readonly pictures: PacedQueue;
  readonly scrollback: Scrollback;
  readonly size: Size;
  /** The offset up to which may be shown: no sequence is cut in two there. */
  readonly shown: number;
  /** How the stream goes on behind a picture of `look`. */
  readonly continuation: Continuation;
  readonly modes: Modes;
  readonly cuts: Cuts;
  /** The screen at `shown`; undefined when it takes longer than one turn may, and is to be asked for again in the next. */
  look(): Emulator | undefined;
  /** The same at once, whatever it takes. */
  lookNow(): Emulator;
}

/** It gets the stream, up to this offset so far. */
interface Streamed {
  readonly kind: 'streamed';
  offset: number;
  /** Where it was when the time of a picture had last passed, and when that was. */
  mark: { readonly offset: number; readonly at: Millis };
}

/** It gets pictures. The first begins with a reset, and may be followed by the stream at once unless it is a slow one's. */
interface Painted {
  readonly kind: 'painted';
  readonly painter: Painter;
  /** The modes of its terminal; undefined before the first picture. */
  modes: Modes | undefined;
  /** When, and at which offset of the stream, it was painted last. */
  at: Millis;
  offset: number;
  /** What its terminal shows goes into its own scrollback before the first picture. */
  readonly keep: boolean;
  /** The first picture has been sent. */
  hasBegun: boolean;
  readonly isSlow: boolean;
}

/**
 * What one attached client sees. Nobody waits for it: the stream waits in the ring, and what the ring has lost, or what comes
 * faster than the viewer takes it, it sees as pictures. So a viewer costs what is under way to it, which is bounded
 * (`core/watermark.ts`), and one picture.
 */
export class Viewer implements Onlooker {
  readonly kind = 'viewer';
  readonly options: OnlookerOptions;
  readonly wire: Wire;
  readonly since: number;
  size: Size;
  /** Number of its latest deed that made it the driver. */
  deed = 0;
  private readonly stage: Stage;
  private readonly flow: Outflow;
  private readonly turn = new MutableDisposable();
  private readonly timer = new MutableDisposable();
  private readonly notice: Notice;
  private isDue = false;
  private view: Streamed | Painted;
  /** What its terminal is to be asked. */
  private readonly questions: Uint8Array[] = [];

  constructor(stage: Stage, wire: Wire, options: OnlookerOptions) {
    this.stage = stage;
    this.wire = wire;
    this.options = options;
    this.size = options.size;
    this.since = stage.clock.wall();
    this.notice = new Notice(stage.clock, () => this.touch());
    this.flow = new Outflow(wire, { clock: stage.clock, acks: options.acks, onArrived: () => this.touch() });
    this.view = painted(0, { keep: true, isSlow: false });
  }

  get readOnly(): boolean {
    return this.options.readOnly;
  }

  get isPainted(): boolean {
    return this.view.kind === 'painted' && this.view.modes !== undefined;
  }

  info(drives: boolean): ViewerInfo {
    const { id, label, origin, readOnly } = this.options;
    return {
      id,
      label,
      origin,
      readOnly,
      drives,
      painted: this.isPainted,
      ...this.size,
      since: Math.round(this.since),
    };
  }

  get needs(): number | undefined {
    return this.view.kind === 'streamed' ? this.view.offset : undefined;
  }

  /** It looks in the next turn. */
  touch(): void {
    if (this.isDue) return;
    this.isDue = true;
    this.turn.value = this.stage.clock.soon(this.onTurn);
  }

  flush(): void {
    if (this.view.kind === 'streamed') this.stream(this.view);
  }

  renew({ keep }: { keep: boolean }): void {
    const { view } = this;
    const mustKeep = view.kind === 'painted' && view.modes === undefined && view.keep; // the first picture is yet to come
    this.view = painted(view.offset, { keep: keep || mustKeep, isSlow: false });
    this.touch();
  }

  /** Raw viewers get pictures meanwhile. */
  show(notice: string): void {
    this.notice.show(notice);
  }

  /** What `show` said is not so any more. */
  unshow(): void {
    this.notice.hide();
  }

  onArrived(total: number): void {
    this.flow.onAck(total);
  }

  /** A question that only its terminal can answer, put once no sequence of the stream is half sent. */
  ask(question: Uint8Array): void {
    if (this.questions.length < MOST_QUESTIONS) this.questions.push(question);
    this.touch();
  }

  finish(frame: Omit<ExitFrame, 'rows'>): void {
    const { view } = this;
    let rows: number | undefined;
    if (view.kind === 'streamed' && this.mayFollow(view)) this.sendStream(view, LARGEST_WINDOW);
    else if (view.kind === 'painted' && !view.hasBegun) rows = this.sendLines(view);
    else this.sendLastPicture(view.kind === 'painted' ? view : painted(view.offset, { keep: false, isSlow: false }));
    this.wire.tell({ ...frame, rows: rows ?? this.rowsInUse });
    this.wire.end('the process has ended');
  }

  dismiss(text: string): void {
    this.wire.tell({ type: 'detach', text, rows: this.rowsInUse });
    this.wire.end(text);
  }

  [Symbol.dispose](): void {
    for (const timer of [this.turn, this.timer, this.notice]) timer[Symbol.dispose]();
    this.isDue = true; // nothing is looked at any more
  }

  private readonly onTurn = (): void => {
    this.isDue = false;
    if (this.view.kind === 'streamed') this.stream(this.view);
    if (this.view.kind === 'painted') this.paint(this.view);
  };

  /** Whether the stream is what its terminal can take: it must have the very size of the program's. */
  private get mayStream(): boolean {
    const { cols, rows } = this.stage.size;
    return this.notice.text === undefined && this.size.cols === cols && this.size.rows === rows;
  }

  /** Whether the ring still has what follows, and it is not more than anybody reads. */
  private mayFollow({ offset, mark }: Streamed): boolean {
    const { scrollback, shown } = this.stage;
    const isFlood = shown - offset > MOST_LAG || shown - mark.offset > MOST_AT_ONCE;
    return this.mayStream && !isFlood && offset >= scrollback.tail;
  }

  private stream(view: Streamed): void {
    const { clock } = this.stage;
    const now = clock.now();
    if (now - view.mark.at >= PAINT_EVERY) view.mark = { offset: view.offset, at: now };
    if (!this.mayFollow(view) || this.flow.mark.isSlow(now)) {
      this.view = painted(view.offset, { keep: false, isSlow: this.mayStream });
      return;
    }
    this.sendStream(view, this.flow.mark.room);
    const { slowAt } = this.flow.mark;
    const isBehind = view.offset < this.stage.shown;
    if (!isBehind) this.sendQuestions();
    this.timer.value = isBehind && slowAt !== undefined ? clock.after(slowAt - now, () => this.touch()) : undefined;
  }

  /** Sends what follows, at most so many bytes of it. */
  private sendStream(view: Streamed, budget: number): void {
    const { scrollback, cuts, shown } = this.stage;
    const end = Math.min(shown, view.offset + budget);
    while (view.offset < end) {
      const { from, bytes } = scrollback.read(view.offset, Math.min(CHUNK, end - view.offset));
      view.offset = from + bytes.length;
      for (const { start, end } of cuts.left(from, view.offset))
        this.flow.send(bytes.subarray(start - from, end - from));
    }
  }

  private sendQuestions(): void {
    for (const question of this.questions.splice(0)) this.flow.send(question);
  }

  private paint(view: Painted): void {
    if (this.flow.mark.underWay > ACK_EVERY) return; // what it gets next is to be the newest: its acknowledgement brings us back
    const { clock, shown } = this.stage;
    const wait = view.at + PAINT_EVERY - clock.now();
    if (wait > 0) {
      this.timer.value = clock.after(wait, () => this.touch());
      return;
    }
    const emulator = this.stage.look();
    if (emulator === undefined) {
      this.touch();
      return;
    }
    const isCalm =
      view.modes === undefined ? !view.isSlow : shown - view.offset <= Math.min(CALM, this.flow.mark.carries);
    if (this.mayStream && isCalm) this.beginStream(view, emulator);
    else this.sendPicture(view, emulator);
  }

  private beginStream(view: Painted, emulator: Emulator): void {
    const { clock, continuation, modes } = this.stage;
    const { from, opening } = continuation;
    this.tellReset(view, false);
    this.sendText(wholePicture(emulator, modes) + opening);
    this.view = { kind: 'streamed', offset: from, mark: { offset: from, at: clock.now() } };
    if (opening === '') this.sendQuestions();
  }

  /** Rows in use of its terminal's main screen; null where that shows something else than the program's. */
  private get rowsInUse(): number | null {
    const isSame = this.view.kind === 'streamed' && this.view.offset >= this.stage.shown;
    return isSame ? rowsInUse(this.stage.lookNow()) : null;
  }

  /** What a program that has ended showed last, on the main screen, for whoever comes too late. Returns how many rows. */
  private sendLines(view: Painted): number {
    const lines = ansiOf(this.stage.lookNow());
    while (lines.at(-1) === '') lines.pop();
    this.tellReset(view, true);
    this.sendText(`\x1b[H\x1b[J\x1b[?7l${lines.join('\r\n')}\x1b[?7h`);
    return Math.min(lines.length, this.size.rows);
  }

  private sendLastPicture(view: Painted): void {
    const emulator = this.stage.lookNow();
    if (this.mayStream) this.beginStream(view, emulator);
    else this.sendPicture(view, emulator);
  }

  private sendPicture(view: Painted, emulator: Emulator): void {
    const { clock, modes, shown } = this.stage;
    const isFirst = view.modes === undefined;
    if (isFirst || view.modes?.isAlternate !== modes.isAlternate) {
      this.tellReset(view, true);
      view.painter.reset();
      view.modes = undefined;
    }
    if (isFirst && view.isSlow) this.wire.tell({ type: 'skipped', bytes: shown - view.offset });
    const isCursorVisible = modes.isSet(CURSOR_MODE);
    const frame = view.painter.frame({ emulator, view: this.size, isCursorVisible, notice: this.notice.text });
    this.sendText(changeOfModes(view.modes, modes) + frame);
    view.modes = modes.clone();
    view.at = clock.now();
    view.offset = shown;
    this.sendQuestions();
  }

  /** Before a picture that is whole. */
  private tellReset(view: Painted, painted: boolean): void {
    this.wire.tell({ type: 'size', ...this.stage.size, painted });
    this.wire.tell({ type: 'reset', keep: view.keep && !view.hasBegun });
    view.hasBegun = true;
  }

  private sendText(text: string): void {
    if (text !== '') this.flow.send(Buffer.from(text, 'utf8'));
  }
}

function painted(offset: number, { keep, isSlow }: Pick<Painted, 'keep' | 'isSlow'>): Painted {
  const at = Number.NEGATIVE_INFINITY;
  return { kind: 'painted', painter: new Painter(), modes: undefined, at, offset, keep, hasBegun: false, isSlow };
}
