/**
 * How the survivors of one process are ended, as a pure function: the leader by its stop policy, and once it is gone the
 * others by the policy for leftovers. Nobody is waited for without an end.
 */
import type { Millis, SignalName } from './program.ts';
import type { StopPolicy } from './record.ts';
import type { Survivor } from './survivor.ts';

/** SIGKILL ends whatever can be ended within milliseconds; after this, it is not up to us. */
export const GIVE_UP: Millis = 5_000;

export interface Ending {
  readonly process: string;
  readonly policy: StopPolicy;
  readonly leader: Survivor | undefined;
  readonly others: readonly Survivor[];
  /** What is being done, or was done last; undefined before it has begun. */
  readonly round: Round | undefined;
  /** Whom SIGKILL has not ended. */
  readonly stuck: readonly Survivor[];
  /** Whether nobody is there to be ended, as far as is known. */
  readonly isQuiet: boolean;
  /** Whether whoever is left stays. */
  readonly isOver: boolean;
}

interface Round {
  readonly whom: 'leader' | 'others';
  readonly stage: 'ask' | 'kill';
  readonly until: Millis;
  /** Who has had this round's signal. */
  readonly told: readonly Survivor[];
}

export type Order =
  | {
      readonly type: 'signal';
      readonly signal: SignalName;
      readonly to: readonly Survivor[];
      /** Whether their process groups get it. */
      readonly group: boolean;
    }
  | { readonly type: 'tell'; readonly action: 'gone' | 'left' | 'stuck'; readonly about: readonly Survivor[] };

export interface EndingStep {
  readonly ending: Ending;
  readonly orders: readonly Order[];
}

export interface Moment {
  readonly now: Millis;
  /** Whether one of them is still there, as itself and no zombie. */
  readonly isHere: (survivor: Survivor) => boolean;
  /** Whether those who were asked to end have had time enough, as somebody has asked twice. */
  readonly isUrgent: boolean;
}

/** The ending of these survivors, not yet begun. */
export function beginEnding(process: string, policy: StopPolicy, survivors: readonly Survivor[]): Ending {
  const leader = survivors.find(({ isLeader }) => isLeader);
  const others = survivors.filter(survivor => survivor !== leader);
  return { process, policy, leader, others, round: undefined, stuck: [], isQuiet: false, isOver: false };
}

/** Adds those that a later reading has found: what a leader's end has left, and what forks faster than it is read. */
export function join(ending: Ending, newcomers: readonly Survivor[]): Ending {
  return { ...ending, others: [...ending.others, ...newcomers], isQuiet: false };
}

/** Whether nothing is to be done unless others come. */
export function isSettled({ isQuiet, isOver }: Ending): boolean {
  return isQuiet || isOver;
}

/** Decides what is due. Called again once `isHere` has changed, or `Round.until` has come. */
export function stepEnding(ending: Ending, moment: Moment): EndingStep {
  const orders: Order[] = [];
  let current = ending;
  // Each turn settles something: a leader that is stuck leads on to the others.
  for (let last: Ending | undefined; current !== last && !current.isOver; ) {
    last = current;
    const step = turn(current, moment);
    orders.push(...step.orders);
    current = step.ending;
  }
  return { ending: current, orders };
}

function turn(ending: Ending, moment: Moment): EndingStep {
  const { policy } = ending;
  const [whom, present] = whoIsNext(ending, moment);
  if (present.length === 0) return quieten(ending);
  if (whom === 'others' && policy.leftovers !== 'kill') return leave(ending, present);
  const round = roundAt(ending, whom, moment);
  if (round === undefined) return giveUp(ending, whom, present);
  const to = present.filter(survivor => !round.told.includes(survivor));
  if (to.length === 0) return { ending: round === ending.round ? ending : { ...ending, round }, orders: [] };
  const order: Order = { type: 'signal', signal: signalOf(round, policy), to, group: isForGroup(round, policy) };
  return { ending: { ...ending, round: { ...round, told: [...round.told, ...to] } }, orders: [order] };
}

function whoIsNext(ending: Ending, { isHere }: Moment): ['leader' | 'others', readonly Survivor[]] {
  const { leader, others, stuck } = ending;
  if (leader && !stuck.includes(leader) && isHere(leader)) return ['leader', [leader]];
  return ['others', others.filter(isHere)];
}

/** The round is kept: those who turn up later, as they are forked faster than they are read, get no time of their own. */
function quieten(ending: Ending): EndingStep {
  if (ending.isQuiet) return { ending, orders: [] };
  const { leader, others, stuck } = ending;
  const all = leader ? [leader, ...others] : others;
  const gone = all.filter(one => !stuck.includes(one));
  return { ending: { ...ending, isQuiet: true }, orders: tell('gone', gone) };
}

/** What a policy other than `kill` lets live. */
function leave(ending: Ending, present: readonly Survivor[]): EndingStep {
  const { leader, round, policy } = ending;
  const gone = leader && round && !ending.stuck.includes(leader) ? tell('gone', [leader]) : [];
  const left = policy.leftovers === 'report' ? tell('left', present) : [];
  return { ending: { ...ending, isOver: true }, orders: [...gone, ...left] };
}

function tell(action: 'gone' | 'left' | 'stuck', about: readonly Survivor[]): Order[] {
  return about.length > 0 ? [{ type: 'tell', action, about }] : [];
}

/** The round as of now: the one under way, the next, or undefined when SIGKILL has had its time. */
function roundAt({ round, policy }: Ending, whom: Round['whom'], { now, isUrgent }: Moment): Round | undefined {
  if (round?.whom !== whom) return { whom, stage: 'ask', until: now + policy.time, told: [] };
  const isUp = now >= round.until || (isUrgent && round.stage === 'ask');
  if (!isUp) return round;
  return round.stage === 'ask' ? { whom, stage: 'kill', until: now + GIVE_UP, told: [] } : undefined;
}

function giveUp(ending: Ending, whom: Round['whom'], present: readonly Survivor[]): EndingStep {
  const stuck = [...ending.stuck, ...present];
  return { ending: { ...ending, stuck, round: undefined, isOver: whom === 'others' }, orders: tell('stuck', present) };
}

function signalOf({ whom, stage }: Round, { signal }: StopPolicy): SignalName {
  if (stage === 'kill') return 'SIGKILL';
  return whom === 'leader' ? signal : 'SIGTERM';
}

/** Leftovers get it by their groups, which no fork escapes. */
function isForGroup({ whom, stage }: Round, { asgroup, killasgroup }: StopPolicy): boolean {
  return whom === 'others' || (stage === 'ask' ? asgroup : killasgroup);
}
