import { formatLogLine } from '../../core/logline.ts';
import { follow } from '../follow.ts';
import { linesOf } from '../lines.ts';
import { type Arguments, type Context, EXIT, type Run, UsageError, wholeNumber } from '../verb.ts';

const LAST_LINES = 20;

export const run: Run = async (context, args) => {
  const where = beginning(args);
  // Bytes are counted back into the middle of some line: its rest is no record.
  let isCut = where.from !== undefined;
  try {
    for await (const line of linesOf(await bytesOf(context, where, args.options.follow === true))) {
      if (isCut && !line.startsWith('{')) {
        isCut = false;
        continue;
      }
      isCut = false;
      await context.out(`${context.json ? line : formatLogLine(line, context.color)}\n`);
    }
  } catch (error) {
    if (!context.signal.aborted) throw error;
  }
  return EXIT.done;
};

function beginning(args: Arguments): Readonly<Record<string, string>> {
  const [lines, bytes] = [wholeNumber(args, 'lines'), wholeNumber(args, 'bytes')];
  if (lines !== undefined && bytes !== undefined) throw new UsageError('log takes either lines or bytes, not both');
  return bytes === undefined ? { lines: String(lines ?? LAST_LINES) } : { from: String(-bytes) };
}

async function bytesOf(
  { api, err }: Context,
  query: Readonly<Record<string, string>>,
  following: boolean,
): Promise<AsyncIterable<Uint8Array>> {
  if (!following) return (await api.bytes('log', { query })).chunks;
  return follow(api, {
    route: 'log',
    query,
    onMissed: bytes => err(`${bytes} bytes were overwritten before they could be read`),
  });
}
