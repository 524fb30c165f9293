import type { Asker } from '../core/asker.ts';
import type { HappeningBody } from '../core/events.ts';
import type { Intent } from '../core/intent.ts';
import { deadlineOf, type Life, pidOf, unborn } from '../core/life.ts';
import { step } from '../core/lifecycle.ts';
import { keystrokes } from '../core/newlines.ts';
import type { ProcessSpec, SignalName } from '../core/program.ts';
import { isStderrApart } from '../core/program.ts';
import { Scrollback } from '../core/scrollback.ts';
import type { Effect, Event } from '../core/transition.ts';
import type { Clock } from '../runtime/clock.ts';
import { MutableDisposable } from '../runtime/lifetime.ts';
import type { Trace } from '../runtime/trace.ts';
import { SpawnError } from './accounts.ts';
import { Console } from './console.ts';
import { hintOf, prepareLaunch } from './launch.ts';
import type { LogFiles } from './logfiles.ts';
import { Outlets } from './outlets.ts';
import type { PacedQueue } from './paced.ts';
import { removePidfile, writePidfile } from './pidfile.ts';
import { conditionOf, readStat, ticksNow } from './procfs.ts';
import type { Pty, PtyHost, Stream } from './pty.ts';
import type { SessionScanner } from './sessions.ts';
import { signalLeader, signalLeftovers } from './signalling.ts';

/** What every process shares of the daemon. */
export interface World {
  readonly host: PtyHost;
  readonly clock: Clock;
  readonly forks: PacedQueue;
  /** The pictures of panes. */
  readonly pictures: PacedQueue;
  readonly scanner: SessionScanner;
  readonly logfiles: LogFiles;
  readonly trace: Trace;
  /** The daemon's environment, as programs inherit it. */
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** Names this config in `TASKMASTER_ID`. */
  readonly configHash: string;
  /** Why a process must not be started now; undefined when it may. */
  readonly obstacleTo: (process: Process) => string | undefined;
  /** Something has changed that must outlive the daemon: soon, or now as nobody else sees to that. */
  readonly remember: (when: 'soon' | 'now') => void;
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
  /** Its terminal as people see it, over all its lives. */
  readonly console: Console;
  /** A reload removed it: it is being stopped, and then forgotten. */
  isLeaving = false;
  /** What its start by a reload waits for, in words. */
  waitsFor: string | undefined;
  /** What came on the second terminal, where stderr is apart. */
  stderr: Scrollback | undefined;
  private readonly world: World;
  private asked: ProcessSpec;
  private decided: Intent | undefined;
  private life: Life;
  private readonly events: Event[] = [];
  private isStepping = false;
  private readonly timer = new MutableDisposable();
  private armedFor: number | undefined;
  private readonly dueFork = new MutableDisposable();
  /** The terminals of all lives that someone still holds, with where their output goes. */
  private readonly terminals = new Map<Pty, Outlets>();
  private outlets: Outlets | undefined;
  /** Of the latest life, which may have begun under another name. */
  private id = '';
  private forkedAs: string | undefined;
  /** When its leader began, in clock ticks since boot. */
  private startedAt: number | undefined;
  private reapedAt = 0;
  /** Where the pid of the live leader is written: a spec for the next life may name another place. */
  private pidfile: string | undefined;
  private readonly outputListeners = new Set<() => void>();
  private readonly happeningListeners = new Set<(happening: HappeningBody) => void>();

  constructor(spec: ProcessSpec, world: World) {
    this.asked = spec;
    this.world = world;
    this.life = unborn(world.clock.now());
    this.console = new Console(
      {
        clock: world.clock,
        ptys: world.host,
        pictures: world.pictures,
        name: () => this.fullname,
        life: () => this.life,
        tell: ({ label, origin, readOnly }, leaving) => {
          const type = leaving === undefined ? 'viewer.attached' : 'viewer.detached';
          const { why = null, typed = 0 } = leaving ?? {};
          const { fullname: process, program } = this;
          this.announce({ type, process, program, label, origin, readOnly, reason: why, typed });
        },
      },
      { scrollback: spec.scrollback, size: spec.terminal },
    );
    this.stderr = isStderrApart(spec) ? new Scrollback(spec.scrollback) : undefined;
  }

