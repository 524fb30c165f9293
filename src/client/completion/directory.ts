import { readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';

/** More entries of a directory than that nobody looks through. */
const MOST_FILES = 2000;

/** What is in a directory, directories with a slash behind the name; nothing of one that cannot be read. */
export function filesIn(directory: string): readonly string[] {
  const isDirectory = (name: string): boolean =>
    statSync(join(directory, name), { throwIfNoEntry: false })?.isDirectory() === true;
  try {
    const entries = readdirSync(directory, { withFileTypes: true }).slice(0, MOST_FILES);
    return entries.map(
      entry => `${entry.name}${entry.isDirectory() || (entry.isSymbolicLink() && isDirectory(entry.name)) ? '/' : ''}`,
    );
  } catch {
    return []; // no such directory, or not ours to look into
  }
}
