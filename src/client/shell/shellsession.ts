import type { Happening } from '../../core/events.ts';
import { realClock } from '../../runtime/clock.ts';
import { atMost } from '../../runtime/patience.ts';
import { completeLine } from '../completion/complete.ts';
import { filesIn } from '../completion/directory.ts';
import type { ShellControls } from '../controls.ts';
import { formatEvent } from '../eventline.ts';
import { type Host, hostWith } from '../host.ts';
import { type History, openHistory } from '../line/historyfile.ts';
import type { Completion, Line } from '../line/line.ts';
import { apiFor, runWords, wantsColor } from '../session.ts';
import { EXIT, type Globals, type Invocation, type Verb, verbsAt } from '../verb.ts';
import { Announcer } from './announcer.ts';
import { readLine } from './commandline.ts';
import { Link, type LinkListener } from './link.ts';
import type { ShellOptions } from './shelloptions.ts';
import { subjectsOf } from './subjects.ts';
import { NOTHING_TOLD, report, type Tellings, tell, watch } from './tellings.ts';

/** Milliseconds that the first prompt waits for more than `status` did: long enough for any daemon that answers. */
const LINK_WITHIN = 300;

/** What an event's line begins with and nobody needs of a moment ago: `2026-11-21 `. */
const DATE_LENGTH = 11;

function isFatal(happening: Happening): boolean {
  return happening.type === 'process.state' && happening.to === 'FATAL';
}

/** Where a shell's session is seen. */
export interface Front {
  /** Prints whole lines, above the one that is being typed. */
  above(text: string): void;
  /** The prompt is another one now. */
  changed(): void;
}

/** What a shell is but for its terminal: commands that run one after the other, their history, and what is told between them. */
export class ShellSession implements LinkListener, Disposable {
  readonly history: History;
  /** Set by `exit`. */
  isLeaving = false;
  readonly color: boolean;
  private readonly host: Host;
  private readonly verbs: readonly Verb[];
  private readonly options: ShellOptions;
  private readonly front: Front;
  private readonly aliases = new Map<string, string>();
  private readonly link: Link;
  private readonly announcer: Announcer;
  private globals: Globals;
  private tellings: Tellings = NOTHING_TOLD;
  private why = '';
  private isMissed = false;
  private isStarted = false;
  /** Ctrl-C came while a command ran. */
  private isCancelled = false;

  /** `host` prints where the shell is seen. */
  constructor(host: Host, options: ShellOptions, front: Front) {
    this.options = options;
    this.front = front;
    this.globals = options.globals;
    this.verbs = verbsAt(options.table, 'shell');
    this.history = openHistory(host.env);
    this.color = wantsColor(options.globals, host);
    this.host = hostWith(host, { shell: this.controls });
    this.announcer = new Announcer(realClock, text => front.above(text));
    this.link = new Link(signal => apiFor(this.globals, this.host, signal), this, realClock);
  }

  /** Tells whether the daemon is there and whether anything can be changed. */
  get prompt(): string {
    const remarks = [
      ...(this.options.readOnly ? ['read-only'] : []),
      ...(this.link.isLive || !this.isStarted ? [] : ['no daemon']),
    ];
    return `taskmaster${remarks.length === 0 ? '' : ` (${remarks.join(', ')})`}> `;
  }

  /** As supervisorctl's shell, it begins with what there is. */
  async start(): Promise<void> {
    const linked = this.link.start();
    await this.run('status', { isTyped: false });
    await atMost(LINK_WITHIN, linked, realClock); // a daemon that does not answer is told of when that is sure
    this.isStarted = true;
  }

  /** Runs what was typed, or pasted, a command a line. Whoever cancels one of them wants none of those behind it. */
  async run(text: string, { isTyped = true } = {}): Promise<void> {
    this.isCancelled = false;
    for (const line of text.split('\n')) {
      if (this.isLeaving || this.isCancelled) return;
      await this.runLine(line, isTyped);
    }
  }

