/** Reads config files: from the disk, or from a test's hands. */
import { closeSync, constants, existsSync, fstatSync, openSync, readdirSync, readFileSync } from 'node:fs';

export interface FileReader {
  /** The bytes of a file; throws an error that says why not. */
  read(path: string): Uint8Array;
  /** Names in a directory; none when it cannot be listed. */
  list(dir: string): readonly string[];
  exists(path: string): boolean;
}

/** Bytes. A config of ten thousand programs has a tenth of that; anything larger is another kind of file. */
export const MAX_FILE_SIZE = 4 * 2 ** 20;

/** What system calls say, in words. */
const CAUSES: Readonly<Record<string, string>> = {
  ENOENT: 'there is no such file',
  ENOTDIR: 'a part of its path is not a directory',
  EACCES: 'permission denied',
  EPERM: 'permission denied',
  EISDIR: 'it is a directory',
  ELOOP: 'too many symbolic links',
  ENAMETOOLONG: 'its name is too long',
};

export const diskReader: FileReader = {
  read: path => {
    // Not blocking: the open of a named pipe would wait for a writer, and the daemon with it.
    const fd = openSync(path, constants.O_RDONLY | constants.O_NONBLOCK);
    try {
      const stats = fstatSync(fd);
      if (stats.isDirectory()) throw new Error('it is a directory');
      if (!stats.isFile()) throw new Error('it is not a regular file');
      if (stats.size > MAX_FILE_SIZE) throw new Error(tooLarge(stats.size));
      return readFileSync(fd);
    } finally {
      closeSync(fd);
    }
  },
  list: dir => {
    try {
      return readdirSync(dir);
    } catch {
      // A pattern matches nothing in a directory that is not there or not ours to list; that is told as such.
      return [];
    }
  },
  exists: existsSync,
};

/** A reader that also remembers what it gave, and gives that again whatever has become of the files: see `replay`. */
export function recordingReader(reader: FileReader): FileReader & { readonly replay: FileReader } {
  const reads = new Map<string, () => Uint8Array>();
  const lists = new Map<string, readonly string[]>();
  const existing = new Map<string, boolean>();
  const absent = (path: string): never => {
    throw new Error(`${path} was not read before`);
  };
  return {
    read: path => {
      let bytes: Uint8Array;
      try {
        bytes = reader.read(path);
      } catch (error) {
        reads.set(path, () => {
          throw error;
        });
        throw error;
      }
      reads.set(path, () => bytes);
      return bytes;
    },
    list: dir => remember(lists, dir, reader.list(dir)),
    exists: path => remember(existing, path, reader.exists(path)),
    replay: {
      read: path => (reads.get(path) ?? absent(path))(),
      list: dir => lists.get(dir) ?? [],
      exists: path => existing.get(path) ?? false,
    },
  };
}

function remember<T>(known: Map<string, T>, key: string, value: T): T {
  known.set(key, value);
  return value;
}

/** The text of a config file, or why there is none. */
export function readText(path: string, reader: FileReader): { text: string } | { cause: string } {
  let bytes: Uint8Array;
  try {
    bytes = reader.read(path);
  } catch (error) {
    return { cause: causeOf(error) };
  }
  if (bytes.length > MAX_FILE_SIZE) return { cause: tooLarge(bytes.length) };
  try {
    return { text: new TextDecoder('utf-8', { fatal: true }).decode(bytes) };
  } catch {
    // The decoder throws for nothing but bytes that are no UTF-8.
    return { cause: `it is not UTF-8 text (line ${firstBadLine(bytes)})` };
  }
}

function causeOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const code = 'code' in error && typeof error.code === 'string' ? error.code : '';
  return CAUSES[code] ?? error.message;
}

function tooLarge(bytes: number): string {
  return `it is too large: ${bytes} bytes, where ${MAX_FILE_SIZE} are the most`;
}

function firstBadLine(bytes: Uint8Array): number {
  const decoder = new TextDecoder('utf-8', { fatal: true });
  let line = 1;
  for (let start = 0; start < bytes.length; line++) {
    const end = bytes.indexOf(0x0a, start);
    const stop = end < 0 ? bytes.length : end + 1;
    try {
      decoder.decode(bytes.subarray(start, stop));
    } catch {
      break;
    }
    start = stop;
  }
  return line;
}
