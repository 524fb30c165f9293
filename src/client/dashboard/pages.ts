import type { Action } from './bindings.ts';
import { type Board, type CommandRun, type Step, stay, told } from './board.ts';
import { innerOf, layoutOf } from './layout.ts';
import type { Page } from './model.ts';

/** Lines of a page that are kept: of a log that is followed the last ones. */
export const MOST_LINES = 5000;

export function openPage(board: Board, page: Page, run?: number): Board {
  const { mode } = board;
  const under = mode.kind === 'page' ? board.under : mode.kind === 'history' ? mode : undefined;
  // That a command runs is told by its page from here on.
  const notice = board.notice?.tone === 'busy' ? undefined : board.notice;
  return { ...board, under, notice, mode: { kind: 'page', page }, pageRun: run };
}

/** Closes the page, and ends the command that it shows the output of. */
export function closePage(board: Board): Step {
  const { pageRun, under } = board;
  const closed: Board = { ...board, mode: under ?? { kind: 'normal' }, under: undefined, pageRun: undefined };
  if (pageRun === undefined || !board.runs.has(pageRun)) return stay(closed);
  const runs = new Map(board.runs);
  runs.delete(pageRun);
  return stay({ ...closed, runs }, { kind: 'cancel', run: pageRun });
}

export function actInPage(board: Board, action: Action): Step {
  if (board.mode.kind !== 'page') return stay(board);
  const rows = pageRows(board);
  const steps: Partial<Record<Action, number>> = {
    up: -1,
    down: 1,
    first: -MOST_LINES,
    last: MOST_LINES,
    'half page up': -Math.ceil(rows / 2),
    'half page down': Math.ceil(rows / 2),
    'page up': -Math.max(1, rows - 1),
    'page down': Math.max(1, rows - 1),
  };
  const by = steps[action];
  if (by !== undefined) return stay(scrolledPage(board, by));
  return action === 'close' ? closePage(board) : stay(board);
}

export function scrolledPage(board: Board, by: number): Board {
  const { mode } = board;
  if (mode.kind !== 'page') return board;
  const top = bounded(mode.page.top + by, mode.page.lines.length, pageRows(board));
  return top === mode.page.top ? board : { ...board, mode: { ...mode, page: { ...mode.page, top } } };
}

/** A command printed: to its page, which opens with its second line, or to the notice. */
export function withPrinted(board: Board, id: number, printed: readonly string[]): Board {
  const run = board.runs.get(id);
  if (run === undefined || printed.length === 0) return board;
  const lines = [...run.lines, ...printed].slice(-MOST_LINES);
  const more: CommandRun = { ...run, lines };
  const next: Board = { ...board, runs: new Map(board.runs).set(id, more) };
  if (board.pageRun === id) return withPageLines(next, more);
  if (lines.length < 2 || run.isBrief || !mayOpen(board)) return next;
  return openPage(next, { title: run.line, lines, top: 0, isFollowed: run.isFollowed }, id);
}

/** A command is over: what it printed is a notice where it is a line or none. */
export function withRunOver(board: Board, id: number, code: number): Board {
  const run = board.runs.get(id);
  if (run === undefined) return board;
  const runs = new Map(board.runs);
  runs.delete(id);
  const next: Board = { ...board, runs };
  if (board.pageRun === id) return endedPage({ ...next, pageRun: undefined, notice: undefined }, run);
  const [first, ...others] = run.isBrief ? inShort(run) : run.lines;
  const tone = code === 0 ? 'good' : 'bad';
  if (first === undefined) return told(next, code === 0 ? `${run.line}: done` : `${run.line}: exit code ${code}`, tone);
  const more = others.length === 0 ? '' : ` (and ${others.length} more lines: :${run.line})`;
  return told(next, `${withoutColour(first)}${more}`, tone);
}

/** One line for many, of which a restart has two a process: what failed, or how many it worked for. */
function inShort({ line, lines }: CommandRun): readonly string[] {
  const failures = lines.filter(text => text.includes('ERROR'));
  if (failures.length > 0) return [failures.map(withoutColour).join('; ')];
  const names = new Set(lines.map(text => withoutColour(text).split(': ')[0]));
  return names.size < 2 ? lines.slice(-1) : [`${line}: done for ${names.size}`];
}

/** Nothing more comes. */
function endedPage(board: Board, run: CommandRun): Board {
  const { mode } = board;
  if (mode.kind !== 'page' || run.lines.length > 0) return board;
  return { ...board, mode: { ...mode, page: { ...mode.page, lines: ['nothing was printed'] } } };
}

/** A page that follows goes on to the end when the end was what was shown. */
function withPageLines(board: Board, { lines, isFollowed }: CommandRun): Board {
  const { mode } = board;
  if (mode.kind !== 'page') return board;
  const rows = pageRows(board);
  const { page } = mode;
  const wasAtEnd = page.top >= Math.max(0, page.lines.length - rows);
  const top = bounded(isFollowed && wasAtEnd ? lines.length : page.top, lines.length, rows);
  return { ...board, mode: { ...mode, page: { ...page, lines, top } } };
}

/** Keeps what is shown within the lines, after a resize for one. */
export function clampedPage(board: Board): Board {
  return scrolledPage(board, 0);
}

/** Whoever types or looks at a history is not interrupted. */
function mayOpen({ mode, pageRun }: Board): boolean {
  return mode.kind === 'normal' || (mode.kind === 'page' && pageRun === undefined);
}

function pageRows(board: Board): number {
  const { overlay } = layoutOf(board);
  return overlay === undefined ? 1 : Math.max(1, innerOf(overlay).rows);
}

function bounded(top: number, count: number, rows: number): number {
  return Math.min(Math.max(0, top), Math.max(0, count - rows));
}

/** Text without SGR sequences, for the notice, which has a colour of its own. */
export function withoutColour(text: string): string {
  return text.replace(/\x1b\[[\d;:]*m/g, '');
}
