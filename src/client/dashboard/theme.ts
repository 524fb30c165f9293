/**
 * How the dashboard looks: by how many colours the terminal has, and whether its background is dark. Looks say what a part
 * is for, so that the parts that draw know no colours. Nothing is said by colour alone.
 */
import type { Tone } from './model.ts';
import type { Look } from './piece.ts';

export interface ThemeOptions {
  /** 0: no colours at all, as NO_COLOR wants it; bold, underline and reverse remain. */
  readonly colors: 0 | 16 | 256;
  readonly theme: 'dark' | 'light';
  readonly unicode: boolean;
}

export interface Theme {
  readonly tones: Readonly<Record<Tone, Look>>;
  /** What one need not read at once: headings, units, what is usual. */
  readonly dim: Look;
  readonly strong: Look;
  /** Names, keys: where the eye should land. */
  readonly accent: Look;
  readonly border: Look;
  /** Of the pane that is selected among many. */
  readonly borderSelected: Look;
  /** Keys go to a program. */
  readonly borderTyping: Look;
  /** A console's history stands still. */
  readonly borderHistory: Look;
  readonly borderDanger: Look;
  readonly header: Look;
  /** The daemon is away. */
  readonly alarm: Look;
  /** A label that must not be missed: READ-ONLY, typing. */
  readonly label: Look;
  /** Laid over the line that the table's bar is on. */
  readonly bar: Look;
  readonly footer: Look;
  readonly key: Look;
  readonly keyOff: Look;
  readonly match: Look;
  readonly selection: Look;
  /** Of a program that one does not type to. */
  readonly cursor: Look;
  readonly glyphs: Glyphs;
  readonly isUnicode: boolean;
}

export interface Glyphs {
  readonly more: string;
  readonly open: string;
  readonly closed: string;
  readonly activity: string;
  readonly times: string;
  readonly arrow: string;
}

const UNICODE: Glyphs = { more: '…', open: '▾', closed: '▸', activity: '•', times: '×', arrow: '→' };
const ASCII: Glyphs = { more: '~', open: '-', closed: '+', activity: '*', times: 'x', arrow: '>' };

const BOLD: Look = { bold: true };
const INVERSE: Look = { inverse: true };

/** Without colours: weight and reverse alone. */
const BARE: Omit<Theme, 'glyphs' | 'isUnicode'> = {
  tones: { plain: {}, good: {}, busy: {}, bad: BOLD, dim: {} },
  dim: {},
  strong: BOLD,
  accent: BOLD,
  border: {},
  borderSelected: BOLD,
  borderTyping: INVERSE,
  borderHistory: BOLD,
  borderDanger: BOLD,
  header: INVERSE,
  alarm: { inverse: true, bold: true },
  label: { inverse: true, bold: true },
  bar: INVERSE,
  footer: {},
  key: BOLD,
  keyOff: {},
  match: { underline: 'single', bold: true },
  selection: INVERSE,
  cursor: INVERSE,
};

interface Colours {
  readonly good: number;
  readonly busy: number;
  readonly bad: number;
  readonly accent: number;
  readonly dim: Look;
  readonly border: Look;
  readonly header: Look;
  readonly bar: Look;
  /** On a coloured ground. */
  readonly ink: number;
}

const DIM: Look = { dim: true };

/** The terminal's own sixteen: what they are is its user's choice, so that only those are used that are meant to be read. */
const SIXTEEN: Readonly<Record<ThemeOptions['theme'], Colours>> = {
  dark: { good: 2, busy: 3, bad: 1, accent: 6, dim: DIM, border: DIM, header: {}, bar: INVERSE, ink: 0 },
  light: { good: 2, busy: 5, bad: 1, accent: 4, dim: DIM, border: DIM, header: {}, bar: INVERSE, ink: 15 },
};

const MANY: Readonly<Record<ThemeOptions['theme'], Colours>> = {
  dark: {
    good: 114,
    busy: 221,
    bad: 203,
    accent: 117,
    dim: { fg: 245 },
    border: { fg: 240 },
    header: { fg: 252, bg: 236 },
    bar: { bg: 238 },
    ink: 16,
  },
  light: {
    good: 28,
    busy: 130,
    bad: 160,
    accent: 25,
    dim: { fg: 242 },
    border: { fg: 249 },
    header: { fg: 236, bg: 254 },
    bar: { bg: 253 },
    ink: 231,
  },
};

export function themeFor({ colors, theme, unicode }: ThemeOptions): Theme {
  const glyphs = unicode ? UNICODE : ASCII;
  if (colors === 0) return { ...BARE, glyphs, isUnicode: unicode };
  const { good, busy, bad, accent, dim, border, header, bar, ink } = (colors === 16 ? SIXTEEN : MANY)[theme];
  return {
    tones: { plain: {}, good: { fg: good }, busy: { fg: busy }, bad: { fg: bad, bold: true }, dim },
    dim,
    strong: BOLD,
    accent: { fg: accent },
    border,
    borderSelected: { fg: accent, bold: true },
    borderTyping: { fg: busy, bold: true },
    borderHistory: { fg: accent },
    borderDanger: { fg: bad, bold: true },
    header,
    alarm: { fg: ink, bg: bad, bold: true },
    label: { fg: ink, bg: busy, bold: true },
    bar,
    footer: {},
    key: { fg: accent, bold: true },
    keyOff: dim,
    match: { fg: ink, bg: busy },
    selection: INVERSE,
    cursor: { inverse: true, ...(colors === 256 ? dim : DIM) },
    glyphs,
    isUnicode: unicode,
  };
}
