import { type BigIntStats, ftruncate, write } from 'node:fs';
import { lstat, rename, stat, unlink } from 'node:fs/promises';
import { promisify } from 'node:util';
import { isErrno } from '../runtime/errno.ts';

/**
 * What takes a thread while the disk does it. Nothing of it opens or closes a file: on the thread pool that would make a
 * gap while a fork is under way (`fdtable.ts`).
 */
export interface Disk {
  write(fd: number, bytes: Uint8Array, callback: (error: NodeJS.ErrnoException | null, written: number) => void): void;
  /** Empties a file. */
  truncate(fd: number): Promise<void>;
  /** What is at the path, links followed; undefined for nothing. */
  stat(path: string): Promise<BigIntStats | undefined>;
  /** The same of the path itself. */
  lstat(path: string): Promise<BigIntStats | undefined>;
  rename(from: string, to: string): Promise<void>;
  /** Removes it if it is there. */
  unlink(path: string): Promise<void>;
}

export const realDisk: Disk = {
  write: (fd, bytes, callback) => write(fd, bytes, 0, bytes.length, null, callback),
  truncate: fd => promisify(ftruncate)(fd, 0),
  stat: path => unlessMissing(stat(path, { bigint: true })),
  lstat: path => unlessMissing(lstat(path, { bigint: true })),
  rename,
  unlink: path => unlessMissing(unlink(path)),
};

async function unlessMissing<T>(found: Promise<T>): Promise<T | undefined> {
  try {
    return await found;
  } catch (error) {
    if (isErrno(error, 'ENOENT', 'ENOTDIR')) return undefined;
    throw error;
  }
}
