/**
 * The marks in a program's environment by which its processes are known again, whatever became of their daemon:
 * `TASKMASTER_ID=<config hash>:<process>:<life>` says what they are, `TASKMASTER_DAEMON=<uid>:<pid>:<start>` whose.
 */

/** The variables that are set by the daemon alone. */
export const ID_VARIABLE = 'TASKMASTER_ID';
export const DAEMON_VARIABLE = 'TASKMASTER_DAEMON';

/** A process: the number alone is given out again, together with the moment it began it is not, until the next boot. */
export interface Identity {
  readonly pid: number;
  /** Clock ticks since boot; null where there is no /proc to tell. */
  readonly start: number | null;
}

/** A daemon, and the user it ran as. */
export interface DaemonMark extends Identity {
  readonly uid: number;
}

/** What a process carries in its environment. */
export interface Mark {
  readonly hash: string;
  /** The full name, `web:web_00`. */
  readonly process: string;
  /** The number of the life. */
  readonly generation: number;
  /** Undefined when it does not say, or says what is no daemon. */
  readonly daemon: DaemonMark | undefined;
}

/** Stands for a start that is not known. */
const UNKNOWN = '-';

const ID = /^([^:]*):(.+):(\d+)$/;
const DAEMON = /^(\d+):(\d+):(\d+|-)$/;

/** The value of `TASKMASTER_DAEMON`. */
export function formatDaemonMark({ uid, pid, start }: DaemonMark): string {
  return `${uid}:${pid}:${start ?? UNKNOWN}`;
}

/** Reads the marks out of an environment, a `NAME=value` each. Undefined without a `TASKMASTER_ID` of the right form. */
export function parseMark(environment: readonly string[]): Mark | undefined {
  const [, hash, process, generation] = ID.exec(variableIn(environment, ID_VARIABLE)) ?? [];
  if (hash === undefined || process === undefined) return undefined;
  return {
    hash,
    process,
    generation: Number(generation),
    daemon: parseDaemonMark(variableIn(environment, DAEMON_VARIABLE)),
  };
}

function parseDaemonMark(text: string): DaemonMark | undefined {
  const [, uid, pid, start] = DAEMON.exec(text) ?? [];
  if (uid === undefined || pid === undefined) return undefined;
  return { uid: Number(uid), pid: Number(pid), start: start === UNKNOWN ? null : Number(start) };
}

function variableIn(environment: readonly string[], name: string): string {
  return environment.find(entry => entry.startsWith(`${name}=`))?.slice(name.length + 1) ?? '';
}
