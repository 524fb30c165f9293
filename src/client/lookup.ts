import { nearest } from '../core/nearest.ts';
import type { Verb } from './verb.ts';

/** The verb of this name or alias. */
export function findVerb(verbs: readonly Verb[], name: string): Verb | undefined {
  return verbs.find(verb => verb.name === name || verb.aliases.includes(name));
}

/** One sentence for a verb that there is not, with the one that was probably meant. */
export function unknownVerb(verbs: readonly Verb[], name: string): string {
  const meant = nearest(
    name,
    verbs.flatMap(verb => [verb.name, ...verb.aliases]),
  );
  const advice = meant === undefined ? '`help` lists them all' : `did you mean "${meant}"?`;
  return `unknown command "${name}": ${advice}`;
}
