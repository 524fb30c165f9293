/** What an answer of a terminal answers. */

/**
 * `da` device attributes, `cpr` the cursor's position, `dsr` other states (`CSI 0 n`), `colour-scheme` dark or light,
 * `kitty` its keyboard flags, `decrqm` the state of a mode, `window` XTWINOPS with the titles, `resize` the unasked report
 * of mode 2048, `decrqss` a setting, `xtgettcap`, `xtversion`, `osc` a colour or what else has a number, `apc` kitty's images.
 */
export type ReplyType =
  | 'da'
  | 'cpr'
  | 'dsr'
  | 'colour-scheme'
  | 'kitty'
  | 'decrqm'
  | 'window'
  | 'resize'
  | 'osc'
  | 'decrqss'
  | 'xtgettcap'
  | 'xtversion'
  | 'dcs'
  | 'apc'
  | 'other';

export interface Reply {
  readonly type: ReplyType;
  /** Of a CSI, its prefix, intermediates and final byte (`?u`, `?$y`, `R`); of a DCS the same (`$r`, `>|`); else empty. */
  readonly function: string;
  /**
   * Numbers: of a CSI or DCS its parameters, -1 for an empty one; of an OSC its number and, for OSC 4 and 5, the colour's
   * index; of a title 20 (icon) or 21, as in the question `CSI 21 t`.
   */
  readonly params: readonly number[];
  /** What follows in a string sequence, without its end. */
  readonly data: string;
}

/** Describes a whole answer. */
export function replyOf(bytes: Uint8Array): Reply {
  // Answers are ASCII but for titles, which nobody looks into here.
  const text = Array.from(bytes, byte => String.fromCharCode(byte)).join('');
  const body = text.slice(2).replace(/(?:\x07|\x1b\\)$/, '');
  switch (text[1]) {
    case '[':
      return csiReply(body);
    case ']':
      return oscReply(body);
    case 'P':
      return dcsReply(body);
    default:
      return { type: 'apc', function: '', params: [], data: body };
  }
}

const CSI_TYPES: Readonly<Record<string, ReplyType>> = {
  '?c': 'da',
  '>c': 'da',
  c: 'da',
  R: 'cpr',
  '?R': 'cpr',
  n: 'dsr',
  '?n': 'dsr',
  '?u': 'kitty',
  '?$y': 'decrqm',
  $y: 'decrqm',
  t: 'window',
};

const DCS_TYPES: Readonly<Record<string, ReplyType>> = {
  $r: 'decrqss',
  '+r': 'xtgettcap',
  '>|': 'xtversion',
  '!|': 'da',
};

const COLOUR_SCHEME = 997;
const RESIZE = 48;

function csiReply(body: string): Reply {
  const [, prefix = '', numbers = '', rest = ''] = /^([<=>?]?)([\d;:]*)(.*)$/s.exec(body) ?? [];
  const name = prefix + rest;
  const params = paramsOf(numbers);
  return { type: csiType(name, params), function: name, params, data: '' };
}

function csiType(name: string, [first]: readonly number[]): ReplyType {
  if (name === '?n' && first === COLOUR_SCHEME) return 'colour-scheme';
  if (name === 't' && first === RESIZE) return 'resize';
  return CSI_TYPES[name] ?? 'other';
}

function oscReply(body: string): Reply {
  if (/^[lL]/.test(body)) {
    return { type: 'window', function: '', params: [body[0] === 'L' ? 20 : 21], data: body.slice(1) };
  }
  const [, number = '', index, data = ''] = /^(\d+)(?:;(?:(?<=^[45];)(\d+);)?(.*))?$/s.exec(body) ?? [];
  const params = [number, index].filter(text => text !== undefined && text !== '').map(Number);
  return { type: 'osc', function: '', params, data };
}

function dcsReply(body: string): Reply {
  const [, prefix = '', numbers = '', rest = '', data = ''] =
    /^([<=>?]?)([\d;:]*)([ -/]*[@-~]?)(.*)$/s.exec(body) ?? [];
  const name = prefix + rest;
  return { type: DCS_TYPES[name] ?? 'dcs', function: name, params: paramsOf(numbers), data };
}

function paramsOf(numbers: string): number[] {
  return numbers === '' ? [] : numbers.split(';').map(text => (text === '' ? -1 : Number.parseInt(text, 10)));
}
