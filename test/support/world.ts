import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach } from 'vitest';
import type { HappeningBody } from '../../src/core/events.ts';
import { pidOf } from '../../src/core/life.ts';
import type { ProcessSpec } from '../../src/core/program.ts';
import { type PublicState, statusOf } from '../../src/core/status.ts';
import { LogFiles } from '../../src/daemon/logfiles.ts';
import { PacedQueue } from '../../src/daemon/paced.ts';
import { Process, type World } from '../../src/daemon/process.ts';
import { daemonIdOf, readStat } from '../../src/daemon/procfs.ts';
import { openPtyHost } from '../../src/daemon/pty.ts';
import { SessionScanner } from '../../src/daemon/sessions.ts';
import { isAtRest } from '../../src/daemon/supervisor.ts';
import { type Clock, realClock } from '../../src/runtime/clock.ts';
import { traceFrom } from '../../src/runtime/trace.ts';
import { ALICE } from './people.ts';
import { makeSpec } from './spec.ts';

const cleanups: (() => Promise<void> | void)[] = [];

afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup();
});

/** Has this called after the test, the last first. */
export function onCleanup(cleanup: () => Promise<void> | void): void {
  cleanups.push(cleanup);
}

/** A directory of the test's own, removed after it. */
export function tempDir(): string {
  const dir = mkdtempSync(join(tmpdir(), 'tm-test-'));
  onCleanup(() => rmSync(dir, { recursive: true, force: true }));
  return dir;
}

const host = openPtyHost(realClock);

/** Real terminals, real time, and nothing of the daemon around them. Its processes are ended after the test. */
export class RealWorld {
  readonly happenings: HappeningBody[] = [];
  readonly warnings: string[] = [];
  readonly processes: Process[] = [];
  private readonly world: World;

  constructor(environment: World['environment'] = process.env, clock: Clock = realClock) {
    const forks = new PacedQueue(realClock);
    const logfiles = new LogFiles(realClock, happening => this.happenings.push(happening));
    this.world = {
      host,
      clock,
      forks,
      pictures: new PacedQueue(clock),
      logfiles,
      scanner: new SessionScanner(realClock),
      trace: traceFrom(process.env.TRACE),
      environment,
      configHash: 'test',
      obstacleTo: () => undefined,
      remember: () => {},
      daemonId: daemonIdOf(process.getuid?.() ?? 0),
      publish: happening => this.happenings.push(happening),
      warn: (name, message) => this.warnings.push(`${name}: ${message}`),
      fault: error => {
        throw error;
      },
    };
    onCleanup(async () => {
      for (const process of this.processes) process.dispatch({ type: 'kill', by: ALICE });
      await Promise.all(this.processes.map(process => until(process, () => isAtRest(process))));
      for (const process of this.processes) process[Symbol.dispose]();
      await logfiles.close();
    });
  }

  /** The numbers of the files that are open in this process. */
  openFiles(): number[] {
    return readdirSync('/proc/self/fd').map(Number);
  }

  /** A process that runs a shell script, unless the spec says what to run. */
  add(script: string, changes: Partial<ProcessSpec> = {}): Process {
    const spec = makeSpec({ argv: ['/bin/sh', '-c', script], starttime: 0, stoptime: 2000, ...changes });
    const process = new Process(spec, this.world);
    this.processes.push(process);
    return process;
  }

  /** Adds it, and starts it. */
  start(script: string, changes: Partial<ProcessSpec> = {}): Process {
    const process = this.add(script, changes);
    process.dispatch({ type: 'start', by: ALICE });
    return process;
  }
}

/** Resolves once the condition holds, looking whenever something happens to the process or it prints. */
export function until(process: Process, condition: () => boolean): Promise<void> {
  return new Promise(resolve => {
    const look = (): void => {
      if (!condition()) return;
      for (const subscription of subscriptions) subscription[Symbol.dispose]();
      resolve();
    };
    const subscriptions = [process.onHappening(look), process.onOutput(look)];
    look();
  });
}

export async function untilState(process: Process, ...states: readonly PublicState[]): Promise<void> {
  await until(process, () => states.includes(statusOf(process.current)));
}

/** Resolves with all that the process printed once the text is among it. */
export async function untilPrinted(process: Process, text: string): Promise<string> {
  await until(process, () => printed(process).includes(text));
  return printed(process);
}

/** All that the terminals received, with the terminal's line ends as a program wrote them. */
export function printed(process: Process): string {
  const { scrollback } = process.console;
  const { bytes } = scrollback.read(scrollback.tail, scrollback.head - scrollback.tail);
  return Buffer.from(bytes).toString('utf8').replaceAll('\r\n', '\n');
}

/** The pid of the live leader. Throws when none lives. */
export function pid(process: Process): number {
  const found = pidOf(process.current);
  if (found === undefined) throw new Error(`${process.fullname} does not run: ${statusOf(process.current)}`);
  return found;
}

/** Whether there is such a process that is no zombie. */
export function isAlive(target: number): boolean {
  const stat = readStat(target);
  return stat !== undefined && stat.state !== 'Z' && stat.state !== 'X';
}

/**
 * The files that a process holds, once it is a `sleep` that sleeps: before its exec it is a copy of what forked it, and
 * while its libraries are loaded they are open.
 */
export async function fdsOfSleep(target: number): Promise<string[]> {
  while (readFileSync(`/proc/${target}/comm`, 'utf8') !== 'sleep\n' || readStat(target)?.state !== 'S') {
    await new Promise(resolve => setImmediate(resolve));
  }
  return readdirSync(`/proc/${target}/fd`).sort((a, b) => Number(a) - Number(b));
}
