import type { Condition } from '../core/alert.ts';
import type { Exit } from '../core/exit.ts';
import type { KeyChange } from '../core/facets.ts';
import type { Intent } from '../core/intent.ts';
import type { Problem } from '../core/problem.ts';
import type { TerminalSpec } from '../core/program.ts';
import type { ReloadAction } from '../core/reload.ts';
import type { PublicState } from '../core/status.ts';
import { type ErrorCode, WireError } from './errors.ts';
import type { ViewerInfo } from './frames.ts';

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
  /** Programs of which `scale` runs another number of processes than the config says, until the next reload. */
  readonly scaled: Readonly<Record<string, number>>;
  /** What the daemon's event loop holds open, counted by Node's names: timers (`Timeout`), terminals (`TTYWrap`), pipes. */
  readonly resources: Readonly<Record<string, number>>;
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
  /** What a person or policy decided of it, which outlives the daemon; null when `autostart` alone decides. */
  readonly intent: Intent | null;
  /** Where that differs from what the config says, in words; null when it does not. */
  readonly note: string | null;
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
  /** As the config says; `size` is what it is now. */
  readonly terminal: TerminalSpec;
  readonly size: { readonly cols: number; readonly rows: number };
  /** Who is attached. */
  readonly viewers: readonly ViewerInfo[];
  /** Percent of one core that its session takes, and resident bytes; null while nobody looks at `/v1/usage`. */
  readonly cpu: number | null;
  readonly memory: number | null;
  /** How often it rang, since the daemon started. */
  readonly bells: number;
  /** When it printed last; null when it never did. */
  readonly lastOutput: number | null;
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

/** `POST /v1/reload`. `dryRun` changes nothing; `wait` answers when what was started, restarted or stopped has its outcome. */
export interface ReloadRequest {
  readonly dryRun: boolean;
  readonly wait: boolean;
}

/** `POST /v1/scale`: so many processes of this program, until the next reload. */
export interface ScaleRequest {
  readonly program: string;
  readonly numprocs: number;
  readonly wait: boolean;
}

/** What becomes of one process. Keys hold `from` and `to` as one would write them; values in `env` are hidden. */
export interface ChangeInfo {
  readonly name: string;
  /** Its name before; null when it is added. */
  readonly was: string | null;
  readonly program: string;
  readonly kind: 'added' | 'removed' | 'kept';
  readonly action: ReloadAction;
  readonly changes: readonly KeyChange[];
  readonly note: string | null;
}

export interface ReloadReply {
  /** False for a dry run. */
  readonly applied: boolean;
  /** Processes for which something changes, in the order in which they start. */
  readonly processes: readonly ChangeInfo[];
  /** How many stay as they are. */
  readonly unchanged: number;
  /** Keys of the `daemon` and the `alerts` sections; those of class `daemon` wait until the daemon is started anew. */
  readonly daemon: readonly KeyChange[];
  /** Programs that `scale` gave another number of processes, which ends with this reload. */
  readonly overrides: Readonly<Record<string, number>>;
  readonly warnings: readonly Problem[];
  /** Outcomes of what was restarted, started and stopped; none for a dry run or without `wait`. */
  readonly results: readonly ActionResult[];
}

export interface InputReply {
  readonly accepted: number;
}

export interface DetachReply {
  /** How many viewers there were. */
  readonly detached: number;
}

export interface ShutdownReply {
  /** Processes that must end before the daemon does. */
  readonly stopping: number;
}

/** What one process takes and does, as of a moment. */
export interface ProcessUsage {
  readonly name: string;
  /** Percent of one core, of its whole session and the children it has reaped, since the sample before; null for the first one and where nothing runs. */
  readonly cpu: number | null;
  /** Resident bytes of its whole session, shared pages counted for each; null where nothing runs. */
  readonly memory: number | null;
  /** Processes of its session. */
  readonly processes: number;
  /** Offset of the next byte that its terminal prints: it grows with activity. */
  readonly printed: number;
  /** How often it rang, since the daemon started. */
  readonly bells: number;
  /** Milliseconds since it printed last, as of this message; null when it never did. It grows without being told. */
  readonly quietFor: number | null;
}

/** A message of `GET /v1/usage`: the first has every process, each later one those for which something changed. */
export interface UsageSample {
  /** Wall clock, in milliseconds. */
  readonly at: number;
  readonly processes: readonly ProcessUsage[];
  /** The daemon itself. */
  readonly daemon: { readonly cpu: number | null; readonly memory: number };
}

/** What was last heard of a receiver of alerts: a line, and when, by wall clock in milliseconds. */
export interface LastWord {
  readonly at: number;
  readonly text: string;
}

/** One alert as `alert list --json` shows it. No secret is in it. */
export interface AlertInfo {
  readonly name: string;
  readonly kind: 'email' | 'http' | 'syslog' | 'command';
  /** Whom it tells: addresses and server, the origin of a URL, the first word of a command. */
  readonly where: string;
  readonly on: readonly Condition[];
  /** Selectors of the programs it is about; empty for all. */
  readonly programs: readonly string[];
  /** Milliseconds within which the same is told once. */
  readonly every: number;
  /** Messages that are not delivered yet. */
  readonly waiting: number;
  /** Milliseconds until the first of them is tried again; null when it did not fail. */
  readonly retryIn: number | null;
  /** Since the daemon started; null when none was. */
  readonly lastDelivery: LastWord | null;
  readonly lastFailure: LastWord | null;
}

/** `GET /v1/alerts`, in the order of the config. */
export interface AlertList {
  readonly alerts: readonly AlertInfo[];
}

/** `POST /v1/alerts/{name}/test`. */
export interface AlertTestReply {
  readonly ok: boolean;
  /** What the receiver answered, or why it did not, in one line. */
  readonly answer: string;
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

/** Reads the body of `POST /v1/reload`; undefined is an empty one. Throws `bad_request` naming the field that is wrong. */
export function parseReloadRequest(body: unknown): ReloadRequest {
  const { dryRun = false, wait = true } = body === undefined ? {} : fieldsOf(body);
  if (typeof dryRun !== 'boolean') throw new WireError('bad_request', 'dryRun must be true or false');
  if (typeof wait !== 'boolean') throw new WireError('bad_request', 'wait must be true or false');
  return { dryRun, wait };
}

/** Reads the body of `POST /v1/scale`. Throws `bad_request` naming the field that is wrong. */
export function parseScaleRequest(body: unknown): ScaleRequest {
  const { program, numprocs, wait = true } = fieldsOf(body);
  if (typeof program !== 'string') throw new WireError('bad_request', 'program must be a name, like "web"');
  if (typeof numprocs !== 'number' || !Number.isInteger(numprocs)) {
    throw new WireError('bad_request', 'numprocs must be a whole number');
  }
  if (typeof wait !== 'boolean') throw new WireError('bad_request', 'wait must be true or false');
  return { program, numprocs, wait };
}

function fieldsOf(body: unknown): Record<string, unknown> {
  if (typeof body !== 'object' || body === null || Array.isArray(body)) {
    throw new WireError('bad_request', 'the body must be a JSON object');
  }
  return body as Record<string, unknown>; // an object that is neither null nor a list has string keys
}
