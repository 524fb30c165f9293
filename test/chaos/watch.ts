/**
 * What must be true at any moment of a storm. Nothing here needs the storm to stand still: a state of the world that must
 * not last is a *suspicion*, named by the very process it is about (pid and start time), and becomes a violation only when
 * every look during GRACE_MS has seen it. What is true of two moments is not held against a third.
 */
import { closeSync, openSync, readSync } from 'node:fs';
import { STOPPED_STATES } from '../../src/core/status.ts';
import type { ProcStat } from '../../src/daemon/procfs.ts';
import type { ProcessInfo, ProcessList } from '../../src/protocol/messages.ts';
import { type Arena, Gone, Violation } from './arena.ts';
import type { Ledger } from './ledger.ts';
import {
  allStats,
  childrenOf,
  describeProc,
  heightOf,
  isStill,
  isZombie,
  keyOf,
  type Member,
  processOf,
  statsOf,
} from './procs.ts';

/** Far above what the daemon takes to see an end (ms) or to end leftovers (`stoptime`, 0.5 s, then SIGKILL). */
const GRACE_MS = 8_000;

/**
 * For a pid in `status` that does not exist any more: the thread that reaped it only has to get as far as telling the main
 * thread, which has meanwhile answered several requests.
 */
const TELL_MS = 500;

/** Looks that must agree, however long each takes. */
const GRACE_LOOKS = 5;

/** Gaps between descriptors: each costs a fork two system calls. */
const HEIGHT = { ratio: 4, spare: 200 };

/** What it is about, in a name; what it is, in words; how long it may last, if less than GRACE_MS. */
type Suspected = readonly [key: string, what: string, graceMs?: number];

interface Suspicion {
  readonly what: string;
  readonly since: number;
  readonly looks: number;
}

export class Watch {
  private readonly arena: Arena;
  private readonly ledger: Ledger;
  private readonly graceMs: number;
  private suspicions = new Map<string, Suspicion>();
  private looking: Promise<void> | undefined;
  private next: Promise<void> | undefined;
  private logOffset = 0;
  private logRest = '';
  looks = 0;
  /** How often it was known of a process what had been decided, and looked at. */
  decisions = 0;

  /** `graceMs`: how long what must not last may last. */
  constructor(arena: Arena, ledger: Ledger, graceMs = GRACE_MS) {
    this.arena = arena;
    this.ledger = ledger;
    this.graceMs = graceMs;
  }

  /** Looks at everything, beginning after this call. Those who ask while a look is under way share the next. */
  async glance(): Promise<void> {
    if (this.next) return await this.next;
    if (!this.looking) {
      this.looking = this.look().finally(() => {
        this.looking = undefined;
      });
      return await this.looking;
    }
    this.next = this.looking
      .catch(() => {}) // told to those who asked for it
      .then(() => {
        this.next = undefined;
        return this.glance();
      });
    return await this.next;
  }

  /** How many states of the world there are that must not last. */
  get open(): readonly string[] {
    return [...this.suspicions.values()].map(({ what }) => what);
  }

  /** Another daemon: what was suspected of the one before is void. */
  reset(): void {
    this.suspicions.clear();
  }

  private async look(): Promise<void> {
    this.readLog();
    const { copies, stderr } = this.arena;
    if (copies !== '') throw new Violation(`a second copy was started: ${copies.trim()}`);
    if (stderr !== '') throw new Violation(`the daemon said on standard error: ${stderr.trim()}`);
    const { deaths, pid: daemon } = this.arena;
    if (daemon === undefined) return;
    const { version, expected } = this.ledger;
    const before = allStats();
    const members = this.arena.members(before);
    const asked = performance.now();
    const infos = await this.status();
    if (infos === undefined || deaths !== this.arena.deaths || daemon !== this.arena.pid) return;
    const concerned = [
      ...childrenOf(daemon),
      ...members.map(({ pid }) => pid),
      ...infos.flatMap(({ pid }) => pid ?? []),
    ];
    const after = new Map(statsOf(concerned).map(stat => [stat.pid, stat]));
    const world = { daemon, members, infos, after };
    const isOneConfig = version === this.ledger.version && expected !== undefined;
    const seen = [
      ...(isOneConfig ? nameSuspicions(infos, expected) : []),
      ...this.statusSuspicions(world),
      ...strangers(world),
      ...orphans(world),
      ...zombies(world),
    ];
    if (deaths !== this.arena.deaths) return;
    this.looks++;
    this.weigh(seen);
    this.checkCopies(members);
    this.checkSurvivors(
      members,
      before.find(({ pid }) => pid === daemon),
    );
    if (isOneConfig) for (const info of infos) this.checkDecision(info, asked); // else the daemon may be ending
    this.checkHeight(daemon);
  }

