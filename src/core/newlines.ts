const CR = 13;
const LF = 10;

/** How far the next carriage return is looked for by hand, before `indexOf` and `copyWithin` are: a call costs as much as about 30 bytes. */
const NEAR = 24;

/**
 * Turns a terminal's `\r\n` back into the `\n` that the program wrote, across chunk borders. A carriage return before
 * anything else stays. Output processing is the terminal's default; a program that turned it off wrote its `\r\n` itself.
 *
 * All output that is logged comes through here: lines of 80 bytes cost 1 ns per byte, and no memory of their own.
 */
export class NewlineDecoder {
  private heldCr = false;

  /** Returns a copy of `chunk` without the carriage returns that a newline follows. */
  decode(chunk: Uint8Array): Uint8Array {
    const out = new Uint8Array(chunk.length + 1);
    return out.subarray(0, this.decodeInto(out, chunk));
  }

  /** The same into `out`, which has room for a byte more than `chunk`. Returns how many bytes it came to. */
  decodeInto(out: Uint8Array, chunk: Uint8Array): number {
    if (chunk.length === 0) return 0;
    let at = 0;
    if (this.heldCr && chunk[0] !== LF) out[at++] = CR;
    this.heldCr = false;
    out.set(chunk, at);
    const end = at + chunk.length;
    // What is read is never overtaken by what is written: `at` is at most `from`.
    let from = at;
    for (;;) {
      const near = Math.min(from + NEAR, end);
      let byte = 0;
      while (from < near && (byte = out[from] as number) !== CR) {
        out[at++] = byte; // from < near <= out.length
        from++;
      }
      if (from === end) return at;
      if (from === near) {
        const next = out.indexOf(CR, from);
        const stop = next === -1 || next > end ? end : next;
        if (at < from) out.copyWithin(at, from, stop);
        at += stop - from;
        from = stop;
        if (from === end) return at;
      }
      if (from === end - 1) {
        this.heldCr = true;
        return at;
      }
      if (out[from + 1] !== LF) out[at++] = CR;
      from++;
    }
  }

  /** What is still held back once nothing follows. */
  end(): Uint8Array {
    const rest = this.heldCr ? Uint8Array.of(CR) : new Uint8Array(0);
    this.heldCr = false;
    return rest;
  }
}

/** Text as a keyboard types it: a newline is the Enter key, which sends CR. */
export function keystrokes(text: string): string {
  return text.replaceAll(/\r?\n/g, '\r');
}
