import { type Context, EXIT, type Run } from '../verb.ts';

export const run: Run = (context, { words }) => (words.length === 0 ? daemonPid(context) : processPids(context, words));

async function daemonPid(context: Context): Promise<number> {
  const { pid } = await context.api.call('daemon');
  await (context.json ? context.document({ daemon: pid }) : context.out(`${pid}\n`));
  return EXIT.done;
}

/**
 * Pids alone go to standard output, since that is what `kill $(…)` takes; supervisorctl writes 0 for what does not run.
 * For one process nothing is written in its place: `kill 0` is a signal to the caller's own process group.
 */
async function processPids(context: Context, select: readonly string[]): Promise<number> {
  const { processes, unknown } = await context.api.call('processes', undefined, { query: { select } });
  const [only] = processes;
  const isAlone = select.length === 1 && processes.length === 1 && !select.includes('all');
  if (isAlone && only?.pid === null && !context.json) {
    context.err(`${only.name} is not running (${only.state})`);
    return EXIT.notRunning;
  }
  const pids = processes.map(({ name, pid }) => ({ name, pid: pid ?? 0 }));
  if (context.json) await context.document({ processes: pids, unknown });
  else await context.out(pids.map(({ pid }) => `${pid}\n`).join(''));
  for (const name of unknown) context.err(`No such process ${name}`);
  if (!select.includes('all') && pids.some(({ pid }) => pid === 0)) return EXIT.notRunning;
  return unknown.length > 0 ? EXIT.unknown : EXIT.done;
}
