import { existsSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { realClock } from '../../runtime/clock.ts';
import { locate, NoDaemonError } from '../address.ts';
import { EXIT, type Session } from '../verb.ts';

/**
 * Opens the dashboard and resolves with the exit code once it is left. A daemon that is away is none of its errors: it says so
 * and waits for it. Rejects with NoDaemonError where no daemon can ever be meant.
 */
export async function openDashboard(session: Session): Promise<number> {
  const { host } = session;
  const refusal = refusalOf(session);
  if (refusal !== undefined) {
    await host.error.write(`${refusal}\n`);
    return EXIT.usage;
  }
  checkPlace(session);
  const { Dashboard } = await import('./dashboard.ts');
  return await new Dashboard({ session, terminal: await host.terminal(), clock: realClock }).run();
}

/** Why there can be none here, with what can be done instead; undefined when there can. */
function refusalOf({ host: { input, output, env } }: Session): string | undefined {
  const instead = '`status` prints the states, `events -f` what happens, `shell` has a prompt';
  if (!input.isTerminal || !output.isTerminal) {
    return `cannot open the dashboard: standard input and output must be a terminal; ${instead}`;
  }
  if (env.TERM === 'dumb') return `cannot open the dashboard: a terminal with TERM=dumb cannot show it; ${instead}`;
  return undefined;
}

/** A config or a socket that was mistyped would be waited for in vain. */
function checkPlace({ globals: { config, socket }, host }: Session): void {
  if (socket !== undefined && !existsSync(dirname(resolve(host.cwd, socket)))) {
    throw new NoDaemonError(
      `cannot open the dashboard: there is no directory ${dirname(resolve(host.cwd, socket))} for ${socket}`,
    );
  }
  const { config: path } = locate({ config, socket, ...host });
  if (path !== undefined && !existsSync(path)) {
    throw new NoDaemonError(`cannot open the dashboard of ${path}: there is no such file`);
  }
}
