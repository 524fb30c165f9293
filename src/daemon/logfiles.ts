import { closeSync, constants, lstatSync, openSync, write } from 'node:fs';
import type { LogFileSpec } from '../core/program.ts';
import type { Clock } from '../runtime/clock.ts';
import { isErrno } from '../runtime/errno.ts';
import { SpawnError } from './accounts.ts';

/** Private until asked otherwise; `open` still applies the daemon's umask. */
const MODE = 0o600;

/** Without NONBLOCK, opening a FIFO that nobody reads would hang the whole daemon. */
const FLAGS = constants.O_WRONLY | constants.O_APPEND | constants.O_CREAT | constants.O_NONBLOCK | constants.O_NOCTTY;

/** Bytes that wait for the disk before the terminals that feed this file are no longer read: logs lose nothing. */
const HIGH_WATER = 1024 * 1024;

/** Beyond this, what comes is dropped, and told: a file that takes nothing at all must not eat the memory. */
const HARD_LIMIT = 16 * HIGH_WATER;

/** How long a FIFO or pipe whose reader is slow is left alone before it is tried again. */
const RETRY_MS = 10;

/** The log files of programs, each open once however many processes write to it. */
export class LogFiles {
  private readonly clock: Clock;
  private readonly tell: (message: string) => void;
  private readonly files = new Map<string, { readonly file: LogFile; users: number }>();

  /** `tell` is called when a file cannot be written, and when it can again. */
  constructor(clock: Clock, tell: (message: string) => void) {
    this.clock = clock;
    this.tell = tell;
  }

  /** The file at this path, opened if it is not, until `release`. Throws `SpawnError` saying why it cannot be. */
  open({ path }: LogFileSpec): LogFile {
    const known = this.files.get(path);
    if (known) {
      known.users++;
      known.file.users = known.users;
      return known.file;
    }
    const file = new LogFile(openForAppend(path), this.clock, (problem, lost) => {
      if (problem === undefined) this.tell(`log ${path} can be written again; ${lost} bytes were lost`);
      else this.tell(`cannot write log ${path}: ${problem}; what comes is lost until it can`);
    });
    this.files.set(path, { file, users: 1 });
    return file;
  }

  /** Ends one use of the file. After the last it is closed, once all is written, unless it is wanted again by then. */
  release(path: string): void {
    const known = this.files.get(path);
    if (!known) return;
    known.file.users = --known.users;
    if (known.users > 0) return;
    known.file.whenWritten(() => {
      if (known.users > 0 || this.files.get(path) !== known) return;
      this.files.delete(path);
      known.file.closeNow();
    });
  }

  /** Writes out what is there and closes every file. */
  async close(): Promise<void> {
    const files = [...this.files.values()];
    this.files.clear();
    await Promise.all(files.map(({ file }) => file.close()));
  }
}

/** One file that output is appended to, in order, off the event loop. */
export class LogFile {
  users = 1;
  /** Who appended last, by their own account: that one alone may go on in the middle of a line. */
  lastWriter: object | undefined;
  atLineStart = true;
  private readonly fd: number;
  private readonly clock: Clock;
  private readonly fullListeners = new Set<(isFull: boolean) => void>();
  private readonly idleListeners = new Set<() => void>();
  private queue: Uint8Array[] = [];
  private queued = 0;
  private isWriting = false;
  private isFull = false;
  private isClosing = false;
  private lost = 0;
  private readonly onProblem: (problem: string | undefined, lost: number) => void;

  /** `onProblem` hears why a write failed, and, with undefined, that one worked again and how much was lost. */
  constructor(fd: number, clock: Clock, onProblem: (problem: string | undefined, lost: number) => void) {
    this.fd = fd;
    this.clock = clock;
    this.onProblem = onProblem;
  }

  get isShared(): boolean {
    return this.users > 1;
  }

  configure(_spec: LogFileSpec): void {}

  /** Appends `bytes`, which the caller gives away. */
  append(bytes: Uint8Array): void {
    if (bytes.length === 0) return;
    this.atLineStart = bytes[bytes.length - 1] === 10;
    if (this.queued + bytes.length > HARD_LIMIT) {
      this.lose(bytes.length, 'nobody takes what is written');
      return;
    }
    this.queue.push(bytes);
    this.queued += bytes.length;
    this.setFull(this.queued > HIGH_WATER);
    if (!this.isWriting) this.writeNext();
  }

