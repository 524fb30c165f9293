import type { BigIntStats } from 'node:fs';
import type { LogFileSpec } from '../core/program.ts';
import type { Disk } from './disk.ts';
import type { Turns } from './turns.ts';

/** A backup that is to be compressed. Its number grows as others come before it. */
export interface Waiting {
  number: number;
  /** Removed before its turn came, or meanwhile: nothing is to be made of it. */
  isGone: boolean;
}

export interface BackupsOptions {
  readonly path: string;
  readonly disk: Disk;
  readonly turns: Turns;
  /** Whether that file is the one which is written to, whatever its name is by now. */
  readonly isOpen: (stats: BigIntStats) => boolean;
}

type Form = 'plain' | 'compressed' | 'both';

/**
 * The former files of one log: `path.1` is the newest, `path.2` the one before it, or `path.2.gz`. Names change one
 * operation at a time, the oldest first, so that whatever moment the daemon is killed at, each file has a name and the
 * numbers tell the order; a number that is missing then is filled by the next rotation.
 *
 * A compressed one takes the place of the plain one when it is complete and on the disk. Where both are there, the daemon
 * was killed between the two steps.
 */
export class Backups {
  readonly path: string;
  /** Where a compressed file grows. It has no number, which would change meanwhile. */
  readonly growing: string;
  readonly isOpen: BackupsOptions['isOpen'];
  private readonly disk: Disk;
  private readonly turns: Turns;
  /** Those to be compressed, by nobody's order; among them the one that is being compressed. */
  private readonly waiting = new Set<Waiting>();
  private current: Waiting | undefined;
  private last: Promise<unknown> = Promise.resolve();
  private device = 0n;
  private pending = 0;
  private isOver = false;

  constructor({ path, disk, turns, isOpen }: BackupsOptions) {
    this.path = path;
    this.growing = `${path}.gz-part`;
    this.isOpen = isOpen;
    this.disk = disk;
    this.turns = turns;
  }

  /** Whether names are being looked at or changed. */
  get isBusy(): boolean {
    return this.pending > 0;
  }

  /** Whether it was abandoned. */
  get isAbandoned(): boolean {
    return this.isOver;
  }

  /** What is under way hangs, and the path leads to another disk: nothing that would come next is done, should it come back. */
  abandon(): void {
    this.isOver = true;
  }

  /** Whether one is to be compressed that nobody has begun with. */
  get isAnyWaiting(): boolean {
    return this.newestWaiting() !== undefined;
  }

  /** Makes room at number 1 and moves the log there, which `device` tells where to find. Throws the system's error. */
  rotate({ backups, compress }: Pick<LogFileSpec, 'backups' | 'compress'>, device: bigint): Promise<void> {
    this.device = device;
    return this.exclusively(async () => {
      const forms = await this.forms();
      for (let number = forms.length; number >= Math.max(backups, 1); number--) await this.remove(number);
      for (let number = Math.min(forms.length, backups - 1); number >= 1; number--) {
        await this.move(number, forms[number - 1] ?? 'plain');
      }
      await this.perform(() => this.disk.rename(this.path, this.nameOf(1)));
      // Not the newest: its writer lets go of it only now.
      for (const [at, form] of forms.entries()) {
        if (compress && form === 'plain' && at + 2 <= backups) this.want(at + 2);
      }
    });
  }

  /** Looks for what a killed daemon has left undone, and for what is there and not compressed yet. */
  tidy(device: bigint): Promise<void> {
    this.device = device;
    return this.exclusively(async () => {
      const forms = await this.forms();
      for (const [at, form] of forms.entries()) {
        if (form === 'both') await this.perform(() => this.disk.unlink(this.nameOf(at + 1)));
        if (form === 'plain') this.want(at + 1);
      }
    });
  }

