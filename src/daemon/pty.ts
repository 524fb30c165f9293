/**
 * Terminals and the programs in them: the only file that imports node-pty, and the only way the daemon starts a child.
 *
 * It leans on the binding below node-pty's public class, of the exact version that package.json pins, because the class
 * destroys the terminal 200 ms after the leader's end and so loses output, and reports that end late
 * (native-notes/node-pty.md). Here the two facts are told apart: `ended` when the leader was reaped, with all that it had
 * written already delivered; `closed` when nobody holds the terminal any more.
 */
import { closeSync, constants, fchownSync, openSync } from 'node:fs';
import { createRequire } from 'node:module';
import { constants as osConstants } from 'node:os';
import type { Exit } from '../core/exit.ts';
import type { SignalName, TerminalSpec } from '../core/program.ts';
import type { Clock } from '../runtime/clock.ts';
import { isErrno } from '../runtime/errno.ts';
import { SpawnError } from './accounts.ts';
import { type Command, chainOf, type Drop } from './chain.ts';
import { addInheritable, closeInheritable, hasManyGaps, hasRoomBelow, plugGaps, SPARE_FDS } from './fdtable.ts';
import { InputQueue } from './input.ts';
import { Master } from './master.ts';
import { PacedQueue } from './paced.ts';
import { hasGroup, signalLeader } from './signalling.ts';

/** Everything that a child is made of, decided and checked. */
export interface Launch extends Command {
  readonly umask: number | undefined;
  readonly size: Pick<TerminalSpec, 'cols' | 'rows'>;
  /** Gives stderr a terminal of its own. */
  readonly stderrApart: boolean;
}

export type Stream = 'stdout' | 'stderr';

/** What a terminal tells. Calls come from the event loop, never from within `spawn` or `write`. */
export interface PtyListener {
  /** `bytes` is valid during the call only: the buffer is used again. */
  output(bytes: Uint8Array, stream: Stream): void;
  /** The leader was reaped; all it wrote was delivered. `alone`: no one else holds the terminal or is in its group. */
  ended(exit: Exit, alone: boolean): void;
  /** The last holder of the terminal is gone, its last output delivered. Comes after `ended`. */
  closed(): void;
}

export interface Pty extends Disposable {
  readonly pid: number;
  /** The device by which the program's terminal can be opened. */
  readonly path: string;
  /**
   * Types bytes into the terminal, all or none: false when what was typed before has not been read. With `taken`, which is
   * called once the terminal has them or never will, they are taken whatever waits: the caller bounds that itself.
   */
  write(bytes: Uint8Array, taken?: () => void): boolean;
  resize(cols: number, rows: number): void;
  /** Stops reading for as long as anyone wants it stopped. For a log file that cannot follow, never for a viewer. */
  setPaused(by: object, paused: boolean): void;
}

export interface PtyHost {
  /** Forks. Throws `SpawnError` when the system refuses (no process, terminal or file descriptor left). */
  spawn(launch: Launch, listener: PtyListener): Pty;
}

/** The binding's functions in 1.2.0-beta.15 (`src/unix/pty.cc`). */
interface Binding {
  fork(
    file: string,
    args: readonly string[],
    env: readonly string[],
    cwd: string,
    cols: number,
    rows: number,
    uid: number,
    gid: number,
    utf8: boolean,
    helperPath: string,
    onExit: (code: number, signal: number) => void,
  ): { readonly fd: number; readonly pid: number; readonly pty: string };
  open(cols: number, rows: number): { readonly master: number; readonly slave: number; readonly pty: string };
  resize(fd: number, cols: number, rows: number, xPixel: number, yPixel: number): void;
}

/** Passed for uid and gid to leave both: `setpriv` drops them, as the binding would leave root's groups. */
const KEEP_ID = -1;

/** The real terminals. Loads the native binding at once, so that a broken installation shows at start-up. */
export function openPtyHost(clock: Clock): PtyHost {
  const require = createRequire(import.meta.url);
  // node-pty's own loader finds the prebuilt or the built binary; it has no types, hence the check of what is used here.
  const loaded: unknown = require('node-pty/lib/utils.js').loadNativeModule('pty');
  if (!hasBinding(loaded))
    throw new Error('cannot use node-pty: its native binding is not the one this version expects');
  const binding = loaded.module;
  const endings = new PacedQueue(clock);
  return { spawn: (launch, listener) => new RealPty({ binding, clock, endings }, launch, listener) };
}

function hasBinding(loaded: unknown): loaded is { readonly module: Binding } {
  if (typeof loaded !== 'object' || loaded === null || !('module' in loaded)) return false;
  const { module } = loaded;
  if (typeof module !== 'object' || module === null) return false;
  return ['fork', 'open', 'resize'].every(name => typeof Reflect.get(module, name) === 'function');
}

