import type { ReloadAction } from '../core/reload.ts';
import type { PublicState } from '../core/status.ts';

/** Wraps text in a colour. */
export type Paint = (text: string) => string;

const sgr =
  (code: number): Paint =>
  text =>
    `\x1b[${code}m${text}\x1b[0m`;

const [red, green, yellow, dim] = [sgr(31), sgr(32), sgr(33), sgr(2)];

/** Green is up, yellow on its way, red needs somebody, dim is at rest. */
const STATE_PAINT: Readonly<Record<PublicState, Paint>> = {
  RUNNING: green,
  STARTING: yellow,
  BACKOFF: yellow,
  STOPPING: yellow,
  FATAL: red,
  UNKNOWN: red,
  EXITED: dim,
  STOPPED: dim,
};

export function paintState(state: PublicState, text: string): string {
  return STATE_PAINT[state](text);
}

export const paintError: Paint = red;

/** Green for what keeps its pid, yellow for what gets another, red for what ends. */
export function paintAction(action: ReloadAction | 'daemon', text: string): string {
  const paints = { nothing: dim, applied: green, start: green, restart: yellow, stop: red, daemon: yellow };
  return paints[action](text);
}

/** Colours that are readable on dark and light terminals and are not those of states. */
const PREFIX_COLOURS = [36, 35, 34, 96, 95, 94, 92, 93] as const;

/** The colour of a name: always the same one for the same name, in every command. */
export function prefixPaint(name: string): Paint {
  let hash = 0;
  for (const char of name) hash = (hash * 31 + (char.codePointAt(0) ?? 0)) >>> 0;
  return sgr(PREFIX_COLOURS[hash % PREFIX_COLOURS.length] ?? 36);
}
