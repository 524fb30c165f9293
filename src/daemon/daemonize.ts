import { spawn } from 'node:child_process';
import { DAEMON_VARIABLE, ID_VARIABLE } from '../core/mark.ts';

/**
 * Runs this same command without `--daemon`, in a session of its own, and waits until it says on standard output that its
 * socket answers. This process is not the daemon and holds no terminal of a program, so it may use child_process. What
 * the daemon says before it is ready goes to standard error here.
 *
 * Resolves with the exit code: 0 once it runs, else the daemon's own.
 */
export function startInBackground(script: string, args: readonly string[]): Promise<number> {
  // Started from the console of a program, it is no part of that program any more.
  const { [ID_VARIABLE]: _id, [DAEMON_VARIABLE]: _daemon, ...env } = process.env;
  const child = spawn(process.execPath, [...process.execArgv, script, ...args], {
    env,
    detached: true,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  child.stderr.pipe(process.stderr);
  return new Promise(resolve => {
    child.stdout.once('data', line => {
      process.stdout.write(line);
      for (const stream of [child.stdout, child.stderr]) stream.destroy();
      child.unref();
      resolve(0);
    });
    child.once('close', code => resolve(code ?? 1));
  });
}
