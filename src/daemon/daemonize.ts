import { spawn } from 'node:child_process';

/** What the daemon tells whoever put it into the background, once. */
interface Ready {
  readonly ready: string;
}

/**
 * Runs this same command without `--daemon`, in a session of its own, and waits until its socket answers. This process is
 * not the daemon and holds no terminal of a program, so it may use child_process. What the daemon says before it is ready
 * goes to standard error here.
 *
 * Resolves with the exit code: 0 once it runs, else the daemon's own.
 */
export function startInBackground(script: string, args: readonly string[]): Promise<number> {
  const child = spawn(process.execPath, [...process.execArgv, script, ...args], {
    detached: true,
    stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
  });
  child.stderr?.pipe(process.stderr);
  return new Promise(resolve => {
    child.on('message', (message: Ready) => {
      process.stdout.write(`${message.ready}\n`);
      child.disconnect();
      child.stderr?.destroy();
      child.unref();
      resolve(0);
    });
    child.on('exit', code => resolve(code ?? 1));
  });
}

/** Tells whoever waits for it that the daemon runs; false when nobody does. */
export function tellReady(line: string): boolean {
  if (!process.send) return false;
  process.send({ ready: line } satisfies Ready, () => process.disconnect());
  return true;
}
