/** People before real terminals, who look at programs of a real daemon through the built client. */
import { spawn } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { Modes } from '../../src/core/modes.ts';
import { questionOf } from '../../src/core/queries.ts';
import type { Sequence } from '../../src/core/sequence.ts';
import { SequenceScanner } from '../../src/core/sequences.ts';
import { Emulator, type Size } from '../../src/terminal/emulator.ts';
import { jsonOf, type ScreenDocument, textOf } from '../../src/terminal/render.ts';
import { CTL, Person } from '../client/attach-support.ts';
import { Bench, type Ran, type RunningDaemon } from '../support/built.ts';
import { differences, picture, type ScreenState, stateOf } from '../support/screenstate.ts';
import { onCleanup } from '../support/world.ts';

export const CHORD = '\x02d';

/** Lines above its screen that a terminal keeps. */
const SCROLLBACK = 1000;

export interface SeatOptions extends Partial<Size> {
  readonly env?: Readonly<Record<string, string>>;
  /** What its terminal says to a question; undefined for nothing. Usually it tells what it is, and nothing else. */
  readonly answer?: (question: string) => string | undefined;
}

/** A person whose terminal shows what is printed, and answers what it is asked. */
export class Seat extends Person {
  readonly terminal: Emulator;
  /** The questions that reached the terminal. */
  readonly asked: string[] = [];
  private readonly scanner = new SequenceScanner();
  private readonly reply: (question: string) => string | undefined;
  private fed = 0;

  constructor(argv: readonly string[], options: SeatOptions = {}) {
    const { cols = 80, rows = 24, env = {}, answer = answerWhatItIs } = options;
    super(argv, { cols, rows, env, answers: false });
    this.terminal = new Emulator({ cols, rows }, SCROLLBACK);
    this.reply = answer;
  }

  get lines(): string[] {
    return textOf(this.terminal);
  }

  /** What is on the screen. */
  get shows(): string {
    return this.lines.join('\n');
  }

  get state(): ScreenState {
    return stateOf(this.terminal);
  }

  async untilShown(text: string): Promise<void> {
    await this.untilSo(`shows ${JSON.stringify(text)}`, () => this.shows.includes(text));
  }

  /** `until` that tells what was there when the test fails for want of it. */
  async untilSo(what: string, isSo: () => boolean): Promise<void> {
    await toldOf(this.until(isSo), () => `waited in vain: ${what}\n${picture(this.state)}`);
  }

  resize(size: Size): void {
    this.terminal.resize(size);
    this.pty.resize(size.cols, size.rows);
  }

  /** Detaches, and resolves with the exit code. */
  async leave(): Promise<number | null> {
    this.type(CHORD);
    return (await this.exited).code;
  }

  protected override happened(): void {
    const bytes = Buffer.from(this.printed.slice(this.fed), 'latin1');
    const at = this.fed;
    this.fed += bytes.length;
    this.terminal.write(bytes);
    this.scanner.scan(bytes, at, this.onSequence);
    super.happened();
  }

  private readonly onSequence = (sequence: Sequence): void => {
    if (questionOf(sequence) === undefined) return;
    const question = this.printed.slice(sequence.start, sequence.end);
    this.asked.push(question);
    const answer = this.reply(question);
    if (answer !== undefined) this.type(answer);
  };
}

/** DA1, as all terminals. */
export function answerWhatItIs(question: string): string | undefined {
  return question === '\x1b[c' ? '\x1b[?62;22c' : undefined;
}

export interface ProgramOptions {
  readonly cmd: readonly string[];
  readonly [key: string]: unknown;
}

/** Programs of a config; what they do not say is for tests: up at once, and never again. */
export function configOf(
  programs: Readonly<Record<string, ProgramOptions>>,
  more: Readonly<Record<string, unknown>> = {},
): string {
  const defaults = { starttime: 0, autorestart: false, stoptime: 0.3 };
  return JSON.stringify({ defaults, programs, ...more }); // JSON is YAML
}

