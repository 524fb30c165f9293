/** The words that are exec'd: the program itself, behind what must be done in the child before it runs. */
import type { Account } from './accounts.ts';
import { toolOf } from './executable.ts';

/** An account to become, and the setpriv(1) that does it. */
export interface Drop {
  readonly account: Account;
  readonly setpriv: string;
}

/** What is to run, where and as whom. */
export interface Command {
  /** `argv[0]` is the path of an executable. */
  readonly argv: readonly string[];
  /** The environment as `NAME=value`. */
  readonly env: readonly string[];
  /** More of the environment, for a program that changes user: what must not reach those that change it, which still are root. */
  readonly lateEnv: readonly string[];
  readonly cwd: string;
  /** Entered as the program's own user, and not only inherited. */
  readonly isCwdEntered: boolean;
  /** Whom to become; undefined is the daemon's own user. */
  readonly drop: Drop | undefined;
}

/**
 * The last step before a program that changed user, as that user: wait until the terminal is its own, enter the working
 * directory, take the rest of the environment. What it is given comes as arguments: no line is made of data.
 */
const AS_USER =
  'until [ -O /dev/stdin ]; do :; done; [ -z "$1" ] || cd "$1" || exit 126; shift; ' +
  'while [ "$1" != -- ]; do export "$1"; shift; done; shift; exec "$@"';

/** Opens the second terminal as fd 2. */
const WITH_STDERR = 'exec 2<>"$1"; shift; exec "$@"';

/**
 * Leaves the terminal it was forked in for another one, which becomes its controlling terminal as any does that a session
 * leader without one opens. The settings of the first are taken along by stty(1), the daemon's own, as a program's PATH must
 * not say what runs as root. When the other is ready the shell says so with a line, and the daemon hangs the first one up:
 * it is no terminal any more then. That hang-up is one; a second is somebody's who meant the program, and gets to it.
 */
const MOVE =
  'hups=0; trap "hups=\\$((hups+1))" HUP; "$2" "$("$2" -g)" <"$1"; echo; while [ -t 0 ]; do read _; done; ' +
  'until { true </dev/tty; } 2>/dev/null && [ -t 0 ]; do exec <>"$1"; done; exec >&0 2>&0; trap - HUP; ' +
  '[ "$hups" -lt 2 ] || kill -HUP $$; shift 2; exec "$@"';

/** Does nothing, and well. */
const NO_STTY = '/bin/true';

/** Variables that a shell keeps for itself, or does not pass on as they are; nor does it any that is no name of its own. */
const SHELLS_OWN = /^(?:IFS|OPTIND|OPTARG|PPID|PWD|OLDPWD|SHLVL|PS[0-9]|LINENO|_|HOME|PATH|hups)$/;
const NAME = /^[A-Za-z_][A-Za-z0-9_]*$/;

/** Terminals other than the one it is forked in, by the paths of their slaves. */
export interface Terminals {
  /** Where stderr is apart. */
  readonly stderr: string | undefined;
  /** Where it is to move to. */
  readonly main: string | undefined;
}

/**
 * The words to exec: the program itself, behind a shell that opens the second terminal as fd 2 where stderr is apart, and
 * behind setpriv(1) where it runs as someone else. The binding's own uid and gid would leave it root's supplementary
 * groups. The innermost shell waits, normally not once, until the daemon has handed the terminal over.
 */
export function chainOf(command: Command, { stderr, main }: Terminals): readonly string[] {
  const { drop } = command;
  let chain = command.argv;
  if (drop) {
    const { account, setpriv } = drop;
    const groups = account.name === undefined ? '--clear-groups' : '--init-groups';
    const waiting = [
      '/bin/sh',
      '-c',
      AS_USER,
      'sh',
      command.isCwdEntered ? command.cwd : '',
      ...command.lateEnv,
      '--',
      ...chain,
    ];
    chain = [setpriv, `--reuid=${account.uid}`, `--regid=${account.gid}`, groups, '--', ...waiting];
  }
  if (stderr !== undefined) chain = ['/bin/sh', '-c', WITH_STDERR, 'sh', stderr, ...chain];
  if (main !== undefined) {
    const stty = toolOf('stty') ?? NO_STTY;
    chain = ['/bin/sh', '-c', MOVE, 'sh', main, stty, ...givenAgain(command.env), ...chain];
  }
  return chain;
}

/** An env(1) that gives again what a shell would not pass on as it is. */
function givenAgain(env: readonly string[]): readonly string[] {
  const file = toolOf('env');
  const lost = env.filter(entry => {
    const name = entry.slice(0, entry.indexOf('='));
    return !NAME.test(name) || SHELLS_OWN.test(name);
  });
  return file === undefined ? [] : [file, ...lost];
}
