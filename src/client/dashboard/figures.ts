/** Figures and words as short as they stay readable: they stand in narrow columns. */

import { formatMoment } from '../../core/status.ts';
import type { ProcessInfo } from '../../protocol/messages.ts';

const MINUTE = 60;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

/** Milliseconds as the two largest units: `5s`, `1m05s`, `2h03m`, `3d04h`. At most six columns. */
export function shortSpan(millis: number): string {
  const seconds = Math.max(0, Math.floor(millis / 1000));
  if (seconds < MINUTE) return `${seconds}s`;
  if (seconds < HOUR) return `${Math.floor(seconds / MINUTE)}m${two(seconds % MINUTE)}s`;
  if (seconds < DAY) return `${Math.floor(seconds / HOUR)}h${two(Math.floor((seconds % HOUR) / MINUTE))}m`;
  if (seconds >= 100 * DAY) return `${Math.floor(seconds / DAY)}d`;
  return `${Math.floor(seconds / DAY)}d${two(Math.floor((seconds % DAY) / HOUR))}h`;
}

/** Percent of one core: `0.4`, `12`, `250`; at most four columns. */
export function shortPercent(percent: number): string {
  return percent < 9.95 ? percent.toFixed(1) : String(Math.round(percent));
}

const STEP = 1024;
const UNITS = ['B', 'K', 'M', 'G', 'T', 'P'] as const;

/** Bytes by powers of 1024: `640K`, `9.5M`, `61M`; at most five columns. */
export function shortBytes(bytes: number): string {
  let value = Math.max(0, bytes);
  let unit = 0;
  while (value >= 999.5 && unit < UNITS.length - 1) {
    value /= STEP;
    unit++;
  }
  const digits = unit > 0 && value < 9.95 ? value.toFixed(1) : String(Math.round(value));
  return `${digits}${UNITS[unit]}`;
}

/** The time of day, local: `12:03:05`. */
export function clockTime(wall: number): string {
  const date = new Date(wall);
  return `${two(date.getHours())}:${two(date.getMinutes())}:${two(date.getSeconds())}`;
}

/** What there is to say of a process, from what is known now: the daemon's own description is as of when it was asked. */
export function describedNow({ state, pid, uptime, reason, lastExit }: ProcessInfo): string {
  if (pid !== null && (state === 'RUNNING' || state === 'STOPPING')) return `pid ${pid}, up ${shortSpan(uptime ?? 0)}`;
  if (state === 'STOPPED' || state === 'EXITED') return lastExit === null ? 'Not started' : formatMoment(lastExit.at);
  return reason ?? '';
}

/** A path as short as people write it: `~/…` for what is beneath the user's home. */
export function shownPath(path: string, home: string | undefined): string {
  if (home === undefined || home === '' || home === '/' || !path.startsWith(`${home}/`)) return path;
  return `~${path.slice(home.length)}`;
}

function two(n: number): string {
  return String(n).padStart(2, '0');
}
