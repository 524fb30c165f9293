/**
 * The keys that detach, in docker's notation (`--detach-keys`): `ctrl-b,d`. A key of a chord is the byte that it sends on
 * a terminal without extended keyboard modes, as in docker; keys.ts finds it in every other encoding.
 */

/** A chord is found by the bytes of its keys, in order. */
export interface Chord {
  /** 1 to 8 of them, each below 128. */
  readonly keys: readonly number[];
}

export type ParsedChord = { readonly chord: Chord } | { readonly problem: string };

/** What detaches when nobody says otherwise. */
export const DEFAULT_DETACH_KEYS = 'ctrl-b,d';

/** Nobody types more to leave; it bounds what the matcher holds back. */
const MAX_KEYS = 8;

const DEL = 127;

/** What may follow `ctrl-`; its place is the byte that the key sends. */
const CONTROLS = [...'@abcdefghijklmnopqrstuvwxyz[\\]^_'];

const ALLOWED = 'a key is one ASCII character, or ctrl- and one of a-z @ [ \\ ] ^ _ ? or space, as in ctrl-b,d';

/** Reads docker's notation; case counts in single characters only. `problem` completes a sentence about the text. */
export function parseChord(text: string): ParsedChord {
  if (text === '') return { problem: `no key is given: ${ALLOWED}` };
  const keys: number[] = [];
  for (const name of text.split(',')) {
    const byte = byteOf(name);
    if (byte === undefined) return { problem: problemOf(name) };
    keys.push(byte);
  }
  if (keys.length > MAX_KEYS) return { problem: `${keys.length} keys are too many: at most ${MAX_KEYS}` };
  return { chord: { keys } };
}

/** As people call it: `Ctrl-B d`. */
export function describeChord({ keys }: Chord): string {
  return keys.map(describeKey).join(' ');
}

function byteOf(name: string): number | undefined {
  if (name.length === 1) {
    const code = name.charCodeAt(0);
    return code <= DEL ? code : undefined;
  }
  const word = name.trim();
  if (word.length === 1 && word !== name) return byteOf(word);
  const lower = word.toLowerCase();
  if (lower === 'space') return 0x20;
  if (lower === 'del' || lower === 'ctrl-?') return DEL;
  if (lower === 'ctrl-space') return 0;
  if (!lower.startsWith('ctrl-')) return undefined;
  const byte = CONTROLS.indexOf(lower.slice('ctrl-'.length));
  return byte === -1 ? undefined : byte;
}

function problemOf(name: string): string {
  if (name.trim() === '') return `a key is missing beside a comma, and a comma itself cannot be one: ${ALLOWED}`;
  const other = /^\s*(?:\^|(?:c|ctl|ctrl|control)\s*[-+_]?\s*)(.)\s*$/i.exec(name)?.[1]?.toLowerCase();
  if (other !== undefined && byteOf(`ctrl-${other}`) !== undefined) return `'${name}' is no key: write ctrl-${other}`;
  return `'${name}' is no key: ${ALLOWED}`;
}

function describeKey(byte: number): string {
  if (byte === 0x20) return 'Space';
  if (byte === 0) return 'Ctrl-Space';
  if (byte === DEL) return 'Ctrl-?';
  return byte < 0x20 ? `Ctrl-${CONTROLS[byte]?.toUpperCase()}` : String.fromCharCode(byte);
}
