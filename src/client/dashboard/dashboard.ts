import { hostname } from 'node:os';
import { WireError } from '../../protocol/errors.ts';
import type { Clock } from '../../runtime/clock.ts';
import { Delay } from '../../runtime/delay.ts';
import type { ScreenDocument } from '../../terminal/render.ts';
import { NoDaemonError } from '../address.ts';
import type { Api } from '../api.ts';
import { chordFor, givenChord } from '../attach/detachkeys.ts';
import { type Ending, exitCodeFor } from '../attach/ending.ts';
import { type HandledSignal, SIGNAL_NUMBERS, type UserTerminal } from '../attach/terminal.ts';
import { userOf } from '../identity.ts';
import { type History, openHistory } from '../line/historyfile.ts';
import type { Input } from '../line/key.ts';
import { KeyReader } from '../line/keyreader.ts';
import { apiFor, runCaptured } from '../session.ts';
import { type Session, UsageError, verbsAt } from '../verb.ts';
import type { Board, Effect, Message } from './board.ts';
import { type Capabilities, capabilitiesOf, themeOf } from './capabilities.ts';
import { clipboardSequence } from './clipboard.ts';
import { consolesOf } from './consoles.ts';
import { Display, type DisplayListener } from './display.ts';
import { Feed } from './feed.ts';
import { attachFrom } from './handover.ts';
import { HISTORY_LINES } from './historymode.ts';
import { OutputLines } from './output.ts';
import { Panes } from './panes.ts';
import { initialModel, update } from './update.ts';
import { openView } from './view.ts';

/** Milliseconds between two looks at the clock, for uptimes and what goes by itself. */
const TICK = 1000;

/** Milliseconds that a sample of the daemon may be late before the clock is looked at without it. */
const LATE = 200;

/** Asks for the colour of the background (OSC 11). */
const ASK_BACKGROUND = '\x1b]11;?\x1b\\';

/** Milliseconds in which the answer counts: later the colours stay as they are, as they would change under the reader's eyes. */
const ANSWER_WITHIN = 200;

/** Shells add this to the number of a signal. */
const SIGNAL_BASE = 128;

export interface DashboardOptions {
  readonly session: Session;
  readonly terminal: UserTerminal;
  readonly clock: Clock;
}

/**
 * The dashboard on a terminal: what comes from the person and from the daemon goes through `update`, what is to be done about
 * it is done here, and the model that comes out of it is drawn.
 */
export class Dashboard implements DisplayListener {
  private readonly options: DashboardOptions;
  private readonly session: Session;
  private readonly capabilities: Capabilities;
  private readonly display: Display;
  private readonly keys: KeyReader;
  private readonly feed: Feed;
  private readonly panes: Panes;
  private readonly history: History;
  private readonly ticking: Delay;
  private readonly answering: Delay;
  private readonly ending = new AbortController();
  private readonly runs = new Map<number, AbortController>();
  private readonly over: Promise<number>;
  private finish: (code: number) => void = () => {};
  private fail: (error: unknown) => void = () => {};
  private board: Board;
  /** Another has the terminal. */
  private isAway = false;
  private isOver = false;
  private isUrgent = false;

  /** Throws UsageError for detach keys that cannot be read. */
  constructor(options: DashboardOptions) {
    const { session, terminal, clock } = options;
    const { host, readOnly } = session;
    this.options = options;
    this.session = { ...session, place: 'shell' };
    this.capabilities = capabilitiesOf(host.env);
    this.history = openHistory(host.env);
    this.board = initialModel({
      size: terminal.size,
      now: clock.wall(),
      readOnly,
      verbs: verbsAt(session.table, 'shell'),
      home: host.env.HOME,
      typed: this.history.entries(),
    });
    this.over = new Promise((resolve, reject) => {
      this.finish = code => {
        this.isOver = true;
        resolve(code);
      };
      this.fail = reject;
    });
    this.ticking = new Delay(clock);
    this.answering = new Delay(clock);
    this.keys = new KeyReader(clock, input => this.took(input));
    const onMessage = (message: Message): void => this.take(message);
    const onBug = (error: unknown): void => this.fail(error);
    const connect = (signal: AbortSignal): Api => apiFor(session.globals, host, signal);
    const given = givenChord(undefined, host.env);
    this.display = new Display({
      terminal,
      clock,
      open: write => openView({ size: terminal.size, write, ...this.capabilities, ...this.theme }),
      listener: this,
    });
    this.feed = new Feed({ connect, clock, onMessage, onBug });
    this.panes = new Panes({
      connect,
      clock,
      label: `${userOf(host.env)}@${hostname()} ${terminal.name}`.trim(),
      chordFor: daemonKeys => chordFor(given, daemonKeys),
      onMessage,
      onBug,
    });
  }

