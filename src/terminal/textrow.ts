/**
 * One line that is edited in place: cells, and a cursor among them, as a terminal of endless width would have them. It
 * follows xterm.js in what becomes of a wide character of which a half is overwritten, and of marks.
 *
 * Programs decide how much is done here for each byte of theirs: so cells are numbers that are moved and filled as memory.
 */

import { characterAt, codeAt } from './utf8.ts';
import { widthOf } from './width.ts';

/** A cell that nothing was written to, or that was erased. Shown as a blank, and not at all at the end of a line. */
const BLANK = 0;
/** The second half of a wide character. */
const TAIL = -1;
/** What a tab skipped, after the cell that holds the tab itself. */
const SKIPPED = -2;
const TAB = 9;
const SPACE = 0x20;

/** Above all characters: a byte that is no UTF-8, kept as it is. */
const FIRST_RAW = 0x110000;
/** Above these: the number of a character with its marks, in `clusters`. */
const FIRST_CLUSTER = FIRST_RAW + 0x100;

/** UTF-16 units of a character with its marks, beyond which marks are dropped: no script stacks as many. */
const MAX_CLUSTER = 32;

/** Characters with marks that are kept before those no longer shown are forgotten. */
const MIN_CLUSTERS = 64;

/** Cells from one tab stop to the next. */
const TAB_WIDTH = 8;

/** Cells that a line has room for at first. */
const MIN_CELLS = 128;

/** No character to a terminal, wherever it stands. */
const BYTE_ORDER_MARK = 0xfeff;

export class TextRow {
  /** The cursor's column. */
  x: number;
  /** Something that stood there was written over, moved or erased since this was set to false. */
  isRewritten = false;
  private cells = new Int32Array(MIN_CELLS);
  /** Cells in use, of which the first is that of column `base`: nothing was written before it. */
  private used = 0;
  private base: number;
  private clusters: string[] = [];
  private hasTabs = false;

  /** A line that begins in this column: what is before it is no part of it, unless something is written there. */
  constructor(x = 0) {
    this.x = x;
    this.base = x;
  }

  /** The column after the last that was written to. */
  get end(): number {
    return this.used === 0 ? 0 : this.base + this.used;
  }

  /** Prints what stands at this place: a character, a tab, or a byte that is neither. Returns the index after it. */
  put(bytes: Uint8Array, at: number, insert: boolean): number {
    const byte = bytes[at] ?? 0;
    if (byte < 0x80) {
      if (byte === TAB) this.tab();
      else this.print(byte, 1, insert);
      return at + 1;
    }
    const size = characterAt(bytes, at, bytes.length);
    if (size === 0) {
      this.print(FIRST_RAW + byte, 1, insert);
      return at + 1;
    }
    const code = codeAt(bytes, at, size);
    if (code !== BYTE_ORDER_MARK) this.print(code, widthOf(code), insert);
    return at + size;
  }

  /** Puts a character of this width at the cursor, which moves on. `insert`: what follows makes room. */
  print(code: number, width: 0 | 1 | 2, insert: boolean): void {
    if (width === 0) {
      this.join(code);
      return;
    }
    if (insert) this.insert(width);
    const at = this.open(width);
    this.cells[at] = code;
    if (width === 2) this.cells[at + 1] = TAIL;
    this.x += width;
  }

  /** Prints the character before the cursor again, as often as there is room before this column. */
  repeat(count: number, limit: number, insert: boolean): void {
    const before = this.x - this.base - 1;
    const isWide = this.cells[before] === TAIL;
    const code = before < this.used ? (this.cells[isWide ? before - 1 : before] ?? BLANK) : BLANK;
    const width = isWide ? 2 : 1;
    const times = Math.min(count, Math.trunc((limit - this.x) / width));
    if (code <= TAB || times <= 0) return;
    if (insert) this.insert(times * width);
    const at = this.open(times * width);
    this.cells.fill(code, at, at + times * width);
    if (isWide) for (let i = 1; i < 2 * times; i += 2) this.cells[at + i] = TAIL;
    this.x += times * width;
  }

  /** To the next tab stop. Where nothing was written yet the line keeps the tab. */
  tab(): void {
    const to = this.x - (this.x % TAB_WIDTH) + TAB_WIDTH;
    if (this.x >= this.end) {
      const width = to - this.x;
      const at = this.open(width);
      this.cells.fill(SKIPPED, at, at + width);
      this.cells[at] = TAB;
      this.hasTabs = true;
    }
    this.x = to;
  }

  /** By this many tab stops, backwards if negative; writes nothing. */
  moveByTabs(count: number): void {
    const stop = Math.trunc(this.x / TAB_WIDTH);
    const isBetween = this.x % TAB_WIDTH !== 0;
    this.x = Math.max(0, (stop + count + (count < 0 && isBetween ? 1 : 0)) * TAB_WIDTH);
  }

  /** Blanks so many cells from a column on. */
  erase(column: number, count: number): void {
    const from = Math.max(column - this.base, 0);
    const to = Math.min(column + count - this.base, this.used);
    if (from >= to) return;
    this.isRewritten = true;
    this.cut(from);
    this.cut(to);
    if (to === this.used) this.used = from;
    else this.cells.fill(BLANK, from, to);
  }

