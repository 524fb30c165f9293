/**
 * A moment of the wall clock in RFC 3339, to the millisecond: `2026-11-21T06:05:26.123Z`, or the local time with its
 * offset, `2026-11-21T07:05:26.123+01:00`. One that no calendar knows is its number.
 */
export function stampOf(wall: number, zone: 'utc' | 'local'): string {
  const date = new Date(wall);
  if (Number.isNaN(date.getTime())) return String(wall);
  if (zone === 'utc') return date.toISOString();
  const east = -date.getTimezoneOffset();
  // The local clock read as if it were UTC has the local digits.
  const local = new Date(wall + east * MINUTE);
  if (Number.isNaN(local.getTime())) return date.toISOString();
  const offset = Math.abs(east);
  return `${local.toISOString().slice(0, -1)}${east < 0 ? '-' : '+'}${two(Math.trunc(offset / 60))}:${two(offset % 60)}`;
}

const MINUTE = 60_000;

function two(n: number): string {
  return String(Math.trunc(n)).padStart(2, '0');
}
