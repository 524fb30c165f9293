/**
 * Where a log file ends and the next one begins. Lines stay whole: a file is full before the line that would make it
 * larger than it may be, so that what decides is where the line ends that is not written yet.
 */

const LF = 10;

/**
 * A line longer than this may be cut by a rotation, in bytes: what draws on its whole screen and never ends a line would
 * else make one file that grows for ever.
 */
export const LONGEST_WHOLE_LINE = 64 * 1024;

/** What is known of the file that is to take the bytes. */
export interface Place {
  /** Bytes that it may still grow by; less than none when it is larger already. */
  readonly room: number;
  /** Bytes of its last line, where that has no end yet; 0 at the begin of a line. */
  readonly begun: number;
  readonly isEmpty: boolean;
  /** Whether a line whose end has not come was waited for, and is to be written as it stands. */
  readonly isWaited: boolean;
}

/** `take`: how many bytes the file gets now. `next`: what comes before the others. */
export interface Cut {
  readonly take: number;
  readonly next: 'more' | 'hold' | 'rotate';
}

/**
 * How many of `bytes` belong into a file. The others belong into the next (`rotate`), or begin a line of which only its
 * end will tell where it belongs (`hold`: wait for it, though not for long). With neither, all are taken, or the rest has
 * to be asked for again.
 */
export function cutLines(bytes: Uint8Array, { room, begun, isEmpty, isWaited }: Place): Cut {
  const { length } = bytes;
  if (length <= room) {
    if (isWaited) return { take: length, next: 'more' };
    const lines = bytes.lastIndexOf(LF) + 1;
    const isSure = lines === length || (lines === 0 && begun > 0) || room - lines >= LONGEST_WHOLE_LINE;
    return isSure || length - lines >= LONGEST_WHOLE_LINE
      ? { take: length, next: 'more' }
      : { take: lines, next: 'hold' };
  }
  const fitting = room > 0 ? bytes.lastIndexOf(LF, room - 1) + 1 : 0;
  if (fitting > 0 || (begun === 0 && !isEmpty)) return { take: fitting, next: 'rotate' };
  // The line that is begun, or the first one of the file, leads beyond it.
  const end = bytes.indexOf(LF, Math.max(room, 0)) + 1;
  const allowed = Math.max(LONGEST_WHOLE_LINE - begun, room, 0);
  if (end > 0 && end <= allowed) return { take: end, next: 'rotate' };
  return length <= allowed ? { take: length, next: 'more' } : { take: allowed, next: 'rotate' };
}
