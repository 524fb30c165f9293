/** Alerts by a command of the user's. */
import { fillIn } from '../config/template.ts';
import type { AlertMessage, CommandSpec } from '../core/alert.ts';
import { alertEnvironment, alertValues } from '../core/alertwords.ts';
import { describeExit } from '../core/exit.ts';
import { lookUpAccount, mustChangeTo } from './accounts.ts';
import { type ErrandOptions, runErrand } from './errand.ts';
import { findProgram } from './executable.ts';
import { dropTo } from './launch.ts';
import type { Launch } from './pty.ts';

/** It has a terminal, as every program has, but nobody looks at it. */
const TERM = 'dumb';

export interface AlertCommandOptions extends ErrandOptions {
  /** The daemon's environment as programs get it. */
  readonly environment: Readonly<Record<string, string | undefined>>;
}

/**
 * Runs the command with what the message says in its words and its environment. Exit code 0 is success, and the last line it
 * printed the answer. Rejects with `SpawnError` for a command that cannot be run.
 */
export async function runAlertCommand(
  via: CommandSpec,
  message: AlertMessage,
  options: AlertCommandOptions,
): Promise<string> {
  const { exit, output } = await runErrand(launchOf(via, message, options), options);
  const line = output.trimEnd().split('\n').at(-1)?.trim() ?? '';
  if (exit.code === 0) return line === '' ? describeExit(exit) : line;
  throw new Error(line === '' ? describeExit(exit) : `${describeExit(exit)}: ${line}`);
}

/** What programs are made of, too (`launch.ts`): the same account, directory and environment, less what marks them as programs. */
function launchOf(
  { argv, here, user }: CommandSpec,
  message: AlertMessage,
  { environment }: AlertCommandOptions,
): Launch {
  const account = user && lookUpAccount(user);
  const drop = account && mustChangeTo(account) ? dropTo(account) : undefined;
  const cwd = process.cwd();
  const env = {
    ...environment,
    ...(account && { USER: account.name, LOGNAME: account.name, HOME: account.home ?? '/' }),
    TERM,
    PWD: cwd,
    ...alertEnvironment(message),
  };
  const [name = '', ...args] = fillIn(argv, { ...alertValues(message), here }, environment);
  const file = findProgram(name, { cwd, path: environment.PATH ?? '', account: drop?.account });
  return {
    argv: [file, ...args],
    env: Object.entries(env).flatMap(([key, value]) => (value === undefined ? [] : [`${key}=${value}`])),
    lateEnv: [],
    cwd,
    isCwdEntered: false,
    umask: undefined,
    drop,
    size: { cols: 200, rows: 24 },
    stderrApart: false,
  };
}
