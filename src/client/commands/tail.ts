import { NewlineDecoder } from '../../core/newlines.ts';
import type { Api } from '../api.ts';
import { follow } from '../follow.ts';
import { prefixersFor } from '../prefix.ts';
import { formatUnknown } from '../results.ts';
import { type Arguments, type Context, EXIT, type Run, UsageError, wholeNumber } from '../verb.ts';

/** supervisorctl's default for one process. */
const LAST_BYTES = 1600;

/** For several, where bytes would begin within a line. */
const LAST_LINES = 10;

/** Ends a colour that the last bytes left on, so that the prompt has its own. */
const RESET = '\x1b[0m';

type Query = Readonly<Record<string, string | undefined>>;

export const run: Run = async (context, args) => {
  const { select, stream } = channelOf(args);
  const { processes, unknown } = await context.api.call('processes', undefined, { query: { select } });
  for (const name of unknown) context.err(formatUnknown(name, false));
  const names = processes.map(({ name }) => name);
  const query = { ...beginning(args, names.length), stream };
  try {
    if (names.length === 1) await tailOne(context, names[0] ?? '', { query, following: args.options.follow === true });
    else if (names.length > 1) await tailSeveral(context, names, { query, following: args.options.follow === true });
  } catch (error) {
    if (!context.signal.aborted) throw error;
  }
  return unknown.length > 0 ? EXIT.unknown : EXIT.done;
};

/** supervisorctl names the stream behind the process: `tail web stderr`. */
function channelOf({ words, options }: Arguments): { select: readonly string[]; stream: string | undefined } {
  const last = words.length > 1 ? words.at(-1) : undefined;
  const named = last === 'stdout' || last === 'stderr';
  const stderr = options.stderr === true || last === 'stderr';
  return { select: named ? words.slice(0, -1) : words, stream: stderr ? 'stderr' : undefined };
}

function beginning(args: Arguments, count: number): Query {
  const [lines, bytes] = [wholeNumber(args, 'lines'), wholeNumber(args, 'bytes')];
  if (lines !== undefined && bytes !== undefined) throw new UsageError('tail takes either lines or bytes, not both');
  if (lines !== undefined) return { lines: String(lines) };
  if (bytes !== undefined) return { from: String(-bytes) };
  return count === 1 ? { from: String(-LAST_BYTES) } : { lines: String(LAST_LINES) };
}

interface Wanted {
  readonly query: Query;
  readonly following: boolean;
}

async function tailOne(context: Context, name: string, wanted: Wanted): Promise<void> {
  if (context.terminal) {
    try {
      for await (const bytes of bytesOf(context, name, wanted)) await context.out(bytes);
    } finally {
      await context.out(RESET);
    }
    return;
  }
  const plain = new NewlineDecoder();
  for await (const bytes of bytesOf(context, name, wanted)) await context.out(plain.decode(bytes));
  await context.out(plain.end());
}

/** Followed ones are read side by side, past output one name after the other. */
async function tailSeveral(context: Context, names: readonly string[], wanted: Wanted): Promise<void> {
  const prefixers = prefixersFor(names, context);
  const tail = async (name: string): Promise<void> => {
    const prefixer = prefixers.get(name);
    if (prefixer === undefined) return;
    for await (const bytes of bytesOf(context, name, wanted)) await context.out(prefixer.push(bytes));
    await context.out(prefixer.end());
  };
  if (wanted.following) await Promise.all(names.map(tail));
  else for (const name of names) await tail(name);
}

async function* bytesOf(context: Context, name: string, { query, following }: Wanted): AsyncIterable<Uint8Array> {
  const { api } = context;
  if (!following) return yield* await past(api, name, query);
  const onMissed = (bytes: number): void =>
    context.err(`${name}: ${bytes} bytes were overwritten before they could be read`);
  yield* follow(api, { route: 'output', name, query, onMissed });
}

async function past(api: Api, name: string, query: Query): Promise<AsyncIterable<Uint8Array>> {
  return (await api.bytes('output', { name, query })).chunks;
}
