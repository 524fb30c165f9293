import { type BigIntStats, fstatSync } from 'node:fs';
import { closeTarget, isTargetOf, type LogTarget } from './logtarget.ts';

const LF = 10;

/** The file that a log is written to at present, how far it is written, and the one that is to take its place. */
export class LogHandle {
  private open: LogTarget | undefined;
  private next: LogTarget | undefined;
  private length = 0;
  private begunBytes = 0;

  /** The file that is open, if one is. */
  get target(): LogTarget | undefined {
    return this.open;
  }

  /** Whether another was opened, which takes its place as soon as a line ends. */
  get isReplaced(): boolean {
    return this.next !== undefined;
  }

  /** Bytes in the file. */
  get size(): number {
    return this.length;
  }

  /** Bytes of its last line, where that has no end yet; 0 at the begin of a line. */
  get begun(): number {
    return this.begunBytes;
  }

  /** Whether this is the file that is written to. */
  isOn(stats: BigIntStats): boolean {
    return this.open !== undefined && isTargetOf(stats, this.open);
  }

  /** Whether no name leads to it any more, as after rm(1): it was not just renamed. */
  get isRemoved(): boolean {
    return this.open !== undefined && fstatSync(this.open.fd).nlink === 0;
  }

  /** Goes on with this one, and closes the former. */
  adopt(target: LogTarget): void {
    this.drop();
    this.open = target;
    this.length = target.size;
    this.begunBytes = target.isTorn ? 1 : 0;
  }

  /** Will go on with this one. */
  replaceBy(target: LogTarget): void {
    if (this.next) closeTarget(this.next);
    this.next = target;
  }

  /** Goes on with the one that is to take its place, if there is one. */
  adoptNext(): void {
    const { next } = this;
    this.next = undefined;
    if (next) this.adopt(next);
  }

  /** Closes the file. Nothing may be under way with it: its number may be another file's a moment later. */
  drop(): void {
    if (this.open) closeTarget(this.open);
    this.open = undefined;
  }

  /** Lets go of the file and leaves it open, for whoever still has something under way with it and will close it. */
  abandon(): void {
    this.open = undefined;
  }

  /** Closes what is open. */
  close(): void {
    if (this.next) closeTarget(this.next);
    this.next = undefined;
    this.drop();
  }

  /** These bytes have come into the file. */
  onWritten(bytes: Uint8Array): void {
    const line = bytes.lastIndexOf(LF) + 1;
    this.begunBytes = line === 0 ? this.begunBytes + bytes.length : bytes.length - line;
    this.length += bytes.length;
  }

  /** Somebody has changed the size of the file. */
  resize(size: number): void {
    this.length = size;
    if (size === 0) this.begunBytes = 0;
  }
}
