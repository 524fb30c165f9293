import type { ProcessSpec } from './program.ts';

type Ordered = Pick<ProcessSpec, 'groupPriority' | 'priority' | 'fullname' | 'program' | 'num'>;

/** The order in which processes start: the group's priority, the program's, then the name; a program's own by number. */
export function startOrder<T extends Ordered>(specs: readonly T[]): T[] {
  return [...specs].sort(compare);
}

/**
 * The order in which processes stop: the reverse, a level of equal priority at a time. A level is stopped all at once and
 * waited for before the next (supervisord's `ordered_stop_groups`).
 */
export function stopLevels<T extends Ordered>(specs: readonly T[]): T[][] {
  const levels: T[][] = [];
  for (const spec of startOrder(specs).reverse()) {
    const level = levels.at(-1);
    const last = level?.[0];
    if (last && last.groupPriority === spec.groupPriority && last.priority === spec.priority) level?.push(spec);
    else levels.push([spec]);
  }
  return levels;
}

function compare(a: Ordered, b: Ordered): number {
  return (
    a.groupPriority - b.groupPriority ||
    a.priority - b.priority ||
    byName(a.program, b.program) ||
    a.num - b.num ||
    byName(a.fullname, b.fullname)
  );
}

/** By code unit, so that the order is the same in every locale. */
function byName(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
