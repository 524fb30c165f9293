import type { Asker } from './asker.ts';
import type { Exit } from './exit.ts';
import type { Millis } from './program.ts';
import { fullTokens, type Tokens } from './tokens.ts';

/** How the leader of a life came to its end, which decides what follows. */
export type Manner =
  /** Before `starttime` had passed: a failed start. */
  | 'early'
  /** After it had been RUNNING. */
  | 'ran'
  /** Because it was asked to, or because nobody wants it up any more. */
  | 'stopped';

/** What led to something: somebody asked for it, or policy decided it, as the program ended or failed to start. */
export type Cause = 'request' | 'policy';

/** What ends a process that is to stop, each after the one before had its time: text typed, its signal, SIGKILL. */
export type StopMeans = 'input' | 'signal' | 'kill';

/** Where a process is in its life, with just the data that is true there. See `lifecycle.ts` for the story. */
export type State =
  | { readonly kind: 'stopped' }
  | { readonly kind: 'launching' }
  | { readonly kind: 'starting'; readonly pid: number; readonly since: Millis; readonly readyAt: Millis }
  | { readonly kind: 'running'; readonly pid: number; readonly since: Millis }
  | { readonly kind: 'backoff'; readonly reason: string; readonly retryAt: Millis }
  | {
      readonly kind: 'stopping';
      readonly pid: number;
      readonly since: Millis;
      /** What has been done so far to end it. */
      readonly means: StopMeans;
      /** When that was done. */
      readonly usedAt: Millis;
      /** When the stop began. */
      readonly askedAt: Millis;
      /** When the next means is due. */
      readonly nextAt: Millis;
    }
  | {
      readonly kind: 'clearing';
      /** The dead leader, whose number is still the session's. */
      readonly pid: number;
      readonly manner: Manner;
      /** Why it is not running, where its end alone does not say: a failed start. */
      readonly reason: string | undefined;
      readonly exit: Exit;
      readonly ranFor: Millis;
      /** Its leftovers as last seen; none before the first scan has come back. */
      readonly members: readonly number[];
      /** When to look again; undefined while a scan is on its way. */
      readonly lookAt: Millis | undefined;
      /** When SIGTERM has had its time; undefined before it was sent. */
      readonly killAt: Millis | undefined;
    }
  | { readonly kind: 'exited' }
  | { readonly kind: 'fatal'; readonly reason: string }
  | { readonly kind: 'unknown'; readonly pid: number; readonly since: Millis; readonly reason: string };

/** The end of the life before this one, for people. */
export interface LastEnd {
  readonly pid: number;
  readonly exit: Exit;
  readonly ranFor: Millis;
  readonly at: Millis;
  /** Why it could not even be run, where that is known. */
  readonly hint: string | undefined;
}

/** All that the daemon knows about one process's life. */
export interface Life {
  /** What is asked of it now. A restart is no state: it is STOPPING while `want` is up. */
  readonly want: 'up' | 'down';
  readonly state: State;
  /** Whose request led to where it is; null where policy did, from the moment that it ended or failed by itself. */
  readonly by: Asker | null;
  /** Numbers the lives, from 1. Events of an earlier one are stale. */
  readonly generation: number;
  /** It was made of what the spec no longer says, and was not wanted up when that changed: wanted again, it is renewed. */
  readonly isStale: boolean;
  /** Failed starts in a row. */
  readonly failures: number;
  /** Starts by policy after an end that nobody asked for. */
  readonly restarts: number;
  readonly tokens: Tokens;
  readonly last: LastEnd | undefined;
}

/** A process that was never started. */
export function unborn(now: Millis): Life {
  return {
    want: 'down',
    state: { kind: 'stopped' },
    by: null,
    generation: 0,
    isStale: false,
    failures: 0,
    restarts: 0,
    tokens: fullTokens(now),
    last: undefined,
  };
}

/** The pid of the leader while it lives. */
export function pidOf(life: Life): number | undefined {
  const { state } = life;
  switch (state.kind) {
    case 'starting':
    case 'running':
    case 'stopping':
    case 'unknown':
      return state.pid;
    default:
      return undefined;
  }
}

/** The one moment at which something is due by itself; undefined when nothing is. */
export function deadlineOf(life: Life): Millis | undefined {
  const { state } = life;
  switch (state.kind) {
    case 'starting':
      return state.readyAt;
    case 'backoff':
      return state.retryAt;
    case 'stopping':
      return state.nextAt;
    case 'clearing':
      return state.lookAt;
    default:
      return undefined;
  }
}

/**
 * Whether a change of what a process is made of must be acted on now: it is up and wanted so, or it failed and may try
 * anew. Any other takes the change at its next start.
 */
export function mustRenew({ want, state }: Life): boolean {
  if (want === 'down') return false;
  switch (state.kind) {
    case 'starting':
    case 'running':
    case 'backoff':
    case 'fatal':
      return true;
    case 'clearing':
      return state.manner === 'early';
    default:
      return false;
  }
}
