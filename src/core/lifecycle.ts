/**
 * The life of a process, as one pure function.
 *
 * A process is two facts. `want` is what is asked of it: up or down. `state` is where it is. Nothing else is stored: a
 * pending restart is STOPPING while `want` is up, a cancelled one is STOPPING while `want` is down.
 *
 *     state      want up                                  want down
 *     ---------  ---------------------------------------  -----------------------------------------
 *     stopped    (passed through on the way to a start)   at rest: stopped, or never started
 *     launching  a fork is due                            (cancelled at once: stopped)
 *     starting   alive, not yet for `starttime`           alive until its turn to be stopped comes
 *     running    alive                                    the same
 *     backoff    waits to be started again                (stopped at once)
 *     stopping   a restart: starts again once ended       being stopped
 *     clearing   dead, its leftovers are being ended      the same, then at rest
 *     exited     (passed through on the way to a restart) at rest: ended by itself, and policy let it be
 *     fatal      gave up; only a person starts it again   the same
 *     unknown    could not be signalled                   the same
 *
 * The states and transitions are supervisord's (its `process.py`), with the differences of design section 5, each on
 * purpose. `step` decides; `daemon/process.ts` performs the effects in their order and comes back with events. Whatever
 * an event belongs to, its generation says so, and an event of another life changes nothing.
 *
 * `by` takes no part in decisions. It remembers whose request led to where the life is, so that what is told of it can
 * say so, and is null from the moment that the program ends, or fails to start, by itself. It stands here, and not with
 * the interpreter, as only who decides knows which of two requests it was that counted.
 */
import type { Asker } from './asker.ts';
import { describeCondition, describeExit, describeSpan, type Exit } from './exit.ts';
import { deadlineOf, type LastEnd, type Life, type Manner, mustRenew, pidOf, type State } from './life.ts';
import type { Millis, ProcessSpec, SignalName } from './program.ts';
import { backoffOf, isExpected, shouldRestart } from './restart.ts';
import { beginStop, emitKill, escalate, KILL_PATIENCE, nextMeansAt, useMeans } from './stopping.ts';
import { takeToken } from './tokens.ts';
import type { Event, Step } from './transition.ts';
import { Turn } from './turn.ts';

/** How soon to look again for leftovers that were told to end: most do within a few milliseconds. */
export const LOOK_AGAIN: Millis = 20;
/** A leftover that stays (in uninterruptible sleep, say) is not worth a scan of /proc more often than this. */
export const LOOK_AGAIN_MAX: Millis = 500;

/** Decides what `event` means for a process at `now` (monotonic). Pure: the same arguments, the same answer. */
export function step(spec: ProcessSpec, life: Life, event: Event, now: Millis): Step {
  const turn = new Turn(spec, life, now);
  if ('generation' in event && event.generation !== life.generation) return turn.result();
  switch (event.type) {
    case 'start':
      return onStart(turn, event.by);
    case 'stop':
      return onStop(turn, event.by);
    case 'restart':
      return onRestart(turn, event.by);
    case 'kill':
      return onKill(turn, event.by);
    case 'standDown':
      return onStandDown(turn, event.by);
    case 'reconfigured':
      return onReconfigured(turn, event);
    case 'deadline':
      return onDeadline(turn);
    case 'inputRefused':
      return onInputRefused(turn);
    case 'inspected':
      return onInspected(turn, event.condition);
    case 'spawned':
      return onSpawned(turn, event.pid);
    case 'spawnFailed':
      return onSpawnFailed(turn, event.reason);
    case 'signalFailed':
      return onSignalFailed(turn, event.reason);
    case 'ended':
      return onEnded(turn, event);
    case 'scanned':
      return onScanned(turn, event.members, event.zombies ?? []);
  }
}

