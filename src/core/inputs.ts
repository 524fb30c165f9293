/**
 * What a viewer sends, as the daemon sees it: who types, and which answers of a terminal go to which question. The
 * viewer's client has waited for what belongs together, so a lone Escape passes at once here, and only what must be an
 * answer or a report is held until it is whole.
 */
import { endOfCsi, endOfString, newToken, readToken, type TokenKind } from './keystream.ts';
import { pasteEnd, pasteStart } from './pastemark.ts';
import { type Reply, replyOf } from './replies.ts';
import { concat } from './segments.ts';

/** `keys` and `paste` are the user's and make a driver; the others are the terminal's. */
export type InputKind = 'keys' | 'paste' | 'mouse' | 'focus' | 'reply';

export interface InputToken {
  readonly kind: InputKind;
  /** All tokens of a feed, and of all feeds, put together are the input. May be a part of what was fed. */
  readonly bytes: Uint8Array;
  /** Whether a Ctrl-S (0x13) is among keys, which stops a terminal with flow control. Never of a paste. */
  readonly hasStop: boolean;
  /** Of a reply. */
  readonly reply?: Reply;
}

/** An answer that is longer (a clipboard) passes as keys. */
const MAX_REPLY = 4096;

const ESC = 0x1b;
const CTRL_S = 0x13;
const BRACKET = 0x5b;
const NOTHING = new Uint8Array(0);

/** Cuts one viewer's input into tokens. */
export class InputReader {
  private readonly token = newToken();
  private held: Uint8Array = NOTHING;
  private inside: 'nothing' | 'paste' | 'csi' | 'string' = 'nothing';
  private readonly pasteEnd = pasteEnd();
  private readonly slowPasteStart = pasteStart();
  private tokens: InputToken[] = [];
  /** Where the keys begin that are not yet a token. */
  private keysFrom = 0;

  /** Whether the terminal reports the mouse in UTF-8 (mode 1005), which nothing else tells. */
  set isUtf8Mouse(on: boolean) {
    this.token.isUtf8Mouse = on;
  }

  feed(bytes: Uint8Array): InputToken[] {
    const joined = concat(this.held, bytes);
    this.held = NOTHING;
    this.keysFrom = 0;
    const slowPaste = this.inside === 'nothing' ? this.slowPasteStart.resume(joined) : -1;
    if (slowPaste !== -1) {
      this.inside = 'paste';
      this.add('paste', joined, 0, slowPaste);
    }
    let at = Math.max(slowPaste, 0);
    while (at < joined.length) {
      if (this.inside !== 'nothing') at = this.goOnInside(joined, at);
      else {
        const esc = joined.indexOf(ESC, at);
        at = esc === -1 ? joined.length : this.step(joined, esc);
      }
    }
    this.endKeys(joined, joined.length - this.held.length);
    const { tokens } = this;
    this.tokens = [];
    return tokens;
  }

  private step(bytes: Uint8Array, at: number): number {
    const { kind, end, isWhole } = readToken(bytes, at, this.token);
    if (!isWhole) return this.stepPartial(bytes, at);
    const input = inputKindOf(kind);
    if (input !== 'keys') this.add(input, bytes, at, end);
    if (kind === 'paste') this.inside = 'paste';
    return end;
  }

  private stepPartial(bytes: Uint8Array, at: number): number {
    const { kind, body } = this.token;
    const length = bytes.length - at;
    // `ESC [ 1` may become the cursor's position, but `ESC [` is Alt-[.
    const isHeld = kind !== 'key' || (bytes[at + 1] === BRACKET && length > 2);
    if (!isHeld) this.slowPasteStart.begin(bytes.subarray(at));
    else if (length <= MAX_REPLY) this.held = bytes.slice(at);
    else this.inside = body === 'string' ? 'string' : 'csi';
    return bytes.length;
  }

  private goOnInside(bytes: Uint8Array, at: number): number {
    if (this.inside === 'paste') {
      const end = this.pasteEnd.find(bytes, at);
      if (end !== -1) this.inside = 'nothing';
      this.add('paste', bytes, at, end === -1 ? bytes.length : end);
      return end === -1 ? bytes.length : end;
    }
    const end = this.inside === 'csi' ? endOfCsi(bytes, at) : endOfString(bytes, at);
    if (end !== -1) this.inside = 'nothing';
    return end === -1 ? bytes.length : end;
  }

  private add(kind: InputKind, bytes: Uint8Array, start: number, end: number): void {
    this.endKeys(bytes, start);
    const part = bytes.subarray(start, end);
    const token = { kind, bytes: part, hasStop: false };
    this.tokens.push(kind === 'reply' ? { ...token, reply: replyOf(part) } : token);
    this.keysFrom = end;
  }

  private endKeys(bytes: Uint8Array, end: number): void {
    if (end <= this.keysFrom) return;
    const part = bytes.subarray(this.keysFrom, end);
    this.tokens.push({ kind: 'keys', bytes: part, hasStop: part.includes(CTRL_S) });
  }
}

function inputKindOf(kind: TokenKind): InputKind {
  return kind === 'key' || kind === 'release' || kind === 'modifier' ? 'keys' : kind;
}
