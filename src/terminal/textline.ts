/**
 * A stream of output as lines of text: without its escape sequences, and each with what was last visible on it, where a
 * program redrew it with carriage returns, backspaces and movements within the line.
 *
 * A line is as long as it is: where a terminal would wrap it, it goes on. A movement up or down ends it, and the next one
 * begins where the cursor came to. Plain lines are given out of the chunk they came in, as they are.
 */
import type { Sequence } from '../core/sequence.ts';
import { SequenceScanner } from '../core/sequences.ts';
import { editRow, MAX_COLUMN } from './textedit.ts';
import { TextRow } from './textrow.ts';
import { endOfWhole } from './utf8.ts';

/** Bytes of a line that are kept: of a longer one a piece is given out, and it goes on. */
export const MAX_LINE = 64 * 1024;

/**
 * Bytes, or columns, of a line up to which it can be edited: an insertion at its beginning moves all of it. Where a longer
 * one is gone back in, it ends there. No terminal is as wide.
 */
const MAX_EDITED = 2048;

/** Takes a line, or with `isWhole` false the beginning of one that goes on: the bytes [from, to), for the time of the call. */
export type TakeLine = (bytes: Uint8Array, from: number, to: number, isWhole: boolean) => void;

const BS = 0x08;
const TAB = 0x09;
const LF = 0x0a;
const VT = 0x0b;
const FF = 0x0c;
const CR = 0x0d;
const ESC = 0x1b;
const SPACE = 0x20;
const DEL = 0x7f;
const C1_LEAD = 0xc2;

/** Bytes that are no plain text: 1. Of C2 the byte after it says. */
const IS_SPECIAL = new Uint8Array(256).fill(1, 0, SPACE);
IS_SPECIAL[TAB] = 0;
IS_SPECIAL[DEL] = IS_SPECIAL[C1_LEAD] = 1;

/** What `ESC ( 0` makes of 0x60..0x7e: lines and a few signs (DEC special graphics). */
const GRAPHICS = '◆▒␉␌␍␊°±␤␋┘┐┌└┼⎺⎻─⎼⎽├┤┴┬│≤≥π≠£·';

const NO_BYTES = new Uint8Array(0);

export class TextLines {
  private readonly take: TakeLine;
  private readonly scanner = new SequenceScanner();
  /** The line as long as all that came was added at its end. */
  private held: Uint8Array = NO_BYTES;
  private length = 0;
  /** The line in place of `held`, once it was gone back in. */
  private row: TextRow | undefined;
  /** The line was too long for a row: it is not edited any more. */
  private isLong = false;
  /** A carriage return came, and nothing since that would tell whether the line ends or is redrawn. */
  private hasReturned = false;
  /** The line is to be ended however empty it is, as its beginning is known outside. */
  private isShown = false;
  /** The beginning of a character at the end of the last chunk. */
  private unfinished: Uint8Array = NO_BYTES;
  private isInserting = false;
  /** A character came last, which may be repeated. */
  private hasPrinted = false;
  private readonly charsets = ['B', 'B'];
  private shift: 0 | 1 = 0;
  /** Where the cursor was saved, if that was on this line, and the character sets that were in use. */
  private saved: { x: number | undefined; readonly charsets: readonly string[]; readonly shift: 0 | 1 } | undefined;
  private readonly onSequence = (sequence: Sequence): void => this.act(sequence);

  /** `take` gets each line when it ends. */
  constructor(take: TakeLine) {
    this.take = take;
  }

  /** Whether there is anything on the line that is not yet ended. */
  get isEmpty(): boolean {
    return this.length === 0 && (this.row === undefined || this.row.end === 0);
  }

  /** Whether the line was redrawn, or may be next: what it shows now need not be what it will have shown. */
  get isRedrawn(): boolean {
    return this.row !== undefined || this.hasReturned;
  }

