import { closeSync, readdirSync, readFileSync } from 'node:fs';
import { isErrno } from '../runtime/errno.ts';

/** In the octal flags of /proc/self/fdinfo. Node opens whatever it opens with it. */
const O_CLOEXEC = 0o2000000;

/** Standard input, output and error. */
const STANDARD = 3;

/**
 * Closes what the daemon was started with, beyond its standard three, and would hand on to its programs: the end of some
 * parent's pipe, mostly, whose other end would then wait for as long as a program runs. Node itself marks what it inherits
 * as close-on-exec, but like node-pty only up to the first gap in the numbers; below that gap the daemon keeps it open, and
 * programs do not get it. Does nothing where there is no /proc.
 */
export function closeInherited(): void {
  for (const fd of inheritedFds()) closeSync(fd);
}

/** Open file descriptors, beyond the standard three, that a child would get too. */
export function inheritedFds(): number[] {
  return listFds().filter(fd => fd >= STANDARD && !isCloseOnExec(fd));
}

function listFds(): number[] {
  try {
    return readdirSync('/proc/self/fd').map(Number);
  } catch (error) {
    if (isErrno(error, 'ENOENT')) return [];
    throw error;
  }
}

function isCloseOnExec(fd: number): boolean {
  try {
    const flags = /^flags:\s*([0-7]+)/m.exec(readFileSync(`/proc/self/fdinfo/${fd}`, 'latin1'))?.[1];
    return flags === undefined || (Number.parseInt(flags, 8) & O_CLOEXEC) !== 0;
  } catch (error) {
    if (isErrno(error, 'ENOENT')) return true; // it was the listing's own, and is closed
    throw error;
  }
}
