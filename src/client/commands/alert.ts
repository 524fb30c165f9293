import { formatMoment } from '../../core/daytime.ts';
import { describeSpan } from '../../core/exit.ts';
import type { AlertInfo } from '../../protocol/messages.ts';
import { alignColumns } from '../columns.ts';
import { type Context, EXIT, type Run, UsageError } from '../verb.ts';

export const run: Run = (context, { words: [what = 'list', name] }) => {
  if (what === 'test') {
    if (name === undefined) throw new UsageError('alert test takes the NAME of an alert');
    return test(context, name);
  }
  if (what !== 'list') throw new UsageError(`alert can list and test, not ${what}`);
  if (name !== undefined) throw new UsageError('alert list takes no NAME');
  return list(context);
};

async function list(context: Context): Promise<number> {
  const reply = await context.api.call('alerts');
  if (context.json) await context.document(reply);
  else if (reply.alerts.length === 0) context.err('the config has no alerts; docs/ALERTS.md says how to write one');
  else await context.out(formatAlerts(reply.alerts));
  return EXIT.done;
}

async function test(context: Context, name: string): Promise<number> {
  context.progress(`sending a test by ${name}`);
  const reply = await context.api.call('alertTest', undefined, { name });
  if (context.json) await context.document(reply);
  else await context.out(`${name}: ${reply.ok ? 'sent' : 'not sent'}: ${reply.answer}\n`);
  return reply.ok ? EXIT.done : EXIT.failed;
}

/** Two lines an alert: whom it tells of what, and how that goes. */
export function formatAlerts(alerts: readonly AlertInfo[]): string {
  const rows = alerts.flatMap(alert => {
    const whose = alert.programs.length === 0 ? '' : ` (${alert.programs.join(', ')})`;
    return [
      [alert.name, alert.kind, `${alert.where}`],
      ['', 'on', `${alert.on.join(', ')}${whose}`],
      ...wordsOf(alert).map(word => ['', ...word]),
    ];
  });
  return alignColumns(rows);
}

function wordsOf({ waiting, retryIn, lastDelivery, lastFailure }: AlertInfo): readonly (readonly [string, string])[] {
  const words: [string, string][] = [];
  if (waiting > 0) {
    const again = retryIn === null ? '' : `, tried again in ${describeSpan(retryIn)}`;
    words.push(['waiting', `${waiting} ${waiting === 1 ? 'message' : 'messages'}${again}`]);
  }
  if (lastDelivery !== null) words.push(['sent', `${formatMoment(lastDelivery.at)}  ${lastDelivery.text}`]);
  // What was told since is no worry any more.
  if (lastFailure !== null && lastFailure.at >= (lastDelivery?.at ?? 0)) {
    words.push(['failed', `${formatMoment(lastFailure.at)}  ${lastFailure.text}`]);
  }
  return words;
}
