/**
 * `taskmaster` on a terminal: the daemon in a session of its own, and the control shell before it. What the terminal sends
 * to its programs, Ctrl-C for one, never reaches the daemon; leaving asks what is to become of it.
 */
import { STOPPED_STATES } from '../../core/status.ts';
import { joinWords } from '../../core/words.ts';
import { WireError } from '../../protocol/errors.ts';
import { realClock } from '../../runtime/clock.ts';
import { atMost } from '../../runtime/patience.ts';
import { NoDaemonError } from '../address.ts';
import type { Api } from '../api.ts';
import { VERBS } from '../commands/table.ts';
import type { Host } from '../host.ts';
import { withoutInterrupts } from '../interrupts.ts';
import { apiFor, explain } from '../session.ts';
import { runShell, type ShellConsole } from '../shell/shell.ts';
import { EXIT, type Globals } from '../verb.ts';
import { type Parting, partingOf, partingQuestion } from './leaving.ts';
import { stopInOrder } from './orderlystop.ts';
import { isTerminalThere, onSignals, PASSED_ON, type PassedOn, untilAborted, withoutSignals } from './signals.ts';
import type { StartedDaemon } from './starteddaemon.ts';

/** For who has never seen it. */
const WELCOME = '`dashboard` shows everything live, `help` lists the commands, Ctrl-D leaves\n';

/** Milliseconds that somebody who wants to leave waits to be told how much runs; a daemon that is alive answers within a few. */
const COUNT_WITHIN = 300;

export interface ForegroundOptions {
  readonly globals: Globals;
  /** Starts the daemon; resolves with the exit code of one that ended at once, whose words were given to `onError`. */
  readonly start: (onError: (bytes: Uint8Array) => void) => Promise<StartedDaemon | number>;
}

/** Joins the daemon of this config or starts it, and opens the shell. Resolves with the exit code. */
export async function runForeground(host: Host, { globals, start }: ForegroundOptions): Promise<number> {
  const api = apiFor(globals, host, new AbortController().signal);
  const say = (line: string): void => void host.error.write(`${line}\n`);
  try {
    const running = await whoRuns(api);
    if (running !== undefined) return await joined(host, { globals, pid: running });
    const told: Uint8Array[] = [];
    let isInterrupted = false;
    const interrupt = host.onInterrupt(() => {
      isInterrupted = true;
    });
    const started = await start(bytes => void told.push(bytes));
    interrupt[Symbol.dispose]();
    if (typeof started !== 'number')
      return await new Foreground(host, { globals, api, daemon: started }).run(isInterrupted);
    const faster = await whoRuns(api); // somebody else has started it at the same moment
    if (faster !== undefined) return await joined(host, { globals, pid: faster });
    for (const bytes of told) await host.error.write(bytes);
    return started;
  } catch (error) {
    return await explain(error, undefined, say);
  }
}

/** A daemon that was there before stays there afterwards. */
async function joined(
  host: Host,
  { globals, pid }: { readonly globals: Globals; readonly pid: number },
): Promise<number> {
  await host.output.write(`joined the daemon that runs already (pid ${pid}); it goes on when you leave\n${WELCOME}`);
  using _interrupts = withoutInterrupts();
  using _signals = onSignals(['SIGUSR2'], () => {}); // nobody's here, and it would end this process
  return await runShell(host, {
    table: VERBS,
    globals,
    readOnly: false,
    leaving: async console => {
      console.say(`the daemon (pid ${pid}) goes on: it ran before`);
      return 'leave';
    },
  });
}

async function whoRuns(api: Api): Promise<number | undefined> {
  try {
    return (await api.call('daemon')).pid;
  } catch (error) {
    if (error instanceof NoDaemonError) return undefined; // what else is wrong, the one to be started finds too
    throw error;
  }
}

interface Parts {
  readonly globals: Globals;
  readonly api: Api;
  readonly daemon: StartedDaemon;
}

/** The shell before a daemon that was started for it. */
class Foreground {
  private readonly host: Host;
  private readonly parts: Parts;
  private parting: Parting = 'stay';
  /** Aborted once a signal has asked the daemon to stop. */
  private readonly ending = new AbortController();
  private isDaemonGone = false;

  constructor(host: Host, parts: Parts) {
    this.host = host;
    this.parts = parts;
    void parts.daemon.ended().then(() => {
      this.isDaemonGone = true;
    });
  }

  /** `isOver` when Ctrl-C was typed while it started. */
  async run(isOver: boolean): Promise<number> {
    const { globals, daemon, api } = this.parts;
    const host = this.host;
    using _signals = onSignals(PASSED_ON, name => this.signal(name));
    await host.output.write(daemon.said);
    if (!isOver) await host.output.write(WELCOME);
    const code = isOver ? EXIT.interrupted : await this.shell();
    if (this.isDaemonGone) return code;
    if (!isOver && !this.ending.signal.aborted && this.parting !== 'stop') {
      const where = globals.config === undefined ? '' : ` ${joinWords(['-c', globals.config])}`;
      await host.error.write(
        `the daemon goes on (pid ${daemon.pid}): \`taskmaster${where}\` joins it, \`taskmasterctl${where} shutdown\` ends it\n`,
      );
      return code;
    }
    const ended = await stopInOrder({ daemon, api, host, isUnderWay: this.ending.signal.aborted });
    return isOver ? code : ended;
  }

  private async shell(): Promise<number> {
    const host = this.host;
    using _interrupts = withoutInterrupts();
    const { isTerminal } = host.input;
    const shellHost: Host = {
      ...host,
      input: { isTerminal, bytes: () => untilAborted(host.input.bytes(), this.ending.signal) },
      terminal: async () => withoutSignals(await host.terminal(), name => name === 'SIGHUP' && isTerminalThere()),
    };
    const leaving = (console: ShellConsole): Promise<'leave' | 'stay'> => this.leave(console);
    return await runShell(shellHost, { table: VERBS, globals: this.parts.globals, readOnly: false, leaving });
  }

  private signal(name: PassedOn): void {
    if (name === 'SIGHUP' && !isTerminalThere()) return; // the window was closed: the shell ends, the daemon goes on
    this.parts.daemon.signal(name);
    if (name === 'SIGTERM') this.ending.abort();
  }

  private async leave(console: ShellConsole): Promise<'leave' | 'stay'> {
    if (this.isDaemonGone || this.ending.signal.aborted) return 'leave';
    this.parting = partingOf(await console.ask(partingQuestion(await this.countRunning())));
    return this.parting === 'stay' ? 'stay' : 'leave';
  }

  /** Undefined when the daemon does not tell at once: the question is asked all the same. */
  private async countRunning(): Promise<number | undefined> {
    let running: number | undefined;
    const count = async (): Promise<void> => {
      const { processes } = await this.parts.api.call('processes', undefined, { query: { select: [] } });
      running = processes.filter(({ state }) => !STOPPED_STATES.includes(state)).length;
    };
    try {
      await atMost(COUNT_WITHIN, count(), realClock);
    } catch (error) {
      if (!(error instanceof NoDaemonError || error instanceof WireError)) throw error;
    }
    return running;
  }
}
