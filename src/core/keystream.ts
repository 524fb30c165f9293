/**
 * What a terminal sends, cut into tokens: keys, pastes, mouse and focus reports, answers. By position in a buffer and
 * without a state, so that callers choose what to do with a token that is not yet whole.
 *
 * Several keys look like the beginning of an answer: Alt-[ is `ESC [`, Alt-] is `ESC ]`, Alt-P is `ESC P`. So an answer is
 * taken for one only from the byte after that on, and never runs across a control character, which no answer holds.
 */
import { EVENT, isModifierKey, type KeyEvent } from './keypress.ts';

/**
 * `modifier` is a bare Shift, Ctrl, Alt or lock key; `release` is that of any other key; `paste` is the mark that begins
 * one: what is pasted is no token.
 */
export type TokenKind = 'key' | 'release' | 'modifier' | 'mouse' | 'focus' | 'reply' | 'paste';

/** A reused object: valid until the next call. */
export interface Token {
  /** Of a token that is not whole: `key` while it may still become one (or anything else). */
  kind: TokenKind;
  /** Where it ends, exclusive. */
  end: number;
  isWhole: boolean;
  /** What runs on, when it is not whole and no `key`. */
  body: 'csi' | 'string' | 'x10';
  /** To be set by the caller: whether mouse reports come in UTF-8 (mode 1005). */
  isUtf8Mouse: boolean;
  /** Of a CSI: the byte that ended it, else 0. */
  final: number;
  /** Of a key: its code, or 0 for one that is no code. Filled for `CSI … u` and `CSI 27;…~`; event for all. */
  readonly key: KeyEvent;
}

const ESC = 0x1b;
const BEL = 7;
const DEL = 0x7f;
const [BRACKET, LETTER_O, LETTER_M, COLON, SEMICOLON] = [0x5b, 0x4f, 0x4d, 0x3a, 0x3b];
const [QUESTION, LESS, EQUAL, GREATER] = [0x3f, 0x3c, 0x3d, 0x3e];
const [TILDE, BACKSLASH] = [0x7e, 0x5c];

/** Button, column and row of a report in xterm's oldest mouse encoding, after `ESC [ M`: bytes of any value, Ctrl-B's too. */
export const X10_VALUES = 3;

/** Longest key or report is under 50 bytes; what is longer is no sequence of a keyboard. */
const MAX_CSI = 128;

const MAX_PARAMS = 8;
const MAX_SUBS = 4;

export function newToken(): Token {
  return {
    kind: 'key',
    end: 0,
    isWhole: true,
    body: 'csi',
    isUtf8Mouse: false,
    final: 0,
    key: { code: 0, shifted: 0, base: 0, modifiers: 0, event: EVENT.press, text: 0 },
  };
}

/** Reads the token at `at`, which must be inside `bytes`, into `token`, and returns that. A byte that is no ESC is a key by itself. */
export function readToken(bytes: Uint8Array, at: number, token: Token): Token {
  clearKey(token.key);
  token.final = 0;
  if (bytes[at] !== ESC) return set(token, 'key', at + 1);
  const second = bytes[at + 1];
  if (second === undefined) return setPartial(token, 'key', at + 1);
  if (second === ESC) return set(token, 'key', at + 1);
  if (second === BRACKET) return readCsi(bytes, at, token);
  if (second === LETTER_O) return readSs3(bytes, at, token);
  if (isStringIntroducer(second)) return readString(bytes, at, token);
  return set(token, 'key', at + 2);
}

/** Where a string sequence ends that runs on at `at`: after its end, before what breaks it off, or -1 for not yet. */
export function endOfString(bytes: Uint8Array, at: number): number {
  for (let i = at; i < bytes.length; i++) {
    const byte = bytes[i] ?? 0;
    if (byte >= 0x20 && byte !== DEL) continue;
    if (byte === BEL) return i + 1;
    if (byte !== ESC) return i;
    if (i + 1 === bytes.length) return -1;
    return bytes[i + 1] === BACKSLASH ? i + 2 : i;
  }
  return -1;
}

