import { describeRequest, describeViewing } from '../core/deed.ts';
import type { HappeningBody } from '../core/events.ts';
import { describeExit, describeSpan } from '../core/exit.ts';
import { describeChange } from '../core/facets.ts';
import type { StopMeans } from '../core/life.ts';
import type { ReloadAction } from '../core/reload.ts';
import { listPids } from '../core/status.ts';
import type { Log } from './log.ts';

/** What had been done last to end a process that was stopped, in words. */
const MEANS: Readonly<Record<StopMeans, string>> = {
  input: 'upon its stopinput',
  signal: 'upon its stopsignal',
  kill: 'killed, as it did not end when asked to',
};

function countOf(mistakes: readonly string[]): string {
  return mistakes.length === 1 ? '1 mistake' : `${mistakes.length} mistakes`;
}

/** What a reload does with a process, in words. */
const ACTIONS: Readonly<Record<ReloadAction, string>> = {
  nothing: 'takes effect at its next start',
  applied: 'applied now',
  restart: 'restarts',
  start: 'starts',
  stop: 'stops',
};

/**
 * Tells the daemon's log what happened: one line each, with program, process and pid as fields, in words that a person
 * who has never read the code understands.
 */
export function narrate(log: Log, happening: HappeningBody): void {
  switch (happening.type) {
    case 'process.spawned': {
      const { process, program, pid, cause, by } = happening;
      log.info(
        { program, process, pid, ...(by && { by }) },
        cause === 'policy' ? `${process} restarted` : `${process} started`,
      );
      break;
    }
    case 'process.exit': {
      const { process, program, pid, exit, expected, ranFor, stoppedBy, by } = happening;
      const fields = {
        program,
        process,
        pid,
        code: exit.code,
        signal: exit.signal,
        ranFor: Math.round(ranFor),
        stoppedBy,
        ...(by && { by }),
      };
      const how = `${describeExit(exit)} after ${describeSpan(ranFor)}${stoppedBy === null ? '' : `, ${MEANS[stoppedBy]}`}`;
      if (expected) log.info(fields, `${process} ${how}`);
      else log.warn(fields, `${process} died unexpectedly: ${how}`);
      break;
    }
    case 'process.state': {
      const { process, program, pid, from, to, reason, by } = happening;
      const fields = { program, process, ...(pid !== null && { pid }), ...(by && { by }) };
      if (to === 'FATAL') log.error(fields, `${process} gave up: ${reason}`);
      else if (to === 'BACKOFF' && reason !== null) log.warn(fields, `${process} is not running: ${reason}`);
      else if (to === 'UNKNOWN') log.error(fields, `${process} is out of control: ${reason}`);
      else if (to === 'STOPPED') log.info(fields, `${process} stopped`);
      else log.debug(fields, `${process} is ${to} (was ${from})`);
      break;
    }
    case 'process.leftovers': {
      const { process, program, pids, action } = happening;
      const fields = { program, process, pids };
      const whom = `leftovers of its session (${listPids(pids)})`;
      if (action === 'gone') log.info(fields, `${process}: ${whom} are gone`);
      else if (action === 'stuck')
        log.error(fields, `${process}: ${whom} do not end on SIGKILL; they are not waited for`);
      else if (action === 'zombies')
        log.info(fields, `${process}: ${whom} are zombies that their parent does not reap; they are not waited for`);
      else if (action === 'reported') log.warn(fields, `${process}: ${whom} live on`);
      else log.warn(fields, `${process}: sent SIG${action} to ${whom}`);
      break;
    }
    case 'process.added':
    case 'process.removed': {
      const { type, process, program, by } = happening;
      log.info({ program, process, by }, `${process} was ${type === 'process.added' ? 'added' : 'removed'}`);
      break;
    }
    case 'process.reconfigured': {
      const { process, program, was, action, changes, by } = happening;
      const name = was === process ? process : `${process} (was ${was})`;
      log.info(
        { program, process, changes, by },
        `${name}: ${ACTIONS[action]}: ${changes.map(describeChange).join(', ')}`,
      );
      break;
    }
    case 'config.reloaded': {
      const { reason, changed, unchanged, daemon, by } = happening;
      log.info({ changed, unchanged, by }, `config reloaded (${reason}): ${changed} changed, ${unchanged} not`);
      for (const change of daemon) {
        const text = describeChange(change);
        if (change.class === 'daemon') log.warn(`${text}: this needs a restart of the daemon`);
        else log.info(`${text}: applied`);
      }
      break;
    }
    case 'config.refused':
      log.error(
        { by: happening.by },
        `config not reloaded (${happening.reason}), nothing was changed: ${countOf(happening.problems)}`,
      );
      for (const problem of happening.problems) log.error(problem);
      break;
    case 'daemon.survivors': {
      const { process, program, pids, action, signal, reason } = happening;
      const fields = { program, process, pids };
      const whom = `survivors of the former daemon (${listPids(pids)})`;
      const why = reason === null ? '' : `: ${reason}`;
      if (action === 'found') log.warn(fields, `${process}: found ${whom}`);
      else if (action === 'signalled') log.warn(fields, `${process}: sent ${signal} to ${whom}`);
      else if (action === 'gone') log.info(fields, `${process}: ${whom} are gone`);
      else if (action === 'left') log.warn(fields, `${process}: ${whom} live on${why}`);
      else log.error(fields, `${process}: SIGKILL does not end ${whom}${why}`);
      break;
    }
    case 'viewer.attached':
    case 'viewer.detached': {
      const { type, process, program, label, origin, typed } = happening;
      const how = `${process}: ${label} (${origin}) ${describeViewing(happening)}`;
      const count = type === 'viewer.detached' && { typed };
      log.info({ program, process, viewer: label, ...count }, how);
      break;
    }
    case 'request': {
      const { verb, what, times, bytes, by } = happening;
      const fields = { verb, what, by, ...(times > 1 && { times }), ...(bytes !== null && { bytes }) };
      log.info(fields, describeRequest(happening));
      break;
    }
    case 'log.trouble':
      log.error({ path: happening.path }, `trouble with log ${happening.path}: ${happening.problem}`);
      break;
    case 'log.restored': {
      const { path, lost } = happening;
      log.warn({ path, lost }, `log ${path} is all right again${lost === 0 ? '' : `; ${lost} bytes of it were lost`}`);
      break;
    }
    case 'log.reopened': {
      const { reason, failed } = happening;
      if (failed.length === 0) log.info(`${reason}: all log files were opened anew`);
      else log.error({ failed }, `${reason}: log files were opened anew, but for ${failed.join(', ')}`);
      break;
    }
    case 'alert.delivered': {
      const { alert, about, answer, attempts } = happening;
      log.info({ alert, attempts }, `alert ${alert} sent (${about}): ${answer}`);
      break;
    }
    case 'alert.failed': {
      const { alert, about, problem, attempts, retryIn } = happening;
      const next = retryIn === null ? 'it is given up' : `tried again in ${describeSpan(retryIn)}`;
      log.error({ alert, attempts }, `alert ${alert} could not be sent (${about}): ${problem}; ${next}`);
      break;
    }
    case 'alert.dropped': {
      const { alert, count, reason } = happening;
      log.error({ alert, count }, `alert ${alert}: ${count} messages were dropped: ${reason}`);
      break;
    }
    case 'daemon.started':
      log.info({ pid: happening.pid }, 'taskmasterd started');
      break;
    case 'daemon.stopping': {
      const { reason, waitingFor, by } = happening;
      log.info({ by }, `stopping: ${reason}${waitingFor.length > 0 ? `; waiting for ${waitingFor.join(', ')}` : ''}`);
      break;
    }
    default:
      happening satisfies never; // an event that is not told of does not compile
  }
}
