/** Up to so many bytes are copied by hand, which is faster than a call. */
const FEW = 32;

const NO_BYTES = new Uint8Array(0);

/** Puts bytes together, and gives them away. */
export class ByteBuilder {
  private bytes: Buffer | undefined;
  private used = 0;

  /** Nothing was added since the last `take`. */
  get isEmpty(): boolean {
    return this.used === 0;
  }

  /** `expected`: how much is likely to come in all. */
  add(source: Uint8Array, from: number, to: number, expected = 0): void {
    const bytes = this.roomFor(to - from, expected);
    let at = this.used;
    if (to - from <= FEW)
      for (let i = from; i < to; i++) bytes[at++] = source[i] as number; // to <= source.length
    else bytes.set(source.subarray(from, to), at);
    this.used += to - from;
  }

  addByte(byte: number): void {
    this.roomFor(1, 0)[this.used++] = byte;
  }

  addText(text: string): void {
    const length = Buffer.byteLength(text);
    const bytes = this.roomFor(length, 0);
    bytes.write(text, this.used);
    this.used += length;
  }

  /** What was added, the caller's from here on. */
  take(): Uint8Array {
    const taken = this.bytes?.subarray(0, this.used) ?? NO_BYTES;
    this.bytes = undefined;
    this.used = 0;
    return taken;
  }

  private roomFor(more: number, expected: number): Buffer {
    const { used } = this;
    if (this.bytes && used + more <= this.bytes.length) return this.bytes;
    const larger = Buffer.allocUnsafe(Math.max(more + used * 2, expected));
    if (this.bytes) larger.set(this.bytes.subarray(0, used));
    this.bytes = larger;
    return larger;
  }
}