/** The same for a CSI. */
export function endOfCsi(bytes: Uint8Array, at: number): number {
  for (let i = at; i < bytes.length; i++) {
    const byte = bytes[i] ?? 0;
    if (byte >= 0x40 && byte < DEL) return i + 1;
    if (byte < 0x20 || byte >= DEL) return i;
  }
  return -1;
}

/** The same for the values of a mouse report, of which `left` are to come. */
export function endOfX10(bytes: Uint8Array, at: number, left: number, isUtf8: boolean): number {
  let missing = left;
  for (let i = at; i < bytes.length; i++) {
    if (isValueEnd(bytes[i] ?? 0, isUtf8) && --missing === 0) return i + 1;
  }
  return -1;
}

/** How many values of a mouse report end in what is left of `bytes`. */
export function x10ValuesIn(bytes: Uint8Array, at: number, isUtf8: boolean): number {
  let count = 0;
  for (let i = at; i < bytes.length; i++) if (isValueEnd(bytes[i] ?? 0, isUtf8)) count++;
  return count;
}

/** Mode 1005 goes to 2015, which takes two bytes of UTF-8. */
function isValueEnd(byte: number, isUtf8: boolean): boolean {
  return !isUtf8 || byte < 0xc0;
}

function set(token: Token, kind: TokenKind, end: number): Token {
  token.kind = kind;
  token.end = end;
  token.isWhole = true;
  return token;
}

function setPartial(token: Token, kind: TokenKind, end: number, body: Token['body'] = 'csi'): Token {
  token.kind = kind;
  token.end = end;
  token.isWhole = false;
  token.body = body;
  return token;
}

/** `ESC O A`, `ESC O 5 P`; alone it is Alt-O. */
function readSs3(bytes: Uint8Array, at: number, token: Token): Token {
  let i = at + 2;
  while (isDigit(bytes[i])) i++;
  const byte = bytes[i];
  if (byte === undefined) return setPartial(token, 'key', i);
  return set(token, 'key', byte >= 0x40 && byte < DEL ? i + 1 : at + 2);
}

/** OSC, DCS and APC. Nothing answers with PM or SOS: Alt-^ and Alt-X. */
function isStringIntroducer(byte: number): boolean {
  return byte === 0x5d || byte === 0x50 || byte === 0x5f;
}

/**
 * What answers begin with: a number or `l` and `L` (xterm's titles) in an OSC; parameters or `$ + ! >` in a DCS; `G`
 * (kitty's images) in an APC. All else is Alt-] and so on with keys that follow closely.
 */
function readString(bytes: Uint8Array, at: number, token: Token): Token {
  const third = bytes[at + 2];
  if (third === undefined) return setPartial(token, 'key', at + 2);
  const introducer = bytes[at + 1];
  const isLikely =
    introducer === 0x5d
      ? isDigit(third) || third === 0x6c || third === 0x4c
      : introducer === 0x50
        ? isDigit(third) || third === 0x24 || third === 0x2b || third === 0x21 || third === GREATER
        : third === 0x47;
  if (!isLikely) return set(token, 'key', at + 2);
  const end = endOfString(bytes, at + 2);
  if (end === -1) return setPartial(token, 'reply', bytes.length, 'string');
  const last = bytes[end - 1];
  const isEnded = last === BEL || (last === BACKSLASH && bytes[end - 2] === ESC);
  return set(token, isEnded ? 'reply' : 'key', end);
}

function readCsi(bytes: Uint8Array, at: number, token: Token): Token {
  const third = bytes[at + 2];
  if (third === undefined) return setPartial(token, 'key', at + 2);
  if (third === LETTER_M) return readX10(bytes, at, token);
  if (third === BRACKET) {
    // Linux's console: F1 is `ESC [ [ A`.
    const fourth = bytes[at + 3];
    if (fourth === undefined) return setPartial(token, 'key', at + 3);
    return set(token, 'key', fourth >= 0x40 && fourth < DEL ? at + 4 : at + 3);
  }
  const begun = third === LESS ? 'mouse' : third === QUESTION || third === GREATER || third === EQUAL ? 'reply' : 'key';
  const end = endOfCsi(bytes, at + 2);
  if (end === -1) {
    const isTooLong = bytes.length - at > MAX_CSI;
    return isTooLong ? set(token, 'key', bytes.length) : setPartial(token, begun, bytes.length);
  }
  const final = bytes[end - 1] ?? 0;
  if (end === at + 2 || final < 0x40 || final >= DEL || end - at > MAX_CSI) return set(token, 'key', end);
  token.final = final;
  if (begun === 'key') return set(token, kindOfCsi(bytes, at, end, token), end);
  return set(token, begun, end);
}

