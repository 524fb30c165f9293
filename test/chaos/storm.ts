/**
 * A storm: several clients do what chance has chosen for them, all at the same time, to a real daemon with real programs,
 * round after round. After every action the world is looked at (watch.ts); after some rounds everything is stopped, and
 * what the daemon then holds is compared with what it held the first time.
 */
import { existsSync, readFileSync } from 'node:fs';
import { STOPPED_STATES } from '../../src/core/status.ts';
import type { ProcessInfo } from '../../src/protocol/messages.ts';
import { type Action, describeAction, type PlanOptions, planReloads, planRound } from './actions.ts';
import { Arena, eventually, Violation } from './arena.ts';
import { Chance } from './chance.ts';
import { Client, checkGone, statusOf } from './client.ts';
import { type ConfigOptions, firstModel } from './configs.ts';
import { type Footprint, footprintOf, growth, lowered } from './footprint.ts';
import { Ledger } from './ledger.ts';
import { allStats, describeProc, descriptorsOf } from './procs.ts';
import { Quiet } from './quiet.ts';
import { Watch } from './watch.ts';

const CLIENTS = 8;
/** Actions of each client in a round. */
const ROUND_LENGTH = 25;
/** Rounds from one rest to the next. */
const ROUNDS_PER_REST = 1;

/** Longer than it takes until nothing is under way: leftovers, their `stoptime`, a machine with other work. */
const SETTLE_MS = 15_000;

/** libuv's pool of threads, begun when the first log is written: after that there are no more. */
const POOL_THREADS = 4;

/** Rests of one daemon before which its memory is not judged, and how much more than then is still flat. */
const WARM_UP_RESTS = 2;
const FLAT = { ratio: 1.25, kb: 12_000 };

/** Rests whose median counts: between two collections of garbage memory goes up and down by some megabytes. */
const RESTS_COMPARED = 3;

/** Actions that a report tells of. */
const TRAIL = 50;

export interface StormOptions {
  readonly seed: number;
  /** Bounds, whichever comes first. The end of a round is waited for. */
  readonly seconds: number;
  readonly actions: number;
  /** Whether daemons are killed, stopped and started: if not, one lives through it all. */
  readonly isMortal: boolean;
  /** Leaves the directory where it is when something was found. */
  readonly keep?: boolean;
  /** Called now and then. */
  readonly onProgress?: (progress: Progress) => void;
  /** Ends the storm early. */
  readonly signal?: AbortSignal;
}

export interface Progress {
  readonly actions: number;
  readonly rounds: number;
  /** Looks at the whole world. */
  readonly looks: number;
  /** Times that everything was stopped and what the daemon held was compared. */
  readonly rests: number;
  /** Times that it was known of a process what had been decided. */
  readonly decisions: number;
  /** Times that it was known of a process whether it must live on through a reload. */
  readonly compared: number;
  /** Daemons. */
  readonly lives: number;
  /** KB at the last rest of the daemon; 0 before the first. */
  readonly resident: number;
}

/** Something was found; the message is the report. */
export class Found extends Error {}

/** Runs one storm. Rejects with `Found` when something is not as it must be. Whatever it started has ended by then. */
export async function storm(options: StormOptions): Promise<Progress> {
  const arena = new Arena();
  const run = new Storm(arena, options);
  let found: unknown;
  try {
    await run.rage();
  } catch (error) {
    found = error;
  }
  try {
    // The report looks at processes and logs, so it comes before the end of them.
    if (found !== undefined) throw new Found(run.report(found));
    return run.progress;
  } finally {
    await arena.close(found !== undefined && options.keep === true);
  }
}

interface Step {
  readonly at: number;
  readonly client: number;
  readonly action: Action;
  outcome: string;
}

class Storm {
  private readonly arena: Arena;
  private readonly options: StormOptions;
  private readonly watch: Watch;
  private readonly ledger: Ledger;
  private readonly chance: Chance;
  private readonly config: ConfigOptions;
  private readonly begin = performance.now();
  private readonly trail: Step[] = [];
  private clients: readonly Client[] = [];
  private actions = 0;
  private rounds = 0;
  private rests = 0;
  private compared = 0;
  private failure: unknown;
  /** The daemon whose baseline this is. */
  private measured: { readonly pid: number; readonly base: Footprint; readonly resident: number[] } | undefined;

