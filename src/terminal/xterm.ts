/** @xterm/headless, of the exact version that package.json pins: loaded at the first need, and nowhere else. */
import { createRequire } from 'node:module';

type Xterm = {
  readonly Terminal: new (options: object) => unknown;
};

let loaded: Xterm | undefined;

/** Its exports. Most daemons run for days without them, and they cost 10 ms and some megabytes. */
export function xterm(): Xterm {
  loaded ??= createRequire(import.meta.url)('@xterm/headless') as Xterm; // what it makes is checked by assertInternals
  return loaded;
}

/** Loads it, for who can spread his work. Returns whether that was still to be done. */
export function loadXterm(): boolean {
  if (loaded) return false;
  xterm();
  return true;
}
