/** The composition root: builds everything, joins it, and takes it apart again in order. Nothing else knows two parts. */
import { chmodSync } from 'node:fs';
import { availableParallelism, hostname } from 'node:os';
import { resolve } from 'node:path';
import type { Config } from '../config/config.ts';
import type { LoadResult } from '../config/load.ts';
import { checkSocketPath, configHash, prepareRuntimeDir, prepareStateDir, stateDir } from '../config/paths.ts';
import { type Asker, signaller } from '../core/asker.ts';
import type { HappeningBody } from '../core/events.ts';
import { describeProblem, type Problem } from '../core/problem.ts';
import type { DaemonSpec } from '../core/program.ts';
import { WireError } from '../protocol/errors.ts';
import { type Clock, randomToken } from '../runtime/clock.ts';
import { atMost } from '../runtime/patience.ts';
import { traceFrom } from '../runtime/trace.ts';
import { idsOf } from './accounts.ts';
import { Alerts } from './alerts.ts';
import { forgetSocket, listen } from './control-socket.ts';
import { Courier } from './courier.ts';
import { createDelivery } from './delivery.ts';
import { makeDirectory } from './directory.ts';
import { createHandlers, createUpgrades, type Subject } from './handlers.ts';
import { createHttpServer, type HttpServer } from './http.ts';
import { Journal } from './journal.ts';
import { inheritedEnvironment } from './launch.ts';
import { type DaemonLog, type Log, type LogOptions, openLog } from './log.ts';
import { LogFiles } from './logfiles.ts';
import { lookingOn } from './looking.ts';
import { narrate } from './narrator.ts';
import { PacedQueue } from './paced.ts';
import { daemonIdOf } from './procfs.ts';
import type { PtyHost } from './pty.ts';
import { Recovery } from './recovery.ts';
import { type ConfigSource, Reloader } from './reloader.ts';
import { RequestLog } from './requestlog.ts';
import { SessionScanner } from './sessions.ts';
import { Shutdown } from './shutdown.ts';
import { Supervisor } from './supervisor.ts';
import { Turns } from './turns.ts';
import { Usage } from './usage.ts';

export interface DaemonOptions {
  readonly loaded: LoadResult & { readonly config: Config };
  /** Where it is read again on a reload. */
  readonly source: ConfigSource;
  readonly host: PtyHost;
  readonly clock: Clock;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly uid: number;
  readonly home: string;
  /** Where people read the log along; undefined when nobody does. */
  readonly terminal: { readonly write: (text: string) => void; readonly color: boolean } | undefined;
}

/**
 * Starts the daemon of a checked config: it listens, then starts programs. Rejects when it cannot listen (`SocketInUse`
 * when another one does) or open its log; nothing was started then.
 */
export async function startDaemon(options: DaemonOptions): Promise<Daemon> {
  const { env, uid, home } = options;
  const { config } = options.loaded;
  const hash = configHash(config.path);
  const knownAs = resolve(prepareRuntimeDir(env, uid), `${hash}.sock`);
  const path = config.daemon.socket.path ?? knownAs;
  checkSocketPath(path);
  const state = prepareStateDir(stateDir(env, uid, home), hash, { uid, make: path => makeDirectory(path, 0o700) });
  const { clock, terminal } = options;
  const turns = new Turns(clock);
  const daemonLog = openLog({ ...logOptions(config.daemon, state), clock, turns, terminal });
  const daemon = new Daemon(options, { hash, state, path, knownAs, daemonLog, turns });
  try {
    await daemon.listen();
  } catch (error) {
    await atMost(LAST_WRITES_MS, daemonLog.close(), clock);
    throw error;
  }
  daemon.begin();
  return daemon;
}

/** Private, as it tells what programs are called with; and not compressed, so that it can be looked through. */
function logOptions({ log }: DaemonSpec, state: string): Pick<LogOptions, 'level' | 'file'> {
  const { level, maxsize, backups } = log;
  const path = log.file ?? resolve(state, 'taskmasterd.log');
  return { level, file: { path, maxsize, backups, compress: false, mode: 0o600 } };
}

interface Places {
  readonly hash: string;
  /** The directory of what outlives the daemon. */
  readonly state: string;
  readonly path: string;
  readonly knownAs: string;
  readonly daemonLog: DaemonLog;
  readonly turns: Turns;
}

/** What was written last gets into the log files, but for a disk that takes longer than this. */
const LAST_WRITES_MS = 2_000;

/** A client that looks at a console says goodbye within this, or is suspended, and not waited for. */
const FAREWELL_MS = 500;

/** A running daemon. */
export class Daemon {
  readonly socket: string;
  /** Resolves when everything has stopped and nothing is left: no program, socket, timer or open file. */
  readonly finished: Promise<void>;
  private readonly options: DaemonOptions;
  private readonly places: Places;
  private readonly journal: Journal;
  private readonly requests: RequestLog;
  private readonly logfiles: LogFiles;
  private readonly forks: PacedQueue;
  private readonly pictures: PacedQueue;
  private readonly supervisor: Supervisor;
  private readonly reloader: Reloader;
  private readonly usage: Usage;
  private readonly recovery: Recovery;
  private readonly courier: Courier;
  private readonly alerts: Alerts;
  /** Resolves when no survivor of a former daemon is in the way any more. */
  private recovered: Promise<void> = Promise.resolve();
  private readonly wire: HttpServer;
  private readonly ending: Shutdown;
  private finish = (): void => {};