  /** Until it is left: resolves with the exit code, the terminal as it was before. */
  async run(): Promise<number> {
    try {
      await this.display.enter(this.isBackgroundKnown ? '' : ASK_BACKGROUND);
      this.answering.set(ANSWER_WITHIN, () => {});
      this.feed.start();
      this.tick();
      this.draw(true);
      return await this.over;
    } finally {
      this.feed[Symbol.dispose]();
      this.panes[Symbol.dispose]();
      this.keys[Symbol.dispose]();
      this.ticking[Symbol.dispose]();
      this.answering[Symbol.dispose]();
      this.ending.abort();
      for (const run of this.runs.values()) run.abort();
      await this.display.giveBack();
    }
  }

  // What comes from the terminal.

  input(bytes: Uint8Array): void {
    this.isUrgent = true;
    this.keys.feed(bytes);
    this.isUrgent = false;
  }

  resized(): void {
    this.display.redraw();
    this.isUrgent = true;
    this.take({ type: 'size', size: this.options.terminal.size });
    this.isUrgent = false;
  }

  drawn(): void {
    this.panes.acknowledge();
  }

  gone(): void {
    this.finish(SIGNAL_BASE + SIGNAL_NUMBERS.SIGHUP);
  }

  signal(name: HandledSignal): void {
    const { terminal } = this.options;
    if (name === 'SIGTSTP') this.away(() => terminal.stop());
    else if (name === 'SIGCONT')
      this.away(() => {}); // the shell had the terminal meanwhile
    else this.finish(SIGNAL_BASE + SIGNAL_NUMBERS[name]);
  }

  private get isBackgroundKnown(): boolean {
    return (this.session.host.env.COLORFGBG ?? '') !== '' || this.capabilities.colors === 0;
  }

  private theme: Partial<Capabilities> = {};

  /** Keys go to the program while it is typed to, the mouse stays the dashboard's. */
  private took(input: Input): void {
    if (input.type === 'reply') this.answered(input.bytes);
    else if (this.board.mode.kind === 'typing' && (input.type === 'key' || input.type === 'paste')) {
      if (!this.panes.type(input)) this.display.write('\x07');
    } else {
      this.isUrgent = true; // a lone Escape is told by a timer
      this.take({ type: 'input', input });
      this.isUrgent = false;
    }
  }

  /** What the terminal says of its background. */
  private answered(bytes: Uint8Array): void {
    const theme = themeOf(Buffer.from(bytes).toString('latin1'));
    if (theme === undefined || !this.answering.isSet) return;
    this.theme = { theme };
    this.display.current?.restyle(this.theme);
    this.draw(true);
  }

  // What follows from it.

  private take(message: Message): void {
    const former = this.board;
    const { model, effects } = update(this.onTime(message), message);
    this.board = model;
    for (const effect of effects) this.perform(effect);
    if (message.type === 'link' && message.link.kind === 'live' && former.link.kind === 'lost') this.panes.reopen();
    if (message.type !== 'pane' && message.type !== 'pane text') this.look();
    if (this.board !== former) this.draw(this.isUrgent);
  }

  /** Keeps the panes to what is to be seen; what was seen last stays while the daemon is away. */
  private look(): void {
    const { board } = this;
    if (board.link.kind !== 'live') return;
    if (this.isAway) this.panes.show([], undefined);
    else {
      const wanted = consolesOf(board).map(({ name, rect }) => ({ name, size: { cols: rect.cols, rows: rect.rows } }));
      this.panes.show(wanted, board.mode.kind === 'typing' ? board.mode.name : undefined);
    }
  }

  private draw(isUrgent: boolean): void {
    if (!this.isAway) this.display.show(this.board, isUrgent);
  }

