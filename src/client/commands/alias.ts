import { joinWords } from '../../core/words.ts';
import { EXIT, type Run, UsageError } from '../verb.ts';

export const run: Run = async ({ shell, out, err }, { words }) => {
  const aliases = shell?.aliases ?? new Map<string, string>();
  const shown = (name: string, meaning: string): string => `alias ${name}=${joinWords([meaning])}\n`;
  if (words.length === 0) for (const [name, meaning] of aliases) await out(shown(name, meaning));
  let exit: number = EXIT.done;
  for (const word of words) {
    const [, name = '', meaning] = /^([^=]*)(?:=(.*))?$/s.exec(word) ?? [];
    if (!/^[\w.:-]+$/.test(name))
      throw new UsageError(`an alias has letters, digits and -_.: in its name, not "${name}"`);
    const known = aliases.get(name);
    if (meaning !== undefined) aliases.set(name, meaning);
    else if (known !== undefined) await out(shown(name, known));
    else {
      err(`${name}: no such alias`);
      exit = EXIT.unknown;
    }
  }
  return exit;
};
