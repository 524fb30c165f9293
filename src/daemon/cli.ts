import { homedir, hostname } from 'node:os';
import { parseArgs } from 'node:util';
import type { Config } from '../config/config.ts';
import { describeConfig } from '../config/describe.ts';
import { formatDiagnostics } from '../config/diagnostic.ts';
import { type LoadResult, loadConfig, loadConfigPaced } from '../config/load.ts';
import { findConfig } from '../config/paths.ts';
import { VERSION } from '../protocol/version.ts';
import { realClock } from '../runtime/clock.ts';
import { SocketInUse } from './control-socket.ts';
import { type Daemon, startDaemon } from './daemon.ts';
import { startInBackground } from './daemonize.ts';
import { type Foreground, openForeground } from './foreground.ts';
import { keepHeapSmall } from './heap.ts';
import { closeInherited } from './inherited.ts';
import { breathing } from './paced.ts';
import { openPtyHost } from './pty.ts';
import type { ConfigSource } from './reloader.ts';

const USAGE = `usage: taskmasterd [-c FILE] [--check] [--daemon] [--allow-root]

Runs programs in terminals and keeps them alive, in the foreground.

  -c, --config FILE  the config; else ./taskmaster.yaml, ./config/taskmaster.yaml,
                     $XDG_CONFIG_HOME/taskmaster/taskmaster.yaml, /etc/taskmaster/taskmaster.yaml
      --check        check the config, say what would run, and exit: 0 good, 2 bad
      --daemon       go to the background; returns once the daemon answers
      --allow-root   let programs without \`user\` run as root (also TASKMASTER_ALLOW_ROOT=1)
  -h, --help
  -v, --version

SIGHUP reads the config again, and applies what changed and nothing else.
SIGUSR2 opens every log file anew, for logrotate and its like.
SIGTERM, SIGINT and SIGQUIT stop every program in order, then the daemon; a second one kills what still runs.
`;

/** Exit codes: a usage or config error is told apart from a daemon that cannot run. */
const [DONE, CANNOT_RUN, BAD_CONFIG] = [0, 1, 2];

const SHUTDOWN_SIGNALS = ['SIGTERM', 'SIGINT', 'SIGQUIT'] as const;

/** `taskmasterd`: argv in, exit code out once all is over. */
export async function main(argv: readonly string[], script: string): Promise<number> {
  const args = readArguments(argv);
  if (typeof args === 'string') {
    process.stderr.write(`taskmasterd: ${args}\n\n${USAGE}`);
    return BAD_CONFIG;
  }
  if (args.help) process.stdout.write(USAGE);
  else if (args.version) process.stdout.write(`taskmasterd ${VERSION}\n`);
  else if (args.daemon && !args.check)
    return await startInBackground(
      script,
      argv.filter(arg => arg !== '--daemon'),
    );
  else return await checkAndRun(args);
  return DONE;
}

function readArguments(argv: readonly string[]) {
  try {
    return parseArgs({
      args: [...argv],
      options: {
        config: { type: 'string', short: 'c' },
        check: { type: 'boolean' },
        daemon: { type: 'boolean' },
        'allow-root': { type: 'boolean' },
        help: { type: 'boolean', short: 'h' },
        version: { type: 'boolean', short: 'v' },
      },
    }).values;
  } catch (error) {
    return error instanceof Error ? error.message : String(error); // parseArgs throws for nothing but bad arguments
  }
}

interface Arguments {
  readonly config?: string | undefined;
  readonly check?: boolean | undefined;
  readonly 'allow-root'?: boolean | undefined;
}

