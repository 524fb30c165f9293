import type { ProcessUsage, UsageSample } from '../protocol/messages.ts';
import type { Clock } from '../runtime/clock.ts';
import type { Call } from './http.ts';
import type { Process } from './process.ts';
import type { Usage } from './usage.ts';

/** A reader with this much unread is passed over: what it gets next is the newest. */
const MAX_UNREAD = 64 * 1024;

export interface UsageSource {
  readonly usage: Usage;
  readonly clock: Clock;
  readonly processes: () => readonly Process[];
}

/**
 * Sends what processes take as Server-Sent Events: all of them, then those that changed, after each look at the machine.
 * `follow=0`: once, with the CPU.
 */
export async function sendUsage({ query, response, signal }: Call, source: UsageSource): Promise<void> {
  const { usage } = source;
  response.writeHead(200, { 'content-type': 'text/event-stream', 'cache-control': 'no-store' });
  response.flushHeaders();
  const sent = new Map<string, ProcessUsage>();
  const send = (): void => {
    if (response.destroyed || response.writableLength >= MAX_UNREAD) return;
    response.write(`event: usage\ndata: ${JSON.stringify(sampleOf(source, sent))}\n\n`);
  };
  if (query.get('follow') === '0') {
    await usage.once(send, signal);
    if (!response.destroyed) response.end();
    return;
  }
  if (response.destroyed) return;
  const watching = usage.watch(send);
  response.on('close', () => watching[Symbol.dispose]());
}

/** What is other than what was sent before, which is noted. */
function sampleOf({ usage, clock, processes }: UsageSource, sent: Map<string, ProcessUsage>): UsageSample {
  const changed: ProcessUsage[] = [];
  const names = new Set<string>();
  for (const process of processes()) {
    const now = usageOf(process, usage, clock);
    names.add(now.name);
    const before = sent.get(now.name);
    if (before !== undefined && isSame(before, now)) continue;
    sent.set(now.name, now);
    changed.push(now);
  }
  for (const name of sent.keys()) if (!names.has(name)) sent.delete(name);
  return { at: Math.round(clock.wall()), processes: changed, daemon: usage.own };
}

function usageOf(process: Process, usage: Usage, clock: Clock): ProcessUsage {
  const { console, fullname: name } = process;
  const { cpu = null, memory = null, processes = 0 } = usage.of(process) ?? {};
  const { bells, lastOutput } = console;
  const quietFor = lastOutput === undefined ? null : Math.round(clock.now() - lastOutput);
  return { name, cpu, memory, processes, printed: console.scrollback.head, bells, quietFor };
}

/** How long it has been quiet follows from the rest, and the time. */
function isSame(a: ProcessUsage, b: ProcessUsage): boolean {
  return (
    a.cpu === b.cpu &&
    a.memory === b.memory &&
    a.processes === b.processes &&
    a.printed === b.printed &&
    a.bells === b.bells
  );
}
