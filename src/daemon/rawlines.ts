import { NewlineDecoder } from '../core/newlines.ts';
import { MAX_LINE } from '../terminal/textline.ts';
import { ByteBuilder } from './bytebuilder.ts';
import type { Held, LineFormat, LineSource } from './lineformat.ts';
import { LineLabel } from './linelabel.ts';

const LF = 10;

/**
 * Lines as the program wrote them, whatever bytes they are. The only writer of a file holds nothing back but a carriage
 * return that came last, which may be half of a line end. Where others write to it too, an unfinished line is held, up to
 * `MAX_LINE`.
 */
export class RawLines implements LineFormat {
  isMidLine = false;
  private label: LineLabel;
  private readonly newlines = new NewlineDecoder();
  private readonly out = new ByteBuilder();
  private readonly line = new ByteBuilder();
  private heldBytes = 0;
  /** When the held line began. */
  private begunAt = 0;
  /** When the last chunk came. */
  private now = 0;

  constructor(source: LineSource) {
    this.label = new LineLabel(source);
  }

  get held(): Held {
    return this.heldBytes > 0 ? 'line' : 'nothing';
  }

  write(chunk: Uint8Array, wall: number, isShared: boolean): Uint8Array {
    this.now = wall;
    const room = Buffer.allocUnsafe(chunk.length + 1);
    const bytes = room.subarray(0, this.newlines.decodeInto(room, chunk));
    if (!isShared && this.heldBytes === 0 && this.label.isEmpty) {
      if (bytes.length > 0) this.isMidLine = bytes[bytes.length - 1] !== LF;
      return bytes;
    }
    const whole = bytes.lastIndexOf(LF) + 1;
    if (whole > 0) {
      this.giveHeld();
      this.giveLines(bytes, whole, wall);
    }
    if (whole < bytes.length) {
      if (!isShared || this.heldBytes + bytes.length - whole > MAX_LINE) {
        this.giveHeld();
        this.begin(wall);
        this.out.add(bytes, whole, bytes.length);
      } else {
        if (this.heldBytes === 0) this.begunAt = wall;
        this.line.add(bytes, whole, bytes.length);
        this.heldBytes += bytes.length - whole;
      }
    }
    return this.out.take();
  }

  release(): Uint8Array {
    this.giveHeld();
    return this.out.take();
  }

  interrupt(): void {
    this.isMidLine = false;
  }

  end(): Uint8Array {
    this.giveHeld();
    const rest = this.newlines.end();
    if (rest.length > 0) {
      this.begin(this.now);
      this.out.add(rest, 0, rest.length);
    }
    return this.out.take();
  }

  configure(source: LineSource): boolean {
    if (source.spec.format !== 'raw') return false;
    this.label = new LineLabel(source);
    return true;
  }

  /** Lines that end, the first of which may have begun before. */
  private giveLines(bytes: Uint8Array, to: number, wall: number): void {
    if (this.label.isEmpty) {
      this.out.add(bytes, 0, to, bytes.length);
    } else {
      for (let from = 0; from < to; ) {
        const next = bytes.indexOf(LF, from) + 1;
        this.begin(wall);
        this.out.add(bytes, from, next, 2 * bytes.length);
        this.isMidLine = false;
        from = next;
      }
    }
    this.isMidLine = false;
  }

  private giveHeld(): void {
    if (this.heldBytes === 0) return;
    const held = this.line.take();
    this.heldBytes = 0;
    this.begin(this.begunAt);
    this.out.add(held, 0, held.length);
  }

  /** What is added next belongs to a line of the file that may have to begin first. */
  private begin(wall: number): void {
    if (!this.isMidLine && !this.label.isEmpty) {
      const label = this.label.at(wall);
      this.out.add(label, 0, label.length);
    }
    this.isMidLine = true;
  }
}
