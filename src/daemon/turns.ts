/** libuv's threads, unless the environment says otherwise: fixed before the first line of ours runs (native-notes/files.md). */
const THREADS = Number(process.env.UV_THREADPOOL_SIZE) || 4;

/** One thread is left to the rest of the daemon, whatever disk hangs. */
const MOST_ALTOGETHER = Math.max(1, THREADS - 1);

/** A disk that hangs keeps as many threads for itself, for ever; the others are for other disks. */
const MOST_PER_DEVICE = Math.max(1, Math.min(2, MOST_ALTOGETHER - 1));

/** Begins something that takes a thread, and calls `done` when that is free again. */
export type Start = (done: () => void) => void;

interface Device {
  running: number;
  readonly waiting: Start[];
}

/**
 * Whose turn it is to take a thread for its file. A write to a disk that hangs never comes back, and takes the thread with
 * it; so each device gets a few, and whoever else wants to write to it waits here, where waiting costs nothing.
 */
export class Turns {
  private readonly devices = new Map<bigint, Device>();
  private running = 0;

  /** Calls `start` at once, or when it is its turn: in order among those of a device, the devices one after the other. */
  take(device: bigint, start: Start): void {
    let known = this.devices.get(device);
    if (!known) {
      known = { running: 0, waiting: [] };
      this.devices.set(device, known);
    }
    if (this.running < MOST_ALTOGETHER && known.running < MOST_PER_DEVICE) this.run(device, known, start);
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
  perform<T>(device: bigint, operation: () => Promise<T>): Promise<T> {
    return new Promise((resolve, reject) => {
      this.take(device, done => {
        operation().then(resolve, reject).finally(done);
      });
    });
  }

  private run(device: bigint, known: Device, start: Start): void {
    known.running++;
    this.running++;
    start(() => {
      known.running--;
      this.running--;
      if (known.running === 0 && known.waiting.length === 0) this.devices.delete(device);
      this.next();
    });
  }

  private next(): void {
    for (const [device, known] of this.devices) {
      if (this.running >= MOST_ALTOGETHER) return;
      if (known.running >= MOST_PER_DEVICE) continue;
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
