/** Who of several viewers has the say over a terminal's size. */

export interface Driver {
  readonly readOnly: boolean;
  /** Number of its latest deed that makes a driver: it attached, typed or resized. */
  readonly deed: number;
}

/**
 * The one that attached, typed or resized last, as tmux's `window-size latest`; a watcher never. When it leaves, the one
 * before it follows. Undefined when all are watchers: the size stays.
 */
export function driverOf<T extends Driver>(viewers: Iterable<T>): T | undefined {
  let driver: T | undefined;
  for (const viewer of viewers) {
    if (!viewer.readOnly && (driver === undefined || viewer.deed > driver.deed)) driver = viewer;
  }
  return driver;
}
