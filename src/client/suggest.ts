import { nearest } from '../core/nearest.ts';
import { findVerb, type Session, verbsAt } from './verb.ts';

/** One sentence for a verb that there is not, with the one that was probably meant, or with where it can be called. */
export function unknownVerb({ table, place }: Pick<Session, 'table' | 'place'>, name: string): string {
  const elsewhere = findVerb(table, name)?.where;
  if (elsewhere === 'shell') return `cannot run ${name} here: it is for the prompt that \`taskmasterctl shell\` opens`;
  if (elsewhere === 'command line') return `cannot run ${name} here: it is for the command line: taskmasterctl ${name}`;
  const verbs = verbsAt(table, place);
  const names = verbs.flatMap(verb => [verb.name, ...verb.aliases]);
  const meant = nearest(name, names);
  const advice = meant === undefined ? '`help` lists them all' : `did you mean "${meant}"?`;
  return `unknown command "${name}": ${advice}`;
}
