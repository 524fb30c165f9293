import { resolve } from 'node:path';
import type { Intent } from '../core/intent.ts';
import { type ProcessRecord, STATE_VERSION, type StateRecord, stopPolicyOf } from '../core/record.ts';
import { listPids } from '../core/status.ts';
import type { Clock } from '../runtime/clock.ts';
import { type EndingOptions, endSurvivors, type Remaining } from './ending.ts';
import type { Process } from './process.ts';
import { bootId, identityOf } from './procfs.ts';
import { readState, StateFile } from './statefile.ts';
import { type Found, findSurvivors, mayBeThere } from './survivors.ts';

export interface RecoveryOptions {
  /** The directory of what outlives the daemon. */
  readonly directory: string;
  /** Names this config in `TASKMASTER_ID`. */
  readonly hash: string;
  readonly uid: number;
  /** Whom programs run as, this daemon's own user among them. */
  readonly users: ReadonlySet<number>;
  readonly clock: Clock;
  readonly warn: (message: string) => void;
}

/**
 * What one daemon takes over from the one before it, and leaves to the next: what was decided of each process, and who
 * still runs. It is asked to look when no other daemon can be there, and writes nothing before it is told whom to follow.
 */
export class Recovery {
  private readonly options: RecoveryOptions;
  private readonly file: StateFile;
  private former: StateRecord | undefined;
  private found: Found | undefined;
  private remaining: Remaining = new Map();
  private processes: () => readonly Process[] = () => [];
  private isClearing = false;
  private hasEnded = false;

  constructor(options: RecoveryOptions) {
    this.options = options;
    const { directory, clock, warn } = options;
    this.file = new StateFile(resolve(directory, FILE_NAME), { clock, warn, snapshot: () => this.snapshot() });
  }

  /** Reads what the former daemon left, and looks for it. Throws when that daemon lives, with its socket elsewhere. */
  async look(): Promise<void> {
    const { directory, hash, uid, users, clock, warn } = this.options;
    const state = readState(resolve(directory, FILE_NAME));
    if (state.kind === 'damaged') warn(state.message);
    if (state.kind === 'read') this.former = state.record;
    this.found = await findSurvivors({ saved: this.former, hash, uid, users, clock });
    const { living } = this.found;
    if (living === undefined) return;
    throw new Error(
      `cannot start: taskmasterd (pid ${living}) runs this config already, though its socket is not here: it was removed, ` +
        `or XDG_RUNTIME_DIR differs. Stop that one first: \`kill ${living}\``,
    );
  }

  /** What was decided of a process in a former life of the daemon. */
  intentOf({ program, spec: { num } }: Process): Intent | undefined {
    return this.recordOf(program, num)?.intent ?? undefined;
  }

  /** From here on it is this daemon's to write what its processes do. */
  follow(processes: () => readonly Process[]): void {
    this.processes = processes;
    this.isClearing = this.found !== undefined; // from the first record on: this daemon may be killed at any moment
    this.file.flush();
  }

  /** Something has changed that must outlive the daemon. */
  touch(when: 'soon' | 'now'): void {
    if (when === 'soon') this.file.touch();
    else this.file.hurry();
  }

  /** Makes sure that what was decided outlives the daemon, before whoever decided it gets an answer. */
  flush(): void {
    this.file.flush();
  }

  /** Ends whoever survived the former daemon. Resolves when programs may start. */
  async endSurvivors(options: Pick<EndingOptions, 'publish' | 'isUrgent'>): Promise<void> {
    if (!this.found) return;
    const { clock, warn } = this.options;
    const policyOf: EndingOptions['policyOf'] = name => {
      const process = this.processes().find(({ fullname }) => fullname === name);
      return process && stopPolicyOf(process.spec);
    };
    try {
      this.remaining = await endSurvivors(this.found, { ...options, clock, warn, policyOf });
    } finally {
      this.isClearing = false;
      this.file.flush();
    }
  }

  /** What every start waits for; undefined when there is nothing. */
  get holdup(): string | undefined {
    return this.isClearing ? 'waiting for survivors of a former daemon to end' : undefined;
  }

  /** Why a process must not be started: one of a former daemon's is still there. Undefined when it may be. */
  obstacleTo({ program, fullname, spec: { num } }: Process): string | undefined {
    const names = new Set([fullname, this.recordOf(program, num)?.name]);
    const pids = [...this.remaining]
      .filter(([name]) => names.has(name))
      .flatMap(([, survivors]) => survivors.filter(mayBeThere).map(({ pid }) => pid));
    if (pids.length === 0) return undefined;
    return `${listPids(pids)} of a former daemon is still there and could not be ended; a second one must not run beside it`;
  }

  /** The last word: whoever still runs is told to the next daemon. */
  async close(): Promise<void> {
    this.hasEnded = true;
    await this.file.close();
  }

  private recordOf(program: string, num: number): ProcessRecord | undefined {
    return this.former?.processes.find(record => record.program === program && record.num === num);
  }

  /** While survivors are being ended they are in it as the former daemon had them, should this one be killed too. */
  private snapshot(): StateRecord {
    const former = this.isClearing ? (this.former?.processes ?? []) : [];
    const lives = new Map<string, Partial<ProcessRecord>>(
      former.map(({ name, marked, generation, life, stop }) => [name, { marked, generation, life, stop }]),
    );
    // A leader that the former daemon had just forked is in no record yet, and its mark names that daemon: the next one
    // would take it for what a dead leader has left.
    for (const { process, pid, start, isLeader } of this.isClearing ? (this.found?.survivors ?? []) : []) {
      if (isLeader) lives.set(process, { ...lives.get(process), life: { pid, start } });
    }
    const own = uniqueByName(this.processes().map(recordOf));
    const names = new Set(own.map(({ name }) => name));
    const gone = former.filter(({ name }) => !names.has(name));
    // Of one that is there now this daemon knows what was decided, and the former one who still lives of it.
    const processes = [...own, ...gone].map(record => ({ ...record, ...lives.get(record.name) }));
    const self = identityOf(process.pid);
    const isOver = this.leavesNobody(processes);
    const boot = bootId();
    const ended = this.former?.boot === boot ? this.former.ended : null;
    return { version: STATE_VERSION, boot, daemon: isOver ? null : self, ended: isOver ? self : ended, processes };
  }

  private leavesNobody(processes: readonly ProcessRecord[]): boolean {
    const remaining = [...this.remaining.values()].flat();
    return this.hasEnded && processes.every(({ life }) => life === null) && !remaining.some(mayBeThere);
  }
}

const FILE_NAME = 'state.json';

function recordOf({ spec, intent, current, leader, markedAs }: Process): ProcessRecord {
  return {
    program: spec.program,
    num: spec.num,
    name: spec.fullname,
    marked: markedAs === undefined || markedAs === spec.fullname ? null : markedAs,
    intent: intent ?? null,
    // Of the latest life that was forked: a leader of a later one was missed, others of that one are its leftovers.
    generation: current.generation - (current.state.kind === 'launching' ? 1 : 0),
    life: leader ? { pid: leader.pid, start: leader.start ?? null } : null,
    stop: stopPolicyOf(spec),
  };
}

/** One that is being removed may share its name with a new one: the one that runs is the one to know. */
function uniqueByName(records: readonly ProcessRecord[]): ProcessRecord[] {
  const known = new Map<string, ProcessRecord>();
  for (const record of records) {
    if (known.get(record.name)?.life == null) known.set(record.name, record);
  }
  return [...known.values()];
}
