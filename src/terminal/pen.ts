/**
 * What a run of SGR sequences amounts to, in a bounded form: the latest setting of each attribute, or none where the run
 * left it alone. A log coloured with `ESC[31m … ESC[39m` never resets its pen, so the run itself would grow for ever.
 */

const SEMICOLON = 0x3b;
const ZERO = 0x30;

/** Longest SGR parameter string that is interpreted, in bytes: 32 parameters is what terminals keep. */
const MAX_PARAMS = 96;

/** SGR parameters of one number that switch one attribute on or off, and the slot of that attribute. */
const SLOT_OF: Readonly<Record<number, string>> = {
  ...{ 1: 'bold', 2: 'dim', 3: 'italic', 23: 'italic', 4: 'underline', 21: 'underline', 24: 'underline' },
  ...{ 5: 'blink', 25: 'blink', 7: 'inverse', 27: 'inverse', 8: 'invisible', 28: 'invisible' },
  ...{ 9: 'strike', 29: 'strike', 53: 'overline', 55: 'overline', 39: 'fg', 49: 'bg', 59: 'line' },
};

const COLOUR_SLOT: Readonly<Record<number, string>> = { 38: 'fg', 48: 'bg', 58: 'line' };

export class Pen {
  private isReset = false;
  /** `22` came, which switches bold and dim off together. */
  private isNormal = false;
  private readonly slots = new Map<string, string>();

  /** Whether nothing was set: the pen is as it was before. */
  get isUntouched(): boolean {
    return !this.isReset && !this.isNormal && this.slots.size === 0;
  }

  /**
   * Takes in the parameters of one SGR sequence, `bytes[start, end)`, which are digits, `;` and `:`. False when it does not
   * know what they mean to a terminal: then this pen is of no use any more.
   */
  apply(bytes: Uint8Array, start: number, end: number): boolean {
    if (end - start > MAX_PARAMS) return false;
    let text = '';
    for (let at = start; at < end; at++) text += String.fromCharCode(bytes[at] ?? 0);
    const params = text.split(';');
    for (let at = 0; at < params.length; ) {
      const taken = this.take(params, at);
      if (taken === 0) return false;
      at += taken;
    }
    return true;
  }

  /** The SGR sequence that brings the pen from what it was before to what it is now; empty when that is the same. */
  text(): string {
    if (this.isUntouched) return '';
    const parts = [...this.slots.values()];
    if (this.isNormal) parts.unshift('22');
    if (this.isReset) parts.unshift('0');
    return `\x1b[${parts.join(';')}m`;
  }

  /** Takes the parameter at `at`, with those that belong to it. Returns how many, 0 when it is unknown. */
  private take(params: readonly string[], at: number): number {
    const param = params[at] ?? '';
    const code = Number(param.split(':', 1)[0]);
    const colour = COLOUR_SLOT[code];
    if (colour !== undefined) {
      const taken = lengthOfColour(params, at);
      this.slots.set(colour, params.slice(at, at + taken).join(';'));
      return taken;
    }
    if (param.includes(':')) {
      if (!/^4:[0-5]$/.test(param)) return 0;
      this.slots.set('underline', param);
      return 1;
    }
    return this.set(code) ? 1 : 0;
  }

  private set(code: number): boolean {
    const slot = SLOT_OF[code] ?? paletteSlot(code);
    if (code === 0) {
      this.isReset = true;
      this.isNormal = false;
      this.slots.clear();
    } else if (code === 22) {
      this.isNormal = true;
      this.slots.delete('bold');
      this.slots.delete('dim');
    } else if (slot !== undefined) {
      this.slots.set(slot, String(code));
    } else {
      return false;
    }
    return true;
  }
}

/** Whether SGR parameters begin with a reset, so that whatever came before them is of no matter. */
export function beginsWithReset(bytes: Uint8Array, start: number, end: number): boolean {
  let at = start;
  while (at < end && bytes[at] === ZERO) at++;
  return at === end || bytes[at] === SEMICOLON;
}

function paletteSlot(code: number): 'fg' | 'bg' | undefined {
  if ((code >= 30 && code <= 37) || (code >= 90 && code <= 97)) return 'fg';
  if ((code >= 40 && code <= 47) || (code >= 100 && code <= 107)) return 'bg';
  return undefined;
}

/** How many parameters a well-formed colour at `at` takes: `38;5;n`, `38;2;r;g;b`, `38:5:n`, `38:2:[space]:r:g:b`. */
function lengthOfColour(params: readonly string[], at: number): number {
  const param = params[at] ?? '';
  if (param.includes(':')) return /^\d8:(5:\d{1,3}|2:\d{0,3}:\d{1,3}:\d{1,3}:\d{1,3})$/.test(param) ? 1 : 0;
  const length = { 5: 3, 2: 5 }[params[at + 1] ?? ''] ?? 0;
  const values = params.slice(at + 2, at + length);
  return length > 0 && values.length === length - 2 && values.every(value => /^\d{1,3}$/.test(value)) ? length : 0;
}
