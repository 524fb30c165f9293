import type { PassedOn } from './signals.ts';

/** A daemon that this process has started. */
export interface StartedDaemon {
  readonly pid: number;
  /** What it said when it was ready. */
  readonly said: string;
  signal(name: PassedOn): void;
  /** Resolves with its exit code. */
  ended(): Promise<number>;
}
