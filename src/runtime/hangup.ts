import { isatty } from 'node:tty';

/**
 * Ends this process with `code`, or by SIGHUP where one of its standard streams was a terminal that has been closed: Node
 * before 24 aborts when it cannot give such a terminal its modes back (native-notes/node.md).
 */
export function exitFromTerminal(code: number): never {
  if (hasLostTerminal()) {
    process.removeAllListeners('SIGHUP');
    process.kill(process.pid, 'SIGHUP');
  }
  process.exit(code);
}

/** A stream knows what it was opened on, and the system what has become of it. */
export function hasLostTerminal(): boolean {
  return [process.stdin, process.stdout, process.stderr].some(({ isTTY, fd }) => isTTY === true && !isatty(fd));
}