  constructor(options: DaemonOptions, places: Places) {
    const { clock, env, loaded, source, host } = options;
    const { daemonLog } = places;
    this.options = options;
    this.places = places;
    this.socket = places.path;
    this.finished = new Promise(resolved => {
      this.finish = resolved;
    });
    this.journal = new Journal(clock);
    this.requests = new RequestLog(clock, happening => this.publish(happening));
    this.logfiles = new LogFiles(clock, happening => this.publish(happening), { turns: places.turns });
    this.forks = new PacedQueue(clock);
    this.pictures = new PacedQueue(clock);
    this.recovery = new Recovery({
      directory: places.state,
      hash: places.hash,
      uid: options.uid,
      users: new Set([options.uid, ...idsOf(loaded.config.processes.map(({ user }) => user))]),
      clock,
      warn: message => this.log.warn(message),
    });
    const environment = inheritedEnvironment(env);
    this.courier = new Courier({
      path: resolve(places.state, 'alerts.json'),
      clock,
      deliver: createDelivery({ clock, host, environment }),
      publish: happening => this.publish(happening),
      warn: message => this.log.warn(message),
    });
    const trace = traceFrom(env.TRACE);
    this.supervisor = new Supervisor(loaded.config.processes, {
      host,
      clock,
      trace,
      forks: this.forks,
      pictures: this.pictures,
      logfiles: this.logfiles,
      scanner: new SessionScanner(clock),
      environment,
      configHash: places.hash,
      obstacleTo: process => this.recovery.obstacleTo(process),
      remember: when => this.recovery.touch(when),
      daemonId: daemonIdOf(options.uid),
      publish: happening => this.publish(happening),
      warn: (process, message) => this.log.warn({ process }, `${process}: ${message}`),
      fault: error => this.onFault(error),
    });
    this.alerts = new Alerts({
      clock,
      host: hostname(),
      config: loaded.config.path,
      processes: () => this.supervisor.all,
      find: name => this.supervisor.find(name),
      enqueue: (spec, message) => this.courier.enqueue(spec, message),
      keep: alarms => this.courier.keep(alarms),
      warn: (process, message) => this.log.warn({ process }, `${process}: ${message}`),
    });
    this.usage = new Usage({
      clock,
      looking: lookingOn(process.platform, { clock, host, environment }),
      cores: availableParallelism(),
      processes: () => this.supervisor.all,
      self: ownUsage,
      trace: trace.usage,
      warn: message => this.log.warn(message),
    });
    this.reloader = new Reloader({
      source,
      loaded,
      supervisor: this.supervisor,
      reconfigureDaemon: spec => this.reconfigure(spec),
      reconfigureAlerts: alerts => {
        this.courier.configure(alerts);
        this.alerts.configure(alerts);
      },
      publish: happening => this.publish(happening),
      isStopping: () => this.ending.isUnderWay,
    });
    this.ending = new Shutdown({
      supervisor: this.supervisor,
      clock,
      publish: happening => this.publish(happening),
      timeout: () => this.reloader.daemonSpec.shutdowntimeout,
      survivors: () => this.recovered,
      holdup: () => this.recovery.holdup,
    });
    const subject: Subject = {
      clock,
      supervisor: this.supervisor,
      reloader: this.reloader,
      remember: () => this.recovery.flush(),
      holdup: () => this.recovery.holdup,
      journal: this.journal,
      usage: this.usage,
      requests: this.requests,
      courier: this.courier,
      boot: randomToken(),
      log: { scrollback: daemonLog.recent, onGrowth: daemonLog.onLine },
      config: loaded.config.path,
      socket: places.path,
      logfile: () => this.logfile,
      startedAt: clock.now(),
      isStopping: () => this.ending.isUnderWay,
      shutdown: (reason, by) => this.end(reason, by),
    };
    this.wire = createHttpServer(createHandlers(subject), {
      clock,
      trace: trace.http,
      onUpgrade: createUpgrades(subject),
      onFault: error => this.onFault(error),
    });
  }

  get log(): Log {
    return this.places.daemonLog.log;
  }

  get logfile(): string {
    return logOptions(this.reloader.daemonSpec, this.places.state).file.path;
  }

  /** Listens, once it is known what a former daemon left. Throws when one of this config lives. */
  async listen(): Promise<void> {
    const { path, knownAs } = this.places;
    const { mode } = this.reloader.daemonSpec.socket;
    const prepare = (): Promise<void> => this.recovery.look();
    await listen(this.wire.server, { path, knownAs, mode, clock: this.options.clock, prepare });
  }

