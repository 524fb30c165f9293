/** A terminal of the daemon with nothing around it, and those of viewers that attach to it: what of a case is compared. */
import { Buffer } from 'node:buffer';
import { Modes } from '../../src/core/modes.ts';
import { questionOf } from '../../src/core/queries.ts';
import { Scrollback } from '../../src/core/scrollback.ts';
import { SequenceScanner } from '../../src/core/sequences.ts';
import { Display } from '../../src/daemon/display.ts';
import { wholePicture } from '../../src/daemon/picture.ts';
import { Emulator, type Size } from '../../src/terminal/emulator.ts';
import { FakeClock } from '../support/fake-clock.ts';
import { differences, type ScreenState, stateOf } from '../support/screenstate.ts';
import type { Event } from './case.ts';

/** The line that a new life's terminal begins with. */
const AGAIN = '[it ended; started again]';

/** Everything that can be told of a terminal: the screen, what xterm.js knows of its modes, and what we know of them. */
export interface TerminalState {
  readonly screen: ScreenState;
  readonly terminal: Readonly<Record<string, unknown>>;
  /** What would set up the same modes elsewhere. */
  readonly modes: string;
  /** A question is the last thing that came. Viewers do not get it, so a REP that follows has something to repeat. */
  readonly isBehindQuestion: boolean;
}

/** What xterm.js keeps of the modes that are `Modes`' business. */
interface Inner {
  readonly core: {
    readonly coreService: { readonly decPrivateModes: object; readonly isCursorHidden: boolean };
    readonly coreMouseService: { readonly activeProtocol: string };
  };
}

function terminalModes(emulator: Emulator): Record<string, unknown> {
  const { core } = emulator as unknown as Inner; // private, and of this shape in the version that is pinned
  const { decPrivateModes, isCursorHidden } = core.coreService;
  const { activeProtocol } = core.coreMouseService;
  return {
    ...decPrivateModes,
    isCursorHidden,
    mouse: activeProtocol, // its encoding: xterm's rule, which Modes follows, is another than xterm.js'
  };
}

