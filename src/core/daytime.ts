/** A moment of the wall clock as a local date and time to the millisecond: `2026-01-05 12:34:56.789`. */
export function formatMoment(wall: number): string {
  const date = new Date(wall);
  if (Number.isNaN(date.getTime())) return String(wall);
  const two = (n: number): string => String(n).padStart(2, '0');
  const day = `${date.getFullYear()}-${two(date.getMonth() + 1)}-${two(date.getDate())}`;
  const clock = `${two(date.getHours())}:${two(date.getMinutes())}:${two(date.getSeconds())}`;
  return `${day} ${clock}.${String(date.getMilliseconds()).padStart(3, '0')}`;
}
