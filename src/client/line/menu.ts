/**
 * What Tab does with candidates, as zsh does it by default: the first Tab puts in what they begin with alike and lists them,
 * each further one puts the next of them into the line.
 */
import { characters } from './graphemes.ts';
import type { Candidate, Completion, Line } from './line.ts';

export interface Menu {
  readonly completion: Completion | undefined;
  /** Index of the candidate in the line; -1 for none. */
  readonly chosen: number;
  /** The line without any. */
  readonly before: Line;
}

/** The line with what is sure, and the candidates that are left to choose from; undefined where nothing is. */
export function offer(
  line: Line,
  completion: Completion,
): { readonly line: Line; readonly menu: Completion | undefined } {
  const { candidates, from, to } = completion;
  const [first, ...others] = candidates;
  if (first === undefined) return { line, menu: undefined };
  if (others.length === 0) return { line: withCandidate(line, completion, first), menu: undefined };
  const common = commonBeginning(candidates.map(({ text }) => text));
  const isLonger = common.length > to - from && common.startsWith(line.text.slice(from, to));
  if (!isLonger) return { line, menu: completion };
  const text = line.text.slice(0, from) + common + line.text.slice(to);
  const end = from + common.length;
  return { line: { text, cursor: end }, menu: { ...completion, to: end } };
}

/** The next candidate (or the one before), in the line; behind the last one comes the line without any, then the first. */
export function nextChoice(
  { completion, chosen, before }: Menu,
  step: 1 | -1,
): { readonly line: Line; readonly chosen: number } {
  const count = completion?.candidates.length ?? 0;
  const next = chosen === -1 && step === -1 ? count - 1 : chosen + step;
  const candidate = completion?.candidates[next];
  if (completion === undefined || candidate === undefined) return { line: before, chosen: -1 };
  const { from, to } = completion;
  const text = before.text.slice(0, from) + candidate.text + before.text.slice(to);
  return { line: { text, cursor: from + candidate.text.length }, chosen: next };
}

function withCandidate({ text }: Line, { from, to }: Completion, candidate: Candidate): Line {
  const rest = text.slice(to);
  const space = candidate.isWhole && !rest.startsWith(' ') ? ' ' : '';
  const cursor = from + candidate.text.length + (candidate.isWhole ? 1 : 0);
  return { text: text.slice(0, from) + candidate.text + space + rest, cursor };
}

/** In whole characters, as no half of one may be put in. */
function commonBeginning(texts: readonly string[]): string {
  const [first = ''] = texts;
  let common = '';
  for (const { text } of characters(first)) {
    if (!texts.every(other => other.startsWith(common + text))) break;
    common += text;
  }
  return common;
}
