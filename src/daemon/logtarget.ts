import { type BigIntStats, closeSync, constants, fchmodSync, fstatSync, lstatSync, openSync, readSync } from 'node:fs';
import { dirname } from 'node:path';
import { isErrno } from '../runtime/errno.ts';
import { describeErrno } from '../runtime/errnowords.ts';
import { makeDirectory } from './directory.ts';

const { O_APPEND, O_CREAT, O_EXCL, O_NOCTTY, O_NOFOLLOW, O_NONBLOCK, O_RDONLY, O_WRONLY } = constants;

/** Without NONBLOCK, opening a FIFO that nobody reads would hang the whole daemon. APPEND makes `copytruncate` right. */
const FLAGS = O_WRONLY | O_APPEND | O_NONBLOCK | O_NOCTTY;

const LF = 10;

/** What a log is written to: a path that was opened. */
export interface LogTarget {
  readonly fd: number;
  /** Whether the descriptor is ours to close, and not the daemon's own standard output. */
  readonly isOwn: boolean;
  /** The device that it lies on, whose disk may hang; undefined for a pipe or terminal, which never makes a writer wait. */
  readonly device: bigint | undefined;
  readonly ino: bigint;
  readonly isFile: boolean;
  /** Whether it can be rotated: it is a file, and the path is its own and no link. */
  readonly isRotatable: boolean;
  /** Bytes in it when it was opened. */
  readonly size: number;
  /** Whether it ended in the middle of a line when it was opened. */
  readonly isTorn: boolean;
}

/**
 * Opens a log, with its directory if need be; never waits for a reader. As the last part of the path no link of a
 * stranger's is followed: under a root daemon the directory may be the program's own, and the link may lead anywhere. One
 * of ours or of root's, such as /dev/stdout, is. A new file gets `mode` whatever the umask; one that is there keeps its own.
 *
 * Throws the system's error.
 */
export function openTarget(path: string, mode: number): LogTarget {
  const found = lstatSync(path, { throwIfNoEntry: false });
  const isLink = found?.isSymbolicLink() === true;
  const isOurs = isLink && (found.uid === 0 || found.uid === process.geteuid?.());
  try {
    return inspect(openOrMake(path, { mode, isOurLink: isOurs }), { path, isLink });
  } catch (error) {
    const own = isErrno(error, 'ENXIO', 'EACCES') ? ownStream(path) : undefined;
    if (own === undefined) throw error;
    return own;
  }
}

/** Lets go of it. Not on the thread pool: that would make a gap while a fork is under way (`fdtable.ts`). */
export function closeTarget({ fd, isOwn }: LogTarget): void {
  if (isOwn) closeSync(fd);
}

/** Whether that is the file which was opened. */
export function isTargetOf({ dev, ino }: BigIntStats, target: LogTarget): boolean {
  return ino === target.ino && dev === target.device;
}

/** How often somebody else may make or remove the file just when it is opened. */
const ATTEMPTS = 3;

function openOrMake(path: string, { mode, isOurLink }: { readonly mode: number; readonly isOurLink: boolean }): number {
  // What a link of ours leads to may be missing, and is then made as open(2) does.
  if (isOurLink) return openSync(path, FLAGS | O_CREAT, mode);
  for (let attempt = 1; ; attempt++) {
    try {
      return openSync(path, FLAGS | O_NOFOLLOW);
    } catch (error) {
      if (!isErrno(error, 'ENOENT')) throw error;
    }
    try {
      return makeFile(path, mode);
    } catch (error) {
      if (isErrno(error, 'ENOENT') && attempt < ATTEMPTS) makeDirectoryFor(path, mode);
      else if (!isErrno(error, 'EEXIST') || attempt >= ATTEMPTS) throw error;
    }
  }
}

