/**
 * A screen's state as bytes: written to a fresh terminal of the same size, they bring about the same cells, cursor, pen,
 * margins, modes and saved cursors. It goes to viewers' terminals of any make, and into a fresh Emulator when a
 * checkpoint is taken up again; hence only functions that all terminals know, in an order that leaves no trace.
 *
 * The terminal's other modes (mouse, paste, keys, cursor's looks, title) are core/modes.ts' part.
 */
import type { Emulator, Line, Saved, Style } from './emulator.ts';
import {
  BG_EXTENDED,
  BG_PROTECTED,
  CELL_WORDS,
  COLOR,
  COLOR_MODE,
  CONTENT_ANY,
  CONTENT_CODE,
  CONTENT_COMBINED,
} from './internals.ts';
import { linkSequence, PLAIN, sameStyle, sgrBetween } from './sgr.ts';
import { isAgreedWidth } from './width.ts';

/** The bytes, as text to be sent in UTF-8. Empty for a screen that is as new. */
export function snapshotOf(emulator: Emulator): string {
  const writer = new Writer(emulator);
  if (emulator.isAlternate) {
    writer.screen(y => emulator.mainLine(y));
    // 1049 is the one of the three switches that all terminals know; it saves the cursor, so put that where it was saved.
    writer.leaveCursor(emulator.saved('main') ?? UNSAVED, '\x1b[?1049h');
    writer.clearAfterSwitch();
  }
  writer.screen(y => emulator.line(y));
  const saved = emulator.saved(emulator.isAlternate ? 'alternate' : 'main');
  if (saved) writer.leaveCursor(saved, '\x1b7');
  writer.tabs(emulator.tabs);
  writer.modes();
  writer.cursor();
  return writer.out;
}

const DEFAULT_CHARSETS: readonly string[] = ['B', 'B', 'B', 'B'];
const UNSAVED: Saved = { x: 0, y: 0, style: PLAIN, charsets: DEFAULT_CHARSETS, glevel: 0, origin: false };
const DESIGNATORS = ['(', ')', '*', '+'];
const SHIFTS = ['\x0f', '\x0e', '\x1bn', '\x1bo'];
const TAB_WIDTH = 8;

/** Where the other terminal's cursor is not known, or not to be relied on. */
const UNKNOWN = -1;

/** What has been written, and the state of the terminal that has read it. */
class Writer {
  out = '';
  private readonly emulator: Emulator;
  private readonly cols: number;
  private readonly rows: number;
  /** The column is `cols` while a wrap is pending. */
  private x = 0;
  private y = 0;
  private readonly style: Style = { ...PLAIN };
  private charsets = DEFAULT_CHARSETS;
  private glevel = 0;
  private readonly cell: Style = { ...PLAIN };
  /** The last thing written was a character: REP would repeat it. */
  private endsInText = false;

  constructor(emulator: Emulator) {
    this.emulator = emulator;
    ({ cols: this.cols, rows: this.rows } = emulator.size);
  }

  /** Draws all lines on a blank screen: full margins, wrap on, nothing else on. */
  screen(line: (y: number) => Line): void {
    for (let y = 0; y < this.rows; y++) {
      if (line(y).isWrapped && (y === 0 || !this.wrapsByItself(line(y - 1), line(y)))) this.markWrapped(y);
    }
    for (let y = 0; y < this.rows; y++) {
      const current = line(y);
      this.line(current, y, current.isWrapped && y > 0 && this.wrapsByItself(line(y - 1), current));
    }
  }

  /** Makes the cursor's state the saved one, does `save` to it, and goes back to defaults. */
  leaveCursor(saved: Saved, save: string): void {
    this.setCharsets(saved.charsets, saved.glevel);
    if (saved.origin) this.control('\x1b[?6h', UNKNOWN);
    this.moveTo(saved.x, saved.y);
    this.setStyle(saved.style);
    this.control(save);
    if (saved.origin) this.control('\x1b[?6l', UNKNOWN);
    this.setCharsets(DEFAULT_CHARSETS, 0);
  }

  /** An alternate screen comes filled with the pen's background. */
  clearAfterSwitch(): void {
    this.y = UNKNOWN;
    const isColored = (this.style.bg & COLOR_MODE) !== 0;
    this.setStyle(PLAIN);
    if (isColored) this.control('\x1b[2J');
  }

