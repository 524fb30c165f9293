import type { Wire } from '../../src/daemon/websocket.ts';
import type { ServerFrame } from '../../src/protocol/frames.ts';
import { Emulator, type Size } from '../../src/terminal/emulator.ts';

/** A viewer whose terminal is an emulator: it takes what comes at once, or keeps it until it is told to read. */
export class FakeWire implements Wire {
  readonly frames: ServerFrame[] = [];
  readonly terminal: Emulator;
  /** Every byte that came, since the beginning. */
  bytes = 0;
  isEnded = false;
  /** What came and was not read. */
  private unread: (() => void)[] = [];
  private isReading = true;
  private listeners: (() => void)[] = [];
  private text = '';

  constructor(size: Size) {
    this.terminal = new Emulator(size);
  }

  /** All text that came, escape sequences and all. */
  get stream(): string {
    return this.text;
  }

  send(bytes: Uint8Array, flushed: () => void): void {
    this.bytes += bytes.length;
    const copy = bytes.slice(); // it may be of a buffer that is used again
    this.take(() => {
      this.text += Buffer.from(copy).toString('latin1');
      this.terminal.write(copy);
      flushed();
    });
  }

  tell(frame: ServerFrame): void {
    this.take(() => {
      this.frames.push(frame);
      if (frame.type === 'reset') this.terminal.reset();
    });
  }

  end(): void {
    this.isEnded = true;
    this.wake();
  }

  [Symbol.dispose](): void {
    this.end();
  }

  /** Stops reading, or takes all that came meanwhile and goes on. */
  read(isReading: boolean): void {
    this.isReading = isReading;
    if (isReading) for (const taking of this.unread.splice(0)) taking();
    this.wake();
  }

  /** Resolves once something that came makes it true. */
  async until(isTrue: () => boolean): Promise<void> {
    while (!isTrue()) await new Promise<void>(resolve => this.listeners.push(resolve));
  }

  private take(taking: () => void): void {
    if (this.isReading) taking();
    else this.unread.push(taking);
    this.wake();
  }

  private wake(): void {
    for (const listener of this.listeners.splice(0)) listener();
  }
}
