import type { Clock } from '../runtime/clock.ts';

/** libuv's threads, unless the environment says otherwise: fixed before the first line of ours runs (native-notes/files.md). */
const THREADS = Number(process.env.UV_THREADPOOL_SIZE) || 4;

/** One thread is left to the rest of the daemon, whatever disk hangs. */
const MOST_ALTOGETHER = Math.max(1, THREADS - 1);

/** A disk that hangs keeps as many threads for itself, for ever; the others are for other disks. */
const MOST_PER_DEVICE = Math.max(1, Math.min(2, MOST_ALTOGETHER - 1));

/** A device from which nothing has come back for so long is taken to hang. */
const STALLED_MS = 1000;

/**
 * Begins something that takes a thread, and calls `done` when that is free again; with false if a disk that hangs might have
 * done it as well.
 */
export type Start = (done: (isSign?: boolean) => void) => void;

/** How many may be under way. */
interface Limits {
  readonly altogether: number;
  readonly perDevice: number;
}

const WRITES: Limits = { altogether: MOST_ALTOGETHER, perDevice: MOST_PER_DEVICE };

/**
 * Beside the others, and so also with the thread that these leave: one disk that hangs then has three of four. The last
 * one writes what there is on others.
 */
const QUESTIONS: Limits = { altogether: 2, perDevice: 1 };

interface Device {
  running: number;
  /** When something last came back, or the first that is under way began. */
  movedAt: number;
  readonly waiting: Start[];
}

/**
 * Whose turn it is to take a thread for its file. A write to a disk that hangs never comes back, and takes the thread with
 * it; so each device gets a few, and whoever else wants to write to it waits here, where waiting costs nothing.
 */
export class Turns {
  private readonly clock: Clock;
  private readonly limits: Limits;
  private readonly devices = new Map<bigint | string, Device>();
  private running = 0;
  private questions: Turns | undefined;

  constructor(clock: Clock, limits: Limits = WRITES) {
    this.clock = clock;
    this.limits = limits;
  }

  /** Calls `start` at once, or when it is its turn: in order among those of a device, the devices one after the other. */
  take(device: bigint | string, start: Start): void {
    let known = this.devices.get(device);
    if (!known) {
      known = { running: 0, movedAt: 0, waiting: [] };
      this.devices.set(device, known);
    }
    if (this.running < this.limits.altogether && known.running < this.limits.perDevice) this.run(device, known, start);
    else known.waiting.push(start);
  }

  /** Waits no longer. Returns false for one that was not waiting. */
  withdraw(device: bigint, start: Start): boolean {
    const waiting = this.devices.get(device)?.waiting ?? [];
    const at = waiting.indexOf(start);
    if (at >= 0) waiting.splice(at, 1);
    return at >= 0;
  }

  /** Performs it when it is its turn. */
  perform<T>(device: bigint | string, operation: () => Promise<T>): Promise<T> {
    return this.inTurn(device, operation, true);
  }

  /** The same for a stat: a file system that is frozen answers that, so that it is no sign of life. */
  look<T>(device: bigint, operation: () => Promise<T>): Promise<T> {
    return this.inTurn(device, operation, false);
  }

  /**
   * Performs what only asks whether a disk answers: beside what hangs there, and taking no turn from writes. `device`: or the
   * directory, where that is not known.
   */
  ask<T>(device: bigint | string, operation: () => Promise<T>): Promise<T> {
    this.questions ??= new Turns(this.clock, QUESTIONS);
    return this.questions.perform(device, operation);
  }

  /** Whether it hangs, as far as can be told: something is under way, and nothing has come back for a second. */
  isStalled(device: bigint | string): boolean {
    const known = this.devices.get(device);
    return known !== undefined && known.running > 0 && this.clock.now() - known.movedAt >= STALLED_MS;
  }

  /** Whether any device hangs. */
  get isAnyStalled(): boolean {
    return [...this.devices.keys()].some(device => this.isStalled(device));
  }

  private inTurn<T>(device: bigint | string, operation: () => Promise<T>, isSign: boolean): Promise<T> {
    return new Promise((resolve, reject) => {
      this.take(device, done => {
        const performed = async (): Promise<T> => await operation(); // what throws at once gives its turn back as well
        performed()
          .then(resolve, reject)
          .finally(() => done(isSign));
      });
    });
  }

  private run(device: bigint | string, known: Device, start: Start): void {
    if (known.running === 0) known.movedAt = this.clock.now();
    known.running++;
    this.running++;
    start((isSign = true) => {
      known.running--;
      if (isSign) known.movedAt = this.clock.now();
      this.running--;
      if (known.running === 0 && known.waiting.length === 0) this.devices.delete(device);
      this.next();
    });
  }

  private next(): void {
    for (const [device, known] of this.devices) {
      if (this.running >= this.limits.altogether) return;
      if (known.running >= this.limits.perDevice) continue;
      const start = known.waiting.shift();
      if (start === undefined) continue;
      // Whoever was served is the last to be looked at the next time.
      this.devices.delete(device);
      this.devices.set(device, known);
      this.run(device, known, start);
      return;
    }
  }
}
