/** A file by which one daemon tells the next: whole at any moment, written little by little in time, never trusted blindly. */
import { lstatSync, renameSync, rmSync, type Stats } from 'node:fs';
import { dirname } from 'node:path';
import type { Clock } from '../runtime/clock.ts';
import { isErrno } from '../runtime/errno.ts';
import { MutableDisposable } from '../runtime/lifetime.ts';
import { atMost } from '../runtime/patience.ts';
import { makeDirectory } from './directory.ts';
import { DiskSync } from './disksync.ts';
import { readPlainFile, replaceFile } from './plainfile.ts';

/** Nobody else's to read or to write: it says what runs, what was on a screen, and whom the next daemon ends. */
const FILE_MODE = 0o600;
const DIRECTORY_MODE = 0o700;

/** More is no file of ours: a thousand processes take 250 KB, and a full queue of alerts some megabytes. */
const LONGEST = 64 * 1024 * 1024;

/** Changes within this are written together: a burst of a thousand starts is written ten times a second. */
const SPACING_MS = 100;

/**
 * Writing takes at most one part in so many of the daemon's time, however slow the disk or long the list: what it leaves to
 * the garbage collector while a thousand programs start is memory that the daemon keeps.
 */
const LEISURE = 300;

/** A write that takes no longer is done within whatever asks for it. */
const CHEAP_MS = 1;

/** After a write that failed, the next is tried by itself: the disk may have room again, and nothing change meanwhile. */
const RETRY_MS = 1_000;

/** How long the end of the daemon waits for a disk that does not answer. */
const LAST_SYNC_MS = 2_000;

export type ReadKept<Content> =
  | { readonly kind: 'none' }
  | { readonly kind: 'read'; readonly record: Content }
  /** `message` says what is wrong and where the file is now. */
  | { readonly kind: 'damaged'; readonly message: string };

/**
 * Reads what the daemon before this one left. A file that cannot be trusted is set aside as `<path>.damaged`, in place of
 * an earlier one, and never fatal. Never throws for what is in the file, nor for what stands in its place.
 */
export function readKept<Content>(
  path: string,
  name: string,
  parse: (text: string) => { readonly record: Content } | { readonly problem: string },
): ReadKept<Content> {
  let problem: string;
  try {
    const bytes = readPlainFile(path, LONGEST + 1, isOurs);
    if (bytes === undefined) problem = "is no plain file of this user's own";
    else if (bytes.length > LONGEST) problem = `is larger than ${LONGEST} bytes`;
    else {
      const parsed = parse(bytes.toString('utf8'));
      if ('record' in parsed) return { kind: 'read', record: parsed.record };
      problem = parsed.problem;
    }
  } catch (error) {
    if (isErrno(error, 'ENOENT')) return { kind: 'none' };
    problem = isErrno(error, 'ELOOP') ? 'is a link' : `cannot be read: ${messageOf(error)}`;
  }
  return { kind: 'damaged', message: `${name} ${path} ${problem}; ${setAside(path)}` };
}

/** Whoever else could write it could have root end any process by it. */
function isOurs({ uid, mode }: Stats): boolean {
  return uid === (process.geteuid?.() ?? uid) && (mode & 0o022) === 0;
}

function setAside(path: string): string {
  const aside = `${path}.damaged`;
  try {
    if (lstatSync(aside, { throwIfNoEntry: false })?.isDirectory() === false) rmSync(aside);
    renameSync(path, aside);
    return `it was set aside as ${aside}, and starts anew`;
  } catch (error) {
    return `it cannot be set aside (${messageOf(error)}), and is ignored`;
  }
}

export interface KeptFileOptions {
  readonly clock: Clock;
  /** What to call it: `state file`. */
  readonly name: string;
  /** What it means that it cannot be written, as a clause. */
  readonly consequence: string;
  /** What is to be written, as of now. */
  readonly text: () => string;
  /** Hears once why the file cannot be written, and once that it can again. */
  readonly warn: (message: string) => void;
}

/** The writer of such a file. It is whole at any moment, whatever ends the daemon; a write that fails is told, and tried again. */
export class KeptFile {
  private readonly path: string;
  private readonly options: KeptFileOptions;
  private readonly timer = new MutableDisposable();
  private readonly disk = new DiskSync();
  private isDue = false;
  private isFailing = false;
  private isClosed = false;
  private written: string | undefined;
  /** What the last write took, in milliseconds. */
  private cost = 0;
  /** Not before this is it written again, unless asked to. */
  private quietUntil = Number.NEGATIVE_INFINITY;

  constructor(path: string, options: KeptFileOptions) {
    this.path = path;
    this.options = options;
  }

  /** Something has changed: written within this call if the last write is long enough ago, else once it is. */
  touch(): void {
    if (this.isDue || this.isClosed) return;
    const wait = this.quietUntil - this.options.clock.now();
    if (wait <= 0) {
      this.write();
      return;
    }
    this.isDue = true;
    this.timer.value = this.options.clock.after(wait, () => this.write());
  }

  /** Something was decided that must not be lost: written at once where that costs little, else with what else comes in this turn. */
  hurry(): void {
    if (this.isClosed) return;
    if (this.cost < CHEAP_MS) {
      this.write();
      return;
    }
    this.isDue = true;
    this.timer.value = this.options.clock.soon(() => this.write());
  }

  /** Writes now, before it returns. */
  flush(): void {
    if (!this.isClosed) this.write();
  }

  /** Writes for the last time, and resolves once it is on the disk, or the disk has been waited for long enough. */
  async close(): Promise<void> {
    this.flush();
    this.isClosed = true;
    this.timer[Symbol.dispose]();
    const { clock } = this.options;
    await atMost(LAST_SYNC_MS, this.disk.settled(), clock);
  }

  private write(): void {
    const { clock, text: textOf } = this.options;
    this.timer.value = undefined;
    this.isDue = false;
    const begun = clock.now();
    const text = textOf();
    const isWritten = text === this.written || this.replace(text);
    const ended = clock.now();
    this.cost = ended - begun;
    this.quietUntil = ended + (isWritten ? Math.max(SPACING_MS, LEISURE * (ended - begun)) : RETRY_MS);
    if (!isWritten) this.touch();
  }

  private replace(text: string): boolean {
    try {
      makeDirectory(dirname(this.path), DIRECTORY_MODE);
      this.disk.sync(replaceFile(this.path, text, FILE_MODE));
    } catch (error) {
      const { name, consequence } = this.options;
      this.tell(`cannot write the ${name}: ${messageOf(error)}; ${consequence}`);
      return false;
    }
    this.written = text;
    this.tell(undefined);
    return true;
  }

  private tell(problem: string | undefined): void {
    const isFailing = problem !== undefined;
    if (isFailing === this.isFailing) return;
    this.isFailing = isFailing;
    this.options.warn(problem ?? `the ${this.options.name} ${this.path} can be written again`);
  }
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
