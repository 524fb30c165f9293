import { spawn } from 'node:child_process';
import { DAEMON_VARIABLE, ID_VARIABLE } from '../core/mark.ts';

/** A daemon that was started in a session of its own, and answers. */
export interface Detached {
  readonly pid: number;
  /** What it said on standard output: that it runs. */
  readonly said: string;
  signal(name: NodeJS.Signals): void;
  /** Resolves with its exit code, 1 after a signal. Only whoever awaits it is kept alive by it. */
  ended(): Promise<number>;
}

/**
 * Runs `script`, a taskmasterd, in a session of its own, and waits until it says on standard output that its socket answers.
 * This process is not the daemon and holds no terminal of a program, so it may use child_process. What the daemon says on
 * standard error before it is ready is given to `onError`.
 *
 * Resolves with the daemon, or with the exit code of one that ended before.
 */
export function startDetached(
  script: string,
  args: readonly string[],
  onError: (bytes: Uint8Array) => void,
): Promise<Detached | number> {
  // Started from the console of a program, it is no part of that program any more.
  const { [ID_VARIABLE]: _id, [DAEMON_VARIABLE]: _daemon, ...env } = process.env;
  const child = spawn(process.execPath, [...process.execArgv, script, ...args], {
    env,
    detached: true,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  child.stderr.on('data', onError);
  const exited = new Promise<number>(resolve => child.once('exit', code => resolve(code ?? 1)));
  return new Promise(resolve => {
    child.stdout.once('data', line => {
      for (const stream of [child.stdout, child.stderr]) stream.destroy();
      child.unref();
      resolve({
        pid: child.pid ?? 0,
        said: String(line),
        signal: name => void child.kill(name),
        ended: () => {
          child.ref();
          return exited;
        },
      });
    });
    child.once('close', code => resolve(code ?? 1));
  });
}

/** `taskmasterd --daemon`: resolves with the exit code, 0 once it runs, else the daemon's own. */
export async function startInBackground(script: string, args: readonly string[]): Promise<number> {
  const started = await startDetached(script, args, bytes => process.stderr.write(bytes));
  if (typeof started === 'number') return started;
  process.stdout.write(started.said);
  return 0;
}
