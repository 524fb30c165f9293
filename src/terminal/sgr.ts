/** How cells look, as escape sequences: SGR and OSC 8. */
import type { Style } from './emulator.ts';
import {
  BG_DIM,
  BG_ITALIC,
  BG_OVERLINE,
  BG_PROTECTED,
  COLOR,
  COLOR_16,
  COLOR_256,
  COLOR_MODE,
  EXT_STYLE,
  EXT_STYLE_SHIFT,
  FG_BLINK,
  FG_BOLD,
  FG_INVERSE,
  FG_INVISIBLE,
  FG_STRIKETHROUGH,
} from './internals.ts';
import type { Link } from './links.ts';

export const PLAIN: Readonly<Style> = Object.freeze({ fg: 0, bg: 0, ext: 0, link: 0 });

const FG_FLAGS: readonly (readonly [number, number])[] = [
  [FG_BOLD, 1],
  [FG_BLINK, 5],
  [FG_INVERSE, 7],
  [FG_INVISIBLE, 8],
  [FG_STRIKETHROUGH, 9],
];
const BG_FLAGS: readonly (readonly [number, number])[] = [
  [BG_DIM, 2],
  [BG_ITALIC, 3],
  [BG_OVERLINE, 53],
];
const FG_FLAG_BITS = FG_FLAGS.reduce((bits, [bit]) => bits | bit, 0);
const BG_FLAG_BITS = BG_FLAGS.reduce((bits, [bit]) => bits | bit, 0);

/** Whether two cells look the same; the protected attribute is not a look, links are. */
export function sameStyle(a: Readonly<Style>, b: Readonly<Style>): boolean {
  return a.fg === b.fg && ((a.bg ^ b.bg) & ~BG_PROTECTED) === 0 && a.ext === b.ext && a.link === b.link;
}

/** The SGR sequence that turns one look into another, hyperlinks apart; nothing where SGR makes no difference. */
export function sgrBetween(from: Readonly<Style>, to: Readonly<Style>): string {
  if (((to.bg & ~BG_PROTECTED) | to.fg | to.ext) === 0) {
    return ((from.bg & ~BG_PROTECTED) | from.fg | from.ext) === 0 ? '' : '\x1b[m';
  }
  const lost = (from.fg & ~to.fg & FG_FLAG_BITS) | (from.bg & ~to.bg & BG_FLAG_BITS);
  const unlined = (from.ext & EXT_STYLE) !== 0 && (to.ext & EXT_STYLE) === 0;
  const start = lost !== 0 || unlined ? PLAIN : from;
  const params: (number | string)[] = [];
  for (const [bit, param] of FG_FLAGS) if ((to.fg & ~start.fg & bit) !== 0) params.push(param);
  for (const [bit, param] of BG_FLAGS) if ((to.bg & ~start.bg & bit) !== 0) params.push(param);
  if ((to.ext & EXT_STYLE) !== (start.ext & EXT_STYLE)) {
    const style = (to.ext & EXT_STYLE) >>> EXT_STYLE_SHIFT;
    params.push(style === 1 ? 4 : `4:${style}`);
  }
  if ((to.fg & COLOR) !== (start.fg & COLOR)) params.push(color(to.fg, 30));
  if ((to.bg & COLOR) !== (start.bg & COLOR)) params.push(color(to.bg, 40));
  if ((to.ext & COLOR) !== (start.ext & COLOR)) params.push(underlineColor(to.ext));
  if (start === from) return params.length === 0 ? '' : `\x1b[${params.join(';')}m`;
  return `\x1b[0;${params.join(';')}m`;
}

/** The parts of a 24-bit colour. */
export function rgbOf(word: number): readonly [number, number, number] {
  return [(word >>> 16) & 0xff, (word >>> 8) & 0xff, word & 0xff];
}

/** `base`: 30 for the foreground, 40 for the background. */
function color(word: number, base: number): string | number {
  const index = word & 0xff;
  switch (word & COLOR_MODE) {
    case 0:
      return base + 9;
    case COLOR_16:
      return index < 8 ? base + index : base + 60 + index - 8;
    case COLOR_256:
      return `${base + 8};5;${index}`;
    default:
      return `${base + 8};2;${rgbOf(word).join(';')}`;
  }
}

/** With colons: terminals that do not know underline colours would take `58;5;1` for SGR 58, 5 (blink) and 1 (bold). */
function underlineColor(word: number): string | number {
  switch (word & COLOR_MODE) {
    case 0:
      return 59;
    case COLOR_16:
    case COLOR_256:
      return `58:5:${word & 0xff}`;
    default:
      return `58:2::${rgbOf(word).join(':')}`;
  }
}

/** OSC 8: what is printed from here on belongs to this link, or to none. */
export function linkSequence(link: Link | undefined): string {
  if (!link) return '\x1b]8;;\x1b\\';
  return `\x1b]8;${link.id === undefined ? '' : `id=${link.id}`};${link.uri}\x1b\\`;
}
