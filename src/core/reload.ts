/**
 * From the processes there are and the specs that are asked for to what a reload does with each: nothing is disturbed that
 * did not change (design, section 8). Pure: `daemon/supervisor.ts` carries it out.
 *
 * A process is the same one as before when program and number are. A program that is gone and one that is new are the same
 * under another name when nothing else tells them apart.
 */
import type { AlertSpec } from './alert.ts';
import { whereOf } from './alertvia.ts';
import { ALERT_FACETS, DAEMON_FACETS, type Facet, type KeyChange, PROCESS_FACETS } from './facets.ts';
import { groupBy } from './grouping.ts';
import { type Intent, startsByItself } from './intent.ts';
import { type Life, mustRenew, pidOf } from './life.ts';
import { startOrder } from './order.ts';
import type { DaemonSpec, ProcessSpec } from './program.ts';
import { STOPPED_STATES, statusOf } from './status.ts';

/** What happens to a process. */
export type ReloadAction = 'nothing' | 'applied' | 'restart' | 'start' | 'stop';

/** A process as it is before the reload. */
export interface Standing {
  readonly spec: ProcessSpec;
  readonly current: Life;
  readonly intent: Intent | undefined;
  /** A reload before this one removed it, and it is being stopped. */
  readonly isLeaving: boolean;
}

export interface ProcessChange<S extends Standing = Standing> {
  readonly kind: 'added' | 'removed' | 'kept';
  readonly name: string;
  /** Its name before; null when it is added. */
  readonly was: string | null;
  /** Undefined when it is added. */
  readonly before: S | undefined;
  /** Undefined when it is removed. */
  readonly after: ProcessSpec | undefined;
  readonly action: ReloadAction;
  readonly changes: readonly KeyChange[];
  /** What else there is to say of the action. */
  readonly note: string | undefined;
  /** What was decided of the others of its program, and so of one that is added. */
  readonly intent?: Intent | undefined;
}

/** Decides what becomes of each process, in the order in which they start. */
export function plan<S extends Standing>(before: readonly S[], after: readonly ProcessSpec[]): ProcessChange<S>[] {
  const old = byProgram(before, standing => standing.spec);
  const next = byProgram(after, spec => spec);
  const renamed = findRenamed(old, next);
  const changes: ProcessChange<S>[] = [];
  for (const [name, specs] of next) {
    const standings = old.get(renamed.get(name) ?? name) ?? [];
    const known = new Map(standings.map(standing => [standing.spec.num, standing]));
    for (const spec of specs) {
      const standing = known.get(spec.num);
      changes.push(standing ? kept(standing, spec) : added(spec, standings));
    }
    for (const standing of standings.slice().reverse()) {
      if (standing.isLeaving || specs.some(spec => spec.num === standing.spec.num)) continue;
      changes.push(removed(standing, specs[0]));
    }
  }
  const survivors = new Set([...next.keys()].map(name => renamed.get(name) ?? name));
  for (const [name, standings] of old) {
    if (survivors.has(name)) continue;
    changes.push(...standings.filter(({ isLeaving }) => !isLeaving).map(standing => removed(standing, undefined)));
  }
  return inOrder(changes);
}

/** What differs between two `daemon` sections. */
export function planDaemon(before: DaemonSpec, after: DaemonSpec): KeyChange[] {
  return compare(DAEMON_FACETS, before, after);
}

/** What differs between two `alerts` sections: whole alerts that come and go, and keys of those that stay. */
export function planAlerts(before: readonly AlertSpec[], after: readonly AlertSpec[]): KeyChange[] {
  const names = [...new Set([...before, ...after].map(({ name }) => name))];
  return names.flatMap(name => {
    const [from, to] = [before, after].map(alerts => alerts.find(alert => alert.name === name));
    if (from === undefined || to === undefined) {
      const show = (alert: AlertSpec | undefined): string | null => (alert === undefined ? null : describeAlert(alert));
      return [{ key: `alerts.${name}`, class: 'now' as const, from: show(from), to: show(to) }];
    }
    const changes = compare(ALERT_FACETS, from, to);
    return changes.map(change => ({ ...change, key: change.key.replace('alerts', () => `alerts.${name}`) }));
  });
}

function describeAlert({ via, on }: AlertSpec): string {
  return `${via.kind} to ${whereOf(via)}, on ${on.join(', ')}`;
}

/** The section that is in force after a reload: keys that wait for the daemon's next start keep their values till then. */
export function daemonInForce(before: DaemonSpec, after: DaemonSpec): DaemonSpec {
  return { ...after, socket: { ...after.socket, path: before.socket.path } };
}

/** Whether the new spec is that of another life: what runs cannot be changed into it. */
export function needsNewLife(changes: readonly KeyChange[]): boolean {
  return changes.some(change => change.class === 'restart');
}

function kept<S extends Standing>(before: S, after: ProcessSpec): ProcessChange<S> {
  const changes = changesBetween(before.spec, after);
  const base = { kind: 'kept', name: after.fullname, was: before.spec.fullname, before, after, changes } as const;
  if (before.isLeaving) {
    const starts = startsByItself(before.intent, after.autostart);
    return { ...base, action: starts ? 'start' : 'nothing', note: 'it was being removed' };
  }
  if (needsNewLife(changes)) {
    if (mustRenew(before.current)) return { ...base, action: 'restart', note: undefined };
    return { ...base, action: 'nothing', note: 'takes effect at its next start' };
  }
  return { ...base, action: changes.some(change => change.class === 'now') ? 'applied' : 'nothing', note: undefined };
}

