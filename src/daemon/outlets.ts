import { isDeepStrictEqual } from 'node:util';
import { isStderrApart, type LogTarget, type ProcessSpec } from '../core/program.ts';
import type { Clock } from '../runtime/clock.ts';
import { MutableDisposable } from '../runtime/lifetime.ts';
import type { LineFormat, LineSource } from './lineformat.ts';
import type { LogFile } from './logfile.ts';
import type { LogFiles } from './logfiles.ts';
import type { Pty, Stream } from './pty.ts';
import { RawLines } from './rawlines.ts';
import { VisibleLines } from './visiblelines.ts';

type Targets = Pick<ProcessSpec, Stream | 'fullname'>;

type FileTarget = Extract<LogTarget, { kind: 'file' }>;

const STREAMS: readonly Stream[] = ['stdout', 'stderr'];

/** How long an unfinished line is held back: what was read a second ago is in the file, whatever becomes of the daemon. */
const HOLD_MS = 500;

/**
 * How long ago a line that is redrawn must have been so before it is written: a bar that moves is not a line each time. Less
 * than a second, as it may only grow from then on.
 */
const REST_MS = 900;

const NEWLINE = Uint8Array.of(10);

/** What outlets need of the daemon. */
export interface OutletWorld {
  readonly logfiles: LogFiles;
  readonly clock: Clock;
}

/** Where the two streams of one life go beside the scrollback. */
export class Outlets implements Disposable {
  private readonly world: OutletWorld;
  private readonly outlets = new Map<Stream, Outlet>();
  private pty: Pty | undefined;

  /** Opens the log files. Throws `SpawnError` saying which cannot be opened and why. */
  constructor(world: OutletWorld, targets: Targets) {
    this.world = world;
    this.redirect(targets);
  }

  /** Joins them to the terminal, which is not read while the disk cannot follow. */
  attach(pty: Pty): void {
    this.pty = pty;
    for (const outlet of this.outlets.values()) outlet.attach(pty);
  }

  /**
   * What comes from here on goes to these, in their formats. Throws `SpawnError` when one cannot be opened; nothing has
   * changed then.
   */
  redirect(targets: Targets): void {
    const { logfiles } = this.world;
    const opened = new Map<Stream, LogFile>();
    try {
      for (const stream of STREAMS) {
        const target = fileOf(targets, stream);
        if (target && target.path !== this.outlets.get(stream)?.path) opened.set(stream, logfiles.open(target));
      }
    } catch (error) {
      for (const stream of opened.keys()) logfiles.release(fileOf(targets, stream)?.path ?? '');
      throw error;
    }
    for (const stream of STREAMS) {
      const target = fileOf(targets, stream);
      const former = this.outlets.get(stream);
      const file = opened.get(stream);
      if (!target) {
        former?.[Symbol.dispose]();
        this.outlets.delete(stream);
      } else if (former) {
        former.redirect(sourceOf(targets, stream, target), file);
      } else if (file) {
        const outlet = new Outlet(this.world, { source: sourceOf(targets, stream, target), file });
        this.outlets.set(stream, outlet);
        if (this.pty) outlet.attach(this.pty);
      }
    }
  }

  /** Whether this is where they go. */
  isFor(targets: Targets): boolean {
    return STREAMS.every(stream => {
      const target = fileOf(targets, stream);
      const outlet = this.outlets.get(stream);
      return target === undefined ? outlet === undefined : outlet?.isFor(sourceOf(targets, stream, target)) === true;
    });
  }

  write(stream: Stream, bytes: Uint8Array): void {
    this.outlets.get(stream)?.write(bytes);
  }

  /** The leader has ended: gives the files what was held back. */
  flush(): void {
    for (const outlet of this.outlets.values()) outlet.flush();
  }

  [Symbol.dispose](): void {
    for (const outlet of this.outlets.values()) outlet[Symbol.dispose]();
    this.outlets.clear();
    this.pty = undefined;
  }
}

/** The file of a stream that arrives by itself; where both go to one, all arrives as stdout. */
function fileOf(targets: Targets, stream: Stream): FileTarget | undefined {
  const target = targets[stream];
  if (target.kind !== 'file' || (stream === 'stderr' && !isStderrApart(targets))) return undefined;
  return target;
}

/** With the file that it goes to. */
interface FileSource extends LineSource {
  readonly spec: FileTarget;
}

