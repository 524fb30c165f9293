import { VERSION } from '../protocol/version.ts';
import { COMMAND_VERBS } from './commands/table.ts';
import { COMPLETE_WORD } from './completion/word.ts';
import type { Host } from './host.ts';
import { parseGlobals, parseVerb, UnknownVerbError } from './invocation.ts';
import { explain, runVerb } from './session.ts';
import { EXIT, findVerb, type Globals } from './verb.ts';

/** `taskmasterctl`: resolves with the exit code. */
export async function main(argv: readonly string[], host: Host): Promise<number> {
  const say = (line: string): void => void host.error.write(`${line}\n`);
  if (argv[0] === COMPLETE_WORD) return await (await import('./completion/answer.ts')).answer(argv.slice(1), host);
  try {
    const { globals, help, version, words } = await parseGlobals(argv);
    if (version) return await print(host, `taskmasterctl ${VERSION}\n`);
    if (help) return await printOverview(host);
    if (words.length > 0) return await runCommand(words, globals, host);
    if (host.input.isTerminal) return await printOverview(host);
    const { runScript } = await import('./script.ts');
    return await runScript(host.input.bytes(), { run: line => runCommand(line, globals, host), say });
  } catch (error) {
    return await explain(error, undefined, say);
  }
}

/** Parses and runs one command; what stands before the verb holds unless it is said again behind it. */
async function runCommand(words: readonly string[], globals: Globals, host: Host): Promise<number> {
  const say = (line: string): void => void host.error.write(`${line}\n`);
  try {
    const invocation = await parseVerb(COMMAND_VERBS, words);
    return await runVerb({ ...invocation, globals: { ...globals, ...invocation.globals } }, COMMAND_VERBS, host);
  } catch (error) {
    if (!(error instanceof UnknownVerbError)) return await explain(error, findVerb(COMMAND_VERBS, words[0] ?? ''), say);
    const { unknownVerb } = await import('./suggest.ts');
    say(unknownVerb(COMMAND_VERBS, error.message));
    return EXIT.unknown;
  }
}

async function print(host: Host, text: string): Promise<number> {
  await host.output.write(text);
  return EXIT.done;
}

async function printOverview(host: Host): Promise<number> {
  const { overview } = await import('./usage.ts');
  return print(host, overview(COMMAND_VERBS));
}
