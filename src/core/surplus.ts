/** Bounds what one alert tells in a minute, whatever happens to how many: the rest is one message that counts it. Pure. */
import type { Condition } from './alert.ts';
import type { Millis } from './program.ts';

/** Messages of one alert in any minute. Nobody reads more, and a mail server that takes them may soon refuse us. */
export const MOST_A_MINUTE = 20;

export const MINUTE: Millis = 60_000;

/** What was too much to be told one by one. */
export interface Surplus {
  /** Of the message that will tell of it. */
  readonly id: string;
  readonly since: Millis;
  /** How many, by condition and by what they are about. */
  readonly counts: ReadonlyMap<Condition, ReadonlyMap<string, number>>;
}

/** When messages were told within the last minute, oldest first. */
export type Sent = readonly Millis[];

/** Whether one more may be told now; the last place is the surplus's. */
export function hasRoom(sent: Sent, now: Millis): boolean {
  return recent(sent, now).length < MOST_A_MINUTE - 1;
}

/** With one more that is told now. */
export function withSent(sent: Sent, now: Millis): Sent {
  return [...recent(sent, now), now];
}

/** When all of a surplus is told: by then what was told one by one is a minute ago. */
export function tellsAt({ since }: Surplus): Millis {
  return since + MINUTE;
}

/** With so many more of a kind. */
export function withMore(
  surplus: Surplus,
  { condition, subject, count }: { readonly condition: Condition; readonly subject: string; readonly count: number },
): Surplus {
  const counts = new Map(surplus.counts);
  const subjects = new Map(counts.get(condition));
  subjects.set(subject, (subjects.get(subject) ?? 0) + count);
  counts.set(condition, subjects);
  return { ...surplus, counts };
}

/** How many there are in all. */
export function totalOf({ counts }: Surplus): number {
  return [...counts.values()].flatMap(subjects => [...subjects.values()]).reduce((sum, count) => sum + count, 0);
}

function recent(sent: Sent, now: Millis): Sent {
  return sent.filter(at => at > now - MINUTE);
}
