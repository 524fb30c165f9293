import { constants, openSync } from 'node:fs';
import type { Clock } from '../runtime/clock.ts';
import { isErrno } from '../runtime/errno.ts';
import { LogFile } from './logfiles.ts';

/** The terminal that the daemon runs in, as a place to show its log. */
export interface Foreground {
  readonly color: boolean;
  write(text: string): void;
  close(): Promise<void>;
}

/**
 * Opens the terminal anew, so as not to block on it. Node writes to terminals synchronously: one Ctrl-S in the foreground
 * would stop the whole daemon at its next line. Here the lines wait, and are dropped once a megabyte does.
 *
 * Returns undefined where standard output is no terminal that can be opened so.
 */
export function openForeground(clock: Clock, color: boolean): Foreground | undefined {
  if (!process.stdout.isTTY || process.platform !== 'linux') return undefined;
  const flags = constants.O_WRONLY | constants.O_NONBLOCK | constants.O_NOCTTY;
  let fd: number;
  try {
    fd = openSync('/proc/self/fd/1', flags);
  } catch (error) {
    if (isErrno(error, 'EACCES', 'ENOENT', 'ENXIO')) return undefined; // another user's terminal, as after su(1); no /proc
    throw error;
  }
  const file = new LogFile(fd, clock, () => {});
  return {
    color,
    write: text => {
      if (!file.isBehind) file.append(Buffer.from(text));
    },
    close: () => file.close(),
  };
}
