import { EXIT, type Run } from '../verb.ts';

export const run: Run = async (context, { words: [name = ''] }) => {
  const reply = await context.api.call('detach', undefined, { name });
  if (context.json) await context.document(reply);
  else await context.out(`${name}: ${formatDetached(reply.detached)}\n`);
  return EXIT.done;
};

/** What became of those who were attached. */
export function formatDetached(count: number): string {
  if (count === 0) return 'nobody was attached';
  return count === 1 ? 'detached 1 viewer' : `detached ${count} viewers`;
}