/** A request that changes nothing, as what it asks for is under way or done, does not count as what led to it. */
function onStart(turn: Turn, by: Asker): Step {
  const { state, want, isStale } = turn.life;
  switch (state.kind) {
    case 'stopped':
    case 'exited':
    case 'fatal':
      turn.change({ want: 'up', failures: 0, by });
      launch(turn);
      break;
    case 'stopping':
      if (want === 'down') turn.change({ want: 'up', by });
      break;
    case 'clearing':
      // Whoever starts it while it is being put away wants a new life, whatever policy would say of the old one.
      if (want === 'down') turn.change({ want: 'up', by, state: { ...state, manner: 'stopped' } });
      break;
    case 'starting':
    case 'running':
      if (want === 'down' || isStale) turn.change({ want: 'up', by }); // it may have been told to stand down
      if (isStale) beginStop(turn, state);
      break;
    case 'launching':
    case 'backoff':
    case 'unknown':
      break;
  }
  return turn.result();
}

function onStop(turn: Turn, by: Asker): Step {
  const { state, generation, want } = turn.life;
  switch (state.kind) {
    case 'launching':
      turn.emit({ type: 'cancel', generation });
      turn.change({ want: 'down', by, state: { kind: 'stopped' } });
      break;
    case 'starting':
    case 'running':
    case 'unknown':
      turn.change({ want: 'down', by });
      beginStop(turn, state);
      break;
    case 'backoff':
      turn.change({ want: 'down', by, state: { kind: 'stopped' } });
      break;
    case 'stopping':
    case 'clearing':
      if (want === 'up') turn.change({ want: 'down', by });
      break;
    case 'stopped':
    case 'exited':
    case 'fatal':
      turn.change({ want: 'down' });
      break;
  }
  return turn.result();
}

function onRestart(turn: Turn, by: Asker): Step {
  const { state } = turn.life;
  switch (state.kind) {
    case 'starting':
    case 'running':
      turn.change({ want: 'up', failures: 0, by });
      beginStop(turn, state);
      break;
    case 'clearing':
      turn.change({ want: 'up', by, state: { ...state, manner: 'stopped' } });
      break;
    case 'backoff':
      turn.change({ failures: 0, by });
      launch(turn);
      break;
    default:
      return onStart(turn, by);
  }
  return turn.result();
}

function onStandDown(turn: Turn, by: Asker): Step {
  const { kind } = turn.life.state;
  if (kind !== 'starting' && kind !== 'running' && kind !== 'unknown') return onStop(turn, by);
  turn.change({ want: 'down', by });
  return turn.result();
}

/** A stop that does not wait: SIGKILL now, to the leader or to what it left. */
function onKill(turn: Turn, by: Asker): Step {
  onStop(turn, by);
  const { state, generation } = turn.life;
  if (state.kind === 'stopping' && state.means === 'kill') emitKill(turn, state.pid);
  else if (state.kind === 'stopping') useMeans(turn, state, 'kill');
  if (state.kind === 'clearing') {
    turn.enter({ ...state, killAt: turn.now, lookAt: undefined });
    if (state.lookAt !== undefined) turn.emit({ type: 'scan', generation, pid: state.pid });
  }
  return turn.result();
}

/** Deadlines that the new spec moves are moved, and what it decides otherwise is decided again. */
function onReconfigured(turn: Turn, { renew, by }: Extract<Event, { type: 'reconfigured' }>): Step {
  if (renew && mustRenew(turn.life)) {
    onRestart(turn, by);
    return turn.result();
  }
  if (renew && pidOf(turn.life) !== undefined) turn.change({ isStale: true });
  const { spec, life } = turn;
  const { state } = life;
  switch (state.kind) {
    case 'starting':
      turn.enter({ ...state, readyAt: state.since + spec.starttime });
      break;
    case 'stopping':
      turn.enter({ ...state, nextAt: nextMeansAt(spec, state) });
      break;
    case 'backoff':
      // Not a failed start that is tried again, but a restart that waits for its turn, which policy may not want any more.
      if (life.failures === 0 && life.last && !shouldRestart(spec, life.last.exit)) {
        turn.change({ want: 'down', by, state: { kind: 'exited' } });
      }
      break;
  }
  return onDeadline(turn);
}

function onDeadline(turn: Turn): Step {
  const deadline = deadlineOf(turn.life);
  if (deadline === undefined || turn.now < deadline) return turn.result();
  const { state, generation } = turn.life;
  switch (state.kind) {
    case 'starting':
      succeed(turn, state);
      break;
    case 'backoff':
      relaunch(turn);
      break;
    case 'stopping':
      escalate(turn, state);
      break;
    case 'clearing':
      turn.enter({ ...state, lookAt: undefined });
      turn.emit({ type: 'scan', generation, pid: state.pid });
      break;
  }
  return turn.result();
}

