import { basename } from 'node:path';
import { BOTH_OPTIONS, DAEMON_OPTIONS } from '../../core/daemonoptions.ts';
import { realClock } from '../../runtime/clock.ts';
import { locate } from '../address.ts';
import { createApi } from '../api.ts';
import { COMMAND_VERBS } from '../commands/table.ts';
import { Connection } from '../connection.ts';
import type { Host } from '../host.ts';
import { GLOBAL_OPTIONS, nameOf, VERSION_OPTION } from '../options.ts';
import type { Option } from '../verb.ts';
import { bashCandidates } from './bashwords.ts';
import { completeWord } from './complete.ts';
import { atHome, filesIn } from './directory.ts';
import { kindOf, slotOf, whereabouts } from './slot.ts';
import type { Suggestion } from './suggestion.ts';
import type { World } from './world.ts';

/** How long a person at Tab waits for a daemon, in milliseconds; one that is alive answers within a few. */
const ANSWER_WITHIN = 300;

/**
 * Answers a shell of the user's that was asked to complete: `-- WORD…` are the words from the command's name to the one at
 * the cursor, and each line of the answer is a word, a tab and what it is; a word that ends with `/`, `:` or `=` goes on.
 * `--bash LINE WORD TYPE` are bash's variables, and the answer is what it wants in COMPREPLY.
 *
 * Whatever goes wrong is nobody's business at this moment: then it offers what it knows without a daemon, or nothing.
 */
export async function answer(words: readonly string[], host: Host): Promise<number> {
  const [mode, ...rest] = words;
  const [line = '', current = '', type = ''] = rest;
  const text =
    mode === '--bash'
      ? await bashCandidates({ line, current, type }, (before, word) => complete(before, word, host))
      : (await complete(rest.slice(0, -1), rest.at(-1) ?? '', host)).map(({ word, help }) => `${word}\t${help}`);
  await host.output.write(text.map(each => `${each}\n`).join(''));
  return 0;
}

async function complete(
  [command = '', ...before]: readonly string[],
  word: string,
  host: Host,
): Promise<readonly Suggestion[]> {
  const world = worldOf(basename(command).replace(/\.js$/, ''), host);
  return completeWord(before, word, { ...world, ...(await askDaemon(before, { word, world, host })) });
}

/** What is known without a daemon. */
function worldOf(command: string, { cwd, env }: Host): World {
  const files = (directory: string): readonly string[] => filesIn(directory, { cwd, env });
  const world = { verbs: [], processes: [], files };
  if (command === 'taskmasterd') return { ...world, options: DAEMON_OPTIONS.map(withFile) };
  if (command === 'taskmaster') return { ...world, options: BOTH_OPTIONS.map(withFile) };
  return { ...world, verbs: COMMAND_VERBS, options: [...GLOBAL_OPTIONS, VERSION_OPTION] };
}

function withFile(option: Option): Option {
  return nameOf(option.flags) === 'config' ? { ...option, value: 'file' } : option;
}

/** What only the daemon knows, when that is what is wanted. */
async function askDaemon(
  before: readonly string[],
  { word, world, host }: { readonly word: string; readonly world: World; readonly host: Host },
): Promise<Partial<World>> {
  const kind = kindOf(slotOf(before, word, world)) ?? '';
  const ending = new AbortController();
  using _limit = realClock.after(ANSWER_WITHIN, () => ending.abort());
  try {
    const { config, socket } = whereabouts(before, world);
    const { env, cwd, uid } = host;
    const address = locate({ config: atHome(config, env), socket: atHome(socket, env), env, cwd, uid });
    const api = createApi(new Connection(address), ending.signal);
    if (kind === 'alert') return { alerts: (await api.call('alerts')).alerts.map(({ name }) => name) };
    if (NAMED.includes(kind)) return await api.call('processes', undefined, { query: { select: [] } });
  } catch {
    // no daemon, another one, a slow one: `status` is where that is told
  }
  return {};
}

/** Kinds of arguments that are made of the names of processes. */
const NAMED = ['selector', 'name', 'program', 'count'];
