/** The marks of a bracketed paste: `ESC [ 200 ~` and `ESC [ 201 ~`. */

const ESC = 0x1b;
const PASTE_START = Uint8Array.of(ESC, 0x5b, 0x32, 0x30, 0x30, 0x7e);
const PASTE_END = Uint8Array.of(ESC, 0x5b, 0x32, 0x30, 0x31, 0x7e);

/** Follows one mark through a stream that it may be split in anywhere. */
export class PasteMark {
  private matched = 0;
  private readonly mark: Uint8Array;

  constructor(mark: Uint8Array) {
    this.mark = mark;
  }

  /** The mark begins with `bytes`, which are gone. */
  begin(bytes: Uint8Array): void {
    this.matched =
      bytes.every((byte, i) => byte === this.mark[i]) && bytes.length < this.mark.length ? bytes.length : 0;
  }

  /** Looks only whether `bytes` go on with a mark that has begun; returns where it ends, or -1. */
  resume(bytes: Uint8Array): number {
    for (let i = 0; this.matched > 0 && i < bytes.length; i++) {
      if (bytes[i] !== this.mark[this.matched]) this.matched = 0;
      else if (++this.matched === this.mark.length) {
        this.matched = 0;
        return i + 1;
      }
    }
    return -1;
  }

  /** Where the first mark from `at` on ends, or -1. Its ESC stands nowhere else in it. */
  find(bytes: Uint8Array, at: number): number {
    for (let i = at; i < bytes.length; i++) {
      if (this.matched === 0) {
        i = bytes.indexOf(ESC, i);
        if (i === -1) return -1;
        this.matched = 1;
      } else if (bytes[i] === this.mark[this.matched]) {
        if (++this.matched === this.mark.length) {
          this.matched = 0;
          return i + 1;
        }
      } else {
        this.matched = bytes[i] === ESC ? 1 : 0;
      }
    }
    return -1;
  }
}

/** A mark whose beginning has been passed on already, because it came too slowly. */
export function pasteStart(): PasteMark {
  return new PasteMark(PASTE_START);
}

export function pasteEnd(): PasteMark {
  return new PasteMark(PASTE_END);
}
