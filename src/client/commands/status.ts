import { STOPPED_STATES } from '../../core/status.ts';
import type { ViewerInfo } from '../../protocol/frames.ts';
import type { ProcessInfo } from '../../protocol/messages.ts';
import type { paintState } from '../palette.ts';
import { type Context, EXIT, type Run } from '../verb.ts';

/** supervisorctl's template: a name has 33 columns unless one is longer than 30, a state 10. */
const [NAME_WIDTH, GAP, STATE_WIDTH] = [30, 3, 10];

export const run: Run = async (context, { words, options }) => {
  const usage = options.usage === true ? '1' : undefined;
  const list = await context.api.call('processes', undefined, { query: { select: words, usage } });
  if (context.json) {
    await context.document(list);
  } else {
    if (list.unknown.length > 0) await tellUnknown(context, list.unknown);
    const paint = context.color ? (await import('../palette.ts')).paintState : undefined;
    await context.out(formatStatus(list.processes, paint, usage !== undefined));
  }
  // supervisorctl's order: a stopped process outweighs an unknown name.
  if (list.processes.some(({ state }) => STOPPED_STATES.includes(state))) return EXIT.statusStopped;
  return list.unknown.length > 0 ? EXIT.statusUnknown : EXIT.done;
};

async function tellUnknown({ out, color }: Context, names: readonly string[]): Promise<void> {
  const { formatUnknown } = await import('../results.ts');
  for (const name of names) await out(`${formatUnknown(name, color)}\n`);
}

/** supervisorctl's table, column for column, so that scripts that read it go on working. */
export function formatStatus(processes: readonly ProcessInfo[], paint?: typeof paintState, withUsage = false): string {
  const width = Math.max(NAME_WIDTH, ...processes.map(({ name }) => name.length)) + GAP;
  return processes
    .map(({ name, state, description, note, viewers = [], cpu, memory }) => {
      const word = state.padEnd(STATE_WIDTH);
      const remarks = [note, describeViewers(viewers)].filter(text => text !== null && text !== '');
      const remark = remarks.length === 0 ? '' : ` (${remarks.join('; ')})`;
      return `${name.padEnd(width)}${paint === undefined ? word : paint(state, word)}${description}${withUsage ? describeUsage(cpu, memory) : ''}${remark}\n`;
    })
    .join('');
}

const MEGABYTE = 1024 * 1024;

/** What it takes of the machine, where that is known: a daemon of protocol 1.3 does not tell. */
function describeUsage(cpu: number | null = null, memory: number | null = null): string {
  const parts = [
    ...(cpu === null ? [] : [`cpu ${cpu.toFixed(1)}%`]),
    ...(memory === null ? [] : [`memory ${(memory / MEGABYTE).toFixed(1)}MB`]),
  ];
  return parts.map(part => `, ${part}`).join('');
}

/** Who looks at a process: the one who drives by name, how many others there are. A daemon of protocol 1.1 tells nothing. */
function describeViewers(viewers: readonly ViewerInfo[]): string {
  const driver = viewers.find(({ drives }) => drives);
  const others = viewers.length - (driver ? 1 : 0);
  if (driver === undefined) return others === 0 ? '' : `${others} watching`;
  return `attached: ${driver.label}${others === 0 ? '' : ` and ${others} more`}`;
}
