import type { AlertMessage, AlertSpec } from '../core/alert.ts';
import { type AlertState, alarmsOf, deadlineOf, expire, flush, type Outcome, quiet, step } from '../core/alerting.ts';
import { messageOf } from '../core/alertwording.ts';
import type { HappeningBody } from '../core/events.ts';
import { CONFIG_SUBJECT, type Facts, type Occurrence, occurrencesOf, outputOccurrence } from '../core/occurrence.ts';
import { oneLine } from '../core/oneline.ts';
import { formatAlarms, type OpenAlarms, parseAlarms } from '../core/openalarms.ts';
import { select } from '../core/selector.ts';
import { statusOf } from '../core/status.ts';
import { type Clock, randomToken } from '../runtime/clock.ts';
import { MutableDisposable } from '../runtime/lifetime.ts';
import { LastScreen } from './lastscreen.ts';
import { OutputWatch } from './outputwatch.ts';
import type { Process } from './process.ts';

/** Characters of a line of output that an alert tells of. */
const LONGEST_QUOTE = 300;

export interface AlertsOptions {
  readonly clock: Clock;
  readonly host: string;
  /** The config file, for the command to look closer. */
  readonly config: string;
  readonly processes: () => readonly Process[];
  /** Of two of a name that which stays. */
  readonly find: (fullname: string) => Process | undefined;
  /** Has a message told. */
  readonly enqueue: (spec: AlertSpec, message: AlertMessage) => void;
  /** Has the open alarms outlive the daemon. */
  readonly keep: (alarms: unknown) => void;
  readonly warn: (process: string, message: string) => void;
}

/** An alert at work. */
interface Rule {
  spec: AlertSpec;
  state: AlertState;
  readonly timer: MutableDisposable;
  armedFor: number | undefined;
}

/**
 * The interpreter of `core/alerting.ts`: happenings in, messages out. It finds the processes that an alert is about, keeps a
 * timer for each alert at its one deadline, and adds to what is told the last lines of the screen. It decides nothing.
 */
export class Alerts implements Disposable {
  private readonly options: AlertsOptions;
  private readonly screens: LastScreen;
  private readonly output: OutputWatch;
  private rules: ReadonlyMap<string, Rule> = new Map();
  /** The open alarms as they were handed over last. */
  private kept = '[]';
  private readonly keeping = new MutableDisposable();
  private isKeepDue = false;

  constructor(options: AlertsOptions) {
    this.options = options;
    this.screens = new LastScreen(options.clock);
    this.output = new OutputWatch(options.clock, {
      found: (process, alert, line) => this.onLine(process, alert, line),
      skipped: (process, message) => options.warn(process.fullname, message),
    });
  }

  /** Goes by these alerts. `kept` is what `keep` was given by a former daemon: alarms that may be over now. */
  open(specs: readonly AlertSpec[], kept: unknown): void {
    this.kept = JSON.stringify(kept ?? []);
    this.take(specs, parseAlarms(kept));
    // Logs are opened anew, and the config was taken: where that is wrong still, it is told again.
    const at = this.options.clock.wall();
    const facts: Facts = {
      ...{ at, program: null, group: null, process: null, pid: null, ended: null },
      what: 'was in trouble when the daemon ended; it is used anew by the one that runs now',
      details: [],
    };
    const names = new Set(this.options.processes().map(({ fullname }) => fullname));
    for (const rule of this.rules.values()) {
      for (const subject of alarmsOf(rule.state).keys()) {
        if (names.has(subject)) continue;
        const isProcess = subject !== CONFIG_SUBJECT && !subject.startsWith('the log ');
        this.feed(rule, isProcess ? { type: 'gone', subject } : { type: 'up', subject, started: false, facts });
      }
    }
    this.keep();
  }

  /** Goes by these alerts from now on. One that stays, however changed, knows what it has told. */
  configure(specs: readonly AlertSpec[]): void {
    this.take(specs, new Map());
    this.keep();
  }

  /** To be called with all that happens, in order, after processes have changed by it. */
  onHappening(happening: HappeningBody): void {
    if (this.rules.size === 0) return;
    const { type } = happening;
    const process =
      type === 'process.exit' || type === 'process.state' ? this.options.find(happening.process) : undefined;
    if (type === 'process.exit' && process) this.output.onEnd(process);
    const subject = process && { spec: process.spec, life: process.current };
    const occurrences = occurrencesOf(happening, subject, this.options.clock.wall());
    for (const occurrence of occurrences) {
      for (const rule of this.rules.values()) {
        if (process === undefined || isAbout(rule.spec, process)) this.feed(rule, occurrence);
      }
    }
  }

