/** One control function found in a byte stream, and how its parameters and its text are read. */

export type SequenceKind = 'control' | 'esc' | 'csi' | 'osc' | 'dcs' | 'apc' | 'pm' | 'sos';

/**
 * A control function. The scanner reuses one object: it is valid during the call only, so take out of it what you keep.
 * A C1 control (U+0080..U+009F) stands as the ESC sequence that it is short for.
 */
export interface Sequence {
  /** 'control': one of ENQ, SO and SI, the only C0 controls that are told of, with `final` that character. */
  readonly kind: SequenceKind;
  /** Absolute offsets: the sequence is [start, end), its terminator included. */
  readonly start: number;
  readonly end: number;
  /** Of a CSI or DCS: '' or one of `<` `=` `>` `?`. */
  readonly prefix: string;
  /** Of an ESC, CSI or DCS: the bytes 0x20..0x2f before the final one. */
  readonly intermediates: string;
  /** '' for the string kinds other than DCS. */
  readonly final: string;
  /** Each parameter with its sub-parameters (`4:3` is [4, 3]); -1 where one is empty. At least one; at most 32. Made at the first look. */
  readonly params: readonly (readonly number[])[];
  /** The first number of a parameter, or `missing` where it is empty or not there. */
  param(index: number, missing: number): number;
  /** A CSI without parameters, or with a single 0: `CSI m`. */
  readonly isBare: boolean;
  /** The payload of a string sequence, C0 controls left out, at most 4096 bytes of it. */
  readonly data: string;
  /** `data` is not all of it. */
  readonly isCut: boolean;
  /** An OSC that ended with BEL, so its answer does too. */
  readonly endsWithBell: boolean;
}

/** As in xterm.js: more parameters than any sequence has. */
const MAX_PARAMS = 32;

/** As in xterm.js; a larger number means nothing to any terminal. */
const MAX_PARAM = 0x7fffffff;

/** Longest payload kept of a string sequence, in bytes: titles, links and questions are shorter; images do not matter here. */
export const DATA_LIMIT = 4096;

const NO_BYTES: Uint8Array = new Uint8Array(0);

/** The object behind `Sequence`, for the scanner. `body` is what stands between the introducer and the intermediates. */
export class FoundSequence implements Sequence {
  kind: SequenceKind = 'esc';
  start = 0;
  end = 0;
  prefix = '';
  intermediates = '';
  final = '';
  isCut = false;
  endsWithBell = false;
  private source = NO_BYTES;
  private from = 0;
  private to = 0;
  private payload = NO_BYTES;
  private payloadLength = 0;
  private text: string | undefined;
  private parsed: readonly (readonly number[])[] | undefined;

  /** The parameters are the bytes [from, to) of `source`, without prefix and intermediates. No string payload. */
  take(source: Uint8Array, from: number, to: number): void {
    this.source = source;
    this.from = from;
    this.to = to;
    this.payloadLength = 0;
    this.isCut = false;
    this.endsWithBell = false;
    this.parsed = undefined;
    this.text = undefined;
  }

  takePayload(payload: Uint8Array, length: number, { isCut, endsWithBell }: { isCut: boolean; endsWithBell: boolean }) {
    this.payload = payload;
    this.payloadLength = length;
    this.isCut = isCut;
    this.endsWithBell = endsWithBell;
  }

  get params(): readonly (readonly number[])[] {
    this.parsed ??= paramsOf(this.source, this.from, this.to);
    return this.parsed;
  }

  param(index: number, missing: number): number {
    const value = this.params[index]?.[0] ?? -1;
    return value === -1 ? missing : value;
  }

  get isBare(): boolean {
    return this.to === this.from || (this.to === this.from + 1 && this.source[this.from] === ZERO);
  }

  get data(): string {
    this.text ??= textOf(this.payload, this.payloadLength);
    return this.text;
  }
}

const ZERO = 0x30;
const COLON = 0x3a;
const SEMICOLON = 0x3b;

/** Reads `1;4:3;;5`: digits, `;` and `:` only. */
function paramsOf(bytes: Uint8Array, from: number, to: number): readonly (readonly number[])[] {
  let current = [-1];
  const params = [current];
  for (let i = from; i < to; i++) {
    const byte = bytes[i] ?? SEMICOLON;
    if (byte === SEMICOLON) {
      if (params.length === MAX_PARAMS) break;
      current = [-1];
      params.push(current);
    } else if (byte === COLON) {
      if (current.length < MAX_PARAMS) current.push(-1);
    } else {
      const last = current.length - 1;
      current[last] = Math.min(Math.max(current[last] ?? 0, 0) * 10 + byte - ZERO, MAX_PARAM);
    }
  }
  return params;
}

/** Decodes UTF-8; what is not, becomes U+FFFD a byte. (Here is no TextDecoder: core knows the language alone.) */
function textOf(bytes: Uint8Array, length: number): string {
  let text = '';
  for (let i = 0; i < length; ) {
    const lead = bytes[i] ?? 0;
    if (lead < 0x80) {
      text += String.fromCharCode(lead);
      i++;
      continue;
    }
    const size = lead < 0xc2 ? 0 : lead < 0xe0 ? 2 : lead < 0xf0 ? 3 : lead < 0xf5 ? 4 : 0;
    let code = lead & (0xff >> (size + 1));
    let isWhole = size > 0 && i + size <= length;
    for (let more = 1; isWhole && more < size; more++) {
      const byte = bytes[i + more] ?? 0;
      isWhole = (byte & 0xc0) === 0x80;
      code = (code << 6) | (byte & 0x3f);
    }
    const isScalar = code <= 0x10ffff && !(code >= 0xd800 && code < 0xe000);
    const isShortest = size < 3 || code >= (size === 3 ? 0x800 : 0x10000);
    text += isWhole && isScalar && isShortest ? String.fromCodePoint(code) : '\ufffd';
    i += isWhole ? size : 1;
  }
  return text;
}
