/**
 * Where xterm.js strays from what terminals do, or keeps a state that no escape sequence could bring about, it is put
 * right here, so that every state can be written down as bytes (snapshot.ts) and an attached terminal agrees with ours.
 * Each correction, with its reason: native-notes/emulator.md.
 */
import {
  BG_EXTENDED,
  BG_PROTECTED,
  CELL_WORDS,
  COLOR,
  CONTENT_CODE,
  CONTENT_COMBINED,
  CONTENT_WIDTH_SHIFT,
  EXT_STYLE,
  type XtermAttributes,
  type XtermBuffer,
  type XtermCharset,
  type XtermCore,
  type XtermInput,
  type XtermLine,
  type XtermParams,
  type XtermStringHandler,
} from './internals.ts';
import { widthOf } from './width.ts';

/** What DECSC keeps, as terminals do: position, pen, character sets, origin mode. Columns and rows from 0, of the screen. */
export interface SavedCursor {
  x: number;
  y: number;
  readonly fg: number;
  readonly bg: number;
  /** Underline style and colour, as in a cell's `ext`. */
  readonly ext: number;
  readonly charsets: readonly XtermCharset[];
  readonly glevel: number;
  readonly origin: boolean;
}

/** UTF-16 units of one cell's text: a character and its marks. What stacks more marks than this is out for mischief. */
const LONGEST_CELL = 32;

/** Characters of an OSC or DCS that are read; what the screen is made of (links, settings) is shorter. */
const LONGEST_STRING = 8192;

/** The letters of the known character sets, by table; tables are shared by all emulators. ASCII has no table. */
const charsetLetters = new Map<XtermCharset, string>();

/** The final character that designates this character set: `B` for ASCII. */
export function charsetLetter(charset: XtermCharset): string {
  return (charset && charsetLetters.get(charset)) ?? 'B';
}

/** Which of G0 to G3 an intermediate character designates. */
const G_OF: Readonly<Record<string, number>> = { '(': 0, ')': 1, '*': 2, '+': 3, '-': 1, '.': 2 };

const patched = new WeakSet<object>();

/** Corrects what all lines share: once for all emulators. */
export function correctLines(line: XtermLine): void {
  const prototype = Object.getPrototypeOf(line) as XtermLine; // the class's own methods
  if (patched.has(prototype)) return;
  patched.add(prototype);
  const set = prototype.setCellFromCodepoint;
  const add = prototype.addCodepointToCell;
  const insert = prototype.insertCells;
  const blank: XtermAttributes = { fg: 0, bg: 0, extended: undefined as never }; // read only where BG_EXTENDED is set

  /** A blank left behind by half a wide character: it has a background and no other attribute. */
  function blankOut(target: XtermLine, index: number, attributes: XtermAttributes): void {
    blank.bg = attributes.bg & COLOR;
    set.call(target, index, 0, 1, blank);
  }

  prototype.setCellFromCodepoint = function (index, code, width, attributes) {
    if (code === 0 && width === 0) {
      set.call(this, index, code, width, attributes);
      return;
    }
    // Over the right half of a wide character: its left half goes, also where print() does not look (wrap off).
    if (index > 0 && (this._data[(index - 1) * CELL_WORDS] ?? 0) >>> CONTENT_WIDTH_SHIFT === 2) {
      blankOut(this, index - 1, attributes);
    }
    if (code === 0) {
      blankOut(this, index, attributes);
      return;
    }
    set.call(this, index, code, width, attributes);
  };

  prototype.addCodepointToCell = function (index, code) {
    const content = this._data[index * CELL_WORDS] ?? 0;
    if ((content & CONTENT_COMBINED) !== 0 && (this._combined[index]?.length ?? 0) >= LONGEST_CELL) return;
    if ((content & (CONTENT_COMBINED | CONTENT_CODE)) === 0) {
      this._data[index * CELL_WORDS] = 0x20 | (1 << CONTENT_WIDTH_SHIFT);
    }
    add.call(this, index, code, 0);
  };

  prototype.insertCells = function (position, count, fill) {
    const at = position % this.length;
    if (at > 0 && this.getWidth(at - 1) === 2) {
      blankOut(this, at - 1, fill);
      blankOut(this, at, fill);
    }
    insert.call(this, position, count, fill);
  };
}

/** In place of xterm's queue with its timers: `mendLine` gives the memory back at once. */
const NO_QUEUE = { clear: () => {}, enqueue: () => {} };

/**
 * Before a resize: puts the ring of lines at the start of its array. Where xterm lets it grow during a reflow it clears
 * places counted from there, so that lines would be lost, or not, by how often the screen has scrolled.
 */