  /** The end: what is held back is told. */
  close(): void {
    for (const rule of this.rules.values()) {
      this.follow(rule, flush(rule.spec, rule.state, this.options.clock.now()));
    }
    this.keep();
    this[Symbol.dispose]();
  }

  [Symbol.dispose](): void {
    for (const { timer } of this.rules.values()) timer[Symbol.dispose]();
    this.rules = new Map();
    this.keeping[Symbol.dispose]();
    this.output[Symbol.dispose]();
  }

  private take(specs: readonly AlertSpec[], alarms: OpenAlarms): void {
    const former = new Map(this.rules);
    this.rules = new Map(
      specs.map(spec => {
        const rule = former.get(spec.name);
        former.delete(spec.name);
        if (rule) rule.spec = spec;
        const state = quiet(randomToken(), alarms.get(spec.name));
        return [spec.name, rule ?? { spec, state, timer: new MutableDisposable(), armedFor: undefined }];
      }),
    );
    for (const { timer } of former.values()) timer[Symbol.dispose]();
    const watching = specs.filter(({ output }) => output !== undefined);
    const processes = watching.length === 0 ? [] : this.options.processes();
    this.output.configure(
      processes.flatMap(process => {
        const alerts = watching.filter(spec => isAbout(spec, process) && picks(spec.output?.programs ?? [], process));
        return alerts.length === 0 ? [] : [{ process, alerts }];
      }),
    );
  }

  private onLine(process: Process, alert: string, line: string): void {
    const rule = this.rules.get(alert);
    if (rule === undefined) return;
    const subject = { spec: process.spec, life: process.current };
    this.feed(rule, outputOccurrence(oneLine(line, LONGEST_QUOTE), subject, this.options.clock.wall()));
  }

  private feed(rule: Rule, occurrence: Occurrence): void {
    this.follow(rule, step(rule.spec, rule.state, occurrence, this.options.clock.now()));
  }

  private follow(rule: Rule, { state, told }: Outcome): void {
    if (state === rule.state) return;
    if (state.changes !== rule.state.changes) this.keepSoon();
    rule.state = state;
    const { host, config, clock, enqueue } = this.options;
    for (const telling of told) {
      const about = telling.kind === 'surplus' ? null : telling.facts.process;
      const process = about === null ? undefined : this.options.find(about);
      const screen = process === undefined ? [] : this.screens.of(process);
      const state = process && statusOf(process.current);
      const setting = { spec: rule.spec, host, config, now: clock.wall(), state, screen };
      enqueue(rule.spec, messageOf(telling, setting));
    }
    this.arm(rule);
  }

  private arm(rule: Rule): void {
    const deadline = deadlineOf(rule.state);
    if (deadline === rule.armedFor) return;
    const { clock } = this.options;
    rule.armedFor = deadline;
    rule.timer.value =
      deadline === undefined
        ? undefined
        : clock.after(deadline - clock.now(), () => {
            rule.armedFor = undefined;
            this.follow(rule, expire(rule.spec, rule.state, clock.now()));
            this.arm(rule); // where it fired a fraction early, nothing was due yet
          });
  }

  /** A thousand that fail at once are handed over once. */
  private keepSoon(): void {
    if (this.isKeepDue) return;
    this.isKeepDue = true;
    this.keeping.value = this.options.clock.soon(() => this.keep());
  }

  /** Hands the open alarms over where they have changed. */
  private keep(): void {
    this.isKeepDue = false;
    this.keeping.value = undefined;
    const alarms = formatAlarms(new Map([...this.rules].map(([name, { state }]) => [name, alarmsOf(state)])));
    const text = JSON.stringify(alarms);
    if (text === this.kept) return;
    this.kept = text;
    this.options.keep(alarms);
  }
}

function isAbout({ programs }: AlertSpec, process: Process): boolean {
  return picks(programs, process);
}

/** Whether selectors mean a process; none mean all. */
function picks(selectors: readonly string[], process: Process): boolean {
  return selectors.length === 0 || select([process], selectors).selected.length > 0;
}
