/**
 * Selectors: `web`, `web:web_03`, `web:*`, `web:`, a glob (`w*`), `all`. supervisord's `split_namespec` and then some
 * (globs: its issue #655).
 */

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
    const matched = all.filter(item => matches(selector, item));
    if (matched.length === 0 && selector !== 'all') unknown.push(selector);
    for (const item of matched) chosen.add(item);
  }
  return { selected: all.filter(item => chosen.has(item)), unknown };
}

function matches(selector: string, item: Named): boolean {
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

/**
 * Matches a whole name against `*`, `?` and `[a-z]`, `[!a-z]`, in time linear in pattern × text: names and patterns come
 * from strangers, and a translated regular expression can take for ever.
 */
export function matchesGlob(pattern: string, text: string): boolean {
  let [p, t] = [0, 0];
  let star: { p: number; t: number } | undefined;
  while (t < text.length) {
    if (pattern[p] === '*') {
      star = { p: ++p, t };
      continue;
    }
    const unit = matchUnit(pattern, p, text[t] ?? '');
    if (unit !== undefined) {
      p = unit;
      t++;
    } else if (star) {
      star.t++;
      [p, t] = [star.p, star.t];
    } else {
      return false;
    }
  }
  while (pattern[p] === '*') p++;
  return p === pattern.length;
}

/** The index after the pattern's unit at `p` when that unit matches `char`, else undefined. */
function matchUnit(pattern: string, p: number, char: string): number | undefined {
  if (p >= pattern.length) return undefined;
  if (pattern[p] === '?') return p + 1;
  const close = pattern[p] === '[' ? pattern.indexOf(']', p + 2) : -1;
  if (close === -1) return pattern[p] === char ? p + 1 : undefined;
  const negated = pattern[p + 1] === '!' || pattern[p + 1] === '^';
  let found = false;
  for (let i = p + (negated ? 2 : 1); i < close; i++) {
    const low = pattern[i] ?? '';
    const isRange = pattern[i + 1] === '-' && i + 2 < close;
    const high = isRange ? (pattern[i + 2] ?? '') : low;
    if (low <= char && char <= high) found = true;
    if (isRange) i += 2;
  }
  return found === negated ? undefined : close + 1;
}
