import { configHash } from '../config/paths.ts';
import { ERRORS, WireError } from '../protocol/errors.ts';
import { type Address, locate, NoDaemonError } from './address.ts';
import type { Api } from './api.ts';
import { type Host, hostWith, type Sink, WriteError } from './host.ts';
import { parseVerb, UnknownVerbError } from './invocation.ts';
import {
  type Context,
  EXIT,
  findVerb,
  type Globals,
  type Invocation,
  type Session,
  UsageError,
  type Verb,
  verbsAt,
} from './verb.ts';

/** Parses and runs the words of one command, says what is wrong with them, and resolves with the exit code. */
export async function runWords(words: readonly string[], session: Session): Promise<number> {
  const { host, globals } = session;
  const verbs = verbsAt(session.table, session.place);
  const say = (line: string): void => void host.error.write(`${line}\n`);
  try {
    const parsed = await parseVerb(verbs, words);
    const invocation = { ...parsed, globals: { ...globals, ...parsed.globals } };
    const allowed = session.readOnly ? await asReadOnly(invocation, say) : invocation;
    if (allowed === undefined) return EXIT.failed;
    session.onCommand?.(allowed);
    return await runVerb(allowed, session);
  } catch (error) {
    if (!(error instanceof UnknownVerbError)) return await explain(error, findVerb(verbs, words[0] ?? ''), say);
    const { unknownVerb } = await import('./suggest.ts');
    say(unknownVerb(session, error.message));
    return EXIT.unknown;
  }
}

/** The same command where nothing may be changed; undefined, with a sentence, for one that is nothing else than a change. */
async function asReadOnly(invocation: Invocation, say: (line: string) => void): Promise<Invocation | undefined> {
  const { verb, args, help } = invocation;
  const { isChange, refusal } = await import('./readonly.ts');
  if (help || !isChange(verb, args)) return invocation;
  if (verb.name === 'attach') return { ...invocation, args: { ...args, options: { ...args.options, readOnly: true } } };
  say(refusal(verb));
  return undefined;
}

/** What a captured command printed, standard output and standard error as they came. */
export interface Captured {
  readonly code: number;
  readonly text: string;
  /** Only what was said on standard error. */
  readonly errors: string;
}

export interface CaptureOptions {
  /** Ends the command as Ctrl-C would. */
  readonly signal: AbortSignal;
  readonly color: boolean;
  /** Called with each piece as it comes, for a command that goes on for long (`tail -f`). */
  readonly onText?: (text: string, isError: boolean) => void;
}

/** Characters of a captured command that are kept: its last ones, as of a `tail -f` that nobody ends. */
const CAPTURE_LIMIT = 1024 * 1024;

/**
 * Runs one command with its output captured, for somebody who shows it in a place of their own. What it prints is as for a
 * terminal: SGR sequences when `color`, and no other ones. It cannot take over the terminal: `attach` refuses with a sentence.
 */
export async function runCaptured(
  words: readonly string[],
  session: Session,
  { signal, color, onText }: CaptureOptions,
): Promise<Captured> {
  let [text, errors] = ['', ''];
  const sink = (isError: boolean): Sink => {
    const decoder = new TextDecoder();
    return {
      isTerminal: true,
      onGone: () => ({ [Symbol.dispose]: () => {} }),
      async write(data) {
        const piece = typeof data === 'string' ? data : decoder.decode(data, { stream: true });
        text = (text + piece).slice(-CAPTURE_LIMIT);
        if (isError) errors = (errors + piece).slice(-CAPTURE_LIMIT);
        onText?.(piece, isError);
      },
    };
  };
  const host = hostWith(session.host, {
    input: { isTerminal: false, bytes: nothing },
    output: sink(false),
    error: sink(true),
    onInterrupt(listener) {
      signal.addEventListener('abort', listener);
      if (signal.aborted) listener();
      return { [Symbol.dispose]: () => signal.removeEventListener('abort', listener) };
    },
  });
  const code = await runWords(words, { ...session, host, globals: { ...session.globals, color } });
  return { code, text, errors };
}

async function* nothing(): AsyncGenerator<Uint8Array> {}

/** Why a verb was aborted: nobody reads its output any more, which is a quiet end as that of `head`. */
const GONE = 'gone';

