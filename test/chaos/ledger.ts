/**
 * What was asked of the daemon and answered, and so what must be: the config in force, and what was decided of each
 * process. Several clients ask at the same time, so of some processes nothing can be said for a while.
 */
import { type Named, select } from '../../src/core/selector.ts';
import { type Model, namesOf, processNames, withScale } from './configs.ts';
import { processOf } from './procs.ts';

/**
 * What a client asked for and did not wait for may still be read by the daemon: it lies in its socket. So it counts as
 * open for so long; the daemon is never frozen for as long.
 */
const UNHEARD_MS = 10_000;

export type Want = 'up' | 'down';

/** Something that decides of processes: a request, or a change of config that begins or ends them. */
export interface Order {
  /** What their intent is when it has been answered; undefined when that cannot be told. */
  want: Want | undefined;
  /** Whether the answer came once it was done. */
  isDone: boolean;
  readonly begin: number;
  end: number;
  readonly keys: Set<string>;
}

/** What is known of a process: what was decided, and whether that has been carried out. */
export interface Decision {
  readonly want: Want;
  readonly isDone: boolean;
}

export class Ledger {
  private model: Model;
  private scaled: ReadonlyMap<string, number> = new Map();
  private names: readonly Named[];
  private change:
    | { readonly order: Order; readonly model: Model; readonly scaled: ReadonlyMap<string, number> }
    | undefined;
  private readonly orders = new Map<string, Order[]>();
  private readonly origins = new Map<string, string>();
  private readonly lenient = new Set<string>();
  /** Counts changes of config: what was seen while it went up is of two configs. */
  version = 0;

  constructor(model: Model) {
    this.model = model;
    this.names = namesOf(model);
    this.learn(model);
  }

  /** The config in force, without what `scale` made of it. */
  get inForce(): Model {
    return this.model;
  }

  get scales(): ReadonlyMap<string, number> {
    return this.scaled;
  }

  /** The full names of the processes there must be, sorted; undefined while the config is being changed. */
  get expected(): readonly string[] | undefined {
    return this.change ? undefined : processNames(withScale(this.model, this.scaled));
  }

  /** (program, number) by the first name of the program: two names of which one was renamed to the other give the same. */
  originOf(process: string): string {
    const [program = '', num] = process.split(' ');
    return `${this.origins.get(program) ?? program} ${num}`;
  }

  /** Whether a program's leftovers may outlive it, or might at some time. */
  isLenient(process: string): boolean {
    return this.lenient.has(this.originOf(process).split(' ')[0] ?? '');
  }

  /** A request is about to be made. */
  begin(selectors: readonly string[], want: Want | undefined): Order {
    const keys = select(this.names, selectors).selected.map(({ fullname }) => keyOf(fullname));
    return this.open(keys, want);
  }

  /** It was answered: for these, and not for those, of which it cannot be told what came of it. */
  answered(order: Order, { names, doubtful, isDone }: { names: string[]; doubtful: string[]; isDone: boolean }): void {
    const keys = new Set(names.map(keyOf));
    for (const key of order.keys) if (!keys.has(key)) this.drop(order, key);
    for (const key of keys) if (!order.keys.has(key)) this.put(order, key);
    order.isDone = isDone;
    this.close(order);
    const doubt = this.open(doubtful.map(keyOf), undefined, order.begin);
    this.close(doubt);
  }

  /** Nobody knows what came of it. `mayCome`: it may still be done. */
  lost(order: Order, mayCome: boolean): void {
    order.want = undefined;
    order.end = performance.now() + (mayCome ? UNHEARD_MS : 0);
  }

  /** The config is about to be changed. What is decided of processes that it adds or removes is not known then. */
  beginChange(model: Model, scaled: ReadonlyMap<string, number> = new Map()): void {
    this.version++;
    this.learn(model);
    const before = namesOf(withScale(this.model, this.scaled));
    const after = namesOf(withScale(model, scaled));
    this.names = [...before, ...after];
    const old = new Set(before.map(({ fullname }) => keyOf(fullname)));
    const next = new Set(after.map(({ fullname }) => keyOf(fullname)));
    const keys = [...new Set([...old, ...next])].filter(key => !old.has(key) || !next.has(key));
    this.change = { order: this.open(keys, undefined), model, scaled };
  }

  /** It was changed, or refused. */
  endChange(isApplied: boolean): void {
    if (!this.change) return;
    const { order, model, scaled } = this.change;
    if (isApplied) [this.model, this.scaled] = [model, scaled];
    this.names = namesOf(withScale(this.model, this.scaled));
    this.close(order);
    this.change = undefined;
    this.version++;
  }

  /** Another daemon runs: nothing is under way in it but what the one before had decided. */
  reborn(): void {
    for (const orders of this.orders.values()) for (const order of orders) order.isDone = true;
  }

  /** What is decided of a process, in a status that was asked for at `asked`; undefined when that cannot be told. */
  decisionOf(fullname: string, asked: number): Decision | undefined {
    const orders = this.orders.get(keyOf(fullname)) ?? [];
    const last = orders.at(-1);
    if (last?.want === undefined || last.end >= asked) return undefined;
    const { want, begin, isDone } = last;
    return orders.every(order => order.want === want || order.end < begin) ? { want, isDone } : undefined;
  }

  private open(keys: readonly string[], want: Want | undefined, begin = performance.now()): Order {
    const order: Order = { want, isDone: false, begin, end: Number.POSITIVE_INFINITY, keys: new Set() };
    for (const key of keys) this.put(order, key);
    return order;
  }

  private put(order: Order, key: string): void {
    order.keys.add(key);
    const orders = this.orders.get(key) ?? [];
    orders.push(order);
    this.orders.set(
      key,
      orders.sort((a, b) => a.begin - b.begin),
    );
  }

  private drop(order: Order, key: string): void {
    order.keys.delete(key);
    this.orders.set(key, this.orders.get(key)?.filter(other => other !== order) ?? []);
  }

  /** What had ended before it began is of no account any more. */
  private close(order: Order): void {
    order.end = performance.now();
    for (const key of order.keys) {
      this.orders.set(key, this.orders.get(key)?.filter(other => other.end >= order.begin) ?? []);
    }
  }

  private learn({ programs }: Model): void {
    for (const { name, origin, keys } of programs) {
      this.origins.set(name, origin);
      if ((keys.leftovers ?? 0) > 0) this.lenient.add(origin);
    }
  }
}

function keyOf(fullname: string): string {
  return processOf(`:${fullname}:`);
}
