/** How an emulator stands: what a screen must know of it besides what it shows. */
import type { Emulator } from './emulator.ts';

interface Inner {
  readonly core: {
    readonly _inputHandler: {
      readonly _parser: { readonly currentState: number };
    };
  };
  /** The begun last character. */
  readonly cut: Uint8Array;
}

/** ParserState.GROUND of xterm's parser. */
const GROUND = 0;

/** No sequence and no character is half received: a snapshot is the whole state. */
export function isBetweenSequences(emulator: Emulator): boolean {
  const { core, cut } = emulator as unknown as Inner; // private, and of this shape: standing.test.ts checks it
  return core._inputHandler._parser.currentState === GROUND && cut.length === 0;
}

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
