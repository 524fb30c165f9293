/**
 * The inside of @xterm/headless 6.0.0, as far as it is leaned on. The public API keeps margins, saved cursors, the pen,
 * character sets and most modes to itself; the bundle's private names are not mangled. The version is pinned, and
 * `assertInternals` says at the first emulator when a package is not the expected one (native-notes/emulator.md).
 */

/** Bits of a cell's three words; common/buffer/Constants.ts. */
export const CONTENT_CODE = 0x1fffff;
export const CONTENT_COMBINED = 0x200000;
export const CONTENT_ANY = 0x3fffff;
export const CONTENT_WIDTH_SHIFT = 22;
/** Of `fg`, `bg` and an underline's colour: where the colour comes from, and the colour. */
export const COLOR_MODE = 0x3000000;
export const COLOR_16 = 0x1000000;
export const COLOR_256 = 0x2000000;
export const COLOR_RGB = 0x3000000;
export const COLOR = 0x3ffffff;
export const FG_INVERSE = 0x4000000;
export const FG_BOLD = 0x8000000;
export const FG_UNDERLINE = 0x10000000;
export const FG_BLINK = 0x20000000;
export const FG_INVISIBLE = 0x40000000;
export const FG_STRIKETHROUGH = 0x80000000;
export const BG_ITALIC = 0x4000000;
export const BG_DIM = 0x8000000;
export const BG_EXTENDED = 0x10000000;
export const BG_PROTECTED = 0x20000000;
export const BG_OVERLINE = 0x40000000;
/** Of `ext`: the underline's style in three bits, over its colour. */
export const EXT_STYLE = 0x1c000000;
export const EXT_STYLE_SHIFT = 26;

/** Words a cell takes in a line's data: content, foreground, background. */
export const CELL_WORDS = 3;

/** What a cell has beyond two words: underline style and colour, hyperlink. Never changed in place, always replaced. */
export interface XtermExtended {
  _ext: number;
  urlId: number;
  underlineColor: number;
  clone(): XtermExtended;
}

export interface XtermAttributes {
  fg: number;
  bg: number;
  extended: XtermExtended;
}

export interface XtermLine {
  readonly length: number;
  isWrapped: boolean;
  _data: Uint32Array;
  _combined: Record<number, string | undefined>;
  _extendedAttrs: Record<number, XtermExtended | undefined>;
  getWidth(index: number): number;
  hasContent(index: number): number;
  getString(index: number): string;
  /** `fill` is for growing. */
  resize(cols: number, fill: undefined): unknown;
  cleanupMemory(): number;
  setCellFromCodepoint(index: number, code: number, width: number, attributes: XtermAttributes): void;
  addCodepointToCell(index: number, code: number, width: number): void;
  insertCells(position: number, count: number, fill: XtermAttributes): void;
}

export interface XtermBuffer {
  x: number;
  y: number;
  ybase: number;
  ydisp: number;
  scrollTop: number;
  scrollBottom: number;
  savedX: number;
  savedY: number;
  tabs: Record<number, boolean | undefined>;
  /** Gives memory back in timers of its own after a resize. */
  _memoryCleanupQueue: { clear(): void; enqueue(task: () => boolean): void };
  readonly lines: {
    readonly length: number;
    maxLength: number;
    get(index: number): XtermLine | undefined;
    push(line: XtermLine): void;
    splice(start: number, deleteCount: number, ...lines: XtermLine[]): void;
  };
  /** `extended` is read only where `bg` says so. */
  getBlankLine(attributes: XtermAttributes): XtermLine;
}

export interface XtermBuffers {
  readonly active: XtermBuffer;
  readonly normal: XtermBuffer;
  readonly alt: XtermBuffer;
  activateAltBuffer(fill?: XtermAttributes): void;
  activateNormalBuffer(): void;
}

/** The parameters of a control function: changed in place to bound them. */
export interface XtermParams {
  readonly length: number;
  readonly params: Int32Array;
}

export type XtermCharset = Record<string, string> | undefined;

export interface XtermCharsets {
  charset: XtermCharset;
  glevel: number;
  _charsets: XtermCharset[];
}

/** What gathers the text of an OSC or DCS. */
export interface XtermStringHandler {
  _data: string;
  /** It was too long: the rest is left out, and nothing is done at its end. */
  _hitLimit: boolean;
  put(data: Uint32Array, start: number, end: number): void;
}