export function straighten(buffer: XtermBuffer): void {
  const { lines } = buffer;
  const { maxLength } = lines;
  buffer._memoryCleanupQueue = NO_QUEUE;
  lines.maxLength = maxLength + 1; // a new bound copies the lines into a new array
  lines.maxLength = maxLength;
}

/**
 * After a resize: with little or no scrollback, reflow may leave the screen's lower part beyond the buffer's end, where
 * reading and writing would throw. The screen is put at the end again, and the cursor stays in its line.
 */
export function mendBuffer(buffer: XtermBuffer, rows: number): void {
  if (buffer.lines.length === 0) return; // the alternate screen while it is not shown
  while (buffer.lines.length < rows)
    buffer.lines.push(buffer.getBlankLine({ fg: 0, bg: 0, extended: undefined as never }));
  const ybase = Math.min(buffer.ybase, buffer.lines.length - rows);
  buffer.y = Math.max(0, Math.min(buffer.y + buffer.ybase - ybase, rows - 1));
  buffer.ybase = ybase;
  buffer.ydisp = ybase;
}

/** After a resize: cuts a line of the alternate screen, which keeps its old length, and blanks halves of wide characters. */
export function mendLine(line: XtermLine, cols: number): void {
  if (line.length > cols) line.resize(cols, undefined);
  line.cleanupMemory();
  for (let x = 0; x < line.length; x++) {
    const width = line.getWidth(x);
    if (width === 1) continue;
    if (width === 2 && x + 1 < line.length && line.getWidth(x + 1) === 0) x++;
    else line._data.set([1 << CONTENT_WIDTH_SHIFT, 0, 0], x * CELL_WORDS);
  }
}

function bound(params: XtermParams, most: number): void {
  if ((params.params[0] ?? 0) > most) params.params[0] = most;
}

/** Wraps a control function of xterm's: `before` may look at and change its parameters. */
function wrap<K extends keyof XtermInput>(input: XtermInput, name: K, before: (params: XtermParams) => void): void {
  const original = input[name] as (params: XtermParams, ...rest: unknown[]) => boolean; // all of this form
  const wrapped = function (this: XtermInput, params: XtermParams, ...rest: unknown[]): boolean {
    before(params);
    return original.call(input, params, ...rest);
  };
  input[name] = wrapped as XtermInput[K]; // of the form it had
}

/**
 * The column of the character that REP would repeat, or -1. It is the one left of the cursor, when nothing but characters
 * came since and it looks like the pen, as what has just been printed does.
 */
export function repeatableCell(core: XtermCore): number {
  const { _inputHandler: input, _charsetService } = core;
  const { buffers } = core._bufferService;
  if (input._parser.precedingJoinState === 0) return -1;
  const buffer = buffers.active;
  const line = buffer.lines.get(buffer.ybase + buffer.y);
  if (!line || buffer.x === 0) return -1;
  const x = buffer.x - (line.getWidth(buffer.x - 1) === 0 && buffer.x > 1 ? 2 : 1);
  const pen = input._curAttrData;
  const at = x * CELL_WORDS;
  if (x + line.getWidth(x) !== buffer.x) return -1;
  if (line.hasContent(x) === 0 || line._data[at + 1] !== pen.fg >>> 0 || line._data[at + 2] !== pen.bg >>> 0) return -1;
  // A mark that came after a change of character sets: its character could not be printed again as it is.
  if (_charsetService.charset?.[line.getString(x).charAt(0)] !== undefined) return -1;
  const extended = line._extendedAttrs[x];
  const isPens = extended?._ext === pen.extended._ext && extended.urlId === pen.extended.urlId;
  return (pen.bg & BG_EXTENDED) === 0 || isPens ? x : -1;
}

/** Bounds the text of an OSC or DCS that has no end yet: xterm keeps 10 MB, a character at a time, which takes 300. */
export function correctStrings({ _oscParser, _dcsParser }: XtermInput['_parser']): void {
  for (const handler of [...Object.values(_oscParser._handlers), ...Object.values(_dcsParser._handlers)].flat()) {
    const prototype = Object.getPrototypeOf(handler) as XtermStringHandler; // the class's own methods
    if (patched.has(prototype)) continue;
    patched.add(prototype);
    const put = prototype.put;
    prototype.put = function (data, start, end) {
      if (this._data.length + end - start > LONGEST_STRING) {
        this._data = '';
        this._hitLimit = true;
      }
      put.call(this, data, start, end); // which does nothing beyond the limit
    };
  }
}

