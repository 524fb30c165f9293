import { textWidth } from '../../terminal/width.ts';
import { characters } from './graphemes.ts';
import type { Candidate, Completion } from './line.ts';
import { shownAs } from './lineview.ts';

/** Columns between two candidates. */
const GAP = 2;

/** Columns of a label, at most, where explanations stand beside it. */
const LABEL_MOST = 32;

/** How a chosen candidate is told from the others. */
export interface MenuLook {
  readonly cols: number;
  /** Most rows that it may take. */
  readonly rows: number;
  /** Marks the chosen one; without colours a sign does. */
  readonly color: boolean;
}

/**
 * The candidates as rows of text: each with its explanation where there are explanations and room, else in columns. Of more
 * than fit those around the chosen one are shown, and how many there are.
 */
export function menuRows(completion: Completion, chosen: number, look: MenuLook): string[] {
  const { candidates } = completion;
  const isExplained = candidates.some(({ help }) => help !== '') && candidates.length <= look.rows;
  return isExplained ? explained(candidates, chosen, look) : inColumns(candidates, chosen, look);
}

function explained(candidates: readonly Candidate[], chosen: number, look: MenuLook): string[] {
  const widest = Math.min(LABEL_MOST, Math.max(...candidates.map(candidate => textWidth(labelOf(candidate)))));
  return candidates.map((candidate, i) => {
    const label = padded(labelOf(candidate), widest);
    const rest = look.cols - 2 - widest - GAP;
    const help = rest > 0 ? cropped(candidate.help, rest) : '';
    return marked(cropped(label, look.cols - 2), i === chosen, look) + (help === '' ? '' : `${' '.repeat(GAP)}${help}`);
  });
}

function inColumns(candidates: readonly Candidate[], chosen: number, look: MenuLook): string[] {
  const labels = candidates.map(labelOf);
  const width = Math.min(look.cols - 2, Math.max(...labels.map(textWidth)));
  const columns = Math.max(1, Math.floor((look.cols + GAP) / (width + 2 + GAP)));
  const rows = Math.ceil(labels.length / columns);
  const isCut = rows > look.rows;
  const room = Math.max(1, isCut ? look.rows - 1 : look.rows);
  const chosenRow = chosen === -1 ? 0 : chosen % rows;
  const from = Math.max(0, Math.min(chosenRow - room + 1, rows - room));
  const shown = Array.from({ length: Math.min(room, rows) }, (_, i) => {
    const cells: string[] = [];
    for (let at = from + i; at < labels.length; at += rows) {
      cells.push(marked(padded(cropped(labels[at] ?? '', width), width), at === chosen, look));
    }
    return cells.join(' '.repeat(GAP)).trimEnd();
  });
  return isCut ? [...shown, `… ${candidates.length} in all`.slice(0, look.cols)] : shown;
}

function labelOf({ label, text }: Candidate): string {
  return [...characters(label ?? text)].map(({ text: character }) => shownAs(character)).join('');
}

/** One that is not chosen stands where the sign would. */
function marked(text: string, isChosen: boolean, { color }: MenuLook): string {
  if (color) return isChosen ? `\x1b[7m ${text} \x1b[27m` : ` ${text} `;
  return isChosen ? `>${text} ` : ` ${text} `;
}

function padded(text: string, width: number): string {
  return text + ' '.repeat(Math.max(0, width - textWidth(text)));
}

function cropped(text: string, width: number): string {
  let [kept, used] = ['', 0];
  for (const { text: character } of characters(text)) {
    used += textWidth(character);
    if (used > width) break;
    kept += character;
  }
  return kept;
}