async function checkAndRun(args: Arguments): Promise<number> {
  const found = findConfig(args.config, process.env, process.cwd());
  if ('tried' in found) {
    process.stderr.write(
      `taskmasterd: cannot find a config: none of these exists:\n  ${found.tried.join('\n  ')}\nName one with -c FILE.\n`,
    );
    return BAD_CONFIG;
  }
  const source = configSource(found.path, args['allow-root'] === true);
  const loaded = source.first();
  const { config, diagnostics } = loaded;
  // On the way up warnings go to the log, where they are found later; errors and --check speak to who asked.
  const isTold = config === undefined || args.check === true;
  if (isTold && diagnostics.length > 0)
    process.stderr.write(formatDiagnostics(diagnostics, { color: isTerminal(process.stderr), cwd: process.cwd() }));
  if (!config) return BAD_CONFIG;
  if (args.check) {
    process.stdout.write(describeConfig(config, { color: isTerminal(process.stdout) }));
    return DONE;
  }
  return await run({ ...loaded, config }, source);
}

/** Reads the config as this daemon does: in its environment, with its rights. */
function configSource(path: string, allowRoot: boolean): ConfigSource & { first(): LoadResult } {
  const options = {
    env: process.env,
    isRoot: process.geteuid?.() === 0,
    allowRoot: allowRoot || process.env.TASKMASTER_ALLOW_ROOT === '1',
    hostname: hostname(),
    cwd: process.cwd(),
  };
  return {
    first: () => loadConfig(path, options),
    read: () => loadConfigPaced(path, { ...options, isReload: true }, breathing(realClock)),
    again: (files, scaled) => loadConfigPaced(path, { ...options, read: files, scaled }, breathing(realClock)),
  };
}

async function run(loaded: LoadResult & { readonly config: Config }, source: ConfigSource): Promise<number> {
  const { config } = loaded;
  // A terminal that goes away takes the log's copy on it along, and nothing else.
  for (const stream of [process.stdout, process.stderr]) stream.on('error', () => {});
  closeInherited();
  keepHeapSmall();
  const console = openForeground(realClock, !process.env.NO_COLOR) ?? plainConsole();
  const signals = takeSignals();
  let daemon: Daemon;
  try {
    daemon = await startDaemon({
      loaded,
      source,
      host: openPtyHost(realClock),
      clock: realClock,
      env: process.env,
      uid: process.getuid?.() ?? 0,
      home: homedir(),
      terminal: console,
    });
  } catch (error) {
    if (!(error instanceof Error)) throw error;
    process.stderr.write(`taskmasterd: ${error.message}\n`);
    if (!(error instanceof SocketInUse) && process.env.TRACE) process.stderr.write(`${error.stack}\n`);
    return CANNOT_RUN;
  }
  signals.passTo(daemon);
  if (!isTerminal(process.stdout)) {
    process.stdout.write(
      `taskmasterd ${VERSION} runs ${config.path} (pid ${process.pid}); its log: ${daemon.logfile}\n`,
    );
  }
  process.on('uncaughtException', error => daemon.onFault(error));
  process.on('unhandledRejection', error => daemon.onFault(error));
  await daemon.finished;
  await console?.close();
  return DONE;
}

type Reaction = (daemon: Daemon) => void;

/**
 * Takes the signals that mean something, from the first moment on: until then each of them would end the process there and
 * then. What comes before the daemon is there reaches it once it is.
 */
function takeSignals(): { passTo(daemon: Daemon): void } {
  let daemon: Daemon | undefined;
  let waiting: Reaction[] = [];
  const on = (signal: NodeJS.Signals, react: Reaction): void =>
    void process.on(signal, () => (daemon === undefined ? waiting.push(react) : react(daemon)));
  for (const signal of SHUTDOWN_SIGNALS) on(signal, started => started.shutdown(signal));
  on('SIGHUP', started => started.reload('SIGHUP'));
  on('SIGUSR2', started => started.reopenLogs('SIGUSR2'));
  return {
    passTo: started => {
      daemon = started;
      for (const react of waiting) react(started);
      waiting = [];
    },
  };
}

/** A terminal that cannot be opened anew, as on macOS, is written to as Node does. */
function plainConsole(): Foreground | undefined {
  if (!isTerminal(process.stdout)) return undefined;
  const write = (text: string): void => void process.stdout.write(text);
  return { color: !process.env.NO_COLOR, write, close: () => Promise.resolve() };
}

function isTerminal(stream: NodeJS.WriteStream): boolean {
  return stream.isTTY === true;
}
