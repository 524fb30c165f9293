import { splitWords } from '../core/words.ts';
import { linesOf } from './lines.ts';
import { EXIT } from './verb.ts';

/** What a script's lines are given to. */
export interface Interpreter {
  /** Runs one command and gives its exit code. */
  readonly run: (words: readonly string[]) => Promise<number>;
  readonly say: (line: string) => void;
}

/** Words that end a script, as they end supervisorctl's shell. */
const ENDS = ['exit', 'quit'];

/**
 * Runs commands, one a line, quoted as in a POSIX shell; blank lines and those that begin with `#` are skipped. Stops at
 * the first that fails and gives its exit code.
 */
export async function runScript(input: AsyncIterable<Uint8Array>, { run, say }: Interpreter): Promise<number> {
  let number = 0;
  for await (const line of linesOf(input)) {
    number++;
    if (/^\s*(#|$)/.test(line)) continue;
    const split = splitWords(line);
    if (!split.ok) {
      say(`line ${number}: ${split.problem}`);
      return EXIT.usage;
    }
    const words = split.words.map(({ text }) => text);
    if (ENDS.includes(words[0] ?? '')) return EXIT.done;
    const code = await run(words);
    if (code === EXIT.done) continue;
    say(`line ${number}: stopped here: "${line.trim()}" gave exit code ${code}`);
    return code;
  }
  return EXIT.done;
}