/** Corrects one emulator's functions. `saved` holds the saved cursors, for each of the two screens. */
export function correct(core: XtermCore, saved: WeakMap<XtermBuffer, SavedCursor>): void {
  const input = core._inputHandler;
  const charsets = core._charsetService;
  const { buffers } = core._bufferService;
  const modes = () => core.coreService.decPrivateModes;

  /** What takes effect on the whole line or beyond ends a pending wrap, so that the last cell is what was printed. */
  const settle = () => {
    const buffer = buffers.active;
    buffer.x = Math.min(buffer.x, core._bufferService.cols - 1);
  };

  const print = input.print;
  input.print = (data, start, end) => {
    let from = start;
    // A mark in the first column has nothing to join; xterm would put it over the character that is there.
    if (buffers.active.x === 0)
      while (from < end && (data[from] ?? 0) >= 0x300 && widthOf(data[from] ?? 0) === 0) from++;
    if (from < end) print.call(input, data, from, end);
  };

  // A link without an address ends the one that is open, whatever else it says; with an id xterm.js would ignore it.
  const setHyperlink = input.setHyperlink;
  input.setHyperlink = data => setHyperlink.call(input, /^[^;]*;$/.test(data) ? ';' : data);

  input.saveCursor = () => {
    const buffer = buffers.active;
    const pen = input._curAttrData;
    const cursor = {
      x: Math.min(buffer.x, core._bufferService.cols - 1),
      y: buffer.y,
      fg: pen.fg,
      bg: pen.bg & ~BG_EXTENDED,
      ext: pen.extended._ext & (EXT_STYLE | COLOR),
      charsets: charsets._charsets.slice(),
      glevel: charsets.glevel,
      origin: modes().origin,
    };
    // What nothing saved would restore need not be kept: a resize must not move it.
    if (isDefault(cursor)) saved.delete(buffer);
    else saved.set(buffer, cursor);
    return true;
  };

  input.restoreCursor = () => {
    const buffer = buffers.active;
    const from = saved.get(buffer);
    const pen = input._curAttrData;
    const extended = pen.extended.clone(); // keeps the open hyperlink, which is not part of what DECSC saves
    extended._ext = from?.ext ?? 0;
    pen.extended = extended;
    pen.fg = from?.fg ?? 0;
    pen.bg = from?.bg ?? 0;
    if ((extended._ext & EXT_STYLE) !== 0 || extended.urlId !== 0) pen.bg |= BG_EXTENDED;
    charsets._charsets = from?.charsets.slice() ?? [];
    charsets.glevel = from?.glevel ?? 0;
    charsets.charset = charsets._charsets[charsets.glevel];
    modes().origin = from?.origin ?? false;
    buffer.x = from?.x ?? 0;
    buffer.y = from?.y ?? 0;
    input._restrictCursor();
    return true;
  };

  const softReset = input.softReset;
  input.softReset = params => {
    softReset.call(input, params);
    saved.delete(buffers.active);
    return true;
  };

  input.tabSet = () => {
    settle();
    buffers.active.tabs[buffers.active.x] = true;
    return true;
  };
  wrap(input, 'tabClear', params => {
    if (params.params[0] === 0) settle();
  });

  const charAttributes = input.charAttributes;
  input.charAttributes = params => {
    const isProtected = input._curAttrData.bg & BG_PROTECTED;
    charAttributes.call(input, params);
    input._curAttrData.bg |= isProtected; // DECSCA is not SGR's business
    // SGR 59 is stored as all bits set, which reads as white.
    const { extended } = input._curAttrData;
    if ((extended._ext & COLOR) === COLOR && defaultsUnderlineColor(params)) extended._ext &= ~COLOR;
    return true;
  };

  const alignment = input.screenAlignmentPattern;
  input.screenAlignmentPattern = () => {
    const pen = input._curAttrData;
    const extended = pen.bg & BG_EXTENDED;
    pen.bg &= ~BG_EXTENDED; // the cells would have the flag, but nothing to it
    // As in xterm and DEC's terminals, the margins go; else, in origin mode, it would begin at the top margin.
    buffers.active.scrollTop = 0;
    buffers.active.scrollBottom = core._bufferService.rows - 1;
    alignment.call(input);
    pen.bg |= extended;
    return true;
  };

  const selectCharset = input.selectCharset;
  input.selectCharset = flags => {
    selectCharset.call(input, flags);
    const designated = charsets._charsets[G_OF[flags[0] ?? ''] ?? 0];
    if (designated && !charsetLetters.has(designated)) charsetLetters.set(designated, flags[1] ?? 'B');
    return true;
  };
  // LS1R, LS2R, LS3R choose the upper half, which UTF-8 has no use for; xterm takes them for the lower half.
  for (const final of ['|', '}', '~']) input._parser.registerEscHandler({ final }, () => true);

  input.repeatPrecedingCharacter = params => {
    const x = repeatableCell(core);
    if (x < 0) return true;
    const { active } = buffers;
    const text = active.lines.get(active.ybase + active.y)?.getString(x) ?? '';
    const codes = Array.from(text, char => char.codePointAt(0) ?? 0);
    // As xterm: what is more than a screenful is pushed off it, and a flood of these would take seconds a kilobyte.
    const { cols, rows } = core._bufferService;
    const times = Math.min(params.params[0] || 1, cols * rows);
    const data = new Uint32Array(codes.length * times);
    for (let i = 0; i < data.length; i += codes.length) data.set(codes, i);
    input.print(data, 0, data.length);
    return true;
  };

  const eraseInDisplay = input.eraseInDisplay;
  input.eraseInDisplay = (params, respectProtect = false) => {
    const how = params.params[0] ?? 0;
    if (how === 1 || how === 2) settle();
    if (how !== 1) return eraseInDisplay.call(input, params, respectProtect);
    // Xterm's own reaches below the screen when the cursor is in its last corner.
    const buffer = buffers.active;
    input._eraseInBufferLine(buffer.y, 0, buffer.x + 1, true, respectProtect);
    const below = buffer.lines.get(buffer.ybase + buffer.y + 1);
    const { cols, rows } = core._bufferService;
    if (buffer.x + 1 >= cols && buffer.y + 1 < rows && below) below.isWrapped = false;
    for (let y = buffer.y - 1; y >= 0; y--) input._resetBufferLine(y, respectProtect);
    return true;
  };
  wrap(input, 'eraseInLine', params => {
    if (params.params[0] === 1 || params.params[0] === 2) settle();
  });
  for (const name of ['scrollLeft', 'scrollRight', 'insertColumns', 'deleteColumns'] as const) {
    wrap(input, name, params => {
      bound(params, core._bufferService.cols);
      settle();
    });
  }

  /** Takes lines out at one end of [top, bottom] and puts as many blank ones in at the other: at once, where xterm goes line by line. */
  const shift = (params: XtermParams, top: number, { isUp }: { isUp: boolean }) => {
    const buffer = buffers.active;
    const { lines, scrollBottom, ybase } = buffer;
    const count = Math.min(params.params[0] || 1, scrollBottom - top + 1);
    const [first, last] = [ybase + top, ybase + scrollBottom - count + 1];
    const blank = input._eraseAttrData();
    lines.splice(isUp ? first : last, count);
    lines.splice(isUp ? last : first, 0, ...Array.from({ length: count }, () => buffer.getBlankLine(blank)));
  };
  for (const name of ['scrollUp', 'scrollDown'] as const) {
    input[name] = params => {
      settle();
      shift(params, buffers.active.scrollTop, { isUp: name === 'scrollUp' });
      return true;
    };
  }
  for (const name of ['insertLines', 'deleteLines'] as const) {
    input[name] = params => {
      input._restrictCursor();
      const buffer = buffers.active;
      if (buffer.y > buffer.scrollBottom || buffer.y < buffer.scrollTop) return true;
      shift(params, buffer.y, { isUp: name === 'deleteLines' });
      buffer.x = 0;
      return true;
    };
  }
  for (const name of ['cursorForwardTab', 'cursorBackwardTab'] as const) {
    wrap(input, name, params => bound(params, core._bufferService.cols));
  }

  /** Margins and tab stops belong to the terminal, not to one of its screens. */
  const switching = (activate: () => void) => () => {
    const { scrollTop, scrollBottom, tabs } = buffers.active;
    activate();
    settle();
    Object.assign(buffers.active, { scrollTop, scrollBottom, tabs });
  };
  const { activateAltBuffer, activateNormalBuffer } = buffers;
  buffers.activateAltBuffer = fill =>
    switching(() => {
      // A resize does not reach the bound of a buffer without lines: it would come to have a scrollback, or too few lines.
      const { lines } = buffers.alt;
      if (lines.length === 0 && lines.maxLength !== core._bufferService.rows)
        lines.maxLength = core._bufferService.rows;
      activateAltBuffer.call(buffers, fill);
    })();
  buffers.activateNormalBuffer = switching(() => {
    if (buffers.active === buffers.alt) saved.delete(buffers.alt);
    activateNormalBuffer.call(buffers);
  });

  const reset = core.reset;
  core.reset = () => {
    reset.call(core);
    core.optionsService.options.convertEol = false;
    core.coreService.isCursorHidden = false;
  };
}

function isDefault({ x, y, fg, bg, ext, charsets, glevel, origin }: SavedCursor): boolean {
  return (x | y | fg | bg | ext | glevel) === 0 && !origin && charsets.every(charset => charset === undefined);
}

/** Whether the last word on the underline's colour was SGR 59. */
function defaultsUnderlineColor(params: XtermParams): boolean {
  for (let i = params.length - 1; i >= 0; i--) {
    if (params.params[i] === 59) return true;
    if (params.params[i] === 58) return false;
  }
  return false;
}
