import { closeSync, constants, mkdirSync, openSync, writeSync } from 'node:fs';
import { dirname } from 'node:path';
import { pino } from 'pino';
import { formatLogLine } from '../core/logline.ts';
import type { DaemonSpec } from '../core/program.ts';
import { Scrollback } from '../core/scrollback.ts';

export type Log = pino.Logger;

/** What the daemon's log keeps in memory for `taskmasterctl log`. */
const KEPT = 256 * 1024;

export interface DaemonLog {
  readonly log: Log;
  /** The newest lines, as JSON: what `GET /v1/daemon/log` serves. */
  readonly recent: Scrollback;
  /** Calls back after each line. */
  readonly onLine: (listener: () => void) => Disposable;
  /** Closes the file. */
  readonly close: () => void;
}

export interface LogOptions {
  readonly level: DaemonSpec['log']['level'];
  /** Absolute; undefined for none. */
  readonly file: string | undefined;
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
  const streams: pino.StreamEntry[] = [{ level, stream: memory }];
  const destination = file === undefined ? undefined : openFile(file, line => terminal?.write(`${line}\n`));
  if (destination) streams.push({ level, stream: destination });
  if (terminal) {
    streams.push({
      level,
      stream: { write: (line: string) => terminal.write(`${formatLogLine(line.trimEnd(), terminal.color)}\n`) },
    });
  }
  const options: pino.LoggerOptions = {
    level,
    base: null,
    timestamp: pino.stdTimeFunctions.isoTime,
    formatters: { level: label => ({ level: label }) },
  };
  return {
    log: pino(options, pino.multistream(streams)),
    recent,
    onLine: listener => {
      listeners.add(listener);
      return { [Symbol.dispose]: () => void listeners.delete(listener) };
    },
    close: () => destination?.close(),
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
    mkdirSync(dirname(file), { recursive: true, mode: 0o700 });
    return openSync(file, FLAGS, 0o600);
  } catch (error) {
    throw new Error(`cannot open the daemon's log ${file}: ${error instanceof Error ? error.message : error}`);
  }
}
