/**
 * Questions that programs ask their terminal (xterm's ctlseqs, and the protocols of kitty and others), and the answers. A
 * process is asked about by every program in it, with none, one or ten viewers attached, so the daemon answers, once, and
 * viewers never see the question. What it says it is: a VT220 with colours, as wezterm and foot say; programs find out the
 * rest by asking.
 *
 * No answer repeats a text of the program's choosing, as what is answered is typed into whatever reads the terminal next.
 * So titles, the clipboard and checksums of the screen are asked for in vain.
 */
import { capabilityAnswers } from './capabilities.ts';
import { COLOUR_SCHEME, colourAnswer, colourKeysOf } from './colours.ts';
import type { Modes } from './modes.ts';
import type { Sequence } from './sequence.ts';
import { HELD_LIMIT } from './sequences.ts';

/** What answers are made of, at the place of the question in the stream. */
export interface TerminalState {
  /** Counted from 1, and where origin mode is on, from the scroll region's upper left corner. */
  readonly cursor: { readonly x: number; readonly y: number };
  readonly size: { readonly cols: number; readonly rows: number };
  /** First and last row of the scroll region, counted from 1. */
  readonly region: { readonly top: number; readonly bottom: number };
  /** The pen as SGR parameters, `0;1;31`. */
  readonly pen: string;
  readonly modes: Modes;
  /** Of Taskmaster. */
  readonly version: string;
}

/**
 * 'answer': by `answerTo`. 'none': cut out, never answered. 'driver': only a real terminal knows; ask the one who drives,
 * with `request`, and give `answerTo` (a usual terminal's answer) when nobody does, or nothing came within 200 ms.
 */
export type Query =
  | { readonly type: 'none' }
  | { readonly type: 'answer'; readonly answer: (state: TerminalState) => string }
  | { readonly type: 'driver'; readonly asks: readonly string[]; readonly endsWithBell: boolean };

/** How long the driver's terminal has to answer, in milliseconds: a slow line's round trip, below what programs wait. */
export const DRIVER_ANSWER_TIMEOUT = 200;

const NONE: Query = { type: 'none' };
const ST = '\x1b\\';

function fixed(text: string): Query {
  return { type: 'answer', answer: () => text };
}

/** VT220, with colours. */
const PRIMARY_ATTRIBUTES = fixed('\x1b[?62;22c');

/** VT220 again; vim turns SGR mouse reports on from 277, and asks for termcap entries from 141. */
const SECONDARY_ATTRIBUTES = fixed('\x1b[>1;277;0c');

const TERTIARY_ATTRIBUTES = fixed(`\x1bP!|00000000${ST}`);

/** The question that a sequence is, or undefined. A sequence longer than `HELD_LIMIT` is none: viewers have seen its start. */
export function questionOf(s: Sequence): Query | undefined {
  if (s.end - s.start > HELD_LIMIT) return undefined;
  switch (s.kind) {
    case 'csi':
      return csiQuestion(s);
    case 'osc':
      return oscQuestion(s);
    case 'dcs':
      return dcsQuestion(s);
    case 'esc': // DECID
      return s.intermediates === '' && s.final === 'Z' ? PRIMARY_ATTRIBUTES : undefined;
    case 'control': // ENQ: the answerback message is empty
      return s.final === '\x05' ? NONE : undefined;
    case 'apc': // kitty's graphics: not with every viewer
      return /^G(?:[^;]*,)?a=q(?:[,;]|$)/.test(s.data) ? NONE : undefined;
    default:
      return undefined;
  }
}

/** The daemon's own answer: to a 'driver' question, what an ordinary terminal says. '' for none. */
export function answerTo(query: Query, state: TerminalState): string {
  switch (query.type) {
    case 'none':
      return '';
    case 'answer':
      return query.answer(state);
    case 'driver':
      return query.asks.map(ask => driverDefault(query, ask, state)).join('');
  }
}

/** The answer to one of the things a 'driver' question asks, for want of the driver's. */
export function driverDefault(
  query: Query & { readonly type: 'driver' },
  ask: string,
  { modes }: TerminalState,
): string {
  if (ask === COLOUR_SCHEME) return '\x1b[?997;1n';
  return colourAnswer(ask, modes.colour(ask), query.endsWithBell);
}

/** What to write to the driver's terminal. */
export function requestOf(query: Query & { readonly type: 'driver' }): string {
  const end = query.endsWithBell ? '\x07' : ST;
  return query.asks.map(ask => (ask === COLOUR_SCHEME ? '\x1b[?996n' : `\x1b]${ask};?${end}`)).join('');
}

