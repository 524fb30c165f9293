import { closeSync, constants, openSync, writeSync } from 'node:fs';
import { dirname } from 'node:path';
import { pino } from 'pino';
import { formatLogLine } from '../core/logline.ts';
import type { DaemonSpec } from '../core/program.ts';
import { Scrollback } from '../core/scrollback.ts';
import { makeDirectory } from './directory.ts';

export type Log = pino.Logger;

/** What the daemon's log keeps in memory for `taskmasterctl log`. */
const KEPT = 256 * 1024;

export interface DaemonLog {
  readonly log: Log;
  /** The newest lines, as JSON: what `GET /v1/daemon/log` serves. */
  readonly recent: Scrollback;
  /** Calls back after each line. */
  readonly onLine: (listener: () => void) => Disposable;
  /** Another level, another file. Throws when the file cannot be opened; nothing has changed then. */
  readonly reconfigure: (options: Pick<LogOptions, 'level' | 'file'>) => void;
  /** Closes the file. */
  readonly close: () => void;
}

export interface LogOptions {
  readonly level: DaemonSpec['log']['level'];
  /** Absolute. */
  readonly file: string;
  /** Where people read along; undefined when nobody does. */
  readonly terminal: { readonly write: (text: string) => void; readonly color: boolean } | undefined;
}

/**
 * The daemon's own log: JSON to the file, readable on the terminal, the newest lines in memory. Lines are few and are
 * written at once, so that the last one before a crash is in the file.
 *
 * Throws when the file cannot be opened.
 */
export function openLog({ level, file, terminal }: LogOptions): DaemonLog {
  const recent = new Scrollback(KEPT);
  const listeners = new Set<() => void>();
  const encoder = new TextEncoder();
  const memory = {
    write(line: string): void {
      recent.append(encoder.encode(line));
      for (const listener of listeners) listener();
    },
  };
  const say = (line: string): void => terminal?.write(`${line}\n`);
  let current = { path: file, destination: openFile(file, say) };
  // Every stream takes all: the logger's own level decides, as that can be changed.
  const streams: pino.StreamEntry[] = [
    { level: 'trace', stream: memory },
    { level: 'trace', stream: { write: (line: string) => current.destination.write(line) } },
  ];
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
    reconfigure: ({ level, file }) => {
      if (file !== current.path) {
        const next = { path: file, destination: openFile(file, say) };
        current.destination.close();
        current = next;
      }
      log.level = level;
    },
    close: () => current.destination.close(),
  };
}

/**
 * The file, written at once. When it cannot be, on a full disk say, lines are lost and counted, it is said on the terminal,
 * and the count comes with the first line that gets through: a log must never be what ends the daemon.
 */
function openFile(file: string, say: (line: string) => void): { write(line: string): void; close(): void } {
  let fd: number | undefined = openForAppend(file);
  let lost = 0;
  let isTorn = false;
  return {
    write: line => {
      if (fd === undefined) return;
      const told = { level: 'error', lost, msg: `${lost} lines of this log were lost` };
      const note = lost === 0 ? '' : `${JSON.stringify(told)}\n`;
      const bytes = Buffer.from(`${isTorn ? '\n' : ''}${note}${line}`);
      try {
        // A disk that fills up takes a part of a line; the next one must not be glued to it.
        isTorn = writeSync(fd, bytes) < bytes.length;
        lost = isTorn ? lost + 1 : 0;
      } catch (error) {
        const cause = error instanceof Error ? error.message : error;
        if (lost++ === 0) say(`cannot write ${file}: ${cause}; lines are lost until it can`);
      }
    },
    close: () => {
      if (fd !== undefined) closeSync(fd);
      fd = undefined;
    },
  };
}

/** Without NONBLOCK, a FIFO that nobody reads would hang the daemon. */
const FLAGS = constants.O_WRONLY | constants.O_APPEND | constants.O_CREAT | constants.O_NONBLOCK | constants.O_NOCTTY;

function openForAppend(file: string): number {
  try {
    makeDirectory(dirname(file), 0o700);
    return openSync(file, FLAGS, 0o600);
  } catch (error) {
    throw new Error(`cannot open the daemon's log ${file}: ${error instanceof Error ? error.message : error}`);
  }
}