/** Runs one verb to its end: connects when it calls, and turns what goes wrong into a sentence and an exit code. */
async function runVerb(invocation: Invocation, session: Session): Promise<number> {
  const { verb, args, globals, help } = invocation;
  const { host } = session;
  const ending = new AbortController();
  const say = (line: string): void => void host.error.write(`${line}\n`);
  if (help) {
    const { verbHelp } = await import('./usage.ts');
    await host.output.write(verbHelp(verb));
    return EXIT.done;
  }
  using _interrupt = host.onInterrupt(() => ending.abort());
  using _gone = host.output.onGone(() => ending.abort(GONE));
  const context: Context = {
    api: apiFor(globals, host, ending.signal),
    out: host.output.write,
    err: say,
    progress: line => (host.error.isTerminal ? say(line) : undefined),
    terminal: host.output.isTerminal,
    color: wantsColor(globals, host),
    json: globals.json === true,
    document: value => host.output.write(`${JSON.stringify(value, null, 2)}\n`),
    signal: ending.signal,
    verbs: verbsAt(session.table, session.place),
    shell: host.shell,
    session: { ...session, globals },
    takeover: {
      env: host.env,
      isPossible: () => host.input.isTerminal && host.output.isTerminal,
      configHash: () => hashOf(addressOf(globals, host)),
      terminal: host.terminal,
    },
  };
  try {
    if (verb.exitWithoutDaemon !== undefined) void loadWire(); // read while the verb's own files are: a millisecond saved
    const { run } = await verb.load();
    return await run(context, args);
  } catch (error) {
    if (ending.signal.aborted) return ending.signal.reason === GONE ? EXIT.done : EXIT.interrupted;
    ending.abort(); // one of several requests failed: the others have nobody to answer to
    if (context.json && error instanceof WireError && error.problems) {
      await context.document({ error: { code: error.code, message: error.message, problems: error.problems } });
      return ERRORS[error.code].exit;
    }
    return await explain(error, verb, say);
  }
}

/** Says what went wrong and gives the exit code. An error that nothing here knows is a bug: it is thrown on. */
export async function explain(error: unknown, verb: Verb | undefined, say: (line: string) => void): Promise<number> {
  if (error instanceof UsageError) {
    const { callOf } = await import('./usage.ts');
    say(verb === undefined ? error.message : `${error.message}\nusage: ${callOf(verb)}`);
    return EXIT.usage;
  }
  if (error instanceof NoDaemonError) {
    say(error.message);
    return verb?.exitWithoutDaemon ?? EXIT.notRunning;
  }
  if (error instanceof WireError) {
    if (error.problems) {
      const { formatDiagnostics } = await import('../config/diagnostic.ts');
      say(formatDiagnostics(error.problems, { color: false }).trimEnd());
    }
    say(error.message);
    return ERRORS[error.code].exit;
  }
  if (error instanceof WriteError) {
    const { describeErrno } = await import('../runtime/errnowords.ts');
    say(`cannot write: ${describeErrno(error.cause)}`);
    return EXIT.failed;
  }
  throw error;
}

/** The daemon of these globals, looked for at the first call. `signal` ends what is under way. */
export function apiFor(globals: Globals, host: Host, signal: AbortSignal): Api {
  return lazyApi(() => addressOf(globals, host), host.env, signal);
}

function addressOf({ config, socket }: Globals, { env, cwd, uid }: Host): Address {
  return locate({ config, socket, env, cwd, uid });
}

/** The hash of the config; by the name of a socket where only that is known. */
function hashOf({ config, sockets }: Address): string | undefined {
  if (config !== undefined) return configHash(config);
  return /([^/]+)\.sock$/.exec(sockets[0] ?? '')?.[1];
}

/** `node:http` and what needs it: half of what a command costs, and `help` and `--version` do without. */
function loadWire(): Promise<[typeof import('./connection.ts'), typeof import('./api.ts')]> {
  return Promise.all([import('./connection.ts'), import('./api.ts')]);
}

/** Looks for the daemon at the first call. */
function lazyApi(address: () => Address, env: Host['env'], signal: AbortSignal): Api {
  let api: Promise<Api> | undefined;
  const connect = async (): Promise<Api> => {
    const [{ Connection }, { createApi }] = await loadWire();
    const identify = async (): Promise<Readonly<Record<string, string>>> =>
      (await import('./identity.ts')).identityHeaders(env);
    return createApi(new Connection(address()), signal, identify);
  };
  const ready = (): Promise<Api> => (api ??= connect());
  return {
    call: async (...parameters) => (await ready()).call(...parameters),
    bytes: async (...parameters) => (await ready()).bytes(...parameters),
    attach: async place => (await ready()).attach(place),
    async *events(...parameters) {
      yield* (await ready()).events(...parameters);
    },
  };
}

/** `--color` and `--no-color` first, then NO_COLOR (no-color.org), then whether a terminal is there to show it. */
export function wantsColor({ color }: Globals, { env, output }: Host): boolean {
  if (color !== undefined) return color;
  return output.isTerminal && (env.NO_COLOR ?? '') === '' && env.TERM !== 'dumb';
}
