/**
 * Finds the control functions in a byte stream, resumed at any byte: the VT500 parser after Paul Williams as xterm.js has
 * it (vt100.net/emu/dec_ansi_parser). C0 controls act inside a sequence without ending it, except CAN and SUB, which abort
 * it; ESC begins anew; C1 controls count in their UTF-8 form (C2 80..9F) alone; strings end with ST, an OSC with BEL too.
 * In one thing it follows xterm and not xterm.js: a character beyond ASCII does not end an APC, PM or SOS.
 *
 * It runs over all output of all programs. Plain text costs a search for five bytes, and a CSI that lies whole in its
 * chunk, which is nearly every one, a loop over its parameters that neither copies nor allocates.
 */
import { DATA_LIMIT, FoundSequence, type Sequence, type SequenceKind } from './sequence.ts';

/**
 * Bytes of an unfinished sequence that are held back from viewers. All sequences but images, clipboards and the like are
 * shorter; what is longer goes out as it comes, as nothing may wait for an end that may never be. A question that long is
 * not cut out (`questionOf`), since a part of it has been shown.
 */
export const HELD_LIMIT = 256;

type State =
  | 'ground'
  | 'escape'
  | 'escape intermediate'
  | 'csi'
  | 'csi ignore'
  | 'dcs'
  | 'dcs ignore'
  | 'string'
  /** An ESC inside a string: with `\` it is ST, else the string ends before it. */
  | 'string escape';

/** Begins a sequence of each kind that no terminal does anything with, whatever follows. */
const MEANINGLESS: Readonly<Record<SequenceKind, string>> = {
  control: '',
  esc: '\x1b ',
  csi: '\x1b[<',
  osc: '\x1b]~',
  dcs: '\x1bP<~',
  apc: '\x1b_~',
  pm: '\x1b^',
  sos: '\x1bX',
};

/** The least code of a character by how many bytes follow its first. */
const LEAST_CODES = [0, 0x80, 0x800, 0x10000];

const ENQ = 0x05;
const BEL = 0x07;
const SO = 0x0e;
const SI = 0x0f;
const CAN = 0x18;
const SUB = 0x1a;
const ESC = 0x1b;
const C1_LEAD = 0xc2;
const BACKSLASH = 0x5c;
const BRACKET = 0x5b;
/** What after an ESC begins more than an ESC sequence: DCS, SOS, CSI, OSC, PM, APC. */
const INTRODUCERS: readonly number[] = [0x50, 0x58, BRACKET, 0x5d, 0x5e, 0x5f];

/** How far the next interesting byte is looked for by hand, before `indexOf` is: a call costs as much as about 30 bytes. */
const NEAR = 24;

/** Header bytes (parameters and intermediates) kept of a sequence that is split over chunks. */
const HEADER_LIMIT = 256;

export class SequenceScanner {
  private state: State = 'ground';
  private readonly found = new FoundSequence();
  /** Where the unfinished sequence began. */
  private began = 0;
  /** Where the one began that it cut short, and which a terminal is in until it gets more; else the same. */
  private heldFrom = 0;
  /** All before this has been scanned. */
  private scanned: number;
  /** The last byte was C2, and the next one says whether it is a C1 control. In ground and inside sequences alike. */
  private c2 = false;
  /** Start of a UTF-8 character at the end of what was scanned, and how many bytes it still lacks. */
  private character = 0;
  private lacking = 0;
  /** A character within a header: bytes that it lacks, what it is so far, and what it is at least if it is well-formed. */
  private left = 0;
  private code = 0;
  private leastCode = 0;
  private kind: SequenceKind = 'esc';
  /** Where the ESC of 'string escape' stands. */
  private escapeAt = 0;
  private header = new Uint8Array(0);
  private headerLength = 0;
  /** The final byte of a DCS whose payload is being read. */
  private dcsFinal = 0;
  private payload = new Uint8Array(0);
  private payloadLength = 0;
  private isCut = false;
  private silent = 0;

  /** `at`: the offset of the first byte to come. */
  constructor(at = 0) {
    this.scanned = at;
  }

  /** Forgets what is unfinished: the next byte, at this offset, begins in the ground state. */
  reset(at: number): void {
    this.state = 'ground';
    this.scanned = at;
    this.c2 = false;
    this.lacking = 0;
  }