function onSpawned(turn: Turn, pid: number): Step {
  const { state } = turn.life;
  if (state.kind !== 'launching') return turn.result();
  const since = turn.now;
  turn.enter({ kind: 'starting', pid, since, readyAt: since + turn.spec.starttime });
  turn.publish({ type: 'process.spawned', pid, ...turn.origin });
  return onDeadline(turn);
}

function onSpawnFailed(turn: Turn, reason: string): Step {
  if (turn.life.state.kind !== 'launching') return turn.result();
  turn.change({ by: null });
  failStart(turn, reason);
  return turn.result();
}

/** ESRCH never comes here: a process that is gone is about to be reported as ended. */
function onSignalFailed(turn: Turn, reason: string): Step {
  const { state } = turn.life;
  if (state.kind === 'starting' || state.kind === 'running' || state.kind === 'stopping') {
    turn.enter({ kind: 'unknown', pid: state.pid, since: state.since, reason });
  }
  return turn.result();
}

function onInputRefused(turn: Turn): Step {
  const { state } = turn.life;
  if (state.kind === 'stopping' && state.means === 'input') useMeans(turn, state, 'signal');
  return turn.result();
}

/** Nothing more can be done about it, and nobody shall wait for it any longer. Should it end after all, life goes on. */
function onInspected(turn: Turn, condition: string | undefined): Step {
  const { state } = turn.life;
  if (state.kind !== 'stopping') return turn.result();
  const { pid, since } = state;
  turn.enter({
    kind: 'unknown',
    pid,
    since,
    reason: `pid ${pid} does not end on SIGKILL: ${describeCondition(condition)}`,
  });
  return turn.result();
}

function onEnded(turn: Turn, { exit, alone, hint }: Extract<Event, { type: 'ended' }>): Step {
  const before = turn.life.state;
  // An end that is seen after `readyAt` is no early one, though the timer was late.
  if (before.kind === 'starting' && turn.now >= before.readyAt) succeed(turn, before);
  const { state, want, generation } = turn.life;
  if (state.kind !== 'starting' && state.kind !== 'running' && state.kind !== 'stopping' && state.kind !== 'unknown') {
    return turn.result();
  }
  const { pid } = state;
  const ranFor = turn.now - state.since;
  const manner = mannerOf(state, want);
  if (manner !== 'stopped') turn.change({ by: null });
  const { by } = turn.life;
  const expected = manner === 'stopped' || (manner === 'ran' && isExpected(turn.spec, exit));
  const stoppedBy = state.kind === 'stopping' ? state.means : null;
  turn.publish({ type: 'process.exit', pid, exit, expected, ranFor, stoppedBy, by });
  const last: LastEnd = { pid, exit, ranFor, at: turn.now, hint };
  const reason = manner === 'early' ? earlyReason(turn.spec, last) : undefined;
  if (alone || turn.spec.leftovers === 'ignore') {
    turn.life = { ...turn.life, last };
    settle(turn, manner, exit);
  } else {
    turn.change({
      last,
      state: { kind: 'clearing', pid, manner, reason, exit, ranFor, members: [], lookAt: undefined, killAt: undefined },
    });
    turn.emit({ type: 'scan', generation, pid });
  }
  return turn.result();
}

function onScanned(turn: Turn, members: readonly number[], zombies: readonly number[]): Step {
  const { state } = turn.life;
  if (state.kind !== 'clearing') return turn.result();
  const { manner, exit } = state;
  if (members.length === 0) {
    if (state.members.length > 0) turn.publish({ type: 'process.leftovers', pids: state.members, action: 'gone' });
    if (zombies.length > 0) turn.publish({ type: 'process.leftovers', pids: zombies, action: 'zombies' });
    settle(turn, manner, exit);
  } else if (turn.spec.leftovers !== 'kill') {
    turn.publish({ type: 'process.leftovers', pids: members, action: 'reported' });
    settle(turn, manner, exit);
  } else {
    sweep(turn, state, members);
  }
  return turn.result();
}

