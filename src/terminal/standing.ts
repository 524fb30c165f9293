/** How an emulator stands: what a screen must know of it besides what it shows. */
import type { Emulator } from './emulator.ts';

/** Rows from the cursor to the bottom, if the terminal stands plainly (plain.ts); undefined if it does not. */
export function rowsBelow(emulator: Emulator): number | undefined {
  const { modes, margins, rows } = emulator;
  const isPlain =
    !emulator.isAlternate &&
    margins.top === 0 &&
    margins.bottom === rows - 1 &&
    modes.wraparound &&
    !modes.origin &&
    !modes.reverseWraparound &&
    !modes.insert &&
    !modes.newline;
  return isPlain ? rows - 1 - emulator.y : undefined;
}
