import { type Asker, AUTOSTART } from '../core/asker.ts';
import { type Intent, startsByItself } from '../core/intent.ts';
import { startOrder, stopLevels } from '../core/order.ts';
import type { ProcessSpec } from '../core/program.ts';
import { needsNewLife, type ProcessChange, plan } from '../core/reload.ts';
import { type Selection, select } from '../core/selector.ts';
import { STOPPED_STATES, statusOf } from '../core/status.ts';
import { Process, type World } from './process.ts';

/** How long a turn of the event loop may go on signalling. */
const BUDGET_MS = 5;

/** What a reload has set going. */
export interface Applied {
  /** Those that are to be started at once, as there are others of their program, in order. */
  readonly joining: readonly Process[];
  /** Those that are to be started once the ones that left are gone, in order. */
  readonly starting: readonly Process[];
  /** Resolves when those that left have stopped, or cannot be stopped. */
  readonly departed: Promise<void>;
  /** By name, what could not be applied to the life a process has. */
  readonly problems: ReadonlyMap<string, string>;
}

/** Who asked for a plan to be carried out, and whom to tell of restarts. */
interface Application {
  readonly by: Asker;
  readonly onRestart: (process: Process) => void;
}

interface StopOptions {
  /** Who asked for it. */
  readonly by: Asker;
  readonly isDue?: (process: Process) => boolean;
}

/** All the processes there are, by name, in the order in which they start. */
export class Supervisor implements Disposable {
  private readonly world: World;
  private processes: readonly Process[];

  constructor(specs: readonly ProcessSpec[], world: World) {
    this.world = world;
    this.processes = inStartOrder(specs.map(spec => new Process(spec, world)));
  }

  get all(): readonly Process[] {
    return this.processes;
  }

  find(fullname: string): Process | undefined {
    const found = this.processes.filter(process => process.fullname === fullname);
    return found.find(process => !process.isLeaving) ?? found[0];
  }

  select(selectors: readonly string[]): Selection<Process> {
    return select(this.processes, selectors);
  }

  /**
   * Starts what starts by itself, in order, without waiting (supervisord's issue #122; `requires` will wait). What people
   * did in a former life of the daemon still counts.
   */
  autostart(): void {
    for (const process of this.processes) {
      if (startsByItself(process.intent, process.spec.autostart)) process.dispatch({ type: 'start', by: AUTOSTART });
    }
  }

  /** What a reload to these specs would do. */
  plan(specs: readonly ProcessSpec[]): ProcessChange<Process>[] {
    return plan(this.processes, specs);
  }

  /**
   * Carries out a plan, of this very turn of the event loop, as `by` asked for. `onRestart` is called before a process begins
   * its restart. Nothing is waited for but that what left is gone before a program starts that is new, which may need its
   * port or files.
   */
  apply(changes: readonly ProcessChange<Process>[], { by, onRestart }: Application): Applied {
    const leaving: Process[] = [];
    const joining: Process[] = [];
    const starting: Process[] = [];
    const processes: Process[] = [];
    const problems = new Map<string, string>();
    for (const change of changes) {
      const process = change.before ?? (change.after && this.add(change.after, { intent: change.intent, by }));
      if (!process) continue;
      processes.push(process);
      if (!change.after) leaving.push(process);
      else if (change.before) {
        const problem = this.reconfigure(process, change, { by, onRestart });
        if (problem !== undefined) problems.set(change.name, problem);
      }
      if (change.action === 'start') (change.changes.length > 0 && !change.before ? joining : starting).push(process);
    }
    const stillLeaving = this.processes.filter(process => process.isLeaving && !processes.includes(process));
    this.processes = inStartOrder([...processes, ...stillLeaving]);
    for (const process of leaving) this.takeLeave(process, by);
    this.world.remember('now');
    // One that a later reload has brought back, and started, before its turn came is not stopped any more.
    const isDue = (process: Process): boolean => process.isLeaving || process.current.want === 'down';
    return { joining, starting, problems, departed: this.stopInOrder([...leaving, ...stillLeaving], { by, isDue }) };
  }

  /**
   * Stops the given processes in the reverse order of start, a level of priority at a time, each waited for: none is
   * stopped before those that came after it. Once asked for, it goes on to the end, but for those that `isDue` excuses
   * when their turn has come. Resolves when all have stopped.
   */
  async stopInOrder(processes: readonly Process[], { by, isDue = () => true }: StopOptions): Promise<void> {
    const bySpec = new Map(processes.map(process => [process.spec, process]));
    for (const process of processes) process.dispatch({ type: 'standDown', by });
    for (const level of stopLevels([...bySpec.keys()])) {
      const members = level.flatMap(spec => bySpec.get(spec) ?? []);
      await this.stopAll(members.filter(isDue), by);
    }
  }

  [Symbol.dispose](): void {
    for (const process of this.processes) process[Symbol.dispose]();
  }

  private add(spec: ProcessSpec, { intent, by }: { intent: Intent | undefined; by: Asker }): Process {
    const process = new Process(spec, this.world);
    process.recall(intent);
    process.announce({ type: 'process.added', process: spec.fullname, program: spec.program, by });
    return process;
  }

  private reconfigure(
    process: Process,
    { after, was, action, changes }: ProcessChange<Process>,
    { by, onRestart }: Application,
  ): string | undefined {
    process.isLeaving = false;
    if (!after || was === null) return undefined;
    // A program can be renamed while its processes are called as before, where `processname` and the group say so.
    if (changes.length === 0 && after.program === process.program && !process.isBehindSpec) return undefined;
    if (changes.some(key => key.class !== 'instances')) {
      const { fullname, program } = after;
      process.announce({ type: 'process.reconfigured', process: fullname, program, was, action, changes, by });
    }
    if (action === 'restart') onRestart(process);
    return process.reconfigure(after, { renew: needsNewLife(changes), by });
  }

  /** It stays, to be seen, until nothing of it runs any more. */
  private takeLeave(process: Process, by: Asker): void {
    process.isLeaving = true;
    if (process.leader === undefined && isAtRest(process)) this.forget(process, by);
    else {
      const subscription = process.onHappening(happening => {
        if (!process.isLeaving) subscription[Symbol.dispose]();
        else if (happening.type === 'process.state' && process.leader === undefined && isAtRest(process)) {
          subscription[Symbol.dispose]();
          this.forget(process, by);
        }
      });
    }
  }

  private forget(process: Process, by: Asker): void {
    this.processes = this.processes.filter(other => other !== process);
    const { fullname, program } = process;
    process.announce({ type: 'process.removed', process: fullname, program, by });
    process[Symbol.dispose]();
    this.world.remember('soon');
  }

  /** Stops many at once, without holding the event loop up for long: a thousand signals cost 170 ms. */
  private async stopAll(processes: readonly Process[], by: Asker): Promise<void> {
    const { clock } = this.world;
    const stopped: Promise<void>[] = [];
    let until = clock.now() + BUDGET_MS;
    for (const process of processes) {
      process.dispatch({ type: 'stop', by });
      stopped.push(untilAtRest(process));
      if (clock.now() < until) continue;
      await new Promise<void>(resolve => clock.soon(resolve));
      until = clock.now() + BUDGET_MS;
    }
    await Promise.all(stopped);
  }
}

function inStartOrder(processes: readonly Process[]): readonly Process[] {
  const bySpec = new Map(processes.map(process => [process.spec, process]));
  return startOrder([...bySpec.keys()]).flatMap(spec => bySpec.get(spec) ?? []);
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
