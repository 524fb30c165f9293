/** Bytes put together from parts of buffers: one part stays the part it is, and is not copied. */
export class Segments {
  private readonly parts: Uint8Array[] = [];
  private length = 0;
  private open: { readonly bytes: Uint8Array; start: number; end: number } | undefined;

  /** [start, end) of `bytes`, whose buffer must not change before `take`. */
  add(bytes: Uint8Array, start: number, end: number): void {
    if (start === end) return;
    if (this.open?.bytes === bytes && this.open.end === start) this.open.end = end;
    else {
      this.close();
      this.open = { bytes, start, end };
    }
  }

  /** All that was added, in order; empty again afterwards. */
  take(): Uint8Array {
    this.close();
    const [first] = this.parts;
    const taken = this.parts.length <= 1 && first !== undefined ? first : this.joined();
    this.parts.length = 0;
    this.length = 0;
    return taken;
  }

  private close(): void {
    if (this.open === undefined) return;
    const part = this.open.bytes.subarray(this.open.start, this.open.end);
    this.parts.push(part);
    this.length += part.length;
    this.open = undefined;
  }

  private joined(): Uint8Array {
    const all = new Uint8Array(this.length);
    let at = 0;
    for (const part of this.parts) {
      all.set(part, at);
      at += part.length;
    }
    return all;
  }
}

/** One array of two, without a copy when either is empty. */
export function concat(first: Uint8Array, second: Uint8Array): Uint8Array {
  if (first.length === 0) return second;
  if (second.length === 0) return first;
  const both = new Uint8Array(first.length + second.length);
  both.set(first);
  both.set(second, first.length);
  return both;
}
