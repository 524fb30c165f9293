/**
 * The processes that `ps -axo pid=,tty=,rss=,time=` prints, on systems without /proc. What macOS and FreeBSD have in common
 * tells no session (macOS prints an address), so the members of a session are those on its terminal. When they began is not
 * told, and the CPU time to a hundredth of a second.
 */
import type { Millis } from './program.ts';
import type { Member } from './usage.ts';

const KILOBYTE = 1024;

/** `ps` prints one of these for a process without a terminal. */
const NO_TERMINAL: readonly string[] = ['-', '?', '??'];

/** Those on the terminals of these leaders; a terminal that the process `self` is on, too, is not a leader's yet. */
export function parsePs(text: string, leaders: ReadonlySet<number>, self: number): Member[] {
  const rows = text.split('\n').flatMap(line => {
    const [pid = '', tty = '', rss = '', time = ''] = line.trim().split(/\s+/);
    const own = parseCpuTime(time);
    return own === undefined ? [] : [{ pid: Number(pid), tty, memory: Number(rss) * KILOBYTE, own }];
  });
  const ours = rows.find(({ pid }) => pid === self)?.tty;
  const sessions = new Map(
    rows
      .filter(({ pid, tty }) => leaders.has(pid) && tty !== ours && !NO_TERMINAL.includes(tty))
      .map(({ pid, tty }) => [tty, pid]),
  );
  return rows.flatMap(({ pid, tty, memory, own }) => {
    const session = sessions.get(tty) ?? (leaders.has(pid) ? pid : undefined);
    return session === undefined ? [] : [{ pid, start: null, session, own, reaped: 0, memory, isZombie: false }];
  });
}

/** `0:01.23` (minutes, as macOS and FreeBSD have it), `1:02:03`, `4-01:02:03`. Undefined for anything else. */
export function parseCpuTime(text: string): Millis | undefined {
  const match = /^(?:(\d+)-)?(?:(\d+):)?(\d+):(\d\d)(?:[.,](\d+))?$/.exec(text);
  if (!match) return undefined;
  const [, days = 0, hours = 0, minutes = 0, seconds = 0, fraction = '0'] = match;
  const whole = ((Number(days) * 24 + Number(hours)) * 60 + Number(minutes)) * 60 + Number(seconds);
  return whole * 1000 + Math.round(Number(`0.${fraction}`) * 1000);
}
