/** The control sequences that act on the cells of a line, or on the cursor within it. */
import type { TextRow } from './textrow.ts';

/** The farthest column that a movement leads to; the widest terminal of a config. A cursor sent to column 9999 stays at the edge. */
export const MAX_COLUMN = 999;

export interface Edit {
  /** At least 1. */
  readonly count: number;
  readonly isInserting: boolean;
  /** A character came right before: else there is none to repeat. */
  readonly hasPrinted: boolean;
}

/** Does to the row what `CSI count final` says. */
export function editRow(row: TextRow, final: string, { count, isInserting, hasPrinted }: Edit): void {
  const farthest = Math.max(MAX_COLUMN, row.end);
  switch (final) {
    case '@':
      row.insert(count);
      break;
    case 'P':
      row.delete(count);
      break;
    case 'X':
      row.erase(row.x, count);
      break;
    case 'C':
    case 'a':
      row.x = Math.max(row.x, Math.min(row.x + count, farthest));
      break;
    case 'D':
      row.x = Math.max(0, row.x - count);
      break;
    case 'G':
    case '`':
      row.x = Math.min(count - 1, farthest);
      break;
    case 'I':
      if (row.x < MAX_COLUMN) row.moveByTabs(Math.min(count, (MAX_COLUMN - row.x) >> 3));
      break;
    case 'Z':
      row.moveByTabs(-count);
      break;
    case 'b':
      if (hasPrinted) row.repeat(count, MAX_COLUMN, isInserting);
      break;
  }
}
