import type { PaneKeyboard } from '../../terminal/pane.ts';
import type { Input } from '../line/key.ts';

/** `ESC [` and the final byte of an arrow, Home or End without modifiers, which alone have another form. */
const CURSOR_KEY = /^\x1b\[([ABCDHF])$/;

const PASTE = { begin: '\x1b[200~', end: '\x1b[201~' };

/**
 * What a key or a paste sends to a program with such a keyboard. The terminal at hand is the dashboard's and knows nothing
 * of what the program asked its own for.
 */
export function typedBytes({ type, bytes }: Input, keyboard: PaneKeyboard | undefined): Uint8Array {
  if (type === 'paste' && keyboard?.pasteMarks === true) {
    return Buffer.concat([Buffer.from(PASTE.begin), bytes, Buffer.from(PASTE.end)]);
  }
  if (type !== 'key' || keyboard?.application !== true) return bytes;
  const [, final] = CURSOR_KEY.exec(Buffer.from(bytes).toString('latin1')) ?? [];
  return final === undefined ? bytes : Buffer.from(`\x1bO${final}`);
}
