import { type BigIntStats, fsync, ftruncate, futimes, read, write } from 'node:fs';
import { lstat, rename, stat, unlink } from 'node:fs/promises';
import { promisify } from 'node:util';
import { isErrno } from '../runtime/errno.ts';

/**
 * What takes a thread while the disk does it. Nothing of it opens or closes a file: on the thread pool that would make a
 * gap while a fork is under way (`fdtable.ts`).
 */
export interface Disk {
  write(fd: number, bytes: Uint8Array, callback: (error: NodeJS.ErrnoException | null, written: number) => void): void;
  /** Reads on. Resolves with how many bytes; 0 at the end. */
  read(fd: number, into: Uint8Array): Promise<number>;
  /** Resolves once what was written outlives the machine. */
  sync(fd: number): Promise<void>;
  /** Sets the time of its last change, in milliseconds. */
  stamp(fd: number, time: number): Promise<void>;
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
  read: (fd, into) =>
    new Promise((resolve, reject) => {
      read(fd, into, 0, into.length, null, (error, length) => (error ? reject(error) : resolve(length)));
    }),
  sync: promisify(fsync),
  stamp: (fd, time) => promisify(futimes)(fd, time / 1000, time / 1000),
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
