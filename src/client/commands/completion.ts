import { SCRIPTS } from '../completion/scripts.ts';
import { EXIT, type Run, UsageError } from '../verb.ts';

export const run: Run = async (context, { words: [shell = ''] }) => {
  const script = SCRIPTS[shell];
  if (script === undefined) throw new UsageError(`completion knows ${Object.keys(SCRIPTS).join(', ')}, not ${shell}`);
  await context.out(script);
  return EXIT.done;
};
