/**
 * Which byte a key would have sent, had the terminal no extended keyboard mode: what makes one key of its many
 * encodings. Follows kitty's keyboard protocol (its table "legacy ctrl mapping of ASCII keys"), fixterms' CSI u and
 * xterm's modifyOtherKeys.
 */

/** A press, repeat or release as an escape sequence tells of it. Codes are Unicode code points or kitty's own; 0 is none. */
export interface KeyEvent {
  code: number;
  /** The code with Shift, where the terminal says so. */
  shifted: number;
  /** The code at that place of a US keyboard, where the terminal says so. */
  base: number;
  /** Bits of `MODIFIER`. */
  modifiers: number;
  /** 1 press, 2 repeat, 3 release. */
  event: number;
  /** The text it types, where that is one code point and the terminal says so. */
  text: number;
}

export const EVENT = { press: 1, repeat: 2, release: 3 } as const;

const MODIFIER = { shift: 1, ctrl: 4, capsLock: 64, numLock: 128 } as const;
const LOCKS = MODIFIER.capsLock | MODIFIER.numLock;

const KITTY_KEYPAD = 57399;
const KEYPAD = '0123456789./*-+\r=,';
const ENTER = 13;
const ESCAPE = 27;
const TAB = 9;
const BACKSPACE = 127;

const KEYS = "`1234567890-=[]\\;',./";
const SHIFTED_KEYS = '~!@#$%^&*()_+{}|:"<>?';

/** kitty's table of what Ctrl makes of keys that are no letters. */
const CTRL: ReadonlyMap<number, number> = new Map(
  [' \0', '/\x1f', '2\0', '3\x1b', '4\x1c', '5\x1d', '6\x1e', '7\x1f', '8\x7f', '?\x7f', '@\0', '[\x1b']
    .concat(['\\\x1c', ']\x1d', '^\x1e', '_\x1f', '~\x1e'])
    .map(([key = '', byte = '']) => [key.charCodeAt(0), byte.charCodeAt(0)]),
);

/** Left and right Shift, Ctrl, Alt, …, and the lock keys: pressed between the keys of a chord, they mean nothing. */
export function isModifierKey(code: number): boolean {
  return (code >= 57441 && code <= 57454) || (code >= 57358 && code <= 57360);
}

/** The byte the key sends in legacy mode; -1 when that is not one ASCII byte. The state of the lock keys is ignored. */
export function legacyByte(key: KeyEvent): number {
  const modifiers = key.modifiers & ~LOCKS;
  const isShifted = (modifiers & MODIFIER.shift) !== 0;
  const isCtrl = (modifiers & MODIFIER.ctrl) !== 0;
  if ((modifiers & ~(MODIFIER.shift | MODIFIER.ctrl)) !== 0) return -1;
  if (!isCtrl && isPrintable(key.text) && (key.modifiers & MODIFIER.capsLock) === 0) return key.text;
  // Only a key that types no ASCII is looked up by its place: on Dvorak, the key at the place of B is X.
  const isForeign = key.code > BACKSPACE && key.base > 0;
  const keypad = KEYPAD.charCodeAt(key.code - KITTY_KEYPAD);
  const code = isForeign ? key.base : Number.isNaN(keypad) ? key.code : keypad;
  const typed = isShifted ? shiftOf(code, isForeign ? 0 : key.shifted) : code;
  if (isCtrl) {
    const letter = foldCase(code);
    // Ctrl-Shift-B is a key of its own, but Ctrl-^ needs Shift on most keyboards.
    if (isLetter(letter)) return isShifted ? -1 : letter - 0x60;
    return CTRL.get(typed) ?? -1;
  }
  if (isPrintable(typed)) return typed;
  return isSpecial(typed) && !isShifted ? typed : -1;
}

/** The code that a key event would carry for what sent this byte: a release is known by it. */
export function codeOfByte(byte: number): number {
  if (byte === 0) return 0x20;
  if (byte === ESCAPE || byte === ENTER || byte === TAB || byte === BACKSPACE) return byte;
  return foldCase(byte < 0x20 ? byte + 0x40 : byte);
}

/** Upper case as lower case: terminals differ in which they name a key by. */
export function foldCase(code: number): number {
  return code >= 0x41 && code <= 0x5a ? code + 0x20 : code;
}

/** What Shift makes of a key; a US keyboard where the terminal does not say. */
function shiftOf(code: number, shifted: number): number {
  if (isPrintable(shifted)) return shifted;
  if (isLetter(code)) return code - 0x20;
  const place = isPrintable(code) ? KEYS.indexOf(String.fromCharCode(code)) : -1;
  if (place !== -1) return SHIFTED_KEYS.charCodeAt(place);
  return code; // Terminals without alternate keys name the key by what it types: `ESC[27;6;94~` is Ctrl-^.
}

function isLetter(code: number): boolean {
  return code >= 0x61 && code <= 0x7a;
}

function isPrintable(code: number): boolean {
  return code >= 0x20 && code < BACKSPACE;
}

function isSpecial(code: number): boolean {
  return code === ENTER || code === ESCAPE || code === TAB || code === BACKSPACE;
}