/** Only a file that we made gets our mode: another may be a stranger's link to one of the system's. */
function makeFile(path: string, mode: number): number {
  const fd = openSync(path, FLAGS | O_NOFOLLOW | O_CREAT | O_EXCL, mode);
  try {
    fchmodSync(fd, mode);
    return fd;
  } catch (error) {
    closeSync(fd);
    throw error;
  }
}

/** Private, but open to whoever may read the file, whatever the umask: nothing else runs meanwhile. */
function makeDirectoryFor(path: string, mode: number): void {
  const before = process.umask(0);
  try {
    makeDirectory(dirname(path), 0o700 | (mode & 0o040 ? 0o050 : 0) | (mode & 0o004 ? 0o005 : 0));
  } finally {
    process.umask(before);
  }
}

function inspect(fd: number, { path, isLink }: { readonly path: string; readonly isLink: boolean }): LogTarget {
  try {
    const stats = fstatSync(fd, { bigint: true });
    const isFile = stats.isFile();
    const size = isFile ? Number(stats.size) : 0;
    const device = isFile || stats.isBlockDevice() ? stats.dev : undefined;
    const isTorn = isFile && size > 0 && isTornAt(path, size, isLink);
    return { fd, isOwn: true, device, ino: stats.ino, isFile, isRotatable: isFile && !isLink, size, isTorn };
  } catch (error) {
    closeSync(fd);
    throw error;
  }
}

/** What cannot be read is taken to end a line. */
function isTornAt(path: string, size: number, isLink: boolean): boolean {
  let fd: number;
  try {
    fd = openSync(path, O_RDONLY | O_NONBLOCK | O_NOCTTY | (isLink ? 0 : O_NOFOLLOW));
  } catch {
    return false;
  }
  try {
    const last = Buffer.alloc(1);
    return readSync(fd, last, 0, 1, size - 1) === 1 && last[0] !== LF;
  } catch {
    return false;
  } finally {
    closeSync(fd);
  }
}

/** The daemon's own output by its usual names. */
const OWN_STREAMS: Readonly<Record<string, number>> = {
  '/dev/stdout': 1,
  '/dev/fd/1': 1,
  '/proc/self/fd/1': 1,
  '/dev/stderr': 2,
  '/dev/fd/2': 2,
  '/proc/self/fd/2': 2,
};

/**
 * The descriptor itself, where the path leads to the daemon's own output and that cannot be opened a second time: a socket
 * never can be (under systemd it is one), and a pipe only by the user who made it. Not a terminal: writing to that blocks
 * while somebody holds its output.
 */
function ownStream(path: string): LogTarget | undefined {
  const fd = OWN_STREAMS[path];
  if (fd === undefined) return undefined;
  const stats = fstatSync(fd, { bigint: true });
  if (!stats.isSocket() && !stats.isFIFO() && !stats.isFile()) return undefined;
  const { dev: device, ino } = stats; // it may be a blocking one: it takes its turn as a disk does
  return { fd, isOwn: false, device, ino, isFile: false, isRotatable: false, size: 0, isTorn: false };
}

/** What is wrong with the machine and not with the config, and may be right again a moment later. */
const CONDITIONS = [
  'EROFS',
  'ENOSPC',
  'EDQUOT',
  'EIO',
  'ENXIO',
  'ESTALE',
  'ENOTCONN',
  'ETIMEDOUT',
  'EHOSTDOWN',
  'ENOMEM',
];

/** Whether a log that cannot be opened for this reason is one to be tried again, rather than a mistake. */
export function isCondition(error: unknown): boolean {
  return isErrno(error, ...CONDITIONS);
}

/** Why a log cannot be opened or written, in words. */
export function reasonOf(error: unknown): string {
  if (isErrno(error, 'ELOOP')) return "it is somebody else's link";
  if (isErrno(error, 'ENXIO', 'EPIPE')) return 'nobody reads it';
  if (isErrno(error, 'EAGAIN')) return 'whoever reads it takes nothing';
  if (isErrno(error, 'EISDIR')) return 'it is a directory';
  return describeErrno(error);
}
