import { Cuts } from '../core/cuts.ts';
import type { InputToken } from '../core/inputs.ts';
import { Modes } from '../core/modes.ts';
import { answerTo, askedBy, type Query, questionOf, requestOf, type TerminalState } from '../core/queries.ts';
import type { ReplyType } from '../core/replies.ts';
import type { Scrollback } from '../core/scrollback.ts';
import type { Sequence } from '../core/sequence.ts';
import { SequenceScanner } from '../core/sequences.ts';
import { VERSION } from '../protocol/version.ts';
import type { Clock } from '../runtime/clock.ts';
import type { Emulator, Size } from '../terminal/emulator.ts';
import { Screen, type ScreenOptions } from '../terminal/screen.ts';
import { PLAIN, sgrBetween } from '../terminal/sgr.ts';
import { loadXterm } from '../terminal/xterm.ts';
import { Answers } from './answers.ts';

/** Bytes that are taken in for a look before the clock is asked, and at most in one turn. The rest is for later turns. */
const PIECE = 4 * 1024;
const STEP = 64 * 1024;

/** What a look may take of a turn, in milliseconds: three bytes can fill a screen, so bytes alone say little. */
const STEP_TIME = 10;

/** But always this much, in bytes: twice what a turn brings of a terminal, so that a look comes to an end in any flood. */
const LEAST_STEP = 2 * PIECE;

const BEL = 0x07;

/** What is below is a control character. */
const SPACE = 0x20;

/** Of a sequence that was begun and is long, a new viewer is given this much once more, in bytes. */
const MOST_REPEATED = 32 * 1024;

/** How a stream goes on behind a picture: with these bytes, and then from this offset. */
export interface Continuation {
  readonly opening: string;
  readonly from: number;
}

/** Reports that come unasked once a program has set a private mode: light or dark, and the size. */
const REPORT_MODES: Readonly<Partial<Record<ReplyType, number>>> = { 'colour-scheme': 2031, resize: 2048 };

/** What a display needs of the process that it belongs to. */
export interface DisplayHost {
  readonly clock: Clock;
  /** Types an answer into the terminal. */
  type(bytes: Uint8Array): void;
  /** Sends a question to the driver's terminal; returns who was asked, or undefined when nobody drives. */
  ask(question: Uint8Array): object | undefined;
  /** Whether anybody reads the stream, so that cuts must be remembered. */
  isWatched(): boolean;
}

/**
 * What one terminal shows, from the bytes that it received: follows modes, answers questions, and keeps the screen within
 * reach of the ring. It exists from the first byte on.
 */
export class Display implements Disposable {
  readonly modes = new Modes();
  readonly cuts = new Cuts();
  readonly screen: Screen;
  private readonly ring: Scrollback;
  private readonly host: DisplayHost;
  private readonly scanner = new SequenceScanner();
  private readonly answers: Answers;
  private bels = 0;

  constructor(ring: Scrollback, screen: ScreenOptions, host: DisplayHost) {
    this.ring = ring;
    this.host = host;
    this.screen = new Screen(ring, screen);
    this.scanner.reset(ring.head);
    this.answers = new Answers(host.clock, bytes => host.type(bytes));
  }

  /** The offset up to which may be shown: no sequence or character is cut in two there. */
  get shown(): number {
    return this.scanner.safe;
  }

  /**
   * How the stream goes on for a terminal that shows the screen at `shown`. In the midst of a long sequence (an image, a
   * clipboard) it gets that from its beginning, which shows nothing yet, or the rest of it as part of one without meaning.
   */
  get continuation(): Continuation {
    const { safe, whole } = this.scanner;
    if (safe - whole <= MOST_REPEATED && whole >= this.ring.tail) return { opening: '', from: whole };
    return { opening: this.scanner.opening(), from: safe };
  }

  /** How often it rang, over all lives. */
  get bells(): number {
    return this.bels - this.scanner.silentBells;
  }

  append(bytes: Uint8Array): void {
    const at = this.ring.head;
    this.bels += belsIn(bytes);
    this.screen.append(bytes);
    this.scanner.scan(bytes, at, this.onSequence);
    this.screen.advance(this.scanner.safe);
  }

