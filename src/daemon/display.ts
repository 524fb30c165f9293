import { Cuts } from '../core/cuts.ts';
import { Modes } from '../core/modes.ts';
import { answerTo, questionOf } from '../core/queries.ts';
import type { Scrollback } from '../core/scrollback.ts';
import { type Sequence, SequenceScanner } from '../core/sequences.ts';
import type { Clock } from '../runtime/clock.ts';
import type { Emulator, Size } from '../terminal/emulator.ts';
import { Screen } from '../terminal/screen.ts';
import { Answers, type DriverQuestion } from './answers.ts';

/** Bytes that are taken in at once for a look: some 10 ms of the worst content. More is for later turns. */
const STEP = 64 * 1024;

/** What a display needs of the process that it belongs to. */
export interface DisplayHost {
  readonly clock: Clock;
  /** Types an answer into the terminal. */
  type(bytes: Uint8Array): void;
  /** Puts a question to the driver's terminal. */
  readonly ask: DriverQuestion['ask'];
  /** Whether anybody reads the stream, so that cuts must be remembered. */
  readonly isWatched: boolean;
}

/**
 * What one terminal shows, from the bytes that it received: follows modes, answers questions, and keeps the screen within
 * reach. It exists from the first byte on.
 */
export class Display implements Disposable {
  readonly modes = new Modes();
  readonly cuts = new Cuts();
  readonly screen: Screen;
  private readonly ring: Scrollback;
  private readonly host: DisplayHost;
  private readonly scanner = new SequenceScanner();
  private readonly answers: Answers;

  constructor(ring: Scrollback, size: Size, host: DisplayHost) {
    this.ring = ring;
    this.host = host;
    this.screen = new Screen(ring, size);
    this.scanner.reset(ring.head);
    this.answers = new Answers(host.clock, bytes => host.type(bytes));
  }
}
void questionOf;
void answerTo;
void STEP;
export type { Sequence, Emulator };
