const BARS = ['▁', '▂', '▃', '▄', '▅', '▆', '▇', '█'] as const;
const ASCII_BARS = ['_', '.', '-', ':', '=', '+', '*', '#'] as const;

/** What fills a column at least, in percent of a core: else the noise of an idle process would look like work. The help tells it. */
const LEAST_TOP = 20;

/**
 * The last percents as bars, one a column, the newest at the right end; blanks where there was no sample yet. The highest of
 * those that are shown fills its column, as bars show how it goes, and the figure beside them how much it is.
 */
export function sparkline(percents: readonly number[], cols: number, isUnicode: boolean): string {
  const bars = isUnicode ? BARS : ASCII_BARS;
  const shown = cols <= 0 ? [] : percents.slice(-cols);
  const top = Math.max(LEAST_TOP, ...shown);
  const text = shown.map(percent => {
    const level = Math.round((Math.max(0, percent) / top) * (bars.length - 1));
    return bars[Math.min(level, bars.length - 1)] ?? ' ';
  });
  return text.join('').padStart(cols);
}
