import { closeSync, rmSync } from 'node:fs';
import { isErrno } from '../runtime/errno.ts';
import { readPlainFile, replaceFile } from './plainfile.ts';

/** Readable by all: it is written for others. */
const MODE = 0o644;

/** More than any pid has digits. */
const LONGEST = 32;

/**
 * Writes the pid for others to read, beside the file and then in its place: whatever stands there, a link or a FIFO, is
 * replaced and never written to, as the directory may be the program's own. Returns why it could not; the program runs on.
 */
export function writePidfile(path: string, pid: number): string | undefined {
  try {
    closeSync(replaceFile(path, `${pid}\n`, MODE));
    return undefined;
  } catch (error) {
    return `cannot write pidfile ${path}: ${error instanceof Error ? error.message : error}`;
  }
}

/** Removes the file if it still names this pid: another may have written it since. Returns why it could not look. */
export function removePidfile(path: string, pid: number): string | undefined {
  try {
    if (readPlainFile(path, LONGEST)?.toString('latin1').trim() === String(pid)) rmSync(path);
    return undefined;
  } catch (error) {
    if (isErrno(error, 'ENOENT', 'ELOOP')) return undefined; // gone, or a link: not what was written here
    return `cannot remove pidfile ${path}: ${error instanceof Error ? error.message : error}`;
  }
}
