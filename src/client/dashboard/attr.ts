/**
 * How a cell looks, as blessed keeps it: one number, `flags << 18 | foreground << 9 | background`, a colour being one of 256
 * or `0x1ff` for the terminal's own. blessed knows five flags; here there are three more in the bits above them.
 */
import type { ColorName } from '../../terminal/render.ts';
import { nearestOf16, nearestOf256 } from './nearestcolour.ts';
import type { Look } from './piece.ts';

/** The terminal's own colours, and no more. */
export const PLAIN_ATTR = (0x1ff << 9) | 0x1ff;

const OWN_COLOUR = 0x1ff;
const FG_SHIFT = 9;
const FLAGS_SHIFT = 18;

const BOLD = 1;
const UNDERLINE = 2;
const BLINK = 4;
const INVERSE = 8;
const INVISIBLE = 16;
const DIM = 32;
const ITALIC = 64;
const STRUCK = 128;

/** What a terminal without colours is still sent. */
const BARE_FLAGS = BOLD | UNDERLINE | INVERSE | INVISIBLE;

/** Flags and what SGR calls them. What is invisible is drawn as blanks, as not every terminal can hide it. */
const SGR: readonly (readonly [flag: number, code: number])[] = [
  [BOLD, 1],
  [DIM, 2],
  [ITALIC, 3],
  [UNDERLINE, 4],
  [BLINK, 5],
  [INVERSE, 7],
  [STRUCK, 9],
];

/** The number of a look on a terminal with so many colours. */
export function attrOf(look: Look, colors: 0 | 16 | 256): number {
  let flags = 0;
  if (look.bold) flags |= BOLD;
  if (look.underline) flags |= UNDERLINE;
  if (look.inverse) flags |= INVERSE;
  if (look.invisible) flags |= INVISIBLE;
  if (look.dim) flags |= DIM;
  if (look.italic) flags |= ITALIC;
  if (look.strikethrough) flags |= STRUCK;
  if (look.blink) flags |= BLINK;
  if (colors === 0) return ((flags & BARE_FLAGS) << FLAGS_SHIFT) | PLAIN_ATTR;
  return (flags << FLAGS_SHIFT) | (colourOf(look.fg, colors) << FG_SHIFT) | colourOf(look.bg, colors);
}

export function isInvisible(attr: number): boolean {
  return ((attr >>> FLAGS_SHIFT) & INVISIBLE) !== 0;
}

/** The escape sequence that sets this look, whatever was set before. */
export function sgrOf(attr: number): string {
  if (attr === PLAIN_ATTR) return '\x1b[m';
  let known = sequences.get(attr);
  if (known === undefined) {
    known = `\x1b[0;${codesOf(attr).join(';')}m`;
    if (sequences.size >= MOST_SEQUENCES) sequences.clear();
    sequences.set(attr, known);
  }
  return known;
}

/** Looks seen so far. A picture in all colours has some thousands; there are two hundred million. */
const sequences = new Map<number, string>();
const MOST_SEQUENCES = 10_000;

function codesOf(attr: number): number[] {
  const flags = attr >>> FLAGS_SHIFT;
  const codes = SGR.filter(([flag]) => (flags & flag) !== 0).map(([, code]) => code);
  return [...codes, ...colourCodes((attr >>> FG_SHIFT) & OWN_COLOUR, 30), ...colourCodes(attr & OWN_COLOUR, 40)];
}

/** `base`: the code of the first colour, 30 for the text's and 40 for the ground's. The bright eight follow 60 later. */
function colourCodes(colour: number, base: number): number[] {
  if (colour === OWN_COLOUR) return [];
  if (colour < 8) return [base + colour];
  return colour < 16 ? [base + 60 + colour - 8] : [base + 8, 5, colour];
}

function colourOf(colour: ColorName | undefined, colors: 16 | 256): number {
  if (colour === undefined) return OWN_COLOUR;
  if (typeof colour === 'string') return colors === 16 ? nearestOf16(colour) : nearestOf256(colour);
  return colors === 16 && colour >= 16 ? nearestOf16(colour) : colour;
}
