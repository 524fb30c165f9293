import { select } from '../../core/selector.ts';
import { STOPPED_STATES } from '../../core/status.ts';
import { joinWords, splitWords } from '../../core/words.ts';
import { longOf, nameOf, shortOf } from '../options.ts';
import { isChange, refusal } from '../readonly.ts';
import { findVerb, type Verb } from '../verb.ts';
import { type Board, type CommandRun, type Step, stay, told } from './board.ts';
import type { Row } from './model.ts';
import { openPage } from './pages.ts';

/** Verbs that end something: on more than one process they ask. */
const DESTRUCTIVE: readonly string[] = ['stop', 'restart', 'signal', 'clear', 'remove'];

/** Verbs of the shell that mean nothing in a dashboard, and what to do instead. */
const NOT_HERE: Readonly<Record<string, string>> = {
  dashboard: 'this is the dashboard',
  open: 'a dashboard shows one daemon: leave it with q, then taskmasterctl -c FILE shows another',
};

/** Names in a question before it says how many more there are. */
const NAMED = 6;

/** Runs a line that was typed. */
export function runLine(board: Board, line: string): Step {
  const split = splitWords(line);
  if (!split.ok) return stay(told(board, split.problem, 'bad'), { kind: 'ring' });
  return runWords(
    board,
    split.words.map(({ text }) => text),
  );
}

/** How what a command led to is told. */
export interface Manner {
  readonly isBrief?: boolean;
}

/** Runs a command, asks before one that ends more than one process, and refuses one that this dashboard may not. */
export function runWords(board: Board, words: readonly string[], { isBrief = false }: Manner = {}): Step {
  const [name = '', ...rest] = words;
  if (name === '') return stay(board);
  const verb = findVerb(board.verbs, name);
  if (verb?.name === 'exit') return stay(board, { kind: 'leave' });
  const instead = verb && NOT_HERE[verb.name];
  if (instead !== undefined) return stay(told(board, instead), { kind: 'ring' });
  if (verb !== undefined && board.readOnly && isChange(verb, argumentsOf(verb, rest))) {
    return stay(told(board, refusal(verb), 'bad'), { kind: 'ring' });
  }
  const question = verb === undefined ? undefined : questionFor(board, verb, rest);
  if (question === undefined) return begin(board, words, { isBrief });
  const under = board.mode.kind === 'history' ? board.mode : undefined;
  return stay({ ...board, under, isBrief, mode: { kind: 'confirm', question, command: words } });
}

/** Runs it without a question: it has been answered, or there was none. */
export function begin(board: Board, words: readonly string[], { isBrief = false }: Manner = {}): Step {
  const verb = findVerb(board.verbs, words[0] ?? '');
  const line = joinWords(words);
  if (verb?.name === 'attach') return stay(board, { kind: 'hand over', words, title: line });
  const isFollowed = words.includes('-f') || words.includes('--follow');
  return beginRun(board, words, { line, isFollowed, isBrief });
}

/** A page that goes on with what comes, until it is closed. */
export function beginLog(board: Board, words: readonly string[], title: string): Step {
  const { model, effects } = beginRun(board, words, { line: title, isFollowed: true, isBrief: false });
  return {
    model: openPage({ ...model, notice: board.notice }, { title, lines: [], top: 0, isFollowed: true }, board.nextRun),
    effects,
  };
}

function beginRun(board: Board, words: readonly string[], command: Omit<CommandRun, 'lines'>): Step {
  const run = board.nextRun;
  const runs = new Map(board.runs).set(run, { ...command, lines: [] });
  return stay(told({ ...board, runs, nextRun: run + 1 }, `${command.line} …`, 'busy'), { kind: 'run', run, words });
}

/** Ends the command that was begun last; undefined when none runs. */
export function cancelLast(board: Board): Step | undefined {
  const last = [...board.runs.keys()].at(-1);
  const run = last === undefined ? undefined : board.runs.get(last);
  if (last === undefined || run === undefined) return undefined;
  const runs = new Map(board.runs);
  runs.delete(last);
  return stay(told({ ...board, runs }, `${run.line}: cancelled; what it had begun goes on`), {
    kind: 'cancel',
    run: last,
  });
}

/** What is asked before a command is run; undefined for one that may be. */
function questionFor(board: Board, verb: Verb, rest: readonly string[]): string | undefined {
  const words = rest.filter(word => !word.startsWith('-'));
  if (verb.name === 'shutdown') {
    const running = board.rows.filter(isUp);
    return `Stop ${running.length === 0 ? '' : `${listOf(running)} and `}the daemon?`;
  }
  if (verb.name === 'scale') return questionForScale(board, words[0] ?? '');
  if (verb.name === 'reload' && !rest.includes('--dry-run')) {
    return 'Read the config again and apply it? It may stop and restart processes; `reread` shows which.';
  }
  if (!DESTRUCTIVE.includes(verb.name)) return undefined;
  const chosen = chosenBy(board, verb.name === 'signal' ? words.slice(1) : words, verb.name === 'remove');
  const affected = verb.name === 'stop' || verb.name === 'signal' ? chosen.filter(isUp) : chosen;
  if (affected.length < 2) return undefined;
  const what =
    verb.name === 'signal' ? `Send ${words[0] ?? ''} to` : verb.name.charAt(0).toUpperCase() + verb.name.slice(1);
  return `${what} ${listOf(affected)}?`;
}

/** Fewer processes of a program: which are too many is the daemon's to say, but how many is known. */
function questionForScale(board: Board, word: string): string | undefined {
  const [program = '', count = ''] = word.split('=');
  const running = board.rows.filter(row => row.info.program === program && isUp(row)).length;
  const surplus = running - Number(count);
  return surplus > 1 ? `Stop ${surplus} of the ${running} processes of ${program}?` : undefined;
}

/** `byProgram`: the names are those of programs and groups. */
function chosenBy(board: Board, selectors: readonly string[], byProgram: boolean): readonly Row[] {
  if (byProgram)
    return board.rows.filter(({ info }) => selectors.includes(info.program) || selectors.includes(info.group));
  const named = board.rows.map(row => {
    const { name, group, process, program } = row.info;
    return { row, fullname: name, group, name: process, program };
  });
  return select(named, selectors).selected.map(({ row }) => row);
}

function isUp({ info }: Row): boolean {
  return info.pid !== null || !STOPPED_STATES.includes(info.state);
}

function listOf(rows: readonly Row[]): string {
  const names = rows.slice(0, NAMED).map(({ info }) => info.name);
  const more = rows.length > names.length ? ` and ${rows.length - names.length} more` : '';
  return rows.length === 1 ? names.join('') : `${rows.length} processes: ${names.join(', ')}${more}`;
}

/** The words as a verb would get them, as far as it matters for whether it changes anything. */
function argumentsOf(verb: Verb, words: readonly string[]): Parameters<typeof isChange>[1] {
  const options: Record<string, boolean> = {};
  for (const { flags } of verb.options) {
    if (words.includes(longOf(flags)) || words.includes(shortOf(flags) ?? longOf(flags))) options[nameOf(flags)] = true;
  }
  return { words: words.filter(word => !word.startsWith('-')), options };
}
