import type { Config } from '../config/config.ts';
import type { LoadResult } from '../config/load.ts';
import { MAX_NUMPROCS } from '../config/schema.ts';
import type { HappeningBody } from '../core/events.ts';
import { describeProblem } from '../core/problem.ts';
import type { DaemonSpec } from '../core/program.ts';
import { daemonInForce, type ProcessChange, planDaemon } from '../core/reload.ts';
import { WireError } from '../protocol/errors.ts';
import type { ActionResult, ChangeInfo, ReloadReply } from '../protocol/messages.ts';
import type { Process } from './process.ts';
import { outcomeOfStart, outcomeOfStop, type RequestOptions, startForReload } from './requests.ts';
import type { Supervisor } from './supervisor.ts';

/** Reads the config: the files on the disk, or what was read of them before. */
export interface ConfigSource {
  read(): LoadResult;
  /** What an earlier reading gave, with other numbers of processes. */
  again(files: LoadResult['files'], scaled: ReadonlyMap<string, number>): LoadResult;
}

export interface ReloaderOptions {
  readonly source: ConfigSource;
  /** What the daemon was started with. */
  readonly loaded: LoadResult & { readonly config: Config };
  readonly supervisor: Supervisor;
  /** Applies a changed `daemon` section. Throws when that cannot be done; nothing has changed then. */
  readonly reconfigureDaemon: (spec: DaemonSpec) => void;
  readonly publish: (happening: HappeningBody) => void;
  readonly isStopping: () => boolean;
}

/**
 * The config in force, and how it is replaced. A reload is planned and applied within one turn of the event loop, so that
 * two never mix; what is waited for afterwards is only the outcome.
 */
export class Reloader {
  private readonly options: ReloaderOptions;
  /** What was read of the config in force. */
  private files: LoadResult['files'];
  private daemon: DaemonSpec;
  private scaled: ReadonlyMap<string, number> = new Map();

  constructor(options: ReloaderOptions) {
    this.options = options;
    this.files = options.loaded.files;
    this.daemon = options.loaded.config.daemon;
  }

  /** The `daemon` section in force. */
  get daemonSpec(): DaemonSpec {
    return this.daemon;
  }

  /** Programs with another number of processes than the config says. */
  get scales(): ReadonlyMap<string, number> {
    return this.scaled;
  }

  /** What a reload would do now. Throws `bad_config`. */
  preview(): ReloadReply {
    const { loaded, config } = this.checked(this.options.source.read());
    const changes = this.options.supervisor.plan(config.processes);
    return this.replyOf(changes, { config, loaded, applied: false });
  }

  /** Reads the config and applies what changed. Throws `bad_config`; nothing has changed then. */
  async reload(reason: string, options: RequestOptions): Promise<ReloadReply> {
    const { publish, source } = this.options;
    try {
      return await this.apply(this.checked(source.read()), { reason, scaled: new Map(), options });
    } catch (error) {
      if (!(error instanceof WireError)) throw error;
      const problems = error.problems?.filter(({ severity }) => severity === 'error').map(describeProblem);
      publish({ type: 'config.refused', reason, problems: problems ?? [error.message] });
      throw error;
    }
  }

  /** Runs so many processes of a program, until the next reload. Throws `bad_request`, `no_such_program`, `bad_config`. */
  async scale(program: string, numprocs: number, options: RequestOptions): Promise<ReloadReply> {
    if (!this.options.supervisor.all.some(process => process.program === program && !process.isLeaving)) {
      throw new WireError('no_such_program', `no such program: ${program}`);
    }
    if (numprocs < 1 || numprocs > MAX_NUMPROCS) {
      const advice = numprocs === 0 ? `; \`stop ${program}:*\` stops all of them` : '';
      throw new WireError('bad_request', `numprocs must be from 1 to ${MAX_NUMPROCS}${advice}`);
    }
    const scaled = new Map(this.scaled).set(program, numprocs);
    const found = this.checked(this.options.source.again(this.files, scaled));
    return await this.apply(found, { reason: `scale ${program}=${numprocs}`, scaled, options });
  }

  private checked(loaded: LoadResult): Found {
    const { config, diagnostics } = loaded;
    if (config) return { loaded, config };
    const errors = diagnostics.filter(({ severity }) => severity === 'error').length;
    const message = `the config has ${errors} ${errors === 1 ? 'mistake' : 'mistakes'}; nothing was changed`;
    throw new WireError('bad_config', message, diagnostics);
  }

  private async apply({ loaded, config }: Found, { reason, scaled, options }: Application): Promise<ReloadReply> {
    const { supervisor, publish } = this.options;
    const changes = supervisor.plan(config.processes);
    const reply = this.replyOf(changes, { config, loaded, applied: true, keepsScale: scaled.size > 0 });
    this.takeDaemonSection(config.daemon);
    this.files = loaded.files;
    this.scaled = scaled;
    const { unchanged, daemon } = reply;
    publish({ type: 'config.reloaded', reason, changed: reply.processes.length, unchanged, daemon });
    const outcomes: Promise<ActionResult>[] = [];
    const { starting, departed } = supervisor.apply(changes, process =>
      outcomes.push(outcomeOfStart(process, options)),
    );
    const leaving = changes.filter(({ action }) => action === 'stop').flatMap(({ before }) => before ?? []);
    const stops = departed.then(() => leaving.map(outcomeOfStop));
    const starts = departed.then(() => Promise.all(starting.map(process => this.startNew(process, options))));
    if (!options.wait) return reply;
    return { ...reply, results: [...(await stops), ...(await Promise.all(outcomes)), ...(await starts)] };
  }

  private takeDaemonSection(spec: DaemonSpec): void {
    const inForce = daemonInForce(this.daemon, spec);
    try {
      this.options.reconfigureDaemon(inForce);
    } catch (error) {
      throw new WireError('bad_config', error instanceof Error ? error.message : String(error));
    }
    this.daemon = inForce;
  }

  /** Starts what a reload added, unless somebody has decided otherwise while it waited for others to leave. */
  private async startNew(process: Process, options: RequestOptions): Promise<ActionResult> {
    if (process.isLeaving || process.intent?.want === 'down' || this.options.isStopping()) {
      return { name: process.fullname, ok: false, code: 'failed', message: 'it was not to be started any more' };
    }
    return await startForReload(process, options);
  }

  private replyOf(
    changes: readonly ProcessChange<Process>[],
    {
      config,
      loaded,
      applied,
      keepsScale = false,
    }: Found & { readonly applied: boolean; readonly keepsScale?: boolean },
  ): ReloadReply {
    const shown = changes.filter(({ kind, changes: keys }) => kind !== 'kept' || keys.length > 0);
    return {
      applied,
      processes: shown.map(change => this.infoOf(change)),
      unchanged: changes.length - shown.length,
      daemon: planDaemon(this.daemon, config.daemon),
      overrides: keepsScale ? {} : Object.fromEntries(this.scaled),
      warnings: loaded.diagnostics,
      results: [],
    };
  }

  private infoOf({ name, was, before, after, kind, action, changes, note }: ProcessChange<Process>): ChangeInfo {
    const program = (after ?? before?.spec)?.program ?? '';
    return { name, was, program, kind, action, changes, note: note ?? null };
  }
}

interface Found {
  readonly loaded: LoadResult;
  readonly config: Config;
}

interface Application {
  readonly reason: string;
  readonly scaled: ReadonlyMap<string, number>;
  readonly options: RequestOptions;
}
