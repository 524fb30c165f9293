import { nearest } from '../core/nearest.ts';
import type { Verb } from './verb.ts';

/** One sentence for a verb that there is not, with the one that was probably meant. */
export function unknownVerb(verbs: readonly Verb[], name: string): string {
  const names = verbs.flatMap(verb => [verb.name, ...verb.aliases]);
  const meant = nearest(name, names);
  const advice = meant === undefined ? '`help` lists them all' : `did you mean "${meant}"?`;
  return `unknown command "${name}": ${advice}`;
}
