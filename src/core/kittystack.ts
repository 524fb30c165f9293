/**
 * The flags of kitty's keyboard protocol on one screen (sw.kovidgoyal.net/kitty/keyboard-protocol): what a program pushed,
 * and below that the flags in force before the first push.
 */
export interface KittyStack {
  readonly base: number;
  readonly pushed: readonly number[];
}

export const NO_KITTY: KittyStack = { base: 0, pushed: [] };

/** kitty keeps eight entries, the base one of them, and drops the oldest for a ninth. */
const MAX_PUSHED = 7;

/** The flags the protocol defines: five bits. */
const FLAGS = 31;

export function flagsOf(stack: KittyStack): number {
  return stack.pushed.at(-1) ?? stack.base;
}

export function pushed({ base, pushed: entries }: KittyStack, flags: number): KittyStack {
  const all = [...entries, flags & FLAGS];
  return all.length > MAX_PUSHED ? { base: all[0] ?? 0, pushed: all.slice(1) } : { base, pushed: all };
}

/** Popping more than there are leaves no flags at all. */
export function popped({ base, pushed: entries }: KittyStack, count: number): KittyStack {
  return count > entries.length ? NO_KITTY : { base, pushed: entries.slice(0, entries.length - count) };
}

/** `mode`: 1 all bits as given, 2 those given are set, 3 those given are reset. */
export function changed(stack: KittyStack, flags: number, mode: number): KittyStack {
  const old = flagsOf(stack);
  const now = (mode === 2 ? old | flags : mode === 3 ? old & ~flags : flags) & FLAGS;
  const { base, pushed: entries } = stack;
  return entries.length === 0 ? { base: now, pushed: [] } : { base, pushed: [...entries.slice(0, -1), now] };
}

/** Brings an untouched stack to this one. */
export function setupOfKitty({ base, pushed: entries }: KittyStack): string {
  const first = base === 0 ? '' : `\x1b[=${base};1u`;
  return first + entries.map(flags => `\x1b[>${flags}u`).join('');
}

/** Pops exactly what was pushed. */
export function undoOfKitty({ base, pushed: entries }: KittyStack): string {
  return (entries.length === 0 ? '' : `\x1b[<${entries.length}u`) + (base === 0 ? '' : '\x1b[=0;1u');
}
