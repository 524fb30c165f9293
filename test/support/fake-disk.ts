import { readdirSync, readFileSync } from 'node:fs';
import { basename, dirname } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { type Disk, realDisk } from '../../src/daemon/disk.ts';

type Operation = keyof Disk;

/** A disk that can be slow, full, broken or dead; else it is the real one. */
export class FakeDisk implements Disk {
  /** All that was asked of it, and what it was asked of. */
  readonly asked: string[] = [];
  /** The code of the error that an operation ends with. */
  readonly failing = new Map<Operation, string>();
  /** Bytes that it still has room for. */
  room = Number.POSITIVE_INFINITY;
  /** Operations that are answered yet; then it never answers again, as after a SIGKILL. */
  answers = Number.POSITIVE_INFINITY;
  /** Whether the first operation that is not answered is performed all the same. */
  performsLast = false;
  private held: (() => void)[] | undefined;
  private readonly heldFds = new Set<number>();

  /** Keeps writes, to these files alone if any are given, until `release`. */
  hold(...fds: readonly number[]): void {
    this.held ??= [];
    for (const fd of fds) this.heldFds.add(fd);
  }

  get holding(): number {
    return this.held?.length ?? 0;
  }

  release(): void {
    const { held = [] } = this;
    this.held = undefined;
    for (const resume of held) resume();
  }

  write(fd: number, bytes: Uint8Array, callback: Parameters<Disk['write']>[2]): void {
    this.asked.push('write');
    if (this.answers-- <= 0) {
      if (this.isLast) realDisk.write(fd, bytes, () => {});
      return;
    }
    const code = this.failing.get('write');
    const isHeld = this.held !== undefined && (this.heldFds.size === 0 || this.heldFds.has(fd));
    if (isHeld) this.held?.push(() => this.write(fd, bytes, callback));
    else if (code !== undefined) setImmediate(() => callback(errnoOf(code), 0));
    else if (this.room <= 0) setImmediate(() => callback(errnoOf('ENOSPC'), 0));
    else {
      const fitting = bytes.subarray(0, this.room);
      this.room -= fitting.length;
      realDisk.write(fd, fitting, callback);
    }
  }

  read = (fd: number, into: Uint8Array): Promise<number> => this.do('read', `${fd}`, () => realDisk.read(fd, into));
  sync = (fd: number): Promise<void> => this.do('sync', `${fd}`, () => Promise.resolve()); // tests need not outlive the machine
  stamp = (fd: number, time: number): Promise<void> => this.do('stamp', `${fd}`, () => realDisk.stamp(fd, time));
  truncate = (fd: number): Promise<void> => this.do('truncate', `${fd}`, () => realDisk.truncate(fd));
  stat = (path: string): ReturnType<Disk['stat']> => this.do('stat', path, () => realDisk.stat(path));
  lstat = (path: string): ReturnType<Disk['lstat']> => this.do('lstat', path, () => realDisk.lstat(path));
  unlink = (path: string): Promise<void> => this.do('unlink', path, () => realDisk.unlink(path));
  rename = (from: string, to: string): Promise<void> => this.do('rename', from, () => realDisk.rename(from, to));

  private get isLast(): boolean {
    return this.performsLast && this.answers === -1;
  }

  private async do<T>(operation: Operation, what: string, perform: () => Promise<T>): Promise<T> {
    this.asked.push(`${operation} ${basename(what)}`);
    if (this.answers-- <= 0) {
      if (this.isLast) await perform();
      return await new Promise(() => {});
    }
    const code = this.failing.get(operation);
    if (code !== undefined) throw errnoOf(code);
    return await perform();
  }
}

export function errnoOf(code: string): NodeJS.ErrnoException {
  return Object.assign(new Error(`${code}: by the fake disk`), { code });
}

/** The names of a log's former files and its own, the oldest first. */
export function namesOfLog(path: string): string[] {
  const name = basename(path);
  const numberOf = (file: string): number => Number(file.slice(name.length + 1).split('.')[0] ?? 0);
  return readdirSync(dirname(path))
    .filter(file => file === name || (file.startsWith(name) && /^\.\d+(\.gz)?$/.test(file.slice(name.length))))
    .sort((a, b) => numberOf(b) - numberOf(a));
}

/** What they hold together, in that order, a byte a character. */
export function textOfLog(path: string): string {
  const texts = namesOfLog(path).map(file => {
    const bytes = readFileSync(`${dirname(path)}/${file}`);
    return (file.endsWith('.gz') ? gunzipSync(bytes) : bytes).toString('latin1');
  });
  return texts.join('');
}
