/**
 * One line that is edited in place: cells, and a cursor among them, as a terminal of endless width would have them. It
 * follows xterm.js in what becomes of a wide character of which a half is overwritten, and of marks.
 */

/** A cell that nothing was written to, or that was erased. Shown as a blank, and not at all at the end of a line. */
const BLANK = 0;
/** The second half of a wide character. */
const TAIL = -1;
/** What a tab skipped, after the cell that holds the tab itself. */
const SKIPPED = -2;
const TAB = 9;

/** Above all characters: a byte that is no UTF-8, kept as it is. */
const FIRST_RAW = 0x110000;
/** Above these: the number of a character with its marks, in `clusters`. */
const FIRST_CLUSTER = FIRST_RAW + 0x100;

/** Marks beyond this many in one cell are dropped: no script stacks as many. */
const MAX_MARKS = 32;

/** Characters with marks that are kept before those no longer shown are forgotten. */
const MIN_CLUSTERS = 64;

/** Cells from one tab stop to the next. */
const TAB_WIDTH = 8;

/** Tells that a byte stands for itself: `print` takes it in place of a code point. */
export function rawByte(byte: number): number {
  return FIRST_RAW + byte;
}

export class TextRow {
  /** The cursor's column. */
  x = 0;
  private readonly cells: number[] = [];
  private readonly clusters: string[] = [];
  private hasTabs = false;

  /** Cells up to the last that was written to. */
  get length(): number {
    return this.cells.length;
  }

  /** Puts a character of this width at the cursor, which moves on. `insert`: what follows makes room. */
  print(code: number, width: 0 | 1 | 2, insert = false): void {
    if (width === 0) {
      this.join(code);
      return;
    }
    if (insert) this.insert(width);
    const { cells } = this;
    const end = this.x + width;
    this.cut(this.x);
    this.cut(end);
    while (cells.length < end) cells.push(BLANK);
    cells[this.x] = code;
    if (width === 2) cells[this.x + 1] = TAIL;
    this.x = end;
  }

  /** Prints the character before the cursor again. `limit`: the length that the line may come to. */
  repeat(count: number, { limit, insert }: { readonly limit: number; readonly insert: boolean }): void {
    const isWide = this.cells[this.x - 1] === TAIL;
    const code = this.cells[this.x - (isWide ? 2 : 1)] ?? BLANK;
    if (code <= TAB) return;
    for (let left = count; left > 0 && this.x < limit; left--) this.print(code, isWide ? 2 : 1, insert);
  }

  /** To the next tab stop. Where nothing was written yet the line keeps the tab. */
  tab(): void {
    const { cells } = this;
    const to = this.x - (this.x % TAB_WIDTH) + TAB_WIDTH;
    if (cells.length <= this.x) {
      while (cells.length < this.x) cells.push(BLANK);
      cells.push(TAB);
      this.hasTabs = true;
      while (cells.length < to) cells.push(SKIPPED);
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
  erase(from: number, count: number): void {
    const { cells } = this;
    if (from >= cells.length) return;
    const to = Math.min(from + count, cells.length);
    this.cut(from);
    this.cut(to);
    if (to === cells.length) cells.length = from;
    else cells.fill(BLANK, from, to);
  }

  /** Makes room for so many cells at the cursor. */
  insert(count: number): void {
    const { cells, x } = this;
    if (x >= cells.length) return;
    this.dissolveFrom(x);
    this.cut(x);
    cells.splice(x, 0, ...new Array<number>(count).fill(BLANK));
  }

  /** Takes so many cells out at the cursor. */
  delete(count: number): void {
    const { cells, x } = this;
    if (x >= cells.length) return;
    this.dissolveFrom(x);
    this.cut(x);
    this.cut(x + count);
    cells.splice(x, count);
  }

  /** The line as text: blanks at its end are left out, be they printed, where `trim` says so. */
  toText(trim: boolean): Buffer {
    const { cells } = this;
    let end = cells.length;
    while (end > 0 && (cells[end - 1] === BLANK || (trim && cells[end - 1] === 0x20))) end--;
    const parts: Buffer[] = [];
    let text = '';
    for (let i = 0; i < end; i++) {
      const cell = cells[i] as number; // i < end
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

  /** A mark stands on the character left of the cursor; at the beginning of a line there is none, and it is dropped. */
  private join(code: number): void {
    const { cells } = this;
    if (this.x === 0) return;
    while (cells.length < this.x) cells.push(BLANK);
    this.dissolve(this.x - 1);
    const at = cells[this.x - 1] === TAIL ? this.x - 2 : this.x - 1;
    const cell = cells[at] ?? BLANK;
    const mark = String.fromCodePoint(code);
    if (cell >= FIRST_CLUSTER) {
      const before = this.clusters[cell - FIRST_CLUSTER] ?? '';
      if (before.length < MAX_MARKS) this.clusters[cell - FIRST_CLUSTER] = before + mark;
    } else if (cell < FIRST_RAW) {
      if (this.clusters.length >= 2 * cells.length + MIN_CLUSTERS) this.forgetUnused();
      cells[at] = FIRST_CLUSTER + this.clusters.push((cell > 0 ? String.fromCodePoint(cell) : ' ') + mark) - 1;
    }
  }

  /** A line that is redrawn for hours must not keep what it no longer shows. */
  private forgetUnused(): void {
    const { cells } = this;
    const used = this.clusters.splice(0);
    for (let i = 0; i < cells.length; i++) {
      const cell = cells[i] as number; // i < cells.length
      if (cell >= FIRST_CLUSTER) cells[i] = FIRST_CLUSTER + this.clusters.push(used[cell - FIRST_CLUSTER] ?? '') - 1;
    }
  }

  /** What reaches over the border before this column is broken there: a wide character is gone, a tab becomes blanks. */
  private cut(column: number): void {
    const cell = this.cells[column];
    if (cell === TAIL) this.cells[column - 1] = this.cells[column] = BLANK;
    else if (cell === SKIPPED || cell === TAB) this.dissolve(column);
  }

  /** The tab that this cell is part of becomes blanks, which a program sees no difference to. */
  private dissolve(column: number): void {
    const { cells } = this;
    let from = column;
    while (cells[from] === SKIPPED) from--;
    if (cells[from] !== TAB) return;
    cells[from] = 0x20;
    for (let i = from + 1; cells[i] === SKIPPED; i++) cells[i] = 0x20;
  }

  /** Before cells are moved: a tab that does not begin at its place would no longer be as wide as it was. */
  private dissolveFrom(column: number): void {
    const { cells } = this;
    if (!this.hasTabs) return;
    this.dissolve(column);
    for (let i = column; i < cells.length; i++) if (cells[i] === TAB) this.dissolve(i);
  }
}