  /** Whether more waits than the disk, or whoever reads, can take for now. */
  get isBehind(): boolean {
    return this.isFull;
  }

  /** Tells, at once and on each change, whether the disk cannot follow. */
  onFull(listener: (isFull: boolean) => void): Disposable {
    this.fullListeners.add(listener);
    if (this.isFull) listener(true);
    return { [Symbol.dispose]: () => void this.fullListeners.delete(listener) };
  }

  /** Writes out what is queued, as far as the other end takes it without being waited for, and closes. */
  async close(): Promise<void> {
    this.isClosing = true;
    await new Promise<void>(resolve => this.whenWritten(resolve));
    this.closeNow();
  }

  /** Calls back once, at once or when all that is queued is written. */
  whenWritten(callback: () => void): void {
    if (this.isWriting) this.idleListeners.add(callback);
    else callback();
  }

  /** Closes it; nothing may be queued. Not on the thread pool: that would make a gap while a fork is under way (`pty.ts`). */
  closeNow(): void {
    closeSync(this.fd);
  }

  private writeNext(): void {
    const bytes = this.queue.length === 1 ? this.queue[0] : Buffer.concat(this.queue);
    this.queue = [];
    this.isWriting = bytes !== undefined && bytes.length > 0;
    if (!bytes || !this.isWriting) {
      const listeners = [...this.idleListeners];
      this.idleListeners.clear();
      for (const listener of listeners) listener();
      return;
    }
    write(this.fd, bytes, 0, bytes.length, null, (error, written) => this.onWritten(error, written, bytes));
  }

  private onWritten(error: NodeJS.ErrnoException | null, written: number, bytes: Uint8Array): void {
    if (isErrno(error, 'EAGAIN') && !this.isClosing) {
      this.queue.unshift(bytes);
      this.clock.after(RETRY_MS, () => this.writeNext());
      return;
    }
    if (error) this.lose(bytes.length, error.message);
    else if (this.lost > 0 && this.queued < HIGH_WATER) this.recover();
    const rest = error ? undefined : bytes.subarray(written);
    this.queued -= bytes.length - (rest?.length ?? 0);
    if (rest && rest.length > 0) this.queue.unshift(rest);
    this.setFull(this.queued > HIGH_WATER);
    this.writeNext();
  }

  /** What cannot be written is dropped, and the program runs on. Told once, until it works again. */
  private lose(bytes: number, problem: string): void {
    if (this.lost === 0) this.onProblem(problem, bytes);
    this.lost += bytes;
  }

  private recover(): void {
    this.onProblem(undefined, this.lost);
    this.lost = 0;
  }

  private setFull(isFull: boolean): void {
    if (isFull === this.isFull) return;
    this.isFull = isFull;
    for (const listener of this.fullListeners) listener(isFull);
  }
}

/**
 * Opens, and as the last part of the path follows no link of a stranger's: under a root daemon the directory may be the
 * program's own, and the link may lead anywhere. One of ours or of root's, such as /dev/stdout, is followed.
 */
function openForAppend(path: string): number {
  try {
    const stats = lstatSync(path, { throwIfNoEntry: false });
    const isOurLink = stats?.isSymbolicLink() === true && (stats.uid === 0 || stats.uid === process.geteuid?.());
    return openSync(path, isOurLink ? FLAGS : FLAGS | constants.O_NOFOLLOW, MODE);
  } catch (error) {
    throw new SpawnError(`cannot open log ${path}: ${reasonOf(error)}`);
  }
}

function reasonOf(error: unknown): string {
  if (isErrno(error, 'ENOENT')) return 'no such directory';
  if (isErrno(error, 'EACCES', 'EPERM')) return 'permission denied';
  if (isErrno(error, 'EISDIR')) return 'is a directory';
  if (isErrno(error, 'ELOOP')) return "it is somebody else's link";
  if (isErrno(error, 'ENXIO')) return 'it is a FIFO that nobody reads';
  return error instanceof Error ? error.message : String(error);
}
