import type { SignalName } from './program.ts';

/**
 * The signals that Linux, macOS and the BSDs share and that make sense to send to a program. A list of our own because
 * `core` knows no Node, and because a config must mean the same wherever it is checked.
 */
export const SIGNAL_NAMES: readonly SignalName[] = [
  'SIGHUP',
  'SIGINT',
  'SIGQUIT',
  'SIGABRT',
  'SIGKILL',
  'SIGUSR1',
  'SIGUSR2',
  'SIGALRM',
  'SIGTERM',
  'SIGCONT',
  'SIGSTOP',
  'SIGTSTP',
  'SIGTTIN',
  'SIGTTOU',
  'SIGURG',
  'SIGVTALRM',
  'SIGPROF',
  'SIGWINCH',
  'SIGIO',
  'SIGSYS',
  'SIGTRAP',
  'SIGILL',
  'SIGBUS',
  'SIGFPE',
  'SIGSEGV',
  'SIGPIPE',
];

/** Numbers that are the same on every Linux architecture and BSD: what people type (`signal 9 web`). */
const BY_NUMBER: Readonly<Record<string, SignalName>> = {
  1: 'SIGHUP',
  2: 'SIGINT',
  3: 'SIGQUIT',
  6: 'SIGABRT',
  9: 'SIGKILL',
  13: 'SIGPIPE',
  14: 'SIGALRM',
  15: 'SIGTERM',
};

/** Reads `TERM`, `SIGTERM`, `term` or `15`; undefined for anything that is no signal. */
export function parseSignal(text: string): SignalName | undefined {
  const upper = text.trim().toUpperCase();
  const byNumber = BY_NUMBER[upper];
  if (byNumber !== undefined) return byNumber;
  const full: SignalName = upper.startsWith('SIG') ? (upper as SignalName) : `SIG${upper}`;
  return SIGNAL_NAMES.includes(full) ? full : undefined;
}
