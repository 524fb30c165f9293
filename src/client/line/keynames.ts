/** Which key a sequence or a byte is: the pure half of reading a keyboard. */
import { type KeyEvent, legacyByte } from '../../core/keypress.ts';
import type { Token } from '../../core/keystream.ts';
import type { Key } from './key.ts';

/** Bits of xterm's and kitty's modifiers; the lock keys are none for us. */
const [SHIFT, ALT, CTRL, META] = [1, 2, 4, 32];

/** Above these a control byte's letter or sign stands in ASCII. */
const CONTROL_SIGNS = '@abcdefghijklmnopqrstuvwxyz[\\]^_';

/** Control bytes that have a key of their own on every keyboard. */
const OWN_KEYS: ReadonlyMap<number, string> = new Map([
  [0x09, 'tab'],
  [0x0d, 'enter'],
  [0x1b, 'escape'],
  [0x7f, 'backspace'],
]);

/** Final bytes of `CSI …` and `SS3 …`. */
const BY_FINAL: Readonly<Record<string, string>> = {
  A: 'up',
  B: 'down',
  C: 'right',
  D: 'left',
  F: 'end',
  H: 'home',
  M: 'enter', // the keypad's, in application mode
  P: 'f1',
  Q: 'f2',
  R: 'f3',
  S: 'f4',
};

/** First parameters of `CSI … ~`: the VT220's, xterm's, rxvt's. */
const BY_NUMBER: ReadonlyMap<number, string> = new Map([
  [1, 'home'],
  [2, 'insert'],
  [3, 'delete'],
  [4, 'end'],
  [5, 'pageup'],
  [6, 'pagedown'],
  [7, 'home'],
  [8, 'end'],
  ...[11, 12, 13, 14, 15, 17, 18, 19, 20, 21, 23, 24].map((number, i): [number, string] => [number, `f${i + 1}`]),
]);

/** kitty's own codes: the keypad without NumLock. */
const KITTY_CURSOR_KEYS = 57417;
const KITTY_CURSOR_NAMES = ['left', 'right', 'up', 'down', 'pageup', 'pagedown', 'home', 'end', 'insert', 'delete'];

/** kitty's codes lie in a private area: those that are none of ours type nothing. */
const PRIVATE_USE = [0xe000, 0xf8ff] as const;

const PLAIN = { text: '', ctrl: false, meta: false, shift: false } as const;

/** The key of one character as it comes from a keyboard, controls included. `meta`: an Escape stood before it. */
export function keyOfCharacter(char: string, meta: boolean): Key {
  const code = char.codePointAt(0) ?? 0;
  const own = OWN_KEYS.get(code);
  if (own !== undefined) return { ...PLAIN, name: own, meta };
  if (code < 0x20) return { ...PLAIN, name: CONTROL_SIGNS.charAt(code), ctrl: true, meta };
  if (meta) return { ...PLAIN, name: char, meta };
  return { ...PLAIN, name: 'text', text: char };
}

/** The key of a whole sequence that begins with ESC, as `readToken` has read it; undefined for one that nobody knows. */
export function keyOfSequence(bytes: Uint8Array, token: Token): Key | undefined {
  const text = String.fromCharCode(...bytes);
  const linux = /^\x1b\[\[([A-E])$/.exec(text)?.[1];
  if (linux !== undefined) return { ...PLAIN, name: `f${linux.charCodeAt(0) - 0x40}` };
  const [, introducer, parameters = '', final = ''] = /^\x1b([[O])([\d;:]*)([@-~])$/.exec(text) ?? [];
  if (introducer === 'O') return ofSs3(parameters, final);
  if (introducer !== '[') return undefined;
  const first = Number.parseInt(parameters, 10) || 0;
  const { key } = token;
  if (final === 'u' || (final === '~' && key.code !== 0)) return keyOfEvent(key);
  if (final === 'Z') return { ...PLAIN, name: 'tab', shift: true };
  const name = final === '~' ? BY_NUMBER.get(first) : final === 'M' ? undefined : BY_FINAL[final];
  return name === undefined ? undefined : { ...PLAIN, name, ...modifiersOf(key.modifiers) };
}

/** `SS3 5 A` holds its modifiers before the letter. */
function ofSs3(parameters: string, final: string): Key | undefined {
  const name = BY_FINAL[final];
  const modifiers = Math.max(0, (Number.parseInt(parameters, 10) || 1) - 1);
  if (name !== undefined) return { ...PLAIN, name, ...modifiersOf(modifiers) };
  // The keypad in application mode: `j` is `*` … `y` is `9`.
  const sign = final >= 'j' && final <= 'y' ? String.fromCharCode(final.charCodeAt(0) - 0x40) : '';
  return sign === '' ? undefined : { ...PLAIN, name: 'text', text: sign };
}

/** A key by its code, as kitty's protocol and xterm's modifyOtherKeys name it. */
function keyOfEvent(event: KeyEvent): Key | undefined {
  const { ctrl, meta, shift } = modifiersOf(event.modifiers);
  const byte = legacyByte({ ...event, modifiers: event.modifiers & ~(ALT | META) });
  if (byte !== -1) return keyOfCharacter(String.fromCharCode(byte), meta);
  const place = event.code - KITTY_CURSOR_KEYS;
  const name = OWN_KEYS.get(event.code) ?? KITTY_CURSOR_NAMES[place];
  if (name !== undefined) return { ...PLAIN, name, ctrl, meta, shift };
  const typed = event.text || (shift && event.shifted) || event.code;
  if (typed < 0x20 || typed > 0x10ffff || (typed >= PRIVATE_USE[0] && typed <= PRIVATE_USE[1])) return undefined;
  const char = String.fromCodePoint(typed);
  if (ctrl || meta) return { ...PLAIN, name: char, ctrl, meta, shift };
  return { ...PLAIN, name: 'text', text: char };
}

function modifiersOf(bits: number): Pick<Key, 'ctrl' | 'meta' | 'shift'> {
  return { shift: (bits & SHIFT) !== 0, ctrl: (bits & CTRL) !== 0, meta: (bits & (ALT | META)) !== 0 };
}
