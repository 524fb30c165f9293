import { attach } from '../attach/attach.ts';
import { isOwnTerminal, loopRefusal, refusalOf } from '../attach/refusal.ts';
import { EXIT, type Run } from '../verb.ts';

export const run: Run = async (context, { words: [name = ''], options }) => {
  const { takeover } = context;
  const refusal = refusalOf({ name, env: takeover.env, isTerminal: takeover.isPossible() });
  if (refusal !== undefined) {
    context.err(refusal);
    return EXIT.usage;
  }
  if (isOwnTerminal(takeover.env, takeover.configHash(), name)) {
    context.err(loopRefusal(name)); // before the daemon knows of it: --steal would have sent the others away
    return EXIT.failed;
  }
  const { readOnly = false, steal = false, detachKeys } = options as AttachFlags; // by the flags of the verb
  const isHinted = context.shell !== undefined;
  return attach(context, { name, readOnly, steal, keys: detachKeys, isHinted });
};

interface AttachFlags {
  readonly readOnly?: boolean;
  readonly steal?: boolean;
  readonly detachKeys?: string;
}
