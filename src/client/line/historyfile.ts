import {
  closeSync,
  constants,
  fstatSync,
  mkdirSync,
  openSync,
  readSync,
  renameSync,
  statSync,
  writeFileSync,
  writeSync,
} from 'node:fs';
import { homedir } from 'node:os';
import { dirname, isAbsolute, join } from 'node:path';

/** Lines that are remembered. */
const MOST_LINES = 1000;

/** The file grows to this many before it is cut: rarely, as another shell's line may come between reading and renaming. */
const MOST_IN_FILE = 2 * MOST_LINES;

/** Bytes at the end of the file that are read, whatever it holds. */
const MOST_BYTES = 1024 * 1024;

/** The commands that were typed, oldest first, here and before: the shell's and the dashboard's. */
export interface History {
  entries(): readonly string[];
  /** Keeps a line, but not one like the last, nor an empty one, nor one that begins with a space. */
  add(line: string): void;
}

/**
 * Opens the file in which history is kept between shells: `taskmaster/history` below `XDG_STATE_HOME` or
 * `~/.local/state`. Lines are appended, so that shells side by side keep theirs both. Where the file cannot be read or
 * written, or is somebody else's, history lasts as long as the shell: it is a comfort, and never worth an error.
 */
export function openHistory(env: Readonly<Record<string, string | undefined>>): History {
  const path = pathOf(env);
  const lines = read(path);
  if (lines.length > MOST_IN_FILE) cutDown(path, lines.slice(-MOST_LINES));
  let kept: readonly string[] = lines.slice(-MOST_LINES);
  return {
    entries: () => kept,
    add(line) {
      const text = line.trimEnd();
      if (text === '' || text.startsWith(' ') || text.includes('\n') || text === kept.at(-1)) return;
      kept = [...kept, text].slice(-MOST_LINES);
      append(path, `${text}\n`);
    },
  };
}

function pathOf({ XDG_STATE_HOME: state, HOME: home }: Readonly<Record<string, string | undefined>>): string {
  const base = state !== undefined && isAbsolute(state) ? state : join(home || homedir(), '.local', 'state');
  return join(base, 'taskmaster', 'history');
}

/** No link is followed and no FIFO waited for: the directory may be another user's after su(1). */
const SAFELY = constants.O_NOFOLLOW | constants.O_NONBLOCK;

function read(path: string): string[] {
  return (
    withFile(path, constants.O_RDONLY | SAFELY, (fd, size) => {
      const bytes = Buffer.alloc(Math.min(size, MOST_BYTES));
      const length = readSync(fd, bytes, 0, bytes.length, size - bytes.length);
      const lines = bytes.toString('utf8', 0, length).split('\n');
      if (size > MOST_BYTES) lines.shift(); // a part of one
      return lines.filter((line, i) => line !== '' && line !== lines[i - 1]);
    }) ?? []
  );
}

function append(path: string, text: string): void {
  quietly(() => mkdirSync(dirname(path), { recursive: true, mode: 0o700 }));
  withFile(path, constants.O_WRONLY | constants.O_APPEND | constants.O_CREAT | SAFELY, fd => void writeSync(fd, text));
}

function cutDown(path: string, lines: readonly string[]): void {
  const beside = `${path}.${process.pid}`;
  quietly(() => {
    if (statSync(path).uid !== process.getuid?.()) return;
    writeFileSync(beside, lines.map(line => `${line}\n`).join(''), { mode: 0o600, flag: 'wx' });
    renameSync(beside, path);
  });
}

/** Works on the file if it is a plain one of this user's. */
function withFile<T>(path: string, flags: number, work: (fd: number, size: number) => T): T | undefined {
  return quietly(() => {
    const fd = openSync(path, flags, 0o600);
    try {
      const stats = fstatSync(fd);
      return stats.isFile() && stats.uid === process.getuid?.() ? work(fd, stats.size) : undefined;
    } finally {
      closeSync(fd);
    }
  });
}

/** What the system refuses is done without. */
function quietly<T>(work: () => T): T | undefined {
  try {
    return work();
  } catch (error) {
    if (error instanceof Error && 'code' in error) return undefined;
    throw error;
  }
}
