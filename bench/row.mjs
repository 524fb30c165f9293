// @ts-check
/**
 * One line of the table: a figure of Taskmaster's with the others' beside it.
 * @typedef {object} Row
 * @property {string} what
 * @property {Unit} unit
 * @property {Record<string, number>} figures by subject; one that is missing was not measured
 * @property {Goal} [goal] a row without one is there to be read
 */

/** @typedef {'s' | 'ms' | 'ms/MB' | 'KB' | 'MB' | 'MB/s' | '%' | 'count'} Unit `count` is exact, and has no sign of its own */

/**
 * `against` another subject's figure times `most`, or `most` in the row's own unit.
 * @typedef {{against: string, most: number} | {most: number}} Goal
 */

export const SUBJECT = 'taskmaster';

/** Taskmaster's figure over that of whom the goal names; undefined where one of them is missing. @param {Row} row */
export function ratioOf({ figures, goal }) {
  if (!goal || !('against' in goal)) return undefined;
  const [ours, theirs] = [figures[SUBJECT], figures[goal.against]];
  return ours === undefined || theirs === undefined ? undefined : ours / theirs;
}

/** Whether the goal was reached; undefined where there is none, or nothing to compare with. @param {Row} row */
export function isReached(row) {
  const { goal, figures } = row;
  if (!goal) return undefined;
  const value = 'against' in goal ? ratioOf(row) : figures[SUBJECT];
  return value === undefined ? undefined : value <= goal.most;
}
