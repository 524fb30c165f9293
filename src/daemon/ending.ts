import { beginEnding, type Ending, GIVE_UP, isSettled, join, type Order, stepEnding } from '../core/ending.ts';
import type { HappeningBody } from '../core/events.ts';
import { groupBy } from '../core/grouping.ts';
import type { Millis, SignalName } from '../core/program.ts';
import type { ProcessRecord, StopPolicy } from '../core/record.ts';
import type { Survey, Survivor } from '../core/survivor.ts';
import type { Clock } from '../runtime/clock.ts';
import { isErrno } from '../runtime/errno.ts';
import { isZombie, type ProcStat, readStat } from './procfs.ts';
import { hasGroup } from './signalling.ts';
import { type Found, mayBeThere, readSurvey, statOf } from './survivors.ts';

/** Most processes end within milliseconds; one that does not is asked less and less often. */
const LOOK_AGAIN: Millis = 20;
const LOOK_AGAIN_MAX: Millis = 500;
const SLOWER = 1.5;

/** For readings of /proc, and for who is found late. */
const SLACK: Millis = 5_000;

/** How long a turn of the event loop may go on looking and signalling. */
const BUDGET_MS = 5;

/** For survivors of a program that neither the record nor the config knows any more: the config's own defaults. */
const DEFAULT_STOP: StopPolicy = {
  signal: 'SIGTERM',
  time: 10_000,
  asgroup: false,
  killasgroup: false,
  leftovers: 'kill',
};

export interface EndingOptions {
  readonly clock: Clock;
  /** The policy of a process in the config, by its full name. What the record says of it comes first. */
  readonly policyOf: (process: string) => StopPolicy | undefined;
  readonly publish: (happening: HappeningBody) => void;
  readonly warn: (message: string) => void;
  /** Once true, nobody is given more time to end by themselves: the user wants this daemon to end too. */
  readonly isUrgent?: () => boolean;
}

/** Survivors that are still there, by the full name of their process. */
export type Remaining = ReadonlyMap<string, readonly Survivor[]>;

/**
 * Ends the survivors, those of different processes side by side, and resolves when that is done or cannot be: with those
 * that no signal ended, or that must not be touched, beside whom their process must not be started. What a policy lets
 * live is not among them. Before every signal whoever gets it is looked at again, so that no reused number is hit.
 */
export async function endSurvivors(found: Found, options: EndingOptions): Promise<Remaining> {
  const endings = new Endings(found, options);
  return await endings.run();
}

class Endings {
  private readonly found: Found;
  private readonly options: EndingOptions;
  private readonly endings = new Map<string, Ending>();
  /** Everybody that was found so far, by `keyOf`. */
  private readonly known = new Set<string>();
  private readonly records: ReadonlyMap<string, ProcessRecord>;
  private sessions: Survey['sessions'];

  constructor(found: Found, options: EndingOptions) {
    this.found = found;
    this.options = options;
    this.records = new Map(found.query.saved?.processes.map(record => [record.name, record]));
    this.sessions = found.sessions;
  }

  async run(): Promise<Remaining> {
    for (const [process, spared] of groupByProcess(this.found.spared)) {
      this.publish(process, spared, { action: 'left', reason: 'this daemon was started from there' });
    }
    this.add(this.found.survivors);
    const { clock, warn } = this.options;
    const until = clock.now() + this.patience();
    let pause = LOOK_AGAIN;
    for (;;) {
      if (clock.now() >= until) {
        warn('survivors of the former daemon go on forking: they are not waited for any longer');
        return this.remaining(true);
      }
      if (await this.stepAll()) pause = LOOK_AGAIN;
      if (this.isSettled()) {
        // Whoever forked while the table was read was perhaps missed by it.
        await this.readAgain();
        if (this.isSettled()) {
          this.sweep();
          return this.remaining();
        }
        pause = LOOK_AGAIN;
        continue;
      }
      await this.sleep(Math.min(pause, this.untilNext()));
      pause = Math.min(pause * SLOWER, LOOK_AGAIN_MAX);
    }
  }

  private isSettled(): boolean {
    return [...this.endings.values()].every(isSettled);
  }

  /** Does what is due; whether anybody was signalled. */
  private async stepAll(): Promise<boolean> {
    const { clock, isUrgent } = this.options;
    let hasSignalled = false;
    let until = clock.now() + BUDGET_MS;
    for (const [process, ending] of this.endings) {
      if (isSettled(ending)) continue;
      const moment = { now: clock.now(), isHere: mayBeThere, isUrgent: isUrgent?.() ?? false };
      const step = stepEnding(ending, moment);
      this.endings.set(process, step.ending);
      for (const order of step.orders) this.perform(process, order);
      hasSignalled ||= step.orders.some(({ type }) => type === 'signal');
      if (clock.now() < until) continue;
      await new Promise<void>(resolve => clock.soon(resolve));
      until = clock.now() + BUDGET_MS;
    }
    return hasSignalled;
  }

  private async readAgain(): Promise<void> {
    const { survivors, sessions } = await readSurvey(this.found.query, this.sessions);
    this.sessions = sessions;
    this.add(survivors);
  }

  /**
   * A chain in which each process forks the next and ends is never seen alive, but its group is there, and signalled
   * whole. The dead leader's number is the group's as long as that has members; since it was last seen to be ours, half a
   * second ago at most, numbers cannot have gone round.
   */
  private sweep(): void {
    for (const [session, process] of this.sessions) {
      const ending = this.endings.get(process);
      if (ending === undefined || ending.isOver || !isHeadless(session)) continue;
      if (hasGroup(session)) this.send(-session, 'SIGKILL');
    }
  }

