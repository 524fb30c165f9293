import { closeSync, fsync } from 'node:fs';

/** Brings files to the disk, where they outlive the machine: one at a time, and of those that wait the newest alone. */
export class DiskSync {
  private isBusy = false;
  private next: number | undefined;
  private readonly waiting = new Set<() => void>();

  /** Takes the descriptor over: it is closed when it is synced, or when a newer one makes it needless. */
  sync(fd: number): void {
    if (this.isBusy) {
      if (this.next !== undefined) closeSync(this.next);
      this.next = fd;
      return;
    }
    this.isBusy = true;
    // Off the event loop: it takes as long as the disk does. One that fails leaves the file to the kernel, as any other.
    fsync(fd, () => {
      closeSync(fd); // not on the thread pool: that would make a gap while a fork is under way (`pty.ts`)
      this.isBusy = false;
      const { next } = this;
      this.next = undefined;
      if (next !== undefined) this.sync(next);
      else for (const resolve of this.waiting) resolve();
    });
  }

  /** Resolves once nothing is on its way to the disk. */
  settled(): Promise<void> {
    return this.isBusy ? new Promise(resolve => this.waiting.add(resolve)) : Promise.resolve();
  }
}