  private async status(): Promise<readonly ProcessInfo[] | undefined> {
    try {
      const answer = await this.arena.call('GET', '/v1/processes');
      if (answer?.status === 503) return undefined; // a crowd holds all connections
      if (answer?.status !== 200) throw new Violation(`GET /v1/processes: ${answer?.status} ${answer?.text}`);
      return (answer.json as ProcessList).processes; // the type of the route; a test of its own holds the daemon to it
    } catch (error) {
      if (error instanceof Gone) return undefined;
      throw error;
    }
  }

  private weigh(seen: readonly Suspected[]): void {
    const now = performance.now();
    const kept = new Map<string, Suspicion>();
    for (const [key, what, graceMs = this.graceMs] of seen) {
      const { since = now, looks = 0 } = this.suspicions.get(key) ?? {};
      if (now - since > graceMs && looks >= GRACE_LOOKS) {
        throw new Violation(`${what}, for ${Math.round(now - since)} ms and ${looks} looks`);
      }
      kept.set(key, { what, since, looks: looks + 1 });
    }
    this.suspicions = kept;
  }

  /** Who is shown with a pid must live under it, as a child of the daemon that leads its session, with its name on it. */
  private *statusSuspicions({ daemon, infos, after }: World): Generator<Suspected> {
    const ids = new Map(this.arena.members([...after.values()]).map(({ pid, id }) => [pid, id]));
    for (const { name, pid, state, starts } of infos) {
      if (pid === null) {
        if (state === 'RUNNING' || state === 'STARTING' || state === 'STOPPING' || state === 'UNKNOWN') {
          // STARTING: its fork is due. STOPPING: its leader is dead and its leftovers are being ended. Neither may last.
          yield [`pid ${name} ${state} ${starts}`, `${name} is ${state} without a pid`];
        }
        continue;
      }
      const key = `status ${name} ${pid} ${starts}`;
      const stat = after.get(pid);
      if (stat === undefined) yield [key, `${name} is ${state} with pid ${pid}, which does not exist`, TELL_MS];
      else if (isZombie(stat)) yield [key, `${name} is ${state} with pid ${pid}, which is a zombie`];
      else if (stat.ppid !== daemon)
        yield [key, `${name} is ${state} with pid ${pid}, which is no child of the daemon`];
      else if (stat.session !== pid) yield [key, `${name} is ${state} with pid ${pid}, which leads no session`];
      else if (!this.isNamed(ids.get(pid), name, starts)) {
        yield [key, `${name} (life ${starts}) is ${state} with pid ${pid}, which carries ${ids.get(pid)}`];
      }
    }
  }

  /** Two leaders of the same process at the same time: there is no moment at which that is right. */
  private checkCopies(members: readonly Member[]): void {
    const leaders = members.filter(({ id, pid, session }) => id !== undefined && pid === session);
    const firsts = new Map<string, Member>();
    for (const second of leaders) {
      const process = processOf(second.id ?? '');
      const first = firsts.get(process);
      firsts.set(process, second);
      // Both were seen one after the other. Only if the first still lives after the second was seen have they met.
      if (first && isStill(first) && isStill(second)) {
        throw new Violation(`two copies of ${process}:\n  ${describeProc(first)}\n  ${describeProc(second)}`);
      }
    }
  }

  /**
   * Nobody whom an earlier daemon started lives beside somebody whom this one started, but litter, and children that a
   * policy lets live.
   */
  private checkSurvivors(members: readonly Member[], daemon: ProcStat | undefined): void {
    if (!daemon) return;
    const isOfThis = (member: Member): boolean => member.daemon?.endsWith(`:${daemon.pid}:${daemon.start}`) === true;
    const ours = members.find(member => member.id !== undefined && isOfThis(member));
    if (!ours) return;
    for (const member of members) {
      const { id, daemon: mark, isLitter, pid, session } = member;
      if (id === undefined || mark === undefined || isLitter || isOfThis(member)) continue;
      if (pid !== session && this.ledger.isLenient(processOf(id))) continue;
      if (isStill(member)) {
        throw new Violation(
          `a survivor lives on:\n  ${describeProc(member)} of daemon ${mark}\nbeside\n  ${describeProc(ours)}`,
        );
      }
    }
  }

  /** Descriptor numbers do not creep up, which would cost each fork the more. */
  private checkHeight(daemon: number): void {
    const { highest, open } = heightOf(daemon);
    if (highest > open * HEIGHT.ratio + HEIGHT.spare) {
      throw new Violation(`the daemon's highest descriptor is ${highest}, and it has ${open}`);
    }
  }