  /**
   * Begins to compress one: `open` is given its name, which holds for the length of the call, and returns undefined for what
   * is to stay as it is. Resolves with what it returned; undefined when there is none to compress.
   */
  begin<T>(open: (waiting: Waiting, name: string) => T | undefined): Promise<T | undefined> {
    return this.exclusively(async () => {
      for (let next = this.newestWaiting(); next !== undefined; next = this.newestWaiting()) {
        this.current = next;
        const opened = open(next, this.nameOf(next.number));
        if (opened !== undefined) return opened;
        this.forget(next);
      }
      return undefined;
    });
  }

  /** The compressed file is complete: it takes its place. Throws the system's error, and the plain one stays. */
  finish(compressed: Waiting): Promise<void> {
    return this.exclusively(async () => {
      this.forget(compressed);
      if (compressed.isGone) {
        await this.perform(() => this.disk.unlink(this.growing));
        return;
      }
      const name = this.nameOf(compressed.number);
      await this.perform(() => this.disk.rename(this.growing, `${name}.gz`));
      await this.perform(() => this.disk.unlink(name));
    });
  }

  /** The one that is being compressed stays as it is; what has grown of it is removed. */
  giveUp(): Promise<void> {
    return this.exclusively(async () => {
      if (this.current) this.forget(this.current);
      await this.perform(() => this.disk.unlink(this.growing));
    });
  }

  /** Performs something on the disk of the log when it is its turn. */
  perform<T>(operation: () => Promise<T>): Promise<T> {
    return this.turns.perform(this.device, () => {
      if (this.isOver) throw new Error('its disk did not answer, and it was opened elsewhere');
      return operation();
    });
  }

  nameOf(number: number): string {
    return `${this.path}.${number}`;
  }

  /** This one is to be compressed: nobody writes to it any more. */
  want(number: number): void {
    for (const known of this.waiting) if (known.number === number && !known.isGone) return;
    this.waiting.add({ number, isGone: false });
  }

  /** The newest first: a flood that is faster than gzip has the oldest removed before their turn. */
  private newestWaiting(): Waiting | undefined {
    let newest: Waiting | undefined;
    for (const waiting of this.waiting) {
      if (waiting !== this.current && waiting.number < (newest?.number ?? Number.POSITIVE_INFINITY)) newest = waiting;
    }
    return newest;
  }

  private forget(waiting: Waiting): void {
    this.waiting.delete(waiting);
    if (this.current === waiting) this.current = undefined;
  }

  /** What there is, from number 1 up to the first that is missing. */
  private async forms(): Promise<Form[]> {
    if (this.current === undefined) await this.perform(() => this.disk.unlink(this.growing));
    const forms: Form[] = [];
    for (;;) {
      const name = this.nameOf(forms.length + 1);
      const plain = await this.perform(() => this.disk.lstat(name));
      const compressed = await this.perform(() => this.disk.lstat(`${name}.gz`));
      if (plain) forms.push(compressed ? 'both' : 'plain');
      else if (compressed) forms.push('compressed');
      else return forms;
    }
  }

  private async remove(number: number): Promise<void> {
    for (const waiting of this.waiting) {
      if (waiting.number !== number) continue;
      waiting.isGone = true;
      if (waiting !== this.current) this.waiting.delete(waiting);
    }
    for (const name of [this.nameOf(number), `${this.nameOf(number)}.gz`]) {
      await this.perform(() => this.disk.unlink(name));
    }
  }

  private async move(number: number, form: Form): Promise<void> {
    const [from, to] = [this.nameOf(number), this.nameOf(number + 1)];
    if (form === 'both') await this.perform(() => this.disk.unlink(from));
    if (form === 'plain') await this.perform(() => this.disk.rename(from, to));
    else await this.perform(() => this.disk.rename(`${from}.gz`, `${to}.gz`));
    for (const waiting of this.waiting) if (waiting.number === number && !waiting.isGone) waiting.number++;
  }

  /** One at a time: a file must not be renamed while another step relies on its number. */
  private exclusively<T>(work: () => Promise<T>): Promise<T> {
    this.pending++;
    const result = this.last.then(work).finally(() => {
      this.pending--;
    });
    this.last = result.catch(() => {}); // whoever asked for it is told
    return result;
  }
}
