import { report } from '../results.ts';
import type { Run } from '../verb.ts';

export const run: Run = async (context, { words, options }) => {
  const wait = options.wait !== false;
  const reply = await context.api.call('start', { select: words, wait });
  return report(context, reply, { done: wait ? 'started' : 'starting', forgiven: 'already_started' });
};
