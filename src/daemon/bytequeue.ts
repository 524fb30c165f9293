/** More pieces than this are joined: a megabyte of single bytes would else take a hundred. */
const MOST_PIECES = 1024;

/** Bytes that wait to be written, in order. */
export class ByteQueue {
  private pieces: Uint8Array[] = [];
  private length = 0;

  get bytes(): number {
    return this.length;
  }

  /** Takes `bytes` over. */
  push(bytes: Uint8Array): void {
    if (this.pieces.length >= MOST_PIECES) this.pieces = [Buffer.concat(this.pieces)];
    this.pieces.push(bytes);
    this.length += bytes.length;
  }

  /** Puts back what was taken last. */
  unshift(bytes: Uint8Array): void {
    if (bytes.length === 0) return;
    this.pieces.unshift(bytes);
    this.length += bytes.length;
  }

  /** Takes what came first out: `most` bytes, or as many as there are. */
  take(most: number): Uint8Array {
    const [first] = this.pieces;
    if (first === undefined) return new Uint8Array(0);
    let taken: Uint8Array;
    if (this.length <= most) {
      taken = this.pieces.length === 1 ? first : Buffer.concat(this.pieces, this.length);
      this.pieces = [];
    } else if (first.length >= most) {
      taken = first.subarray(0, most);
      if (first.length === most) this.pieces.shift();
      else this.pieces[0] = first.subarray(most);
    } else {
      taken = this.takeSome(most);
    }
    this.length -= taken.length;
    return taken;
  }

  private takeSome(most: number): Uint8Array {
    let count = 0;
    let size = 0;
    for (const piece of this.pieces) {
      if (size >= most) break;
      size += piece.length;
      count++;
    }
    const some = this.pieces.splice(0, count);
    const last = some[count - 1];
    if (size > most && last !== undefined) this.pieces.unshift(last.subarray(last.length - (size - most)));
    return Buffer.concat(some, most);
  }
}