/** What every terminal needs of the machine. */
interface Machine {
  readonly binding: Binding;
  readonly clock: Clock;
  /** The ends of leaders that are to be told. */
  readonly endings: PacedQueue;
}

class RealPty implements Pty {
  readonly pid: number;
  readonly path: string;
  private readonly binding: Binding;
  private readonly listener: PtyListener;
  private readonly main: Master;
  private readonly second: Master | undefined;
  private readonly input: InputQueue;
  private readonly pausers = new Set<object>();
  private hasEnded = false;
  private isDisposed = false;

  constructor({ binding, clock, endings }: Machine, launch: Launch, listener: PtyListener) {
    this.binding = binding;
    this.listener = listener;
    const onExit = (code: number, signal: number): void => {
      try {
        endings.run(() => this.onExit(code, signal));
      } catch (error) {
        // The binding's callback would swallow it: it is thrown again where the daemon hears of it.
        clock.soon(() => {
          throw error;
        });
      }
    };
    let forked: Forked;
    try {
      forked = forkOnto(binding, launch, onExit);
    } catch (error) {
      this.isDisposed = true;
      throw error;
    }
    this.pid = forked.pid;
    this.path = forked.path;
    const isClosed = (): void => this.onMasterClosed();
    const masterOf = ({ master, slave }: Ends, stream: Stream): Master =>
      new Master(master, slave, { output: bytes => listener.output(bytes, stream), closed: isClosed });
    this.main = masterOf(forked.main, 'stdout');
    this.second = forked.stderr && masterOf(forked.stderr, 'stderr');
    this.input = new InputQueue(this.main, clock);
    if (forked.left !== undefined) hangUpWhenReady(forked.left, this.input.hold());
  }

  write(bytes: Uint8Array, taken?: () => void): boolean {
    return !this.hasEnded && this.input.add(bytes, taken);
  }

  resize(cols: number, rows: number): void {
    for (const master of [this.main, this.second]) {
      if (master?.fd !== undefined) this.binding.resize(master.fd, cols, rows, 0, 0);
    }
  }

  setPaused(by: object, paused: boolean): void {
    if (paused) this.pausers.add(by);
    else this.pausers.delete(by);
    for (const master of [this.main, this.second]) master?.setPaused(this.pausers.size > 0);
  }

  /** Lets go of the terminal: whoever still holds it is hung up. The leader is not signalled otherwise. */
  [Symbol.dispose](): void {
    this.isDisposed = true;
    this.input[Symbol.dispose]();
    this.main[Symbol.dispose]();
    this.second?.[Symbol.dispose]();
  }

  private onExit(code: number, signal: number): void {
    if (this.isDisposed) return;
    this.input[Symbol.dispose]();
    try {
      this.main.release();
      this.second?.release();
    } finally {
      this.tellEnd(code, signal); // an end must be told, whatever became of its last bytes
    }
  }

  private tellEnd(code: number, signal: number): void {
    this.hasEnded = true; // only now: `closed` comes after `ended`, also when releasing closed it
    const exit: Exit = signal === 0 ? { code, signal: null } : { code: null, signal: signalName(signal) };
    this.listener.ended(exit, this.isClosed() && !hasGroup(this.pid));
    this.onMasterClosed();
  }

  private onMasterClosed(): void {
    if (!this.hasEnded || this.isDisposed || !this.isClosed()) return;
    this.isDisposed = true;
    this.listener.closed();
  }

  private isClosed(): boolean {
    return this.main.fd === undefined && (this.second === undefined || this.second.fd === undefined);
  }
}

/** Both ends of a terminal, as the daemon holds them. */
interface Ends {
  readonly master: number;
  readonly slave: number;
}

interface Forked {
  readonly pid: number;
  readonly path: string;
  readonly main: Ends;
  /** Where stderr is apart. */
  readonly stderr: Ends | undefined;
  /** The master of a terminal that the program leaves for `main` before it begins. */
  readonly left: number | undefined;
}

/**
 * Forks a program onto its terminals. The master of the one that fork makes must come after all that a child could inherit
 * (`plugGaps`), so that its number only grows as long as others live beside it, without an end. When too many numbers
 * below are free, the program is given another terminal, among them, and leaves the one it was forked in.
 */
function forkOnto(binding: Binding, launch: Launch, onExit: ForkOptions['onExit']): Forked {
  if (hasManyGaps()) return forkWith(binding, launch, { isMoved: true, spare: SPARE_FDS, onExit });
  try {
    return forkWith(binding, launch, { isMoved: false, spare: SPARE_FDS, onExit });
  } catch (error) {
    // The numbers above the highest have come to an end, and those below it have not, perhaps.
    if (!(error instanceof SpawnError) || !isErrno(error.cause, 'EMFILE') || !hasRoomBelow()) throw error;
    return forkWith(binding, launch, { isMoved: true, spare: LEAST_SPARE, onExit });
  }
}