  /**
   * Offset up to which bytes may be shown: where an unfinished UTF-8 character or sequence begins; of a sequence longer
   * than `HELD_LIMIT` all, but for an ESC that may be the first half of its end. Never goes back.
   */
  get safe(): number {
    if (this.state === 'ground') return this.lacking > 0 ? this.character : this.scanned;
    if (this.scanned - this.heldFrom <= HELD_LIMIT) return this.heldFrom;
    const half = this.state === 'string escape' || (this.c2 && this.state === 'string') ? 1 : 0;
    return Math.max(this.scanned - half, this.heldFrom + HELD_LIMIT);
  }

  /** `safe` lies inside a sequence that was too long to be held back. */
  get isInsideLong(): boolean {
    return this.state !== 'ground' && this.scanned - this.heldFrom > HELD_LIMIT;
  }

  /** As `safe`, but before a sequence that is too long to be held back. */
  get whole(): number {
    return this.isInsideLong ? this.heldFrom : this.safe;
  }

  /**
   * For a terminal that was not given the beginning of the sequence that `safe` lies inside of: begins one of the same
   * form that means nothing, so that the rest is taken for a part of it.
   */
  opening(): string {
    return this.isInsideLong ? MEANINGLESS[this.kind] : '';
  }

  /** How many BEL so far stood in a string or ended one, and so rang nothing. All others ring. */
  get silentBells(): number {
    return this.silent;
  }

  /** No sequence is unfinished, and no character that may turn out to be a control. */
  get isGround(): boolean {
    return this.state === 'ground' && !this.c2;
  }

  /**
   * Reads one sequence, for those who read the text between themselves: the one that is unfinished goes on at `from`, or
   * one begins there, with ESC or as a C1 control. Returns the index after it, or the length where it goes on. Between
   * bytes that this was given, and those of `scan`, there may be others.
   */
  scanOne(bytes: Uint8Array, from: number, onSequence: (sequence: Sequence) => void): number {
    let end = 0;
    if (this.isGround && bytes[from] === ESC) {
      end =
        bytes[from + 1] === BRACKET
          ? this.wholeCsi(bytes, from, 0, onSequence)
          : this.wholeEscape(bytes, from, 0, onSequence);
    }
    return end > 0 ? end : this.resume(bytes, from, 0, onSequence);
  }

  /** `bytes` follow those of the last call, at offset `at`. The sequence given is valid during the call only. */
  scan(bytes: Uint8Array, at: number, onSequence: (sequence: Sequence) => void): void {
    const length = bytes.length;
    if (length === 0) return;
    let i = this.c2 || this.state !== 'ground' ? this.resume(bytes, 0, at, onSequence) : 0;
    // Where the next of each kind lies, as far as it was looked for; a flood of one costs no search for the others.
    let [nextEsc, nextSo, nextSi, nextEnq, nextC2] = [-1, -1, -1, -1, -1];
    while (i < length) {
      const near = Math.min(i + NEAR, length);
      for (; i < near; i++) {
        const byte = bytes[i] as number; // i < length
        if (byte === ESC || byte === C1_LEAD || byte === SO || byte === SI || byte === ENQ) break;
      }
      if (i === near) {
        if (i === length) break;
        if (nextEsc < i) nextEsc = indexOf(bytes, ESC, i);
        if (nextSo < i) nextSo = indexOf(bytes, SO, i);
        if (nextSi < i) nextSi = indexOf(bytes, SI, i);
        if (nextEnq < i) nextEnq = indexOf(bytes, ENQ, i);
        if (nextC2 < i) nextC2 = indexOf(bytes, C1_LEAD, i);
        i = Math.min(nextEsc, nextSo, nextSi, nextEnq, nextC2);
        if (i === length) break;
      }
      const byte = bytes[i];
      if (byte === ESC && bytes[i + 1] === BRACKET) {
        const end = this.wholeCsi(bytes, i, at, onSequence);
        i = end > 0 ? end : this.resume(bytes, i, at, onSequence);
      } else if (byte === ESC) {
        const end = this.wholeEscape(bytes, i, at, onSequence);
        i = end > 0 ? end : this.resume(bytes, i, at, onSequence);
      } else if (byte === C1_LEAD && i + 1 < length && !isC1(bytes[i + 1])) {
        i++;
      } else {
        i = this.resume(bytes, i, at, onSequence);
      }
    }
    this.scanned = at + length;
    this.noteCharacter(bytes, at);
  }

