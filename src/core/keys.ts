/**
 * Finds the chord that detaches in what the user's terminal sends (design, section 7), and passes everything else.
 *
 * A key is known by the byte it would send in legacy mode, whatever it is encoded as. The chord's first keys are held for
 * a second; the beginning of an escape sequence that may still be anything, a lone Escape for one, for 20 ms. Time never
 * takes a sequence apart that is known for a report, an answer or a paste.
 *
 * - Bytes pass in the order they came, but for one exception: answers of the terminal pass at once, while the user's
 *   keys, mouse and focus reports that came before may still wait for the end of a chord. A program that waits for an
 *   answer must not wait for the user, and no order between the two was ever promised.
 * - Mouse and focus reports, bare modifier keys and releases of other keys neither belong to a chord nor break it. They wait
 *   with its first key, so that a click after Ctrl-B stays after it, and pass whether it becomes a chord or not.
 * - The first key typed twice is typed once: the first of the two is dropped. A chord whose second key is its first has no
 *   such way; there, a key that does not fit falls back to the longest beginning of the chord that what came before ends in.
 * - A release goes the way of its press. So does a repeat: that of a held key is held with it and is no second press,
 *   and that of a key that passed is no key of a chord.
 * - What is pasted between brackets is not looked at.
 */
import type { Chord } from './chord.ts';
import { HeldKeys } from './heldkeys.ts';
import { codeOfByte, EVENT, foldCase, type KeyEvent, legacyByte } from './keypress.ts';
import {
  endOfCsi,
  endOfString,
  endOfX10,
  newToken,
  readToken,
  type TokenKind,
  X10_VALUES,
  x10ValuesIn,
} from './keystream.ts';
import { pasteEnd, pasteStart } from './pastemark.ts';
import { concat, Segments } from './segments.ts';

/** How long a beginning of an escape sequence is waited for, in ms: more and a lone Escape would lag. */
export const PARTIAL_WAIT = 20;

/** How long the next key of a chord is waited for, in ms. */
export const CHORD_WAIT = 1000;

/** Mouse reports of a second, and then some; beyond it a chord is given up. */
const MAX_HELD = 64 * 1024;

const ESC = 0x1b;
const NOTHING = new Uint8Array(0);

export interface Matched {
  /** What the program gets. May be a part of the array that was fed, so it is valid as long as that is. */
  readonly pass: Uint8Array;
  readonly detached: boolean;
  /** What came after the chord, unread: answers on their way, or keys that are meant for the shell. */
  readonly rest: Uint8Array;
}

/** Times are monotonic milliseconds. Afterwards `expire` must be called at `deadline`, when there is one. */
export class ChordMatcher {
  private readonly keys: readonly number[];
  /** Per number of keys that match: how many still do when the next does not (Knuth, Morris and Pratt). */
  private readonly fallback: readonly number[];
  private readonly token = newToken();
  private readonly out = new Segments();

  private readonly held = new HeldKeys();
  private heldSince = 0;

  /** The beginning of a token that may be anything. */
  private partial: Uint8Array = NOTHING;
  private partialSince = 0;
  private now = 0;
  private readonly slowPasteStart = pasteStart();

  /** What the next bytes are inside of, having been passed in part. */
  private inside: 'nothing' | 'paste' | 'csi' | 'string' | 'x10' = 'nothing';
  private insideKind: TokenKind = 'key';
  private x10Left = 0;
  private readonly pasteEnd = pasteEnd();

  /** Keys whose presses were dropped, and keys of the chord whose presses passed: releases and repeats follow. */
  private readonly dropped = new Set<number>();
  private readonly passed = new Set<number>();

  private detached = false;

  constructor(chord: Chord) {
    this.keys = chord.keys;
    this.fallback = fallbackOf(chord.keys);
  }

  /** How many keys of the chord are held. */
  private get progress(): number {
    return this.held.count;
  }

  /** Whether the terminal reports the mouse in UTF-8 (mode 1005), which nothing else tells. */
  set isUtf8Mouse(on: boolean) {
    this.token.isUtf8Mouse = on;
  }

  /** When `expire` has something to do; undefined when nothing is held. */
  get deadline(): number | undefined {
    const partial = this.partial.length > 0 ? this.partialSince + PARTIAL_WAIT : Number.POSITIVE_INFINITY;
    const chord = this.progress > 0 ? this.heldSince + CHORD_WAIT : Number.POSITIVE_INFINITY;
    const earliest = Math.min(partial, chord);
    return earliest === Number.POSITIVE_INFINITY ? undefined : earliest;
  }