  /** The screen at `shown`; undefined when there is more to take in than one turn may. */
  look(): Emulator | undefined {
    if (loadXterm()) return undefined; // that was enough for one turn
    const { screen, shown } = this;
    const until = this.host.clock.now() + STEP_TIME;
    for (let taken = 0; taken < STEP && (taken < LEAST_STEP || this.host.clock.now() < until); taken += PIECE) {
      if (screen.catchUp(shown, PIECE)) return screen.at(shown);
    }
    return undefined;
  }

  resize(size: Size): void {
    this.screen.resize(size);
  }

  /** A new life: its terminal is a new one, and begins with this line if there is any. */
  begin(line: string | undefined): void {
    this.scanner.reset(this.ring.head);
    this.modes.reset();
    this.screen.boundary(line);
  }

  /** Nobody waits for answers any more. */
  forgetQuestions(): void {
    this.answers[Symbol.dispose]();
  }

  /**
   * What a viewer's terminal says that is no key: an answer to what it was asked is passed on in its turn. Returns whether the
   * rest is to be: reports that the program has turned on, and only the driver's, whose terminal is the program's.
   */
  onReply(viewer: object, { bytes, reply }: InputToken, isDriver: boolean): boolean {
    if (this.answers.offer(viewer, bytes) || !isDriver) return false;
    const mode = reply && REPORT_MODES[reply.type];
    return mode !== undefined && this.modes.isSet(mode);
  }

  [Symbol.dispose](): void {
    this.answers[Symbol.dispose]();
    this.screen[Symbol.dispose]();
  }

  private readonly onSequence = (sequence: Sequence): void => {
    this.modes.apply(sequence);
    const query = questionOf(sequence);
    if (query === undefined) return;
    if (this.host.isWatched()) this.cut(sequence);
    this.reply(query, sequence);
  };

  /** Viewers do not get the question. A control character in its midst acts all the same, so that they do get. */
  private cut({ start, end, kind }: Sequence): void {
    if (kind !== 'csi') {
      this.cuts.add({ start, end });
      return;
    }
    const { bytes, from } = this.ring.read(start, end - start);
    let at = start;
    for (const [i, byte] of bytes.entries()) {
      if (byte >= SPACE || from + i === start) continue;
      if (from + i > at) this.cuts.add({ start: at, end: from + i });
      at = from + i + 1;
    }
    this.cuts.add({ start: at, end });
  }

  private reply(query: Query, { start }: Sequence): void {
    if (query.type === 'driver') {
      for (const ask of query.asks) this.askDriver({ ...query, asks: [ask] }, start);
    } else {
      const text = answerTo(query, this.stateAt(start));
      if (text !== '') this.answers.answer(text);
    }
  }

  private askDriver(query: Query & { readonly type: 'driver' }, at: number): void {
    this.answers.askDriver({
      fallback: answerTo(query, this.stateAt(at)),
      ask: () => this.host.ask(Buffer.from(requestOf(query))),
      isAnsweredBy: reply => askedBy(query, Buffer.from(reply).toString('latin1')) !== undefined,
    });
  }

  /** What answers are made of. The screen is looked at only by those that are about it: the cursor, the pen. */
  private stateAt(offset: number): TerminalState {
    const { screen, modes } = this;
    return {
      get cursor() {
        const { x, y, cols, margins, modes } = screen.at(offset);
        return { x: Math.min(x, cols - 1) + 1, y: y - (modes.origin ? margins.top : 0) + 1 };
      },
      get region() {
        const { top, bottom } = screen.at(offset).margins;
        return { top: top + 1, bottom: bottom + 1 };
      },
      get pen() {
        const sequence = sgrBetween(PLAIN, screen.at(offset).pen); // CSI … m, or nothing
        return sequence === '' ? '0' : `0;${sequence.slice(2, -1)}`;
      },
      size: screen.size,
      modes,
      version: VERSION,
    };
  }
}

/** How many BEL there are; nearly always none, which costs one search of memory. */
function belsIn(bytes: Uint8Array): number {
  let at = bytes.indexOf(BEL);
  if (at < 0) return 0;
  let count = 0;
  for (; at < bytes.length; at++) if (bytes[at] === BEL) count++;
  return count;
}
