import { readdirSync, type Stats, statSync } from 'node:fs';
import { join, resolve } from 'node:path';
import type { Host } from '../host.ts';

/** More entries of a directory than that nobody looks through. */
const MOST_FILES = 2000;

/** `~` as the shell would have read it, had it run the line. */
export function atHome<Path extends string | undefined>(path: Path, { HOME }: Host['env']): Path | string {
  return HOME !== undefined && path?.startsWith('~/') === true ? join(HOME, path.slice(2)) : path;
}

/** The files there, relative to where the person is, directories with a slash behind their names; none where it cannot be read. */
export function filesIn(path: string, { cwd, env }: Pick<Host, 'cwd' | 'env'>): readonly string[] {
  const directory = resolve(cwd, atHome(path, env));
  const isDirectory = (name: string): boolean => statsAt(join(directory, name))?.isDirectory() === true;
  try {
    const entries = readdirSync(directory, { withFileTypes: true }).slice(0, MOST_FILES);
    return entries.map(
      entry => `${entry.name}${entry.isDirectory() || (entry.isSymbolicLink() && isDirectory(entry.name)) ? '/' : ''}`,
    );
  } catch {
    return []; // no such directory, or not ours to look into
  }
}

/** What is there, links followed; undefined for nothing, and where it cannot be told. */
export function statsAt(path: string): Stats | undefined {
  try {
    return statSync(path, { throwIfNoEntry: false });
  } catch {
    return undefined; // a path through a file, a loop of links, a name too long, one that is hidden from us
  }
}
