import type { LogFileSpec } from '../core/program.ts';
import type { Disk } from './disk.ts';
import { isTargetOf, type LogTarget } from './logtarget.ts';
import type { Backups } from './rotation.ts';
import type { Turns } from './turns.ts';

/** A log file that is full. */
export interface FullFile {
  readonly target: LogTarget;
  readonly device: bigint;
  /** Bytes in it, by our count. */
  readonly size: number;
  readonly spec: LogFileSpec;
  readonly backups: Backups;
}

/**
 * What became of a full file. `moved`: it is the newest of the former files. `foreign`: somebody else has moved it. Its path
 * is to be opened anew then. `emptied`: it goes on, with so many bytes.
 */
export type Turnover = { readonly kind: 'moved' | 'foreign' } | { readonly kind: 'emptied'; readonly size: number };

/** Makes room where a log file is full. Throws the system's error. */
export async function turnOver(
  { target, device, size, spec, backups }: FullFile,
  { disk, turns }: { readonly disk: Disk; readonly turns: Turns },
): Promise<Turnover> {
  const stats = await turns.perform(device, () => disk.lstat(spec.path));
  if (stats === undefined || !isTargetOf(stats, target)) return { kind: 'foreign' };
  if (Number(stats.size) < size) return { kind: 'emptied', size: Number(stats.size) };
  if (spec.backups === 0) {
    await turns.perform(device, () => disk.truncate(target.fd));
    return { kind: 'emptied', size: 0 };
  }
  await backups.rotate(spec, device);
  return { kind: 'moved' };
}
