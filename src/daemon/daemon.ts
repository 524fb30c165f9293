/** The composition root: builds everything, joins it, and takes it apart again in order. Nothing else knows two parts. */
import type { Server } from 'node:http';
import { resolve } from 'node:path';
import type { Config } from '../config/config.ts';
import { checkSocketPath, configHash, prepareRuntimeDir, stateDir } from '../config/paths.ts';
import type { HappeningBody } from '../core/events.ts';
import { type Clock, randomToken } from '../runtime/clock.ts';
import { MutableDisposable } from '../runtime/lifetime.ts';
import { traceFrom } from '../runtime/trace.ts';
import { forgetSocket, listen } from './control-socket.ts';
import { createHandlers } from './handlers.ts';
import { createHttpServer } from './http.ts';
import { Journal } from './journal.ts';
import { inheritedEnvironment } from './launch.ts';
import { type DaemonLog, type Log, openLog } from './log.ts';
import { LogFiles } from './logfiles.ts';
import { narrate } from './narrator.ts';
import { PacedQueue } from './paced.ts';
import type { Process } from './process.ts';
import { daemonIdOf } from './procfs.ts';
import type { PtyHost } from './pty.ts';
import { SessionScanner } from './sessions.ts';
import { isAtRest, Supervisor } from './supervisor.ts';

export interface DaemonOptions {
  readonly config: Config;
  readonly host: PtyHost;
  readonly clock: Clock;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly uid: number;
  readonly home: string;
  /** Where people read the log along; undefined when nobody does. */
  readonly terminal: { readonly write: (text: string) => void; readonly color: boolean } | undefined;
  /** Warnings of the config, said in the log. */
  readonly warnings: readonly string[];
}

/** How often the log says whom the shutdown still waits for. */
const STILL_WAITING_MS = 5_000;

/**
 * Starts the daemon of a checked config: it listens, then starts programs. Rejects when it cannot listen (`SocketInUse`
 * when another one does) or open its log; nothing was started then.
 */
export async function startDaemon(options: DaemonOptions): Promise<Daemon> {
  const { config, env, uid, home } = options;
  const hash = configHash(config.path);
  const knownAs = resolve(prepareRuntimeDir(env, uid), `${hash}.sock`);
  const path = config.daemon.socket.path ?? knownAs;
  checkSocketPath(path);
  const logfile = config.daemon.log.file ?? resolve(stateDir(env, uid, home), hash, 'taskmasterd.log');
  const daemonLog = openLog({ level: config.daemon.log.level, file: logfile, terminal: options.terminal });
  const daemon = new Daemon(options, { hash, logfile, path, knownAs, daemonLog });
  try {
    await daemon.listen();
  } catch (error) {
    daemonLog.close();
    throw error;
  }
  daemon.begin();
  return daemon;
}

interface Places {
  readonly hash: string;
  readonly logfile: string;
  readonly path: string;
  readonly knownAs: string;
  readonly daemonLog: DaemonLog;
}

/** A running daemon. */
export class Daemon {
  readonly socket: string;
  readonly logfile: string;
  /** Resolves when everything has stopped and nothing is left: no program, socket, timer or open file. */
  readonly finished: Promise<void>;
  private readonly options: DaemonOptions;
  private readonly places: Places;
  private readonly journal: Journal;
  private readonly logfiles: LogFiles;
  private readonly forks: PacedQueue;
  private readonly supervisor: Supervisor;
  private readonly server: Server;
  private isStopping = false;
  private finish = (): void => {};

