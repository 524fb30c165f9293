import { dirname } from 'node:path';
import type { HappeningBody } from '../core/events.ts';
import type { LogFileSpec } from '../core/program.ts';
import type { Clock } from '../runtime/clock.ts';
import { SpawnError } from './accounts.ts';
import { Compressor } from './compression.ts';
import { type Disk, realDisk } from './disk.ts';
import { LogFile, type LogFileWorld } from './logfile.ts';
import { isCondition, type LogTarget, openTarget, reasonOf } from './logtarget.ts';
import { NO_ANSWER } from './reopening.ts';
import { Backups } from './rotation.ts';
import { Turns } from './turns.ts';

export interface LogFilesOptions {
  readonly disk?: Disk;
  /** Shared by all that write files in this daemon. */
  readonly turns?: Turns;
}

/** The log files of programs, each open once however many processes write to it. */
export class LogFiles {
  private readonly shared: Pick<LogFileWorld, 'clock' | 'publish' | 'disk' | 'turns'>;
  private readonly files = new Map<string, LogFile>();
  /** Of files that are open or have something left to compress. */
  private readonly backups = new Map<string, Backups>();
  private readonly compressor: Compressor;
  /** Those that nobody uses, and that are closed once all is written. */
  private readonly leaving = new Set<LogFile>();

  /** `publish` hears `log.trouble` when a file cannot be written or rotated, and `log.restored` when it can again. */
  constructor(
    clock: Clock,
    publish: (happening: HappeningBody) => void,
    { disk = realDisk, turns = new Turns(clock) }: LogFilesOptions = {},
  ) {
    this.shared = { clock, publish, disk, turns };
    this.compressor = new Compressor({ disk, publish, onDone: backups => this.forget(backups) });
  }

  /**
   * The file of this spec, opened if it is not, until `release`. One that is open takes the spec over.
   *
   * Throws `SpawnError` saying why it cannot be, where that is a mistake. Where the machine is in a state that may pass (a
   * full disk, a FIFO that nobody reads) the file is in trouble, and will be tried again.
   */
  open(spec: LogFileSpec): LogFile {
    const known = this.files.get(spec.path);
    if (known) {
      known.users++;
      known.configure(spec);
      return known;
    }
    const target = this.isStalledAt(dirname(spec.path)) ? new Error(NO_ANSWER) : openOrReason(spec);
    const file = new LogFile(spec, target, {
      ...this.shared,
      backups: () => this.backupsOf(spec.path),
      compress: backups => this.compressor.add(backups),
    });
    file.users = 1;
    this.files.set(spec.path, file);
    if (spec.compress) file.tidy();
    return file;
  }

  /** Ends one use of the file. After the last it is closed, once all is written, unless it is wanted again by then. */
  release(path: string): void {
    const file = this.files.get(path);
    if (!file || --file.users > 0 || this.leaving.has(file)) return;
    this.leaving.add(file); // once: whatever is started and fails again and again while a disk hangs
    file.whenWritten(() => {
      this.leaving.delete(file);
      if (file.users > 0 || this.files.get(path) !== file) return;
      this.files.delete(path);
      file.closeNow();
      const backups = this.backups.get(path);
      if (backups) this.forget(backups);
    });
  }

  /**
   * Opens all anew, as after they were renamed. Resolves with the paths of those that could not be, and go on as they were: within a
   * second, whatever the disks do.
   */
  async reopen(): Promise<string[]> {
    const problems = [...this.files].map(async ([path, file]) => ((await file.reopen()) === undefined ? [] : [path]));
    return (await Promise.all(problems)).flat();
  }

  /** Writes out what is there and closes every file. Takes as long as a disk that hangs: the caller sets a bound. */
  async close(): Promise<void> {
    const files = [...this.files.values()];
    this.files.clear();
    await Promise.all([this.compressor.close(), ...files.map(file => file.close())]);
    this.backups.clear();
  }

  private forget(backups: Backups): void {
    if (this.files.has(backups.path) || this.compressor.has(backups) || backups.isBusy) return;
    if (this.backups.get(backups.path) === backups) this.backups.delete(backups.path);
  }

  /** Opening a file there, on the event loop, might take as long as another one does that hangs. */
  private isStalledAt(directory: string): boolean {
    if (!this.shared.turns.isAnyStalled) return false;
    return [...this.files.values()].some(file => dirname(file.path) === directory && file.isStalled);
  }

  private backupsOf(path: string): Backups {
    let known = this.backups.get(path);
    if (!known || known.isAbandoned) {
      known = new Backups({ path, ...this.shared, isOpen: stats => this.files.get(path)?.isOn(stats) === true });
      this.backups.set(path, known);
    }
    return known;
  }
}

function openOrReason({ path, mode }: LogFileSpec): LogTarget | Error {
  try {
    return openTarget(path, mode);
  } catch (error) {
    if (isCondition(error) && error instanceof Error) return error;
    throw new SpawnError(`cannot open log ${path}: ${reasonOf(error)}`, { cause: error });
  }
}