  /** A CSI from ESC to its final byte within the chunk, with nothing odd in it. Returns the index after it, or 0. */
  private wholeCsi(bytes: Uint8Array, from: number, at: number, onSequence: (sequence: Sequence) => void): number {
    const length = bytes.length;
    let i = from + 2;
    let byte = bytes[i] as number; // beyond the end: undefined, which fails every comparison
    let prefix = '';
    if (byte >= 0x3c && byte <= 0x3f) {
      prefix = String.fromCharCode(byte);
      i++;
    }
    const params = i;
    while (i < length && (byte = bytes[i] as number) >= 0x30 && byte <= 0x3b) i++;
    const paramsEnd = i;
    let intermediates = '';
    while (i < length && (byte = bytes[i] as number) >= 0x20 && byte <= 0x2f) {
      intermediates += String.fromCharCode(byte);
      i++;
    }
    if (i >= length || byte < 0x40 || byte > 0x7e || i - from > HEADER_LIMIT) return 0;
    const found = this.found;
    found.kind = 'csi';
    found.start = at + from;
    found.end = at + i + 1;
    found.prefix = prefix;
    found.intermediates = intermediates;
    found.final = String.fromCharCode(byte);
    found.take(bytes, params, paramsEnd);
    onSequence(found);
    return i + 1;
  }

  /** As `wholeCsi`, for an ESC sequence with at most one intermediate: ncurses selects a charset with every colour it ends. */
  private wholeEscape(bytes: Uint8Array, from: number, at: number, onSequence: (sequence: Sequence) => void): number {
    let i = from + 1;
    const first = bytes[i] as number; // beyond the end: undefined, which fails every comparison
    const hasIntermediate = first >= 0x20 && first < 0x30;
    if (hasIntermediate) i++;
    const final = bytes[i] as number; // as above
    if (!(final >= 0x30 && final < 0x7f) || (!hasIntermediate && INTRODUCERS.includes(final))) return 0;
    const found = this.found;
    found.kind = 'esc';
    found.start = at + from;
    found.end = at + i + 1;
    found.prefix = '';
    found.intermediates = hasIntermediate ? String.fromCharCode(first) : '';
    found.final = String.fromCharCode(final);
    found.take(bytes, 0, 0);
    onSequence(found);
    return i + 1;
  }

  /** The parser byte by byte, until it is back in the ground state. Returns the index after that. */
  private resume(bytes: Uint8Array, from: number, at: number, onSequence: (sequence: Sequence) => void): number {
    const length = bytes.length;
    let i = from;
    while (i < length) {
      const byte = bytes[i] as number; // i < length
      if (this.c2) {
        this.c2 = false;
        if (isC1(byte)) this.c1(byte, at + i, onSequence);
        else if (this.state === 'string') this.put(C1_LEAD);
        else this.beyondAscii(C1_LEAD, onSequence);
        // Any other byte stands for itself, be it the second of a character.
        if (isC1(byte)) i++;
      } else if (byte === C1_LEAD) {
        this.c2 = true;
        i++;
        if (i === length) return i;
        continue;
      } else if (this.state === 'string' && byte >= 0x20) {
        i = this.takePayload(bytes, i);
        continue;
      } else if (byte < 0x20) {
        this.left = 0;
        this.control(byte, at + i, onSequence);
        i++;
      } else if (byte >= 0x80) {
        this.beyondAscii(byte, onSequence);
        i++;
      } else {
        if (this.state === 'ground') return i;
        this.left = 0;
        this.ascii(byte, at + i, onSequence);
        i++;
      }
      if (this.state === 'ground' && !this.c2) return i;
    }
    return i;
  }

  private control(byte: number, offset: number, onSequence: (sequence: Sequence) => void): void {
    if (byte === ESC) {
      if (this.state === 'string') {
        this.state = 'string escape';
        this.escapeAt = offset;
      } else {
        this.endBeforeEscape(onSequence);
        this.begin('escape', offset);
      }
      return;
    }
    this.endBeforeEscape(onSequence);
    if (byte === BEL && (this.state === 'string' || this.state === 'dcs' || this.state === 'dcs ignore')) this.silent++;
    if (byte === CAN || byte === SUB) {
      this.state = 'ground';
    } else if (this.state === 'string') {
      if (byte === BEL && this.kind === 'osc') this.endString(offset + 1, true, onSequence);
    } else if ((byte === ENQ || byte === SO || byte === SI) && this.state !== 'dcs' && this.state !== 'dcs ignore') {
      const found = this.found;
      found.take(this.header, 0, 0);
      found.kind = 'control';
      found.start = offset;
      found.end = offset + 1;
      found.prefix = found.intermediates = '';
      found.final = String.fromCharCode(byte);
      onSequence(found);
    }
  }

