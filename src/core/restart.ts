import type { Exit } from './exit.ts';
import type { Millis, ProcessSpec } from './program.ts';

/** Each failed start waits a second longer than the one before it: supervisord's linear backoff. */
export const BACKOFF_STEP: Millis = 1000;

/** How long to wait after so many failed starts in a row. */
export function backoffOf(failures: number): Millis {
  return failures * BACKOFF_STEP;
}

/** Whether the config expects this end. A death by signal never is (supervisord gives it the status -1). */
export function isExpected(spec: Pick<ProcessSpec, 'exitcodes'>, exit: Exit): boolean {
  return exit.code !== null && spec.exitcodes.includes(exit.code);
}

/** Whether policy starts a process again that ended by itself after it had been RUNNING. */
export function shouldRestart(spec: Pick<ProcessSpec, 'autorestart' | 'exitcodes'>, exit: Exit): boolean {
  return spec.autorestart === 'always' || (spec.autorestart === 'unexpected' && !isExpected(spec, exit));
}
