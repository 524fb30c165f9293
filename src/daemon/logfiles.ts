import { closeSync, constants, openSync, write } from 'node:fs';
import type { Clock } from '../runtime/clock.ts';
import { isErrno } from '../runtime/errno.ts';
import { SpawnError } from './accounts.ts';

/** Private until asked otherwise; `open` still applies the daemon's umask. */
const MODE = 0o600;

/** Without NONBLOCK, opening a FIFO that nobody reads would hang the whole daemon. */
const FLAGS = constants.O_WRONLY | constants.O_APPEND | constants.O_CREAT | constants.O_NONBLOCK | constants.O_NOCTTY;

/** Bytes that wait for the disk before the terminals that feed this file are no longer read: logs lose nothing. */
const HIGH_WATER = 1024 * 1024;

/** How long a FIFO or pipe whose reader is slow is left alone before it is tried again. */
const RETRY_MS = 10;

/** The log files of programs, each open once however many processes write to it. */
export class LogFiles {
  private readonly clock: Clock;
  private readonly files = new Map<string, LogFile>();

  constructor(clock: Clock) {
    this.clock = clock;
  }

  /** The file at this path, opened if it is not. Throws `SpawnError` saying why it cannot be. */
  open(path: string): LogFile {
    const known = this.files.get(path);
    if (known) return known;
    const file = new LogFile(openForAppend(path), this.clock);
    this.files.set(path, file);
    return file;
  }

  /** Writes out what is there and closes every file. */
  async close(): Promise<void> {
    await Promise.all([...this.files.values()].map(file => file.close()));
    this.files.clear();
  }
}

/** One file that output is appended to, in order, off the event loop. */
export class LogFile {
  private readonly fd: number;
  private readonly clock: Clock;
  private readonly fullListeners = new Set<(isFull: boolean) => void>();
  private readonly idleListeners = new Set<() => void>();
  private queue: Uint8Array[] = [];
  private queued = 0;
  private isWriting = false;
  private isFull = false;
  private isClosing = false;
  private failure: string | undefined;

  constructor(fd: number, clock: Clock) {
    this.fd = fd;
    this.clock = clock;
  }

  /** Why the last write failed; undefined when it did not. What could not be written is dropped, and the program runs on. */
  get problem(): string | undefined {
    return this.failure;
  }

  /** Appends `bytes`, which the caller gives away. */
  append(bytes: Uint8Array): void {
    if (bytes.length === 0) return;
    this.queue.push(bytes);
    this.queued += bytes.length;
    this.setFull(this.queued > HIGH_WATER);
    if (!this.isWriting) this.writeNext();
  }

  /** Whether more waits than the disk, or whoever reads, can take for now. */
  get isBehind(): boolean {
    return this.isFull;
  }

  /** Tells when the disk cannot follow, and when it can again. */
  onFull(listener: (isFull: boolean) => void): Disposable {
    this.fullListeners.add(listener);
    return { [Symbol.dispose]: () => void this.fullListeners.delete(listener) };
  }

  /** Writes out what is queued, as far as the other end takes it without being waited for, and closes. */
  async close(): Promise<void> {
    this.isClosing = true;
    if (this.isWriting) await new Promise<void>(resolve => this.idleListeners.add(resolve));
    closeSync(this.fd); // not on the thread pool: that would make a gap while a fork is under way (`pty.ts`)
  }

  private writeNext(): void {
    const bytes = this.queue.length === 1 ? this.queue[0] : Buffer.concat(this.queue);
    this.queue = [];
    this.isWriting = bytes !== undefined && bytes.length > 0;
    if (!bytes || !this.isWriting) {
      for (const listener of this.idleListeners) listener();
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
    this.failure = error ? error.message : undefined;
    const rest = error ? undefined : bytes.subarray(written);
    this.queued -= bytes.length - (rest?.length ?? 0);
    if (rest && rest.length > 0) this.queue.unshift(rest);
    this.setFull(this.queued > HIGH_WATER);
    this.writeNext();
  }

  private setFull(isFull: boolean): void {
    if (isFull === this.isFull) return;
    this.isFull = isFull;
    for (const listener of this.fullListeners) listener(isFull);
  }
}

function openForAppend(path: string): number {
  try {
    return openSync(path, FLAGS, MODE);
  } catch (error) {
    throw new SpawnError(`cannot open log ${path}: ${reasonOf(error)}`);
  }
}

function reasonOf(error: unknown): string {
  if (isErrno(error, 'ENOENT')) return 'no such directory';
  if (isErrno(error, 'EACCES', 'EPERM')) return 'permission denied';
  if (isErrno(error, 'EISDIR')) return 'is a directory';
  if (isErrno(error, 'ENXIO')) return 'it is a FIFO that nobody reads';
  return error instanceof Error ? error.message : String(error);
}
