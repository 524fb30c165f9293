import { type Chord, DEFAULT_DETACH_KEYS, parseChord } from '../../core/chord.ts';
import { UsageError } from '../verb.ts';

/** The environment variable for one's own keys. */
export const KEYS_VARIABLE = 'TASKMASTER_DETACH_KEYS';

/**
 * The keys that the user asks for: `--detach-keys` before the variable; undefined for neither, as for an empty variable.
 * Throws UsageError that says which of the two is wrong.
 */
export function givenChord(
  option: string | undefined,
  env: Readonly<Record<string, string | undefined>>,
): Chord | undefined {
  if (option !== undefined) return read('--detach-keys', option);
  const variable = env[KEYS_VARIABLE] ?? '';
  return variable === '' ? undefined : read(KEYS_VARIABLE, variable);
}

/** The user's keys before the daemon's, before the usual ones. What a daemon of another version cannot mean is passed over. */
export function chordFor(given: Chord | undefined, daemonKeys: string | null): Chord {
  if (given !== undefined) return given;
  const parsed = parseChord(daemonKeys ?? DEFAULT_DETACH_KEYS);
  return 'chord' in parsed ? parsed.chord : read('the usual keys', DEFAULT_DETACH_KEYS);
}

function read(where: string, text: string): Chord {
  const parsed = parseChord(text);
  if ('chord' in parsed) return parsed.chord;
  throw new UsageError(`cannot read ${where} "${text}": ${parsed.problem}`);
}
