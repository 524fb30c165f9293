import { configHash } from '../config/paths.ts';
import { ERRORS, WireError } from '../protocol/errors.ts';
import { type Address, locate, NoDaemonError } from './address.ts';
import type { Api } from './api.ts';
import { type Host, WriteError } from './host.ts';
import { type Context, EXIT, type Globals, type Invocation, UsageError, type Verb } from './verb.ts';

/** Why a verb was aborted: nobody reads its output any more, which is a quiet end as that of `head`. */
const GONE = 'gone';

/** Runs one verb to its end: connects when it calls, and turns what goes wrong into a sentence and an exit code. */
export async function runVerb(invocation: Invocation, verbs: readonly Verb[], host: Host): Promise<number> {
  const { verb, args, globals, help } = invocation;
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
    api: lazyApi(() => addressOf(globals, host), host.env, ending.signal),
    out: host.output.write,
    err: say,
    progress: line => (host.error.isTerminal ? say(line) : undefined),
    terminal: host.output.isTerminal,
    color: wantsColor(globals, host),
    json: globals.json === true,
    document: value => host.output.write(`${JSON.stringify(value, null, 2)}\n`),
    signal: ending.signal,
    verbs,
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
    const { usageOf } = await import('./usage.ts');
    say(verb === undefined ? error.message : `${error.message}\nusage: taskmasterctl ${usageOf(verb)}`);
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
    async *events(place) {
      yield* (await ready()).events(place);
    },
  };
}

/** `--color` and `--no-color` first, then NO_COLOR (no-color.org), then whether a terminal is there to show it. */
function wantsColor({ color }: Globals, { env, output }: Host): boolean {
  if (color !== undefined) return color;
  return output.isTerminal && (env.NO_COLOR ?? '') === '' && env.TERM !== 'dumb';
}
