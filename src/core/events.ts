import type { Asker } from './asker.ts';
import type { Exit } from './exit.ts';
import type { KeyChange } from './facets.ts';
import type { Cause, StopMeans } from './life.ts';
import type { SignalName } from './program.ts';
import type { ReloadAction } from './reload.ts';
import type { PublicState } from './status.ts';

/**
 * What happened, as data: the same values go to the log, to `GET /v1/events` and to whoever waits for an outcome.
 * docs/EVENTS.md is printed from this type: each member begins with a comment that describes it, and so does each field
 * whose name does not say all.
 */
export type HappeningBody =
  | {
      /** A process went from one state to another. */
      readonly type: 'process.state';
      readonly process: string;
      readonly program: string;
      /** Of the life that runs from here on; null where none does. */
      readonly pid: number | null;
      readonly from: PublicState;
      readonly to: PublicState;
      /** Why, in words, where there is more to say than the states do. */
      readonly reason: string | null;
      readonly cause: Cause;
      /** Whose request led to it; null where policy did. */
      readonly by: Asker | null;
    }
  | {
      /** A process was started: its program runs. */
      readonly type: 'process.spawned';
      readonly process: string;
      readonly program: string;
      readonly pid: number;
      readonly cause: Cause;
      /** Whose request led to it; null where policy did. */
      readonly by: Asker | null;
    }
  | {
      /** The program of a process ended. */
      readonly type: 'process.exit';
      readonly process: string;
      readonly program: string;
      readonly pid: number;
      /** The code that it exited with, or the signal that ended it. */
      readonly exit: Exit;
      /** False when nobody asked for it and the exit code is not one of `exitcodes`. */
      readonly expected: boolean;
      /** Milliseconds from fork to end. */
      readonly ranFor: number;
      /** What had been done last to end it, where it was being stopped: `stopinput` typed, `stopsignal` sent, or SIGKILL. */
      readonly stoppedBy: StopMeans | null;
      /** Who asked for its end; null when it ended by itself. */
      readonly by: Asker | null;
    }
  | {
      /** Other processes of a program's session outlived it. */
      readonly type: 'process.leftovers';
      readonly process: string;
      readonly program: string;
      /** Pids that outlived the leader of their session. */
      readonly pids: readonly number[];
      /** What was done about them, or became of them. `zombies`: their own parent has not reaped them, and nobody waits for that. */
      readonly action: 'reported' | 'TERM' | 'KILL' | 'gone' | 'stuck' | 'zombies';
    }
  | {
      /** A reload, `scale`, `add` or `remove` added a process, or removed one, and nothing of it runs any more. */
      readonly type: 'process.added' | 'process.removed';
      readonly process: string;
      readonly program: string;
      /** Whose request it was. */
      readonly by: Asker;
    }
  | {
      /** A reload changed what is configured for a process. */
      readonly type: 'process.reconfigured';
      readonly process: string;
      readonly program: string;
      /** Its name before, which may be the same. */
      readonly was: string;
      /** What the change leads to. */
      readonly action: ReloadAction;
      readonly changes: readonly KeyChange[];
      /** Whose request it was. */
      readonly by: Asker;
    }
  | {
      /** A config was taken: a reload, `scale`, `add` or `remove`. */
      readonly type: 'config.reloaded';
      /** What asked for it. */
      readonly reason: string;
      /** How many processes something changed for. */
      readonly changed: number;
      /** How many processes stayed as they were. */
      readonly unchanged: number;
      /** What changed in the `daemon` and the `alerts` sections. */
      readonly daemon: readonly KeyChange[];
      /** Whose request it was. */
      readonly by: Asker;
    }
  | {
      /** The config was not taken, and nothing was changed. */
      readonly type: 'config.refused';
      /** What asked for it. */
      readonly reason: string;
      /** The mistakes in it, each in a line with its place. */
      readonly problems: readonly string[];
      /** Whose request it was. */
      readonly by: Asker;
    }
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
      /** Its client, and from where its user came, where that is known. */
      readonly origin: string;
      /** What it types goes nowhere. */
      readonly readOnly: boolean;
      /** Why it left, in words; null when it came. */
      readonly reason: string | null;
      /** Bytes that it had typed when it left; 0 when it came. Never what was typed. */
      readonly typed: number;
    }
  | {
      /** Somebody asked for something that changes what runs, or what the daemon knows. It comes before what it leads to. */
      readonly type: 'request';
      /** `start`, `stop`, `restart`, `signal`, `clear`, `input`, `detach`, `reload`, `scale`, `add`, `remove`, `alert test` or `shutdown`. */
      readonly verb: string;
      /** Selectors or names as given, and what else there is to say, such as a signal's name. Never what was typed. */
      readonly what: readonly string[];
      /** How many such requests it tells of: those that are repeated fast are told of together, when some time has passed. */
      readonly times: number;
      /** Bytes that were typed, by all of them; null unless it is `input`. */
      readonly bytes: number | null;
      /** Whose request it was. */
      readonly by: Asker;
    }
  | {
      /** A log file cannot be written or rotated. What comes is kept as far as there is room, then dropped and counted. */
      readonly type: 'log.trouble';
      readonly path: string;
      /** `no space left on device`, in words. */
      readonly problem: string;
    }
  | {
      /** A log file that was in trouble can be written again. */
      readonly type: 'log.restored';
      readonly path: string;
      /** Bytes that were dropped meanwhile. */
      readonly lost: number;
    }
  | {
      /** All log files were opened anew, as on SIGUSR2. */
      readonly type: 'log.reopened';
      /** What asked for it. */
      readonly reason: string;
      /** The paths of those that could not be. */
      readonly failed: readonly string[];
    }
  | {
      /** An alert was sent, and its receiver took it. */
      readonly type: 'alert.delivered';
      readonly alert: string;
      /** One line on what it told. */
      readonly about: string;
      /** What the receiver answered, in a line. */
      readonly answer: string;
      readonly attempts: number;
    }
  | {
      /** An alert could not be sent. */
      readonly type: 'alert.failed';
      readonly alert: string;
      /** One line on what it was to tell. */
      readonly about: string;
      /** Without any secret. */
      readonly problem: string;
      readonly attempts: number;
      /** Milliseconds until it is tried again; null when it never is. */
      readonly retryIn: number | null;
    }
  | {
      /** Messages were not sent and never will be: the queue is full, the alert is gone from the config. */
      readonly type: 'alert.dropped';
      readonly alert: string;
      /** How many. */
      readonly count: number;
      readonly reason: string;
    }
  | {
      /** The daemon listens, and is about to start programs. */
      readonly type: 'daemon.started';
      readonly pid: number;
    }
  | {
      /** The daemon is on its way to its end; told again while that takes. */
      readonly type: 'daemon.stopping';
      /** What asked for it, and how far it is. */
      readonly reason: string;
      /** Processes that still run. */
      readonly waitingFor: readonly string[];
      /** Whose request it was. */
      readonly by: Asker;
    };

/** A happening with its place among all others. */
export type Happening = HappeningBody & {
  /** Grows by one with each, and goes on growing from one life of the daemon to the next. */
  readonly id: number;
  /** Wall clock, in milliseconds since 1970. */
  readonly at: number;
};
