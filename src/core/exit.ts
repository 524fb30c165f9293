import type { Millis, SignalName } from './program.ts';

/** How a process ended, as waitpid(2) tells it: with a code, or by a signal. */
export interface Exit {
  readonly code: number | null;
  readonly signal: SignalName | null;
}

/** `exited with 3`, `was ended by SIGKILL`. */
export function describeExit(exit: Exit): string {
  return exit.signal === null ? `exited with ${exit.code}` : `was ended by ${exit.signal}`;
}

/** A span for people: `0.004 s`, `1.5 s`, `2 min 5 s`. */
export function describeSpan(span: Millis): string {
  const seconds = Math.max(0, span) / 1000;
  if (seconds >= 60) return `${Math.floor(seconds / 60)} min ${Math.floor(seconds % 60)} s`;
  return `${seconds < 0.1 ? seconds.toFixed(3) : Number(seconds.toFixed(1))} s`;
}

/** What the letter of a process's state in /proc/PID/stat means for one that should have ended (proc(5)). */
const CONDITIONS: Readonly<Record<string, string>> = {
  D: 'it is in uninterruptible sleep (state D), as when a disk or a network file system does not answer',
  Z: 'it is a zombie (state Z) that a debugger, or a thread of its own, still holds',
  T: 'it is stopped (state T)',
  t: 'a debugger holds it (state t)',
};

export function describeCondition(letter: string | undefined): string {
  if (letter === undefined) return 'nothing is known of it';
  return CONDITIONS[letter] ?? `it is in state ${letter}`;
}
