import type { Exit } from '../core/exit.ts';
import type { TerminalSpec } from '../core/program.ts';
import type { PublicState } from '../core/status.ts';
import { type ErrorCode, WireError } from './errors.ts';

/** `GET /v1/daemon`. */
export interface DaemonInfo {
  readonly version: string;
  readonly protocol: string;
  readonly pid: number;
  readonly config: string;
  readonly socket: string;
  readonly logfile: string | null;
  /** Milliseconds since the daemon started. */
  readonly uptime: number;
  readonly mood: 'running' | 'shutdown';
  /** Processes in each state that at least one is in. */
  readonly counts: Readonly<Partial<Record<PublicState, number>>>;
}

/** One process as `status --json` shows it. Times of day are wall clock in milliseconds, spans are milliseconds. */
export interface ProcessInfo {
  readonly name: string;
  readonly group: string;
  readonly program: string;
  readonly process: string;
  readonly num: number;
  readonly state: PublicState;
  readonly want: 'up' | 'down';
  readonly pid: number | null;
  /** Span since its current life began; null when no life runs. */
  readonly uptime: number | null;
  /** supervisord's last column: `pid 7, uptime 0:01:02`, a spawn error, the date it stopped, `Not started`. */
  readonly description: string;
  /** Why it is not simply running, in words; null when there is nothing to say. */
  readonly reason: string | null;
  readonly starts: number;
  /** Starts by policy, after the process had ended by itself. */
  readonly restarts: number;
  readonly lastExit: (Exit & { readonly pid: number; readonly ranFor: number; readonly at: number }) | null;
  /** Pids of its session that outlived their leader. */
  readonly leftovers: readonly number[];
  readonly command: readonly string[];
  readonly autostart: boolean;
  readonly priority: number;
  readonly terminal: TerminalSpec;
  /** Offsets of the oldest byte still held and of the next to come. */
  readonly scrollback: { readonly from: number; readonly to: number };
  readonly stdout: string | null;
  readonly stderr: string | null;
}

export interface ProcessList {
  readonly processes: readonly ProcessInfo[];
  /** Selectors that matched nothing. */
  readonly unknown: readonly string[];
}

/** `POST /v1/start|stop|restart|clear`. `wait` answers when the outcome is known, which is the default. */
export interface SelectRequest {
  readonly select: readonly string[];
  readonly wait: boolean;
}

export interface SignalRequest extends SelectRequest {
  readonly signal: string;
}

/** What became of a request for one process, or of a selector that named none (`no_such_process`). */
export interface ActionResult {
  readonly name: string;
  readonly ok: boolean;
  readonly code: ErrorCode | 'done';
  readonly message: string;
}

export interface ActionReply {
  readonly results: readonly ActionResult[];
}

export interface InputReply {
  readonly accepted: number;
}

export interface ShutdownReply {
  /** Processes that must end before the daemon does. */
  readonly stopping: number;
}

/** Reads the body of a start, stop, restart or clear. Throws `bad_request` naming the field that is wrong. */
export function parseSelectRequest(body: unknown): SelectRequest {
  const { select, wait = true } = fieldsOf(body);
  if (!Array.isArray(select) || select.length === 0 || !select.every(item => typeof item === 'string')) {
    throw new WireError('bad_request', 'select must be a list of at least one name, like {"select": ["web:*"]}');
  }
  if (typeof wait !== 'boolean') throw new WireError('bad_request', 'wait must be true or false');
  return { select, wait };
}

/** Reads the body of `POST /v1/signal`. Throws `bad_request` naming the field that is wrong. */
export function parseSignalRequest(body: unknown): SignalRequest {
  const { signal } = fieldsOf(body);
  if (typeof signal !== 'string') throw new WireError('bad_request', 'signal must be a name, like "HUP"');
  return { ...parseSelectRequest(body), signal };
}

function fieldsOf(body: unknown): Record<string, unknown> {
  if (typeof body !== 'object' || body === null || Array.isArray(body)) {
    throw new WireError('bad_request', 'the body must be a JSON object');
  }
  return body as Record<string, unknown>; // an object that is neither null nor a list has string keys
}