/** What forkpty(3) takes, and only until the program has moved. */
const LEAST_SPARE = 2;

function forkWith(
  binding: Binding,
  launch: Launch,
  { isMoved, ...options }: Pick<ForkOptions, 'spare' | 'onExit'> & { readonly isMoved: boolean },
): Forked {
  const pairs: Pair[] = [];
  const open = (): Pair => {
    const pair = openPair(binding, launch);
    pairs.push(pair);
    return pair;
  };
  try {
    const main = isMoved ? open() : undefined;
    const stderr = launch.stderrApart ? open() : undefined;
    return fork(binding, launch, { main, stderr, ...options });
  } catch (error) {
    for (const pair of pairs) closePair(pair);
    throw error;
  }
}

interface ForkOptions {
  /** The terminal to move to; undefined to stay in that of the fork. */
  readonly main: Pair | undefined;
  /** The second terminal, where stderr is apart. */
  readonly stderr: Pair | undefined;
  /** Numbers of files that must be free above all that are open. */
  readonly spare: number;
  readonly onExit: (code: number, signal: number) => void;
}

/**
 * The umask is set around the fork: it is the whole process's, but fork is synchronous, so no other code of this thread
 * sees it, and it costs no shell (native-notes/privileges.md).
 */
function fork(binding: Binding, launch: Launch, { main, stderr, spare, onExit }: ForkOptions): Forked {
  const [file = '', ...args] = chainOf(launch, { main: main?.pty, stderr: stderr?.pty });
  const { cols, rows } = launch.size;
  let plugs: readonly number[] = [];
  let before: number | undefined;
  let child: ReturnType<Binding['fork']>;
  try {
    plugs = plugGaps(spare);
    if (launch.umask !== undefined) before = process.umask(launch.umask);
    const cwd = launch.drop && launch.isCwdEntered ? '/' : launch.cwd;
    child = binding.fork(file, args, launch.env, cwd, cols, rows, KEEP_ID, KEEP_ID, true, '', onExit);
  } catch (error) {
    throw refused(error);
  } finally {
    if (before !== undefined) process.umask(before);
    for (const plug of plugs) closeSync(plug);
  }
  let slave: number | undefined;
  try {
    slave = main?.slave ?? openSync(child.pty, constants.O_RDWR | constants.O_NOCTTY);
    // The program waits for its standard input to be its own, so that comes last.
    for (const fd of stderr ? [stderr.slave, slave] : [slave]) handOver(fd, launch.drop);
    const left = main && child.fd;
    return {
      pid: child.pid,
      path: main?.pty ?? child.pty,
      main: { master: main?.master ?? child.fd, slave },
      stderr,
      left,
    };
  } catch (error) {
    // The child must not live on unseen: it is killed, or ends as its terminal is closed.
    for (const fd of [child.fd, main ? undefined : slave]) if (fd !== undefined) closeSync(fd);
    signalLeader(child.pid, 'SIGKILL', false);
    throw refused(error);
  }
}

/** The program says that its other terminal is ready, and waits for this one to be hung up; or it ends before. */
function hangUpWhenReady(fd: number, input: Disposable): void {
  const left: Master = new Master(fd, undefined, {
    output: () => left[Symbol.dispose](),
    closed: () => input[Symbol.dispose](),
  });
}

type Pair = ReturnType<Binding['open']>;

function openPair(binding: Binding, { size }: Launch): Pair {
  try {
    const pair = binding.open(size.cols, size.rows);
    for (const fd of [pair.master, pair.slave]) addInheritable(fd);
    return pair;
  } catch (error) {
    throw refused(error);
  }
}

function closePair(pair: Pair): void {
  for (const fd of [pair.master, pair.slave]) closeInheritable(fd);
}

function refused(error: unknown): SpawnError {
  const cause = error instanceof Error ? error.message : String(error);
  return new SpawnError(
    `cannot fork or open a terminal: ${cause} The system may be out of processes (ulimit -u), files (ulimit -n) or terminals (/proc/sys/kernel/pty/max)`,
    { cause: error },
  );
}

/** Makes the terminal the account's own, so that it can open `/dev/stdout`. The group stays, as `mesg` relies on it. */
function handOver(slave: number, drop: Drop | undefined): void {
  if (drop) fchownSync(slave, drop.account.uid, KEEP_ID);
}

const SIGNAL_BY_NUMBER = new Map<number, SignalName>(
  Object.entries(osConstants.signals).map(([name, number]) => [number, name as SignalName]), // Node's keys all begin with SIG
);

function signalName(number: number): SignalName {
  return SIGNAL_BY_NUMBER.get(number) ?? `SIG${number}`;
}
