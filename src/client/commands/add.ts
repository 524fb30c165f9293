import { report } from '../results.ts';
import type { Run } from '../verb.ts';

export const run: Run = async (context, { words }) => {
  const reply = await context.api.call('add', { select: words, wait: false });
  return report(context, reply, { done: 'added process group', forgiven: 'already_active' });
};
