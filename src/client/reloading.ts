import type { ReloadReply, ReloadRequest } from '../protocol/messages.ts';
import { formatReload } from './changes.ts';
import { exitCodeOf, formatResults } from './results.ts';
import type { Context } from './verb.ts';

/** Asks for a reload, or something like it, and shows what changed and which processes then did not come up. */
export async function reload(
  context: Context,
  ask: (request: ReloadRequest) => Promise<ReloadReply>,
  request: ReloadRequest,
): Promise<number> {
  const reply = await ask(request);
  const failed = reply.results.filter(({ ok }) => !ok);
  if (context.json) await context.document(reply);
  else {
    if (reply.warnings.length > 0) {
      const { formatDiagnostics } = await import('../config/diagnostic.ts');
      context.err(formatDiagnostics(reply.warnings, { color: false }).trimEnd());
    }
    await context.out(formatReload(reply, context.color));
    await context.out(formatResults(failed, { done: '' }, context.color));
  }
  return exitCodeOf(failed, { done: '' });
}
