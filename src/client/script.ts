import { splitWords } from '../core/words.ts';
import { hostWith } from './host.ts';
import { linesOf } from './lines.ts';
import { runWords } from './session.ts';
import { EXIT, type Session } from './verb.ts';

/** What a script's lines are given to. */
export interface Interpreter {
  /** Runs one command and gives its exit code. */
  readonly run: (words: readonly string[]) => Promise<number>;
  readonly say: (line: string) => void;
}

/** Exit codes after which a script goes on; 3 is `status`'s alone. */
const NO_FAILURE: readonly number[] = [EXIT.done, EXIT.statusStopped];

/** Words that end a script, as they end supervisorctl's shell. */
const ENDS = ['exit', 'quit'];

/** Runs the commands on standard input, as `runScript` does; `open` holds for those that follow. */
export function runSession(session: Session): Promise<number> {
  let { globals } = session;
  const { host } = session;
  const shell = {
    leave: () => {}, // `exit` is not run: it ends the script where it stands
    open: async (place: { readonly config?: string; readonly socket?: string }) => {
      const { config: _, socket: __, ...rest } = globals;
      globals = { ...rest, ...place };
      return EXIT.done; // who is not there is told by the next command
    },
    history: () => [],
    aliases: new Map<string, string>(),
  };
  const scripted: Session = { ...session, host: hostWith(host, { shell }), place: 'shell' };
  return runScript(host.input.bytes(), {
    run: async ([name = '', ...rest]) => {
      let isInterrupted = false;
      using _interrupt = host.onInterrupt(() => {
        isInterrupted = true;
      });
      const meaning = splitWords(shell.aliases.get(name) ?? '');
      const meant = meaning.ok && meaning.words.length > 0 ? meaning.words.map(({ text }) => text) : [name];
      const code = await runWords([...meant, ...rest], { ...scripted, globals });
      return isInterrupted ? EXIT.interrupted : code; // 0 for what is made to end so, but nothing behind it is wanted
    },
    say: line => void host.error.write(`${line}\n`),
  });
}

/**
 * Runs commands, one a line, quoted as in a POSIX shell; blank lines and those that begin with `#` are skipped. Stops at
 * the first that fails and gives its exit code, else that of the last: 0, or the 3 of a `status`, which tells that some
 * process is stopped and is no failure.
 */
export async function runScript(input: AsyncIterable<Uint8Array>, { run, say }: Interpreter): Promise<number> {
  let number = 0;
  let last: number = EXIT.done;
  for await (const line of linesOf(input)) {
    number++;
    if (/^\s*(#|$)/.test(line)) continue;
    const split = splitWords(line);
    if (!split.ok) {
      say(`line ${number}: ${split.problem}`);
      return EXIT.usage;
    }
    const words = split.words.map(({ text }) => text);
    if (ENDS.includes(words[0] ?? '')) return last;
    const code = await run(words);
    last = code;
    if (NO_FAILURE.includes(code)) continue;
    say(`line ${number}: stopped here: "${line.trim()}" gave exit code ${code}`);
    return code;
  }
  return last;
}