  constructor(options: DaemonOptions, places: Places) {
    const { clock, env, config, host } = options;
    const { daemonLog } = places;
    this.options = options;
    this.places = places;
    this.socket = places.path;
    this.logfile = places.logfile;
    this.finished = new Promise(resolved => {
      this.finish = resolved;
    });
    this.journal = new Journal(clock);
    this.logfiles = new LogFiles(clock, message => this.log.error(message));
    this.forks = new PacedQueue(clock);
    const trace = traceFrom(env.TRACE);
    this.supervisor = new Supervisor(config.processes, {
      host,
      clock,
      trace,
      forks: this.forks,
      logfiles: this.logfiles,
      scanner: new SessionScanner(clock),
      environment: inheritedEnvironment(env),
      configHash: places.hash,
      daemonId: daemonIdOf(options.uid),
      publish: happening => this.publish(happening),
      warn: (process, message) => this.log.warn({ process }, `${process}: ${message}`),
      fault: error => this.onFault(error),
    });
    const handlers = createHandlers({
      clock,
      supervisor: this.supervisor,
      journal: this.journal,
      boot: randomToken(),
      log: { scrollback: daemonLog.recent, onGrowth: daemonLog.onLine },
      config: config.path,
      socket: places.path,
      logfile: places.logfile,
      startedAt: clock.now(),
      isStopping: () => this.isStopping,
      shutdown: reason => this.shutdown(reason),
    });
    this.server = createHttpServer(handlers, { trace: trace.http, onFault: error => this.onFault(error) });
  }

  get log(): Log {
    return this.places.daemonLog.log;
  }

  async listen(): Promise<void> {
    const { path, knownAs } = this.places;
    await listen(this.server, {
      path,
      knownAs,
      mode: this.options.config.daemon.socket.mode,
      clock: this.options.clock,
    });
  }

  /** Says what runs, then starts what starts by itself. */
  begin(): void {
    const { config, warnings } = this.options;
    this.publish({ type: 'daemon.started', pid: process.pid });
    for (const warning of warnings) this.log.warn(warning);
    this.log.info({ config: config.path, processes: config.processes.length }, 'config loaded');
    this.supervisor.autostart();
  }

  /** Stops everything in order. Called again while that is under way, it kills what still runs. */
  shutdown(reason: string): void {
    if (this.isStopping) {
      const alive = this.alive();
      this.publish({
        type: 'daemon.stopping',
        reason: `${reason}, again: killing what still runs`,
        waitingFor: alive.map(nameOf),
      });
      for (const process of alive) process.dispatch({ type: 'kill' });
      return;
    }
    this.isStopping = true;
    this.publish({ type: 'daemon.stopping', reason, waitingFor: this.alive().map(nameOf) });
    void this.stop();
  }

  /**
   * A fault of the daemon's own. It is told and survived: ending here would hang up every program, which is worse than
   * whatever went wrong with one.
   */
  onFault(error: unknown): void {
    this.log.error({ error: error instanceof Error ? error.stack : String(error) }, 'fault in the daemon; it runs on');
  }

  private async stop(): Promise<void> {
    const { clock } = this.options;
    using waiting = new MutableDisposable();
    const remind = (): void => {
      waiting.value = clock.after(STILL_WAITING_MS, () => {
        this.publish({ type: 'daemon.stopping', reason: 'still waiting', waitingFor: this.alive().map(nameOf) });
        remind();
      });
    };
    remind();
    // A step that fails is told, and the next one is taken all the same: the end must come.
    for (const step of this.endingSteps()) {
      try {
        await step();
      } catch (error) {
        this.onFault(error);
      }
    }
    this.log.info('taskmasterd ended');
    this.places.daemonLog.close();
    this.finish();
  }

  private endingSteps(): readonly (() => void | Promise<void>)[] {
    return [
      () => this.supervisor.stopInOrder(this.supervisor.all),
      () => this.closeServer(),
      () => this.supervisor[Symbol.dispose](),
      () => this.forks[Symbol.dispose](),
      () => this.logfiles.close(),
      () => forgetSocket(this.places),
    ];
  }

  /** Answers that are on their way get out first; then listeners, which would stay for ever, are cut off. */
  private async closeServer(): Promise<void> {
    const closed = new Promise<void>(resolved => this.server.close(() => resolved()));
    await new Promise<void>(resolved => this.options.clock.soon(resolved));
    this.server.closeAllConnections();
    await closed;
  }

  private alive(): readonly Process[] {
    return this.supervisor.all.filter(process => !isAtRest(process));
  }

  private publish(happening: HappeningBody): void {
    this.journal.publish(happening);
    narrate(this.log, happening);
  }
}

function nameOf(process: Process): string {
  return process.fullname;
}