  /** A C1 control, of which `offset` is the second byte: it ends whatever is under way, a string without acting on it. */
  private c1(byte: number, offset: number, onSequence: (sequence: Sequence) => void): void {
    const start = offset - 1;
    this.endBeforeEscape(onSequence);
    const final = byte - 0x40;
    if (final === BACKSLASH && this.state === 'string') {
      this.endString(offset + 1, false, onSequence);
    } else {
      this.begin('escape', start);
      if (final === BACKSLASH) this.state = 'ground';
      else this.ascii(final, offset, onSequence);
    }
  }

  /**
   * A byte of a character beyond ASCII, in a header: a whole character aborts it. What is no UTF-8 is passed over, as
   * xterm.js's decoder does.
   */
  private beyondAscii(byte: number, onSequence: (sequence: Sequence) => void): void {
    this.endBeforeEscape(onSequence);
    if (byte >= 0xc0) {
      this.left = byte < 0xe0 ? 1 : byte < 0xf0 ? 2 : byte < 0xf8 ? 3 : 0;
      this.code = byte & (0x3f >> this.left);
      this.leastCode = LEAST_CODES[this.left] ?? 0;
      return;
    }
    if (this.left === 0) return;
    this.code = (this.code << 6) | (byte & 0x3f);
    if (--this.left > 0 || this.state === 'csi ignore' || this.state === 'dcs ignore') return;
    const { code } = this;
    const isCharacter = code >= this.leastCode && code <= 0x10ffff && (code & 0xfff800) !== 0xd800 && code !== 0xfeff;
    if (isCharacter) this.state = 'ground';
  }

  /** A byte 0x20..0x7f in any state but ground and string. */
  private ascii(byte: number, offset: number, onSequence: (sequence: Sequence) => void): void {
    if (this.state === 'string escape') {
      if (byte === BACKSLASH) {
        this.endString(offset + 1, false, onSequence);
        return;
      }
      this.endBeforeEscape(onSequence);
    }
    const { state } = this;
    if (byte === 0x7f || state === 'dcs ignore') return;
    if (state === 'escape') {
      this.escape(byte, offset, onSequence);
    } else if (state === 'escape intermediate') {
      if (byte < 0x30) this.keep(byte);
      else this.dispatch(byte, offset, onSequence);
    } else if (state === 'csi ignore') {
      if (byte >= 0x40) this.state = 'ground';
    } else if (byte < 0x40) {
      if (this.fits(byte)) this.keep(byte);
      else this.state = state === 'csi' ? 'csi ignore' : 'dcs ignore';
    } else if (state === 'csi') {
      this.dispatch(byte, offset, onSequence);
    } else {
      this.dcsFinal = byte;
      this.state = 'string';
    }
  }

  private escape(byte: number, offset: number, onSequence: (sequence: Sequence) => void): void {
    if (byte < 0x30) {
      this.state = 'escape intermediate';
      this.keep(byte);
    } else if (byte === BRACKET) {
      this.kind = 'csi';
      this.state = 'csi';
    } else if (byte === 0x50) {
      this.kind = 'dcs';
      this.state = 'dcs';
    } else if (byte === 0x5d) this.beginPayload('osc');
    else if (byte === 0x58) this.beginPayload('sos');
    else if (byte === 0x5e) this.beginPayload('pm');
    else if (byte === 0x5f) this.beginPayload('apc');
    else this.dispatch(byte, offset, onSequence);
  }

  private begin(state: State, offset: number): void {
    if (this.state === 'ground' || offset - this.heldFrom > HELD_LIMIT) this.heldFrom = offset;
    this.state = state;
    this.left = 0;
    this.kind = 'esc';
    this.began = offset;
    this.headerLength = 0;
    this.payloadLength = 0;
    this.isCut = false;
  }

  private beginPayload(kind: SequenceKind): void {
    this.kind = kind;
    this.state = 'string';
  }

  /** The ESC that was no half of ST: the string ended before it, and it begins a sequence of its own. */
  private endBeforeEscape(onSequence: (sequence: Sequence) => void): void {
    if (this.state !== 'string escape') return;
    this.endString(this.escapeAt, false, onSequence);
    this.state = 'string escape'; // it is cut short by what begins now
    this.begin('escape', this.escapeAt);
  }

