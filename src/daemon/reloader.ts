import type { Config } from '../config/config.ts';
import type { LoadResult } from '../config/load.ts';
import { MAX_NUMPROCS } from '../config/schema.ts';
import type { AlertSpec } from '../core/alert.ts';
import type { Asker } from '../core/asker.ts';
import type { HappeningBody } from '../core/events.ts';
import { describeProblem } from '../core/problem.ts';
import type { DaemonSpec, ProcessSpec } from '../core/program.ts';
import { daemonInForce, type ProcessChange, planAlerts, planDaemon } from '../core/reload.ts';
import { statusOf } from '../core/status.ts';
import { WireError } from '../protocol/errors.ts';
import type { ActionResult, ChangeInfo, ReloadReply } from '../protocol/messages.ts';
import type { Process } from './process.ts';
import { outcomeOfStart, outcomeOfStop, type RequestOptions, startForReload } from './requests.ts';
import { isAtRest, type Supervisor } from './supervisor.ts';

/** Reads the config: the files on the disk, or what was read of them before. */
export interface ConfigSource {
  read(): Promise<LoadResult>;
  /** What an earlier reading gave, with other numbers of processes. */
  again(files: LoadResult['files'], scaled: ReadonlyMap<string, number>): Promise<LoadResult>;
}

export interface ReloaderOptions {
  readonly source: ConfigSource;
  /** What the daemon was started with. */
  readonly loaded: LoadResult & { readonly config: Config };
  readonly supervisor: Supervisor;
  /** Applies a changed `daemon` section. Throws when that cannot be done; nothing has changed then. */
  readonly reconfigureDaemon: (spec: DaemonSpec) => void;
  /** Takes the `alerts` section that is in force from here on. */
  readonly reconfigureAlerts: (alerts: readonly AlertSpec[]) => void;
  readonly publish: (happening: HappeningBody) => void;
  readonly isStopping: () => boolean;
}

/**
 * The config in force, and how it is replaced. Configs are read one after the other, each without holding the event loop
 * up, and what was read is planned and applied within one turn of it: so two reloads never mix, and the last one asked for
 * is the last one applied. What is waited for afterwards is only the outcome.
 */
export class Reloader {
  private readonly options: ReloaderOptions;
  /** What was read of the config in force. */
  private files: LoadResult['files'];
  private daemon: DaemonSpec;
  private alerts: readonly AlertSpec[];
  private scaled: ReadonlyMap<string, number> = new Map();
  /** Programs that `add` has brought in since, with what was read for them, and those that `remove` has taken out. */
  private added: ReadonlyMap<string, LoadResult['files']> = new Map();
  private removed: ReadonlySet<string> = new Set();
  /** Resolves when all that were asked for before have been read, and applied. */
  private turn: Promise<unknown> = Promise.resolve();

