import { hostname } from 'node:os';
import type { AlertMessage } from '../core/alert.ts';
import { nearest } from '../core/nearest.ts';
import { oneLine } from '../core/oneline.ts';
import { joinWords } from '../core/words.ts';
import { WireError } from '../protocol/errors.ts';
import type { AlertList, AlertTestReply } from '../protocol/messages.ts';
import type { Clock } from '../runtime/clock.ts';
import type { Courier } from './courier.ts';
import type { Handlers } from './http.ts';
import type { RequestLog } from './requestlog.ts';

/** What the routes of alerts are about. */
export interface AlertSubject {
  readonly courier: Courier;
  readonly requests: RequestLog;
  readonly clock: Clock;
  /** Names this life of the daemon. */
  readonly boot: string;
  readonly config: string;
}

/** The routes of alerts: what there is, and whether one arrives. */
export function createAlertHandlers({
  courier,
  requests,
  clock,
  boot,
  config,
}: AlertSubject): Pick<Handlers, 'alerts' | 'alertTest'> {
  let tests = 0;
  return {
    alerts: (): AlertList => ({ alerts: courier.list() }),
    alertTest: async ({ name, by }): Promise<AlertTestReply> => {
      const spec = courier.specOf(name);
      if (spec === undefined) throw new WireError('no_such_alert', unknownAlert(name, courier));
      requests.asked({ verb: 'alert test', what: [name], by });
      tests++;
      return await courier.test(spec, testMessage(name, { id: `${boot}-test-${tests}`, at: clock.wall(), config }));
    },
  };
}

function testMessage(
  name: string,
  { id, at, config }: { readonly id: string; readonly at: number; readonly config: string },
): AlertMessage {
  return {
    id,
    alert: name,
    condition: 'test',
    at,
    host: hostname(),
    program: null,
    group: null,
    process: null,
    pid: null,
    summary: `this is a test of the alert ${name}`,
    ended: null,
    details: ['Somebody asked for it, and nothing is wrong.'],
    screen: [],
    look: joinWords(['taskmasterctl', '-c', config, 'alert', 'list']),
    heldBack: 0,
    endsAlarm: null,
    endsSummary: null,
  };
}

function unknownAlert(name: string, courier: Courier): string {
  const known = courier.list().map(alert => alert.name);
  const meant = nearest(name, known);
  const advice = meant === undefined ? '`alert list` shows them all' : `did you mean ${meant}?`;
  return `no such alert: ${oneLine(name, 40)}; ${advice}`;
}
