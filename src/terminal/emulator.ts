/**
 * The emulator: what a terminal shows, after any bytes. It leans on @xterm/headless in the exact version that
 * package.json pins (xterm.ts), because it reads the state that the public API keeps to itself (internals.ts), corrects some of
 * it (corrections.ts), and gives the rest of this room a narrow view: lines of cells, cursor, pen, margins, modes.
 *
 * It never answers a query: nobody listens to what it would send.
 */
import {
  charsetLetter,
  correct,
  correctLines,
  correctStrings,
  mendBuffer,
  mendLine,
  repeatableCell,
  type SavedCursor,
  straighten,
} from './corrections.ts';
import {
  assertInternals,
  BG_EXTENDED,
  CELL_WORDS,
  COLOR,
  COLOR_MODE,
  COLOR_RGB,
  CONTENT_WIDTH_SHIFT,
  EXT_STYLE,
  EXT_STYLE_SHIFT,
  FG_UNDERLINE,
  type XtermBuffer,
  type XtermCharset,
  type XtermCore,
  type XtermLine,
  type XtermTerminal,
} from './internals.ts';
import { type Link, Links } from './links.ts';
import { widthProvider } from './width.ts';

export interface Size {
  readonly cols: number;
  readonly rows: number;
}

export type { Link } from './links.ts';

import { xterm } from './xterm.ts';

/**
 * How a cell looks, as numbers that can be compared: `fg` and `bg` are xterm's words (colour with its mode, and flags;
 * internals.ts), `ext` the underline's style and colour, `link` the number of its hyperlink in this emulator, or 0.
 */
export interface Style {
  fg: number;
  bg: number;
  ext: number;
  link: number;
}

/** Where DECRC would go, and with what. `charsets`: the letters that designate G0 to G3. */
export interface Saved {
  readonly x: number;
  readonly y: number;
  readonly style: Readonly<Style>;
  readonly charsets: readonly string[];
  readonly glevel: number;
  readonly origin: boolean;
}

/** The screen's modes; a terminal's other modes (mouse, paste, cursor's looks) are not the emulator's business. */
export interface ScreenModes {
  readonly origin: boolean;
  readonly wraparound: boolean;
  readonly reverseWraparound: boolean;
  readonly insert: boolean;
  /** LNM: a line feed returns the carriage too. */
  readonly newline: boolean;
}

/** One line of cells. A view of the emulator's own memory: valid until the next write or resize. */
export type Line = Pick<XtermLine, 'length' | 'isWrapped' | 'getWidth' | 'hasContent' | 'getString'> & {
  /** Three words a cell: content, fg, bg (internals.ts). Not for writing. */
  readonly _data: Uint32Array;
};

const G_COUNT = 4;

/** ParserState.GROUND of xterm's parser. */
const GROUND = 0;

/** Bytes: below the 128 KB after which xterm cuts what it is given, through characters too. */
const PARSED_AT_ONCE = 65_536;

const NOTHING = new Uint8Array(0);

export class Emulator implements Disposable {
  private readonly terminal: XtermTerminal;
  private readonly core: XtermCore;
  private readonly savedCursors = new WeakMap<XtermBuffer, SavedCursor>();
  /** The begun last character of what was written. Xterm's decoder would lose one whose second byte is 0x80. */
  private cut = NOTHING;
  private readonly links = new Links(() => this.linksInUse());

  /** `scrollback`: lines kept above the screen. */
  constructor({ cols, rows }: Size, scrollback = 0) {
    const terminal = new (xterm().Terminal)({ cols, rows, scrollback, allowProposedApi: true, logLevel: 'off' });
    assertInternals(terminal);
    this.terminal = terminal;
    this.core = terminal._core;
    this.core.unicodeService.register(widthProvider);
    this.core.unicodeService.activeVersion = widthProvider.version;
    correctLines(lineAt(this.buffer, 0));
    correctStrings(this.core._inputHandler._parser);
    correct(this.core, this.savedCursors);
    const service = this.core._oscLinkService;
    service.registerLink = link => this.links.registerLink(link);
    service.addLineToLink = () => {};
    service.getLinkData = number => this.links.getLinkData(number);
  }

  get size(): Size {
    return { cols: this.terminal.cols, rows: this.terminal.rows };
  }

  get cols(): number {
    return this.terminal.cols;
  }

  get rows(): number {
    return this.terminal.rows;
  }

