/** The words of an alert's command, whose variables are known only when it runs. */
import { expand } from './expand.ts';
import type { Environment } from './paths.ts';

/** What an alert's command knows of what it tells. */
export const ALERT_VARIABLES = [
  'program',
  'process',
  'group',
  'condition',
  'host',
  'summary',
  'text',
  'pid',
  'code',
  'here',
] as const;

/** A value for each; empty where there is none, so that a default stands in for it. */
export type AlertValues = Readonly<Record<(typeof ALERT_VARIABLES)[number], string>>;

/** The words to run. A variable stays one word, whatever it holds. */
export function fillIn(argv: readonly string[], values: AlertValues, env: Environment): string[] {
  const known: Readonly<Record<string, string>> = values;
  // What is not set was a mistake when the config was checked, and the environment is as it was then.
  return argv.map(word => expand(word, name => (Object.hasOwn(known, name) ? known[name] : env[name])).text);
}