  tabs(stops: readonly number[]): void {
    if (stops.length === Math.ceil(this.cols / TAB_WIDTH) && stops.every((x, i) => x === i * TAB_WIDTH)) return;
    this.control('\x1b[3g', UNKNOWN);
    for (const x of stops) this.control(`\x1b[${x + 1}G\x1bH`, UNKNOWN);
  }

  /** Some terminals end a pending wrap on a change of modes. */
  modes(): void {
    const { margins, modes } = this.emulator;
    if (margins.top !== 0 || margins.bottom !== this.rows - 1) {
      this.control(`\x1b[${margins.top + 1};${margins.bottom + 1}r`, UNKNOWN);
    }
    if (modes.reverseWraparound) this.control('\x1b[?45h', UNKNOWN);
    if (!modes.wraparound) this.control('\x1b[?7l', UNKNOWN);
    if (modes.newline) this.control('\x1b[20h', UNKNOWN);
    if (modes.insert) this.control('\x1b[4h', UNKNOWN);
    if (modes.origin) this.control('\x1b[?6h', UNKNOWN);
  }

  /** The cursor's place, a pending wrap, the pen, and whether a character was the last thing. */
  cursor(): void {
    const { emulator } = this;
    const { pen, isWrapPending: isPending, canRepeat } = emulator;
    const line = emulator.line(emulator.y);
    const after = isPending ? this.cols : emulator.x;
    // Only printing makes a wrap pending, or REP repeat: what stands left of the cursor is printed once more.
    const x = after - (after > 1 && line.getWidth(after - 1) === 0 ? 2 : 1);
    const isThere = this.y === emulator.y && this.x === after;
    if (canRepeat) {
      const wasText = this.endsInText;
      this.setPen(pen);
      if (isThere && wasText && this.endsInText) return;
      this.moveFinally(x);
      if (emulator.modes.insert && !isPending) this.control(`\x1b[${after - x}P`);
      this.print(line.getString(x), 0);
      return;
    }
    if (isPending && isThere) {
      // Drawing the line has left the cursor so.
    } else if (isPending && line.hasContent(x) !== 0) {
      this.moveFinally(x);
      this.setStyle(emulator.styleInto(line, x, { ...PLAIN }));
      this.print(line.getString(x), after - x);
    } else {
      this.moveFinally(emulator.x);
    }
    this.setPen(pen);
    if (this.endsInText) this.control(`\x1b[m${sgrBetween(PLAIN, this.style)}`);
  }

  /** In origin mode rows count from the top margin. */
  private moveFinally(x: number): void {
    const { y, modes, margins } = this.emulator;
    if (modes.origin) this.control(`\x1b[${y - margins.top + 1};${x + 1}H`, UNKNOWN);
    else this.moveTo(x, y);
  }

  private setPen(pen: Readonly<Style>): void {
    this.setStyle(pen);
    const { letters, glevel } = this.emulator.charsets;
    this.setCharsets(letters, glevel);
  }

  /**
   * Whether the flag comes about by printing the lines one after the other: the first is full, or has left its last
   * column to a wide character, and the second begins with a character; all of widths that terminals agree on.
   */
  private wrapsByItself(first: Line, second: Line): boolean {
    const start = second._data[0] ?? 0;
    if ((start & CONTENT_ANY) === 0) return false;
    const last = this.cols - 1;
    const content = first._data[last * CELL_WORDS] ?? 0;
    if ((content & CONTENT_ANY) !== 0) return isPlain(content);
    if (first.getWidth(last) === 0) return last > 0 && isPlain(first._data[(last - 1) * CELL_WORDS] ?? 0);
    const isLeft = second.getWidth(0) === 2 && isPlain(start);
    return isLeft && ((first._data[last * CELL_WORDS + 2] ?? 0) & COLOR) === ((second._data[2] ?? 0) & COLOR);
  }

  /** Gives a blank line the flag that it goes on from the line above, without a trace in either. */
  private markWrapped(y: number): void {
    const above = y === 0 ? 1 : y;
    const below = Math.min(above + 1, this.rows);
    this.setStyle(PLAIN);
    this.control(`\x1b[${above};${this.cols}H  \x1b[${above};${this.cols}H\x1b[X\x1b[${below};1H\x1b[X`, UNKNOWN);
    // For the first line: the one above it goes, without a way into the scrollback.
    if (y === 0 && this.rows > 1) this.control('\x1b[1;1H\x1b[M', UNKNOWN);
  }

