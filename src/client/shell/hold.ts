import type { Clock } from '../../runtime/clock.ts';
import { isErrno } from '../../runtime/errno.ts';
import { MutableDisposable } from '../../runtime/lifetime.ts';
import { atMost } from '../../runtime/patience.ts';
import type { Size } from '../attach/size.ts';
import type { HandledSignal, TerminalListener, UserTerminal } from '../attach/terminal.ts';
import { TerminalWriter } from '../attach/writer.ts';
import type { Input } from '../line/key.ts';
import { KeyReader } from '../line/keyreader.ts';

/** Bytes that may wait for the terminal before a command that prints waits too. */
const WAITING_LIMIT = 64 * 1024;

/** Milliseconds that a terminal has to take what was printed before it is given back. */
const FLUSH_WITHIN = 300;

const SGR = /\x1b\[[\d;:]*m/g;

export interface HoldListener {
  input(input: Input): void;
  /** All that one read of the terminal brought has been told of. */
  inputEnded(): void;
  resized(): void;
  signal(name: HandledSignal): void;
  /** The terminal was closed. */
  gone(): void;
  /** Bytes that were typed ahead and are not for the shell any more, as somebody else has the terminal now. */
  takeAhead(): readonly Uint8Array[];
  /** What must be written so that the terminal is as it was. */
  farewell(): string;
}

/**
 * The user's terminal, held for as long as the shell lives but for what it lends it for: keys come as they are pressed, also
 * while a command runs, so that Ctrl-C is the command's and what is typed ahead is not lost; and what is printed never blocks.
 */
export class TerminalHold implements TerminalListener {
  private readonly terminal: UserTerminal;
  private readonly clock: Clock;
  private readonly listener: HoldListener;
  private readonly encoder = new TextEncoder();
  private writer: TerminalWriter | undefined;
  private reader: KeyReader | undefined;
  /** Printed while the terminal is lent. */
  private kept: Uint8Array[] = [];
  private waiters: (() => void)[] = [];
  private isGone = false;
  private readonly lone = new MutableDisposable();
  /** Whether what is printed next begins a row. */
  isAtRowStart = true;

  constructor(terminal: UserTerminal, clock: Clock, listener: HoldListener) {
    this.terminal = terminal;
    this.clock = clock;
    this.listener = listener;
  }

  get size(): Size {
    return this.terminal.size;
  }

  async take(): Promise<void> {
    this.reader = new KeyReader(this.clock, input => {
      this.listener.input(input);
      this.lone.value = this.clock.soon(() => this.listener.inputEnded()); // of a lone Escape no read brings word
    });
    const writer = new TerminalWriter({
      write: bytes => this.terminal.write(bytes),
      writeWhenReady: (bytes, done) => this.terminal.writeWhenReady(bytes, done),
      clock: this.clock,
      onWritten: () => {},
      onSettled: () => this.settled(writer),
      onGone: () => this.gone(),
    });
    this.writer = writer;
    try {
      await this.terminal.enter(this, { keepNewlines: true });
    } catch (error) {
      if (!isErrno(error, 'EIO', 'ENOTTY', 'ENXIO')) throw error;
      this.gone(); // closed a moment ago
      return;
    }
    writer.start();
    for (const bytes of this.kept.splice(0)) writer.write(bytes);
  }

  /** Gives the terminal back, as it was. */
  async release(): Promise<void> {
    const { writer } = this;
    if (writer === undefined) return;
    const farewell = this.listener.farewell();
    if (farewell !== '') writer.say(() => farewell);
    await atMost(FLUSH_WITHIN, this.untilIdle(writer), this.clock);
    this.writer = undefined;
    this.reader?.[Symbol.dispose]();
    this.lone.value = undefined;
    writer[Symbol.dispose]();
    this.wake();
    await this.terminal.leave();
  }

  /** Stops this job as Ctrl-Z does, and resolves once it is continued; the terminal is then made ours again. */
  async suspend({ isContinued }: { readonly isContinued: boolean }): Promise<void> {
    await this.release();
    if (!isContinued) this.terminal.suspend();
    await this.take();
  }

  /** The terminal for somebody else: it is given to them when they enter it, and taken again when they leave. */
  lend(): UserTerminal {
    const { terminal } = this;
    return {
      get name() {
        return terminal.name;
      },
      get size() {
        return terminal.size;
      },
      enter: async (listener, options) => {
        await this.release();
        await terminal.enter(listener, options);
        for (const bytes of this.listener.takeAhead()) listener.input(bytes);
      },
      leave: async () => {
        await terminal.leave();
        await this.take();
      },
      write: bytes => terminal.write(bytes),
      writeWhenReady: (bytes, done) => terminal.writeWhenReady(bytes, done),
      setPaused: isPaused => terminal.setPaused(isPaused),
      stop: () => terminal.stop(),
      suspend: () => terminal.suspend(),
    };
  }

  /** Prints text, and resolves once there is room for more. */
  print(text: string | Uint8Array): Promise<void> {
    const bytes = typeof text === 'string' ? this.encoder.encode(text) : text;
    if (bytes.length === 0 || this.isGone) return Promise.resolve();
    const tail = Buffer.from(bytes.subarray(-256)).toString('latin1').replace(SGR, '');
    if (tail !== '') this.isAtRowStart = tail.endsWith('\n');
    if (this.writer === undefined) this.kept.push(bytes);
    else this.writer.write(bytes);
    if ((this.writer?.waiting ?? 0) <= WAITING_LIMIT) return Promise.resolve();
    return new Promise(resolve => this.waiters.push(resolve));
  }

  /** Escape sequences that draw: no text that a prompt must stand below of. */
  draw(text: string): void {
    if (text !== '') this.writer?.write(this.encoder.encode(text));
  }

  /** Forgets what the terminal has not taken yet: whoever printed it was interrupted. */
  abandon(): void {
    this.writer?.abandon();
    this.wake();
  }

  // What comes from the terminal.

  input(bytes: Uint8Array): void {
    this.reader?.feed(bytes);
    this.lone.value = undefined;
    this.listener.inputEnded();
  }

  resized(): void {
    this.listener.resized();
  }

  gone(): void {
    if (this.isGone) return;
    this.isGone = true;
    this.wake();
    this.listener.gone();
  }

  signal(name: HandledSignal): void {
    this.listener.signal(name);
  }

  crashing(): void {
    let bytes: Uint8Array = this.encoder.encode(this.listener.farewell());
    try {
      while (bytes.length > 0) bytes = bytes.subarray(this.terminal.write(bytes));
    } catch {
      // It takes nothing, or is gone: there is no more time than this.
    }
  }

  private settled(writer: TerminalWriter): void {
    if (writer.waiting <= WAITING_LIMIT / 2) this.wake();
  }

  private wake(): void {
    for (const waiter of this.waiters.splice(0)) waiter();
  }

  private async untilIdle(writer: TerminalWriter): Promise<void> {
    while (!writer.isIdle && !this.isGone && this.writer === writer) {
      await new Promise<void>(resolve => this.waiters.push(resolve));
    }
  }
}
