/**
 * Selectors: `web`, `web:web_03`, `web:*`, `web:`, a glob (`w*`), `all`. supervisord's `split_namespec` and then some
 * (globs: its issue #655).
 */

import { matchesGlob } from './glob.ts';

/** The names by which a process can be meant. */
export interface Named {
  readonly fullname: string;
  readonly group: string;
  readonly name: string;
  readonly program: string;
}

export interface Selection<T> {
  /** In the order of `all`, each once. */
  readonly selected: readonly T[];
  /** Selectors that matched nothing, as given. */
  readonly unknown: readonly string[];
}

/** Picks from `all` what any of the selectors means. */
export function select<T extends Named>(all: readonly T[], selectors: readonly string[]): Selection<T> {
  const chosen = new Set<T>();
  const unknown: string[] = [];
  for (const selector of new Set(selectors)) {
    const matched = all.filter(item => selects(selector, item));
    if (matched.length === 0 && selector !== 'all') unknown.push(selector);
    for (const item of matched) chosen.add(item);
  }
  return { selected: all.filter(item => chosen.has(item)), unknown };
}

/** Whether a selector means this one. */
export function selects(selector: string, item: Named): boolean {
  if (selector === 'all' || selector === item.fullname) return true;
  const colon = selector.indexOf(':');
  if (colon === -1) {
    return (
      matchesGlob(selector, item.fullname) || matchesGlob(selector, item.name) || matchesGlob(selector, item.program)
    );
  }
  const [group, name] = [selector.slice(0, colon), selector.slice(colon + 1)];
  return matchesGlob(group, item.group) && (name === '' || matchesGlob(name, item.name));
}
