import { formatMoment } from '../core/daytime.ts';
import { describeRequest, describeViewing } from '../core/deed.ts';
import type { Happening } from '../core/events.ts';
import { describeExit, describeSpan } from '../core/exit.ts';
import { describeChange } from '../core/facets.ts';
import { formatFields, parseRecord } from '../core/fields.ts';
import type { PublicState } from '../core/status.ts';
import { paintState } from './palette.ts';

/** The name that the daemon's own events stand under. */
export const DAEMON = 'taskmasterd';

/** Of `STARTING`, so that arrows stand under each other. */
const STATE_WIDTH = 8;

/** One event as a line: when, whom it is about, what happened. `width` is that of the longest name to come. */
export function formatEvent(data: string, options: { readonly width: number; readonly color: boolean }): string {
  const record = parseRecord(data);
  if (record === undefined) return data;
  // The daemon's events are the route table's; one of a later minor version falls to the default below.
  const happening = record as unknown as Happening;
  const who = 'process' in happening ? happening.process : DAEMON;
  return `${formatMoment(happening.at)}  ${who.padEnd(options.width)}  ${tell(happening, options.color)}`.trimEnd();
}

/** What `formatEvent` prints behind the time, without colour: whom it is about, and what happened. */
export function formatEventText(happening: Happening): string {
  const who = 'process' in happening ? happening.process : DAEMON;
  return `${who}  ${tell(happening, false)}`.trimEnd();
}

function tell(happening: Happening, color: boolean): string {
  switch (happening.type) {
    case 'process.state': {
      const { from, to, pid, reason, by } = happening;
      const notes = [pid === null ? '' : `pid ${pid}`, reason ?? '', by ? `by ${by.who}` : '']
        .filter(note => note !== '')
        .join(', ');
      return `${from.padEnd(STATE_WIDTH)} -> ${shown(to, color)}  ${notes}`;
    }
    case 'process.spawned':
      return `pid ${happening.pid} runs (${happening.by ? `by ${happening.by.who}` : happening.cause})`;
    case 'process.exit': {
      const { exit, expected, ranFor, pid } = happening;
      return `pid ${pid} ${describeExit(exit)} after ${describeSpan(ranFor)}${expected ? '' : ', not expected'}`;
    }
    case 'process.leftovers': {
      const words = {
        reported: 'left behind',
        TERM: 'left behind, sent TERM',
        KILL: 'left behind, sent KILL',
        gone: 'gone',
        stuck: 'do not end on SIGKILL',
        zombies: 'zombies that their parent does not reap',
      };
      return `pids ${happening.pids.join(' ')}: ${words[happening.action]}`;
    }
    case 'process.added':
      return 'added';
    case 'process.removed':
      return 'removed';
    case 'process.reconfigured': {
      const { was, process, action, changes } = happening;
      return `${was === process ? '' : `was ${was}; `}${action}: ${changes.map(describeChange).join(', ')}`;
    }
    case 'config.reloaded':
      return `config reloaded (${happening.reason}): ${happening.changed} changed, ${happening.unchanged} not`;
    case 'config.refused':
      return `config not reloaded (${happening.reason}): ${happening.problems.join('; ')}`;
    case 'daemon.survivors': {
      const { pids, action, signal, reason } = happening;
      const words = {
        found: 'survived',
        signalled: `sent ${signal}`,
        gone: 'gone',
        left: 'left alone',
        stuck: 'stuck',
      };
      return `pids ${pids.join(' ')} of the former daemon: ${words[action]}${reason === null ? '' : ` (${reason})`}`;
    }
    case 'viewer.attached':
    case 'viewer.detached':
      return `${happening.label} ${describeViewing(happening)}`;
    case 'request':
      return describeRequest(happening);
    case 'log.trouble':
      return `trouble with log ${happening.path}: ${happening.problem}`;
    case 'log.restored': {
      const { path, lost } = happening;
      return `log ${path} is all right again${lost === 0 ? '' : `; ${lost} bytes of it were lost`}`;
    }
    case 'log.reopened': {
      const { reason, failed } = happening;
      return `log files opened anew (${reason})${failed.length === 0 ? '' : `, but for ${failed.join(', ')}`}`;
    }
    case 'alert.delivered':
      return `alert ${happening.alert} sent (${happening.about}): ${happening.answer}`;
    case 'alert.failed': {
      const { alert, about, problem, retryIn } = happening;
      const next = retryIn === null ? 'given up' : `again in ${describeSpan(retryIn)}`;
      return `alert ${alert} not sent (${about}): ${problem}; ${next}`;
    }
    case 'alert.dropped':
      return `alert ${happening.alert}: ${happening.count} messages dropped: ${happening.reason}`;
    case 'daemon.started':
      return `started, pid ${happening.pid}`;
    case 'daemon.stopping': {
      const { reason, waitingFor } = happening;
      return `stopping (${reason})${waitingFor.length === 0 ? '' : `, waiting for ${waitingFor.join(', ')}`}`;
    }
    default: {
      const { id: _, at: __, type, ...rest } = happening as Readonly<Record<string, unknown>>; // unknown to this version
      return `${type} ${formatFields(rest)}`;
    }
  }
}

function shown(state: PublicState, color: boolean): string {
  const text = state.padEnd(STATE_WIDTH);
  return color ? paintState(state, text) : text;
}