/** Modes that are set or reset by one sequence may stand in any order. */
function inOrder(setup: string): string {
  return setup.replaceAll(/\x1b\[\?([\d;]+)([hl])/g, (_, modes: string, set: string) => {
    return `\x1b[?${modes.split(';').sort().join(';')}${set}`;
  });
}

/** A terminal that shows a stream, and follows what modes it sets. */
export class Watcher implements Disposable {
  readonly emulator: Emulator;
  private readonly modes = new Modes();
  private readonly scanner = new SequenceScanner();
  private seen = 0;
  /** Where the last question ended. */
  private asked = -1;

  constructor(size: Size) {
    this.emulator = new Emulator(size);
  }

  write(bytes: Uint8Array): void {
    this.emulator.write(bytes);
    this.scanner.scan(bytes, this.seen, sequence => {
      this.modes.apply(sequence);
      if (questionOf(sequence) !== undefined) this.asked = sequence.end;
    });
    this.seen += bytes.length;
  }

  state(): TerminalState {
    return {
      screen: stateOf(this.emulator),
      terminal: terminalModes(this.emulator),
      modes: inOrder(this.modes.setup()),
      isBehindQuestion: this.asked === this.seen,
    };
  }

  [Symbol.dispose](): void {
    this.emulator[Symbol.dispose]();
  }
}

/** One that was attached from the start: it gets all that may be shown, questions included. */
export class Witness implements Disposable {
  private watcher: Watcher;
  private readonly scanner = new SequenceScanner();
  private pending: Uint8Array = new Uint8Array(0);
  private size: Size;
  private received = 0;

  constructor(size: Size) {
    this.size = size;
    this.watcher = new Watcher(size);
  }

  take(event: Event): void {
    if (event.kind === 'output') {
      this.scanner.scan(event.bytes, this.received, () => {});
      const first = this.received - this.pending.length;
      this.received += event.bytes.length;
      const all = this.pending.length === 0 ? event.bytes : Buffer.concat([this.pending, event.bytes]);
      this.watcher.write(all.subarray(0, this.scanner.safe - first));
      this.pending = all.subarray(this.scanner.safe - first);
    } else if (event.kind === 'resize') {
      this.size = event.size;
      this.watcher.emulator.resize(event.size);
    } else {
      this.watcher[Symbol.dispose]();
      this.watcher = new Watcher(this.size);
      this.watcher.write(Buffer.from(`${AGAIN}\r\n`));
      this.scanner.reset(this.received);
      this.pending = new Uint8Array(0);
    }
  }

  state(): TerminalState {
    return this.watcher.state();
  }

  [Symbol.dispose](): void {
    this.watcher[Symbol.dispose]();
  }
}

/** The daemon's side, joined as daemon/console.ts and daemon/viewer.ts join it, and one viewer of the very size at most. */
export class Stage implements Disposable {
  private readonly ring: Scrollback;
  private readonly display: Display;
  private viewer: Watcher | undefined;
  private offset = 0;
  private size: Size;

  constructor(size: Size, limit: number) {
    this.size = size;
    this.ring = new Scrollback(limit);
    this.display = new Display(
      this.ring,
      { size, limit },
      { clock: new FakeClock(), type: () => {}, ask: () => undefined, isWatched: () => this.viewer !== undefined },
    );
  }

  take(event: Event): void {
    if (event.kind === 'output') {
      this.display.append(event.bytes);
      if (this.viewer !== undefined) this.stream(this.viewer);
    } else if (event.kind === 'resize') {
      this.size = event.size;
      this.display.resize(event.size);
      this.viewer?.emulator.resize(event.size);
    } else {
      this.display.begin(AGAIN);
      if (this.viewer !== undefined) this.attach();
    }
  }

  /** What a second terminal gets on attaching; a viewer that was there before is gone. */
  attach(): void {
    this.viewer?.[Symbol.dispose]();
    this.viewer = new Watcher(this.size);
    const emulator = this.look();
    const { opening, from } = this.display.continuation;
    this.viewer.write(Buffer.from(wholePicture(emulator, this.display.modes) + opening));
    this.offset = from;
    this.stream(this.viewer);
  }

  /** Somebody comes and goes, and the screen is put away again. */
  glance(): void {
    this.look();
    this.display.screen.rest();
  }

  /** How what the viewer's terminal is differs from what it should be, a line each. */
  compare(expected: TerminalState): string[] {
    if (this.viewer === undefined) throw new Error('cannot compare: nobody has attached');
    const actual = this.viewer.state();
    const { canRepeat } = actual.screen.cursor;
    const { cursor } = expected.screen;
    const screen = expected.isBehindQuestion
      ? { ...expected.screen, cursor: { ...cursor, canRepeat } }
      : expected.screen;
    const found = differences(screen, actual.screen, 8);
    for (const key of Object.keys(expected.terminal)) {
      const [should, is] = [expected.terminal[key], actual.terminal[key]];
      if (should !== is) found.push(`terminal ${key}: expected ${JSON.stringify(should)}, is ${JSON.stringify(is)}`);
    }
    if (expected.modes !== actual.modes) {
      found.push(`modes: expected ${JSON.stringify(expected.modes)}, are ${JSON.stringify(actual.modes)}`);
    }
    return found;
  }

  [Symbol.dispose](): void {
    this.viewer?.[Symbol.dispose]();
    this.display[Symbol.dispose]();
  }

  private look(): Emulator {
    for (;;) {
      const emulator = this.display.look();
      if (emulator !== undefined) return emulator;
    }
  }

  private stream(viewer: Watcher): void {
    const { shown, cuts } = this.display;
    if (this.offset < this.ring.tail) {
      this.attach(); // overtaken
      return;
    }
    const { from, bytes } = this.ring.read(this.offset, shown - this.offset);
    for (const { start, end } of cuts.left(from, shown)) viewer.write(bytes.subarray(start - from, end - from));
    this.offset = shown;
    cuts.forget(shown);
  }
}
