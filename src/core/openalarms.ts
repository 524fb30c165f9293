/** Alarms that are not over, as they outlive the daemon: what recovers later still answers what was told before. Pure. */
import { ALARMS } from './alert.ts';
import type { Alarm } from './telling.ts';

/** By alert, then by subject. */
export type OpenAlarms = ReadonlyMap<string, ReadonlyMap<string, Alarm>>;

interface Kept extends Alarm {
  readonly alert: string;
  readonly subject: string;
}

/** As JSON. */
export function formatAlarms(open: OpenAlarms): unknown {
  return [...open].flatMap(([alert, alarms]) =>
    [...alarms].map(([subject, alarm]): Kept => ({ alert, subject, ...alarm })),
  );
}

/** What was kept. What is no alarm is left out: nothing depends on it but the answer to a message. */
export function parseAlarms(value: unknown): OpenAlarms {
  const open = new Map<string, Map<string, Alarm>>();
  for (const item of Array.isArray(value) ? value : []) {
    const kept = parseAlarm(item);
    if (kept === undefined) continue;
    const { alert, subject, ...alarm } = kept;
    const alarms = open.get(alert) ?? new Map<string, Alarm>();
    open.set(alert, alarms.set(subject, alarm));
  }
  return open;
}

function parseAlarm(value: unknown): Kept | undefined {
  if (typeof value !== 'object' || value === null) return undefined;
  const { alert, subject, id, condition, at, summary } = value as Readonly<Record<string, unknown>>; // each looked at here
  const known = ALARMS.find(alarm => alarm === condition);
  if (typeof alert !== 'string' || typeof subject !== 'string' || typeof id !== 'string') return undefined;
  if (known === undefined || typeof at !== 'number' || !Number.isFinite(at)) return undefined;
  if (summary !== null && typeof summary !== 'string') return undefined;
  return { alert, subject, id, condition: known, at, summary };
}
