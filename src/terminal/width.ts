/**
 * How many columns a character takes. Programs place their cursor by wcwidth, so this follows glibc's, on a newer
 * Unicode: East Asian Wide and Fullwidth take two (emoji presentation is among them), marks and format characters none,
 * all else one. There are no clusters: a family emoji takes as many columns as its parts, as wcwidth would sum them up,
 * and a variation selector changes nothing.
 */
import { RANGES, UNICODE_VERSION } from './widthtable.ts';

export type Width = 0 | 1 | 2;

/** Below this every printable character takes one column. */
const FIRST_SPECIAL = 0x300;

/** Up to here a byte each: wide scripts in one look; above, a search of the ranges. */
const DIRECT_END = 0x10000;

interface Table {
  readonly direct: Uint8Array;
  /** Starts and ends of the ranges above `direct`, in order, both inclusive. */
  readonly starts: Uint32Array;
  readonly ends: Uint32Array;
  readonly widths: Uint8Array;
}

let table: Table | undefined;

/** Unpacked at the first need: clients that never look at a screen do not pay for it (0.3 ms, 64 KB). */
function unpack(): Table {
  const direct = new Uint8Array(DIRECT_END).fill(1);
  direct.fill(0, 0, 0x20);
  direct.fill(0, 0x7f, 0xa0);
  const starts: number[] = [];
  const ends: number[] = [];
  const widths: number[] = [];
  let before = FIRST_SPECIAL - 1;
  for (const [, gap, length, kind] of RANGES.matchAll(/(\w+)\.(\w+)([+-])/g)) {
    const start = before + Number.parseInt(gap ?? '', 36);
    const end = start + Number.parseInt(length ?? '', 36);
    const width = kind === '+' ? 2 : 0;
    before = end;
    if (start < DIRECT_END) {
      direct.fill(width, start, end + 1);
    } else {
      starts.push(start);
      ends.push(end);
      widths.push(width);
    }
  }
  return { direct, starts: Uint32Array.from(starts), ends: Uint32Array.from(ends), widths: Uint8Array.from(widths) };
}

/** The columns of a code point: 0 for control characters and for what joins the character before it. */
export function widthOf(code: number): Width {
  if (code < FIRST_SPECIAL && code >= 0xa0) return 1;
  if (code < 0x7f) return code < 0x20 ? 0 : 1;
  table ??= unpack();
  if (code < DIRECT_END) return table.direct[code] as Width; // the table holds nothing else
  let low = 0;
  let high = table.starts.length - 1;
  while (low <= high) {
    const middle = (low + high) >> 1;
    if (code < (table.starts[middle] ?? 0)) high = middle - 1;
    else if (code > (table.ends[middle] ?? 0)) low = middle + 1;
    else return table.widths[middle] as Width; // as above
  }
  return 1;
}

/** The columns of a text without control characters. */
export function textWidth(text: string): number {
  let width = 0;
  for (const char of text) width += widthOf(char.codePointAt(0) ?? 0);
  return width;
}

/** Whether a text is what a cell of this width holds: one character that takes all its columns, and marks that take none. */
export function isOneCell(text: string, width: number): boolean {
  let isFirst = true;
  for (const char of text) {
    if (widthOf(char.codePointAt(0) ?? 0) !== (isFirst ? width : 0)) return false;
    isFirst = false;
  }
  return !isFirst;
}

/**
 * Characters that every terminal gives the same width: Latin, Greek, Cyrillic, common punctuation, arrows, boxes, blocks
 * and braille take one column, kana, Han and Hangul two. About others (emoji, symbols, newer scripts) terminals differ by
 * their Unicode version and their settings.
 */
const AGREED: readonly (readonly [number, number])[] = [
  [0x20, 0x7e],
  [0xa0, 0xac],
  [0xae, 0x2ff],
  [0x370, 0x377],
  [0x37a, 0x37f],
  [0x384, 0x482],
  [0x48a, 0x52f],
  [0x1e00, 0x1eff],
  [0x2010, 0x2027],
  [0x2190, 0x2193],
  [0x2500, 0x259f],
  [0x2800, 0x28ff],
  [0x3041, 0x3096],
  [0x309b, 0x30ff],
  [0x3400, 0x4dbf],
  [0x4e00, 0x9fff],
  [0xac00, 0xd7a3],
  [0xff01, 0xff60],
];

/** Whether all terminals agree on this character's width; asked only of what is printed alone in its cell. */
export function isAgreedWidth(code: number): boolean {
  if (code < 0x7f) return code >= 0x20;
  for (const [start, end] of AGREED) if (code <= end) return code >= start;
  return false;
}

/** Bits of xterm's character properties: joins what is before it; and from bit 1 on the width. */
const JOINS = 1;
const WIDTH_SHIFT = 1;

/**
 * The table in the form in which @xterm/headless asks for it (IUnicodeVersionProvider). What takes no column joins the
 * cell left of the cursor, even after an escape sequence, as in other terminals; and never changes that cell's width.
 */
export const widthProvider = {
  version: `taskmaster-${UNICODE_VERSION}`,
  wcwidth: widthOf,
  charProperties(code: number): number {
    if (code < 0x7f && code >= 0x20) return 1 << WIDTH_SHIFT;
    const width = widthOf(code);
    return width === 0 ? JOINS : width << WIDTH_SHIFT;
  },
};
