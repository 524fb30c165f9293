import { unknownVerb } from '../suggest.ts';
import { overview, verbHelp } from '../usage.ts';
import { EXIT, findVerb, type Run } from '../verb.ts';

export const run: Run = async (context, { words: [name] }) => {
  const { verbs, session } = context;
  const verb = name === undefined ? undefined : findVerb(session.table, name);
  if (name !== undefined && verb === undefined) {
    context.err(unknownVerb(session, name));
    return EXIT.unknown;
  }
  await context.out(verb === undefined ? overview(verbs) : verbHelp(verb));
  return EXIT.done;
};