  /** Says what runs, then starts what starts by itself, once whoever survived a former daemon has been ended. */
  begin(): void {
    const { config, diagnostics } = this.options.loaded;
    this.publish({ type: 'daemon.started', pid: process.pid });
    this.alerts.open(config.alerts, this.courier.open(config.alerts));
    this.places.daemonLog.onTrouble(happening => this.publish(happening));
    this.tellWarnings(diagnostics);
    this.log.info({ config: config.path, processes: config.processes.length }, 'config loaded');
    for (const process of this.supervisor.all) process.recall(this.recovery.intentOf(process));
    this.recovery.follow(() => this.supervisor.all);
    const held = this.forks.hold();
    this.recovered = this.recovery
      .endSurvivors({ publish: happening => this.publish(happening), isUrgent: () => this.ending.isUnderWay })
      .catch(error => this.onFault(error))
      .finally(() => held[Symbol.dispose]());
    this.supervisor.autostart();
  }

  /**
   * On a signal: reads the config again and applies what changed. What is wrong with it is in the log; nothing was changed
   * then.
   */
  reload(signal: string): void {
    const by = signaller(signal);
    this.requests.asked({ verb: 'reload', what: [], by });
    if (this.ending.isUnderWay) {
      this.log.warn(`${signal}: not reloaded, as the daemon is stopping`);
      return;
    }
    const options = { wait: false, signal: new AbortController().signal, by };
    this.reloader.reload(signal, options).then(
      ({ warnings }) => this.tellWarnings(warnings),
      error => (error instanceof WireError ? undefined : this.onFault(error)),
    );
  }

  /** Opens every log file anew, as after somebody else has renamed them. */
  reopenLogs(reason: string): void {
    Promise.all([this.places.daemonLog.reopen(), this.logfiles.reopen()])
      .then(failed => this.publish({ type: 'log.reopened', reason, failed: failed.flat() }))
      .catch(error => this.onFault(error));
  }

  /** On a signal: stops everything in order, then ends. At the second one it kills what still runs. */
  shutdown(signal: string): void {
    const by = signaller(signal);
    this.requests.asked({ verb: 'shutdown', what: [], by });
    this.end(signal, by);
  }

  /**
   * A fault of the daemon's own. It is told and survived: ending here would hang up every program, which is worse than
   * whatever went wrong with one.
   */
  onFault(error: unknown): void {
    this.log.error({ error: error instanceof Error ? error.stack : String(error) }, 'fault in the daemon; it runs on');
  }

  private end(reason: string, by: Asker): void {
    if (this.ending.isUnderWay) this.ending.escalate(reason, by);
    else void this.stop(reason, by);
  }

  private tellWarnings(problems: readonly Problem[]): void {
    for (const problem of problems) this.log.warn(describeProblem(problem));
  }

  private reconfigure(spec: DaemonSpec): void {
    const { path, state, daemonLog } = this.places;
    const { mode } = this.reloader.daemonSpec.socket;
    if (spec.socket.mode !== mode) chmodSync(path, spec.socket.mode);
    try {
      daemonLog.reconfigure(logOptions(spec, state));
    } catch (error) {
      if (spec.socket.mode !== mode) chmodSync(path, mode);
      throw error;
    }
  }

  private async stop(reason: string, by: Asker): Promise<void> {
    const steps: readonly (() => void | Promise<void>)[] = [
      () => this.ending.begin(reason, by),
      () => this.recovery.close(),
      () => this.alerts.close(),
      () => this.courier.close(),
      () => this.closeServer(),
      () => this.usage[Symbol.dispose](),
      () => this.requests[Symbol.dispose](),
      () => this.supervisor[Symbol.dispose](),
      () => this.forks[Symbol.dispose](),
      () => this.pictures[Symbol.dispose](),
      () => atMost(LAST_WRITES_MS, this.logfiles.close(), this.options.clock),
      () => forgetSocket(this.places),
    ];
    // A step that fails is told, and the next one is taken all the same: the end must come.
    for (const step of steps) {
      try {
        await step();
      } catch (error) {
        this.onFault(error);
      }
    }
    this.log.info('taskmasterd ended');
    await atMost(LAST_WRITES_MS, this.places.daemonLog.close(), this.options.clock);
    this.finish();
  }

  /** Answers that are on their way get out first; then listeners and panes, which would stay for ever, are cut off. */
  private async closeServer(): Promise<void> {
    const { clock } = this.options;
    const { server, cutWebSockets } = this.wire;
    const closed = new Promise<void>(resolved => server.close(() => resolved()));
    await new Promise<void>(resolved => clock.soon(resolved));
    server.closeAllConnections();
    for (const { console } of this.supervisor.all) console.close('the daemon ends');
    await atMost(FAREWELL_MS, closed, clock);
    cutWebSockets();
    await closed;
  }

  private publish(happening: HappeningBody): void {
    this.journal.publish(happening);
    narrate(this.log, happening);
    try {
      this.alerts.onHappening(happening);
    } catch (error) {
      this.onFault(error); // nobody who tells what happened shall fail because of whom it is told
    }
  }
}

function ownUsage(): { cpu: number; memory: number } {
  const { user, system } = process.cpuUsage(); // microseconds
  return { cpu: (user + system) / 1000, memory: process.memoryUsage.rss() };
}
