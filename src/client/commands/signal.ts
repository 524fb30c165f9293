import { report } from '../results.ts';
import type { Run } from '../verb.ts';

export const run: Run = async (context, { words: [signal = '', ...select] }) => {
  const reply = await context.api.call('signal', { signal, select, wait: true });
  return report(context, reply, { done: 'signalled' });
};
