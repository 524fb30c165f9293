import { ID_VARIABLE, parseMark } from '../../core/mark.ts';

/** What decides whether a terminal can be taken over. */
export interface Circumstances {
  /** As it was named on the command line. */
  readonly name: string;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Standard input and standard output are terminals. */
  readonly isTerminal: boolean;
}

/** Why there can be no attaching here, with what can be done instead; undefined when there can. */
export function refusalOf({ name, env, isTerminal }: Circumstances): string | undefined {
  const instead =
    `\`tail -f ${name}\` prints its output as it comes, \`send ${name} TEXT --enter\` types a line, ` +
    `\`screen ${name}\` prints what its terminal shows`;
  if (!isTerminal) return `cannot attach: standard input and output must be a terminal; ${instead}`;
  if (env.TERM === 'dumb') return `cannot attach: a terminal with TERM=dumb cannot show a screen; ${instead}`;
  return undefined;
}

/**
 * Whether this very terminal is the one of the process: what it shows would be shown on it, and so on. `hash` names the
 * config, `process` is the full name; from inside another process's terminal everything is fine.
 */
export function isOwnTerminal(env: Circumstances['env'], hash: string | undefined, process: string): boolean {
  const mark = parseMark([`${ID_VARIABLE}=${env[ID_VARIABLE] ?? ''}`]);
  return mark !== undefined && mark.hash === hash && mark.process === process;
}

/** The sentence for a process that is asked to show its own terminal. */
export function loopRefusal(name: string): string {
  return `cannot attach to ${name} from its own terminal: it would show what it shows, without an end; use another terminal`;
}
