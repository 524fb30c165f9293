import type { HappeningBody } from '../core/events.ts';
import type { Exit } from '../core/exit.ts';
import { deadlineOf, type Life, unborn } from '../core/life.ts';
import { step } from '../core/lifecycle.ts';
import { NewlineDecoder } from '../core/newlines.ts';
import type { LogTarget, ProcessSpec, SignalName } from '../core/program.ts';
import { isStderrApart } from '../core/program.ts';
import { Scrollback } from '../core/scrollback.ts';
import type { Effect, Event } from '../core/transition.ts';
import type { Clock } from '../runtime/clock.ts';
import { MutableDisposable } from '../runtime/lifetime.ts';
import type { Trace } from '../runtime/trace.ts';
import { SpawnError } from './accounts.ts';
import { explainRefusal } from './executable.ts';
import { prepareLaunch } from './launch.ts';
import type { LogFile, LogFiles } from './logfiles.ts';
import type { PacedQueue } from './paced.ts';
import { removePidfile, writePidfile } from './pidfile.ts';
import { ticksNow } from './procfs.ts';
import type { Launch, Pty, PtyHost, Stream } from './pty.ts';
import type { SessionScanner } from './sessions.ts';
import { signalLeader, signalLeftovers } from './signalling.ts';

/** What every process shares of the daemon. */
export interface World {
  readonly host: PtyHost;
  readonly clock: Clock;
  readonly forks: PacedQueue;
  readonly scanner: SessionScanner;
  readonly logfiles: LogFiles;
  readonly trace: Trace;
  /** The daemon's environment, as programs inherit it. */
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** Names this config in `TASKMASTER_ID`. */
  readonly configHash: string;
  /** Names this daemon in `TASKMASTER_DAEMON`. */
  readonly daemonId: string;
  /** Tells everyone what happened. */
  readonly publish: (happening: HappeningBody) => void;
  /** Tells of trouble that changes no state: a pidfile that cannot be written. */
  readonly warn: (process: string, message: string) => void;
  /** Tells of a fault of the daemon's own, which must not keep a life from going on. */
  readonly fault: (error: unknown) => void;
}

/**
 * One process: the interpreter of `core/lifecycle.ts`. It feeds events to `step`, performs the effects in their order,
 * and keeps one timer, at the life's one deadline. It decides nothing.
 */
export class Process implements Disposable {
  readonly spec: ProcessSpec;
  /** All that its terminals received, over all its lives. */
  readonly scrollback: Scrollback;
  /** What came on the second terminal, where stderr is apart. */
  readonly stderr: Scrollback | undefined;
  private readonly world: World;
  private life: Life;
  private readonly events: Event[] = [];
  private isStepping = false;
  private readonly timer = new MutableDisposable();
  private armedFor: number | undefined;
  private readonly dueFork = new MutableDisposable();
  /** The terminal of the current life; then those of earlier lives that someone still holds. */
  private pty: Pty | undefined;
  private readonly terminals = new Set<Pty>();
  private reapedAt = 0;
  private readonly outputListeners = new Set<() => void>();
  private readonly happeningListeners = new Set<(happening: HappeningBody) => void>();

  constructor(spec: ProcessSpec, world: World) {
    this.spec = spec;
    this.world = world;
    this.life = unborn(world.clock.now());
    this.scrollback = new Scrollback(spec.scrollback);
    this.stderr = isStderrApart(spec) ? new Scrollback(spec.scrollback) : undefined;
  }

  get current(): Life {
    return this.life;
  }

  get fullname(): string {
    return this.spec.fullname;
  }

  get group(): string {
    return this.spec.group;
  }

  get name(): string {
    return this.spec.name;
  }

  get program(): string {
    return this.spec.program;
  }

  /** Feeds one event. Events that come up while another is dealt with wait for their turn. */
  dispatch(event: Event): void {
    this.events.push(event);
    if (this.isStepping) return;
    this.isStepping = true;
    while (this.events.length > 0) this.attempt(() => this.takeNext());
    this.isStepping = false;
    this.armTimer();
  }

  /** Types bytes into the terminal: false when the program has not read what was typed before, or does not run. */
  type(bytes: Uint8Array): boolean {
    return this.pty?.write(bytes) ?? false;
  }

  /** Signals the leader, without it being a stop. Returns why it could not. */
  signal(pid: number, signal: SignalName): string | undefined {
    return signalLeader(pid, signal, false);
  }

  /** Calls back after each piece of output has reached the scrollback. */
  onOutput(listener: () => void): Disposable {
    this.outputListeners.add(listener);
    return { [Symbol.dispose]: () => void this.outputListeners.delete(listener) };
  }

  /** Calls back with what happens to this process, after its life has changed. */
  onHappening(listener: (happening: HappeningBody) => void): Disposable {
    this.happeningListeners.add(listener);
    return { [Symbol.dispose]: () => void this.happeningListeners.delete(listener) };
  }

  /** Lets go of timers and terminals. Whatever still runs in one is hung up. */
  [Symbol.dispose](): void {
    this.timer[Symbol.dispose]();
    this.dueFork[Symbol.dispose]();
    for (const pty of this.terminals) pty[Symbol.dispose]();
    this.terminals.clear();
  }

  private perform(effect: Effect): void {
    switch (effect.type) {
      case 'spawn':
        this.dueFork.value = this.world.forks.add(() => this.spawn(effect.generation));
        break;
      case 'cancel':
        this.dueFork.value = undefined;
        break;
      case 'signal': {
        const { generation } = this.life;
        const reason = signalLeader(effect.pid, effect.signal, effect.group);
        if (reason !== undefined) this.dispatch({ type: 'signalFailed', generation, reason });
        break;
      }
      case 'scan':
        this.scan(effect.pid, effect.generation);
        break;
      case 'sweep':
        signalLeftovers(effect.pid, effect.members, effect.signal);
        break;
      case 'publish':
        this.attempt(() => this.world.publish(effect.happening));
        for (const listener of this.happeningListeners) this.attempt(() => listener(effect.happening));
        break;
    }
  }

