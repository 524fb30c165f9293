/**
 * What outlives the daemon: what was wanted of each process, and which of its lives ran. It is written by one daemon and
 * read by the next (`recordparser.ts`).
 */
import type { Intent } from './intent.ts';
import type { Identity } from './mark.ts';
import type { LeftoverPolicy, Millis, ProcessSpec, SignalName } from './program.ts';

/** Grows when an older daemon could no longer read the file rightly. */
export const STATE_VERSION = 1;

export interface StateRecord {
  readonly version: typeof STATE_VERSION;
  /** The boot that pids and start ticks belong to; null where the kernel does not tell. */
  readonly boot: string | null;
  /** Who wrote it; null once it has ended in order, when no process of its can be left. */
  readonly daemon: Identity | null;
  /** The last daemon that ended in order: what bears the marks of that one, or of an earlier one, was left on purpose. */
  readonly ended: Identity | null;
  readonly processes: readonly ProcessRecord[];
}

export interface ProcessRecord {
  readonly program: string;
  readonly num: number;
  /** The full name, `web:web_00`; no two records share one. */
  readonly name: string;
  /** The name in the marks of the latest life, where that was forked under another one; null where it is the same. */
  readonly marked: string | null;
  /** Null as long as nobody has decided, so that `autostart` does. */
  readonly intent: Intent | null;
  /** The number of the latest life, be it over; 0 before the first. */
  readonly generation: number;
  /** The leader of that life while it lives, or may. */
  readonly life: Identity | null;
  readonly stop: StopPolicy;
}

/** How a process is ended, kept beside its life: its program may have left the config by the time it is needed. */
export interface StopPolicy {
  readonly signal: SignalName;
  /** Milliseconds between that signal and SIGKILL. */
  readonly time: Millis;
  readonly asgroup: boolean;
  readonly killasgroup: boolean;
  readonly leftovers: LeftoverPolicy;
}

/** The stop policy of a process in the config. */
export function stopPolicyOf(spec: ProcessSpec): StopPolicy {
  return {
    signal: spec.stopsignal,
    time: spec.stoptime,
    asgroup: spec.stopasgroup,
    killasgroup: spec.killasgroup,
    leftovers: spec.leftovers,
  };
}

/** The text of a record: JSON, a process a line. */
export function formatState({ processes, ...head }: StateRecord): string {
  const lines = processes.map(process => JSON.stringify(process)).join(',\n');
  return `${JSON.stringify(head).slice(0, -1)},"processes":[\n${lines}\n]}\n`;
}
