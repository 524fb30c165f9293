import { type Named, selects } from '../../core/selector.ts';
import { RUNNING_STATES, SIGNALLABLE_STATES, STOPPED_STATES } from '../../core/status.ts';
import { type Suggestion, whole } from './suggestion.ts';
import type { KnownProcess, World } from './world.ts';

/** Who asks for names, and which were given before. */
interface Asked {
  readonly verb: string | undefined;
  readonly given: readonly string[];
}

/** States in which a verb has something to do: those processes are offered first. */
const WANTED: Readonly<Record<string, readonly string[]>> = {
  start: STOPPED_STATES,
  stop: RUNNING_STATES,
  restart: RUNNING_STATES,
  signal: SIGNALLABLE_STATES,
  attach: SIGNALLABLE_STATES,
  send: SIGNALLABLE_STATES,
};

/** More names than this are too many to look through: those of one group are offered as `group:` then. */
const MOST_NAMES = 40;

/** Processes, groups as `group:*`, and `all`, less what was selected already. A glob is left alone. */
export function selectorsAt(word: string, world: World, { verb, given }: Asked): readonly Suggestion[] {
  const left = world.processes.filter(process => !given.some(selector => selects(selector, namedOf(process))));
  const groups = groupsOf(left).filter(({ name, members }) => members.some(process => process.name !== name));
  const processes = left.filter(({ name }) => name.startsWith(word));
  return [
    ...foldGroups(preferred(processes, verb), word),
    ...groups
      .map(({ name, members }) => whole(`${name}:*`, describeGroup(members)))
      .filter(group => group.word.startsWith(word) && group.word !== word),
    ...(given.length === 0 && world.processes.length > 0 && 'all'.startsWith(word)
      ? [whole('all', describeGroup(world.processes))]
      : []),
  ];
}

/** Single processes by their full names. */
export function namesAt(word: string, { processes }: World, { verb, given }: Asked): readonly Suggestion[] {
  const fitting = processes.filter(({ name }) => name.startsWith(word) && !given.includes(name));
  return foldGroups(preferred(fitting, verb), word);
}

/**
 * Programs and groups, for verbs that take whole ones. What is in use cannot be added, and is removed once it is stopped: that
 * is offered first.
 */
export function programsAt(word: string, world: World, { verb, given }: Asked): readonly Suggestion[] {
  const groups = new Map(groupsOf(world.processes).map(({ name, members }) => [name, members]));
  const isStopped = (name: string): boolean =>
    groups.get(name)?.every(({ state }) => isOf(STOPPED_STATES, state)) ?? true;
  const names = [...new Set([...groups.keys(), ...programsOf(world)])].filter(
    name => name.startsWith(word) && !given.includes(name) && isInUse(name, world) !== (verb === 'add'),
  );
  return [...names.filter(isStopped), ...names.filter(name => !isStopped(name))].map(name => {
    const members = groups.get(name);
    return whole(name, members === undefined ? 'a program' : describeGroup(members));
  });
}

function isInUse(name: string, { processes }: World): boolean {
  return processes.some(process => process.group === name || programOf(process) === name);
}

function isOf(states: readonly string[], state: string): boolean {
  return states.includes(state);
}

/** `web=`, then the number that it has now. */
export function countsAt(word: string, world: World): readonly Suggestion[] {
  return programsOf(world).flatMap(program => {
    const count = world.processes.filter(process => programOf(process) === program).length;
    const now = `${count} ${count === 1 ? 'process' : 'processes'} now`;
    if (word.startsWith(`${program}=`)) {
      return [count + 1, count - 1]
        .filter(number => number >= 0)
        .map(number => whole(`${program}=${number}`, number > count ? `one more than now` : 'one less than now'))
        .filter(number => number.word.startsWith(word) && number.word !== word);
    }
    return program.startsWith(word) ? [{ word: `${program}=`, help: now, isWhole: false }] : [];
  });
}

export function alertsAt(word: string, { alerts = [] }: World): readonly Suggestion[] {
  return alerts.filter(name => name.startsWith(word)).map(name => whole(name, ''));
}

/** First those whose state makes sense for the verb, else as they were. */
function preferred(processes: readonly KnownProcess[], verb = ''): readonly KnownProcess[] {
  const wanted = WANTED[verb];
  if (wanted === undefined) return processes;
  const isWanted = ({ state }: KnownProcess): boolean => isOf(wanted, state);
  return [...processes.filter(isWanted), ...processes.filter(process => !isWanted(process))];
}

function foldGroups(processes: readonly KnownProcess[], word: string): readonly Suggestion[] {
  const groups = processes.length > MOST_NAMES ? groupsOf(processes) : [];
  const folded = new Map(
    groups
      .filter(({ name, members }) => members.length > 1 && !word.startsWith(`${name}:`))
      .map(group => [group.name, group.members]),
  );
  const told = new Set<string>();
  return processes.flatMap(({ name, group, state }) => {
    const members = folded.get(group);
    if (members === undefined) return [whole(name, state)];
    if (told.has(group)) return [];
    told.add(group);
    return [{ word: `${group}:`, help: describeGroup(members), isWhole: false }];
  });
}

interface Group {
  readonly name: string;
  readonly members: readonly KnownProcess[];
}

function groupsOf(processes: readonly KnownProcess[]): readonly Group[] {
  const groups = new Map<string, KnownProcess[]>();
  for (const process of processes) {
    const members = groups.get(process.group);
    if (members === undefined) groups.set(process.group, [process]);
    else members.push(process);
  }
  return [...groups].map(([name, members]) => ({ name, members }));
}

/** `3 processes, 2 RUNNING`: how many, and how many of each state. */
function describeGroup(members: readonly KnownProcess[]): string {
  const states = new Map<string, number>();
  for (const { state } of members) states.set(state, (states.get(state) ?? 0) + 1);
  const counts = [...states].map(([state, count]) => (states.size === 1 ? `all ${state}` : `${count} ${state}`));
  return members.length === 1 ? `1 process, ${members[0]?.state}` : `${members.length} processes, ${counts.join(', ')}`;
}

function programsOf({ processes, programs = [] }: World): readonly string[] {
  return [...new Set([...programs, ...processes.map(programOf)])];
}

function programOf({ program, group }: KnownProcess): string {
  return program ?? group;
}

function namedOf(process: KnownProcess): Named {
  const { name: fullname, group } = process;
  return { fullname, group, name: fullname.slice(fullname.indexOf(':') + 1), program: programOf(process) };
}
