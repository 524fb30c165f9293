/** The options of `taskmasterd` and of `taskmaster`, as data: their help, completion and manual pages are printed from it. */

export interface DaemonOption {
  /** As `taskmasterctl`'s: `-c, --config <file>`. */
  readonly flags: string;
  readonly help: string;
}

const CONFIG: DaemonOption = {
  flags: '-c, --config <file>',
  help: 'the config; else ./taskmaster.yaml, ./config/taskmaster.yaml, $XDG_CONFIG_HOME/taskmaster/taskmaster.yaml, /etc/taskmaster/taskmaster.yaml',
};
const ALLOW_ROOT: DaemonOption = {
  flags: '--allow-root',
  help: 'let programs without `user` run as root (also TASKMASTER_ALLOW_ROOT=1)',
};
const HELP: DaemonOption = { flags: '-h, --help', help: 'print this' };
const VERSION: DaemonOption = { flags: '-v, --version', help: 'print the version' };

export const DAEMON_OPTIONS: readonly DaemonOption[] = [
  CONFIG,
  { flags: '--check', help: 'check the config, say what would run, and exit: 0 good, 2 bad' },
  { flags: '--daemon', help: 'go to the background; returns once the daemon answers' },
  ALLOW_ROOT,
  HELP,
  VERSION,
];

/** What `taskmaster` has on a terminal; without one it is `taskmasterd` and has all of its options. */
export const BOTH_OPTIONS: readonly DaemonOption[] = [CONFIG, ALLOW_ROOT, HELP, VERSION];
