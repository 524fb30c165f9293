import { EXIT, type Run, UsageError, wholeNumber } from '../verb.ts';

export const run: Run = async (context, args) => {
  const [name = ''] = args.words;
  const isAnsi = args.options.ansi === true;
  if (isAnsi && context.json) throw new UsageError('screen takes either --ansi or --json, not both');
  const scrollback = wholeNumber(args, 'scrollback');
  const query = {
    format: context.json ? 'json' : isAnsi ? 'ansi' : 'text',
    scrollback: scrollback === undefined ? undefined : String(scrollback),
  };
  const { chunks } = await context.api.bytes('screen', { name, query });
  for await (const chunk of chunks) await context.out(chunk);
  return EXIT.done;
};
