import { type Clock, realClock } from '../runtime/clock.ts';
import { exitFromTerminal } from '../runtime/hangup.ts';

/** How long an operation on a disk that is still under way may take before it is taken to hang. */
const LAST_OPERATIONS_MS = 1000;

/** How often it is looked whether that is over: nothing tells. */
const LOOK_MS = 10;

/**
 * Ends this process with `code`. Not left to the event loop: a thread that waits for a program which nothing ends would
 * keep it.
 *
 * `process.exit` in turn waits for the threads that are busy with a disk, for ever if that hangs (native-notes/files.md).
 * Nothing but a signal ends the process then: SIGTERM, which service managers take for an orderly end.
 */
export async function leave(code: number, clock: Clock = realClock): Promise<never> {
  for (const start = clock.now(); isDiskBusy() && clock.now() - start < LAST_OPERATIONS_MS; ) {
    await new Promise<void>(resolve => clock.after(LOOK_MS, resolve));
  }
  if (!isDiskBusy()) exitFromTerminal(code);
  process.removeAllListeners('SIGTERM');
  process.kill(process.pid, 'SIGTERM');
  return await new Promise<never>(() => {});
}

function isDiskBusy(): boolean {
  return process.getActiveResourcesInfo().some(name => name === 'FSReqCallback' || name === 'FSReqPromise');
}
