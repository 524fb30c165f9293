/** Where in what happened somebody wants to begin: at the number of an event, or at a moment of the wall clock. */
export type Beginning =
  /** After the event of this number. */
  | { readonly kind: 'number'; readonly number: number }
  /** Milliseconds since 1970. */
  | { readonly kind: 'moment'; readonly at: number };

/** The forms that `parseBeginning` reads, for a sentence that says so. */
export const BEGINNING_FORMS = 'the number of an event, a span like 10m, or a time like 14:30 or 2026-11-21T14:30:00Z';

const SPANS: Readonly<Record<string, number>> = { ms: 1, s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000 };

/** A date, a time of it, and its zone; what is left out is midnight, and local. */
const MOMENT = /^\d{4}-\d{2}-\d{2}(?:[T ]\d{2}:\d{2}(?::\d{2}(?:\.\d{1,3})?)?(?:Z|[+-]\d{2}:\d{2})?)?$/;

/** A time of day. */
const TIME = /^(\d{1,2}):(\d{2})(?::(\d{2}))?$/;

/**
 * Reads `17`, `10m` (so long before `now`, wall clock), `14:30` (today, or yesterday where that is yet to come), or a date
 * with or without a time. Times without a zone are local. Undefined for anything else.
 */
export function parseBeginning(text: string, now: number): Beginning | undefined {
  if (/^\d{1,15}$/.test(text)) return { kind: 'number', number: Number(text) };
  const at = spanBefore(text, now) ?? timeOfDay(text, now) ?? dateOf(text);
  return at === undefined || Number.isNaN(at) ? undefined : { kind: 'moment', at };
}

function spanBefore(text: string, now: number): number | undefined {
  const [, amount, unit = ''] = /^(\d{1,9}(?:\.\d{1,3})?)(ms|s|m|h|d)$/.exec(text) ?? [];
  return amount === undefined ? undefined : now - Number(amount) * (SPANS[unit] ?? 0);
}

function timeOfDay(text: string, now: number): number | undefined {
  const [, hours, minutes, seconds = '0'] = TIME.exec(text) ?? [];
  if (hours === undefined || Number(hours) > 23 || Number(minutes) > 59 || Number(seconds) > 59) return undefined;
  const date = new Date(now);
  date.setHours(Number(hours), Number(minutes), Number(seconds), 0);
  if (date.getTime() > now) date.setDate(date.getDate() - 1);
  return date.getTime();
}

/** A date alone is read by Date.parse as UTC, unlike all others without a zone. */
function dateOf(text: string): number | undefined {
  if (!MOMENT.test(text)) return undefined;
  return Date.parse(text.length > 'yyyy-mm-dd'.length ? text.replace(' ', 'T') : `${text}T00:00`);
}
