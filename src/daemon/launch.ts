import type { Exit } from '../core/exit.ts';
import { DAEMON_VARIABLE, ID_VARIABLE } from '../core/mark.ts';
import type { ProcessSpec, TerminalSpec } from '../core/program.ts';
import { isStderrApart } from '../core/program.ts';
import { type Account, lookUpAccount, mustChangeTo, SpawnError } from './accounts.ts';
import type { Drop } from './chain.ts';
import { explainRefusal, findInPath, findProgram, statOf } from './executable.ts';
import type { Launch } from './pty.ts';

type Environment = Readonly<Record<string, string | undefined>>;

/**
 * Variables that tell of the terminal the daemon itself was started in. In a program's environment they would be lies:
 * tmux and screen would think it was one of their panes, and a shell would trust a size that is not its own.
 */
const TERMINAL_VARIABLES = new Set(
  'TMUX TMUX_PANE STY WINDOW ZELLIJ ZELLIJ_SESSION_NAME ZELLIJ_PANE_ID COLUMNS LINES TERMCAP TERM_PROGRAM TERM_PROGRAM_VERSION TERM_SESSION_ID WINDOWID'.split(
    ' ',
  ),
);

/** Variables of systemd's that were meant for the daemon alone. */
const SYSTEMD_VARIABLES = new Set([
  'NOTIFY_SOCKET',
  'LISTEN_FDS',
  'LISTEN_PID',
  'LISTEN_FDNAMES',
  'WATCHDOG_PID',
  'WATCHDOG_USEC',
]);

/** The daemon's environment as programs get it. */
export function inheritedEnvironment(env: Environment): Environment {
  return Object.fromEntries(
    Object.entries(env).filter(([name]) => !TERMINAL_VARIABLES.has(name) && !SYSTEMD_VARIABLES.has(name)),
  );
}

/**
 * Variables that the dynamic loader, libc or a shell act on. Those of a program's config would act on setpriv(1) while it
 * is still root, with files that may be the program's user's own: they are set only after the change.
 */
const LATE =
  /^(LD_|GLIBC_|MALLOC_|BASH|LIBC_|RES_|TZ|(SHELLOPTS|PS4|ENV|IFS|GCONV_PATH|GETCONF_DIR|HOSTALIASES|LOCALDOMAIN|LOCPATH|NLSPATH|NIS_PATH|RESOLV_HOST_CONF|TMPDIR)$)/;

export interface LaunchOptions {
  readonly inherited: Environment;
  /** `TASKMASTER_ID` of this life. */
  readonly id: string;
  /** `TASKMASTER_DAEMON`: whose life it is. */
  readonly daemon: string;
  readonly size: Pick<TerminalSpec, 'cols' | 'rows'>;
}

/**
 * Turns what the user asked for into what is to be forked, with every check that fork and exec would otherwise answer
 * with a line on the terminal and a bare exit code. Throws `SpawnError` with the reason in words.
 */
export function prepareLaunch(spec: ProcessSpec, options: LaunchOptions): Launch {
  const account = spec.user && lookUpAccount(spec.user);
  const cwd = spec.workingdir ?? process.cwd();
  if (spec.workingdir !== undefined) checkDirectory(cwd);
  const env = environmentOf(spec, options, { account, cwd });
  const drop = account && mustChangeTo(account) ? dropTo(account) : undefined;
  const [name = '', ...args] = spec.argv;
  const file = findProgram(name, { cwd, path: env.PATH ?? '', account: drop?.account });
  return {
    argv: [file, ...args],
    ...splitEnvironment(env, drop ? spec.env : {}),
    cwd,
    // The daemon's own directory is inherited, open to the user or not; one that the config names must be.
    isCwdEntered: spec.workingdir !== undefined,
    umask: spec.umask,
    drop,
    size: options.size,
    stderrApart: isStderrApart(spec),
  };
}

/** Later wins: the daemon's, the account's, the terminal's, the config's, and last what must not be a lie. */
function environmentOf(
  spec: ProcessSpec,
  options: LaunchOptions,
  { account, cwd }: { readonly account: Account | undefined; readonly cwd: string },
): Record<string, string> {
  const merged: Record<string, string | null | undefined> = {
    ...options.inherited,
    // A number that no account has is nobody, at home nowhere: not whoever started the daemon.
    ...(account && { USER: account.name, LOGNAME: account.name, HOME: account.home ?? '/' }),
    TERM: spec.terminal.term,
    PWD: cwd,
    ...spec.env,
    [ID_VARIABLE]: options.id,
    [DAEMON_VARIABLE]: options.daemon,
  };
  const env: Record<string, string> = {};
  for (const [name, value] of Object.entries(merged)) if (value !== null && value !== undefined) env[name] = value;
  return env;
}

/** `late`: the config's own part of the environment, of which some must wait. */
function splitEnvironment(
  env: Readonly<Record<string, string>>,
  late: ProcessSpec['env'],
): Pick<Launch, 'env' | 'lateEnv'> {
  const entries = Object.entries(env).map(([name, value]) => ({
    text: `${name}=${value}`,
    isLate: Object.hasOwn(late, name) && LATE.test(name),
  }));
  return {
    env: entries.filter(({ isLate }) => !isLate).map(({ text }) => text),
    lateEnv: entries.filter(({ isLate }) => isLate).map(({ text }) => text),
  };
}

function checkDirectory(path: string): void {
  const stats = statOf(path);
  if (stats === undefined) throw new SpawnError(`cannot enter workingdir ${path}: no such directory`);
  if (typeof stats === 'string') throw new SpawnError(`cannot enter workingdir ${path}: ${stats}`);
  if (!stats.isDirectory()) throw new SpawnError(`cannot enter workingdir ${path}: not a directory`);
}

/** How to become an account. Throws `SpawnError` without setpriv(1). */
export function dropTo(account: Account): Drop {
  const setpriv = findInPath('setpriv', { cwd: '/', path: process.env.PATH ?? '', account: undefined });
  if (setpriv === undefined) throw new SpawnError('cannot change user: setpriv (of util-linux) is not installed');
  return { account, setpriv };
}

/** What sh(1) and setpriv(1) exit with when they cannot exec. */
const CANNOT_EXEC: readonly (number | null)[] = [126, 127];

/** Behind a change of user only the new one's exec can tell whether it may run the file: here is why it could not. */
export function hintOf({ argv, cwd, drop }: Launch, exit: Exit): string | undefined {
  if (!drop || !CANNOT_EXEC.includes(exit.code)) return undefined;
  return explainRefusal(cwd, drop.account) ?? explainRefusal(argv[0] ?? '', drop.account);
}
