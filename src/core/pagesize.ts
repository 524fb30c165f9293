/** AT_PAGESZ, as /proc/self/auxv tells it: not everywhere is a page 4096 bytes (16 and 64 KB on ARM, 64 KB on POWER). */

const AT_PAGESZ = 6;

/** Bytes of each of the two numbers of an entry. */
const WORDS: readonly number[] = [8, 4];

export const USUAL_PAGE = 4096;

/** The size of a page by the auxiliary vector of a process; `USUAL_PAGE` where that does not tell it. */
export function pageSizeOf(auxv: Uint8Array, isLittleEndian: boolean): number {
  const view = new DataView(auxv.buffer, auxv.byteOffset, auxv.byteLength);
  for (const word of WORDS) {
    for (let at = 0; at + 2 * word <= auxv.length; at += 2 * word) {
      if (numberAt(view, at, { word, isLittleEndian }) !== AT_PAGESZ) continue;
      const size = numberAt(view, at + word, { word, isLittleEndian });
      if (isPageSize(size)) return size;
    }
  }
  return USUAL_PAGE;
}

function numberAt(view: DataView, at: number, { word, isLittleEndian }: { word: number; isLittleEndian: boolean }) {
  return word === 8 ? Number(view.getBigUint64(at, isLittleEndian)) : view.getUint32(at, isLittleEndian);
}

/** A power of two between one and a thousand kilobytes. */
function isPageSize(size: number): boolean {
  return size >= 1024 && size <= 1024 * 1024 && (size & (size - 1)) === 0;
}
