import { Modes } from '../../core/modes.ts';
import type { Sequence } from '../../core/sequence.ts';
import { SequenceScanner } from '../../core/sequences.ts';
import type { Size } from './size.ts';

/** Breaks off whatever sequence a terminal is in the middle of (CAN, ECMA-48 and every terminal since the VT100). */
const CANCEL = '\x18';

/**
 * What the program's bytes have made of the user's terminal, as far as they have reached it: it is followed so that exactly
 * that can be undone.
 */
export class Shown {
  private readonly scanner = new SequenceScanner();
  private readonly modes = new Modes();
  private readonly apply = (sequence: Sequence): void => this.modes.apply(sequence);
  private length = 0;
  private isBegun = false;

  /** Bytes that have reached the terminal. */
  get total(): number {
    return this.length;
  }

  /**
   * What goes before a whole picture: brings the terminal into its default state. The first time nothing is to be undone, and
   * what can be saved is. `keep`: what the terminal shows is pushed up into its own scrollback, and none of it is cleared.
   */
  reset({ cols, rows }: Size, { keep }: { readonly keep: boolean }): string {
    const undone = this.isBegun ? `${this.interruption()}${this.modes.undo(cols)}` : '';
    this.isBegun = true;
    this.modes.reset();
    this.scanner.reset(this.length);
    return `${undone}${Modes.ENTRY}${keep ? `\x1b[${rows};1H${'\n'.repeat(rows)}` : ''}`;
  }

  /** These bytes of the program have been written. */
  wrote(bytes: Uint8Array): void {
    this.scanner.scan(bytes, this.length, this.apply);
    this.length += bytes.length;
  }

  /** What must go before words of our own, so that they are no part of a sequence that is yet to be completed. */
  interruption(): string {
    return this.scanner.safe < this.length || this.scanner.isInsideLong ? CANCEL : '';
  }

  /** Undoes everything that was set, and leaves the cursor below what is shown: `inUse` rows, or all where that is null. */
  undo({ cols, rows }: Size, inUse: number | null): string {
    if (!this.isBegun) return '';
    const place = inUse === 0 ? '\x1b[H' : `\x1b[${Math.min(inUse ?? rows, rows)};1H\r\n`;
    return `${this.interruption()}${this.modes.undo(cols)}${place}`;
  }
}
