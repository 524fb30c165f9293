import type { AlertSpec } from '../core/alert.ts';
import type { DaemonSpec, ProcessSpec } from '../core/program.ts';

/** What a config file asks for, whole and checked. */
export interface Config {
  /** Absolute; links are not resolved, as the socket is named by it. */
  readonly path: string;
  /** Every file that was read, the main one first. */
  readonly files: readonly string[];
  readonly daemon: DaemonSpec;
  readonly processes: readonly ProcessSpec[];
  readonly alerts: readonly AlertSpec[];
}