  /** Whether the last chunk changed what stood on the line. */
  get isRedrawing(): boolean {
    return this.row?.isRewritten === true;
  }

  /** The line as it stands, valid until the next call. Its end will be told of from here on, whatever becomes of it. */
  peek(): Uint8Array {
    this.isShown = true;
    return this.row?.toText(true) ?? this.held.subarray(0, this.length);
  }

  /** What came next. */
  write(chunk: Uint8Array): void {
    let bytes = chunk;
    if (this.row) this.row.isRewritten = false;
    if (this.unfinished.length > 0) {
      bytes = Buffer.concat([this.unfinished, chunk]);
      this.unfinished = NO_BYTES;
    }
    let end = bytes.length;
    let i = 0;
    if (!this.scanner.isGround) {
      i = this.scanner.scanOne(bytes, 0, this.onSequence);
      if (this.scanner.isGround) this.hasPrinted = false;
    }
    if (end > 0 && (bytes[end - 1] as number) >= 0x80) end = Math.max(i, endOfWhole(bytes));
    while (i < end) {
      const from = i;
      i = endOfPlain(bytes, i, end);
      if (i === end) {
        this.add(bytes, from, end);
        break;
      }
      const byte = bytes[i] as number; // i < end
      if (byte === LF || (byte === CR && i + 1 < end && bytes[i + 1] === LF)) {
        if (this.length === 0 && this.isAppending && i - from <= MAX_LINE) {
          this.give(bytes, from, i, true);
        } else {
          this.add(bytes, from, i);
          this.endLine();
        }
        i += byte === LF ? 1 : 2;
      } else {
        this.add(bytes, from, i);
        i = this.control(bytes, i);
        if (this.scanner.isGround) this.hasPrinted = false;
      }
    }
    if (this.scanner.isGround && i < bytes.length) this.unfinished = bytes.slice(i);
  }

  /** Nothing follows: gives out what there is, if there is any. */
  end(): void {
    const { unfinished } = this;
    this.unfinished = NO_BYTES;
    this.add(unfinished, 0, unfinished.length);
    if (!this.isEmpty || this.isShown) this.endLine();
    this.scanner.reset(0);
    this.reset();
  }

  /** Whether what is printed is added at the end as it is. */
  private get isAppending(): boolean {
    return this.row === undefined && !this.hasReturned && this.charsets[this.shift] === 'B';
  }

  /** Text without controls but tabs. */
  private add(bytes: Uint8Array, from: number, to: number): void {
    if (from === to) return;
    this.hasPrinted = bytes[to - 1] !== TAB;
    let at = from;
    while (at < to) {
      if (this.isAppending) {
        this.append(bytes, at, to);
        return;
      }
      at = this.print(bytes, at, to);
    }
  }

  /** Adds to the end of the line; gives out pieces of one that becomes too long. */
  private append(bytes: Uint8Array, from: number, to: number): void {
    let at = from;
    while (this.length + to - at > MAX_LINE) {
      const room = MAX_LINE - this.length;
      // Whole characters: what is no UTF-8 may go anywhere.
      let cut = at + room;
      for (let back = 0; back < 3 && cut > at && ((bytes[cut] as number) & 0xc0) === 0x80; back++) cut--;
      this.hold(bytes, at, cut);
      at = cut;
      const { held, length } = this;
      this.length = 0;
      this.give(held, 0, length, false);
    }
    this.hold(bytes, at, to);
  }

  private hold(bytes: Uint8Array, from: number, to: number): void {
    const length = this.length + to - from;
    if (length > this.held.length) {
      const larger = new Uint8Array(Math.min(Math.max(2 * this.held.length, length, 256), MAX_LINE));
      larger.set(this.held.subarray(0, this.length));
      this.held = larger;
    }
    this.held.set(bytes.subarray(from, to), this.length);
    this.length = length;
  }

