import { report } from '../results.ts';
import type { Run } from '../verb.ts';

export const run: Run = async (context, { words }) => {
  const reply = await context.api.call('remove', { select: words, wait: false });
  return report(context, reply, { done: 'removed process group' });
};
