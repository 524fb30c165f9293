/**
 * Who lives on from a daemon that was killed, told from one reading of the process table.
 *
 * A process is a survivor when it is a recorded life, by number *and* start; when it carries the marks of this config and
 * of a daemon of this user that is dead; or when it is in a session that such a process leads, or led. A process may write
 * any marks into its environment, so they are believed of users alone that programs of this config run as, and take nobody
 * along who is not theirs. Everything else is somebody else's, whatever its number. Never touched are this daemon itself, its ancestors, and whoever shares a session
 * with one of them: the user may have started the daemon from the console of a survivor.
 */
import type { Identity, Mark } from './mark.ts';
import type { StateRecord } from './record.ts';

/** One process as seen in the table. */
export interface Sighting {
  readonly pid: number;
  /** `Z` and `X` have ended. */
  readonly state: string;
  readonly ppid: number;
  readonly session: number;
  readonly start: number;
  /** Whose it is. */
  readonly uid: number;
  /**
   * `daemon`: it runs what this daemon runs, so it may be one. `unborn`: so it does, but with a single thread, which no
   * daemon has: it was forked by one, and has not become its program yet, nor got its mark. `program`: anything else.
   */
  readonly kind: 'program' | 'daemon' | 'unborn';
  /** What it carries of this config; undefined without, or in another pid namespace, where its numbers mean others. */
  readonly mark: Mark | undefined;
}

export interface Survivor {
  readonly pid: number;
  readonly start: number;
  /** The full name of the process that it was, or was of. */
  readonly process: string;
  /** Whether it is what was started, and not what that left or has started itself. */
  readonly isLeader: boolean;
}

export interface Survey {
  readonly survivors: readonly Survivor[];
  /** Survivors that must be left alone, as this daemon descends from them. */
  readonly spared: readonly Survivor[];
  /** Sessions that are ours whole, each with the process it belongs to. */
  readonly sessions: ReadonlyMap<number, string>;
  /** The daemon that wrote the state, if it lives. */
  readonly living: number | undefined;
  /** Orphans that will become programs in a moment, perhaps of ours: then the table is to be read again. */
  readonly unborn: readonly number[];
  /** Parents of leaders that name them as their daemon: live daemons, if they are daemons at all. */
  readonly parents: readonly number[];
}

export interface SurveyContext {
  /** Undefined when it could not be read. */
  readonly saved: StateRecord | undefined;
  /** The kernel's boot id; recorded numbers of another boot mean nothing. */
  readonly boot: string | null;
  readonly uid: number;
  /** Whom programs of this config run as, this daemon's own user among them. */
  readonly users: ReadonlySet<number>;
  /** This daemon's pid. */
  readonly self: number;
  /** `Survey.sessions` of the reading before this one. */
  readonly sessions?: ReadonlyMap<number, string>;
}

/** Decides about every process in the table. */
export function survey(sightings: readonly Sighting[], context: SurveyContext): Survey {
  const saved = context.saved?.boot === context.boot ? context.saved : undefined;
  const table = underPresentNames(sightings, saved);
  const people = new Map(table.map(sighting => [sighting.pid, sighting]));
  const recorded = recordedLives(people, saved);
  const isOurs = (sighting: Sighting): boolean => context.users.has(sighting.uid) || isOfRecord(sighting, saved);
  const marked = table.filter(sighting => isOrphan(sighting, people, { uid: context.uid, saved }) && isOurs(sighting));
  const leaders = new Map([...missedLeaders(marked, recorded, saved), ...recorded]);
  const sessions = sessionsOf({ table, marked, leaders, uid: context.uid, earlier: context.sessions ?? new Map() });
  const kin = kinOf(people, context.self);

  const survivors: Survivor[] = [];
  const spared: Survivor[] = [];
  const orphans = new Set(marked);
  const names = new Map([...leaders].map(([name, { pid }]) => [pid, name]));
  for (const sighting of table) {
    if (hasEnded(sighting)) continue;
    const { pid, start, session } = sighting;
    const mark = orphans.has(sighting) ? sighting.mark?.process : undefined;
    const process = names.get(pid) ?? mark ?? sessions.get(session);
    if (process === undefined) continue;
    const isKin = kin.pids.has(pid) || kin.sessions.has(session);
    (isKin ? spared : survivors).push({ pid, start, process, isLeader: names.has(pid) });
  }
  for (const session of kin.sessions) sessions.delete(session);
  const living = saved?.daemon && isAlive(people, saved.daemon) ? saved.daemon.pid : undefined;
  return {
    survivors,
    spared,
    sessions,
    living: living === context.self ? undefined : living,
    unborn: table.filter(one => isUnborn(one, people, context)).map(({ pid }) => pid),
    parents: parentsOf(table, people, context),
  };
}

