import { type BigIntStats, closeSync, constants, fchmodSync, fstatSync, openSync } from 'node:fs';
import { createRequire } from 'node:module';
import type * as Zlib from 'node:zlib';
import type { HappeningBody } from '../core/events.ts';
import type { Disk } from './disk.ts';
import { reasonOf } from './logtarget.ts';
import type { Backups, Waiting } from './rotation.ts';

const { O_CREAT, O_EXCL, O_NOCTTY, O_NOFOLLOW, O_NONBLOCK, O_RDONLY, O_WRONLY } = constants;

/** Bytes that are read and compressed at a time: a few milliseconds of a thread of the pool. */
const CHUNK = 256 * 1024;

export interface CompressorOptions {
  readonly disk: Disk;
  readonly publish: (happening: HappeningBody) => void;
  /** Nothing of these is left to do. */
  readonly onDone: (backups: Backups) => void;
}

/** A backup that is being compressed. */
interface Job {
  readonly waiting: Waiting;
  readonly source: number;
  readonly growing: number;
  /** Milliseconds. */
  readonly changedAt: number;
}

/**
 * Compresses former log files, one at a time in the whole daemon, in the background: whoever writes logs never waits for
 * it. Where logs grow faster than it compresses, the others stay as they are until their turn comes, or until they are the
 * oldest and go.
 */
export class Compressor {
  private readonly options: CompressorOptions;
  private readonly queue = new Set<Backups>();
  /** Logs of which one could not be compressed, as was told. */
  private readonly failed = new Set<string>();
  private running: Promise<void> | undefined;
  private isClosing = false;

  constructor(options: CompressorOptions) {
    this.options = options;
  }

  /** There may be something to compress of this log. */
  add(backups: Backups): void {
    if (this.isClosing) return;
    this.queue.add(backups);
    this.running ??= this.run();
  }

  /** Whether these may still be worked on. */
  has(backups: Backups): boolean {
    return this.queue.has(backups);
  }

  /** Leaves what is under way as it was. */
  async close(): Promise<void> {
    this.isClosing = true;
    await this.running;
  }

  private async run(): Promise<void> {
    for (;;) {
      const [backups] = this.queue;
      if (backups === undefined || this.isClosing) break;
      const hasWorked = await this.compressNext(backups);
      // Each log in its turn; a look for what is there may have come meanwhile.
      this.queue.delete(backups);
      if (hasWorked || backups.isAnyWaiting) this.queue.add(backups);
      else this.options.onDone(backups);
    }
    this.running = undefined;
  }

  /** Compresses the next one of a log. Resolves with whether there was one. */
  private async compressNext(backups: Backups): Promise<boolean> {
    try {
      const job = await backups.begin((waiting, name) => openJob(waiting, name, backups));
      if (job === undefined) return false;
      let isWhole: boolean;
      try {
        isWhole = await this.copy(job, backups);
      } finally {
        for (const fd of [job.source, job.growing]) closeSync(fd);
      }
      if (!isWhole) await backups.giveUp();
      else {
        await backups.finish(job.waiting);
        if (this.failed.delete(backups.path)) {
          this.options.publish({ type: 'log.restored', path: backups.path, lost: 0 });
        }
      }
    } catch (error) {
      await backups.giveUp().catch(() => {}); // what has grown of it is removed by the next rotation
      this.tell(backups.path, reasonOf(error));
    }
    return true;
  }

  private tell(path: string, problem: string): void {
    if (this.failed.has(path)) return;
    this.failed.add(path);
    this.options.publish({
      type: 'log.trouble',
      path,
      problem: `a former file of it cannot be compressed, and stays as it is: ${problem}`,
    });
  }

  /** Resolves with whether all of it was, which it is not when nobody wants it any more. */
  private async copy({ waiting, source, growing, changedAt }: Job, backups: Backups): Promise<boolean> {
    const { disk } = this.options;
    const gzip = loadZlib().createGzip();
    const ready: Buffer[] = [];
    gzip.on('data', (bytes: Buffer) => ready.push(bytes));
    const ended = new Promise<void>((resolve, reject) => {
      gzip.on('end', resolve);
      gzip.on('error', reject);
    });
    ended.catch(() => {}); // it is awaited at the end, if that comes
    const chunk = Buffer.allocUnsafeSlow(CHUNK);
    try {
      for (let isOver = false; !isOver; ) {
        if (waiting.isGone || this.isClosing) return false;
        const length = await backups.perform(() => disk.read(source, chunk));
        isOver = length === 0;
        if (isOver) {
          gzip.end();
          await ended;
        } else {
          await new Promise<void>((resolve, reject) => {
            gzip.write(chunk.subarray(0, length), error => (error ? reject(error) : resolve()));
          });
        }
        for (const bytes of ready.splice(0)) await this.writeWhole(growing, bytes, backups);
      }
    } finally {
      gzip.destroy();
    }
    await backups.perform(() => disk.stamp(growing, changedAt));
    await backups.perform(() => disk.sync(growing)); // before the plain one goes: the machine may fail at any moment
    return true;
  }

  private async writeWhole(fd: number, bytes: Uint8Array, backups: Backups): Promise<void> {
    for (let at = 0; at < bytes.length; ) {
      const rest = bytes.subarray(at);
      at += await backups.perform(
        () =>
          new Promise<number>((resolve, reject) => {
            this.options.disk.write(fd, rest, (error, written) => (error ? reject(error) : resolve(written)));
          }),
      );
    }
  }
}

/** Opens both files, on the event loop (`fdtable.ts`). Undefined for what is to stay as it is. Throws the system's error. */
function openJob(waiting: Waiting, name: string, backups: Backups): Job | undefined {
  const source = openSync(name, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY);
  let growing: number | undefined;
  try {
    const stats = fstatSync(source, { bigint: true });
    if (isOurs(stats) && !backups.isOpen(stats)) {
      growing = openSync(backups.growing, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW, 0o600);
      fchmodSync(growing, Number(stats.mode) & 0o7777);
      return { waiting, source, growing, changedAt: Number(stats.mtimeMs) };
    }
  } catch (error) {
    for (const fd of [source, growing]) if (fd !== undefined) closeSync(fd);
    throw error;
  }
  closeSync(source);
  return undefined;
}

/** Under a root daemon the directory may be a stranger's, who may have put there what he himself must not read. */
function isOurs(stats: BigIntStats): boolean {
  return stats.isFile() && stats.nlink === 1n && Number(stats.uid) === process.geteuid?.();
}

/** Only once something is compressed: it costs memory. */
function loadZlib(): typeof Zlib {
  return createRequire(import.meta.url)('node:zlib');
}