  /** Prints into the row, up to `to` or until it is too long to be one. Returns the index after what was printed. */
  private print(bytes: Uint8Array, from: number, to: number): number {
    const isGraphic = this.charsets[this.shift] === '0';
    const text = bytes.subarray(0, to);
    let at = from;
    while (at < to) {
      const row = this.edited();
      const byte = text[at] as number; // at < to
      if (isGraphic && byte >= 0x60 && byte < 0x80) {
        row.print(GRAPHICS.charCodeAt(byte - 0x60), 1, this.isInserting);
        at++;
      } else {
        at = row.put(text, at, this.isInserting);
      }
      if (row.x >= MAX_EDITED) {
        this.settle();
        return at;
      }
    }
    return at;
  }

  /** The row to edit. A line too long for that ends instead. */
  private edited(): TextRow {
    if (this.row === undefined) {
      if (this.length > MAX_EDITED || this.isLong) this.endLine();
      this.row = new TextRow();
      const line = this.held.subarray(0, this.length);
      this.length = 0;
      for (let at = 0; at < line.length; ) at = this.row.put(line, at, false);
    }
    if (this.hasReturned) {
      this.hasReturned = false;
      this.row.x = 0;
    }
    return this.row;
  }

  /** The row became too long to be edited: it is a line again that is added to. */
  private settle(): void {
    const text = this.row?.toText(false) ?? NO_BYTES;
    this.row = undefined;
    this.isLong = true;
    this.append(text, 0, text.length);
  }

  private give(bytes: Uint8Array, from: number, to: number, isWhole: boolean): void {
    this.isShown = !isWhole;
    this.take(bytes, from, to, isWhole);
  }

  /** The line ends with what is on it. */
  private endLine(): void {
    const { row, held, length } = this;
    this.row = undefined;
    this.isLong = false;
    this.hasReturned = false;
    this.length = 0;
    if (this.saved) this.saved.x = undefined;
    if (held.length > MAX_EDITED) this.held = NO_BYTES; // nobody else's line is likely to be as long
    if (row === undefined) {
      this.give(held, 0, length, true);
      return;
    }
    const text = row.toText(true);
    let from = 0;
    for (; text.length - from > MAX_LINE; from += MAX_LINE) this.give(text, from, from + MAX_LINE, false);
    this.give(text, from, text.length, true);
  }

  /** The cursor leaves the line; the next one begins in this column. */
  private leave(column: number): void {
    if (!this.isEmpty || this.isShown) this.endLine();
    this.row = undefined;
    this.hasReturned = false;
    if (this.saved) this.saved.x = undefined;
    if (column > 0) this.row = new TextRow(Math.min(column, MAX_COLUMN));
  }

  /** One control character or sequence at `from`. Returns the index after it. */
  private control(bytes: Uint8Array, from: number): number {
    const byte = bytes[from] as number; // the caller found it there
    switch (byte) {
      case ESC:
      case C1_LEAD:
        return this.scanner.scanOne(bytes, from, this.onSequence);
      case LF:
      case VT:
      case FF:
        this.endLine();
        break;
      case CR:
        if (!this.isEmpty || this.row !== undefined) this.hasReturned = true;
        break;
      case BS: {
        const row = this.edited();
        row.x = Math.max(0, row.x - 1);
        break;
      }
      case 0x0e:
        this.shift = 1;
        break;
      case 0x0f:
        this.shift = 0;
        break;
    }
    return from + 1;
  }

  private act(sequence: Sequence): void {
    if (sequence.kind === 'control') {
      this.shift = sequence.final === '\x0e' ? 1 : sequence.final === '\x0f' ? 0 : this.shift;
    } else if (sequence.kind === 'esc') {
      this.escape(sequence);
    } else if (sequence.kind === 'csi') {
      if (sequence.prefix === '?') this.mode(sequence);
      else if (sequence.prefix !== '') return;
      else if (sequence.intermediates === '') this.csi(sequence);
      else if (sequence.intermediates === '!' && sequence.final === 'p') this.reset();
    }
  }

