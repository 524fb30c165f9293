import { report } from '../results.ts';
import type { Run } from '../verb.ts';

/** One request, so that nothing stays stopped when this client is interrupted between the two. */
export const run: Run = async (context, { words, options }) => {
  const wait = options.wait !== false;
  const reply = await context.api.call('restart', { select: words, wait });
  return report(context, reply, { done: wait ? ['stopped', 'started'] : ['restarting'] });
};
