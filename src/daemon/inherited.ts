import { closeSync, readdirSync, readFileSync } from 'node:fs';
import { isErrno } from '../runtime/errno.ts';

/** In the octal flags of /proc/self/fdinfo. Node opens whatever it opens with it. */
const O_CLOEXEC = 0o2000000;

/** Standard input, output and error. */
const STANDARD = 3;

/**
 * Closes what the daemon was started with beyond its standard three: a lock or a pipe of a careless parent's would else
 * be held for as long as the daemon, or a program of its, lives. Only an inherited file lacks close-on-exec at start-up.
 * Does nothing where there is no /proc.
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