  constructor(options: ReloaderOptions) {
    this.options = options;
    this.files = options.loaded.files;
    this.daemon = options.loaded.config.daemon;
    this.alerts = options.loaded.config.alerts;
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
  preview(): Promise<ReloadReply> {
    return this.inTurn(async () => {
      const { loaded, config } = this.checked(await this.options.source.read());
      const changes = this.options.supervisor.plan(config.processes);
      return this.replyOf(changes, { config, loaded, applied: false });
    });
  }

  /** Reads the config and applies what changed. Throws `bad_config`; nothing has changed then. */
  async reload(reason: string, options: RequestOptions): Promise<ReloadReply> {
    const { source } = this.options;
    return await this.tellRefusal({ reason, by: options.by }, async () => {
      const begun = await this.inTurn(async () => {
        const begun = this.apply(this.checked(await source.read()), { reason, scaled: new Map(), options });
        this.added = new Map();
        this.removed = new Set();
        return begun;
      });
      return await outcomeOf(begun, options);
    });
  }

  /** Tells everyone when a config was not taken because of its mistakes. */
  private async tellRefusal<T>({ reason, by }: { reason: string; by: Asker }, work: () => Promise<T>): Promise<T> {
    try {
      return await work();
    } catch (error) {
      if (!(error instanceof WireError) || error.code !== 'bad_config') throw error;
      const problems = error.problems?.filter(({ severity }) => severity === 'error').map(describeProblem);
      this.options.publish({ type: 'config.refused', reason, problems: problems ?? [error.message], by });
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
    const begun = await this.inTurn(async () => {
      const scaled = new Map(this.scaled).set(program, numprocs);
      const found = await this.readAgain(scaled);
      return this.apply(found, { reason: `scale ${program}=${numprocs}`, scaled, options });
    });
    return await outcomeOf(begun, options);
  }

  /**
   * Puts programs and groups of the config into use that are not, as the files say now, until the next reload; what else has
   * changed in them is left alone. Nothing is waited for. Throws `bad_config`.
   */
  async add(names: readonly string[], options: RequestOptions): Promise<ActionResult[]> {
    const reason = `add ${names.join(' ')}`;
    return await this.tellRefusal({ reason, by: options.by }, () =>
      this.inTurn(async () => {
        const { loaded, config } = this.checked(await this.options.source.read());
        const used = this.inUse;
        const taken = new Map<string, ProcessSpec>();
        const results = names.map(name => {
          const found = config.processes.filter(spec => isMeant(spec, name));
          const fresh = found.filter(spec => !used.some(({ program }) => program === spec.program));
          const clash = fresh.find(spec => used.some(({ fullname }) => fullname === spec.fullname));
          if (found.length === 0) return answerFor(name, 'no_such_group', 'the config has no such program or group');
          if (fresh.every(({ fullname }) => taken.has(fullname)))
            return answerFor(name, 'already_active', 'it is in use');
          if (clash) return answerFor(name, 'failed', `${clash.fullname} is the name of a process in use; see reload`);
          for (const spec of fresh) taken.set(spec.fullname, spec);
          return answerFor(name, 'done', 'added');
        });
        const programs = new Set([...taken.values()].map(({ program }) => program));
        if (programs.size > 0) {
          const added = new Map([...this.added, ...[...programs].map(program => [program, loaded.files] as const)]);
          const removed = new Set([...this.removed].filter(program => !programs.has(program)));
          this.change([...used, ...taken.values()], { reason, options, added, removed });
        }
        return results;
      }),
    );
  }

  /** Takes programs and groups out of use, of which nothing runs, until the next reload. */
  async remove(names: readonly string[], options: RequestOptions): Promise<ActionResult[]> {
    return await this.inTurn(async () => {
      const gone = new Set<ProcessSpec>();
      const results = names.map(name => {
        const found = this.options.supervisor.all.filter(process => !process.isLeaving && isMeant(process.spec, name));
        const fresh = found.filter(({ spec }) => !gone.has(spec));
        const busy = fresh.find(process => process.leader !== undefined || !isAtRest(process));
        if (fresh.length === 0) return answerFor(name, 'no_such_group', 'no such program or group is in use');
        if (busy) return answerFor(name, 'still_running', `${busy.fullname} is ${statusOf(busy.current)}`);
        for (const { spec } of fresh) gone.add(spec);
        return answerFor(name, 'done', 'removed');
      });
      const programs = new Set([...gone].map(({ program }) => program));
      if (gone.size > 0) {
        const added = new Map([...this.added].filter(([program]) => !programs.has(program)));
        const removed = new Set([...this.removed, ...programs]);
        const rest = this.inUse.filter(spec => !gone.has(spec));
        this.change(rest, { reason: `remove ${names.join(' ')}`, options, added, removed });
      }
      return results;
    });
  }

  /** What runs, or may, by its spec. */
  private get inUse(): readonly ProcessSpec[] {
    return this.options.supervisor.all.filter(({ isLeaving }) => !isLeaving).map(({ spec }) => spec);
  }

  /** The config in force with these numbers of processes, with what was added to it and without what was removed. */
  private async readAgain(scaled: ReadonlyMap<string, number>): Promise<Found> {
    const { source } = this.options;
    const base = this.checked(await source.again(this.files, scaled));
    const processes = base.config.processes.filter(
      ({ program }) => !this.removed.has(program) && !this.added.has(program),
    );
    for (const files of new Set(this.added.values())) {
      const { config } = this.checked(await source.again(files, scaled));
      processes.push(...config.processes.filter(({ program }) => this.added.get(program) === files));
    }
    return { ...base, config: { ...base.config, processes } };
  }

  /** Goes on to these processes and nothing else of a config. */
  private change(specs: readonly ProcessSpec[], { reason, options, added, removed }: Change): void {
    const { supervisor, publish } = this.options;
    if (this.options.isStopping()) throw new WireError('shutting_down', 'the daemon is shutting down');
    const changes = supervisor.plan(specs);
    this.added = added;
    this.removed = removed;
    this.scaled = new Map([...this.scaled].filter(([program]) => !removed.has(program)));
    const changed = changes.filter(({ kind }) => kind !== 'kept').length;
    const unchanged = changes.length - changed;
    publish({ type: 'config.reloaded', reason, changed, unchanged, daemon: [], by: options.by });
    void this.carryOut(changes, this.alerts, options).results;
  }

  private inTurn<T>(work: () => Promise<T>): Promise<T> {
    const result = this.turn.then(work);
    this.turn = result.catch(() => {}); // whoever asked for it hears of it
    return result;
  }

  private checked(loaded: LoadResult): Found {
    const { config, diagnostics } = loaded;
    if (config) return { loaded, config };
    const errors = diagnostics.filter(({ severity }) => severity === 'error').length;
    const message = `the config has ${errors} ${errors === 1 ? 'mistake' : 'mistakes'}; nothing was changed`;
    throw new WireError('bad_config', message, diagnostics);
  }

  private apply({ loaded, config }: Found, { reason, scaled, options }: Application): Begun {
    const { supervisor, publish } = this.options;
    if (this.options.isStopping()) throw new WireError('shutting_down', 'the daemon is shutting down');
    const changes = supervisor.plan(config.processes);
    const planned = this.replyOf(changes, { config, loaded, applied: true, keepsScale: scaled.size > 0 });
    this.takeDaemonSection(config.daemon);
    this.alerts = config.alerts;
    this.files = loaded.files;
    this.scaled = scaled;
    const { unchanged, daemon } = planned;
    const { by } = options;
    publish({ type: 'config.reloaded', reason, changed: planned.processes.length, unchanged, daemon, by });
    const { problems, results } = this.carryOut(changes, config.alerts, options);
    const processes = planned.processes.map(info => ({ ...info, note: problems.get(info.name) ?? info.note }));
    return { reply: { ...planned, processes }, results };
  }

  /** Carries out a plan, and answers what could not be applied, and the outcomes once they are known. */
  private carryOut(
    changes: readonly ProcessChange<Process>[],
    alerts: readonly AlertSpec[],
    options: RequestOptions,
  ): Pick<Begun, 'results'> & { readonly problems: ReadonlyMap<string, string> } {
    const { supervisor } = this.options;
    const { by } = options;
    const outcomes: Promise<ActionResult>[] = [];
    const onRestart = (process: Process): void => void outcomes.push(outcomeOfStart(process, options));
    const { joining, starting, departed, problems } = supervisor.apply(changes, { by, onRestart });
    // Once it is known under which names processes go on.
    this.options.reconfigureAlerts(alerts);
    const leaving = changes.filter(({ action }) => action === 'stop').flatMap(({ before }) => before ?? []);
    const stops = departed.then(() => leaving.map(outcomeOfStop));
    const names = leaving.map(({ fullname }) => fullname).join(', ');
    for (const process of starting) process.waitsFor = names === '' ? undefined : `waiting for ${names} to be stopped`;
    const joins = Promise.all(joining.map(process => this.startNew(process, options)));
    const starts = departed.then(() => Promise.all(starting.map(process => this.startNew(process, options))));
    const results = Promise.all([stops, Promise.all(outcomes), joins, starts]).then(all => all.flat());
    return { problems, results };
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
    process.waitsFor = undefined;
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
      daemon: [...planDaemon(this.daemon, config.daemon), ...planAlerts(this.alerts, config.alerts)],
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

/** A reload that has been applied. */
interface Begun {
  readonly reply: ReloadReply;
  readonly results: Promise<readonly ActionResult[]>;
}

async function outcomeOf({ reply, results }: Begun, { wait }: RequestOptions): Promise<ReloadReply> {
  return wait ? { ...reply, results: await results } : reply;
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

interface Change {
  readonly reason: string;
  readonly options: RequestOptions;
  readonly added: ReadonlyMap<string, LoadResult['files']>;
  readonly removed: ReadonlySet<string>;
}

function isMeant({ program, group }: ProcessSpec, name: string): boolean {
  return group === name || program === name;
}

function answerFor(name: string, code: ActionResult['code'], message: string): ActionResult {
  return { name, ok: code === 'done', code, message };
}
