/** Looks at what the processes of the machine have taken so far, as far as they are of the sessions of ours. */
import type { Millis } from '../core/program.ts';
import { parsePs } from '../core/pstable.ts';
import type { Look } from '../core/usage.ts';
import type { Clock } from '../runtime/clock.ts';
import { runErrand } from './errand.ts';
import { findProgram } from './executable.ts';
import { isZombie, pageSize, TICKS_PER_SECOND, ticksNow } from './procfs.ts';
import { readProcesses } from './proctable.ts';
import type { PtyHost } from './pty.ts';

export interface Looked {
  readonly look: Look;
  /** What it cost of a core. */
  readonly took: Millis;
}

/** Looks at the sessions of these leaders. Rejects when it cannot. */
export type Looking = (leaders: ReadonlySet<number>) => Promise<Looked>;

export interface LookingOptions {
  readonly clock: Clock;
  readonly host: PtyHost;
  readonly environment: Readonly<Record<string, string | undefined>>;
}

/** Where there is a /proc as Linux has it, by that; elsewhere by `ps`. */
export function lookingOn(platform: NodeJS.Platform, options: LookingOptions): Looking {
  return platform === 'linux' ? procLooking(options.clock) : psLooking(options);
}

const MS_PER_TICK = 1000 / TICKS_PER_SECOND;

export function procLooking(clock: Clock): Looking {
  let page: number | undefined;
  return async leaders => {
    page ??= pageSize();
    const pageBytes = page;
    const [at, ticks] = [clock.now(), ticksNow()];
    let took = 0;
    const visit = (stat: Parameters<Parameters<typeof readProcesses>[1]>[0]): Look['members'][number] | undefined => {
      const { pid, start, session, own, reaped, pages } = stat;
      if (!leaders.has(session)) return undefined;
      const [memory, zombie] = [pages * pageBytes, isZombie(stat)];
      return { pid, start, session, own: own * MS_PER_TICK, reaped: reaped * MS_PER_TICK, memory, isZombie: zombie };
    };
    const members = await readProcesses(clock, visit, spent => {
      took += spent;
    });
    return { look: { at, ticks, members }, took };
  };
}

/** `ps` takes some 10 ms; one that hangs is given up. */
const PS_TAKES: Millis = 5_000;

/** A line is some thirty bytes, and there may be tens of thousands of processes. */
const MOST_PS = 4 * 1024 * 1024;

/** What it costs is what it takes: on another core, but it is one of the machine's. */
export function psLooking({ clock, host, environment }: LookingOptions): Looking {
  return async leaders => {
    const at = clock.now();
    const cwd = '/';
    const file = findProgram('ps', { cwd, path: environment.PATH ?? '', account: undefined });
    const env = Object.entries({ ...environment, LC_ALL: 'C', TERM: 'dumb' });
    const giveUp = new AbortController();
    const timer = clock.after(PS_TAKES, () => giveUp.abort(new Error(`ps took longer than ${PS_TAKES / 1000} s`)));
    try {
      const launch = {
        argv: [file, '-axo', 'pid=,tty=,rss=,time='],
        env: env.flatMap(([key, value]) => (value === undefined ? [] : [`${key}=${value}`])),
        lateEnv: [],
        cwd,
        isCwdEntered: false,
        umask: undefined,
        drop: undefined,
        size: { cols: 200, rows: 24 },
        stderrApart: false,
      };
      const { output } = await runErrand(launch, { host, clock, signal: giveUp.signal, keeps: MOST_PS });
      const members = parsePs(output, leaders, process.pid);
      return { look: { at, ticks: null, members }, took: clock.now() - at };
    } finally {
      timer[Symbol.dispose]();
    }
  };
}