  /** Makes room for so many cells at the cursor. */
  insert(count: number): void {
    if (this.x >= this.end) return;
    this.isRewritten = true;
    this.dissolveAll();
    const at = this.here();
    this.cut(at);
    this.grow(this.used + count);
    this.cells.copyWithin(at + count, at, this.used);
    this.cells.fill(BLANK, at, at + count);
    this.used += count;
  }

  /** Takes so many cells out at the cursor. */
  delete(count: number): void {
    if (this.x >= this.end) return;
    this.isRewritten = true;
    this.dissolveAll();
    const at = this.here();
    const to = Math.min(at + count, this.used);
    this.cut(at);
    this.cut(to);
    this.cells.copyWithin(at, to, this.used);
    this.used -= to - at;
  }

  /** The line as text: blanks at its end are left out, be they printed, where `trim` says so. */
  toText(trim: boolean): Buffer {
    const { cells } = this;
    let end = this.used;
    while (end > 0 && (cells[end - 1] === BLANK || (trim && cells[end - 1] === SPACE))) end--;
    const parts: Buffer[] = [];
    let text = '';
    for (let i = 0; i < end; i++) {
      const cell = cells[i] as number; // i < cells.length
      if (cell === BLANK) text += ' ';
      else if (cell >= FIRST_CLUSTER) text += this.clusters[cell - FIRST_CLUSTER] ?? '';
      else if (cell >= FIRST_RAW) {
        parts.push(Buffer.from(text), Buffer.of(cell - FIRST_RAW));
        text = '';
      } else if (cell > 0) text += String.fromCodePoint(cell);
    }
    if (parts.length === 0) return Buffer.from(text);
    parts.push(Buffer.from(text));
    return Buffer.concat(parts);
  }

  /** Makes the next `width` cells from the cursor on ready to be written. Returns the index of the first. */
  private open(width: number): number {
    const at = this.here();
    const to = at + width;
    if (at < this.used) {
      this.isRewritten = true;
      this.cut(at);
      if (to < this.used) this.cut(to);
    } else {
      this.grow(to);
      this.cells.fill(BLANK, this.used, at);
    }
    if (to > this.used) {
      this.grow(to);
      this.used = to;
    }
    return at;
  }

  /** The index of the cursor's cell. A line that began right of it begins there now. */
  private here(): number {
    const missing = this.base - this.x;
    if (missing > 0) {
      if (this.used > 0) {
        this.grow(this.used + missing);
        this.cells.copyWithin(missing, 0, this.used);
        this.cells.fill(BLANK, 0, missing);
        this.used += missing;
      }
      this.base = this.x;
    }
    return this.x - this.base;
  }

  private grow(length: number): void {
    if (length <= this.cells.length) return;
    const larger = new Int32Array(Math.max(2 * this.cells.length, length));
    larger.set(this.cells.subarray(0, this.used));
    this.cells = larger;
  }

  /** A mark stands on the character left of the cursor; at the beginning of a line there is none, and it is dropped. */
  private join(code: number): void {
    if (this.x === 0) return;
    const isNew = this.x > this.end;
    this.x--;
    const last = isNew ? this.open(1) : this.here();
    this.x++;
    if (isNew) this.cells[last] = BLANK;
    this.dissolve(last);
    const { cells, clusters } = this;
    const at = cells[last] === TAIL ? last - 1 : last;
    const cell = cells[at] ?? BLANK;
    const mark = String.fromCodePoint(code);
    if (cell >= FIRST_CLUSTER) {
      const before = clusters[cell - FIRST_CLUSTER] ?? '';
      if (before.length < MAX_CLUSTER) clusters[cell - FIRST_CLUSTER] = before + mark;
    } else if (cell < FIRST_RAW) {
      if (clusters.length >= 2 * this.used + MIN_CLUSTERS) this.forgetUnused();
      cells[at] = FIRST_CLUSTER + this.clusters.push((cell > 0 ? String.fromCodePoint(cell) : ' ') + mark) - 1;
    }
  }

  /** A line that is redrawn for hours must not keep what it no longer shows. */
  private forgetUnused(): void {
    const { cells, clusters } = this;
    const kept: string[] = [];
    for (let i = 0; i < this.used; i++) {
      const cell = cells[i] as number; // i < cells.length
      if (cell >= FIRST_CLUSTER) cells[i] = FIRST_CLUSTER + kept.push(clusters[cell - FIRST_CLUSTER] ?? '') - 1;
    }
    this.clusters = kept;
  }

  /** What reaches over the border before this cell is broken there: a wide character is gone, a tab becomes blanks. */
  private cut(at: number): void {
    if (at >= this.used) return;
    const cell = this.cells[at];
    if (cell === TAIL) this.cells[at - 1] = this.cells[at] = BLANK;
    else if (cell === SKIPPED || cell === TAB) this.dissolve(at);
  }

  /** The tab that this cell is part of becomes blanks, which a program sees no difference to. */
  private dissolve(at: number): void {
    const { cells } = this;
    let from = at;
    while (cells[from] === SKIPPED) from--;
    if (cells[from] !== TAB) return;
    cells[from] = SPACE;
    for (let i = from + 1; i < this.used && cells[i] === SKIPPED; i++) cells[i] = SPACE;
  }

  /** Before cells are moved: a tab that does not begin at its place would no longer be as wide as it was. */
  private dissolveAll(): void {
    if (!this.hasTabs) return;
    this.hasTabs = false;
    for (let i = 0; i < this.used; i++) if (this.cells[i] === TAB) this.dissolve(i);
  }
}
