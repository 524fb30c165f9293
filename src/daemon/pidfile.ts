import { closeSync, constants, fstatSync, openSync, readSync, renameSync, rmSync, writeSync } from 'node:fs';
import { isErrno } from '../runtime/errno.ts';

/** Readable by all: it is written for others. */
const MODE = 0o644;

/** More than any pid has digits. */
const LONGEST = 32;

/**
 * Writes the pid for others to read, beside the file and then in its place: whatever stands there, a link or a FIFO, is
 * replaced and never written to, as the directory may be the program's own. Returns why it could not; the program runs on.
 */
export function writePidfile(path: string, pid: number): string | undefined {
  const beside = `${path}.${pid}`;
  try {
    rmSync(beside, { force: true }); // left by a daemon that died between the next two lines
    writeNew(beside, `${pid}\n`);
    renameSync(beside, path);
    return undefined;
  } catch (error) {
    return `cannot write pidfile ${path}: ${error instanceof Error ? error.message : error}`;
  }
}

function writeNew(path: string, text: string): void {
  const fd = openSync(path, constants.O_WRONLY | constants.O_CREAT | constants.O_EXCL | constants.O_NOFOLLOW, MODE);
  try {
    writeSync(fd, text);
  } finally {
    closeSync(fd);
  }
}

/** Removes the file if it still names this pid: another may have written it since. Returns why it could not look. */
export function removePidfile(path: string, pid: number): string | undefined {
  try {
    if (readPid(path) === String(pid)) rmSync(path);
    return undefined;
  } catch (error) {
    if (isErrno(error, 'ENOENT', 'ELOOP')) return undefined; // gone, or a link: not what was written here
    return `cannot remove pidfile ${path}: ${error instanceof Error ? error.message : error}`;
  }
}

/** The file's text; undefined when it is no plain file. Opened so that a FIFO in its place cannot hold the daemon up. */
function readPid(path: string): string | undefined {
  const fd = openSync(path, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK);
  try {
    if (!fstatSync(fd).isFile()) return undefined;
    const bytes = Buffer.alloc(LONGEST);
    return bytes.toString('latin1', 0, readSync(fd, bytes)).trim();
  } finally {
    closeSync(fd);
  }
}