  /** Samples come every second as well: time goes on with them, so that both are one picture. */
  private onTime({ type }: Message): Board {
    if (type !== 'usage') return this.board;
    this.tick();
    return update(this.board, { type: 'tick', now: this.options.clock.wall() }).model;
  }

  private tick(): void {
    this.ticking.set(TICK + LATE, () => {
      this.take({ type: 'tick', now: this.options.clock.wall() });
      this.tick();
    });
  }

  private perform(effect: Effect): void {
    switch (effect.kind) {
      case 'run':
        this.start(effect.run, effect.words).catch((error: unknown) => this.fail(error));
        break;
      case 'cancel':
        this.runs.get(effect.run)?.abort();
        break;
      case 'remember':
        this.history.add(effect.line);
        break;
      case 'hand over':
        this.away(() => this.attach(effect.words));
        break;
      case 'fetch history':
        this.fetchHistory(effect.name, effect.up).catch((error: unknown) => this.fail(error));
        break;
      case 'copy':
        this.display.write(clipboardSequence(Buffer.from(effect.text).toString('base64')));
        break;
      case 'ring':
        this.display.write('\x07');
        break;
      case 'redraw':
        this.display.redraw();
        this.draw(true);
        break;
      case 'suspend':
        this.away(() => this.options.terminal.suspend());
        break;
      case 'leave':
        this.finish(0);
        break;
    }
  }

  private async start(run: number, words: readonly string[]): Promise<void> {
    const ending = new AbortController();
    this.runs.set(run, ending);
    const output = new OutputLines();
    const { code } = await runCaptured(words, this.session, {
      signal: ending.signal,
      color: this.capabilities.colors > 0,
      onText: text => this.take({ type: 'printed', run, lines: output.push(text) }),
    });
    this.runs.delete(run);
    this.take({ type: 'printed', run, lines: output.end() });
    this.take({ type: 'run over', run, code });
  }

  private async fetchHistory(name: string, up: number): Promise<void> {
    const api = apiFor(this.session.globals, this.session.host, this.ending.signal);
    const query = { format: 'json', scrollback: String(HISTORY_LINES) };
    try {
      const chunks: Uint8Array[] = [];
      for await (const chunk of (await api.bytes('screen', { name, query })).chunks) chunks.push(chunk);
      const screen = JSON.parse(Buffer.concat(chunks).toString('utf8')) as ScreenDocument; // by the route table
      this.isUrgent = true;
      this.take({ type: 'history', name, up, screen });
      this.isUrgent = false;
    } catch (error) {
      if (this.ending.signal.aborted) return;
      if (!(error instanceof NoDaemonError || error instanceof WireError)) throw error;
      this.take({ type: 'history failed', name, text: error.message });
    }
  }

  // Others have the terminal for a while.

  /** Gives the terminal away, and takes it again afterwards, everything as it was. */
  private away(use: () => Promise<void> | void): void {
    if (this.isAway) return;
    this.isAway = true;
    const goAway = async (): Promise<void> => {
      this.look();
      await this.display.giveBack();
      await use();
      if (this.isOver) return;
      await this.display.enter();
      this.isAway = false;
      this.take({ type: 'size', size: this.options.terminal.size });
      this.take({ type: 'tick', now: this.options.clock.wall() });
      this.look();
      this.draw(true);
    };
    goAway().catch((error: unknown) => this.fail(error));
  }

  private async attach(words: readonly string[]): Promise<void> {
    const { terminal, clock } = this.options;
    try {
      const onEnded = (ending: Ending, line: string | undefined): void => {
        if (ending.kind === 'signal' || ending.kind === 'hung up') this.finish(exitCodeFor(ending));
        const isBad = ending.kind === 'lost' || ending.kind === 'loop';
        if (line !== undefined) this.take({ type: 'told', text: line, tone: isBad ? 'bad' : 'plain' });
      };
      await attachFrom(words, { session: this.session, terminal, clock, signal: this.ending.signal, onEnded });
    } catch (error) {
      if (!(error instanceof NoDaemonError || error instanceof WireError || error instanceof UsageError)) throw error;
      this.take({ type: 'told', text: error.message, tone: 'bad' });
    }
  }
}