  /** Takes what a read brought. After a chord, the matcher waits for the next one. */
  feed(bytes: Uint8Array, now: number): Matched {
    this.runOut(now);
    if (this.detached) return this.result(bytes);
    const joined = concat(this.partial, bytes);
    if (this.partial.length === 0) this.partialSince = now;
    this.partial = NOTHING;
    return this.result(this.run(joined));
  }

  /** Passes what has been held long enough by now. */
  expire(now: number): Matched {
    this.runOut(now);
    return this.result(NOTHING);
  }

  private result(rest: Uint8Array): Matched {
    const { detached } = this;
    this.detached = false;
    return { pass: this.out.take(), detached, rest: detached ? rest : NOTHING };
  }

  private runOut(now: number): void {
    this.now = now;
    // Bytes that came before the partial sequence go before it.
    if (this.progress > 0 && now >= this.heldSince + CHORD_WAIT) this.passHeld();
    if (this.partial.length === 0 || now < this.partialSince + PARTIAL_WAIT) return;
    const { partial } = this;
    this.partial = NOTHING;
    if (this.inside === 'string') this.inside = 'nothing';
    this.slowPasteStart.begin(partial);
    // The Escape key is what Ctrl-[ sends.
    this.press(partial.length === 1 ? ESC : -1, 0, { bytes: partial, start: 0, end: partial.length });
  }

  /** Returns what is left after a chord. */
  private run(bytes: Uint8Array): Uint8Array {
    const slowPaste = this.inside === 'nothing' ? this.slowPasteStart.resume(bytes) : -1;
    let at = 0;
    if (slowPaste !== -1) {
      this.passHeld();
      this.out.add(bytes, 0, slowPaste);
      at = slowPaste;
      this.inside = 'paste';
    }
    while (at < bytes.length && !this.detached) {
      if (this.inside !== 'nothing') at = this.goOnInside(bytes, at);
      else if (this.progress === 0) at = this.step(bytes, this.skipPlain(bytes, at));
      else at = this.step(bytes, at);
    }
    return bytes.subarray(at);
  }

  /** Passes what cannot begin anything, and returns where that ends. */
  private skipPlain(bytes: Uint8Array, from: number): number {
    const [first] = this.keys;
    let at = from;
    while (at < bytes.length) {
      const byte = bytes[at] ?? 0;
      if (byte === ESC) break;
      if (byte === first) {
        const next = bytes[at + 1];
        if (next === undefined || next === ESC || next === first || next === this.keys[1] || this.keys.length === 1)
          break;
      }
      at++;
    }
    this.out.add(bytes, from, at);
    return at;
  }

  /** Takes one token; returns where it ends. */
  private step(bytes: Uint8Array, at: number): number {
    if (at === bytes.length) return at;
    const { end, kind, isWhole, key } = readToken(bytes, at, this.token);
    if (!isWhole) return this.stepPartial(bytes, at);
    const piece = { bytes, start: at, end };
    switch (kind) {
      case 'reply':
        this.out.add(bytes, at, end);
        break;
      case 'mouse':
      case 'focus':
      case 'modifier':
        this.goAlong(bytes, at, end);
        break;
      case 'release':
        this.release(foldCase(key.code), piece);
        break;
      case 'paste':
        this.passHeld();
        this.out.add(bytes, at, end);
        this.inside = 'paste';
        break;
      case 'key':
        this.key(key, piece);
    }
    return end;
  }

  private stepPartial(bytes: Uint8Array, at: number): number {
    const { kind, body } = this.token;
    if (kind === 'key') {
      this.keepPartial(bytes, at);
      return bytes.length;
    }
    this.inside = body;
    this.insideKind = kind;
    if (body === 'x10') {
      this.x10Left = X10_VALUES;
      this.passInside(bytes, at, at + 3);
      return at + 3;
    }
    return this.goOnInside(bytes, at, at + 2);
  }

  private keepPartial(bytes: Uint8Array, at: number): void {
    // A sequence begun in an earlier read has waited since then; any other begins now.
    if (at > 0) this.partialSince = this.now;
    this.partial = bytes.slice(at);
  }