  /** What Tab offers: made of what is known already, so that nobody waits for a daemon that does not answer. */
  complete(line: Line): Completion {
    const aliases = [...this.aliases].map(([name, help]) => ({ name, help }));
    const files = (directory: string): readonly string[] => filesIn(directory, this.host);
    return completeLine(line, { ...this.link.known, verbs: this.verbs, aliases, files });
  }

  [Symbol.dispose](): void {
    this.link[Symbol.dispose]();
    this.announcer[Symbol.dispose]();
  }

  // What the daemon's events tell.

  live(): void {
    if (this.isMissed) this.announcer.tell('the daemon is there');
    this.isMissed = false;
    this.front.changed();
  }

  lost(reason: string): void {
    this.why = reason;
    if (this.isStarted && !this.isMissed) this.announcer.tell(`${reason}; it is looked for until it is back`);
    this.isMissed = true;
    this.front.changed();
  }

  happened(happening: Happening, data: string): void {
    const { tellings, isTold, note } = tell(this.tellings, happening);
    this.tellings = tellings;
    if (!isTold) return;
    const line = formatEvent(data, { width: 0, color: this.color }).slice(DATE_LENGTH) + note;
    this.announcer.tell(line, { isUrgent: happening.type === 'process.exit' || isFatal(happening) });
  }

  private get controls(): ShellControls {
    return {
      leave: () => {
        this.isLeaving = true;
      },
      open: place => this.open(place),
      history: () => this.history.entries(),
      aliases: this.aliases,
    };
  }

  private async open(place: Pick<Globals, 'config' | 'socket'>): Promise<number> {
    const { config: _, socket: __, ...rest } = this.globals;
    this.globals = { ...rest, ...place };
    this.isStarted = this.isMissed = false; // what is found is told below
    let cancel = (): void => {};
    const cancelled = new Promise<void>(resolve => {
      cancel = resolve;
    });
    using _interrupt = this.host.onInterrupt(() => cancel());
    await Promise.race([this.link.start(), cancelled]);
    this.isStarted = true;
    if (this.link.isLive) return EXIT.done;
    if (this.isCancelled) return EXIT.interrupted; // it is looked for still
    await this.host.error.write(`${this.why}\n`);
    return EXIT.notRunning;
  }

  private async runLine(line: string, isTyped: boolean): Promise<void> {
    const reading = readLine(line, { history: this.history.entries(), aliases: this.aliases });
    if (reading.kind === 'nothing') return;
    if (reading.kind === 'problem') {
      if (isTyped) this.history.add(line);
      await this.host.error.write(`${reading.problem}\n`);
      return;
    }
    if (isTyped) this.history.add(line.startsWith(' ') ? line : reading.line);
    if (reading.isExpanded) await this.host.output.write(`${reading.line}\n`);
    if (reading.words.length > 0) await this.runWords(reading.words);
  }

  private async runWords(words: readonly string[]): Promise<void> {
    let over = (): void => {};
    this.announcer.isBusy = true;
    using _interrupt = this.host.onInterrupt(() => {
      this.isCancelled = true;
    });
    const { host, globals } = this;
    await runWords(words, {
      host,
      table: this.options.table,
      place: 'shell',
      globals,
      readOnly: this.options.readOnly,
      onCommand: invocation => {
        over = this.begin(invocation);
      },
    });
    over();
    this.announcer.isBusy = false;
  }

  /** A command begins; what is returned is called when it is over. */
  private begin(invocation: Invocation): () => void {
    const names = subjectsOf(invocation, this.link.known.processes);
    const watched = (): void => {
      this.tellings = watch(this.tellings, { verb: invocation.verb.name, names, now: realClock.wall() });
    };
    if (invocation.args.options.wait === false) {
      watched();
      return () => {};
    }
    this.tellings = report(this.tellings, names);
    return () => {
      this.tellings = report(this.tellings, names, realClock.wall());
      if (this.isCancelled && invocation.verb.changes) watched();
    };
  }
}