/** Which of `asks` this reply of a terminal answers; undefined for none. Anything but a plain colour answers nothing. */
export function askedBy(query: Query & { readonly type: 'driver' }, reply: string): string | undefined {
  const [, colour] = /^\x1b\](\d+(?:;\d+)?);rgba?:[\da-fA-F/]{3,24}(?:\x07|\x1b\\)$/.exec(reply) ?? [];
  const key = /^\x1b\[\?997;[12]n$/.test(reply) ? COLOUR_SCHEME : colour;
  return key !== undefined && query.asks.includes(key) ? key : undefined;
}

function csiQuestion(s: Sequence): Query | undefined {
  const { prefix, final } = s;
  if (s.intermediates !== '') return csiWithIntermediates(s);
  // Nearly all are no questions, and of those not a parameter is read.
  const finals = prefix === '' ? 'cntx' : prefix === '?' ? 'numgS' : 'cq';
  if (!finals.includes(final)) return undefined;
  const first = s.param(0, 0);
  switch (prefix + final) {
    case 'c':
      return first === 0 ? PRIMARY_ATTRIBUTES : undefined;
    case '>c':
      return first === 0 ? SECONDARY_ATTRIBUTES : undefined;
    case '=c':
      return first === 0 ? TERTIARY_ATTRIBUTES : undefined;
    case 'n':
      if (first === 5) return fixed('\x1b[0n');
      return first === 6 ? { type: 'answer', answer: ({ cursor }) => `\x1b[${cursor.y};${cursor.x}R` } : undefined;
    case '?n':
      return deviceStatus(first);
    case '>q':
      if (first !== 0) return undefined;
      return { type: 'answer', answer: ({ version }) => `\x1bP>|taskmaster ${version}${ST}` };
    case '?u':
      return { type: 'answer', answer: ({ modes }) => `\x1b[?${modes.kittyFlags}u` };
    case '?m': {
      const usual = MODIFIED_KEYS[first];
      if (usual === undefined) return NONE;
      return {
        type: 'answer',
        answer: ({ modes }) => `\x1b[>${first};${Math.max(modes.keys('m', first) ?? usual, 0)}m`,
      };
    }
    case '?g':
      if (MODIFIED_KEYS[first] === undefined) return NONE;
      return { type: 'answer', answer: ({ modes }) => `\x1b[>${first};${Math.max(modes.keys('f', first) ?? 0, 0)}f` };
    case 't':
      return windowQuestion(first);
    case 'x': // DECREQTPARM: no parity, 8 bits, 38 400 baud, as xterm
      return first <= 1 ? fixed(`\x1b[${first + 2};1;1;128;128;1;0x`) : undefined;
    case '?S': // XTSMGRAPHICS: no sixels, no ReGIS
      return first >= 1 && first <= 3 ? fixed(`\x1b[?${first};3;0S`) : NONE;
  }
  return undefined;
}

/** Defaults of XTMODKEYS by resource: keyboard, cursor keys, function keys, keypad, other keys. */
const MODIFIED_KEYS: readonly (number | undefined)[] = [0, 2, 2, 0, 0];

function csiWithIntermediates(s: Sequence): Query | undefined {
  const first = s.param(0, 0);
  switch (s.prefix + s.intermediates + s.final) {
    case '$p':
      return { type: 'answer', answer: ({ modes }) => `\x1b[${first};${ansiModeStatus(modes, first)}$y` };
    case '?$p':
      return { type: 'answer', answer: ({ modes }) => `\x1b[?${first};${modeStatus(modes, first)}$y` };
    case '*y': // DECRQCRA, a checksum of the screen: it tells what stands there
    case '#|': // XTREPORTSGR
    case '#R': // XTREPORTCOLORS
    case '#S': // XTTITLEPOS
    case '$w': // DECRQPSR
    case '$u': // DECRQTSR
    case '&u': // DECRQUPSS
      return NONE;
    case '"v': // DECRQDE
      return { type: 'answer', answer: ({ size }) => `\x1b[${size.rows};${size.cols};1;1;1"w` };
    case "'|": // DECRQLP: no locator
      return fixed('\x1b[0&w');
  }
  return undefined;
}

/** DECRPM's values. */
const UNKNOWN = 0;
const SET = 1;
const RESET = 2;
const ALWAYS_SET = 3;
const NEVER_SET = 4;

/**
 * Private modes that work through Taskmaster whoever is attached: those of the emulator, and those of the viewer's terminal
 * alone that are set up for a late one. Not 2027 (grapheme clusters) and 69 (left and right margins), which the emulator
 * lacks, nor 2048 and 9001, whose reports would come from each viewer in its own words.
 */
const KNOWN_MODES: ReadonlySet<number> = new Set([
  ...[
    1, 5, 6, 7, 9, 12, 25, 45, 47, 66, 1000, 1002, 1003, 1004, 1005, 1006, 1007, 1015, 1016, 1047, 1049, 2004, 2026,
    2031,
  ],
]);

