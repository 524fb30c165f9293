// @ts-check
import { isReached, ratioOf, SUBJECT } from './row.mjs';

/** @import {Row, Unit} from './row.mjs' */

/** Digits that are worth reading of a figure of which another run gives the second digit anew. */
const DIGITS = 3;

/**
 * The rows as lines of text, a column a subject.
 * @param {readonly Row[]} rows
 * @param {readonly string[]} subjects in the order of their columns
 */
export function formatTable(rows, subjects) {
  const head = ['', ...subjects, 'ratio', 'goal', ''];
  const lines = rows.map(row => [
    row.what,
    ...subjects.map(subject => formatFigure(row.figures[subject], row.unit)),
    formatRatio(ratioOf(row)),
    formatGoal(row),
    formatVerdict(isReached(row)),
  ]);
  const cells = [head, ...lines];
  const widths = head.map((_, column) => Math.max(...cells.map(line => line[column]?.length ?? 0)));
  return cells
    .map(line => line.map((cell, at) => pad(cell, { width: widths[at] ?? 0, isText: at === 0 })).join('  '))
    .join('\n');
}

/** @param {string} cell @param {{width: number, isText: boolean}} column figures stand to the right */
function pad(cell, { width, isText }) {
  return isText ? cell.padEnd(width) : cell.padStart(width);
}

/** @param {number | undefined} value @param {Unit} unit */
export function formatFigure(value, unit) {
  if (value === undefined) return '-';
  return unit === 'count' ? String(value) : `${round(value)} ${unit}`;
}

/** @param {number | undefined} ratio */
function formatRatio(ratio) {
  return ratio === undefined ? '-' : `${ratio.toFixed(2)} ×`;
}

/** @param {Row} row */
function formatGoal({ goal, unit }) {
  if (!goal) return '';
  if (!('against' in goal)) return `≤ ${formatFigure(goal.most, unit)}`;
  const most = Number.isInteger(goal.most * 10) ? goal.most.toFixed(1) : String(goal.most);
  return `≤ ${most} × ${goal.against}`;
}

/** @param {boolean | undefined} reached */
function formatVerdict(reached) {
  if (reached === undefined) return '';
  return reached ? 'ok' : 'MISSED';
}

/** @param {number} value */
function round(value) {
  return Number(value.toPrecision(DIGITS)).toLocaleString('en', { useGrouping: false, maximumFractionDigits: DIGITS });
}

/**
 * The columns: Taskmaster, then those who were measured, or would have been, in the order given.
 * @param {readonly Row[]} rows
 * @param {readonly string[]} order
 */
export function columnsOf(rows, order) {
  const used = new Set(
    rows.flatMap(row => [
      ...Object.keys(row.figures),
      ...(row.goal && 'against' in row.goal ? [row.goal.against] : []),
    ]),
  );
  return [SUBJECT, ...order.filter(name => name !== SUBJECT && used.has(name))];
}
