/** `!!` and its kin: a line of the history in place of a few signs, as in every shell since csh. */
import { splitWords } from '../../core/words.ts';

export type Expansion =
  | { readonly ok: true; readonly line: string; readonly isExpanded: boolean }
  | { readonly ok: false; readonly problem: string };

/** `!!`, `!5`, `!-2`, `!$`, `!start` at the beginning of a word. */
const DESIGNATOR = /(^|\s)!(!|\$|-?\d+|[A-Za-z][\w:.-]*)/g;

/** Puts in what `!!`, `!N`, `!-N`, `!prefix` and `!$` (the last word of the last line) mean. Quoted ones stay as they are. */
export function expandHistory(line: string, history: readonly string[]): Expansion {
  let problem: string | undefined;
  let isExpanded = false;
  const expanded = line.replace(DESIGNATOR, (whole, blank: string, sign: string, offset: number) => {
    if (isQuoted(line, offset)) return whole;
    const found = meant(sign, history);
    if (found === undefined) problem ??= problemOf(sign, line.trim() === `!${sign}` || offset === 0);
    else isExpanded = true;
    return blank + (found ?? '');
  });
  return problem === undefined ? { ok: true, line: expanded, isExpanded } : { ok: false, problem };
}

function meant(sign: string, history: readonly string[]): string | undefined {
  if (sign === '!') return history.at(-1);
  if (sign === '$') return lastWord(history.at(-1));
  const number = /^-?\d+$/.test(sign) ? Number(sign) : undefined;
  if (number !== undefined) return history[number < 0 ? history.length + number : number - 1];
  return history.findLast(entry => entry.startsWith(sign));
}

/** As it was typed, quotes included. */
function lastWord(line: string | undefined): string | undefined {
  if (line === undefined) return undefined;
  const split = splitWords(line);
  return split.ok ? line.slice(split.words.at(-1)?.start ?? 0).trim() : undefined;
}

function problemOf(sign: string, isFirst: boolean): string {
  const advice = isFirst && /^[A-Za-z]/.test(sign) ? ' (commands of the system cannot be run from here)' : '';
  return `!${sign}: no such line in the history${advice}`;
}

/** Whether a quote is open before this place. */
function isQuoted(line: string, offset: number): boolean {
  return !splitWords(line.slice(0, offset)).ok;
}
