/** One line of the shell, on its way to the commands that it means. */
import { splitWords } from '../../core/words.ts';
import { expandHistory } from './expansion.ts';

export type Reading =
  /** Nothing to run: an empty line, a comment. */
  | { readonly kind: 'nothing' }
  | { readonly kind: 'problem'; readonly problem: string }
  /** `shown` is the line as it is now, where the history changed it. */
  | {
      readonly kind: 'command';
      readonly words: readonly string[];
      readonly line: string;
      readonly isExpanded: boolean;
    };

/** What a line can be made of. */
export interface Words {
  readonly history: readonly string[];
  readonly aliases: ReadonlyMap<string, string>;
}

/** Puts in what `!!` and aliases stand for and splits the rest into words, quoted as in a POSIX shell. */
export function readLine(line: string, { history, aliases }: Words): Reading {
  if (/^\s*(#|$)/.test(line)) return { kind: 'nothing' };
  const expansion = expandHistory(line, history);
  if (!expansion.ok) return { kind: 'problem', problem: expansion.problem };
  const split = splitWords(withAlias(expansion.line, aliases));
  if (!split.ok) return { kind: 'problem', problem: split.problem };
  const words = split.words.map(({ text }) => text);
  if (words.length === 0) return { kind: 'nothing' };
  return { kind: 'command', words, line: expansion.line.trim(), isExpanded: expansion.isExpanded };
}

/** An alias is not looked up again in what it stands for, so that one may have the name of a command. */
function withAlias(line: string, aliases: ReadonlyMap<string, string>): string {
  const [, blank = '', first = '', rest = ''] = /^(\s*)(\S+)(.*)$/s.exec(line) ?? [];
  const meaning = aliases.get(first);
  return meaning === undefined ? line : `${blank}${meaning}${rest}`;
}