function readX10(bytes: Uint8Array, at: number, token: Token): Token {
  const end = endOfX10(bytes, at + 3, X10_VALUES, token.isUtf8Mouse);
  if (end === -1) return setPartial(token, 'mouse', bytes.length, 'x10');
  return set(token, 'mouse', end);
}

/** The parameters of the CSI being read, sub-parameters in rows; reused. 0 for one that is missing. */
const params = new Int32Array(MAX_PARAMS * MAX_SUBS);

/** Returns how many parameters stand in [from, to); a position beyond is where intermediates begin. */
function readParams(bytes: Uint8Array, from: number, to: number): number {
  params.fill(0);
  let [param, sub] = [0, 0];
  for (let i = from; i < to; i++) {
    const byte = bytes[i] ?? 0;
    if (byte === SEMICOLON) [param, sub] = [param + 1, 0];
    else if (byte === COLON) sub++;
    else if (isDigit(byte) && param < MAX_PARAMS && sub < MAX_SUBS) {
      const place = param * MAX_SUBS + sub;
      params[place] = Math.min((params[place] ?? 0) * 10 + byte - 0x30, 0xffffff);
    }
  }
  return from === to ? 0 : param + 1;
}

function paramAt(param: number, sub = 0): number {
  return params[param * MAX_SUBS + sub] ?? 0;
}

/** A CSI without a prefix, whole. */
function kindOfCsi(bytes: Uint8Array, at: number, end: number, token: Token): TokenKind {
  const count = readParams(bytes, at + 2, end - 1);
  const { key, final } = token;
  const intermediate = bytes[end - 2] ?? 0;
  if (intermediate >= 0x20 && intermediate < 0x30) {
    if (final === 0x77) return 'mouse'; // `& w`: DEC's locator
    return final === 0x79 ? 'reply' : 'key'; // `$ y`: the state of a mode
  }
  switch (final) {
    case 0x75: // u
      key.code = paramAt(0);
      key.shifted = paramAt(0, 1);
      key.base = paramAt(0, 2);
      key.text = paramAt(2, 1) === 0 ? paramAt(2) : 0;
      return readModifiers(key, 1);
    case TILDE:
      if (paramAt(0) === 200) return 'paste';
      if (paramAt(0) === 27 && count === 3) key.code = paramAt(2);
      return readModifiers(key, 1);
    case 0x49: // I
    case LETTER_O:
      return count === 0 ? 'focus' : readModifiers(key, 1);
    case LETTER_M:
      return 'mouse'; // urxvt's
    case 0x52: // R: a cursor report, or F3 with modifiers
      return count < 2 || isF3() ? readModifiers(key, 1) : 'reply';
    case 0x6e: // n
    case 0x63: // c
    case 0x74: // t
    case 0x78: // x
      return count === 0 ? 'key' : 'reply';
    default:
      return readModifiers(key, 1);
  }
}

/** xterm sends F3 with modifiers as `ESC [ 1 ; 2 R`, where a cursor in row 1 and columns 2 to 16 is reported alike. */
function isF3(): boolean {
  return paramAt(0) === 1 && ((paramAt(1) >= 2 && paramAt(1) <= 16) || paramAt(1, 1) > 0);
}

function readModifiers(key: KeyEvent, param: number): TokenKind {
  key.modifiers = Math.max(paramAt(param) - 1, 0);
  key.event = paramAt(param, 1) || EVENT.press;
  if (isModifierKey(key.code)) return 'modifier';
  return key.event === EVENT.release ? 'release' : 'key';
}

function clearKey(key: KeyEvent): void {
  key.code = key.shifted = key.base = key.modifiers = key.text = 0;
  key.event = EVENT.press;
}

function isDigit(byte: number | undefined): boolean {
  return byte !== undefined && byte >= 0x30 && byte <= 0x39;
}