/** A shell script as a program. */
export function script(text: string, ...args: readonly string[]): ProgramOptions {
  return { cmd: ['/bin/sh', '-c', text, 'sh', ...args] };
}

/** A file of test/fixtures as a program. */
export function fixture(name: string, ...args: readonly string[]): ProgramOptions {
  return { cmd: [process.execPath, join(import.meta.dirname, '../fixtures', name), ...args] };
}

/** A running daemon, its commands, and seats before it. */
export class House {
  readonly bench: Bench;
  readonly daemon: RunningDaemon;

  private constructor(bench: Bench, daemon: RunningDaemon) {
    this.bench = bench;
    this.daemon = daemon;
  }

  static async open(
    programs: Readonly<Record<string, ProgramOptions>>,
    more: Readonly<Record<string, unknown>> = {},
  ): Promise<House> {
    const bench = new Bench(configOf(programs, more));
    return new House(bench, await bench.start());
  }

  /** The words of a client's command line. */
  command(...args: readonly string[]): string[] {
    return [process.execPath, CTL, '-s', this.bench.socket, ...args];
  }

  attach(args: string | readonly string[], options?: SeatOptions): Seat {
    return new Seat(this.command('attach', ...(typeof args === 'string' ? [args] : args)), options);
  }

  /** A client's command without a terminal, while terminals go on. */
  ctl(...args: readonly string[]): Promise<Ran> {
    const [file = '', ...rest] = this.command(...args);
    return new Promise((resolve, reject) => {
      const child = spawn(file, rest, { env: this.bench.env, stdio: ['ignore', 'pipe', 'pipe'] });
      let [out, err] = ['', ''];
      child.stdout.setEncoding('utf8').on('data', (text: string) => {
        out += text;
      });
      child.stderr.setEncoding('utf8').on('data', (text: string) => {
        err += text;
      });
      child.on('error', reject);
      child.on('close', code => resolve({ code, out, err }));
    });
  }

  /** What the terminal of a process shows, as data. */
  async screen(name: string): Promise<ScreenDocument> {
    const { json } = await this.daemon.call('GET', `/v1/processes/${encodeURIComponent(name)}/screen?format=json`);
    return json as ScreenDocument; // as its renderer says
  }

  /** Resolves once the screen of a process, looked at again and again, makes it true. */
  async untilScreen(name: string, isSo: (document: ScreenDocument) => boolean): Promise<void> {
    while (!isSo(await this.screen(name)));
  }

  async untilPrinted(name: string, text: string): Promise<void> {
    await this.untilScreen(name, ({ lines }) =>
      lines
        .map(line => line.text)
        .join('\n')
        .includes(text),
    );
  }

  /** Types without being attached. */
  async type(name: string, text: string): Promise<void> {
    await this.daemon.call('POST', `/v1/processes/${encodeURIComponent(name)}/input`, Buffer.from(text));
  }

  /** Resolves once a terminal shows what the daemon says, its size included. */
  async untilTrue(seat: Seat, name: string): Promise<void> {
    let found: string[] = [];
    const isTrue = async (): Promise<void> => {
      do found = unlike(await this.screen(name), jsonOf(seat.terminal));
      while (found.length > 0);
    };
    await toldOf(isTrue(), () => `not what the daemon says: ${found.join('\n')}\n${picture(seat.state)}`);
  }
}

/** Resolves once two terminals show the same text. */
export async function untilAlike(one: Seat, other: Seat): Promise<void> {
  await either(one, other, () => one.shows === other.shows);
}

/** Resolves once two terminals are in the same state, to the last cell. */
export async function untilSame(one: Seat, other: Seat): Promise<void> {
  await either(one, other, () => differences(one.state, other.state, 1).length === 0);
}

async function either(one: Seat, other: Seat, isSo: () => boolean): Promise<void> {
  const same = Promise.race([one.until(isSo), other.until(isSo)]);
  await toldOf(same, () => `not the same:\n${differences(one.state, other.state).join('\n')}`);
}

