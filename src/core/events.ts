import type { Exit } from './exit.ts';
import type { KeyChange } from './facets.ts';
import type { StartCause, StopMeans } from './life.ts';
import type { SignalName } from './program.ts';
import type { ReloadAction } from './reload.ts';
import type { PublicState } from './status.ts';

/** Who asked for something, in the client's own words: nothing is decided by it. */
export interface Asker {
  /** `alice@web1 pts/3`; `someone` for a client that does not say. */
  readonly who: string;
  /** `taskmasterctl from 10.0.0.5`: the client, and from where its user came, where that is known. */
  readonly from: string;
}

/** What happened, as data: the same values go to the log, to `GET /v1/events` and to whoever waits for an outcome. */
export type HappeningBody =
  | {
      readonly type: 'process.state';
      readonly process: string;
      readonly program: string;
      readonly pid: number | null;
      readonly from: PublicState;
      readonly to: PublicState;
      /** Why, in words, where there is more to say than the states do. */
      readonly reason: string | null;
    }
  | {
      readonly type: 'process.spawned';
      readonly process: string;
      readonly program: string;
      readonly pid: number;
      readonly cause: StartCause;
    }
  | {
      readonly type: 'process.exit';
      readonly process: string;
      readonly program: string;
      readonly pid: number;
      readonly exit: Exit;
      /** False when nobody asked for it and the exit code is not one of `exitcodes`. */
      readonly expected: boolean;
      /** Milliseconds from fork to end. */
      readonly ranFor: number;
      /** What had been done last to end it, where it was being stopped: `stopinput` typed, `stopsignal` sent, or SIGKILL. */
      readonly stoppedBy: StopMeans | null;
    }
  | {
      readonly type: 'process.leftovers';
      readonly process: string;
      readonly program: string;
      /** Pids that outlived the leader of their session. */
      readonly pids: readonly number[];
      /** `zombies`: their own parent has not reaped them, and nobody waits for that. */
      readonly action: 'reported' | 'TERM' | 'KILL' | 'gone' | 'stuck' | 'zombies';
    }
  | {
      readonly type: 'process.added' | 'process.removed';
      readonly process: string;
      readonly program: string;
    }
  | {
      readonly type: 'process.reconfigured';
      readonly process: string;
      readonly program: string;
      /** Its name before, which may be the same. */
      readonly was: string;
      readonly action: ReloadAction;
      readonly changes: readonly KeyChange[];
    }
  | {
      readonly type: 'config.reloaded';
      /** What asked for it. */
      readonly reason: string;
      /** How many processes something changed for. */
      readonly changed: number;
      readonly unchanged: number;
      /** What changed in the `daemon` and the `alerts` sections. */
      readonly daemon: readonly KeyChange[];
    }
  /** The config was not taken, and nothing was changed. */
  | { readonly type: 'config.refused'; readonly reason: string; readonly problems: readonly string[] }
  | {
      /** What lived on from a daemon that was killed, and what becomes of it before programs start. */
      readonly type: 'daemon.survivors';
      /** The process that they were of; it may have left the config since. */
      readonly process: string;
      readonly program: string;
      readonly pids: readonly number[];
      /** `left`: they live on, and so they may; `stuck`: they live on, though they were killed. */
      readonly action: 'found' | 'signalled' | 'gone' | 'left' | 'stuck';
      /** What they were sent; null unless `signalled`. */
      readonly signal: SignalName | null;
      /** Why they live on, in words, where there is more to say. */
      readonly reason: string | null;
    }
  | {
      /** Somebody began or ceased to look at a process's terminal. */
      readonly type: 'viewer.attached' | 'viewer.detached';
      readonly process: string;
      readonly program: string;
      /** What the viewer calls itself. */
      readonly label: string;
      readonly readOnly: boolean;
      /** Why it left, in words; null when it came. */
      readonly reason: string | null;
    }
  | {
      /** Somebody asked for something that changes what runs, or what the daemon knows. */
      readonly type: 'request';
      /** `stop`, `reload`, `input`. */
      readonly verb: string;
      /** Selectors or names as given, and what else there is to say, such as a signal's name. Never what was typed. */
      readonly what: readonly string[];
      readonly by: Asker;
    }
  | {
      /** A log file cannot be written or rotated. What comes is kept as far as there is room, then dropped and counted. */
      readonly type: 'log.trouble';
      readonly path: string;
      /** `no space left on device`, in words. */
      readonly problem: string;
    }
  /** It can be written again; `lost` bytes were dropped. */
  | { readonly type: 'log.restored'; readonly path: string; readonly lost: number }
  /** All log files were opened anew, as on SIGUSR2; `failed` names those that could not be. */
  | { readonly type: 'log.reopened'; readonly reason: string; readonly failed: readonly string[] }
  | {
      readonly type: 'alert.delivered';
      readonly alert: string;
      /** One line on what it told. */
      readonly about: string;
      /** What the receiver answered, in a line. */
      readonly answer: string;
      readonly attempts: number;
    }
  | {
      readonly type: 'alert.failed';
      readonly alert: string;
      readonly about: string;
      /** Without any secret. */
      readonly problem: string;
      readonly attempts: number;
      /** Milliseconds until it is tried again; null when it never is. */
      readonly retryIn: number | null;
    }
  /** Messages that were not sent and never will be: the queue is full, the alert is gone from the config. */
  | { readonly type: 'alert.dropped'; readonly alert: string; readonly count: number; readonly reason: string }
  | { readonly type: 'daemon.started'; readonly pid: number }
  | { readonly type: 'daemon.stopping'; readonly reason: string; readonly waitingFor: readonly string[] };

/** A happening with its place in the daemon's life. `id` only grows, by one; `at` is wall clock in milliseconds. */
export type Happening = HappeningBody & { readonly id: number; readonly at: number };
