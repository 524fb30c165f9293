/**
 * The proof that what a terminal showed is of no matter any more, so that a flood of plain lines costs a scan, not an
 * emulator.
 *
 * *Plain* are bytes made of: text in UTF-8; the controls of C0 but ESC, SO and SI; and complete control sequences
 * `CSI digits final` that act on the cursor's row alone: SGR (m), EL (K), CHA (G, `), CUF (C, a), CUB (D), CHT (I),
 * CBT (Z), ICH (@), DCH (P), ECH (X). Everything else is not, C1 controls (as C2 80 … C2 9F) included. The terminal they come to *stands* plainly:
 * main screen, scroll region the whole screen, autowrap on, reverse wrap, insert, origin and line feed modes off.
 *
 * Claim. Let a region be plain, `rows` the terminal's height, and let the cursor be `below` rows above the bottom where
 * the region begins. Let P be an offset just after a CR, with at least `below` line feeds before it in the region and at
 * least `rows` line feeds after it. Then the state where the region ends is what comes of this: the state where the region
 * began, whatever its cells; the cursor moved to the first column of the bottom row; the pen as it was at P; and then the
 * bytes from P on.
 *
 * Proof.
 * 1. No plain byte moves the cursor up, and none changes anything but: cells of the cursor's row (and of the row before it
 *    while the cursor wraps off that one), the cursor, the pen, and the scrolling of the whole screen by a line feed or a
 *    wrap on the bottom row. So margins, modes, tab stops, charsets, saved cursors, the other screen: as they were.
 * 2. Each line feed moves the cursor one row down, or scrolls when it is on the bottom row. Wraps move it down as well. So
 *    after `below` line feeds it is on the bottom row, where it stays. It is there at P.
 * 3. At P the cursor is in column 0, without a pending wrap, as CR leaves it; a mark that came next would have nothing to
 *    join there. CR is a control in each state of UTF-8 decoding too.
 * 4. Where the cursor goes never depends on a cell: a wrap depends on the column, the width of the character and of the
 *    one just printed. (Backspace does under reverse wrap, which is off.)
 * 5. So from P on both runs, that from the start and that of the claim, have the same cursor and the same pen at every
 *    byte, scroll at the same bytes, and each time scroll in the same row: blank, with the background of the pen, wrapped
 *    if by a wrap. Into a row that was scrolled in after P both write the same, as it began the same.
 * 6. Each line feed after P scrolls, as the cursor is on the bottom row: after `rows` of them no row is left that was there
 *    at P, not even the one the cursor was on. What is seen are rows of step 5: equal, wrapped flags included.
 *
 * The pen at P is what the SGR sequences before P make of the pen where the region began; `Pen` keeps that bounded, and
 * one that it does not understand makes the region not plain.
 */
import { beginsWithReset, Pen } from './pen.ts';

/** Where the bytes begin that still matter, and the pen there, relative to that at the beginning of the region. */
export interface PlainCut {
  /** Index into the region's bytes, just after a CR. */
  readonly at: number;
  readonly pen: Pen;
}

export interface PlainTerminal {
  /** Height. */
  readonly rows: number;
  /** How many rows the cursor is above the bottom row where the region begins. */
  readonly below: number;
}

const LF = 0x0a;
const CR = 0x0d;
const SO = 0x0e;
const SI = 0x0f;
const ESC = 0x1b;
const BRACKET = 0x5b;
const LEAD_OF_C1 = 0xc2;
const SGR = 0x6d;

/** Finals of control sequences that act on the cursor's row alone. */
const IS_ROW_FINAL = new Uint8Array(256);
for (const final of 'mKGCDP@X`aIZ') IS_ROW_FINAL[final.charCodeAt(0)] = 1;

/** How far to look for the next ESC byte by byte before calling on indexOf, whose call costs about as much. */
const NEAR = 48;

/** The latest cut that is proved, if the whole of `bytes` is plain and there is one. */
export function plainCut(region: Uint8Array, { rows, below }: PlainTerminal): PlainCut | undefined {
  const bytes = Buffer.from(region.buffer, region.byteOffset, region.length); // its indexOf is the C library's memchr
  const at = cutAt(bytes, rows);
  if (at <= 0 || !hasLineFeeds(bytes, at, below)) return undefined;
  if (bytes.includes(SO) || bytes.includes(SI) || hasC1(bytes)) return undefined;
  const from = startOfPen(bytes, at);
  if (from === undefined) return undefined;
  const pen = new Pen();
  for (let esc = nextEscape(bytes, from); esc !== -1 && esc < at; ) {
    const end = endOfParams(bytes, esc + 2);
    if (bytes[end] === SGR && !pen.apply(bytes, esc + 2, end)) return undefined;
    esc = nextEscape(bytes, end);
  }
  return { at, pen };
}

/** The latest index after a CR that `rows` line feeds follow; 0 or less when there is none. */
function cutAt(bytes: Uint8Array, rows: number): number {
  let at = bytes.length;
  for (let left = rows; left > 0; left--) {
    if (at === 0) return -1;
    at = bytes.lastIndexOf(LF, at - 1);
    if (at === -1) return -1;
  }
  return bytes.lastIndexOf(CR, at) + 1;
}

/** Whether there are at least `count` line feeds before `end`. */
function hasLineFeeds(bytes: Uint8Array, end: number, count: number): boolean {
  let at = -1;
  for (let left = count; left > 0; left--) {
    at = bytes.indexOf(LF, at + 1);
    if (at === -1 || at >= end) return false;
  }
  return true;
}

function hasC1(bytes: Uint8Array): boolean {
  for (let at = bytes.indexOf(LEAD_OF_C1); at !== -1; at = bytes.indexOf(LEAD_OF_C1, at + 1)) {
    const next = bytes[at + 1] ?? 0;
    if (next >= 0x80 && next < 0xa0) return true;
  }
  return false;
}

/**
 * Checks each escape sequence. Returns the index of the last one before `at` that resets the pen, 0 when there is none;
 * undefined when one is not plain.
 */
function startOfPen(bytes: Uint8Array, at: number): number | undefined {
  let start = 0;
  for (let esc = bytes.indexOf(ESC); esc !== -1; ) {
    if (bytes[esc + 1] !== BRACKET) return undefined;
    const end = endOfParams(bytes, esc + 2);
    const final = bytes[end] ?? 0;
    if (IS_ROW_FINAL[final] !== 1) return undefined;
    if (final === SGR && esc < at && beginsWithReset(bytes, esc + 2, end)) start = esc;
    esc = nextEscape(bytes, end);
  }
  return start;
}

/** The index of the first byte from `from` on that is neither a digit nor `:` nor `;`. */
function endOfParams(bytes: Uint8Array, from: number): number {
  let at = from;
  for (let byte = bytes[at] ?? 0; byte >= 0x30 && byte <= 0x3b; byte = bytes[at] ?? 0) at++;
  return at;
}

function nextEscape(bytes: Uint8Array, from: number): number {
  const near = Math.min(from + NEAR, bytes.length);
  for (let at = from; at < near; at++) if (bytes[at] === ESC) return at;
  return near === bytes.length ? -1 : bytes.indexOf(ESC, near);
}
