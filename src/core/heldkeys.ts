import type { Segments } from './segments.ts';

interface Held {
  readonly bytes: Uint8Array;
  /** The number of the press it belongs to, when that is one of the chord's keys; 0 for others. */
  readonly press: number;
}

/** The first keys of a chord, and what came among them, until it is known whether the rest follows. */
export class HeldKeys {
  private held: Held[] = [];
  private bytes = 0;
  /** Presses are numbered from 1, those of the held keys are the last ones: so a release finds its press. */
  private presses = 0;
  /** The code of each held key, oldest first. */
  private codes: number[] = [];

  /** How many keys are held. */
  get count(): number {
    return this.codes.length;
  }

  /** In bytes, with all that came among the keys. */
  get size(): number {
    return this.bytes;
  }

  /** Holds a key of the chord; `code` is what its release will name. */
  press(bytes: Uint8Array, code: number): void {
    this.presses++;
    this.codes.push(code);
    this.add(bytes, this.presses);
  }

  /** Holds the release or a repeat of a held key with it. */
  follow(bytes: Uint8Array, code: number): void {
    this.add(bytes, this.firstPress + this.codes.lastIndexOf(code));
  }

  /** Holds something that is no part of the chord, in its place among the keys. */
  along(bytes: Uint8Array): void {
    this.add(bytes, 0);
  }

  /** Drops the keys with their releases, passes the rest; returns the codes of the keys. */
  drop(out: Segments): readonly number[] {
    const { firstPress, codes } = this;
    for (const { bytes, press } of this.held) if (press < firstPress) out.add(bytes, 0, bytes.length);
    this.held = [];
    this.bytes = 0;
    this.codes = [];
    return codes;
  }

  /** Passes everything before the last `kept` keys; returns the codes of the keys that passed. */
  pass(out: Segments, kept = 0): readonly number[] {
    const passed = this.codes.slice(0, this.codes.length - kept);
    const firstKept = this.firstPress + passed.length;
    const cut = kept === 0 ? this.held.length : this.held.findIndex(({ press }) => press === firstKept);
    for (const { bytes } of this.held.splice(0, cut)) {
      out.add(bytes, 0, bytes.length);
      this.bytes -= bytes.length;
    }
    this.codes.splice(0, passed.length);
    return passed;
  }

  /** Whether a key of this code is held. */
  has(code: number): boolean {
    return this.codes.includes(code);
  }

  private get firstPress(): number {
    return this.presses - this.codes.length + 1;
  }

  private add(bytes: Uint8Array, press: number): void {
    this.held.push({ bytes, press });
    this.bytes += bytes.length;
  }
}
