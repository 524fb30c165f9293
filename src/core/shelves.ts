/**
 * A map by name that is never changed: `withItem` gives another one. It costs a part of a copy, as the items lie on shelves by
 * their names, and those of all others are shared: a thousand changes of a thousand items are a thousand, not a million.
 */
export interface Shelves<T> {
  readonly shelves: readonly (ReadonlyMap<string, T> | undefined)[];
}

/** A power of two. Ten thousand items are forty a shelf. */
const SHELVES = 256;

export function emptyShelves<T>(): Shelves<T> {
  return { shelves: new Array<undefined>(SHELVES).fill(undefined) };
}

export function itemOf<T>({ shelves }: Shelves<T>, name: string): T | undefined {
  return shelves[shelfOf(name)]?.get(name);
}

/** With this item, or without one of this name where it is undefined. */
export function withItem<T>(all: Shelves<T>, name: string, item: T | undefined): Shelves<T> {
  const at = shelfOf(name);
  const shelf = new Map(all.shelves[at]);
  if (item === undefined) shelf.delete(name);
  else shelf.set(name, item);
  return { shelves: all.shelves.with(at, shelf.size === 0 ? undefined : shelf) };
}

/** All names with their items. */
export function itemsOf<T>({ shelves }: Shelves<T>): (readonly [string, T])[] {
  return shelves.flatMap(shelf => (shelf === undefined ? [] : [...shelf]));
}

/** Spreads names that differ in a number at their end. */
function shelfOf(name: string): number {
  let hash = 0;
  for (let i = 0; i < name.length; i++) hash = (hash * 31 + name.charCodeAt(i)) | 0;
  return hash & (SHELVES - 1);
}
