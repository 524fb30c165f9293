import { describeExit, describeSpan } from './exit.ts';
import { type Life, pidOf } from './life.ts';
import type { Millis } from './program.ts';

/** supervisord's states, the only ones that people and scripts ever see (its `states.py`). */
export type PublicState = 'STOPPED' | 'STARTING' | 'RUNNING' | 'BACKOFF' | 'STOPPING' | 'EXITED' | 'FATAL' | 'UNKNOWN';

/** States in which nothing runs and nothing will by itself: `status` exits with 3 for these. */
export const STOPPED_STATES: readonly PublicState[] = ['STOPPED', 'EXITED', 'FATAL', 'UNKNOWN'];

/** States in which a process is up or on its way there, so that `start` has nothing to do. */
export const RUNNING_STATES: readonly PublicState[] = ['RUNNING', 'BACKOFF', 'STARTING'];

/** States with a live process that `signal` reaches. */
export const SIGNALLABLE_STATES: readonly PublicState[] = ['RUNNING', 'STARTING', 'STOPPING'];

/** Life → public word. Two inner states have none of their own: a fork that is due is STARTING, and a dead leader's
 * leftovers being ended is STOPPING after a stop, else BACKOFF. */
export function statusOf(life: Life): PublicState {
  switch (life.state.kind) {
    case 'stopped':
      return 'STOPPED';
    case 'launching':
    case 'starting':
      return 'STARTING';
    case 'running':
      return 'RUNNING';
    case 'backoff':
      return 'BACKOFF';
    case 'stopping':
      return 'STOPPING';
    case 'clearing':
      return life.state.manner === 'stopped' || life.want === 'down' ? 'STOPPING' : 'BACKOFF';
    case 'exited':
      return 'EXITED';
    case 'fatal':
      return 'FATAL';
    case 'unknown':
      return 'UNKNOWN';
  }
}

/** Why a process is not simply running, in words; undefined when the state says it all. */
export function reasonOf(life: Life): string | undefined {
  const { state } = life;
  switch (state.kind) {
    case 'backoff':
    case 'fatal':
    case 'unknown':
      return state.reason;
    case 'clearing':
      // Before the first scan has come back there is no more to say: in most cases it finds nobody.
      if (state.members.length === 0) return state.reason;
      return `${describeExit(state.exit)}; waiting for leftovers of its session to end: ${listPids(state.members)}`;
    case 'exited':
      return life.last && `${describeExit(life.last.exit)} after ${describeSpan(life.last.ranFor)}`;
    default:
      return undefined;
  }
}

/** Pids for people: the first few, and how many more. A fork bomb must not fill the screen. */
export function listPids(pids: readonly number[]): string {
  const shown = 5;
  const more = pids.length > shown ? ` and ${pids.length - shown} more` : '';
  return `pid ${pids.slice(0, shown).join(', ')}${more}`;
}

/**
 * supervisord's last column of `status`. `wall` turns a monotonic time into milliseconds since 1970, as only the
 * caller knows the wall clock.
 */
export function descriptionOf(life: Life, now: Millis, wall: (at: Millis) => number): string {
  const { state } = life;
  const pid = pidOf(life);
  if (state.kind === 'running' || state.kind === 'stopping')
    return `pid ${pid}, uptime ${formatUptime(now - state.since)}`;
  if (state.kind === 'stopped' || state.kind === 'exited') {
    return life.last ? formatMoment(wall(life.last.at)) : 'Not started';
  }
  return reasonOf(life) ?? '';
}

const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];

/** supervisord's `%b %d %I:%M %p`, local time: `Dec 21 01:03 PM`. */
export function formatMoment(wall: number): string {
  const date = new Date(wall);
  const hours = date.getHours();
  return `${MONTHS[date.getMonth()]} ${two(date.getDate())} ${two(hours % 12 || 12)}:${two(date.getMinutes())} ${hours < 12 ? 'AM' : 'PM'}`;
}

/** Formats a span as Python's `timedelta` does, which is what supervisorctl prints: `0:01:02`, `1 day, 2:03:04`. */
export function formatUptime(span: Millis): string {
  const total = Math.max(0, Math.floor(span / 1000));
  const days = Math.floor(total / 86_400);
  const clock = `${Math.floor((total % 86_400) / 3600)}:${two(Math.floor((total % 3600) / 60))}:${two(total % 60)}`;
  if (days === 0) return clock;
  return `${days} ${days === 1 ? 'day' : 'days'}, ${clock}`;
}

function two(n: number): string {
  return String(n).padStart(2, '0');
}