  /** What was decided of a process is what status says, and what has become of it. */
  private checkDecision(info: ProcessInfo, asked: number): void {
    const { name, intent, state, pid } = info;
    const decision = this.ledger.decisionOf(name, asked);
    if (!decision) return;
    this.decisions++;
    const { want, isDone } = decision;
    const told = `${name} is ${state} with intent ${JSON.stringify(intent)}`;
    // Policy lets be what has ended by itself.
    const isAgreed = want === 'up' ? intent?.want === 'up' || intent?.by === 'policy' : intent?.want === 'down';
    if (!isAgreed) throw new Violation(`${told}, and the last that was decided of it is ${want}`);
    if (want === 'down' && isDone && (pid !== null || !STOPPED_STATES.includes(state))) {
      throw new Violation(`${told} and pid ${pid}, though it was stopped, and nobody has started it since`);
    }
    if (intent?.want === 'up' && state === 'STOPPED') {
      throw new Violation(`${told}, though it was started, and nobody has stopped it since`);
    }
  }

  /** `hash:name:life`. A process that was renamed since its start still carries the old name: number and origin stay. */
  private isNamed(id: string | undefined, name: string, starts: number): boolean {
    const { hash } = this.arena;
    if (id === undefined || !id.startsWith(`${hash}:`) || !id.endsWith(`:${starts}`)) return false;
    return this.ledger.originOf(processOf(id)) === this.ledger.originOf(processOf(`:${name}:`));
  }

  /** What the daemons' log has gained since the last look: each line JSON, no fault of the daemon's own among them. */
  private readLog(): void {
    const text = this.logRest + this.readFrom();
    const lines = text.split('\n');
    this.logRest = lines.pop() ?? '';
    for (const line of lines) {
      if (line.includes('fault in the daemon')) throw new Violation(`a fault in the daemon: ${line}`);
      try {
        JSON.parse(line);
      } catch {
        throw new Violation(`a line of the daemon's log is no JSON: ${line}`);
      }
    }
  }

  private readFrom(): string {
    const buffer = Buffer.alloc(1024 * 1024);
    let fd: number;
    try {
      fd = openSync(this.arena.logfile, 'r');
    } catch {
      return ''; // no daemon has begun it yet
    }
    try {
      const length = readSync(fd, buffer, 0, buffer.length, this.logOffset);
      this.logOffset += length;
      return buffer.toString('latin1', 0, length);
    } finally {
      closeSync(fd);
    }
  }
}

interface World {
  readonly daemon: number;
  /** Who lived in the arena before the status was asked for. */
  readonly members: readonly Member[];
  readonly infos: readonly ProcessInfo[];
  /** All that those who live, the daemon's children and the status are about, after the status had come. */
  readonly after: ReadonlyMap<number, ProcStat>;
}

/** Who is in the config is in status; who is not is only while it is being stopped. */
function* nameSuspicions(infos: readonly ProcessInfo[], expected: readonly string[]): Generator<Suspected> {
  const left = infos.map(({ name }) => name);
  for (const name of expected) {
    const at = left.indexOf(name);
    if (at === -1) throw new Violation(`${name} is in the config, and not in status`);
    left.splice(at, 1);
  }
  for (const name of left) yield [`leaving ${name}`, `${name} is not in the config, and still in status`];
}

/** A leader that the daemon started must be known to it: it was alive before the status was asked for. */
function* strangers({ daemon, members, infos, after }: World): Generator<Suspected> {
  for (const member of members) {
    if (member.id === undefined || member.session !== member.pid || member.ppid !== daemon) continue;
    if (infos.some(({ pid }) => pid === member.pid)) continue;
    const now = after.get(member.pid);
    if (now === undefined || keyOf(now) !== keyOf(member)) continue;
    yield [`stranger ${keyOf(member)}`, `the daemon does not know of its own child ${describeProc(member)}`];
  }
}

/** Everybody belongs to a leader that is up, or is on the way out. */
function* orphans({ members, infos, after }: World): Generator<Suspected> {
  const up = new Set(infos.flatMap(({ pid }) => pid ?? []));
  for (const member of members) {
    if (member.id === undefined || member.isLitter || up.has(member.session)) continue;
    const now = after.get(member.pid);
    if (now === undefined || keyOf(now) !== keyOf(member) || isZombie(now)) continue;
    yield [`orphan ${keyOf(member)}`, `an orphan: ${describeProc(member)}`];
  }
}

function* zombies({ daemon, after }: World): Generator<Suspected> {
  for (const stat of after.values()) {
    if (stat.ppid !== daemon || !isZombie(stat)) continue;
    yield [`zombie ${keyOf(stat)}`, `a child of the daemon that it does not reap: ${describeProc(stat)}`];
  }
}