  private add(survivors: readonly Survivor[]): void {
    const fresh = survivors.filter(survivor => !this.known.has(keyOf(survivor)));
    for (const survivor of fresh) this.known.add(keyOf(survivor));
    for (const [process, members] of groupByProcess(fresh)) {
      const ending = this.endings.get(process);
      if (ending?.isOver) continue; // what goes on like this is known to go on
      this.publish(process, members, { action: 'found' });
      this.endings.set(process, ending ? join(ending, members) : beginEnding(process, this.policyOf(process), members));
    }
  }

  private perform(process: string, order: Order): void {
    if (order.type === 'tell') {
      const reason = order.action === 'stuck' ? describeStates(order.about) : null;
      this.publish(process, order.about, { action: order.action, reason });
      return;
    }
    const { signal, to, group } = order;
    this.publish(process, to, { action: 'signalled', signal });
    for (const target of targetsOf(to, group ? this.sessions : undefined)) this.send(target, signal);
  }

  private send(target: number, signal: SignalName): void {
    try {
      process.kill(target, signal as NodeJS.Signals); // one that this system does not know makes kill() throw
    } catch (error) {
      if (isErrno(error, 'ESRCH')) return; // gone already, which is what was wanted
      this.options.warn(`cannot send ${signal} to pid ${target}: ${error instanceof Error ? error.message : error}`);
    }
  }

  private publish(
    process: string,
    about: readonly Survivor[],
    what: Pick<Survivors, 'action'> & Partial<Pick<Survivors, 'signal' | 'reason'>>,
  ): void {
    const program = this.records.get(process)?.program ?? process.split(':')[0] ?? process;
    const pids = about.map(({ pid }) => pid);
    this.options.publish({ type: 'daemon.survivors', process, program, pids, signal: null, reason: null, ...what });
  }

  private policyOf(process: string): StopPolicy {
    return this.records.get(process)?.stop ?? this.options.policyOf(process) ?? DEFAULT_STOP;
  }

  /** As long as it takes to end each, and then what it left, by their policies. */
  private patience(): Millis {
    const times = [...this.endings.keys()].map(process => this.policyOf(process).time);
    return 2 * (Math.max(DEFAULT_STOP.time, ...times) + GIVE_UP) + SLACK;
  }

  /** Who is still there; `isCutOff`: whoever was not looked after to the end too. */
  private remaining(isCutOff = false): Remaining {
    const stuck = [...this.endings.values()].flatMap(({ stuck, leader, others, isOver }) =>
      (isCutOff && !isOver ? [...(leader ? [leader] : []), ...others] : stuck).filter(mayBeThere),
    );
    return groupByProcess([...stuck, ...this.found.spared.filter(({ isLeader }) => isLeader)]);
  }

  private untilNext(): Millis {
    const now = this.options.clock.now();
    const due = [...this.endings.values()].filter(ending => !isSettled(ending)).map(({ round }) => round?.until ?? now);
    return Math.max(0, Math.min(...due) - now);
  }

  private async sleep(ms: Millis): Promise<void> {
    await new Promise<void>(resolve => this.options.clock.after(ms, resolve));
  }
}

type Survivors = Extract<HappeningBody, { type: 'daemon.survivors' }>;

function keyOf({ pid, start }: Survivor): string {
  return `${pid}@${start}`;
}

function groupByProcess(survivors: readonly Survivor[]): Map<string, Survivor[]> {
  return groupBy(survivors, ({ process }) => process);
}

/** Without a free file descriptor nobody can look: then `unknown` is taken for the answer, and the next round looks again. */
function attempt<T>(look: () => T, unknown: T): T {
  try {
    return look();
  } catch (error) {
    if (isErrno(error, 'EMFILE', 'ENFILE', 'ENOMEM')) return unknown;
    throw error;
  }
}

/** What is known of it now; undefined when it is not known to be the same, and so not to be touched. */
function lookAt(survivor: Survivor): ProcStat | undefined {
  return attempt(() => statOf(survivor), undefined);
}

/** Whether nobody leads the session any more. */
function isHeadless(session: number): boolean {
  return attempt(() => {
    const leader = readStat(session);
    return leader === undefined || isZombie(leader);
  }, false);
}

/**
 * Where to send a signal: groups as negative numbers. A group is hit whole only where a survivor that was just looked at
 * is in it, and its session is ours: a group belongs to one session.
 */
function targetsOf(survivors: readonly Survivor[], sessions: Survey['sessions'] | undefined): Set<number> {
  const targets = new Set<number>();
  for (const survivor of survivors) {
    const stat = lookAt(survivor);
    if (stat === undefined) continue;
    const isWhole = sessions?.has(stat.session) === true && stat.pgrp > 1;
    targets.add(isWhole ? -stat.pgrp : stat.pid);
  }
  return targets;
}

const STATES: Readonly<Record<string, string>> = {
  D: 'uninterruptible sleep',
  T: 'stopped',
  t: 'stopped by a debugger',
};

function describeStates(survivors: readonly Survivor[]): string {
  return survivors
    .map(survivor => {
      const state = lookAt(survivor)?.state ?? '?';
      return `pid ${survivor.pid} is in state ${state}${STATES[state] === undefined ? '' : ` (${STATES[state]})`}`;
    })
    .join(', ');
}
