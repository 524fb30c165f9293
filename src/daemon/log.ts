import { pino } from 'pino';
import type { HappeningBody } from '../core/events.ts';
import { formatLogLine } from '../core/logline.ts';
import type { DaemonSpec, LogFileSpec } from '../core/program.ts';
import { Scrollback } from '../core/scrollback.ts';
import type { Clock } from '../runtime/clock.ts';
import { SpawnError } from './accounts.ts';
import { realDisk } from './disk.ts';
import type { LogFile } from './logfile.ts';
import { LogFiles } from './logfiles.ts';
import { reasonOf } from './logtarget.ts';
import type { Turns } from './turns.ts';

export type Log = pino.Logger;

/** What the daemon's log keeps in memory for `taskmasterctl log`. */
const KEPT = 256 * 1024;

export interface DaemonLog {
  readonly log: Log;
  /** The newest lines, as JSON: what `GET /v1/daemon/log` serves. */
  readonly recent: Scrollback;
  /** Calls back after each line. */
  readonly onLine: (listener: () => void) => Disposable;
  /** Tells when its file cannot be written, and when it can again: what was so far, and from now on. */
  readonly onTrouble: (publish: (happening: HappeningBody) => void) => void;
  /** Another level, another file, other sizes. Throws when the file cannot be opened; nothing has changed then. */
  readonly reconfigure: (options: Pick<LogOptions, 'level' | 'file'>) => void;
  /** Opens the file anew. Resolves with its path if that cannot be. */
  readonly reopen: () => Promise<string[]>;
  /** Writes what waits, and closes the file. Takes as long as a disk that hangs: the caller sets a bound. */
  readonly close: () => Promise<void>;
}

export interface LogOptions {
  readonly level: DaemonSpec['log']['level'];
  readonly file: LogFileSpec;
  readonly clock: Clock;
  /** Shared with the log files of programs. */
  readonly turns: Turns;
  /** Where people read along; undefined when nobody does. */
  readonly terminal: { readonly write: (text: string) => void; readonly color: boolean } | undefined;
}

/**
 * The daemon's own log: JSON to the file, readable on the terminal, the newest lines in memory. The file is written as
 * those of programs are, off the event loop: a disk that hangs holds nothing up, and a line is in the file a moment later.
 *
 * Throws when the file cannot be opened.
 */
export function openLog({ level, file, clock, turns, terminal }: LogOptions): DaemonLog {
  const recent = new Scrollback(KEPT);
  const listeners = new Set<() => void>();
  const encoder = new TextEncoder();
  let early: HappeningBody[] = [];
  let publish = (happening: HappeningBody): void => void early.push(happening);
  const complain = terminal === undefined ? complainTo(STDERR) : (): void => {};
  const files = new LogFiles(
    clock,
    happening => {
      // Its own lines do not get through, so that it is said where somebody may see it. A terminal shows the log itself.
      if (happening.type === 'log.trouble') complain(`trouble with log ${happening.path}: ${happening.problem}`);
      publish(happening);
    },
    { turns },
  );
  let current = { path: file.path, file: openIn(files, file) };
  const write = (line: string): void => {
    const bytes = encoder.encode(line);
    recent.append(bytes);
    current.file.append(bytes);
    for (const listener of listeners) listener();
  };
  // Every stream takes all: the logger's own level decides, as that can be changed.
  const streams: pino.StreamEntry[] = [{ level: 'trace', stream: { write } }];
  if (terminal) {
    streams.push({
      level: 'trace',
      stream: { write: (line: string) => terminal.write(`${formatLogLine(line.trimEnd(), terminal.color)}\n`) },
    });
  }
  const options: pino.LoggerOptions = {
    level,
    base: null,
    timestamp: pino.stdTimeFunctions.isoTime,
    formatters: { level: label => ({ level: label }) },
  };
  const log = pino(options, pino.multistream(streams));
  return {
    log,
    recent,
    onLine: listener => {
      listeners.add(listener);
      return { [Symbol.dispose]: () => void listeners.delete(listener) };
    },
    onTrouble: listener => {
      publish = listener;
      for (const happening of early) listener(happening);
      early = [];
    },
    reconfigure: ({ level, file }) => {
      if (file.path === current.path) current.file.configure(file);
      else {
        const next = { path: file.path, file: openIn(files, file) };
        files.release(current.path);
        current = next;
      }
      log.level = level;
    },
    reopen: () => files.reopen(),
    close: () => files.close(),
  };
}

function openIn(files: LogFiles, spec: LogFileSpec): LogFile {
  try {
    return files.open(spec);
  } catch (error) {
    if (!(error instanceof SpawnError)) throw error;
    throw new Error(`cannot open the daemon's log ${spec.path}: ${reasonOf(error.cause)}`);
  }
}

const STDERR = 2;

/** Says things on a descriptor of which nothing is known: if it hangs, what is said later is not. */
function complainTo(fd: number): (text: string) => void {
  let isBusy = false;
  return text => {
    if (isBusy) return;
    isBusy = true;
    realDisk.write(fd, Buffer.from(`taskmasterd: ${text}\n`), () => {
      isBusy = false;
    });
  };
}
