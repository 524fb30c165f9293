import { type Named, select } from '../../core/selector.ts';
import type { ProcessInfo } from '../../protocol/messages.ts';
import type { Invocation } from '../verb.ts';
import { ALL } from './tellings.ts';

/** Verbs that lead to other states, of the processes that they name or of any. */
const BY_SELECTOR = ['start', 'stop', 'restart'];
const BY_PROGRAM = ['add', 'remove'];
const OF_ANY = ['reload', 'scale', 'shutdown', 'events', 'dashboard'];

/** The processes of which a command tells by itself what becomes of them; `ALL` where they are not known beforehand. */
export function subjectsOf({ verb, args }: Invocation, processes: readonly ProcessInfo[]): readonly string[] {
  if (OF_ANY.includes(verb.name) || BY_PROGRAM.includes(verb.name)) return [ALL];
  if (!BY_SELECTOR.includes(verb.name)) return [];
  const named = processes.map(
    ({ name, group, process, program }): Named => ({ fullname: name, group, name: process, program }),
  );
  return select(named, args.words).selected.map(({ fullname }) => fullname);
}
