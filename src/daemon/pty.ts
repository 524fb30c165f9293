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
import { type Account, SpawnError } from './accounts.ts';
import { addInheritable, closeInheritable, plugGaps } from './fdtable.ts';
import { InputQueue } from './input.ts';
import { Master } from './master.ts';
import { PacedQueue } from './paced.ts';
import { hasGroup, signalLeader } from './signalling.ts';

/** An account to become, and the setpriv(1) that does it. */
export interface Drop {
  readonly account: Account;
  readonly setpriv: string;
}

/** Everything that a child is made of, decided and checked. */
export interface Launch {
  /** `argv[0]` is the path of an executable. */
  readonly argv: readonly string[];
  /** The environment as `NAME=value`. */
  readonly env: readonly string[];
  /** More of it, for a program that changes user: what must not reach those that change it, which still are root. */
  readonly lateEnv: readonly string[];
  readonly cwd: string;
  /** Entered as the program's own user, and not only inherited. */
  readonly isCwdEntered: boolean;
  readonly umask: number | undefined;
  /** Whom to become; undefined is the daemon's own user. */
  readonly drop: Drop | undefined;
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
  /** Types bytes into the terminal, all or none: false when what was typed before has not been read. */
  write(bytes: Uint8Array): boolean;
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
    const pair = launch.stderrApart ? openPair(binding, launch) : undefined;
    let forked: Forked;
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
    try {
      forked = fork(binding, launch, { pair, onExit });
    } catch (error) {
      this.isDisposed = true;
      if (pair) closePair(pair);
      throw error;
    }
    const { pid, slave } = forked;
    this.pid = pid;
    const isClosed = (): void => this.onMasterClosed();
    this.main = new Master(forked.fd, slave, { output: bytes => listener.output(bytes, 'stdout'), closed: isClosed });
    if (pair) {
      this.second = new Master(pair.master, pair.slave, {
        output: bytes => listener.output(bytes, 'stderr'),
        closed: isClosed,
      });
    }
    this.input = new InputQueue(this.main, clock);
  }

  write(bytes: Uint8Array): boolean {
    return !this.hasEnded && this.input.add(bytes);
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

interface Forked {
  readonly pid: number;
  readonly fd: number;
  readonly slave: number;
}

interface ForkOptions {
  /** The second terminal, where stderr is apart. */
  readonly pair: ReturnType<Binding['open']> | undefined;
  readonly onExit: (code: number, signal: number) => void;
}

/**
 * Forks, and opens the slave too (see `Master`). The umask is set around the fork: it is the whole process's, but fork is
 * synchronous, so no other code of this thread sees it, and it costs no shell (native-notes/privileges.md).
 */
function fork(binding: Binding, launch: Launch, { pair, onExit }: ForkOptions): Forked {
  const [file = '', ...args] = chainOf(launch, pair?.pty);
  const { cols, rows } = launch.size;
  let plugs: readonly number[] = [];
  let before: number | undefined;
  let child: ReturnType<Binding['fork']>;
  try {
    plugs = plugGaps();
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
    slave = openSync(child.pty, constants.O_RDWR | constants.O_NOCTTY);
    // The program waits for its standard input to be its own, so that comes last.
    for (const fd of pair ? [pair.slave, slave] : [slave]) handOver(fd, launch.drop);
    return { pid: child.pid, fd: child.fd, slave };
  } catch (error) {
    // The child must not live on unseen: it is killed, or ends as its terminal is closed.
    for (const fd of [child.fd, slave]) if (fd !== undefined) closeSync(fd);
    signalLeader(child.pid, 'SIGKILL', false);
    throw refused(error);
  }
}

function openPair(binding: Binding, { size }: Launch): ReturnType<Binding['open']> {
  try {
    const pair = binding.open(size.cols, size.rows);
    for (const fd of [pair.master, pair.slave]) addInheritable(fd);
    return pair;
  } catch (error) {
    throw refused(error);
  }
}

function closePair(pair: ReturnType<Binding['open']>): void {
  for (const fd of [pair.master, pair.slave]) closeInheritable(fd);
}

function refused(error: unknown): SpawnError {
  const cause = error instanceof Error ? error.message : String(error);
  return new SpawnError(
    `cannot fork or open a terminal: ${cause} The system may be out of processes (ulimit -u), files (ulimit -n) or terminals (/proc/sys/kernel/pty/max)`,
  );
}

/**
 * The last step before a program that changed user, as that user: wait until the terminal is its own, enter the working
 * directory, take the rest of the environment. What it is given comes as arguments: no line is made of data.
 */
const AS_USER =
  'until [ -O /dev/stdin ]; do :; done; [ -z "$1" ] || cd "$1" || exit 126; shift; ' +
  'while [ "$1" != -- ]; do export "$1"; shift; done; shift; exec "$@"';

/**
 * The words to exec: the program itself, behind a shell that opens the second terminal as fd 2 where stderr is apart, and
 * behind setpriv(1) where it runs as someone else. The binding's own uid and gid would leave it root's supplementary
 * groups. The innermost shell waits, normally not once, until the daemon has handed the terminal over.
 */
function chainOf(launch: Launch, stderrPath: string | undefined): readonly string[] {
  const { drop } = launch;
  let chain = launch.argv;
  if (drop) {
    const { account, setpriv } = drop;
    const groups = account.name === undefined ? '--clear-groups' : '--init-groups';
    const waiting = [
      '/bin/sh',
      '-c',
      AS_USER,
      'sh',
      launch.isCwdEntered ? launch.cwd : '',
      ...launch.lateEnv,
      '--',
      ...chain,
    ];
    chain = [setpriv, `--reuid=${account.uid}`, `--regid=${account.gid}`, groups, '--', ...waiting];
  }
  if (stderrPath !== undefined) chain = ['/bin/sh', '-c', 'exec 2<>"$1"; shift; exec "$@"', 'sh', stderrPath, ...chain];
  return chain;
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
