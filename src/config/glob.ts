/** Shell patterns for `include`: `*`, `?` and `[…]` within the segments of a path. */
import { join } from 'node:path';
import { matchesGlob } from '../core/glob.ts';
import type { FileReader } from './reader.ts';

/** Paths that a pattern may match, before it is called a mistake. */
export const MAX_MATCHES = 1000;

/** The paths an absolute pattern matches, sorted. A pattern without wildcards matches its path if that exists. */
export function glob(pattern: string, reader: FileReader): string[] {
  let paths = ['/'];
  for (const segment of pattern.split('/').filter(part => part !== '')) {
    paths = isPattern(segment)
      ? paths.flatMap(dir => matching(segment, reader.list(dir)).map(name => join(dir, name)))
      : paths.map(dir => join(dir, segment));
    paths = paths.slice(0, MAX_MATCHES);
  }
  return paths.filter(path => reader.exists(path)).sort();
}

/** Whether a pattern is more than a path. */
export function isPattern(text: string): boolean {
  return /[*?[]/.test(text);
}

/** Whether a file's name matches a pattern of one segment. A leading dot must be matched by a dot. */
export function matches(pattern: string, name: string): boolean {
  return (pattern.startsWith('.') || !name.startsWith('.')) && matchesGlob(pattern, name);
}

function matching(pattern: string, names: readonly string[]): string[] {
  return names.filter(name => matches(pattern, name));
}
