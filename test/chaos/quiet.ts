/**
 * Reloads while nothing else happens: then it can be said of each process whether it must live on, and whether it must
 * not. What a spec is comes from the loader, which has tests of its own; what follows from it is decided here anew.
 */
import { hostname } from 'node:os';
import { loadConfig } from '../../src/config/load.ts';
import { isStderrApart, type ProcessSpec } from '../../src/core/program.ts';
import { STOPPED_STATES } from '../../src/core/status.ts';
import type { DaemonInfo, ProcessInfo } from '../../src/protocol/messages.ts';
import { type Arena, eventually, Violation } from './arena.ts';
import { characterOf } from './characters.ts';
import { statusOf } from './client.ts';
import type { Model } from './configs.ts';
import type { Ledger } from './ledger.ts';
import { processOf } from './procs.ts';
import type { Watch } from './watch.ts';

/** Longer than it takes until what was asked for is done: levels of priority, each its `stoptime`, on a busy machine. */
const SETTLE_MS = 20_000;

export interface QuietOptions {
  readonly arena: Arena;
  readonly watch: Watch;
  readonly ledger: Ledger;
}

/** By (program, number). */
type Specs = ReadonlyMap<string, ProcessSpec>;
type Infos = ReadonlyMap<string, ProcessInfo>;

export class Quiet {
  private readonly options: QuietOptions;
  private infos: Infos = new Map();
  private specs: Specs = new Map();
  private model: Model;
  private first: Specs = new Map();
  /** Whom a reload since the beginning has given another life. */
  private readonly renewed = new Set<string>();
  /** Of whom nothing can be said: a reload has removed it, if only for a while. */
  private readonly vague = new Set<string>();
  private steps = 0;
  /** How many were compared. */
  compared = 0;
  private before: Model;

  constructor(options: QuietOptions) {
    this.options = options;
    this.model = this.before = options.ledger.inForce;
  }

  /** Waits for the beginning of the quiet. */
  async begin(): Promise<void> {
    this.infos = await this.still();
    this.first = this.specs = this.load();
  }

  /** A reload was made, or refused. */
  note(): void {
    const next = this.load();
    for (const [key, spec] of this.specs) {
      const other = next.get(key);
      if (!other) this.vague.add(key);
      else if (lifeOf(spec) !== lifeOf(other)) this.renewed.add(key);
    }
    this.specs = next;
    this.model = this.options.ledger.inForce;
    this.steps++;
  }

  /** Waits until all is quiet again, and compares. */
  async end(): Promise<void> {
    const after = await this.still();
    for (const [key, was] of this.infos) {
      const is = after.get(key);
      if (!is || this.vague.has(key) || !isLasting(this.before, was) || !isLasting(this.model, is)) continue;
      this.compare(was, is, this.renewed.has(key));
    }
    this.checkRename(after);
    await this.checkScale();
  }

  private compare(was: ProcessInfo, is: ProcessInfo, isRenewed: boolean): void {
    this.compared++;
    const tell = ({ state, pid, starts, want }: ProcessInfo): string =>
      `${state} (pid ${pid}, life ${starts}, ${want})`;
    const told = `${was.name} was ${tell(was)} and is ${tell(is)}`;
    const isUp = was.pid !== null && was.want === 'up';
    if (isRenewed) {
      if (isUp && is.pid === was.pid) throw new Violation(`a reload should have given it another life: ${told}`);
      if (was.want === 'down' && is.pid !== null) throw new Violation(`a reload started what was down: ${told}`);
      return;
    }
    const hasEnded = is.restarts !== was.restarts || ['EXITED', 'FATAL', 'BACKOFF'].includes(is.state);
    if (was.pid !== null && is.pid !== was.pid && !hasEnded) throw new Violation(`no reload changed it: ${told}`);
    if (was.pid === null && STOPPED_STATES.includes(was.state) && is.pid !== null) {
      throw new Violation(`no reload should have started it: ${told}`);
    }
  }