function modeStatus(modes: Modes, mode: number): number {
  if (mode === 8 || mode === 1048) return ALWAYS_SET;
  if (mode === 67) return NEVER_SET;
  if (!KNOWN_MODES.has(mode)) return UNKNOWN;
  return modes.isSet(mode) ? SET : RESET;
}

function ansiModeStatus(modes: Modes, mode: number): number {
  if (mode === 2) return NEVER_SET;
  if (mode === 12) return ALWAYS_SET;
  if (mode !== 4 && mode !== 20) return UNKNOWN;
  return modes.isAnsiSet(mode) ? SET : RESET;
}

/** `CSI ? Ps n`, but for the cursor's place and the colour scheme what a terminal without printer, keys and locator says. */
function deviceStatus(what: number): Query | undefined {
  switch (what) {
    case 6:
      return { type: 'answer', answer: ({ cursor }) => `\x1b[?${cursor.y};${cursor.x}R` };
    case 15:
      return fixed('\x1b[?13n');
    case 25:
      return fixed('\x1b[?20n');
    case 26:
      return fixed('\x1b[?27;1;0;0n');
    case 53:
    case 55:
      return fixed('\x1b[?50n');
    case 56:
      return fixed('\x1b[?57;0n');
    case 62:
      return fixed('\x1b[0*{');
    case 63: // DECCKSR would repeat the program's number
      return NONE;
    case 75:
      return fixed('\x1b[?70n');
    case 85:
      return fixed('\x1b[?83n');
    case 996:
      return { type: 'driver', asks: [COLOUR_SCHEME], endsWithBell: false };
  }
  return undefined;
}

/**
 * `CSI Ps t`. Sizes in cells are told; pixels are not, as no two viewers have the same (chafa and its like ask with DA1 behind,
 * and take its answer for a no); the place of the window neither. Titles (20, 21) never: they are how text gets typed.
 */
function windowQuestion(what: number): Query | undefined {
  switch (what) {
    case 11: // not an icon
      return fixed('\x1b[1t');
    case 18:
      return { type: 'answer', answer: ({ size }) => `\x1b[8;${size.rows};${size.cols}t` };
    case 19:
      return { type: 'answer', answer: ({ size }) => `\x1b[9;${size.rows};${size.cols}t` };
    case 13:
    case 14:
    case 15:
    case 16:
    case 20:
    case 21:
      return NONE;
  }
  return undefined;
}

function oscQuestion({ data, endsWithBell }: Sequence): Query | undefined {
  const asks = colourKeysOf(data);
  if (asks.length > 0) return { type: 'driver', asks, endsWithBell };
  return NEVER_ANSWERED.test(data) ? NONE : undefined;
}

/**
 * X properties (3), kitty's colours (21) and pointer shapes (22), the font (50), the clipboard (52 and 5522), xterm's
 * allowed features (60, 61), kitty's notifications (99) and iTerm2's reports (1337).
 */
const NEVER_ANSWERED =
  /^(?:3;\?|21;.*=\?(?:;|$)|22;\?|50;\?|52;[^;]*;\?$|5522;(?:[^;]*:)?type=read|6[01](?:;|$)|99;(?:[^;]*:)?p=\?|1337;Report)/;

function dcsQuestion(s: Sequence): Query | undefined {
  switch (s.prefix + s.intermediates + s.final) {
    case '$q':
      return settingQuestion(s.data);
    case '+q':
      return fixed(capabilityAnswers(s.data));
    case '+Q': // XTGETXRES
      return NONE;
  }
  return undefined;
}

/** DECRQSS: `DCS 1 $ r … ST`, or 0 for a setting that is not told. */
function settingQuestion(id: string): Query {
  switch (id) {
    case 'm':
      return settingAnswer(({ pen }) => `${pen}m`);
    case 'r':
      return settingAnswer(({ region }) => `${region.top};${region.bottom}r`);
    case ' q':
      return settingAnswer(({ modes }) => `${modes.cursorStyle <= 6 ? modes.cursorStyle : 0} q`);
    case '"q':
      return settingAnswer(({ modes }) => `${modes.setting('"q') === 1 ? 1 : 0}"q`);
    case '"p':
      return settingAnswer(() => '62;1"p');
    case 't':
      return settingAnswer(({ size }) => `${size.rows}t`);
    case '$|':
      return settingAnswer(({ size }) => `${size.cols}$|`);
    case '*|':
      return settingAnswer(({ size }) => `${size.rows}*|`);
    default:
      return fixed(`\x1bP0$r${ST}`);
  }
}

function settingAnswer(setting: (state: TerminalState) => string): Query {
  return { type: 'answer', answer: state => `\x1bP1$r${setting(state)}${ST}` };
}
