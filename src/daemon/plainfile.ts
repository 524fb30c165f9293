/** A plain file in a directory that need not be ours alone: never a link, a FIFO or a device in its place. */
import {
  closeSync,
  constants,
  fstatSync,
  openSync,
  readSync,
  renameSync,
  rmSync,
  type Stats,
  writeSync,
} from 'node:fs';

const { O_CREAT, O_EXCL, O_NOFOLLOW, O_NONBLOCK, O_RDONLY, O_WRONLY } = constants;

/**
 * Puts a new file with this text in the place of `path`: whoever reads finds the old text or the new one, and whatever
 * stood there is replaced and never written to. It is written as `<path>.new` first; one that a daemon left there when it
 * was killed is removed, so that nothing piles up.
 *
 * Returns the new file's descriptor, still open, for the caller to sync and to close. Throws the system's error, with the
 * old file as it was and no new one beside it.
 */
export function replaceFile(path: string, text: string, mode: number): number {
  const beside = `${path}.new`;
  rmSync(beside, { force: true });
  const fd = openSync(beside, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW, mode);
  try {
    writeWhole(fd, Buffer.from(text));
    renameSync(beside, path);
    return fd;
  } catch (error) {
    closeSync(fd);
    rmSync(beside, { force: true });
    throw error;
  }
}

/** A disk that fills up takes a part, and says so only to the next call. */
function writeWhole(fd: number, bytes: Uint8Array): void {
  for (let at = 0; at < bytes.length; ) at += writeSync(fd, bytes, at);
}

/**
 * The first `longest` bytes of a plain file; undefined when it is none, or not `accepted`. Opened so that a FIFO in its
 * place cannot hold the daemon up. Throws the system's error: `ENOENT`, or `ELOOP` for a link.
 */
export function readPlainFile(
  path: string,
  longest: number,
  accepted: (stats: Stats) => boolean = () => true,
): Buffer | undefined {
  const fd = openSync(path, O_RDONLY | O_NOFOLLOW | O_NONBLOCK);
  try {
    const stats = fstatSync(fd);
    if (!stats.isFile() || !accepted(stats)) return undefined;
    return readUpTo(fd, Math.min(longest, stats.size + 1));
  } finally {
    closeSync(fd);
  }
}

function readUpTo(fd: number, longest: number): Buffer {
  const bytes = Buffer.alloc(longest);
  let length = 0;
  while (length < longest) {
    const read = readSync(fd, bytes, length, longest - length, null);
    if (read === 0) break;
    length += read;
  }
  return bytes.subarray(0, length);
}
