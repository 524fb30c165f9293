/**
 * The control shell: what a supervisorctl user knows. Where the terminal can place its cursor, the line being typed stays whole
 * whatever is told meanwhile; where it cannot, lines are read and printed one after the other; and where there is none,
 * commands are read as a script.
 */
import type { Host } from '../host.ts';
import type { ShellOptions } from './shelloptions.ts';

export type { ShellConsole, ShellOptions } from './shelloptions.ts';

/** Runs the shell until it is left, and resolves with the exit code: 0, as supervisorctl's, or 128 and a signal's number. */
export async function runShell(host: Host, options: ShellOptions): Promise<number> {
  if (!host.input.isTerminal) {
    const { runSession } = await import('../script.ts');
    return runSession({ host, place: 'shell', ...options });
  }
  const { TERM = '' } = host.env;
  const isPlain = !host.output.isTerminal || TERM === '' || TERM === 'dumb';
  if (isPlain) {
    const { PlainShell } = await import('./plainshell.ts');
    return new PlainShell(host, options).run();
  }
  const { FullShell } = await import('./fullshell.ts');
  return new FullShell(host, options).run();
}
