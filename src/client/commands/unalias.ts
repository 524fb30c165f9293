import { EXIT, type Run } from '../verb.ts';

export const run: Run = async ({ shell, err }, { words }) => {
  const unknown = words.filter(name => shell?.aliases.delete(name) !== true);
  for (const name of unknown) err(`${name}: no such alias`);
  return unknown.length === 0 ? EXIT.done : EXIT.unknown;
};