export function hasEnded({ state }: Pick<Sighting, 'state'>): boolean {
  return state === 'Z' || state === 'X';
}

type People = ReadonlyMap<number, Sighting>;
type Leaders = ReadonlyMap<string, Sighting>;

/** The recorded lives that are still there, be it as zombies: whose session is then known too. */
function recordedLives(people: People, saved: StateRecord | undefined): Map<string, Sighting> {
  const lives = new Map<string, Sighting>();
  for (const { name, life } of saved?.processes ?? []) {
    const sighting = life === null ? undefined : people.get(life.pid);
    if (sighting !== undefined && sighting.start === life?.start) lives.set(name, sighting);
  }
  return lives;
}

/** A process that a reload has given another name bears the one that it began under. */
function underPresentNames(table: readonly Sighting[], saved: StateRecord | undefined): readonly Sighting[] {
  const taken = new Set(saved?.processes.map(({ name }) => name));
  const renamed = new Map(
    saved?.processes.flatMap(({ name, marked }) => (marked === null || taken.has(marked) ? [] : [[marked, name]])),
  );
  return table.map(sighting => {
    const { mark } = sighting;
    const process = mark && renamed.get(mark.process);
    return mark === undefined || process === undefined ? sighting : { ...sighting, mark: { ...mark, process } };
  });
}

/**
 * Whether it says that it is of this config and user, and its daemon was killed. One that names no daemon has none that
 * lives; those of daemons that ended in order were left on purpose.
 */
function isOrphan(
  { mark }: Sighting,
  people: People,
  { uid, saved }: { readonly uid: number; readonly saved: StateRecord | undefined },
): boolean {
  if (mark === undefined) return false;
  if (mark.daemon === undefined) return saved?.daemon !== null;
  return mark.daemon.uid === uid && !isAlive(people, mark.daemon) && isLater(mark.daemon, saved?.ended);
}

/** Whether one began after another; also when that cannot be known, or there is no other. */
function isLater(one: Identity, other: Identity | null | undefined): boolean {
  return one.start === null || other?.start == null || one.start > other.start;
}

/** Whether it is in the session of a recorded life of the process that it says it is of: a number that nobody can choose. */
function isOfRecord({ mark, session }: Sighting, saved: StateRecord | undefined): boolean {
  return saved?.processes.some(({ name, life }) => name === mark?.process && life?.pid === session) ?? false;
}

function isUnborn({ kind, uid, ppid }: Sighting, people: People, context: SurveyContext): boolean {
  return kind === 'unborn' && uid === context.uid && people.get(ppid)?.kind !== 'daemon';
}

/** A start that is not known is that of whoever has the number now: rather leave one alone than end a stranger. */
function isAlive(people: People, { pid, start }: Identity): boolean {
  const sighting = people.get(pid);
  return sighting !== undefined && !hasEnded(sighting) && (start === null || sighting.start === start);
}

/**
 * Leaders that the record has missed, as they were being forked when it was written. Of several that lead a session the
 * oldest is the one: the others left it by setsid.
 */