  /** Draws one line; `continues`: its first character wraps over from the line above. */
  private line(line: Line, y: number, continues: boolean): void {
    const { _data: data } = line;
    let rawFg = UNKNOWN;
    let rawBg = UNKNOWN;
    for (let x = 0; x < this.cols; ) {
      const at = x * CELL_WORDS;
      const content = data[at] ?? 0;
      const fg = data[at + 1] ?? 0;
      const bg = data[at + 2] ?? 0;
      if ((content & CONTENT_ANY) === 0) {
        const length = this.blankRun(data, x);
        if ((bg & COLOR_MODE) !== 0) {
          this.moveTo(x, y, !line.isWrapped);
          this.emulator.styleInto(line, x, this.cell);
          this.setStyle(this.cell);
          this.control(`\x1b[${length === 1 ? '' : length}X`);
          rawFg = UNKNOWN;
        }
        x += length;
        continue;
      }
      if (!(continues && x === 0)) this.moveTo(x, y, !line.isWrapped);
      else if (this.x < this.cols || this.y !== y - 1) this.moveTo(this.cols - 1, y - 1);
      if (fg !== rawFg || bg !== rawBg || this.style.link !== 0 || (bg & BG_EXTENDED) !== 0) {
        this.emulator.styleInto(line, x, this.cell);
        this.setStyle(this.cell);
        rawFg = fg;
        rawBg = bg;
      }
      const width = line.getWidth(x) || 1;
      if (continues && x === 0) this.x = 0;
      this.y = y;
      this.print(line.getString(x), width);
      if (!isPlain(content)) this.y = UNKNOWN;
      x += width;
    }
  }

  /** How many blanks of the same background follow from `x` on, itself included. */
  private blankRun(data: Uint32Array, x: number): number {
    const bg = data[x * CELL_WORDS + 2];
    let end = x + 1;
    while (end < this.cols) {
      const at = end * CELL_WORDS;
      if (((data[at] ?? 0) & CONTENT_ANY) !== 0 || data[at + 2] !== bg) break;
      end++;
    }
    return end - x;
  }

  /** `mayFeed`: a line feed will do, which takes the line's flag that it is a wrapped one. */
  private moveTo(x: number, y: number, mayFeed = false): void {
    if (this.y === y && this.x === x) return;
    if (this.y !== UNKNOWN && this.y + 1 === y && x === 0 && mayFeed) this.out += '\r\n';
    else if (this.y === y && this.x < x) this.out += x - this.x === 1 ? '\x1b[C' : `\x1b[${x - this.x}C`;
    else this.out += y === 0 && x === 0 ? '\x1b[H' : x === 0 ? `\x1b[${y + 1}H` : `\x1b[${y + 1};${x + 1}H`;
    this.endsInText = false;
    this.x = x;
    this.y = y;
  }

  private setStyle(to: Readonly<Style>): void {
    const { style } = this;
    if (!sameStyle(style, to)) {
      const sgr = sgrBetween(style, to);
      if (sgr !== '') this.control(sgr);
      if (style.link !== to.link) this.control(linkSequence(this.emulator.link(to.link)));
    }
    if (((style.bg ^ to.bg) & BG_PROTECTED) !== 0) this.control((to.bg & BG_PROTECTED) !== 0 ? '\x1b[1"q' : '\x1b[0"q');
    Object.assign(style, to);
  }

  private setCharsets(letters: readonly string[], glevel: number): void {
    for (const [g, letter] of letters.entries()) {
      if (letter !== this.charsets[g]) this.control(`\x1b${DESIGNATORS[g]}${letter}`);
    }
    if (glevel !== this.glevel) this.control(SHIFTS[glevel] ?? '');
    this.charsets = letters;
    this.glevel = glevel;
  }

  private print(text: string, width: number): void {
    this.out += text;
    this.x += width;
    this.endsInText = true;
  }

  /** Writes a control function; `row` tells when the cursor's row is not known after it. */
  private control(sequence: string, row = this.y): void {
    this.out += sequence;
    this.endsInText = false;
    this.y = row;
  }
}

/** Whether a cell holds one character, of a width that terminals agree on. */
function isPlain(content: number): boolean {
  return (content & CONTENT_COMBINED) === 0 && isAgreedWidth(content & CONTENT_CODE);
}
