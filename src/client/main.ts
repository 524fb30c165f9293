import { VERSION } from '../protocol/version.ts';
import { COMMAND_VERBS, VERBS } from './commands/table.ts';
import type { Host } from './host.ts';
import { parseGlobals } from './invocation.ts';
import { COMPLETE_WORD } from './options.ts';
import { explain, runWords } from './session.ts';
import { EXIT, type Session } from './verb.ts';

/** `taskmasterctl`: resolves with the exit code. */
export async function main(argv: readonly string[], host: Host): Promise<number> {
  const say = (line: string): void => void host.error.write(`${line}\n`);
  if (argv[0] === COMPLETE_WORD) return await (await import('./completion/answer.ts')).answer(argv.slice(1), host);
  try {
    const { globals, help, version, readOnly, words } = await parseGlobals(argv);
    const session: Session = { host, table: VERBS, place: 'command line', globals, readOnly };
    if (version) return await print(host, `taskmasterctl ${VERSION}\n`);
    if (help) return await printOverview(host);
    if (words.length > 0) return await runWords(words, session);
    if (!host.input.isTerminal) return await runPiped(session);
    if (!host.output.isTerminal) return await printOverview(host);
    return await runWords([faceFor(host.env), ...(readOnly ? ['--read-only'] : [])], session);
  } catch (error) {
    return await explain(error, undefined, say);
  }
}

/** Commands from standard input. */
async function runPiped(session: Session): Promise<number> {
  const { runSession } = await import('./script.ts');
  return await runSession(session);
}

/** What opens without a command: a terminal that cannot place its cursor has no dashboard. */
function faceFor({ TERM = '' }: Host['env']): 'dashboard' | 'shell' {
  return TERM === '' || TERM === 'dumb' ? 'shell' : 'dashboard';
}

async function print(host: Host, text: string): Promise<number> {
  await host.output.write(text);
  return EXIT.done;
}

async function printOverview(host: Host): Promise<number> {
  const { overview } = await import('./usage.ts');
  return print(host, overview(COMMAND_VERBS));
}
