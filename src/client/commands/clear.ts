import { report } from '../results.ts';
import type { Run } from '../verb.ts';

export const run: Run = async (context, { words }) => {
  const reply = await context.api.call('clear', { select: words, wait: true });
  return report(context, reply, { done: 'cleared' });
};
