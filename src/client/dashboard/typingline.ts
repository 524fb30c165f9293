import { completeLine } from '../completion/complete.ts';
import { type Edited, type EditorState, newEditor, withCompletion } from '../line/editor.ts';
import type { Completion, Line } from '../line/line.ts';
import { type Board, type Step, stay } from './board.ts';
import { runLine } from './commanding.ts';
import { endedSearch, withSearchLine } from './historymode.ts';

/** `:` and `/`: a line is typed in place of the footer. */
export function openCommand(board: Board): Board {
  return withEditor({ ...board, mode: commandMode(newEditor(board.typed)) }, newEditor(board.typed, board.editor));
}

export function openFilter(board: Board): Board {
  const line: Line = { text: board.filter, cursor: board.filter.length };
  const editor: EditorState = { ...newEditor([]), line };
  return { ...board, editor, before: board.selected, mode: { kind: 'filter', line, before: board.filter } };
}

/** What a key or a paste made of the line that is being typed. */
export function withEdited(board: Board, { state, outcome }: Edited): Step {
  const next = withEditor(board, state);
  const ring = { kind: 'ring' } as const;
  switch (outcome) {
    case 'accepted':
      return endLine(next, true);
    case 'cancelled':
    case 'end':
      return endLine(next, false);
    case 'complete':
      return complete(next, state);
    case 'bell':
      return stay(next, ring);
    case 'redraw':
      return stay(next, { kind: 'redraw' });
    case 'edited':
      // A paste of several lines is one line here: what a terminal pasted is not to be run unseen.
      return stay(state.line.text.includes('\n') ? withEditor(next, oneLine(state)) : next);
  }
}

/** Enter, or giving it up. */
export function endLine(board: Board, isAccepted: boolean): Step {
  const { mode, editor } = board;
  switch (mode.kind) {
    case 'history':
      return endedSearch(board, isAccepted);
    case 'filter': {
      const over: Board = { ...board, mode: { kind: 'normal' }, editor: undefined };
      if (isAccepted) return stay(over);
      return stay({ ...over, filter: mode.before, selected: board.before });
    }
    case 'command': {
      const line = mode.line.text.trim();
      const over: Board = { ...board, mode: { kind: 'normal' }, editor };
      if (!isAccepted || line === '') return stay(over);
      const typed = over.typed.at(-1) === line ? over.typed : [...over.typed, line];
      const { model, effects } = runLine({ ...over, typed }, expanded(line, board.typed));
      return { model, effects: [{ kind: 'remember', line }, ...effects] };
    }
    default:
      return stay(board);
  }
}

/** `!!` is the line before, as in the shell. */
function expanded(line: string, typed: readonly string[]): string {
  return line.replaceAll('!!', typed.at(-1) ?? '!!');
}

function complete(board: Board, state: EditorState): Step {
  if (board.mode.kind !== 'command') return stay(board, { kind: 'ring' });
  const completion = completionOf(board, state.line);
  const next = withEditor(board, withCompletion(state, completion));
  return completion.candidates.length === 0 ? stay(next, { kind: 'ring' }) : stay(next);
}

/** What the line may go on with, as the shell has it: processes and all from what is shown. */
function completionOf(board: Board, line: Line): Completion {
  const processes = board.rows.map(({ info: { name, group, state } }) => ({ name, group, state }));
  return completeLine(line, {
    verbs: board.verbs,
    processes,
    programs: [...new Set(board.rows.map(({ info }) => info.program))],
    alerts: board.alerts,
    aliases: [],
  });
}

function withEditor(board: Board, editor: EditorState): Board {
  const { mode } = board;
  switch (mode.kind) {
    case 'filter':
      return { ...board, editor, filter: editor.line.text, mode: { ...mode, line: editor.line } };
    case 'command':
      return { ...board, editor, mode: commandMode(editor) };
    case 'history':
      return withSearchLine(board, editor);
    default:
      return board;
  }
}

function commandMode({ line, completion, search }: EditorState): Extract<Board['mode'], { kind: 'command' }> {
  return { kind: 'command', line, completion, search: search?.pattern };
}

function oneLine(state: EditorState): EditorState {
  const text = state.line.text.replaceAll('\n', ' ');
  return { ...state, line: { text, cursor: Math.min(state.line.cursor, text.length) } };
}
