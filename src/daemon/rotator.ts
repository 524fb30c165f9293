import type { LogFileSpec } from '../core/program.ts';
import type { Clock } from '../runtime/clock.ts';
import type { Disk } from './disk.ts';
import type { LogHandle } from './loghandle.ts';
import { closeTarget, isTargetOf, type LogTarget, openTarget, reasonOf } from './logtarget.ts';
import type { LogTrouble } from './logtrouble.ts';
import type { Backups } from './rotation.ts';
import type { Turns } from './turns.ts';

/** How soon after a rotation that failed the next one is tried. */
const RETRY_MS = 1000;

export interface RotatorOptions {
  readonly clock: Clock;
  readonly disk: Disk;
  readonly turns: Turns;
  readonly handle: LogHandle;
  readonly trouble: LogTrouble;
  /** The former files of this log. */
  readonly backups: () => Backups;
  /** There are some to compress. */
  readonly compress: (backups: Backups) => void;
}

/** One rotation. */
interface Rotation {
  readonly spec: LogFileSpec;
  readonly target: LogTarget;
  readonly device: bigint;
  readonly backups: Backups;
}

/** What became of the full file: it is the newest of the former ones; somebody else has moved it; it goes on, with so many bytes. */
type Turnover = { readonly kind: 'moved' | 'foreign' } | { readonly kind: 'emptied'; readonly size: number };

/** Puts another file in the place of one that is full. What waits, and what comes meanwhile, goes into the new one. */
export class Rotator {
  private readonly options: RotatorOptions;
  /** One that comes back and is not this one any more was abandoned. */
  private current: Rotation | undefined;
  private notBefore = Number.NEGATIVE_INFINITY;

  constructor(options: RotatorOptions) {
    this.options = options;
  }

  get isRotating(): boolean {
    return this.current !== undefined;
  }

  /** Whether the file that is open can be rotated, now. */
  get isPossible(): boolean {
    const { clock, handle } = this.options;
    return handle.target?.isRotatable === true && clock.now() >= this.notBefore;
  }

  /** Rotates the file that is open. What is wrong with that is told. Resolves with false if it was abandoned meanwhile. */
  async rotate(spec: LogFileSpec): Promise<boolean> {
    const { clock, handle, trouble } = this.options;
    const { target } = handle;
    if (target?.device === undefined) return true;
    const rotation: Rotation = { spec, target, device: target.device, backups: this.options.backups() };
    this.current = rotation;
    try {
      const turnover = await this.turnOver(rotation);
      if (this.current === rotation) this.conclude(rotation, turnover);
    } catch (error) {
      if (this.current === rotation) {
        this.notBefore = clock.now() + RETRY_MS;
        trouble.complain(`it grows beyond its maxsize, as it cannot be rotated: ${reasonOf(error)}`);
      }
    }
    const isCurrent = this.current === rotation;
    if (isCurrent) this.current = undefined;
    else closeTarget(target);
    return isCurrent;
  }

  /** One that hangs is left to itself, with the file, which is closed if that comes back. */
  abandon(): void {
    this.current?.backups.abandon();
    this.current = undefined;
    this.options.handle.abandon();
  }

  private async turnOver({ target, device, spec, backups }: Rotation): Promise<Turnover> {
    const { disk, turns, handle } = this.options;
    const { size } = handle;
    const stats = await turns.perform(device, () => disk.lstat(spec.path));
    if (stats === undefined || !isTargetOf(stats, target)) return { kind: 'foreign' };
    if (Number(stats.size) < size) return { kind: 'emptied', size: Number(stats.size) }; // by somebody else
    if (spec.backups === 0) {
      await turns.perform(device, () => disk.truncate(target.fd));
      return { kind: 'emptied', size: 0 };
    }
    await backups.rotate(spec, device);
    return { kind: 'moved' };
  }

  private conclude({ spec, backups }: Rotation, turnover: Turnover): void {
    const { handle, trouble, compress } = this.options;
    if (turnover.kind === 'emptied') handle.resize(turnover.size);
    else handle.adopt(openTarget(spec.path, spec.mode));
    if (turnover.kind === 'moved' && spec.compress) {
      backups.want(1); // only now: nobody writes to it any more
      compress(backups);
    }
    trouble.appease();
  }
}
