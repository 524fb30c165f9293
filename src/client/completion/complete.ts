import type { Candidate, Completion, Line } from '../line/line.ts';
import { slotOf } from './slot.ts';
import { suggest } from './suggest.ts';
import type { Suggestion } from './suggestion.ts';
import { quoteWord, readTyped } from './typed.ts';
import type { World } from './world.ts';

/**
 * What the word at the cursor may become. It takes the place of the whole word, also of what is behind the cursor, and of
 * nothing else; its quotes are kept, and set where a name needs them.
 */
export function completeLine(line: Line, world: World): Completion {
  const { before, word, from, to, quote } = readTyped(line);
  const candidates = completeWord(before, word, world).map(({ word: meant, help, isWhole }): Candidate => {
    const text = quoteWord(meant, { quote, isWhole });
    return { text, ...(text !== meant && { label: meant }), help, isWhole };
  });
  return { from, to, candidates };
}

/** The same for a word that has no quotes, behind words that have none. */
export function completeWord(before: readonly string[], word: string, world: World): readonly Suggestion[] {
  return suggest(slotOf(before, word, world), word, world);
}