  constructor(arena: Arena, options: StormOptions) {
    this.arena = arena;
    this.options = options;
    this.chance = new Chance(options.seed);
    this.config = { canChangeUser: process.geteuid?.() === 0 && hasNobody() };
    this.ledger = new Ledger(firstModel(this.chance, this.config));
    this.watch = new Watch(arena, this.ledger);
  }

  get progress(): Progress {
    const { actions, rounds, watch, measured } = this;
    return {
      actions,
      rounds,
      rests: this.rests,
      looks: watch.looks,
      decisions: watch.decisions,
      compared: this.compared,
      lives: this.arena.starts,
      resident: measured?.resident.at(-1) ?? 0,
    };
  }

  async rage(): Promise<void> {
    const { arena, watch, ledger, chance, config } = this;
    arena.write(ledger.inForce);
    await this.arena.start();
    const plan: PlanOptions = {
      ...config,
      clients: CLIENTS,
      length: ROUND_LENGTH,
      isMortal: this.options.isMortal,
    };
    this.clients = Array.from({ length: CLIENTS }, () => new Client({ arena, watch, ledger }));
    while (!this.isOver()) {
      const round = planRound(ledger.inForce, chance, plan);
      await Promise.all(round.clients.map((actions, client) => this.play(client, actions)));
      if (this.failure !== undefined) throw this.failure;
      if (++this.rounds % ROUNDS_PER_REST === 0) await this.rest();
      this.options.onProgress?.(this.progress);
    }
    await this.rest();
    await this.arena.retire(async () => this.arena.signal('SIGTERM'));
    await checkGone(this.arena);
  }

  private isOver(): boolean {
    const { seconds, actions, signal } = this.options;
    return performance.now() - this.begin > seconds * 1000 || this.actions >= actions || signal?.aborted === true;
  }

  /** One client's part of a round. What it finds ends the parts of the others too. */
  private async play(client: number, actions: readonly Action[]): Promise<void> {
    for (const action of actions) {
      if (this.failure !== undefined || this.options.signal?.aborted) return;
      const step: Step = { at: performance.now() - this.begin, client, action, outcome: 'under way' };
      this.trail.push(step);
      if (this.trail.length > TRAIL) this.trail.shift();
      try {
        step.outcome = (await this.clients[client]?.perform(action)) ?? '';
        await this.watch.glance();
      } catch (error) {
        this.failure ??= error;
        return;
      }
      this.actions++;
    }
  }

  /** Nothing is under way: what the daemon holds is what it held the first time. */
  private async rest(): Promise<void> {
    for (const client of this.clients) client.hush();
    const [operator] = this.clients;
    if (!operator) return;
    await this.reloadQuietly();
    await this.checkTerminals();
    const up = (await statusOf(this.arena)).filter(({ want }) => want === 'up').map(({ name }) => name);
    await operator.request({ verb: 'stop', select: ['all'], wait: true });
    await this.arena.sweep(({ isLitter }) => isLitter);
    await this.settle();
    await eventually(SETTLE_MS, async () => {
      const left = this.arena.members().filter(({ id }) => id !== undefined);
      if (left.length > 0) return `everything was stopped, and there is ${left.map(describeProc)}`;
      const awake = (await statusOf(this.arena)).filter(({ state }) => !STOPPED_STATES.includes(state));
      return awake.length > 0
        ? `everything was stopped, and ${awake.map(({ name, state }) => `${name} is ${state}`)}`
        : undefined;
    });
    await this.measure();
    this.rests++;
    if (up.length > 0) await operator.request({ verb: 'start', select: up, wait: false });
  }

  /** While nothing else happens it can be said who must live on through reloads. */
  private async reloadQuietly(): Promise<void> {
    const { arena, watch, ledger, chance, config } = this;
    const quiet = new Quiet({ arena, watch, ledger });
    const { actions } = planReloads(ledger.inForce, chance.fork(), config);
    await quiet.begin();
    for (const action of actions) {
      await this.play(0, [action]);
      if (this.failure !== undefined) throw this.failure;
      quiet.note();
    }
    await quiet.end();
    this.compared += quiet.compared;
  }

  /** Resolves at a moment at which nothing needs to be excused. */
  private async settle(): Promise<void> {
    await eventually(SETTLE_MS, async () => {
      await this.watch.glance();
      return this.watch.open.length === 0 ? undefined : this.watch.open.join('\n');
    });
  }