/** A further process of a program that is stopped by hand is not started; one of a program that was started by hand is. */
function added<S extends Standing>(after: ProcessSpec, siblings: readonly S[]): ProcessChange<S> {
  const base = { kind: 'added', name: after.fullname, was: null, before: undefined, after } as const;
  const sibling = siblings[0];
  if (!sibling) {
    const note = after.autostart ? 'new' : 'new; not started, as autostart is off';
    return { ...base, action: after.autostart ? 'start' : 'nothing', changes: [], note };
  }
  const changes = changesBetween(sibling.spec, after).filter(change => change.class === 'instances');
  const isStopped = siblings.every(({ intent }) => intent?.want === 'down' && intent.by === 'user');
  const starts = after.autostart ? !isStopped : siblings.some(({ current }) => current.want === 'up');
  const why = after.autostart ? 'the others were stopped by hand' : 'autostart is off';
  return {
    ...base,
    action: starts ? 'start' : 'nothing',
    changes,
    note: starts ? undefined : `not started, as ${why}`,
    intent: starts === after.autostart ? undefined : { want: starts ? 'up' : 'down', by: 'user' },
  };
}

function removed<S extends Standing>(before: S, sibling: ProcessSpec | undefined): ProcessChange<S> {
  // One that is UNKNOWN lives: it is stopped like any other, as far as that can be done.
  const isUp = pidOf(before.current) !== undefined || !STOPPED_STATES.includes(statusOf(before.current));
  const changes = sibling ? changesBetween(before.spec, sibling).filter(change => change.class === 'instances') : [];
  return {
    kind: 'removed',
    name: before.spec.fullname,
    was: before.spec.fullname,
    before,
    after: undefined,
    action: isUp ? 'stop' : 'nothing',
    changes,
    note: sibling ? undefined : 'not in the config any more',
  };
}

function changesBetween(before: ProcessSpec, after: ProcessSpec): KeyChange[] {
  return [...compare(PROCESS_FACETS, before, after), ...environmentChanges(before, after)];
}

function compare<Spec>(facets: readonly Facet<Spec>[], before: Spec, after: Spec): KeyChange[] {
  return facets.flatMap(({ key, class: reload, of, show = value => value }) => {
    const [from, to] = [of(before), of(after)];
    if (from === to) return [];
    const [shownFrom, shownTo] = [from, to].map(value => (value === null ? null : show(value)));
    // Two secrets look the same.
    const isHidden = shownFrom === shownTo && shownTo !== null;
    return [{ key, class: reload, from: shownFrom ?? null, to: isHidden ? '(changed)' : (shownTo ?? null) }];
  });
}

/** Whether a variable is a built-in that `shell: true` has set, which is no secret; one that only has its name may be. */
function isBuiltin(
  name: string,
  value: string,
  { program, name: process, num, numprocs, group }: ProcessSpec,
): boolean {
  if (name === 'num') return /^[0-9]+$/.test(value) && Number(value) === num;
  const builtins: Readonly<Record<string, string>> = { program, process, numprocs: `${numprocs}`, group };
  return Object.hasOwn(builtins, name) && builtins[name] === value;
}

/** Variables hold passwords: that one has changed is told, and not from what to what. */
function environmentChanges(before: ProcessSpec, after: ProcessSpec): KeyChange[] {
  const names = [...new Set([...Object.keys(before.env), ...Object.keys(after.env)])].sort();
  return names
    .filter(name => before.env[name] !== after.env[name])
    .map(name => {
      const show = (spec: ProcessSpec, word: string): string | null => {
        const value = spec.env[name];
        if (value === undefined) return null;
        if (value === null) return '(unset)';
        return isBuiltin(name, value, spec) ? value : word;
      };
      return {
        key: `env.${name}`,
        class: 'restart',
        from: show(before, '(hidden)'),
        to: show(after, typeof before.env[name] === 'string' ? '(changed)' : '(hidden)'),
      };
    });
}

/** Keys that name a program, or are written after its name: they may differ between two names of the same. */
const NAMING = /^(?:processname|groups\.programs|stdout\..*|stderr\..*|pidfile)$/;

/** New name → old name of each program that is the same under another name. */
function findRenamed(
  old: ReadonlyMap<string, readonly Standing[]>,
  next: ReadonlyMap<string, readonly ProcessSpec[]>,
): Map<string, string> {
  const gone = new Map([...old].filter(([name]) => !next.has(name)));
  const renamed = new Map<string, string>();
  for (const [name, specs] of next) {
    if (old.has(name)) continue;
    for (const [former, standings] of gone) {
      if (!isSameButForName(standings, specs)) continue;
      renamed.set(name, former);
      gone.delete(former);
      break;
    }
  }
  return renamed;
}

function isSameButForName(standings: readonly Standing[], specs: readonly ProcessSpec[]): boolean {
  if (standings.length !== specs.length) return false;
  return specs.every((spec, i) => {
    const before = standings[i]?.spec;
    return before?.num === spec.num && changesBetween(before, spec).every(({ key }) => NAMING.test(key));
  });
}

function byProgram<T>(items: readonly T[], specOf: (item: T) => ProcessSpec): Map<string, T[]> {
  const byNumber = [...items].sort((a, b) => specOf(a).num - specOf(b).num);
  return groupBy(byNumber, item => specOf(item).program);
}

function inOrder<S extends Standing>(changes: readonly ProcessChange<S>[]): ProcessChange<S>[] {
  const bySpec = new Map(
    changes.flatMap(change => {
      const spec = change.after ?? change.before?.spec;
      return spec ? [[spec, change] as const] : [];
    }),
  );
  return startOrder([...bySpec.keys()]).flatMap(spec => bySpec.get(spec) ?? []);
}
