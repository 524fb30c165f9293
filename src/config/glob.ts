/** Shell patterns for `include`: `*`, `?` and `[…]` within the segments of a path. */
import { join } from 'node:path';
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

/** Whether a name matches a pattern of one segment. A leading dot must be matched by a dot. */
export function matches(pattern: string, name: string): boolean {
  if (name.startsWith('.') && !pattern.startsWith('.')) return false;
  const tokens = tokensOf(pattern);
  // Where to go on when what follows the last star did not match: no more than name × pattern steps in all.
  let retry: { token: number; char: number } | undefined;
  let token = 0;
  let char = 0;
  while (char < name.length) {
    const wanted = tokens[token];
    if (wanted === '*') {
      token++;
      retry = { token, char };
    } else if (typeof wanted === 'function' && wanted(name[char] ?? '')) {
      token++;
      char++;
    } else if (retry !== undefined) {
      retry.char++;
      ({ token, char } = retry);
    } else return false;
  }
  return tokens.slice(token).every(rest => rest === '*');
}

function matching(pattern: string, names: readonly string[]): string[] {
  return names.filter(name => matches(pattern, name));
}

type Token = '*' | ((char: string) => boolean);

function tokensOf(pattern: string): Token[] {
  const tokens: Token[] = [];
  for (let at = 0; at < pattern.length; at++) {
    const char = pattern[at] ?? '';
    const set = char === '[' ? /\[([!^]?)(\]?[^\]]*)\]/y : undefined;
    if (set !== undefined) set.lastIndex = at;
    const found = set?.exec(pattern);
    if (char === '*') tokens.push('*');
    else if (char === '?') tokens.push(() => true);
    else if (found) {
      const inSet = setOf(found[2] ?? '');
      const negated = found[1] !== '';
      tokens.push(other => inSet(other) !== negated);
      at += found[0].length - 1;
    } else tokens.push(other => other === char);
  }
  return tokens;
}

/** Reads `a-z_` as a set of characters. */
function setOf(text: string): (char: string) => boolean {
  const ranges = [...text.matchAll(/(.)-(.)|(.)/gs)].map(([, from, to, single]) => [from ?? single, to ?? single]);
  return char => ranges.some(([from = '', to = '']) => from <= char && char <= to);
}