  /** Takes in bytes at once: no timer, no callback. A sequence, or a character, may end in a later call. */
  write(bytes: Uint8Array): void {
    let data = bytes;
    if (this.cut.length > 0) {
      data = new Uint8Array(this.cut.length + bytes.length);
      data.set(this.cut);
      data.set(bytes, this.cut.length);
    }
    for (let start = 0; start < data.length; ) {
      const end = wholeCharacters(data, Math.min(start + PARSED_AT_ONCE, data.length));
      if (end <= start) break;
      this.core._inputHandler.parse(start === 0 && end === data.length ? data : data.subarray(start, end));
      start = end;
    }
    const end = wholeCharacters(data, data.length);
    this.cut = end === data.length ? NOTHING : data.slice(end);
  }

  /** At least 2 columns and 1 row. Wrapped lines of the main screen are laid out anew. */
  resize({ cols, rows }: Size): void {
    if (cols === this.cols && rows === this.rows) return;
    const { normal, alt, active } = this.core._bufferService.buffers;
    const resized = [this.resizing(normal, active === alt), this.resizing(alt, false)];
    this.terminal.resize(cols, rows);
    this.core._inputHandler._parser.precedingJoinState = 0; // what REP would repeat may be elsewhere now
    for (const done of resized) done();
  }

  /** As new, half-received sequences forgotten too. */
  reset(): void {
    this.core._inputHandler._parser.reset();
    this.cut = NOTHING;
    this.core.reset();
    this.links.clear();
  }

  [Symbol.dispose](): void {
    this.terminal.dispose();
  }

  /** Whether the alternate screen is shown. */
  get isAlternate(): boolean {
    const { active, alt } = this.core._bufferService.buffers;
    return active === alt;
  }

  /** The cursor's column from 0, at most the last one. */
  get x(): number {
    return Math.min(this.buffer.x, this.cols - 1);
  }

  /** The cursor's row from 0. */
  get y(): number {
    return this.buffer.y;
  }

  /** No sequence and no character is half received: a snapshot is the whole state. */
  get isBetweenSequences(): boolean {
    return this.core._inputHandler._parser.currentState === GROUND && this.cut.length === 0;
  }

  /** The last column has been printed, and the next character goes to the next line. */
  get isWrapPending(): boolean {
    return this.buffer.x >= this.cols;
  }

  /** The last thing in the stream was the character left of the cursor, so that REP would repeat it. */
  get canRepeat(): boolean {
    return repeatableCell(this.core) >= 0;
  }

  /** Lines above the main screen. */
  get scrollback(): number {
    return this.core._bufferService.buffers.normal.ybase;
  }

  /** A line of the shown screen, from 0; negative ones, down to `-scrollback`, are above the main screen. */
  line(y: number): Line {
    return lineAt(this.buffer, y);
  }

  /** A line of the main screen, also while the alternate one hides it. */
  mainLine(y: number): Line {
    return lineAt(this.core._bufferService.buffers.normal, y);
  }

  /** How a cell looks, into `style`. */
  styleInto(line: Line, x: number, style: Style): Style {
    const at = x * CELL_WORDS;
    const fg = line._data[at + 1] ?? 0;
    const bg = line._data[at + 2] ?? 0;
    style.fg = withoutResidue(fg);
    style.bg = withoutResidue(bg & ~BG_EXTENDED);
    style.ext = (fg & FG_UNDERLINE) !== 0 ? 1 << EXT_STYLE_SHIFT : 0;
    style.link = 0;
    if ((bg & BG_EXTENDED) !== 0) {
      const extended = (line as XtermLine)._extendedAttrs[x]; // lines are xterm's own, seen through a narrower type
      style.ext = extended ? underlineOf(extended._ext) : 0;
      style.link = extended && this.links.getLinkData(extended.urlId) ? extended.urlId : 0;
    }
    return style;
  }

  link(number: number): Link | undefined {
    return this.links.getLinkData(number);
  }

  /** What the next character would look like. */
  get pen(): Style {
    const { fg, bg, extended } = this.core._inputHandler._curAttrData;
    return {
      fg: withoutResidue(fg),
      bg: withoutResidue(bg & ~BG_EXTENDED),
      ext: underlineOf(extended._ext),
      link: this.links.getLinkData(extended.urlId) ? extended.urlId : 0,
    };
  }

  /** First and last row of the scroll region, from 0. */
  get margins(): { readonly top: number; readonly bottom: number } {
    return { top: this.buffer.scrollTop, bottom: this.buffer.scrollBottom };
  }

  get modes(): ScreenModes {
    const { decPrivateModes, modes } = this.core.coreService;
    return {
      origin: decPrivateModes.origin,
      wraparound: decPrivateModes.wraparound,
      reverseWraparound: decPrivateModes.reverseWraparound,
      insert: modes.insertMode,
      newline: this.core.optionsService.options.convertEol,
    };
  }