  /** Passes what belongs to the paste or the report that has begun; returns where that ends. */
  private goOnInside(bytes: Uint8Array, at: number, from = at): number {
    if (this.inside === 'paste') {
      const end = this.pasteEnd.find(bytes, from);
      this.out.add(bytes, at, end === -1 ? bytes.length : end);
      if (end !== -1) this.inside = 'nothing';
      return end === -1 ? bytes.length : end;
    }
    if (this.inside === 'x10') {
      const { isUtf8Mouse } = this.token;
      const end = endOfX10(bytes, at, this.x10Left, isUtf8Mouse);
      if (end === -1) this.x10Left -= x10ValuesIn(bytes, at, isUtf8Mouse);
      else this.inside = 'nothing';
      this.passInside(bytes, at, end === -1 ? bytes.length : end);
      return end === -1 ? bytes.length : end;
    }
    const end = this.inside === 'csi' ? endOfCsi(bytes, from) : endOfString(bytes, from);
    if (end !== -1) {
      this.inside = 'nothing';
      this.passInside(bytes, at, end);
      return end;
    }
    // An ESC at its end begins the string's terminator, or is the Escape key.
    const isHalfEnded = this.inside === 'string' && bytes.at(-1) === ESC;
    const cut = isHalfEnded ? bytes.length - 1 : bytes.length;
    this.passInside(bytes, at, cut);
    if (isHalfEnded) this.keepPartial(bytes, cut);
    return bytes.length;
  }

  private passInside(bytes: Uint8Array, start: number, end: number): void {
    if (this.insideKind === 'reply') this.out.add(bytes, start, end);
    else this.goAlong(bytes, start, end);
  }

  /** Passes, or waits with the chord that is being typed. */
  private goAlong(bytes: Uint8Array, start: number, end: number): void {
    if (this.progress === 0) this.out.add(bytes, start, end);
    else {
      this.held.along(bytes.slice(start, end));
      if (this.held.size > MAX_HELD) this.passHeld();
    }
  }

  private key(event: KeyEvent, piece: Piece): void {
    const { bytes, start, end } = piece;
    const code = foldCase(event.code);
    if (end - start === 1) this.press(bytes[start] ?? 0, 0, piece);
    else if (event.event !== EVENT.repeat) this.press(code === 0 ? -1 : legacyByte(event), code, piece);
    else if (this.held.has(code)) this.follow(code, piece);
    else if (this.passed.has(code)) this.press(-1, code, piece);
    else if (!this.dropped.has(code)) this.press(code === 0 ? -1 : legacyByte(event), code, piece);
  }

  /** A key was pressed: `byte` is the one it sends in legacy mode or -1, `code` that of its release or 0. */
  private press(byte: number, code: number, piece: Piece): void {
    const keyCode = code === 0 && byte !== -1 ? codeOfByte(byte) : code;
    while (this.progress > 0 && byte !== this.keys[this.progress] && !this.isDoubled(byte)) {
      this.passHeld(this.fallback[this.progress]);
    }
    if (byte === this.keys[this.progress]) this.matchKey(keyCode, piece);
    else {
      if (this.progress > 0) this.dropHeld();
      this.passKey(byte, keyCode, piece);
    }
  }

  private isDoubled(byte: number): boolean {
    return this.progress === 1 && byte === this.keys[0];
  }

  private matchKey(code: number, { bytes, start, end }: Piece): void {
    this.held.press(bytes.slice(start, end), code);
    this.heldSince = this.now;
    this.dropped.delete(code);
    this.passed.delete(code);
    if (this.progress < this.keys.length) return;
    this.dropHeld();
    this.detached = true;
  }

  private passKey(byte: number, code: number, { bytes, start, end }: Piece): void {
    this.out.add(bytes, start, end);
    this.dropped.delete(code);
    if (this.keys.includes(byte)) this.passed.add(code);
  }

  private release(code: number, piece: Piece): void {
    this.passed.delete(code);
    if (this.dropped.delete(code)) return;
    if (this.held.has(code)) this.follow(code, piece);
    else this.goAlong(piece.bytes, piece.start, piece.end);
  }

  private follow(code: number, { bytes, start, end }: Piece): void {
    this.held.follow(bytes.slice(start, end), code);
    if (this.held.size > MAX_HELD) this.passHeld();
  }

  /** The held keys are the chord, or the first of a doubled one: what came among them passes. */
  private dropHeld(): void {
    for (const code of this.held.drop(this.out)) this.dropped.add(code);
  }

  /** What is held is no chord, but for the last `kept` keys. */
  private passHeld(kept = 0): void {
    for (const code of this.held.pass(this.out, kept)) if (!this.held.has(code)) this.passed.add(code);
  }
}

/** [start, end) of `bytes`. */
interface Piece {
  readonly bytes: Uint8Array;
  readonly start: number;
  readonly end: number;
}

/** At n: how long the longest proper beginning of the first n keys is that they also end in. */
function fallbackOf(keys: readonly number[]): number[] {
  return Array.from({ length: keys.length + 1 }, (_, n) => {
    for (let length = n - 1; length > 0; length--) {
      if (keys.slice(0, length).every((key, i) => key === keys[n - length + i])) return length;
    }
    return 0;
  });
}