  private takeNext(): void {
    const event = this.events.shift();
    if (event === undefined) return;
    const { life, effects } = step(this.spec, this.life, event, this.world.clock.now());
    this.life = life;
    this.world.trace.life?.(`${this.fullname} ${JSON.stringify(event)} -> ${JSON.stringify(life.state)}`);
    for (const effect of effects) this.attempt(() => this.perform(effect));
  }

  /** Does one thing of several: when it fails, which is a fault of ours, the others are still done. */
  private attempt(action: () => void): void {
    try {
      action();
    } catch (error) {
      this.world.fault(error);
    }
  }

  private armTimer(): void {
    const deadline = deadlineOf(this.life);
    if (deadline === this.armedFor) return;
    this.armedFor = deadline;
    this.timer.value =
      deadline === undefined ? undefined : this.world.clock.after(deadline - this.world.clock.now(), this.onTimer);
  }

  private readonly onTimer = (): void => {
    this.armedFor = undefined;
    this.dispatch({ type: 'deadline' });
  };

  private spawn(generation: number): void {
    let pty: Pty;
    try {
      pty = this.fork(generation);
    } catch (error) {
      // Whatever it was, this life has failed, and must say so.
      if (!(error instanceof SpawnError)) this.world.fault(error);
      const reason = error instanceof Error ? error.message : String(error);
      this.dispatch({ type: 'spawnFailed', generation, reason });
      return;
    }
    this.pty = pty;
    this.terminals.add(pty);
    const { pidfile } = this.spec;
    if (pidfile !== undefined) this.attempt(() => this.warn(writePidfile(pidfile, pty.pid)));
    this.dispatch({ type: 'spawned', generation, pid: pty.pid });
  }

  private fork(generation: number): Pty {
    const outlets = { stdout: this.openOutlet(this.spec.stdout), stderr: this.openOutlet(this.spec.stderr) };
    const { environment: inherited } = this.world;
    const marks = { id: this.idOf(generation), daemon: this.world.daemonId };
    const launch = prepareLaunch(this.spec, { inherited, ...marks, size: this.spec.terminal });
    const pty: Pty = this.world.host.spawn(launch, {
      output: (bytes, stream) => this.onOutputOf(bytes, stream, outlets[stream]),
      ended: (exit, alone) => {
        this.pty = undefined;
        this.attempt(() => this.onEnded(pty.pid, outlets));
        this.scrollback.end({ generation, pid: pty.pid, exit });
        this.dispatch({ type: 'ended', generation, exit, alone, hint: hintOf(launch, exit) });
      },
      closed: () => {
        this.terminals.delete(pty);
        for (const outlet of [outlets.stdout, outlets.stderr]) outlet?.[Symbol.dispose]();
      },
    });
    outlets.stdout?.attach(pty);
    outlets.stderr?.attach(pty);
    return pty;
  }

  private onEnded(pid: number, outlets: Readonly<Record<Stream, Outlet | undefined>>): void {
    this.reapedAt = ticksNow();
    for (const outlet of [outlets.stdout, outlets.stderr]) outlet?.flush();
    if (this.spec.pidfile !== undefined) this.warn(removePidfile(this.spec.pidfile, pid));
  }

  private scan(pid: number, generation: number): void {
    const query = { session: pid, reapedAt: this.reapedAt, id: this.idOf(generation) };
    this.world.scanner.scan(query, members => this.dispatch({ type: 'scanned', generation, members }));
  }

  private onOutputOf(bytes: Uint8Array, stream: Stream, outlet: Outlet | undefined): void {
    this.scrollback.append(bytes);
    if (stream === 'stderr') this.stderr?.append(bytes);
    outlet?.write(bytes);
    for (const listener of this.outputListeners) listener();
  }

  private openOutlet(target: LogTarget): Outlet | undefined {
    return target.kind === 'file' ? new Outlet(this.world.logfiles.open(target.path)) : undefined;
  }

  private warn(message: string | undefined): void {
    if (message !== undefined) this.world.warn(this.fullname, message);
  }

  private idOf(generation: number): string {
    return `${this.world.configHash}:${this.fullname}:${generation}`;
  }
}

/** What sh(1) and setpriv(1) exit with when they cannot exec. */
const CANNOT_EXEC: readonly (number | null)[] = [126, 127];

/** Behind a change of user only the new one's exec can tell whether it may run the file: here is why it could not. */
function hintOf({ argv, cwd, drop }: Launch, exit: Exit): string | undefined {
  if (!drop || !CANNOT_EXEC.includes(exit.code)) return undefined;
  return explainRefusal(cwd, drop.account) ?? explainRefusal(argv[0] ?? '', drop.account);
}

/** One stream of one life on its way into a log file. When the disk cannot follow, that life's terminal is not read. */
class Outlet implements Disposable {
  private readonly file: LogFile;
  private readonly newlines = new NewlineDecoder();
  private readonly pressure = new MutableDisposable();

  constructor(file: LogFile) {
    this.file = file;
  }

  attach(pty: Pty): void {
    this.pressure.value = this.file.onFull(isFull => pty.setPaused(this, isFull));
  }

  write(bytes: Uint8Array): void {
    this.file.append(this.newlines.decode(bytes));
  }

  flush(): void {
    this.file.append(this.newlines.end());
  }

  [Symbol.dispose](): void {
    this.flush();
    this.pressure[Symbol.dispose]();
  }
}
