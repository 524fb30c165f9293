/** Characters in bytes that may hold anything else too. */

/** Where the bytes end but for a character at their end that lacks some. */
export function endOfWhole(bytes: Uint8Array): number {
  const { length } = bytes;
  for (let back = 1; back <= 3 && back <= length; back++) {
    const byte = bytes[length - back] as number; // back <= length
    if (byte >= 0x80 && byte < 0xc0) continue;
    return back < sizeOf(byte) ? length - back : length;
  }
  return length;
}

/** Bytes of the character that this one begins; 0 when none does. */
function sizeOf(lead: number): number {
  return lead < 0x80 ? 1 : lead < 0xc2 ? 0 : lead < 0xe0 ? 2 : lead < 0xf0 ? 3 : lead < 0xf5 ? 4 : 0;
}

/** Bytes of the well-formed character at this place; 0 when there is none. */
export function characterAt(bytes: Uint8Array, at: number, to: number): number {
  const size = sizeOf(bytes[at] ?? 0);
  if (size < 2) return size;
  if (at + size > to) return 0;
  for (let i = 1; i < size; i++) if (((bytes[at + i] as number) & 0xc0) !== 0x80) return 0; // below `to`
  const code = codeAt(bytes, at, size);
  const isShortest = size === 2 || code >= (size === 3 ? 0x800 : 0x10000);
  return isShortest && code <= 0x10ffff && (code < 0xd800 || code > 0xdfff) ? size : 0;
}

/** The code point of the character of so many bytes that `characterAt` has found. */
export function codeAt(bytes: Uint8Array, at: number, size: number): number {
  let code = (bytes[at] ?? 0) & (0xff >> (size + 1));
  for (let i = 1; i < size; i++) code = (code << 6) | ((bytes[at + i] ?? 0) & 0x3f);
  return code;
}
