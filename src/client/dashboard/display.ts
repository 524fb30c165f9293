import type { Clock } from '../../runtime/clock.ts';
import { Delay } from '../../runtime/delay.ts';
import { isErrno } from '../../runtime/errno.ts';
import { END_MARK, EndMarkReader } from '../attach/endmark.ts';
import type { HandledSignal, TerminalListener, UserTerminal } from '../attach/terminal.ts';
import { TerminalWriter } from '../attach/writer.ts';
import type { Model } from './model.ts';
import type { View } from './view.ts';

/** Milliseconds between two pictures of what comes from the daemon: 30 a second. What a key did is drawn at once. */
const FRAME = 33;

/** Milliseconds that giving the terminal back may take, once for what is written and once for its answer; as for attach. */
const RESTORE_WITHIN = 300;

/** Breaks off a sequence that was written in part. */
const CANCEL = '\x18';

/** What happens at the terminal while the dashboard has it. */
export interface DisplayListener {
  input(bytes: Uint8Array): void;
  resized(): void;
  /** Everything that was drawn has reached the terminal. */
  drawn(): void;
  gone(): void;
  signal(name: HandledSignal): void;
}

export interface DisplayOptions {
  readonly terminal: UserTerminal;
  readonly clock: Clock;
  /** Opens the view; what it writes is to reach the terminal. */
  readonly open: (write: (text: string) => void) => View;
  readonly listener: DisplayListener;
}

/**
 * The terminal, taken over and given back: between the two, models are drawn on it, the last one at the latest when the
 * terminal has taken what was drawn before.
 */
export class Display implements TerminalListener {
  private readonly options: DisplayOptions;
  private readonly frame: Delay;
  private writer: TerminalWriter | undefined;
  private view: View | undefined;
  private pending: Model | undefined;
  private drawnAt = Number.NEGATIVE_INFINITY;
  private isGone = false;
  private leaving: Promise<void> | undefined;
  /** Set while the terminal is given back. */
  private restoring: { readonly written: () => void; readonly answered: () => void } | undefined;
  private endMark = new EndMarkReader();

  constructor(options: DisplayOptions) {
    this.options = options;
    this.frame = new Delay(options.clock);
  }

  /** Whether the terminal is the dashboard's. */
  get isOpen(): boolean {
    return this.view !== undefined && this.restoring === undefined;
  }

  /** Takes the terminal. `question`: what it is asked first. */
  async enter(question = ''): Promise<void> {
    const { terminal, clock, open } = this.options;
    const writer = new TerminalWriter({
      write: bytes => terminal.write(bytes),
      writeWhenReady: (bytes, done) => terminal.writeWhenReady(bytes, done),
      clock,
      onWritten: () => {},
      onSettled: () => this.settled(),
      onGone: () => this.gone(),
    });
    this.leaving = undefined;
    this.writer = writer;
    this.view = open(text => writer.write(Buffer.from(text)));
    this.write(question);
    this.endMark = new EndMarkReader();
    this.drawnAt = Number.NEGATIVE_INFINITY;
    try {
      await terminal.enter(this);
    } catch (error) {
      if (!isErrno(error, 'EIO', 'ENOTTY', 'ENXIO')) throw error;
      this.gone(); // closed a moment ago
    }
    writer.start();
  }

  /** Draws it: at once where somebody waits for it, else with the next picture. */
  show(model: Model, isUrgent: boolean): void {
    this.pending = model;
    if (!this.isOpen || this.writer?.isIdle !== true) return; // it is drawn when the terminal has taken the rest
    const rest = this.drawnAt + FRAME - this.options.clock.now();
    if (isUrgent || rest <= 0) this.draw();
    else if (!this.frame.isSet) this.frame.set(rest, () => this.draw());
  }

  /** Something that is not a part of the picture: a bell, a text for the clipboard. */
  write(text: string): void {
    if (text !== '' && this.view !== undefined) this.writer?.write(Buffer.from(text));
  }

  /** The picture is drawn anew as a whole: the size is another, or somebody wrote over it. */
  redraw(): void {
    this.view?.resize(this.options.terminal.size);
  }

  /** For what the view can change of itself. */
  get current(): View | undefined {
    return this.view;
  }

  /** Makes the terminal what it was before, throws away what it still had to say, and resolves once that is so. */
  giveBack(): Promise<void> {
    this.leaving ??= this.restore();
    return this.leaving;
  }

  input(bytes: Uint8Array): void {
    if (this.restoring === undefined) this.options.listener.input(bytes);
    else if (this.endMark.push(bytes)) this.restoring.answered();
  }

  resized(): void {
    if (this.restoring === undefined) this.options.listener.resized();
  }

  gone(): void {
    if (this.isGone) return;
    this.isGone = true;
    this.restoring?.written();
    this.restoring?.answered();
    this.options.listener.gone();
  }

  signal(name: HandledSignal): void {
    this.options.listener.signal(name);
  }

  crashing(): void {
    this.writer?.[Symbol.dispose]();
    let bytes: Uint8Array = Buffer.from(`${CANCEL}${this.view?.close() ?? ''}`);
    try {
      while (bytes.length > 0) bytes = bytes.subarray(this.options.terminal.write(bytes));
    } catch {
      // It takes nothing, or is gone: there is no more time than this.
    }
  }

  private async restore(): Promise<void> {
    const { terminal, clock } = this.options;
    const { writer, view } = this;
    this.frame[Symbol.dispose]();
    this.pending = undefined;
    if (writer === undefined || view === undefined) return;
    let [onWritten, onAnswered] = [(): void => {}, (): void => {}];
    const written = new Promise<void>(resolve => {
      onWritten = resolve;
    });
    const answered = new Promise<void>(resolve => {
      onAnswered = resolve;
    });
    this.restoring = { written: onWritten, answered: onAnswered };
    const isCut = !writer.isIdle;
    writer.abandon();
    const leave = view.close();
    writer.say(() => `${isCut ? CANCEL : ''}${leave}${END_MARK}`);
    if (!this.isGone) {
      await within(RESTORE_WITHIN, written, clock);
      if (writer.isIdle) await within(RESTORE_WITHIN, answered, clock);
    }
    writer[Symbol.dispose]();
    await terminal.leave();
    this.writer = undefined;
    this.view = undefined;
    this.restoring = undefined;
  }

  private draw(): void {
    const { pending, view } = this;
    this.frame[Symbol.dispose]();
    if (pending === undefined || view === undefined || !this.isOpen) return;
    this.pending = undefined;
    this.drawnAt = this.options.clock.now();
    view.draw(pending);
    if (this.writer?.isIdle === true) this.options.listener.drawn();
  }

  private settled(): void {
    if (this.writer?.isIdle !== true) return;
    if (this.restoring !== undefined) this.restoring.written();
    else if (this.pending !== undefined) this.show(this.pending, false);
    else if (!this.frame.isSet) this.options.listener.drawn();
  }
}

/** Resolves when the promise does, or after so many milliseconds. */
async function within(ms: number, promise: Promise<void>, clock: Clock): Promise<void> {
  const deadline = new Delay(clock);
  const over = new Promise<void>(resolve => deadline.set(ms, resolve));
  await Promise.race([promise, over]);
  deadline[Symbol.dispose]();
}
