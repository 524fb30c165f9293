/**
 * What a run of SGR sequences amounts to, in a bounded form: the latest setting of each attribute, or none where the run
 * left it alone. A log coloured with `ESC[31m … ESC[39m` never resets its pen, so the run itself would grow for ever.
 */

const SEMICOLON = 0x3b;
const ZERO = 0x30;
const NINE = 0x39;

/** Longest SGR parameter string that is interpreted, in bytes: 32 parameters is what terminals keep. */
const MAX_PARAMS = 96;

/** Parameters of one number that set one attribute; those of an attribute share a slot. */
const SETTINGS: readonly (readonly number[])[] = [
  [1], // bold: switched off by 22, with dim
  [2],
  [3, 23],
  [4, 21, 24], // underline
  [5, 25],
  [7, 27],
  [8, 28],
  [9, 29],
  [53, 55], // overline
  [30, 31, 32, 33, 34, 35, 36, 37, 39, 90, 91, 92, 93, 94, 95, 96, 97],
  [40, 41, 42, 43, 44, 45, 46, 47, 49, 100, 101, 102, 103, 104, 105, 106, 107],
  [59], // the underline's colour
];
const BOLD = 0;
const DIM = 1;
const UNDERLINE = 3;
const COLOUR_SLOT: Readonly<Record<number, number>> = { 38: 9, 48: 10, 58: 11 };

const LARGEST = 107;
const NO_SLOT = 255;
const SLOT_OF = new Uint8Array(LARGEST + 1).fill(NO_SLOT);
for (const [slot, codes] of SETTINGS.entries()) for (const code of codes) SLOT_OF[code] = slot;

export class Pen {
  private isReset = false;
  /** `22` came, which switches bold and dim off together. */
  private isNormal = false;
  /** The setting of each slot: 0 for none, a number, or text of more than a number. */
  private readonly slots: (number | string)[] = new Array(SETTINGS.length).fill(0);

  /**
   * Takes in the parameters of one SGR sequence, `bytes[start, end)`, which are digits, `;` and `:`. False when it does not
   * know what they mean to a terminal: then this pen is of no use any more.
   */
  apply(bytes: Uint8Array, start: number, end: number): boolean {
    let code = 0;
    for (let at = start; at < end; at++) {
      const byte = bytes[at] ?? 0;
      if (byte > NINE || code > LARGEST) return this.applyText(bytes.subarray(start, end));
      code = code * 10 + byte - ZERO;
    }
    return this.set(code);
  }

  /** Takes in what `later` says, as if its sequences had followed. */
  add(later: Pen): void {
    if (later.isReset) this.set(0);
    if (later.isNormal) this.set(22);
    for (const [slot, setting] of later.slots.entries()) if (setting !== 0) this.slots[slot] = setting;
  }

  /** The SGR sequence that brings the pen from what it was before to what it is now; empty when that is the same. */
  text(): string {
    const parts = this.slots.filter(setting => setting !== 0);
    if (this.isNormal) parts.unshift(22);
    if (this.isReset) parts.unshift(0);
    return parts.length === 0 ? '' : `\x1b[${parts.join(';')}m`;
  }

  private applyText(bytes: Uint8Array): boolean {
    if (bytes.length > MAX_PARAMS) return false;
    const params = String.fromCharCode(...bytes).split(';');
    for (let at = 0; at < params.length; ) {
      const taken = this.take(params, at);
      if (taken === 0) return false;
      at += taken;
    }
    return true;
  }

  /** Takes the parameter at `at`, with those that belong to it. Returns how many, 0 when it is unknown. */
  private take(params: readonly string[], at: number): number {
    const param = params[at] ?? '';
    const code = Number.parseInt(param, 10) || 0;
    const colour = COLOUR_SLOT[code];
    if (colour !== undefined) {
      const taken = lengthOfColour(params, at);
      this.slots[colour] = params.slice(at, at + taken).join(';');
      return taken;
    }
    if (param.includes(':')) {
      if (!/^4:[0-5]$/.test(param)) return 0;
      this.slots[UNDERLINE] = param;
      return 1;
    }
    return this.set(code) ? 1 : 0;
  }

  private set(code: number): boolean {
    if (code === 0) {
      this.isReset = true;
      this.isNormal = false;
      this.slots.fill(0);
      return true;
    }
    if (code === 22) {
      this.isNormal = true;
      this.slots[BOLD] = 0;
      this.slots[DIM] = 0;
      return true;
    }
    const slot = SLOT_OF[code] ?? NO_SLOT;
    if (slot === NO_SLOT) return false;
    this.slots[slot] = code;
    return true;
  }
}

/** Whether SGR parameters begin with a reset, so that whatever came before them is of no matter. */
export function beginsWithReset(bytes: Uint8Array, start: number, end: number): boolean {
  let at = start;
  while (at < end && bytes[at] === ZERO) at++;
  return at === end || bytes[at] === SEMICOLON;
}

/** How many parameters a well-formed colour at `at` takes: `38;5;n`, `38;2;r;g;b`, `38:5:n`, `38:2:[space]:r:g:b`. */
function lengthOfColour(params: readonly string[], at: number): number {
  const param = params[at] ?? '';
  if (param.includes(':')) return /^\d8:(5:\d{1,3}|2:\d{0,3}:\d{1,3}:\d{1,3}:\d{1,3})$/.test(param) ? 1 : 0;
  const length = { 5: 3, 2: 5 }[params[at + 1] ?? ''] ?? 0;
  const values = params.slice(at + 2, at + length);
  return length > 0 && values.length === length - 2 && values.every(value => /^\d{1,3}$/.test(value)) ? length : 0;
}
