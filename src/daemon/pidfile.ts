import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { isErrno } from '../runtime/errno.ts';

/** Readable by all: it is written for others. */
const MODE = 0o644;

/** Writes the pid for others to read. Returns why it could not; the program runs on without it. */
export function writePidfile(path: string, pid: number): string | undefined {
  try {
    writeFileSync(path, `${pid}\n`, { mode: MODE });
    return undefined;
  } catch (error) {
    return `cannot write pidfile ${path}: ${error instanceof Error ? error.message : error}`;
  }
}

/** Removes the file, if it still names this pid: another may have written it since. */
export function removePidfile(path: string, pid: number): void {
  try {
    if (readFileSync(path, 'utf8').trim() === String(pid)) rmSync(path);
  } catch (error) {
    if (!isErrno(error, 'ENOENT', 'EACCES', 'EPERM', 'ENOTDIR')) throw error; // gone, or not ours to remove
  }
}