  get spec(): ProcessSpec {
    return this.asked;
  }

  get current(): Life {
    return this.life;
  }

  /** The name in the marks of its latest life; undefined before the first. */
  get markedAs(): string | undefined {
    return this.forkedAs;
  }

  /** Whether its output goes elsewhere than its spec says, as a log file could not be opened: the next reload tries again. */
  get isBehindSpec(): boolean {
    return this.outlets !== undefined && !this.outlets.isFor(this.asked);
  }

  /** What a person or policy decided of it; undefined when `autostart` alone does. */
  get intent(): Intent | undefined {
    return this.decided;
  }

  /** The live leader and when it began, in clock ticks since boot, by which it is known again. */
  get leader(): { readonly pid: number; readonly start: number | undefined } | undefined {
    const pid = pidOf(this.life);
    return pid === undefined ? undefined : { pid, start: this.startedAt };
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

  /** What was decided of it in a former life of the daemon. */
  recall(intent: Intent | undefined): void {
    this.decided = intent;
  }

  /** Remembers what was decided of it beyond the config. */
  intend(intent: Intent): void {
    if (this.decided?.want === intent.want && this.decided.by === intent.by) return;
    this.decided = intent;
    this.world.remember(intent.by === 'policy' ? 'now' : 'soon'); // what a person decides is written before the answer
  }

  /**
   * From here on it is what `spec` says: the same program, under another name perhaps. `renew`: it takes a new life for
   * that, which is begun if it is up. What can be applied to the life it has is; returns what could not, in words.
   */
  reconfigure(spec: ProcessSpec, { renew, by }: { readonly renew: boolean; readonly by: Asker }): string | undefined {
    this.asked = spec;
    this.console.configure({ scrollback: spec.scrollback, size: spec.terminal });
    this.stderr?.resize(spec.scrollback);
    let problem: string | undefined;
    if (!renew) {
      this.attempt(() => {
        problem = this.applyToLife();
      });
    }
    this.dispatch({ type: 'reconfigured', renew, by });
    return problem;
  }

  /** Types bytes into the terminal: false when the program has not read what was typed before, or does not run. */
  type(bytes: Uint8Array): boolean {
    return this.console.type(bytes);
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

  /** Tells everyone what happened to it, those first who follow all. */
  announce(happening: HappeningBody): void {
    this.attempt(() => this.world.publish(happening));
    for (const listener of this.happeningListeners) this.attempt(() => listener(happening));
    if (happening.type === 'process.state') this.attempt(() => this.console.onState());
  }

  /** Lets go of timers, terminals and log files. Whatever still runs in one is hung up. */
  [Symbol.dispose](): void {
    this.timer[Symbol.dispose]();
    this.dueFork[Symbol.dispose]();
    for (const [pty, outlets] of this.terminals) {
      pty[Symbol.dispose]();
      outlets[Symbol.dispose](); // a terminal that is let go of does not tell that it is closed
    }
    this.terminals.clear();
    this.console[Symbol.dispose]();
  }

  private perform(effect: Effect): void {
    switch (effect.type) {
      case 'spawn':
        this.dueFork.value = this.world.forks.add(() => this.spawn(effect.generation));
        break;
      case 'cancel':
        this.dueFork.value = undefined;
        break;
      case 'type':
        if (!this.type(Buffer.from(keystrokes(effect.text))))
          this.dispatch({ type: 'inputRefused', generation: this.life.generation });
        break;
      case 'inspect':
        this.dispatch({ type: 'inspected', generation: effect.generation, condition: conditionOf(effect.pid) });
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
        this.announce(effect.happening);
        break;
    }
  }

  private takeNext(): void {
    const event = this.events.shift();
    if (event === undefined) return;
    const { life, effects } = step(this.asked, this.life, event, this.world.clock.now());
    const hasComeToRest = life.state.kind === 'exited' && this.life.state.kind !== 'exited';
    if (pidOf(life) !== pidOf(this.life)) this.world.remember('soon');
    this.life = life;
    if (hasComeToRest && life.want === 'down') this.intend({ want: 'down', by: 'policy' });
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
    this.console.bind(pty);
    this.attempt(() => {
      this.startedAt = readStat(pty.pid)?.start;
    });
    this.attempt(() => this.writePidfile(pty.pid));
    this.dispatch({ type: 'spawned', generation, pid: pty.pid });
  }

  private fork(generation: number): Pty {
    const obstacle = this.world.obstacleTo(this);
    if (obstacle !== undefined) throw new SpawnError(obstacle);
    this.forkedAs = this.fullname;
    this.id = `${this.world.configHash}:${this.forkedAs}:${generation}`;
    const { environment: inherited, daemonId: daemon } = this.world;
    const launch = prepareLaunch(this.spec, { inherited, id: this.id, daemon, size: this.console.size });
    const outlets = new Outlets(this.world, this.spec);
    if (launch.stderrApart) this.stderr ??= new Scrollback(this.spec.scrollback);
    else this.stderr = undefined;
    this.attempt(() => this.console.begin());
    let pty: Pty;
    try {
      pty = this.world.host.spawn(launch, {
        output: (bytes, stream) => this.onOutputOf(bytes, stream, outlets),
        ended: (exit, alone) => {
          this.console.bind(undefined);
          this.outlets = undefined;
          this.attempt(() => this.onEnded(pty.pid, outlets));
          this.console.scrollback.end({ generation, pid: pty.pid, exit });
          this.dispatch({ type: 'ended', generation, exit, alone, hint: hintOf(launch, exit) });
        },
        closed: () => {
          this.terminals.delete(pty);
          outlets[Symbol.dispose]();
        },
      });
    } catch (error) {
      outlets[Symbol.dispose]();
      throw error;
    }
    outlets.attach(pty);
    this.outlets = outlets;
    this.terminals.set(pty, outlets);
    return pty;
  }

  /** What a new spec changes for a life that goes on under it. Returns what it could not, in words. */
  private applyToLife(): string | undefined {
    const pid = pidOf(this.life);
    if (pid === undefined) return undefined;
    if (this.asked.pidfile !== this.pidfile) {
      this.removePidfile(pid);
      this.writePidfile(pid);
    }
    try {
      this.outlets?.redirect(this.asked);
      return undefined;
    } catch (error) {
      if (!(error instanceof SpawnError)) throw error;
      const problem = `${error.message}; its output goes where it went before`;
      this.warn(problem);
      return problem;
    }
  }

  private writePidfile(pid: number): void {
    this.pidfile = this.asked.pidfile;
    if (this.pidfile !== undefined) this.warn(writePidfile(this.pidfile, pid));
  }

  private removePidfile(pid: number): void {
    if (this.pidfile !== undefined) this.warn(removePidfile(this.pidfile, pid));
    this.pidfile = undefined;
  }

  private onEnded(pid: number, outlets: Outlets): void {
    this.reapedAt = ticksNow();
    outlets.flush();
    this.removePidfile(pid);
  }

  private scan(pid: number, generation: number): void {
    const query = { session: pid, reapedAt: this.reapedAt, id: this.id };
    this.world.scanner.scan(query, (members, zombies) =>
      this.dispatch({ type: 'scanned', generation, members, zombies }),
    );
  }

  private onOutputOf(bytes: Uint8Array, stream: Stream, outlets: Outlets): void {
    this.console.append(bytes);
    if (stream === 'stderr') this.stderr?.append(bytes);
    outlets.write(stream, bytes);
    for (const listener of this.outputListeners) listener();
  }

  private warn(message: string | undefined): void {
    if (message !== undefined) this.world.warn(this.fullname, message);
  }
}