  private escape({ intermediates, final }: Sequence): void {
    if (intermediates === '(' || intermediates === ')') {
      this.charsets[intermediates === '(' ? 0 : 1] = final === '0' ? '0' : 'B';
    } else if (intermediates === '') {
      if (final === '7') this.save();
      else if (final === '8') this.restore();
      else if (final === 'E') this.endLine();
      else if (final === 'D' || final === 'M') this.leave(this.edited().x);
      else if (final === 'c') {
        this.leave(0);
        this.reset();
      }
    }
  }

  /** To another screen, or back. */
  private mode({ final, params }: Sequence): void {
    if (final !== 'h' && final !== 'l') return;
    const isOther = params.some(([mode]) => mode === 47 || mode === 1047 || mode === 1049);
    if (isOther) this.leave(0);
  }

  private csi(sequence: Sequence): void {
    const { final } = sequence;
    const count = Math.max(sequence.param(0, 1), 1);
    switch (final) {
      case 'm':
        return;
      case 'K':
      case 'J':
        this.erase(sequence.param(0, 0), final);
        return;
      case 'A':
      case 'B':
      case 'e':
      case 'k':
      case 'd':
        this.leave(this.edited().x);
        return;
      case 'E':
      case 'F':
      case 'r':
        this.leave(0);
        return;
      case 'H':
      case 'f':
        this.leave(Math.max(sequence.param(1, 1), 1) - 1);
        return;
      case 'h':
      case 'l':
        if (sequence.params.some(([mode]) => mode === 4)) this.isInserting = final === 'h';
        return;
      case 's':
        this.save();
        return;
      case 'u':
        this.restore();
        return;
      case '@':
      case 'P':
      case 'X':
      case 'C':
      case 'a':
      case 'D':
      case 'G':
      case '`':
      case 'I':
      case 'Z':
      case 'b':
        this.edit(final, count);
        return;
    }
  }

  private edit(final: string, count: number): void {
    const row = this.edited();
    const few = Math.min(count, MAX_EDITED);
    editRow(row, final, { count: few, isInserting: this.isInserting, hasPrinted: this.hasPrinted });
    if (row.end > MAX_EDITED) this.settle();
  }

  private erase(what: number, final: 'K' | 'J'): void {
    // At the end of a line there is nothing to its right: grep ends each of its colours so.
    if (what === 0 && this.row === undefined && !this.hasReturned) return;
    if (what === 2 && final === 'J') {
      this.leave(this.edited().x); // what the screen showed stays in the log
    } else if (what <= 2) {
      const row = this.edited();
      const from = what === 0 ? row.x : 0;
      row.erase(from, what === 1 ? row.x + 1 : Math.max(0, row.end - from));
    }
  }

  private save(): void {
    this.saved = { x: this.edited().x, charsets: [...this.charsets], shift: this.shift };
  }

  private restore(): void {
    const { x, charsets, shift } = this.saved ?? { x: undefined, charsets: [], shift: 0 };
    this.charsets[0] = charsets[0] ?? 'B';
    this.charsets[1] = charsets[1] ?? 'B';
    this.shift = shift;
    if (x === undefined) this.leave(0);
    else this.edited().x = x;
  }

  private reset(): void {
    this.isInserting = false;
    this.charsets[0] = this.charsets[1] = 'B';
    this.shift = 0;
    this.saved = undefined;
  }
}

/** The index from `from` on of what is no plain text. */
function endOfPlain(bytes: Uint8Array, from: number, to: number): number {
  let i = from;
  for (; i < to; i++) {
    const byte = bytes[i] as number; // i < to
    if (IS_SPECIAL[byte] === 0) continue;
    if (byte !== C1_LEAD) break;
    const next = bytes[i + 1] ?? 0;
    if (next >= 0x80 && next < 0xa0) break;
  }
  return i;
}
