import { startOrder, stopLevels } from '../core/order.ts';
import type { ProcessSpec } from '../core/program.ts';
import { type Selection, select } from '../core/selector.ts';
import { STOPPED_STATES, statusOf } from '../core/status.ts';
import { Process, type World } from './process.ts';

/** How long a turn of the event loop may go on signalling. */
const BUDGET_MS = 5;

/** All the processes there are, by name, in the order in which they start. */
export class Supervisor implements Disposable {
  private readonly world: World;
  private processes: readonly Process[];

  constructor(specs: readonly ProcessSpec[], world: World) {
    this.world = world;
    this.processes = startOrder(specs).map(spec => new Process(spec, this.world));
  }

  get all(): readonly Process[] {
    return this.processes;
  }

  find(fullname: string): Process | undefined {
    return this.processes.find(process => process.fullname === fullname);
  }

  select(selectors: readonly string[]): Selection<Process> {
    return select(this.processes, selectors);
  }

  /** Starts what starts by itself, in order, without waiting (supervisord's issue #122; `requires` will wait). */
  autostart(): void {
    for (const process of this.processes) if (process.spec.autostart) process.dispatch({ type: 'start' });
  }

  /**
   * Stops the given processes in the reverse order of start, a level of priority at a time, each waited for: none is
   * stopped before those that came after it. Once asked for, it goes on to the end. Resolves when all have stopped.
   */
  async stopInOrder(processes: readonly Process[]): Promise<void> {
    const bySpec = new Map(processes.map(process => [process.spec, process]));
    for (const process of processes) process.dispatch({ type: 'standDown' });
    for (const level of stopLevels([...bySpec.keys()])) {
      const members = level.flatMap(spec => bySpec.get(spec) ?? []);
      await this.stopAll(members);
    }
  }

  /** Stops many at once, without holding the event loop up for long: a thousand signals cost 170 ms. */
  private async stopAll(processes: readonly Process[]): Promise<void> {
    const { clock } = this.world;
    const stopped: Promise<void>[] = [];
    let until = clock.now() + BUDGET_MS;
    for (const process of processes) {
      process.dispatch({ type: 'stop' });
      stopped.push(untilAtRest(process));
      if (clock.now() < until) continue;
      await new Promise<void>(resolve => clock.soon(resolve));
      until = clock.now() + BUDGET_MS;
    }
    await Promise.all(stopped);
  }

  [Symbol.dispose](): void {
    for (const process of this.processes) process[Symbol.dispose]();
  }
}

/** Whether nothing of the process runs and nothing will by itself. */
export function isAtRest(process: Process): boolean {
  return STOPPED_STATES.includes(statusOf(process.current));
}

/** Resolves once the process has come to rest, if only for a moment: somebody may have asked for a new life meanwhile. */
function untilAtRest(process: Process): Promise<void> {
  if (isAtRest(process)) return Promise.resolve();
  return new Promise(resolve => {
    const subscription = process.onHappening(happening => {
      if (happening.type !== 'process.state' || !STOPPED_STATES.includes(happening.to)) return;
      subscription[Symbol.dispose]();
      resolve();
    });
  });
}
