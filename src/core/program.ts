/**
 * What the user asked for, as frozen data. One `ProcessSpec` stands for one process (program, number), with every
 * variable expanded and every unit converted; nothing after this file knows how a configuration file is written.
 */

/** Milliseconds. Every duration and every monotonic time in `core` is one. */
export type Millis = number;

/** A signal by its full name, `SIGTERM`. */
export type SignalName = `SIG${string}`;

/** When a process that ended by itself is started again (supervisord's `autorestart`). */
export type AutoRestart = 'always' | 'never' | 'unexpected';

/** What becomes of processes of a program's session that outlive its leader. */
export type LeftoverPolicy = 'kill' | 'report' | 'ignore';

/** Whom a program runs as: names (or decimal ids) that are looked up at each start, as accounts may change. */
export interface UserSpec {
  readonly user: string;
  /** Primary group in place of the account's own. */
  readonly group?: string;
}

/** A file that output is appended to, however many processes share it. */
export interface LogFileSpec {
  /** Absolute. */
  readonly path: string;
  /** Bytes at which it is rotated; 0 for never. */
  readonly maxsize: number;
  /** How many rotated files are kept: `path.1` is the newest. With 0 the file is begun anew. */
  readonly backups: number;
  /** Whether rotated files are compressed: `path.1.gz`. */
  readonly compress: boolean;
  /** Permissions of files that are made. */
  readonly mode: number;
}

/** How the lines of one stream are written. */
export interface LineSpec {
  /** `raw`: as the program wrote them; `text`: what was visible of them; `json`: that, with time, process and stream. */
  readonly format: 'raw' | 'text' | 'json';
  /** What stands before each line of `raw` and `text`. */
  readonly timestamps: 'none' | 'utc' | 'local';
  /** Stands before each line of `raw` and `text`, after the timestamp; empty for nothing. */
  readonly prefix: string;
}

/**
 * Where one stream of a program is kept beside the scrollback. `none`: nowhere. `discard` differs from it only for
 * stderr, which it takes apart from stdout.
 */
export type LogTarget =
  | { readonly kind: 'none' }
  | { readonly kind: 'discard' }
  | ({ readonly kind: 'file' } & LogFileSpec & LineSpec);

export interface TerminalSpec {
  readonly cols: number;
  readonly rows: number;
  /** The program's `TERM`. */
  readonly term: string;
}

/** One process, ready to run. */
export interface ProcessSpec {
  /** The entry under `programs:`. */
  readonly program: string;
  readonly group: string;
  /** The process's own name, without the group: `web_00`, or `web` when there is but one. */
  readonly name: string;
  /** `group:name`, or `name` alone when both are the same: what people read and type. */
  readonly fullname: string;
  readonly num: number;
  readonly numprocs: number;
  /** The words to run, at least one. With `shell: true` they are `/bin/sh -c TEXT`. */
  readonly argv: readonly string[];
  /** Added to the daemon's environment; `null` unsets. */
  readonly env: Readonly<Record<string, string | null>>;
  /** Absolute; undefined is the daemon's own. */
  readonly workingdir: string | undefined;
  /** File mode creation mask; undefined is the daemon's own. */
  readonly umask: number | undefined;
  readonly user: UserSpec | undefined;
  readonly autostart: boolean;
  readonly autorestart: AutoRestart;
  /** Exit codes that are expected, each 0..255. */
  readonly exitcodes: readonly number[];
  readonly startretries: number;
  readonly starttime: Millis;
  readonly stopsignal: SignalName;
  readonly stoptime: Millis;
  /** Typed into the terminal before any signal is sent; undefined for none. A newline in it is the Enter key. */
  readonly stopinput: string | undefined;
  readonly stopasgroup: boolean;
  readonly killasgroup: boolean;
  readonly leftovers: LeftoverPolicy;
  readonly priority: number;
  /** Priority of the group, which orders before the program's own. */
  readonly groupPriority: number;
  /** Absolute path of a file that holds the pid while the process lives, for others to read. */
  readonly pidfile: string | undefined;
  readonly terminal: TerminalSpec;
  /** Budget of the scrollback in bytes. */
  readonly scrollback: number;
  readonly stdout: LogTarget;
  readonly stderr: LogTarget;
}

/** The `daemon:` section. */
export interface DaemonSpec {
  readonly socket: { readonly path: string | undefined; readonly mode: number };
  readonly log: {
    readonly file: string | undefined;
    readonly level: 'trace' | 'debug' | 'info' | 'warn' | 'error';
    readonly maxsize: number;
    readonly backups: number;
  };
  /** Bound on the whole of an orderly shutdown; undefined for what the programs' own stop times come to. */
  readonly shutdowntimeout: Millis | undefined;
  /** What detaches a viewer who does not say otherwise, in docker's notation and valid; undefined for the usual. */
  readonly detachkeys: string | undefined;
}

/** Joins group and process as supervisord's `make_namespec` does: the short form when both are the same. */
export function fullnameOf(group: string, name: string): string {
  return group === name ? name : `${group}:${name}`;
}

/**
 * Whether stderr needs a terminal of its own: only where the config sends it elsewhere than stdout. A path that both
 * name is one merged stream.
 */
export function isStderrApart(spec: Pick<ProcessSpec, 'stdout' | 'stderr'>): boolean {
  const { stdout, stderr } = spec;
  if (stderr.kind === 'none') return false;
  if (stderr.kind === 'discard') return stdout.kind === 'file';
  return stdout.kind !== 'file' || stdout.path !== stderr.path;
}
