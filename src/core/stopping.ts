/**
 * How a process is ended, means by means, each after the one before had its time: text typed, its signal, SIGKILL, and for
 * one that outlives that a look at why.
 */
import type { State, StopMeans } from './life.ts';
import type { Millis, ProcessSpec } from './program.ts';
import type { Turn } from './turn.ts';

/** SIGKILL is sent again after this, should the first one have missed. */
export const KILL_AGAIN: Millis = 1000;
/** Whoever lives on so long after SIGKILL sleeps where no signal reaches it, or is a zombie that someone else holds. */
export const KILL_PATIENCE: Millis = 5000;

type Stopping = Extract<State, { kind: 'stopping' }>;

export function beginStop(turn: Turn, { pid, since }: { readonly pid: number; readonly since: Millis }): void {
  const { stopinput } = turn.spec;
  const base = { kind: 'stopping', pid, since, askedAt: turn.now } as const;
  useMeans(turn, base, stopinput === undefined ? 'signal' : 'input');
}

/** The stop input has half of `stoptime`, the stop signal the rest of it; then comes SIGKILL, and that again. */
export function escalate(turn: Turn, state: Stopping): void {
  if (state.means === 'input') useMeans(turn, state, 'signal');
  else if (state.means === 'signal') useMeans(turn, state, 'kill');
  else if (turn.now - state.usedAt < KILL_PATIENCE) {
    turn.enter({ ...state, nextAt: turn.now + KILL_AGAIN });
    emitKill(turn, state.pid);
  } else {
    turn.enter({ ...state, nextAt: turn.now + KILL_PATIENCE });
    turn.emit({ type: 'inspect', generation: turn.life.generation, pid: state.pid });
  }
}

export function useMeans(turn: Turn, base: Omit<Stopping, 'means' | 'usedAt' | 'nextAt'>, means: StopMeans): void {
  const { spec, now } = turn;
  const used = { ...base, means, usedAt: now };
  // A stop time that was lowered meanwhile may be over already.
  const state: Stopping = { ...used, nextAt: Math.max(now, nextMeansAt(spec, used)) };
  turn.enter(state);
  if (means === 'input') turn.emit({ type: 'type', text: spec.stopinput ?? '' });
  else if (means === 'signal')
    turn.emit({ type: 'signal', pid: state.pid, signal: spec.stopsignal, group: spec.stopasgroup });
  else emitKill(turn, state.pid);
}

export function nextMeansAt({ stoptime }: ProcessSpec, { means, askedAt, usedAt }: Omit<Stopping, 'nextAt'>): Millis {
  if (means === 'kill') return usedAt + KILL_AGAIN;
  return askedAt + (means === 'input' ? stoptime / 2 : stoptime);
}

export function emitKill(turn: Turn, pid: number): void {
  turn.emit({ type: 'signal', pid, signal: 'SIGKILL', group: turn.spec.killasgroup });
}
