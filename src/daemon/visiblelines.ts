import { TextLines } from '../terminal/textline.ts';
import { ByteBuilder } from './bytebuilder.ts';
import type { Held, LineFormat, LineSource } from './lineformat.ts';
import { LineLabel } from './linelabel.ts';

const LF = 10;

/** Bytes that JSON writes in another way: 1. All beyond ASCII are looked at, as they may be no UTF-8. */
const IS_ESCAPED = new Uint8Array(256).fill(1, 0, 0x20).fill(1, 0x7f);
IS_ESCAPED[0x22] = IS_ESCAPED[0x5c] = 1;

/**
 * Lines as text, by themselves or as JSON objects. A line is written when it ends. One that does not end is `release`d as it
 * stands, which is remembered: of what comes then only the rest is written if it still begins so, and else all of it, on a
 * line of its own.
 */
export class VisibleLines implements LineFormat {
  isMidLine = false;
  private source: LineSource;
  private label: LineLabel;
  private readonly lines = new TextLines((bytes, from, to, isWhole) => this.give(bytes, from, to, isWhole));
  private readonly out = new ByteBuilder();
  /** What of the unfinished line is in the file. */
  private shown: Uint8Array | undefined;
  private hasChanged = false;
  /** When the line that `give` gets next began. */
  private begunAt = 0;
  /** When the chunk came that is being read. */
  private now = 0;
  /** How much it holds. */
  private expected = 0;
  private isEnding = false;
  /** The line that the file ends in is over, although it has no newline. */
  private isOver = false;

  constructor(source: LineSource) {
    this.source = source;
    this.label = new LineLabel(source);
  }

  get held(): Held {
    if (!this.hasChanged) return 'nothing';
    if (this.lines.isRedrawing) return 'redrawing';
    return this.lines.isRedrawn ? 'redrawn' : 'line';
  }

  write(chunk: Uint8Array, wall: number): Uint8Array {
    if (chunk.length === 0) return this.out.take();
    if (this.lines.isEmpty) this.begunAt = wall;
    this.now = wall;
    this.expected = this.label.isEmpty ? chunk.length : 2 * chunk.length;
    this.lines.write(chunk);
    this.hasChanged = !this.lines.isEmpty || this.shown !== undefined;
    return this.out.take();
  }

  release(): Uint8Array {
    if (!this.hasChanged) return this.out.take();
    this.hasChanged = false;
    const text = this.lines.peek();
    const isSame = this.shown !== undefined && Buffer.compare(this.shown, text) === 0;
    if (!isSame && text.length > 0) {
      const shown = text.slice();
      this.give(text, 0, text.length, false);
      this.shown = shown;
    }
    return this.out.take();
  }

  interrupt(): void {
    this.isMidLine = false;
  }

  end(): Uint8Array {
    this.isEnding = true;
    this.lines.end();
    this.isEnding = false;
    this.hasChanged = false;
    return this.out.take();
  }

  configure(source: LineSource): boolean {
    if (source.spec.format !== this.source.spec.format) return false;
    this.source = source;
    this.label = new LineLabel(source);
    return true;
  }

  /** Writes a line, or the beginning of one that goes on, but for what of it is in the file. */
  private give(bytes: Uint8Array, from: number, to: number, isWhole: boolean): void {
    const { shown } = this;
    this.shown = undefined;
    let start = from;
    let isRedrawn = false;
    if (shown !== undefined) {
      if (beginsWith(bytes, from, to, shown)) start += shown.length;
      else isRedrawn = true;
    }
    if (this.source.spec.format === 'json') {
      this.giveObject(bytes, start, to, { isWhole, isRedrawn });
    } else {
      const isAllThere = shown !== undefined && !isRedrawn && start === to;
      // Where others have written since, what is there has its newline.
      if (!isAllThere || this.isMidLine) this.giveText(bytes, start, to, { isWhole, isRedrawn });
    }
    this.begunAt = this.now;
  }

  private giveText(bytes: Uint8Array, from: number, to: number, { isWhole, isRedrawn }: Kind): void {
    const { out } = this;
    if (this.isMidLine && (isRedrawn || this.isOver)) {
      out.addByte(LF);
      this.isMidLine = false;
    }
    this.isOver = false;
    if (!this.isMidLine && !this.label.isEmpty) {
      const label = this.label.at(this.begunAt);
      out.add(label, 0, label.length, this.expected);
    }
    out.add(bytes, from, to, this.expected);
    this.isMidLine = !isWhole || this.isEnding;
    this.isOver = isWhole && this.isEnding;
    if (!this.isMidLine) out.addByte(LF);
  }

  private giveObject(bytes: Uint8Array, from: number, to: number, { isWhole, isRedrawn }: Kind): void {
    const { out } = this;
    const label = this.label.at(this.begunAt);
    out.add(label, 0, label.length, this.expected);
    let at = from;
    while (at < to && IS_ESCAPED[bytes[at] as number] === 0) at++; // at < to
    if (at === to) out.add(bytes, from, to);
    else {
      // What is no UTF-8 becomes U+FFFD here.
      const text = Buffer.from(bytes.buffer, bytes.byteOffset + from, to - from).toString('utf8');
      out.addText(JSON.stringify(text).slice(1, -1));
    }
    out.addByte(0x22);
    if (!isWhole) out.addText(',"partial":true');
    if (isRedrawn) out.addText(',"redrawn":true');
    out.addByte(0x7d);
    out.addByte(LF);
  }
}

interface Kind {
  readonly isWhole: boolean;
  /** It does not begin as what is in the file of it. */
  readonly isRedrawn: boolean;
}

function beginsWith(bytes: Uint8Array, from: number, to: number, beginning: Uint8Array): boolean {
  if (to - from < beginning.length) return false;
  for (let i = 0; i < beginning.length; i++) if (bytes[from + i] !== beginning[i]) return false;
  return true;
}
