import type { Asker } from '../core/asker.ts';
import type { HappeningBody } from '../core/events.ts';
import { pidOf } from '../core/life.ts';
import type { SignalName } from '../core/program.ts';
import { RUNNING_STATES, reasonOf, SIGNALLABLE_STATES, statusOf } from '../core/status.ts';
import type { ActionResult } from '../protocol/messages.ts';
import type { Process } from './process.ts';
import { isAtRest, type Supervisor } from './supervisor.ts';

/**
 * What people ask of a process, and the answer once the outcome is known: supervisord's `rpcinterface.py`, with the same
 * refusals under the same names.
 */
export interface RequestOptions {
  /** Answer when the outcome is known; else as soon as the request is taken. */
  readonly wait: boolean;
  /** Fires when the one who asked has gone. What was asked for happens all the same. */
  readonly signal: AbortSignal;
  /** Who asked. */
  readonly by: Asker;
}

const LEAVING = 'a reload removed it from the config, and it is being stopped';

export async function startProcess(process: Process, options: RequestOptions): Promise<ActionResult> {
  if (process.isLeaving) return answer(process, 'failed', LEAVING);
  process.intend({ want: 'up', by: 'user' });
  const state = statusOf(process.current);
  if (state === 'UNKNOWN') return answer(process, 'failed', reasonOf(process.current) ?? 'its state is unknown');
  if (RUNNING_STATES.includes(state)) {
    // One whose stop is still to come, once others have ended, is not stopped any more.
    if (process.current.want === 'down') process.dispatch({ type: 'start', by: options.by });
    return answer(process, 'already_started', `it is ${state}`);
  }
  return await begin(process, 'start', options);
}

export async function restartProcess(process: Process, options: RequestOptions): Promise<ActionResult> {
  if (process.isLeaving) return answer(process, 'failed', LEAVING);
  process.intend({ want: 'up', by: 'user' });
  const state = statusOf(process.current);
  if (state === 'UNKNOWN') return answer(process, 'failed', reasonOf(process.current) ?? 'its state is unknown');
  return await begin(process, 'restart', options);
}

/**
 * Stops processes in the reverse order of their start. Stopping one that is at rest is an error that does no harm; it
 * still is not to be started again by the daemon.
 */
export async function stopProcesses(
  supervisor: Supervisor,
  processes: readonly Process[],
  { wait, signal, by }: RequestOptions,
): Promise<ActionResult[]> {
  for (const process of processes) process.intend({ want: 'down', by: 'user' });
  const resting = processes.filter(process => process.leader === undefined && isAtRest(process));
  const refused = new Map(resting.map(process => [process, `it is ${statusOf(process.current)}`]));
  const tell = (outcome: (process: Process) => ActionResult): ActionResult[] =>
    processes.map(process => {
      const refusal = refused.get(process);
      return refusal === undefined ? outcome(process) : answer(process, 'not_running', refusal);
    });
  const overruled = new Set<Process>();
  const isDue = (process: Process): boolean => {
    if (process.current.want === 'up') overruled.add(process);
    return process.current.want === 'down';
  };
  const stopped = supervisor.stopInOrder(processes, { by, isDue });
  if (!wait) return tell(process => answer(process, 'done', 'stop under way'));
  await Promise.race([stopped, new Promise<void>(resolve => signal.addEventListener('abort', () => resolve()))]);
  return tell(process =>
    overruled.has(process)
      ? answer(process, 'failed', 'it was started again before its turn to stop had come')
      : outcomeOfStop(process),
  );
}

/** What became of a stop, once nobody waits for it any more. */
export function outcomeOfStop(process: Process): ActionResult {
  const { state } = process.current;
  return state.kind === 'unknown' ? answer(process, 'failed', state.reason) : answer(process, 'done', 'stopped');
}

export function signalProcess(process: Process, signal: SignalName): ActionResult {
  const pid = pidOf(process.current);
  const state = statusOf(process.current);
  if (pid === undefined || !SIGNALLABLE_STATES.includes(state)) return answer(process, 'not_running', `it is ${state}`);
  const problem = process.signal(pid, signal);
  return problem === undefined ? answer(process, 'done', 'signalled') : answer(process, 'failed', problem);
}

export function clearProcess(process: Process): ActionResult {
  process.console.clear();
  process.stderr?.clear();
  return answer(process, 'done', 'cleared');
}

/** Asks for a life, and waits for what becomes of it. */
function begin(process: Process, event: 'start' | 'restart', options: RequestOptions): Promise<ActionResult> {
  const { by } = options;
  if (!options.wait) {
    process.dispatch({ type: event, by });
    return Promise.resolve(answer(process, 'done', `${event} under way`));
  }
  const outcome = outcomeOfStart(process, options);
  process.dispatch({ type: event, by });
  return outcome;
}

/** What becomes of a start that is about to be asked for: resolves when it is RUNNING, or known not to become so. */
export function outcomeOfStart(process: Process, { signal }: Pick<RequestOptions, 'signal'>): Promise<ActionResult> {
  return new Promise(resolve => {
    const judge = judgeOfStart(process);
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
  });
}

/** Looks at what happens to a process that is being started: the answer, or undefined while it is open. */
function judgeOfStart(process: Process): (happening: HappeningBody) => ActionResult | undefined {
  const { kind } = process.current.state;
  let hasBegun = kind === 'launching' || kind === 'starting'; // its STARTING has been told already
  let hasEnded = false;
  return happening => {
    if (happening.type === 'process.exit') hasEnded = true;
    if (happening.type === 'process.removed') return answer(process, 'failed', 'it was removed from the config');
    if (happening.type !== 'process.state') return undefined;
    const { to, reason } = happening;
    switch (to) {
      case 'STARTING':
        [hasBegun, hasEnded] = [true, false];
        return undefined;
      case 'RUNNING':
        return hasBegun ? answer(process, 'done', 'started') : undefined;
      case 'BACKOFF':
      case 'FATAL':
      case 'EXITED':
        if (!hasBegun) return undefined;
        return answer(process, hasEnded ? 'abnormal_termination' : 'spawn_error', reason ?? '');
      case 'UNKNOWN':
        // It does not end, or cannot be told to: whatever comes of it, nobody shall wait.
        return answer(process, 'failed', reason ?? 'its state is unknown');
      case 'STOPPED':
        // Somebody stopped it meanwhile. On the way through a restart it is wanted up, and goes on by itself.
        if (process.current.want === 'up') return undefined;
        return answer(process, 'abnormal_termination', 'it was stopped before it had started');
      case 'STOPPING':
        return undefined;
    }
  };
}

/** Starts what a reload added or brought back, unless somebody else has done so by now. */
export async function startForReload(process: Process, options: RequestOptions): Promise<ActionResult> {
  const { state, want } = process.current;
  if (state.kind === 'unknown') return answer(process, 'failed', state.reason);
  if (state.kind === 'clearing' && want === 'up') {
    return answer(process, 'abnormal_termination', reasonOf(process.current) ?? 'it has ended');
  }
  // One that runs has no news to wait for; it may have been told to stand down, which the start overrules.
  const outcome = state.kind === 'running' ? undefined : outcomeOfStart(process, options);
  process.dispatch({ type: 'start', by: options.by });
  return outcome ? await outcome : answer(process, 'done', 'started');
}

function answer(process: Process, code: ActionResult['code'], message: string): ActionResult {
  return { name: process.fullname, ok: code === 'done', code, message };
}
