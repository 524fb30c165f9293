import type { Disk } from './disk.ts';
import type { LogHandle } from './loghandle.ts';
import { isTargetOf, type LogTarget } from './logtarget.ts';
import type { Turns } from './turns.ts';

/** Missed so often in a row, a file is gone: whoever renames one may be about to put another in its place. */
const GONE_AFTER = 2;

export interface LogWatchOptions {
  readonly path: string;
  readonly handle: LogHandle;
  readonly disk: Disk;
  readonly turns: Turns;
}

/** Looks whether the path of a log still is the file that is written to, and how large that is: others may rename, remove or empty it. */
export class LogWatch {
  private readonly options: LogWatchOptions;
  private hasWritten = false;
  private isLooking = false;
  private missing = 0;
  /** The file that was missing. */
  private missed: LogTarget | undefined;
  /** The file that was there at the last look, and how long it was. */
  private seen: { readonly target: LogTarget; readonly size: number } | undefined;

  constructor(options: LogWatchOptions) {
    this.options = options;
  }

  /** Whether it is worth a look: something was written since the last one, or the file was not there then. */
  get isDue(): boolean {
    return this.hasWritten || this.missing > 0;
  }

  /** Whether the file was not there at the last look. */
  get isMissing(): boolean {
    return this.missing > 0;
  }

  /** Bytes written since the path was last seen to be the file, or all that were written to it. */
  get unseen(): number {
    const { target, size } = this.options.handle;
    if (target === undefined) return 0;
    return size - (this.seen?.target === target ? this.seen.size : target.size);
  }

  /** Something was written. */
  onWritten(): void {
    this.hasWritten = true;
  }

  /** `isValid`: whether an answer still counts when it comes. Resolves with whether the file is gone. */
  async look(isValid: () => boolean): Promise<boolean> {
    const { path, handle, disk, turns } = this.options;
    const { target, size } = handle;
    if (this.isLooking) return false; // a disk that hangs is not asked again and again
    this.hasWritten = false;
    if (!target?.isFile || target.device === undefined) return false;
    this.isLooking = true;
    const stats = await turns.look(target.device, () => disk.stat(path)).catch(() => undefined);
    this.isLooking = false;
    if (handle.target !== target || !isValid()) return false;
    if (stats === undefined || !isTargetOf(stats, target)) {
      this.missing = this.missed === target ? this.missing + 1 : 1;
      this.missed = target;
      return this.missing >= GONE_AFTER;
    }
    this.missing = 0;
    this.missed = undefined;
    const found = Number(stats.size);
    if (found < size) handle.resize(found + handle.size - size); // emptied, and written to since
    this.seen = { target, size: found };
    return false;
  }
}
