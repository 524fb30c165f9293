import type { Asker } from './asker.ts';
import type { HappeningBody } from './events.ts';
import type { Exit } from './exit.ts';
import type { Life } from './life.ts';
import type { SignalName } from './program.ts';

/** What happens to a life. */
export type Event =
  /** Requests of people, and of the daemon on their behalf. */
  | { readonly type: 'start' | 'stop' | 'restart' | 'kill'; readonly by: Asker }
  /** Its stop is coming, once others have ended: it may live until then, but not begin another life. */
  | { readonly type: 'standDown'; readonly by: Asker }
  /**
   * The spec is another one now. `renew`: what it is made of has changed, so that one that is up must begin a new life,
   * and one that failed may try anew.
   */
  | { readonly type: 'reconfigured'; readonly renew: boolean; readonly by: Asker }
  /** The time of `deadlineOf` may have come. */
  | { readonly type: 'deadline' }
  /** What became of the effects. */
  | { readonly type: 'spawned'; readonly generation: number; readonly pid: number }
  | { readonly type: 'spawnFailed'; readonly generation: number; readonly reason: string }
  | { readonly type: 'signalFailed'; readonly generation: number; readonly reason: string }
  /** The stop input could not be typed: the program has not read what was typed before. */
  | { readonly type: 'inputRefused'; readonly generation: number }
  /** What the system says of a leader that SIGKILL did not end: its state's letter, as in /proc/PID/stat. */
  | { readonly type: 'inspected'; readonly generation: number; readonly condition: string | undefined }
  /** `zombies`: of its session, which their parent, whoever it is, does not reap. */
  | {
      readonly type: 'scanned';
      readonly generation: number;
      readonly members: readonly number[];
      readonly zombies?: readonly number[];
    }
  /**
   * The leader was reaped. `alone`: its session is known to be empty, so that no scan is needed. `hint`: why it could not
   * even be run, where its exit code says so and a cause is known.
   */
  | {
      readonly type: 'ended';
      readonly generation: number;
      readonly exit: Exit;
      readonly alone: boolean;
      readonly hint?: string | undefined;
    };

/** What is to be done about it, in order. */
export type Effect =
  | { readonly type: 'spawn'; readonly generation: number }
  /** Take back a spawn that has not happened. Neither `spawned` nor `spawnFailed` follows. */
  | { readonly type: 'cancel'; readonly generation: number }
  | { readonly type: 'signal'; readonly pid: number; readonly signal: SignalName; readonly group: boolean }
  /** Type the text into the terminal. */
  | { readonly type: 'type'; readonly text: string }
  /** Find out why this leader does not end. */
  | { readonly type: 'inspect'; readonly generation: number; readonly pid: number }
  /** Find what lives in the session of this dead leader. */
  | { readonly type: 'scan'; readonly generation: number; readonly pid: number }
  | { readonly type: 'sweep'; readonly pid: number; readonly members: readonly number[]; readonly signal: SignalName }
  | { readonly type: 'publish'; readonly happening: HappeningBody };

export interface Step {
  readonly life: Life;
  readonly effects: readonly Effect[];
}
