import { longOf, nameOf } from './options.ts';
import type { Arguments, Verb } from './verb.ts';

/** Whether it changes something, called like this: what is refused where everything is only to be looked at. */
export function isChange({ changes, harmless }: Verb, { words, options }: Arguments): boolean {
  if (!changes || harmless === undefined) return changes;
  if ('word' in harmless) return (words[0] ?? harmless.word) !== harmless.word;
  return options[nameOf(harmless.option)] !== true;
}

/** One sentence for a verb that is refused because of `--read-only`, with the way to call it that is not. */
export function refusal({ name, harmless }: Verb): string {
  const sentence = `${name} is refused: this is read-only`;
  if (harmless === undefined) return sentence;
  const word = 'word' in harmless ? harmless.word : longOf(harmless.option);
  return `${sentence}; \`${name} ${word}\` works`;
}
