import { mkdirSync } from 'node:fs';
import { dirname } from 'node:path';
import { isErrno } from '../runtime/errno.ts';

/**
 * Makes a directory and those above it. Node's own `recursive` never returns where the system says of a directory in one
 * that is there that there is none, as it does below /proc (native-notes/node.md).
 */
export function makeDirectory(path: string, mode: number): void {
  try {
    mkdirSync(path, { mode });
  } catch (error) {
    if (isErrno(error, 'EEXIST')) return;
    if (!isErrno(error, 'ENOENT') || dirname(path) === path) throw error;
    makeDirectory(dirname(path), mode);
    mkdirSync(path, { mode });
  }
}
