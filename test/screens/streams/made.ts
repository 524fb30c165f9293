/** What streams are made of. */
import { Buffer } from 'node:buffer';
import type { Size } from '../../../src/terminal/emulator.ts';
import { type Case, random, type SizeChange, seedOf } from '../case.ts';

export const ESC = '\x1b';
export const CSI = `${ESC}[`;
export const ST = `${ESC}\\`;
const SIZE: Size = { cols: 80, rows: 24 };

export const WORDS = 'the quick brown fox jumps over a lazy dog'.split(' ');

/** A number in [0, below), at random. */
export type Below = (below: number) => number;

interface Extras {
  readonly size?: Size;
  readonly resizes?: readonly SizeChange[];
  readonly restarts?: readonly number[];
}

/** A case whose stream is made each time, and each time the same. */
export function made(
  name: string,
  about: string,
  make: (below: Below) => string | Uint8Array,
  extras: Extras = {},
): Case {
  const { size = SIZE, resizes = [], restarts = [] } = extras;
  const bytes = (): Uint8Array => {
    const stream = make(random(seedOf(name)));
    return typeof stream === 'string' ? Buffer.from(stream, 'utf8') : stream;
  };
  return { name, about, size, resizes, restarts, bytes };
}

export function repeat(count: number, part: (n: number) => string): string {
  let all = '';
  for (let n = 0; n < count; n++) all += part(n);
  return all;
}

export function pick<T>(below: Below, from: readonly T[]): T {
  return from[below(from.length)] as T; // lists here are never empty
}

/** Moves the cursor anywhere. */
export function at(below: Below, { cols, rows }: Size = SIZE): string {
  return `${CSI}${1 + below(rows)};${1 + below(cols)}H`;
}
