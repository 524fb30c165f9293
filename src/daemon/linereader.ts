/** Bytes of a line that are looked at. */
const MOST = 4 * 1024;

const LF = 0x0a;

/**
 * Control functions (ECMA-48): CSI and its parameters; strings such as titles, up to their end; two-byte escapes. What they
 * would have done to the line is not followed: this is text to be searched, not to be shown.
 */
const SEQUENCE = /\x1b\[[0-?]*[ -/]*[@-~]|\x1b[P\]X^_][^\x07\x1b\x9c]*(?:\x07|\x1b\\|\x9c)?|\x1b[ -/]*[0-~]/g;

/** What else is no text. */
const CONTROLS = /[\u0000-\u0008\u000b-\u001f\u007f]/g;

/** Bytes of output as lines of text, of which the first 4 KiB are looked at. */
export class LineReader {
  private held: Uint8Array[] = [];
  private length = 0;

  /** Calls back with each line that ends in these bytes. They are kept no longer than that, or copied. */
  push(bytes: Uint8Array, take: (line: string) => void): void {
    let start = 0;
    for (let end = bytes.indexOf(LF); end >= 0; end = bytes.indexOf(LF, start)) {
      this.hold(bytes.subarray(start, end));
      this.end(take);
      start = end + 1;
    }
    this.hold(bytes.subarray(start).slice());
  }

  /** The line ends here. */
  end(take: (line: string) => void): void {
    if (this.length === 0) return;
    const line = textOf(Buffer.concat(this.held));
    this.reset();
    if (line !== '') take(line);
  }

  /** Forgets the line at hand: what follows it is not known. */
  reset(): void {
    this.held = [];
    this.length = 0;
  }

  private hold(bytes: Uint8Array): void {
    const room = MOST - this.length;
    if (bytes.length === 0 || room <= 0) return;
    this.held.push(bytes.subarray(0, room));
    this.length += Math.min(bytes.length, room);
  }
}

/** The text of a line. One that was drawn over with carriage returns is what was drawn last. */
function textOf(bytes: Buffer): string {
  const text = bytes.toString('utf8');
  const plain = text.includes('\x1b') ? text.replace(SEQUENCE, '') : text;
  const drawn = plain.replace(/\r+$/, '');
  return drawn.slice(drawn.lastIndexOf('\r') + 1).replace(CONTROLS, '');
}