  /** A prefix stands first, and no parameter after an intermediate. */
  private fits(byte: number): boolean {
    const last = this.headerLength > 0 ? (this.header[this.headerLength - 1] ?? 0) : 0;
    if (byte >= 0x3c) return this.headerLength === 0;
    return byte < 0x30 || last === 0 || last >= 0x30;
  }

  private keep(byte: number): void {
    if (this.headerLength === this.header.length) {
      // Longer than any sequence there is: what a terminal makes of it is its own affair.
      if (this.headerLength === HEADER_LIMIT) return;
      this.header = grown(this.header, HEADER_LIMIT);
    }
    this.header[this.headerLength++] = byte;
  }

  private put(byte: number): void {
    if (this.payloadLength === this.payload.length && this.payloadLength < DATA_LIMIT) {
      this.payload = grown(this.payload, DATA_LIMIT);
    }
    if (this.payloadLength < this.payload.length) this.payload[this.payloadLength++] = byte;
    else this.isCut = true;
  }

  /** Takes the bytes of a string up to one that may mean something else. */
  private takePayload(bytes: Uint8Array, from: number): number {
    const length = bytes.length;
    let i = from;
    if (this.isCut) {
      for (let byte = 0; i < length && (byte = bytes[i] as number) >= 0x20 && byte !== C1_LEAD; ) i++;
      return i;
    }
    for (let byte = 0; i < length && (byte = bytes[i] as number) >= 0x20 && byte !== C1_LEAD; i++) this.put(byte);
    return i;
  }

  /** An ESC or CSI sequence is whole with this byte. */
  private dispatch(byte: number, offset: number, onSequence: (sequence: Sequence) => void): void {
    this.state = 'ground';
    this.describe(this.headerLength);
    const found = this.found;
    found.end = offset + 1;
    found.final = String.fromCharCode(byte);
    onSequence(found);
  }

  private endString(end: number, endsWithBell: boolean, onSequence: (sequence: Sequence) => void): void {
    this.state = 'ground';
    this.describe(this.headerLength);
    const found = this.found;
    found.end = end;
    found.final = this.kind === 'dcs' ? String.fromCharCode(this.dcsFinal) : '';
    found.takePayload(this.payload, this.payloadLength, { isCut: this.isCut, endsWithBell });
    onSequence(found);
  }

  /** Reads prefix, parameters and intermediates out of the first `length` bytes of the header. */
  private describe(length: number): void {
    const { header } = this;
    const found = this.found;
    let from = 0;
    let to = length;
    while (to > 0 && (header[to - 1] ?? 0) < 0x30) to--;
    found.intermediates = '';
    for (let i = to; i < length; i++) found.intermediates += String.fromCharCode(header[i] ?? 0);
    found.prefix = to > 0 && (header[0] ?? 0) >= 0x3c ? String.fromCharCode(header[from++] ?? 0) : '';
    found.kind = this.kind;
    found.start = this.began;
    found.take(header, from, to);
  }

  /** Notes a UTF-8 character that the chunk ends inside of. It may have begun in an earlier chunk. */
  private noteCharacter(bytes: Uint8Array, at: number): void {
    const length = bytes.length;
    for (let back = 1; back <= 3 && back <= length; back++) {
      const byte = bytes[length - back] as number; // back <= length
      if (byte >= 0x80 && byte < 0xc0) continue;
      const size = byte < 0xc2 ? 1 : byte < 0xe0 ? 2 : byte < 0xf0 ? 3 : byte < 0xf5 ? 4 : 1;
      this.lacking = Math.max(size - back, 0);
      this.character = at + length - back;
      return;
    }
    // Continuation bytes alone: they belong to the character before, or to none.
    this.lacking = length < 3 ? Math.max(this.lacking - length, 0) : 0;
  }
}

function isC1(byte: number | undefined): boolean {
  return byte !== undefined && byte >= 0x80 && byte < 0xa0;
}

/** As `bytes.indexOf`, with the length where there is none. */
function indexOf(bytes: Uint8Array, byte: number, from: number): number {
  const index = bytes.indexOf(byte, from);
  return index === -1 ? bytes.length : index;
}

/** A copy with twice the room, at least 64 bytes and at most `limit`. */
function grown(bytes: Uint8Array<ArrayBuffer>, limit: number): Uint8Array<ArrayBuffer> {
  const larger = new Uint8Array(Math.min(Math.max(bytes.length * 2, 64), limit));
  larger.set(bytes);
  return larger;
}
