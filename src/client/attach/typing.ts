import { INPUT_WINDOW } from '../../protocol/frames.ts';

/** Most bytes of one frame: a paste goes out in pieces, so that it can be given up in the middle. */
const PIECE = 16 * 1024;

/** Bytes that wait for a program that does not read before the keyboard is not read either: a paste of 10 MB is no matter. */
export const TYPING_LIMIT = 64 * 1024 * 1024;

/**
 * What was typed, on its way to the daemon: at most INPUT_WINDOW bytes are under way, the rest waits here until the program
 * has taken what went before. Whoever types must look at `isFull`, since nothing is dropped.
 */
export class Typing {
  private readonly send: (bytes: Uint8Array) => void;
  private waiting: Uint8Array[] = [];
  private waitingLength = 0;
  private sent = 0;
  private taken = 0;

  /** `send` may keep what it is given. */
  constructor(send: (bytes: Uint8Array) => void) {
    this.send = send;
  }

  /** As much as there may be waits: it is to be typed on only when this is false again. */
  get isFull(): boolean {
    return this.waitingLength >= TYPING_LIMIT;
  }

  /** Sends what the window lets out, at once. */
  add(bytes: Uint8Array): void {
    if (bytes.length === 0) return;
    this.waiting.push(bytes);
    this.waitingLength += bytes.length;
    this.flush();
  }

  /** The daemon has taken so many bytes of all. */
  confirm(total: number): void {
    this.taken = Math.min(this.sent, Math.max(this.taken, total));
    this.flush();
  }

  /** Forgets what has not been sent. */
  abandon(): void {
    this.waiting.splice(0);
    this.waitingLength = 0;
  }

  private flush(): void {
    let gone = 0;
    for (const bytes of this.waiting) {
      let at = 0;
      while (at < bytes.length) {
        const length = Math.min(PIECE, bytes.length - at, INPUT_WINDOW - (this.sent - this.taken));
        if (length <= 0) break;
        this.sent += length;
        this.waitingLength -= length;
        this.send(bytes.subarray(at, at + length));
        at += length;
      }
      if (at < bytes.length) {
        this.waiting[gone] = bytes.subarray(at);
        break;
      }
      gone++;
    }
    this.waiting.splice(0, gone);
  }
}
