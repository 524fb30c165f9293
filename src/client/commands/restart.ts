import { STOPPED_STATES } from '../../core/status.ts';
import type { ActionResult } from '../../protocol/messages.ts';
import { formatResults, report } from '../results.ts';
import type { Context, Run } from '../verb.ts';

/**
 * One request, so that nothing stays stopped when this client is interrupted between two. supervisorctl makes two, and
 * so says of each process first how its stop went, then how its start went.
 */
export const run: Run = async (context, { words, options }) => {
  const wait = options.wait !== false;
  const resting = wait && !context.json ? await namesAtRest(context, words) : new Set<string>();
  const reply = await context.api.call('restart', { select: words, wait });
  if (wait && !context.json) await context.out(formatStops(reply.results, resting, context.color));
  return report(context, reply, { done: wait ? 'started' : 'restarting' });
};

async function namesAtRest({ api }: Context, select: readonly string[]): Promise<ReadonlySet<string>> {
  const { processes } = await api.call('processes', undefined, { query: { select } });
  return new Set(processes.filter(({ state }) => STOPPED_STATES.includes(state)).map(({ name }) => name));
}

function formatStops(results: readonly ActionResult[], resting: ReadonlySet<string>, color: boolean): string {
  const stops = results
    .filter(({ code }) => code !== 'no_such_process')
    .map(result => ({ ...result, code: resting.has(result.name) ? ('not_running' as const) : ('done' as const) }));
  return formatResults(stops, { done: 'stopped' }, color);
}
