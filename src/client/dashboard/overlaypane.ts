import { keysFor } from './bindings.ts';
import { innerOf } from './layout.ts';
import type { Model, Page } from './model.ts';
import type { Pane } from './pane.ts';
import { type Piece, piece, wrapped } from './piece.ts';
import type { Rect } from './rect.ts';
import { spansOfSgr } from './sgrspans.ts';
import type { Theme } from './theme.ts';

/** A page or a question over the panes; undefined when the mode has none. */
export function overlayPane(model: Model, rect: Rect, theme: Theme): Pane | undefined {
  const { mode } = model;
  if (mode.kind === 'page') return pagePane(mode.page, rect, theme);
  return mode.kind === 'confirm' ? questionPane(model, mode.question, { rect, theme }) : undefined;
}

function pagePane(page: Page, rect: Rect, theme: Theme): Pane {
  const { rows } = innerOf(rect);
  const { lines } = page;
  const shown = lines.slice(page.top, page.top + rows);
  const isWhole = lines.length <= rows;
  const isAtEnd = page.top + rows >= lines.length;
  return {
    rect,
    border: theme.borderHistory,
    title: [piece(` ${page.title} `, theme.strong)],
    ...(!isWhole && {
      corner: [piece(` ${page.top + 1}-${page.top + shown.length} of ${lines.length} `, theme.dim)],
    }),
    ...(page.isFollowed && isAtEnd && { foot: [piece(' what comes is shown ', theme.dim)] }),
    rows: shown.map(line => [piece(' '), ...spansOfSgr(line)]),
  };
}

function questionPane(model: Model, question: string, { rect, theme }: { rect: Rect; theme: Theme }): Pane {
  const { rows, cols } = innerOf(rect);
  const lines = wrapped(question, cols - 2).slice(0, Math.max(1, rows - 2));
  const answers: Piece[] = keysFor(model).flatMap(({ key, label }) => [
    piece(` ${key} `, theme.key),
    piece(`${label}  `),
  ]);
  return {
    rect,
    border: theme.borderDanger,
    title: [piece(' really? ', theme.borderDanger)],
    rows: [...lines.map(line => [piece(` ${line}`)]), ...(rows > lines.length + 1 ? [[]] : []), answers],
  };
}
