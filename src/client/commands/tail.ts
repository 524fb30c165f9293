import { NewlineDecoder } from '../../core/newlines.ts';
import type { Api } from '../api.ts';
import { follow } from '../follow.ts';
import { prefixersFor } from '../prefix.ts';
import { formatUnknown } from '../results.ts';
import { SgrOnly } from '../sgr.ts';
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
  const { follow: following = false, raw = false } = args.options as { follow?: boolean; raw?: boolean }; // by the flags
  if (raw && names.length > 1) throw new UsageError('tail --raw takes one process');
  const wanted = { query: { ...beginning(args, names.length), stream }, following, raw };
  try {
    if (names.length === 1) await tailOne(context, names[0] ?? '', wanted);
    else if (names.length > 1) await tailSeveral(context, names, wanted);
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
  /** Every byte as it is, whatever it does to a terminal. */
  readonly raw: boolean;
}

async function tailOne(context: Context, name: string, wanted: Wanted): Promise<void> {
  const { through, end } = wanted.raw ? asItIs() : context.terminal ? forTerminal() : forPipe();
  try {
    for await (const bytes of bytesOf(context, name, wanted)) await context.out(through(bytes));
    await context.out(end());
  } finally {
    if (context.terminal) await context.out(RESET);
  }
}

/** What is done to one process's output on its way. */
interface Passage {
  readonly through: (bytes: Uint8Array) => string | Uint8Array;
  /** What was held back, once nothing follows. */
  readonly end: () => string | Uint8Array;
}

function asItIs(): Passage {
  return { through: bytes => bytes, end: () => '' };
}

/** A program's questions (`ESC [6n`) would be answered by the reader's terminal, into the reader's shell. */
function forTerminal(): Passage {
  const decoder = new TextDecoder();
  const filter = new SgrOnly({ overwriting: true });
  return {
    through: bytes => filter.push(decoder.decode(bytes, { stream: true })),
    end: () => filter.push(decoder.decode()),
  };
}

function forPipe(): Passage {
  const plain = new NewlineDecoder();
  return { through: bytes => plain.decode(bytes), end: () => plain.end() };
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