  /** Of a program that got another name and nothing else, all live on. */
  private checkRename(after: Infos): void {
    const [gone, come] = [programsWithout(this.before, this.model), programsWithout(this.model, this.before)];
    const [old, now] = [gone[0], come[0]];
    if (this.steps !== 1 || gone.length !== 1 || come.length !== 1 || old?.origin !== now?.origin) return;
    if (!old || !now || !characterOf(old.character).isLasting) return;
    const specsOf = (specs: Specs, name: string): string =>
      JSON.stringify([...specs.values()].filter(({ program }) => program === name).map(nameless));
    if (specsOf(this.first, old.name) !== specsOf(this.specs, now.name)) return;
    for (const [key, was] of this.infos) {
      if (was.program !== old.name) continue;
      const is = after.get(key.replace(old.name, now.name));
      if (!is) throw new Violation(`${was.name} is called ${now.name} now, and is not there`);
      this.compare(was, is, false);
    }
  }

  private async checkScale(): Promise<void> {
    const { arena, ledger } = this.options;
    await eventually(SETTLE_MS, async () => {
      const { scaled } = (await arena.call('GET', '/v1/daemon'))?.json as DaemonInfo; // the type of the route
      const sorted = (entries: Iterable<readonly [string, number]>): string => JSON.stringify([...entries].sort());
      const [is, should] = [sorted(Object.entries(scaled)), sorted(ledger.scales)];
      return is === should ? undefined : `scaled is ${is}, and should be ${should}`;
    });
  }

  /** The processes once nothing is under way, but for those that come and go by themselves. */
  private async still(): Promise<Infos> {
    const { arena, watch, ledger } = this.options;
    const model = ledger.inForce;
    let infos: readonly ProcessInfo[] = [];
    let seen = '';
    await eventually(SETTLE_MS, async () => {
      await watch.glance();
      infos = await statusOf(arena);
      const names = infos.map(({ name }) => name).sort();
      if (names.join() !== ledger.expected?.join()) return `there is ${names}, and should be ${ledger.expected}`;
      const lasting = infos.filter(info => isLasting(model, info));
      const busy = lasting.filter(({ state }) => state === 'STARTING' || state === 'STOPPING' || state === 'BACKOFF');
      if (busy.length > 0) return busy.map(({ name, state }) => `${name} is ${state}`).join();
      const now = lasting.map(({ name, state, pid, starts }) => `${name} ${state} ${pid} ${starts}`).join();
      const before = seen;
      seen = now;
      return now === before ? undefined : 'processes come and go';
    });
    return new Map(infos.map(info => [processOf(`:${info.name}:`), info]));
  }

  private load(): Specs {
    const { arena, ledger } = this.options;
    const { config } = loadConfig(arena.config, {
      env: arena.env,
      isRoot: process.geteuid?.() === 0,
      allowRoot: true,
      hostname: hostname(),
      cwd: arena.dir,
      scaled: ledger.scales,
    });
    if (!config) throw new Violation('the config in force cannot be read');
    return new Map(config.processes.map(spec => [processOf(`:${spec.fullname}:`), spec]));
  }
}

/** All of a spec that a life cannot change. */
function lifeOf(spec: ProcessSpec): string {
  const { argv, workingdir, umask, user, env, terminal } = spec;
  const variables = Object.entries(env).sort(([a], [b]) => (a < b ? -1 : 1));
  return JSON.stringify([argv, workingdir, umask, user, variables, terminal.term, isStderrApart(spec)]);
}

/** A spec without what is named after the program. */
function nameless(spec: ProcessSpec): unknown {
  const { program, name, fullname, group, stdout, stderr, pidfile, ...rest } = spec;
  return [rest, isStderrApart(spec)];
}

/** Whether it stays as it is for as long as nobody does anything. */
function isLasting({ programs }: Model, { program }: ProcessInfo): boolean {
  const found = programs.find(({ name }) => name === program);
  return found !== undefined && characterOf(found.character).isLasting;
}

function programsWithout({ programs }: Model, other: Model): Model['programs'] {
  const names = new Set(other.programs.map(({ name }) => name));
  return programs.filter(({ name }) => !names.has(name));
}
