import { NewlineDecoder } from '../core/newlines.ts';
import type { LogFileSpec, LogTarget, ProcessSpec } from '../core/program.ts';
import { MutableDisposable } from '../runtime/lifetime.ts';
import type { LogFile } from './logfile.ts';
import type { LogFiles } from './logfiles.ts';
import type { Pty, Stream } from './pty.ts';

type Targets = Pick<ProcessSpec, Stream>;

const STREAMS: readonly Stream[] = ['stdout', 'stderr'];

/** Where the two streams of one life go beside the scrollback. */
export class Outlets implements Disposable {
  private readonly files: LogFiles;
  private readonly outlets = new Map<Stream, Outlet>();
  private pty: Pty | undefined;

  /** Opens the log files. Throws `SpawnError` saying which cannot be opened and why. */
  constructor(files: LogFiles, targets: Targets) {
    this.files = files;
    this.redirect(targets);
  }

  /** Joins them to the terminal, which is not read while the disk cannot follow. */
  attach(pty: Pty): void {
    this.pty = pty;
    for (const outlet of this.outlets.values()) outlet.attach(pty);
  }

  /** What comes from here on goes to these. Throws `SpawnError` when one cannot be opened; nothing has changed then. */
  redirect(targets: Targets): void {
    const opened = new Map<Stream, Outlet>();
    try {
      for (const stream of STREAMS) {
        const target = targets[stream];
        if (target.kind === 'file' && target.path !== this.outlets.get(stream)?.path) {
          opened.set(stream, new Outlet(this.files, target));
        }
      }
    } catch (error) {
      for (const outlet of opened.values()) outlet[Symbol.dispose]();
      throw error;
    }
    for (const stream of STREAMS) {
      const former = this.outlets.get(stream);
      if (former?.path === pathOf(targets[stream])) continue;
      former?.[Symbol.dispose]();
      const outlet = opened.get(stream);
      if (outlet) this.outlets.set(stream, outlet);
      else this.outlets.delete(stream);
      if (this.pty) outlet?.attach(this.pty);
    }
  }

  /** Whether this is where they go. */
  isFor(targets: Targets): boolean {
    return STREAMS.every(stream => this.outlets.get(stream)?.path === pathOf(targets[stream]));
  }

  write(stream: Stream, bytes: Uint8Array): void {
    this.outlets.get(stream)?.write(bytes);
  }

  /** Gives the files what was held back of an unfinished line end. */
  flush(): void {
    for (const outlet of this.outlets.values()) outlet.flush();
  }

  [Symbol.dispose](): void {
    for (const outlet of this.outlets.values()) outlet[Symbol.dispose]();
    this.outlets.clear();
    this.pty = undefined;
  }
}

function pathOf(target: LogTarget): string | undefined {
  return target.kind === 'file' ? target.path : undefined;
}

/** One stream on its way into a log file. */
class Outlet implements Disposable {
  readonly path: string;
  private readonly files: LogFiles;
  private readonly file: LogFile;
  private readonly newlines = new NewlineDecoder();
  private readonly pressure = new MutableDisposable();
  private pty: Pty | undefined;

  constructor(files: LogFiles, spec: LogFileSpec) {
    this.path = spec.path;
    this.files = files;
    this.file = files.open(spec);
  }

  attach(pty: Pty): void {
    this.pty = pty;
    this.pressure.value = this.file.onFull(isFull => pty.setPaused(this, isFull));
  }

  write(bytes: Uint8Array): void {
    this.file.append(this.newlines.decode(bytes));
  }

  flush(): void {
    this.file.append(this.newlines.end());
  }

  [Symbol.dispose](): void {
    this.flush();
    this.pressure[Symbol.dispose]();
    this.pty?.setPaused(this, false); // it may go on with another file
    this.files.release(this.path);
  }
}