  /** A terminal for each process that is up, two where stderr is apart, and none for the others. */
  private async checkTerminals(): Promise<void> {
    const pid = this.arena.pid ?? 0;
    await this.arena.sweep(({ isLitter }) => isLitter); // it may hold terminals of the dead
    await eventually(SETTLE_MS, async () => {
      const before = await statusOf(this.arena);
      const held = descriptorsOf(pid);
      const after = await statusOf(this.arena);
      if (pidsOf(before) !== pidsOf(after)) return 'processes come and go all the time';
      const up = before.filter(info => info.pid !== null).length;
      // Leftovers that are being ended hold the terminal of their dead leader.
      const ending = before.filter(({ leftovers }) => leftovers.length > 0).length;
      const [masters = 0, slaves = 0] = [held.get('/dev/ptmx'), held.get('/dev/pts')];
      if (masters < up || masters > (up + ending) * 2 || slaves < up || slaves > masters) {
        return `${up} processes are up and ${ending} are being cleared away, and the daemon holds ${masters} masters and ${slaves} slaves`;
      }
      return undefined;
    });
  }

  private async measure(): Promise<void> {
    const { arena } = this;
    const pid = arena.pid ?? 0;
    if (this.measured?.pid !== pid) this.measured = { pid, base: await footprintOf(arena), resident: [] };
    const { base, resident } = this.measured;
    const isLog = (kind: string): boolean => kind.startsWith(`${arena.dir}/log/`); // open for as long as the daemon lives
    await eventually(SETTLE_MS, async () => {
      const now = await footprintOf(arena);
      this.measured = { pid, base: lowered(base, now), resident };
      const pool = now.threads - base.threads === POOL_THREADS ? POOL_THREADS : 0;
      return growth({ ...base, threads: base.threads + pool }, now, isLog);
    });
    resident.push((await footprintOf(arena)).resident);
    const first = median(resident.slice(WARM_UP_RESTS, WARM_UP_RESTS + RESTS_COMPARED));
    const last = median(resident.slice(-RESTS_COMPARED));
    if (resident.length > WARM_UP_RESTS + RESTS_COMPARED && last > first * FLAT.ratio + FLAT.kb) {
      throw new Violation(`the daemon grows: ${resident.join(', ')} KB at rest`);
    }
  }

  /** All that helps to understand what was found. */
  report(found: unknown): string {
    const { seed, isMortal } = this.options;
    const { arena } = this;
    const what =
      found instanceof Violation
        ? found.message
        : found instanceof Error
          ? (found.stack ?? found.message)
          : String(found);
    const trail = this.trail.map(({ at, client, action, outcome }) => {
      return `  ${(at / 1000).toFixed(3)} client ${client}: ${describeAction(action)} -> ${outcome.slice(0, 300)}`;
    });
    const members = new Set(arena.members().map(({ pid }) => pid));
    const procs = allStats()
      .filter(({ pid, ppid }) => members.has(pid) || ppid === arena.pid)
      .map(stat => `  ${describeProc(stat)}`);
    const log = existsSync(arena.logfile) ? readFileSync(arena.logfile, 'utf8').trimEnd().split('\n').slice(-60) : [];
    return [
      what,
      '',
      `seed ${seed}: repeat it with  npm run chaos -- --seed ${seed} ${isMortal ? '--mortal' : '--steady'}`,
      `after ${this.actions} actions in ${this.rounds} rounds; arena ${arena.dir}, hash ${arena.hash}, daemon ${arena.pid}`,
      '',
      'The last actions, as they began:',
      ...trail,
      '',
      'What lives:',
      ...procs,
      '',
      "The end of the daemon's log:",
      ...log.map(line => `  ${line}`),
    ].join('\n');
  }
}

function pidsOf(infos: readonly ProcessInfo[]): string {
  return infos.map(({ name, pid, state, leftovers }) => `${name} ${pid} ${state} ${leftovers}`).join();
}

function median(numbers: readonly number[]): number {
  return [...numbers].sort((a, b) => a - b)[Math.floor(numbers.length / 2)] ?? 0;
}

function hasNobody(): boolean {
  return readFileSync('/etc/passwd', 'utf8').includes('\nnobody:');
}
