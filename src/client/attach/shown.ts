import { Modes } from '../../core/modes.ts';
import { SequenceScanner } from '../../core/sequences.ts';

/** Breaks off whatever sequence a terminal is in the middle of (CAN, ECMA-48 and every terminal since the VT100). */
const CANCEL = '\x18';

/**
 * What the program's bytes have made of the user's terminal, as far as they have reached it: it is followed so that exactly
 * that can be undone.
 */
export class Shown {
  private readonly scanner = new SequenceScanner();
  private readonly modes = new Modes();
  private length = 0;
  /** Something was written of which the terminal is to be rid again. */
  private isEntered = false;

  /** Bytes that have reached the terminal. */
  get total(): number {
    return this.length;
  }

  /** These bytes of the program have been written. */
  wrote(bytes: Uint8Array): void {
    this.scanner.scan(bytes, this.length, sequence => this.modes.apply(sequence));
    this.length += bytes.length;
  }

  /** What must go before words of our own, so that they are no part of a sequence that is yet to be completed. */
  interruption(): string {
    return this.scanner.safe < this.length ? CANCEL : '';
  }

  /** Brings the terminal into its default state, for a whole picture. `keep`: what it shows goes into its scrollback. */
  reset(rows: number, { keep }: { readonly keep: boolean }): string {
    const undone = this.isEntered ? `${this.interruption()}${this.modes.undo()}` : '';
    this.isEntered = true;
    this.modes.reset();
    this.scanner.reset(this.length);
    return `${undone}${keep ? pushUp(rows) : ''}${Modes.ENTRY}`;
  }

  /** Undoes everything that was set, and leaves the cursor below all that is shown on a terminal of so many rows. */
  undo(rows: number): string {
    const undone = this.isEntered ? `${this.interruption()}${this.modes.undo()}` : '';
    return `${undone}\x1b[${rows};1H\r\n`;
  }
}

/** Pushes what a terminal shows up into its own scrollback, without clearing any of it. */
function pushUp(rows: number): string {
  return `\x1b[${rows};1H${'\n'.repeat(rows)}`;
}