export interface XtermInput {
  _curAttrData: XtermAttributes;
  readonly _parser: {
    precedingJoinState: number;
    readonly currentState: number;
    reset(): void;
    registerEscHandler(id: { final: string }, handler: () => boolean): unknown;
    readonly _oscParser: { readonly _handlers: Readonly<Record<string, readonly XtermStringHandler[]>> };
    readonly _dcsParser: { readonly _handlers: Readonly<Record<string, readonly XtermStringHandler[]>> };
  };
  parse(data: Uint8Array): unknown;
  print(data: Uint32Array, start: number, end: number): void;
  setHyperlink(data: string): boolean;
  saveCursor(): boolean;
  restoreCursor(): boolean;
  softReset(params: XtermParams): boolean;
  tabSet(): boolean;
  tabClear(params: XtermParams): boolean;
  charAttributes(params: XtermParams): boolean;
  screenAlignmentPattern(): boolean;
  selectCharset(collectAndFlag: string): boolean;
  repeatPrecedingCharacter(params: XtermParams): boolean;
  eraseInDisplay(params: XtermParams, respectProtect?: boolean): boolean;
  eraseInLine(params: XtermParams, respectProtect?: boolean): boolean;
  scrollUp(params: XtermParams): boolean;
  scrollDown(params: XtermParams): boolean;
  scrollLeft(params: XtermParams): boolean;
  scrollRight(params: XtermParams): boolean;
  insertColumns(params: XtermParams): boolean;
  deleteColumns(params: XtermParams): boolean;
  insertLines(params: XtermParams): boolean;
  deleteLines(params: XtermParams): boolean;
  cursorForwardTab(params: XtermParams): boolean;
  cursorBackwardTab(params: XtermParams): boolean;
  _eraseInBufferLine(y: number, start: number, end: number, clearWrap: boolean, respectProtect: boolean): void;
  _resetBufferLine(y: number, respectProtect: boolean): void;
  _restrictCursor(maxCol?: number): void;
  /** What blank cells get: the pen's background. */
  _eraseAttrData(): XtermAttributes;
}

export interface XtermLinks {
  registerLink(data: { id?: string | undefined; uri: string }): number;
  addLineToLink(id: number, y: number): void;
  getLinkData(id: number): { id?: string | undefined; uri: string } | undefined;
}

export interface XtermCore {
  readonly _inputHandler: XtermInput;
  readonly _bufferService: { readonly cols: number; readonly rows: number; readonly buffers: XtermBuffers };
  readonly coreService: {
    isCursorHidden: boolean;
    readonly modes: { insertMode: boolean };
    readonly decPrivateModes: { origin: boolean; wraparound: boolean; reverseWraparound: boolean };
  };
  readonly optionsService: { readonly options: { convertEol: boolean } };
  readonly unicodeService: { register(provider: object): void; activeVersion: string };
  readonly _charsetService: XtermCharsets;
  readonly _oscLinkService: XtermLinks;
  reset(): void;
}

export interface XtermTerminal {
  readonly cols: number;
  readonly rows: number;
  readonly _core: XtermCore;
  resize(cols: number, rows: number): void;
  reset(): void;
  dispose(): void;
}

/** What must be there, and of which type; the path is from the terminal. */
const EXPECTED: Readonly<Record<string, string>> = {
  '_core._inputHandler.parse': 'function',
  '_core._inputHandler.print': 'function',
  '_core._inputHandler.saveCursor': 'function',
  '_core._inputHandler.restoreCursor': 'function',
  '_core._inputHandler._eraseInBufferLine': 'function',
  '_core._inputHandler._restrictCursor': 'function',
  '_core._inputHandler._eraseAttrData': 'function',
  '_core._inputHandler._curAttrData.fg': 'number',
  '_core._inputHandler._curAttrData.extended._ext': 'number',
  '_core._inputHandler._parser.precedingJoinState': 'number',
  '_core._inputHandler._parser.currentState': 'number',
  '_core._inputHandler._parser._oscParser._handlers.8.0.put': 'function',
  '_core._inputHandler._parser._oscParser._handlers.8.0._data': 'string',
  '_core._inputHandler._parser._oscParser._handlers.8.0._hitLimit': 'boolean',
  '_core._inputHandler._parser._dcsParser._handlers': 'object',
  '_core._bufferService.buffers.activateAltBuffer': 'function',
  '_core._bufferService.buffers.activateNormalBuffer': 'function',
  '_core._bufferService.buffers.active.scrollBottom': 'number',
  '_core._bufferService.buffers.active.lines.splice': 'function',
  '_core._bufferService.buffers.active.savedY': 'number',
  '_core._bufferService.buffers.active.tabs': 'object',
  '_core.coreService.modes.insertMode': 'boolean',
  '_core.coreService.decPrivateModes.wraparound': 'boolean',
  '_core.optionsService.options.convertEol': 'boolean',
  '_core.unicodeService.register': 'function',
  '_core._charsetService._charsets': 'object',
  '_core._oscLinkService.registerLink': 'function',
  '_core.reset': 'function',
};

/** @throws Error naming what is missing, when this is not the @xterm/headless that `package.json` pins. */
export function assertInternals(terminal: unknown): asserts terminal is XtermTerminal {
  for (const [path, type] of Object.entries(EXPECTED)) {
    let found: unknown = terminal;
    for (const key of path.split('.')) found = (found as Record<string, unknown> | undefined)?.[key]; // any object
    if (typeof found !== type) {
      throw new Error(`cannot use @xterm/headless: ${path} is not a ${type}; package.json pins version 6.0.0`);
    }
  }
}
