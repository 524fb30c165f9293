import { accessSync, constants, realpathSync, type Stats, statSync } from 'node:fs';
import { delimiter, dirname, isAbsolute, join, resolve } from 'node:path';
import { isErrno } from '../runtime/errno.ts';
import { type Account, SpawnError } from './accounts.ts';

export interface SearchOptions {
  readonly cwd: string;
  /** The program's own PATH. */
  readonly path: string;
  /** Who is to run it, where it changes user. */
  readonly account: Account | undefined;
}

/**
 * The file to run for the first word of a command: a name without a slash is looked up in the PATH, a relative path begins
 * at the working directory. Throws `SpawnError`, in words, for what exec could only answer with a bare error code.
 */
export function findProgram(name: string, { cwd, path, account }: SearchOptions): string {
  if (!name.includes('/')) {
    const found = findInPath(name, { cwd, path, account });
    if (found === undefined) throw new SpawnError(`cannot run ${name}: not found in PATH (${path})`);
    return found;
  }
  const file = isAbsolute(name) ? name : resolve(cwd, name);
  const stats = statOf(file);
  if (stats === undefined) throw new SpawnError(`cannot run ${file}: no such file`);
  if (typeof stats === 'string') throw new SpawnError(`cannot run ${file}: ${stats}`);
  if (stats.isDirectory()) throw new SpawnError(`cannot run ${file}: is a directory`);
  if (account ? (stats.mode & 0o111) === 0 : !mayAccess(file)) {
    throw new SpawnError(`cannot run ${file}: not executable (mode ${formatMode(stats)})`);
  }
  return file;
}

/** The first file of that name in a PATH that its runner may run, going by the mode bits where that is not us. */
export function findInPath(name: string, { cwd, path, account }: SearchOptions): string | undefined {
  const candidates = path.split(delimiter).map(directory => join(resolve(cwd, directory), name));
  const files = candidates.filter(file => mayAccess(file) && isFile(file));
  return files.find(file => !account || explainRefusal(file, account) === undefined) ?? files[0];
}

/** A tool of the system's, by the daemon's own PATH. */
export function toolOf(name: string): string | undefined {
  return findInPath(name, { cwd: '/', path: process.env.PATH ?? '', account: undefined });
}

/**
 * Why an account could not run a file or enter a directory, going by the mode bits; undefined when they allow it. Only an explanation for what
 * has failed already: an access control list may allow what the bits do not, so nothing is refused because of this.
 */
export function explainRefusal(file: string, account: Account): string | undefined {
  const who = account.name ?? `uid ${account.uid}`;
  const stats = statOf(file);
  if (stats === undefined || typeof stats === 'string') return undefined;
  for (const directory of new Set([...ancestorsOf(file), ...ancestorsOf(realPathOf(file))])) {
    const above = statOf(directory);
    if (above !== undefined && typeof above !== 'string' && !mayExecute(above, account)) {
      return `${directory} is closed to ${who} (mode ${formatMode(above)})`;
    }
  }
  if (mayExecute(stats, account)) return undefined;
  return `${file} is ${stats.isDirectory() ? 'closed to' : 'not executable by'} ${who} (mode ${formatMode(stats)})`;
}

/** The file's status, undefined when there is no such file, or why it cannot be known. */
export function statOf(path: string): Stats | string | undefined {
  try {
    return statSync(path);
  } catch (error) {
    if (isErrno(error, 'ENOENT', 'ENOTDIR')) return undefined;
    if (isErrno(error, 'EACCES')) return 'permission denied';
    if (isErrno(error, 'ELOOP')) return 'too many links';
    return error instanceof Error ? error.message : String(error);
  }
}

function isFile(path: string): boolean {
  const stats = statOf(path);
  return typeof stats === 'object' && stats.isFile();
}

/** Where the links lead; the path itself where that cannot be told. */
function realPathOf(path: string): string {
  try {
    return realpathSync(path);
  } catch {
    return path; // it went away since: what is known of the path has to do
  }
}

function mayAccess(file: string): boolean {
  try {
    accessSync(file, constants.X_OK);
    return true;
  } catch {
    return false; // whatever the cause, it cannot be run
  }
}

/** Whether the mode bits let the account run the file, or pass through the directory. Root may when anyone may. */
function mayExecute(stats: Stats, account: Account): boolean {
  if (account.uid === 0) return stats.isDirectory() || (stats.mode & 0o111) !== 0;
  if (stats.uid === account.uid) return (stats.mode & 0o100) !== 0;
  return (stats.mode & (account.groups.includes(stats.gid) ? 0o010 : 0o001)) !== 0;
}

function ancestorsOf(path: string): string[] {
  const parent = dirname(path);
  return parent === path ? [] : [...ancestorsOf(parent), parent];
}

function formatMode(stats: Stats): string {
  return (stats.mode & 0o7777).toString(8).padStart(4, '0');
}
