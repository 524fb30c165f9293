import { PARTIAL_WAIT } from '../../core/keys.ts';
import { newToken, readToken } from '../../core/keystream.ts';
import { pasteEnd, pasteStart } from '../../core/pastemark.ts';
import { concat } from '../../core/segments.ts';
import type { Clock } from '../../runtime/clock.ts';
import { Delay } from '../../runtime/delay.ts';
import { characterAt, endOfWhole } from '../../terminal/utf8.ts';
import type { Input } from './key.ts';
import { keyOfCharacter, keyOfSequence } from './keynames.ts';
import { mouseOf } from './mousereport.ts';

/** A report or an answer that runs on for longer is none: it is dropped. A clipboard may be this long. */
const MAX_HELD = 64 * 1024;

/** Bytes of the mark that ends a paste. */
const MARK_LENGTH = 6;

const ESC = 0x1b;
const NOTHING = new Uint8Array(0);

/**
 * Reads what a terminal sends into what a person did. Bytes may be cut anywhere between two reads: what may still become a
 * longer key is held for 20 ms (a lone Escape, which is then told), what is known for a report or an answer until it is whole.
 *
 * The `bytes` of an input are those it came as; of a paste without its marks. Key releases, bare modifiers and mouse motion
 * without a button are told of nobody.
 */
export class KeyReader implements Disposable {
  private readonly onInput: (input: Input) => void;
  private readonly token = newToken();
  private readonly expiry: Delay;
  private readonly slowPasteStart = pasteStart();
  private held: Uint8Array = NOTHING;
  private isInPaste = false;
  private decoder = new TextDecoder();

  constructor(clock: Clock, onInput: (input: Input) => void) {
    this.onInput = onInput;
    this.expiry = new Delay(clock);
  }

  /** Takes what one read brought, which may be kept, and calls back for each thing that was done, in order. */
  feed(bytes: Uint8Array): void {
    this.expiry[Symbol.dispose]();
    const joined = concat(this.held, bytes);
    this.held = NOTHING;
    let at = 0;
    if (!this.isInPaste) {
      const slow = this.slowPasteStart.resume(joined);
      if (slow !== -1) at = this.beginPaste(slow);
    }
    while (at < joined.length) at = this.step(joined, at);
  }

  /** What is held is told of nobody. */
  [Symbol.dispose](): void {
    this.expiry[Symbol.dispose]();
    this.held = NOTHING;
  }

  /** Reads one thing, and returns where the next one begins. */
  private step(bytes: Uint8Array, at: number): number {
    if (this.isInPaste) return this.paste(bytes, at);
    if (bytes[at] !== ESC) return this.character(bytes, at);
    const { kind, end, isWhole } = readToken(bytes, at, this.token);
    const part = bytes.subarray(at, end);
    if (!isWhole) return this.hold(bytes, at, kind === 'key');
    switch (kind) {
      case 'paste':
        return this.beginPaste(end);
      case 'mouse': {
        const mouse = mouseOf(part);
        if (mouse !== undefined) this.onInput({ type: 'mouse', mouse, bytes: part });
        return end;
      }
      case 'focus':
        this.onInput({ type: 'focus', isFocused: bytes[end - 1] === 0x49, bytes: part });
        return end;
      case 'reply':
        this.onInput({ type: 'reply', bytes: part });
        return end;
      case 'key':
        return end - at > 2 ? this.sequence(part, end) : this.escaped(bytes, at, end);
      case 'release':
      case 'modifier':
        return end;
    }
  }

  private sequence(part: Uint8Array, end: number): number {
    const key = keyOfSequence(part, this.token);
    if (key !== undefined) this.onInput({ type: 'key', key, bytes: part });
    return end;
  }

  /** A lone Escape before another one, or a character behind an Escape, which is how Alt is told. */
  private escaped(bytes: Uint8Array, at: number, end: number): number {
    if (end === at + 1) {
      this.key('\x1b', bytes.subarray(at, end));
      return end;
    }
    const size = characterAt(bytes, at + 1, bytes.length);
    if (size === 0) {
      if (endOfWhole(bytes) <= at + 1) return this.hold(bytes, at, true);
      return end; // no character at all
    }
    this.key(textOf(bytes.subarray(at + 1, at + 1 + size)), bytes.subarray(at, at + 1 + size), true);
    return at + 1 + size;
  }

  private character(bytes: Uint8Array, at: number): number {
    const size = characterAt(bytes, at, bytes.length);
    if (size > 0) {
      this.key(textOf(bytes.subarray(at, at + size)), bytes.subarray(at, at + size));
      return at + size;
    }
    if (endOfWhole(bytes) <= at) {
      this.held = bytes.subarray(at);
      return bytes.length;
    }
    return at + 1; // no character begins here: a terminal that speaks another encoding
  }

  private key(char: string, bytes: Uint8Array, meta = false): void {
    this.onInput({ type: 'key', key: keyOfCharacter(char, meta), bytes });
  }

  /** What is not whole waits for the rest: for ever where it can be nothing else, for 20 ms where it may be keys. */
  private hold(bytes: Uint8Array, at: number, mayBeKeys: boolean): number {
    if (bytes.length - at > MAX_HELD) return bytes.length;
    this.held = bytes.subarray(at);
    if (mayBeKeys) this.expiry.set(PARTIAL_WAIT, () => this.expire());
    return bytes.length;
  }

  /** Nothing followed: Escape, or Alt with what looked like a beginning (`ESC [` is Alt-[). */
  private expire(): void {
    const { held } = this;
    this.held = NOTHING;
    this.slowPasteStart.begin(held);
    if (held.length === 1) this.key('\x1b', held);
    else if (held.length === 2 && (held[1] ?? 0) < 0x80) this.key(textOf(held.subarray(1)), held, true);
    // Longer ones are sequences that were cut off: nobody typed their bytes.
  }

  private beginPaste(end: number): number {
    this.isInPaste = true;
    this.decoder = new TextDecoder();
    return end;
  }

  private paste(bytes: Uint8Array, at: number): number {
    const found = pasteEnd().find(bytes, at);
    const end = found === -1 ? bytes.length - beginningOfMark(bytes, at) : found - MARK_LENGTH;
    const part = bytes.subarray(at, end);
    const text = this.decoder.decode(part, { stream: found === -1 });
    if (text !== '') this.onInput({ type: 'paste', text, bytes: part });
    if (found === -1) this.held = bytes.subarray(end);
    else this.isInPaste = false;
    return found === -1 ? bytes.length : found;
  }
}

/** How many bytes at the end may be the beginning of the mark that ends a paste. */
function beginningOfMark(bytes: Uint8Array, at: number): number {
  const esc = bytes.lastIndexOf(ESC);
  if (esc < at || bytes.length - esc >= MARK_LENGTH) return 0;
  const mark = '\x1b[201~';
  return mark.startsWith(String.fromCharCode(...bytes.subarray(esc))) ? bytes.length - esc : 0;
}

function textOf(bytes: Uint8Array): string {
  return new TextDecoder().decode(bytes);
}
