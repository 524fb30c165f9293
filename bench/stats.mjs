// @ts-check
/** @param {readonly number[]} values */
export function median(values) {
  return quantile(values, 0.5);
}

/**
 * The value that the given share of all do not exceed, between two of them where none is exact.
 * @param {readonly number[]} values
 * @param {number} share 0..1
 */
export function quantile(values, share) {
  const sorted = [...values].sort((a, b) => a - b);
  const at = (sorted.length - 1) * share;
  const low = sorted[Math.floor(at)] ?? Number.NaN;
  const high = sorted[Math.ceil(at)] ?? Number.NaN;
  return low + (high - low) * (at % 1);
}

/**
 * A B B A A B B A …: whatever drifts on the machine meanwhile meets all alike.
 * @template T
 * @param {readonly T[]} items
 * @param {number} rounds
 * @returns {T[]}
 */
export function alternate(items, rounds) {
  return Array.from({ length: rounds }, (_, round) => (round % 2 === 0 ? items : items.toReversed())).flat();
}

/** A named list of figures for each of several subjects. */
export class Samples {
  constructor() {
    /** @type {Map<string, number[]>} */
    this.bySubject = new Map();
  }

  /** @param {string} subject @param {number} value */
  add(subject, value) {
    const values = this.bySubject.get(subject);
    if (values) values.push(value);
    else this.bySubject.set(subject, [value]);
  }

  /**
   * One figure a subject.
   * @param {(values: readonly number[]) => number} [figure]
   * @returns {Record<string, number>}
   */
  summary(figure = median) {
    return Object.fromEntries([...this.bySubject].map(([subject, values]) => [subject, figure(values)]));
  }
}