function missedLeaders(
  marked: readonly Sighting[],
  recorded: Leaders,
  saved: StateRecord | undefined,
): Map<string, Sighting> {
  const leaders = new Map<string, Sighting>();
  for (const sighting of marked) {
    const { mark } = sighting;
    if (mark === undefined || sighting.session !== sighting.pid) continue;
    if (recorded.has(mark.process) || !wasMissed(mark, saved)) continue;
    const known = leaders.get(mark.process);
    if (known === undefined || isOlder(sighting, known)) leaders.set(mark.process, sighting);
  }
  return leaders;
}

/** Whether the record, had it been newer, would know this life. Else its leader is dead, and this is what it left. */
function wasMissed({ process, generation, daemon }: Mark, saved: StateRecord | undefined): boolean {
  if (saved === undefined) return true;
  const writer = saved.daemon ?? saved.ended;
  // A later daemon could not write the record, as on a full disk.
  if (daemon?.start != null && writer?.start != null && daemon.start > writer.start) return true;
  const isOfWriter = daemon === undefined || (daemon.pid === saved.daemon?.pid && daemon.start === saved.daemon.start);
  if (!isOfWriter) return false;
  const record = saved.processes.find(({ name }) => name === process);
  return record === undefined || generation > record.generation;
}

function isOlder(a: Sighting, b: Sighting): boolean {
  return a.start < b.start || (a.start === b.start && a.pid < b.pid);
}

/**
 * A session is ours when a survivor leads it, or when its leader is dead and a survivor is in it; the number of a dead
 * leader is not given out again while the session has members. One that was ours before stays so, unless its number has
 * gone to a stranger. Whoever is marked takes along those of its own user, and of all users when it is of this daemon's.
 */
function sessionsOf(known: {
  readonly table: readonly Sighting[];
  readonly uid: number;
  readonly marked: readonly Sighting[];
  readonly leaders: Leaders;
  readonly earlier: ReadonlyMap<number, string>;
}): Map<number, string> {
  const { table, uid, marked, leaders, earlier } = known;
  const sessions = new Map<number, string>();
  const living = table.filter(sighting => !hasEnded(sighting));
  const leading = new Set(living.map(({ pid }) => pid));
  const isHeadless = (session: number): boolean => session > 0 && !leading.has(session);
  const isWholly = (one: Sighting): boolean =>
    one.uid === uid || living.every(other => other.session !== one.session || other.uid === one.uid);
  for (const [session, process] of earlier) if (isHeadless(session)) sessions.set(session, process);
  for (const one of marked) {
    const { pid, session, mark } = one;
    if (mark === undefined || !(session === pid || isHeadless(session)) || !isWholly(one)) continue;
    sessions.set(session, mark.process);
  }
  for (const [process, { pid, session }] of leaders) if (session === pid) sessions.set(session, process);
  return sessions;
}

/** This daemon, its ancestors, and the sessions they are in. */
function kinOf(people: People, self: number): { readonly pids: Set<number>; readonly sessions: Set<number> } {
  const pids = new Set<number>([self]);
  const sessions = new Set<number>();
  for (let one = people.get(self); one !== undefined; one = people.get(one.ppid)) {
    pids.add(one.pid);
    sessions.add(one.session);
    if (pids.has(one.ppid)) break;
  }
  return { pids, sessions };
}

/**
 * A program may write into its environment what it likes, but not choose its parent: only the leader of a session whose
 * parent is the daemon that it names, and this user's, speaks for that daemon.
 */
function parentsOf(table: readonly Sighting[], people: People, { uid, self }: SurveyContext): number[] {
  const parents = new Set<number>();
  for (const { pid, session, ppid, mark } of table) {
    const daemon = mark?.daemon;
    if (daemon === undefined || daemon.uid !== uid || session !== pid || ppid !== daemon.pid) continue;
    if (ppid !== self && people.get(ppid)?.uid === uid && isAlive(people, daemon)) parents.add(ppid);
  }
  return [...parents];
}
