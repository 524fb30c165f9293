import { reload } from '../reloading.ts';
import { type Run, UsageError } from '../verb.ts';

export const run: Run = (context, { words: [word = ''], options }) => {
  const [, program, number] = /^([^=]+)=([0-9]+)$/.exec(word) ?? [];
  if (program === undefined) throw new UsageError(`scale takes PROGRAM=N, like web=4, not ${word}`);
  const numprocs = Number(number);
  return reload(context, ({ wait }) => context.api.call('scale', { program, numprocs, wait }), {
    dryRun: false,
    wait: options.wait !== false,
  });
};
