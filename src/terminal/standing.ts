/**
 * How an emulator stands: what a screen must know of it besides what it shows. Reads what @xterm/headless keeps to itself,
 * as emulator.ts does, of the version that package.json pins.
 */
import type { Emulator } from './emulator.ts';

interface Inner {
  readonly core: {
    readonly _inputHandler: {
      readonly _parser: { readonly currentState: number };
      readonly _utf8Decoder: { readonly interim: Uint8Array };
    };
  };
}

/** ParserState.GROUND of xterm's parser. */
const GROUND = 0;

/** No sequence and no character is half received: a snapshot is the whole state. */
export function isBetweenSequences(emulator: Emulator): boolean {
  const { core } = emulator as unknown as Inner; // private, and of this shape: the screen's tests lean on both fields
  const { _parser, _utf8Decoder } = core._inputHandler;
  return _parser.currentState === GROUND && _utf8Decoder.interim[0] === 0;
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
