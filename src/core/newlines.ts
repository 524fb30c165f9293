const CR = 13;
const LF = 10;
const LONE_CR = Uint8Array.of(CR);

/**
 * Turns a terminal's `\r\n` back into the `\n` that the program wrote, across chunk borders. A carriage return before
 * anything else stays. Output processing is the terminal's default; a program that turned it off wrote its `\r\n` itself.
 */
export class NewlineDecoder {
  private heldCr = false;

  /** Returns a copy of `chunk` without the carriage returns that a newline follows. */
  decode(chunk: Uint8Array): Uint8Array {
    const out = new Uint8Array(chunk.length + 1);
    let length = 0;
    for (const byte of chunk) {
      if (this.heldCr && byte !== LF) out[length++] = CR;
      this.heldCr = byte === CR;
      if (!this.heldCr) out[length++] = byte;
    }
    return out.subarray(0, length);
  }

  /** What is still held back once nothing follows. */
  end(): Uint8Array {
    const rest = this.heldCr ? LONE_CR : new Uint8Array(0);
    this.heldCr = false;
    return rest;
  }
}

/** Text as a keyboard types it: a newline is the Enter key, which sends CR. */
export function keystrokes(text: string): string {
  return text.replaceAll(/\r?\n/g, '\r');
}
