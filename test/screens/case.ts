/** One golden screen: a stream as a terminal received it, with what else happened to the terminal and when. */
import { readdirSync, readFileSync } from 'node:fs';
import type { Size } from '../../src/terminal/emulator.ts';

export interface SizeChange extends Size {
  /** Offset in the stream. */
  readonly at: number;
}

export interface Case {
  readonly name: string;
  readonly about: string;
  readonly size: Size;
  readonly resizes: readonly SizeChange[];
  /** Offsets at which one life has ended and the next begins. */
  readonly restarts: readonly number[];
  /** Made anew each time: megabytes are not kept. */
  readonly bytes: () => Uint8Array;
}

/** What can happen, in order: no event is without effect but an empty stream's. */
export type Event =
  | { readonly kind: 'output'; readonly bytes: Uint8Array }
  | { readonly kind: 'resize'; readonly size: Size }
  | { readonly kind: 'restart' };

const RECORDED = new URL('./recorded/', import.meta.url);

/** The streams that record.mjs has recorded. They need none of the programs. */
export function recordedCases(): Case[] {
  const names = readdirSync(RECORDED).filter(name => name.endsWith('.json'));
  return names.sort().map(file => {
    const name = file.slice(0, -'.json'.length);
    const { about, cols, rows, resizes } = JSON.parse(readFileSync(new URL(file, RECORDED), 'utf8')) as {
      // written by record.mjs
      readonly about: string;
      readonly cols: number;
      readonly rows: number;
      readonly resizes: readonly SizeChange[];
    };
    const bytes = (): Uint8Array => readFileSync(new URL(`${name}.vt`, RECORDED));
    return { name, about, size: { cols, rows }, resizes, restarts: [], bytes };
  });
}

/** A generator of numbers in [0, below), the same for the same seed (mulberry32). */
export function random(seed: number): (below: number) => number {
  let state = seed >>> 0;
  return below => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) % below;
  };
}

/** Other streams, other reads, other attach points: SCREENS_SEED, a whole number. */
const SEED = Number(process.env.SCREENS_SEED ?? 0);

export function seedOf(name: string): number {
  let seed = 2166136261 + SEED;
  for (const character of name) seed = Math.imul(seed ^ (character.codePointAt(0) ?? 0), 16777619);
  return seed >>> 0;
}

const ESC = 0x1b;

/** Reads from a terminal are at most this long. */
const LONGEST_READ = 64 * 1024;

/** Cuts a stream as reads would, many in the middle of a sequence, and puts the rest of what happens between them. */
export function eventsOf({ name, bytes: stream, resizes, restarts }: Case): Event[] {
  const bytes = stream();
  const below = random(seedOf(name));
  const longest = bytes.length > 200_000 ? LONGEST_READ : Math.max(64, Math.ceil(bytes.length / 12));
  const cuts = new Set<number>([bytes.length, ...resizes.map(({ at }) => at), ...restarts]);
  for (let at = 0; at < bytes.length; ) {
    at += 1 + below(longest);
    const next = bytes.indexOf(ESC, at);
    if (below(2) === 0 && next !== -1 && next < at + LONGEST_READ / 2) at = next + 1 + below(4);
    if (at < bytes.length) cuts.add(at);
  }
  const events: Event[] = [];
  let from = 0;
  for (const to of [...cuts].sort((a, b) => a - b)) {
    for (let at = from; at < to; at += LONGEST_READ) {
      events.push({ kind: 'output', bytes: bytes.subarray(at, Math.min(to, at + LONGEST_READ)) });
    }
    for (const { at, cols, rows } of resizes) if (at === to) events.push({ kind: 'resize', size: { cols, rows } });
    if (restarts.includes(to)) events.push({ kind: 'restart' });
    from = to;
  }
  return events;
}
