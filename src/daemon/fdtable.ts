import { closeSync, constants, openSync, readdirSync } from 'node:fs';
import { isErrno } from '../runtime/errno.ts';

/** The fds of ours that exec would not close by itself: the masters, and the slaves that `open` made. */
const inheritable = new Set<number>();

/** Says that a child would inherit this one. */
export function addInheritable(fd: number): void {
  inheritable.add(fd);
}

/** Closes one that a child would inherit. */
export function closeInheritable(fd: number): void {
  inheritable.delete(fd);
  closeSync(fd);
}

/** Says that one which a child would inherit is about to be closed by its stream. */
export function forgetInheritable(fd: number): void {
  inheritable.delete(fd);
}

/** A loop, as a spread would make an array of thousands at each fork. */
function highestInheritable(): number {
  let highest = 0;
  for (const fd of inheritable) if (fd > highest) highest = fd;
  return highest;
}

/** As many gaps cost no more than a millisecond to plug; more than this part of a large table is worth a move. */
const FEW_GAPS = 64;
const GAPS_PART = 1 / 4;

/** Whether a new terminal should be put into a gap, as many numbers below the highest inheritable one are free. */
export function hasManyGaps(): boolean {
  const gaps = highestInheritable() - inheritable.size;
  return gaps > Math.max(FEW_GAPS, inheritable.size * GAPS_PART);
}

/** Whether as many numbers as a fork must leave are free below the highest inheritable one. Linux alone can tell. */
export function hasRoomBelow(): boolean {
  const highest = highestInheritable();
  try {
    return highest - readdirSync('/proc/self/fd').filter(fd => Number(fd) <= highest).length >= SPARE_FDS;
  } catch (error) {
    if (isErrno(error, 'ENOENT', 'EMFILE', 'ENFILE')) return false;
    throw error;
  }
}

/** File descriptors that a fork must leave free, or it is refused: the daemon must still hear clients and read /proc. */
export const SPARE_FDS = 16;

/**
 * Fills the gaps in the table of file descriptors below the highest that a child could inherit. The prebuilt binding has
 * no close_range(2): in the child it walks up from 3 and stops at the first number above 15 that is free, so that every
 * master beyond a gap, such as an ended program leaves, would stay open there (native-notes/node-pty.md). The new master
 * must come after them all for the same reason. For this to be exact nothing else may open or close a file meanwhile: the
 * daemon does neither on the thread pool.
 *
 * Returns what to close again after the fork. Throws EMFILE when fewer than `spare` are left above.
 */
export function plugGaps(spare: number): number[] {
  const highest = highestInheritable();
  const opened: number[] = [];
  try {
    for (let free = 0; free < spare; ) {
      const fd = openSync('/dev/null', constants.O_RDONLY);
      opened.push(fd);
      if (fd > highest) free++;
    }
  } catch (error) {
    for (const fd of opened) closeSync(fd);
    throw error;
  }
  for (const fd of opened) if (fd > highest) closeSync(fd);
  return opened.filter(fd => fd <= highest);
}
