import { pidOf } from '../core/life.ts';
import type { SignalName } from '../core/program.ts';
import { RUNNING_STATES, reasonOf, SIGNALLABLE_STATES, STOPPED_STATES, statusOf } from '../core/status.ts';
import type { ActionResult } from '../protocol/messages.ts';
import type { Process } from './process.ts';

/**
 * What people ask of a process, and the answer once the outcome is known (supervisord's `rpcinterface.py`: the same
 * refusals under the same names). A promise that is not waited for any more is given up through its signal.
 */
export interface RequestOptions {
  /** Answer when the outcome is known; else as soon as the request is taken. */
  readonly wait: boolean;
  /** The one who asked has gone. */
  readonly signal: AbortSignal;
}

export async function startProcess(process: Process, options: RequestOptions): Promise<ActionResult> {
  const state = statusOf(process.current);
  if (state === 'UNKNOWN') return answer(process, 'failed', reasonOf(process.current) ?? 'its state is unknown');
  if (RUNNING_STATES.includes(state)) return answer(process, 'already_started', `it is ${state}`);
  return await outcomeOfStart(process, 'start', options);
}

export async function restartProcess(process: Process, options: RequestOptions): Promise<ActionResult> {
  if (statusOf(process.current) === 'UNKNOWN') {
    return answer(process, 'failed', reasonOf(process.current) ?? 'its state is unknown');
  }
  return await outcomeOfStart(process, 'restart', options);
}

/** Stopping what is at rest is an error that does no harm; it still is not to be started again by the daemon. */
export async function stopProcess(process: Process, options: RequestOptions): Promise<ActionResult> {
  const state = statusOf(process.current);
  if (STOPPED_STATES.includes(state) && state !== 'UNKNOWN') {
    process.dispatch({ type: 'stop' });
    return answer(process, 'not_running', `it is ${state}`);
  }
  return await outcome(process, {
    ...options,
    event: 'stop',
    judge: () => (STOPPED_STATES.includes(statusOf(process.current)) ? answer(process, 'done', 'stopped') : undefined),
  });
}

export function signalProcess(process: Process, signal: SignalName): ActionResult {
  const pid = pidOf(process.current);
  const state = statusOf(process.current);
  if (pid === undefined || !SIGNALLABLE_STATES.includes(state)) return answer(process, 'not_running', `it is ${state}`);
  const problem = process.signal(pid, signal);
  return problem === undefined ? answer(process, 'done', 'signalled') : answer(process, 'failed', problem);
}

export function clearProcess(process: Process): ActionResult {
  process.scrollback.clear();
  process.stderr?.clear();
  return answer(process, 'done', 'cleared');
}

function outcomeOfStart(process: Process, event: 'start' | 'restart', options: RequestOptions): Promise<ActionResult> {
  let hasBegun = process.current.state.kind === 'launching'; // its STARTING has been told already
  let hasEnded = false;
  return outcome(process, {
    ...options,
    event,
    judge: happening => {
      if (happening.type === 'process.state' && happening.to === 'STARTING') [hasBegun, hasEnded] = [true, false];
      if (happening.type === 'process.exit') hasEnded = true;
      if (happening.type !== 'process.state') return undefined;
      const { to } = happening;
      if (to === 'RUNNING' && hasBegun) return answer(process, 'done', 'started');
      if (to === 'BACKOFF' || to === 'FATAL' || to === 'EXITED') {
        if (!hasBegun) return undefined;
        return answer(process, hasEnded ? 'abnormal_termination' : 'spawn_error', happening.reason ?? '');
      }
      // Somebody stopped it meanwhile. On the way through a restart it is wanted up, and goes on by itself.
      const isGivenUp = (to === 'STOPPED' || to === 'UNKNOWN') && process.current.want === 'down';
      return isGivenUp ? answer(process, 'abnormal_termination', 'it was stopped before it had started') : undefined;
    },
  });
}

interface Outcome extends RequestOptions {
  readonly event: 'start' | 'stop' | 'restart';
  /** Looks at each happening: the answer, or undefined while the outcome is open. */
  readonly judge: (happening: Parameters<Parameters<Process['onHappening']>[0]>[0]) => ActionResult | undefined;
}

function outcome(process: Process, { event, judge, wait, signal }: Outcome): Promise<ActionResult> {
  if (!wait) {
    process.dispatch({ type: event });
    return Promise.resolve(answer(process, 'done', `${event} under way`));
  }
  return new Promise(resolve => {
    const finish = (result: ActionResult): void => {
      subscription[Symbol.dispose]();
      signal.removeEventListener('abort', giveUp);
      resolve(result);
    };
    const giveUp = (): void => finish(answer(process, 'failed', 'nobody waits for the outcome any more'));
    const subscription = process.onHappening(happening => {
      const result = judge(happening);
      if (result) finish(result);
    });
    signal.addEventListener('abort', giveUp);
    process.dispatch({ type: event });
  });
}

function answer(process: Process, code: ActionResult['code'], message: string): ActionResult {
  return { name: process.fullname, ok: code === 'done', code, message };
}