/** Waits, and says how things stand when the test ends before: for then it has failed. */
async function toldOf(promise: Promise<void>, how: () => string): Promise<void> {
  let isDone = false;
  onCleanup(() => {
    if (!isDone) console.error(how());
  });
  await promise;
  isDone = true;
}

function unlike(expected: ScreenDocument, actual: ScreenDocument): string[] {
  const of = ({ cols, rows, cursor, alternate, lines }: ScreenDocument): string[] => [
    `${cols}x${rows} ${cursor.x},${cursor.y} ${alternate}`,
    ...lines.map(line => JSON.stringify(line)),
  ];
  const actually = of(actual);
  return of(expected).flatMap((line, i) => (line === actually[i] ? [] : [`${line} is ${actually[i]}`]));
}

/** Whether a program is installed, so that a test with it can run. */
export function isInstalled(name: string): boolean {
  return (process.env.PATH ?? '').split(delimiter).some(dir => existsSync(join(dir, name)));
}

/** The first child of a process. */
export function childOf(pid: number): number {
  return Number(readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').trim().split(' ')[0]);
}

/** Everything that can be told of a terminal but what it shows and where its cursor is. */
export interface Manners {
  readonly screen: object;
  /** What xterm.js knows beside: mouse, paste, focus, keypad, cursor, titles, where in a sequence it is. */
  readonly others: object;
  /** What our own follower of modes would have to say to a terminal in its default state. */
  readonly setup: string;
}

/** What of xterm.js 6.0's insides is looked at. */
interface Core {
  readonly optionsService: { readonly options: { windowOptions: object } };
  readonly coreService: { readonly decPrivateModes: object; readonly modes: object; readonly isCursorHidden: boolean };
  readonly coreMouseService: { readonly activeProtocol: string; readonly activeEncoding: string };
  readonly _inputHandler: {
    readonly _windowTitle: string;
    readonly _iconName: string;
    readonly _parser: { readonly currentState: number };
  };
}

/** A terminal of so many bytes. */
export class Replay {
  readonly terminal: Emulator;
  private readonly modes = new Modes();
  private readonly scanner = new SequenceScanner();
  private at = 0;

  constructor(size: Size) {
    this.terminal = new Emulator(size, SCROLLBACK);
    this.core.optionsService.options.windowOptions = { pushTitle: true, popTitle: true };
  }

  /** A character a byte. */
  show(printed: string): this {
    const bytes = Buffer.from(printed, 'latin1');
    this.terminal.write(bytes);
    this.scanner.scan(bytes, this.at, sequence => this.modes.apply(sequence));
    this.at += bytes.length;
    return this;
  }

  get manners(): Manners {
    const { lines, cursor, saved, main, ...screen } = stateOf(this.terminal);
    const { coreService, coreMouseService, _inputHandler } = this.core;
    return structuredClone({
      screen: { ...screen, isMain: main === undefined, isWrapPending: cursor.isWrapPending },
      others: {
        privates: coreService.decPrivateModes,
        modes: coreService.modes,
        isCursorHidden: coreService.isCursorHidden,
        mouse: [coreMouseService.activeProtocol, coreMouseService.activeEncoding],
        titles: [_inputHandler._windowTitle, _inputHandler._iconName],
        parser: _inputHandler._parser.currentState,
      },
      setup: this.modes.setup().replace('\x1b[?1007l', ''), // put back to what it was before, which we do not know
    });
  }

  /** All lines of the main screen, those above it included, without the empty ones below the cursor. */
  get lines(): string[] {
    return textOf(this.terminal, SCROLLBACK).slice(0, this.terminal.scrollback + this.terminal.y + 1);
  }

  private get core(): Core {
    return (this.terminal as unknown as { readonly core: Core }).core; // private, as it is nobody else's business
  }
}
