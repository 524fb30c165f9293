import type { Action } from './bindings.ts';
import { type Board, type Step, stay, told } from './board.ts';
import { begin, beginLog, cancelLast, runWords } from './commanding.ts';
import { paneOf } from './consoles.ts';
import { helpPage } from './help.ts';
import { actInHistory, copy, openHistory } from './historymode.ts';
import { consoleName, folded, movedInTable, movedInTiles } from './moving.ts';
import { actInPage, openPage } from './pages.ts';
import { scrolledEvents } from './pointing.ts';
import { chosenProcess } from './selection.ts';
import { openCommand, openFilter } from './typingline.ts';

/** Lines that a log begins with: some screens to scroll back through. */
const LOG_LINES = 1000;

/** What an action does, once it is known that it can. */
export function act(board: Board, action: Action): Step {
  switch (action) {
    case 'help':
      return stay(openPage(board, helpPage(board.size.cols)));
    case 'redraw':
      return stay(board, { kind: 'redraw' });
    case 'suspend':
      return stay(board, { kind: 'suspend' });
    default:
  }
  switch (board.mode.kind) {
    case 'history':
      return actInHistory(board, action);
    case 'page':
      return actInPage(board, action);
    case 'confirm':
      return answered(board, board.mode.command, action === 'yes');
    default:
      return actInPanes(board, action);
  }
}

/** What was asked about is done, or left. */
function answered(board: Board, command: readonly string[], isYes: boolean): Step {
  const closed: Board = { ...board, mode: board.under ?? { kind: 'normal' }, under: undefined };
  return isYes ? begin(closed, command, { isBrief: board.isBrief }) : stay(told(closed, 'nothing was done'));
}

function actInPanes(board: Board, action: Action): Step {
  const process = chosenProcess(board)?.info.name;
  switch (action) {
    case 'start':
    case 'stop':
    case 'restart':
      return runWords(board, [action, process ?? `${board.selected?.name}:*`], { isBrief: true });
    case 'attach':
      return process === undefined ? stay(folded(board, 'other')) : attach(board, process);
    case 'type':
      return process === undefined ? stay(board) : typeInto(board, process);
    case 'history':
      return process === undefined ? stay(board) : openHistory(shown(board, process), process, 0);
    case 'history page': {
      if (process === undefined) return stay(board);
      const roomy = shown(board, process);
      return openHistory(roomy, process, pageOf(roomy, process));
    }
    case 'copy screen':
      return copyScreen(board);
    case 'log':
      return process === undefined
        ? stay(board)
        : beginLog(board, ['tail', '-f', '-n', String(LOG_LINES), process], `${process}: what it printed`);
    case 'daemon log':
      return beginLog(board, ['log', '-f', '-n', String(LOG_LINES)], "the daemon's log");
    case 'tiles':
      return stay({ ...board, screenful: board.screenful === 'tiles' ? 'list' : 'tiles', isZoomed: false });
    case 'zoom':
      return stay({ ...board, isZoomed: !board.isZoomed });
    case 'filter':
      return stay(openFilter(board));
    case 'command':
      return stay(openCommand(board));
    case 'events up':
      return stay(scrolledEvents(board, 1));
    case 'events down':
      return stay(scrolledEvents(board, -1));
    case 'fold':
      return stay(folded(board, 'other'));
    case 'escape':
      return stay(escaped(board));
    case 'interrupt':
      return cancelLast(board) ?? stay(told(board, 'q leaves the dashboard; programs run on'));
    case 'leave':
      return stay(board, { kind: 'leave' });
    default:
      return stay(moved(board, action));
  }
}

/** The program gets the terminal. Who may not change anything only watches. */
function attach(board: Board, name: string): Step {
  const words = board.readOnly ? ['attach', '--read-only', name] : ['attach', name];
  return stay(board, { kind: 'hand over', words, title: `attach ${name}` });
}

function typeInto(board: Board, name: string): Step {
  return stay({ ...shown(board, name), mode: { kind: 'typing', name } });
}

/** Where there is no room for the console beside the table, it gets all of it. */
function shown(board: Board, name: string): Board {
  return paneOf(board, name) === undefined ? { ...board, isZoomed: true } : board;
}

/** PgUp means a page at once. */
function pageOf(board: Board, name: string): number {
  return Math.max(1, (paneOf(board, name)?.rows ?? 2) - 1);
}

function copyScreen(board: Board): Step {
  const name = consoleName(board);
  const console = name === undefined ? undefined : board.consoles.get(name);
  if (name === undefined || console === undefined) return stay(told(board, 'no console is shown'), { kind: 'ring' });
  const text = console.lines
    .map(spans =>
      spans
        .map(span => span.text)
        .join('')
        .trimEnd(),
    )
    .join('\n');
  return copy(board, `${text.trimEnd()}\n`, name);
}

/** One thing after the other: the zoom, then the tiles, then the filter. */
function escaped(board: Board): Board {
  if (board.isZoomed) return { ...board, isZoomed: false };
  if (board.screenful === 'tiles') return { ...board, screenful: 'list' };
  return { ...board, filter: '', notice: undefined };
}

function moved(board: Board, action: Action): Board {
  if (board.screenful === 'tiles') return movedInTiles(board, action);
  if (action === 'left') return folded(board, true);
  if (action === 'right') return folded(board, false);
  return movedInTable(board, action);
}
