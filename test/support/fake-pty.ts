import type { Exit } from '../../src/core/exit.ts';
import type { Launch, Pty, PtyHost, PtyListener } from '../../src/daemon/pty.ts';

/** A terminal whose program is the test: it prints and ends when told to. */
export class FakePty implements Pty {
  readonly pid: number;
  readonly path = '/dev/pts/none';
  readonly launch: Launch;
  readonly typed: Uint8Array[] = [];
  isDisposed = false;
  hasEnded = false;
  size: Launch['size'];
  private readonly listener: PtyListener;

  constructor(pid: number, launch: Launch, listener: PtyListener) {
    this.pid = pid;
    this.launch = launch;
    this.listener = listener;
    this.size = launch.size;
  }

  print(text: string): void {
    this.listener.output(Buffer.from(text), 'stdout');
  }

  end(exit: Partial<Exit>, alone = true): void {
    this.hasEnded = true;
    this.listener.ended({ code: null, signal: null, ...exit }, alone);
    if (alone) this.listener.closed();
  }

  write(bytes: Uint8Array, taken?: () => void): boolean {
    this.typed.push(bytes);
    taken?.();
    return true;
  }

  resize(cols: number, rows: number): void {
    this.size = { cols, rows };
  }

  setPaused(): void {}

  [Symbol.dispose](): void {
    this.isDisposed = true;
  }
}

/** Forks nothing. Its pids are beyond what Linux gives out, so that no signal finds anyone. */
export class FakePtyHost implements PtyHost {
  readonly ptys: FakePty[] = [];
  private nextPid = 2 ** 22 + 1;

  get last(): FakePty {
    const pty = this.ptys.at(-1);
    if (!pty) throw new Error('nothing was forked');
    return pty;
  }

  spawn(launch: Launch, listener: PtyListener): Pty {
    const pty = new FakePty(this.nextPid++, launch, listener);
    this.ptys.push(pty);
    return pty;
  }
}