/** Ends leftovers: SIGTERM to each that is new, SIGKILL to all once `stoptime` has passed, and another look soon. */
function sweep(turn: Turn, state: Extract<State, { kind: 'clearing' }>, members: readonly number[]): void {
  const { now, spec } = turn;
  const killAt = state.killAt ?? now + spec.stoptime;
  if (now - killAt >= KILL_PATIENCE) {
    turn.publish({ type: 'process.leftovers', pids: members, action: 'stuck' });
    settle(turn, state.manner, state.exit);
    return;
  }
  const signal: SignalName = now >= killAt ? 'SIGKILL' : 'SIGTERM';
  const told = signal === 'SIGKILL' ? members : members.filter(member => !state.members.includes(member));
  if (told.length > 0) {
    turn.emit({ type: 'sweep', pid: state.pid, members: told, signal });
    const isNews =
      signal === 'SIGTERM' || members.some(member => !state.members.includes(member)) || now - killAt < LOOK_AGAIN_MAX;
    if (isNews) turn.publish({ type: 'process.leftovers', pids: told, action: signal === 'SIGKILL' ? 'KILL' : 'TERM' });
  }
  const waited = Math.max(0, signal === 'SIGKILL' ? now - killAt : spec.stoptime - (killAt - now));
  const again = Math.min(LOOK_AGAIN_MAX, Math.max(LOOK_AGAIN, waited));
  const lookAt = signal === 'SIGTERM' ? Math.min(killAt, now + again) : now + again;
  turn.enter({ ...state, members, killAt, lookAt });
}

/** What follows once the life is over and its session is empty. */
function settle(turn: Turn, manner: Manner, exit: Exit): void {
  const { spec } = turn;
  if (manner === 'stopped' || turn.life.want === 'down') {
    turn.enter({ kind: 'stopped' });
    if (turn.life.want === 'up') launch(turn);
  } else if (manner === 'early') {
    failStart(turn, earlyReason(spec, turn.life.last));
  } else {
    turn.change({ failures: 0, state: { kind: 'exited' } });
    if (shouldRestart(spec, exit)) relaunch(turn);
    else turn.change({ want: 'down' });
  }
}

/** Why a start that ended before `starttime` failed. */
function earlyReason({ starttime }: ProcessSpec, last: LastEnd | undefined): string {
  if (last === undefined) return 'it never ran';
  const hint = last.hint === undefined ? '' : `: ${last.hint}`;
  const span = describeSpan(last.ranFor);
  return `${describeExit(last.exit)} after ${span}, before starttime (${describeSpan(starttime)}) had passed${hint}`;
}

function succeed(turn: Turn, { pid, since }: Extract<State, { kind: 'starting' }>): void {
  turn.change({ failures: 0, state: { kind: 'running', pid, since } });
}

function failStart(turn: Turn, reason: string): void {
  const failures = turn.life.failures + 1;
  if (failures > turn.spec.startretries) turn.change({ failures, state: { kind: 'fatal', reason } });
  else turn.change({ failures, state: { kind: 'backoff', reason, retryAt: turn.now + backoffOf(failures) } });
}

function launch(turn: Turn): void {
  const generation = turn.life.generation + 1;
  turn.change({ generation, isStale: false, state: { kind: 'launching' } });
  turn.emit({ type: 'spawn', generation });
}

/** A start that nobody asked for: it takes a token, or waits for one. */
function relaunch(turn: Turn): void {
  const { life, now } = turn;
  const taken = takeToken(life.tokens, now);
  if ('wait' in taken) {
    const reason = `restarting too often: one restart a second from here on${life.last ? `; it last ${describeExit(life.last.exit)} after ${describeSpan(life.last.ranFor)}` : ''}`;
    turn.enter({ kind: 'backoff', reason, retryAt: now + taken.wait });
    return;
  }
  turn.life = { ...life, tokens: taken.tokens, restarts: life.restarts + 1 };
  launch(turn);
}

function mannerOf(state: State, want: 'up' | 'down'): Manner {
  if (state.kind === 'stopping' || want === 'down') return 'stopped';
  return state.kind === 'starting' ? 'early' : 'ran';
}