  /** The columns that have a tab stop, from 0, rising. */
  get tabs(): number[] {
    const { tabs } = this.buffer;
    const stops: number[] = [];
    for (let x = 0; x < this.cols; x++) if (tabs[x]) stops.push(x);
    return stops;
  }

  /** The letters that designate G0 to G3, `B` being ASCII, and which of them is in use. */
  get charsets(): { readonly letters: readonly string[]; readonly glevel: number } {
    const { _charsets, glevel } = this.core._charsetService;
    return { letters: letters(_charsets), glevel };
  }

  /** What DECSC kept on a screen; undefined where nothing was saved. */
  saved(screen: 'main' | 'alternate'): Saved | undefined {
    const { normal, alt } = this.core._bufferService.buffers;
    const saved = this.savedCursors.get(screen === 'main' ? normal : alt);
    return (
      saved && {
        x: saved.x,
        y: saved.y,
        style: { fg: withoutResidue(saved.fg), bg: withoutResidue(saved.bg), ext: underlineOf(saved.ext), link: 0 },
        charsets: letters(saved.charsets),
        glevel: saved.glevel,
        origin: saved.origin,
      }
    );
  }

  private get buffer(): XtermBuffer {
    return this.core._bufferService.buffers.active;
  }

  /**
   * A saved cursor moves with the text like the cursor. The main screen's own beneath an alternate one is where the saved
   * one is: there it comes back.
   */
  private resizing(buffer: XtermBuffer, isHidden: boolean): () => void {
    const saved = this.savedCursors.get(buffer);
    if (isHidden) {
      buffer.x = saved?.x ?? 0;
      buffer.y = saved?.y ?? 0;
    }
    const before = buffer.y;
    straighten(buffer);
    return () => {
      mendBuffer(buffer, this.rows);
      if (saved) {
        saved.x = clamp(isHidden ? buffer.x : saved.x, this.cols - 1);
        saved.y = clamp(saved.y + buffer.y - before, this.rows - 1);
      }
      this.mend(buffer);
    };
  }

  /** Forgets tab stops beyond the last column, and halves of wide characters that were cut. */
  private mend(buffer: XtermBuffer): void {
    for (const column of Object.keys(buffer.tabs)) if (Number(column) >= this.cols) delete buffer.tabs[Number(column)];
    for (let y = 0; y < buffer.lines.length; y++) {
      const line = buffer.lines.get(y);
      if (line) mendLine(line, this.cols);
    }
  }

  private linksInUse(): ReadonlySet<number> {
    const used = new Set([this.pen.link]);
    const { normal, alt } = this.core._bufferService.buffers;
    for (const { lines } of [normal, alt]) {
      for (let y = 0; y < lines.length; y++) {
        const line = lines.get(y);
        for (const extended of Object.values(line?._extendedAttrs ?? {})) if (extended) used.add(extended.urlId);
      }
    }
    return used;
  }
}

function lineAt(buffer: XtermBuffer, y: number): XtermLine {
  const line = buffer.lines.get(buffer.ybase + y);
  if (!line) throw new RangeError(`cannot read line ${y}: the screen has no such line`);
  return line;
}

/** The offset, at most `end`, before which no UTF-8 character is cut by `end`. */
function wholeCharacters(bytes: Uint8Array, end: number): number {
  for (let back = 1; back < 4 && back <= end; back++) {
    const byte = bytes[end - back] ?? 0;
    if (byte < 0x80) return end;
    if (byte < 0xc0) continue;
    const length = byte < 0xe0 ? 2 : byte < 0xf0 ? 3 : byte < 0xf8 ? 4 : 1;
    return length > back ? end - back : end;
  }
  return end;
}

function letters(charsets: readonly XtermCharset[]): string[] {
  return Array.from({ length: G_COUNT }, (_, g) => charsetLetter(charsets[g]));
}

/** A word of flags and a colour, without what an earlier, longer colour has left in it. */
function withoutResidue(word: number): number {
  switch (word & COLOR_MODE) {
    case COLOR_RGB:
      return word >>> 0;
    case 0:
      return (word & ~COLOR) >>> 0;
    default:
      return (word & ~RESIDUE) >>> 0;
  }
}

/** The colour bits that an indexed colour does not use. */
const RESIDUE = 0xffff00;

function underlineOf(ext: number): number {
  return withoutResidue(ext & (EXT_STYLE | COLOR));
}

function clamp(value: number, most: number): number {
  return Math.max(0, Math.min(value, most));
}

/** The width of a cell by its content word. */
export function widthOfContent(content: number): number {
  return content >>> CONTENT_WIDTH_SHIFT;
}
