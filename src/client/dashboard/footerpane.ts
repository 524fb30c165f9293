import { textWidth } from '../../terminal/width.ts';
import type { Candidate, Completion, Line } from '../line/line.ts';
import { keysFor } from './bindings.ts';
import type { Model } from './model.ts';
import type { Pane, Spot } from './pane.ts';
import { cut, fitted, type Look, type Piece, piece, shownText, widthOfPieces } from './piece.ts';
import type { Rect } from './rect.ts';
import type { Theme } from './theme.ts';

export interface FooterScene {
  /** The footer, and what a line that is being typed shows above it. */
  readonly panes: readonly Pane[];
  readonly cursor: Spot | undefined;
}

/** The last line: what is being typed, else what is to be said, else which keys there are. */
export function footerScene(model: Model, rect: Rect, theme: Theme): FooterScene {
  const typed = typedLine(model, theme);
  if (!typed) return { panes: [{ rect, rows: [noticeLine(model, rect.cols, theme)] }], cursor: undefined };
  const { prompt, line, completion } = typed;
  const keys = keyPieces(model, Math.floor(rect.cols / 3), theme);
  const { text, cursor, from } = windowOf(
    line,
    Math.max(1, rect.cols - widthOfPieces(prompt) - widthOfPieces(keys) - 1),
  );
  const used = widthOfPieces(prompt) + textWidth(text);
  const gap = Math.max(0, rect.cols - used - widthOfPieces(keys));
  const row = [...prompt, piece(text), piece(' '.repeat(gap)), ...keys];
  const at = widthOfPieces(prompt) + cursor;
  const popup = completion && candidatesPane(completion, { line, rect, at: at - cursor - from, theme });
  return {
    panes: [{ rect, rows: [row] }, ...(popup ? [popup] : [])],
    cursor: { x: Math.min(rect.x + at, rect.x + rect.cols - 1), y: rect.y },
  };
}

interface Typed {
  readonly prompt: readonly Piece[];
  readonly line: Line;
  readonly completion: Completion | undefined;
}

function typedLine({ mode }: Model, { accent, dim }: Theme): Typed | undefined {
  switch (mode.kind) {
    case 'filter':
      return { prompt: [piece('/', accent)], line: mode.line, completion: undefined };
    case 'command': {
      if (mode.search === undefined)
        return { prompt: [piece(':', accent)], line: mode.line, completion: mode.completion };
      return { prompt: [piece(`search '${mode.search}': `, dim)], line: mode.line, completion: undefined };
    }
    case 'history': {
      const { typing } = mode.history;
      return (
        typing && { prompt: [piece(typing.isBackward ? '?' : '/', accent)], line: typing.line, completion: undefined }
      );
    }
    default:
      return undefined;
  }
}

interface Window {
  readonly text: string;
  /** Where the cursor is in it, in columns. */
  readonly cursor: number;
  /** Columns that are left out before it. */
  readonly from: number;
}

/** As much of a line as there is room for: its beginning, while the cursor is seen in it. */
function windowOf({ text, cursor }: Line, cols: number): Window {
  const before = shownText(text.slice(0, cursor));
  const shown = shownText(text);
  const column = textWidth(before);
  if (column < cols) return { text: cut(shown, cols, ''), cursor: column, from: 0 };
  let skipped = 0;
  let at = 0;
  for (const char of before) {
    if (column - skipped < cols) break;
    skipped += textWidth(char);
    at += char.length;
  }
  return { text: cut(shown.slice(at), cols, ''), cursor: column - skipped, from: skipped };
}

function noticeLine(model: Model, cols: number, theme: Theme): Piece[] {
  const { notice } = model;
  if (!notice) return keyPieces(model, cols, theme);
  const text = cut(` ${notice.text}`, cols, theme.glyphs.more);
  const rest = cols - textWidth(text) - NOTICE_GAP;
  const keys = rest > 0 ? keyPieces(model, rest, theme) : [];
  const gap = Math.max(0, cols - textWidth(text) - widthOfPieces(keys));
  return [piece(text, theme.tones[notice.tone]), piece(' '.repeat(gap)), ...keys];
}

const NOTICE_GAP = 3;

/** As many keys as there is room for; those that can do nothing now are dim, or left out where nothing can be dim. */
function keyPieces(model: Model, cols: number, theme: Theme): Piece[] {
  const pieces: Piece[] = [];
  const isColoured = theme.dim !== theme.footer && Object.keys(theme.keyOff).length > 0;
  let left = cols - 1;
  const keys = keysFor(model).filter(({ key, isOff }) => key !== '' && (isColoured || !isOff));
  // The last two, help and leaving, are there whatever room there is.
  const [others, last] = [keys.slice(0, -KEPT_KEYS), keys.slice(-KEPT_KEYS)];
  const width = ({ key, label }: { key: string; label: string }): number => textWidth(key) + 1 + textWidth(label) + 2;
  const kept = last.reduce((sum, key) => sum + width(key), 0);
  const shown: (typeof keys)[number][] = [];
  let free = left - kept;
  for (const key of others) {
    if (width(key) > free) break;
    free -= width(key);
    shown.push(key);
  }
  for (const key of [...shown, ...last]) {
    if (width(key) > left + 2) break;
    left -= width(key);
    const look: Look = key.isOff ? theme.keyOff : theme.key;
    pieces.push(
      piece(` ${key.key}`, look),
      piece(` ${key.label}`, key.isOff ? theme.keyOff : theme.footer),
      piece(' '),
    );
  }
  return pieces;
}

const KEPT_KEYS = 2;

/** Candidates that are shown at once. */
const MOST_CANDIDATES = 10;

interface PopupPlace {
  readonly line: Line;
  readonly rect: Rect;
  /** The column in which the line begins. */
  readonly at: number;
  readonly theme: Theme;
}

/** What a word could become, above the line, below each other where the word begins. */
function candidatesPane({ from, to, candidates }: Completion, { line, rect, at, theme }: PopupPlace): Pane | undefined {
  const most = Math.min(MOST_CANDIDATES, rect.y - 3);
  if (candidates.length < 2 || most < 1) return undefined;
  const word = line.text.slice(from, to);
  const current = Math.max(
    0,
    candidates.findIndex(candidate => candidate.text === word),
  );
  const top = Math.max(0, Math.min(current - (most >> 1), candidates.length - most));
  const shown = candidates.slice(top, top + most);
  const labels = Math.max(...shown.map(candidate => textWidth(labelOf(candidate))));
  const helps = Math.max(...shown.map(({ help }) => textWidth(help)));
  const cols = Math.min(rect.cols, labels + (helps > 0 ? helps + 2 : 0) + 4);
  const x = Math.max(0, Math.min(at + textWidth(line.text.slice(0, from)) - 2, rect.cols - cols));
  const rows = shown.map(candidate => {
    const isCurrent = candidate.text === word;
    const label = piece(` ${fitted(labelOf(candidate), labels, theme.glyphs.more)} `, isCurrent ? theme.key : {});
    const help = piece(fitted(candidate.help, Math.max(0, cols - labels - 4), theme.glyphs.more), theme.dim);
    return isCurrent ? [label, help].map(one => ({ ...one, ...theme.bar })) : [label, help];
  });
  return {
    rect: { x, y: rect.y - shown.length - 2, cols, rows: shown.length + 2 },
    border: theme.border,
    ...(candidates.length > shown.length && { corner: [piece(` ${candidates.length} `, theme.dim)] }),
    rows,
  };
}

function labelOf({ label, text }: Candidate): string {
  return shownText(label ?? text);
}