function sourceOf(targets: Targets, stream: Stream, spec: FileTarget): FileSource {
  return { spec, stream, process: targets.fullname };
}

function formatOf(source: LineSource): LineFormat {
  return source.spec.format === 'raw' ? new RawLines(source) : new VisibleLines(source);
}

/**
 * One stream on its way into a log file. Several may share the file: each then gives it whole lines, and who finds the line
 * of another unfinished there begins with a newline.
 */
class Outlet implements Disposable {
  private readonly world: OutletWorld;
  private source: FileSource;
  private file: LogFile;
  private format: LineFormat;
  private readonly pressure = new MutableDisposable();
  private readonly timer = new MutableDisposable();
  private isTimed = false;
  /** When what is held came, or, of a line that is redrawn, when it last was. */
  private heldSince: number | undefined;
  private pty: Pty | undefined;

  /** `file` is released in the end. */
  constructor(world: OutletWorld, { source, file }: { readonly source: FileSource; readonly file: LogFile }) {
    this.world = world;
    this.source = source;
    this.file = file;
    this.format = formatOf(source);
  }

  get path(): string {
    return this.source.spec.path;
  }

  isFor(source: FileSource): boolean {
    return isDeepStrictEqual(source, this.source);
  }

  attach(pty: Pty): void {
    this.pty = pty;
    this.pressure.value = this.file.onFull(isFull => pty.setPaused(this, isFull));
  }

  /**
   * Goes on by another spec, in `file` where that names another path. A line that is unfinished goes on with what is still
   * to come of it, unless the format is another: then that begins a line.
   */
  redirect(source: FileSource, file: LogFile | undefined): void {
    if (this.isFor(source)) return;
    const { path } = this;
    if (file) this.release();
    this.source = source;
    if (!this.format.configure(source)) {
      this.flush();
      this.file.lastWriter = undefined;
      this.format = formatOf(source);
    }
    if (!file) {
      this.file.configure(source.spec);
      return;
    }
    this.leave(path);
    this.file = file;
    this.format.interrupt();
    if (this.pty) this.attach(this.pty);
  }

  write(bytes: Uint8Array): void {
    const { format, file } = this;
    const { clock } = this.world;
    this.noticeOthers();
    const ready = format.write(bytes, clock.wall(), file.isShared);
    this.append(ready);
    if (format.held === 'nothing') {
      this.heldSince = undefined;
    } else {
      const isNewer = ready.length > 0 || format.held === 'redrawing';
      if (this.heldSince === undefined || isNewer) this.heldSince = clock.now();
      if (!this.isTimed) this.wait();
    }
  }

  /** Gives the file what is held back, as nothing is expected to follow. */
  flush(): void {
    this.heldSince = undefined;
    this.noticeOthers();
    this.append(this.format.end());
  }

  [Symbol.dispose](): void {
    this.flush();
    this.timer[Symbol.dispose]();
    this.leave(this.path);
  }

  private append(bytes: Uint8Array): void {
    if (bytes.length === 0) return;
    const { file } = this;
    if (file.lastWriter !== this) {
      if (!file.atLineStart) file.append(NEWLINE);
      file.lastWriter = this;
    }
    file.append(bytes);
  }

  /** What others have written since ended the line that this one was in. */
  private noticeOthers(): void {
    if (this.format.isMidLine && this.file.lastWriter !== this) this.format.interrupt();
  }

  private get dueIn(): number {
    const { heldSince, format } = this;
    if (heldSince === undefined) return 0;
    return heldSince + (format.held === 'line' ? HOLD_MS : REST_MS) - this.world.clock.now();
  }

  private wait(): void {
    this.isTimed = true;
    this.timer.value = this.world.clock.after(this.dueIn, () => {
      this.isTimed = false;
      this.onTimer();
    });
  }

  /** It is not disarmed with every line that ends: so what is held now may have come since. */
  private onTimer(): void {
    if (this.heldSince === undefined) return;
    if (this.dueIn > 0) {
      this.wait();
      return;
    }
    this.release();
  }

  /** Gives the file what is held back, as it stands. */
  private release(): void {
    this.heldSince = undefined;
    this.noticeOthers();
    this.append(this.format.release());
  }

  private leave(path: string): void {
    this.pressure[Symbol.dispose]();
    this.pty?.setPaused(this, false); // it may go on with another file
    if (this.file.lastWriter === this) this.file.lastWriter = undefined; // whoever comes next is another
    this.world.logfiles.release(path);
  }
}
