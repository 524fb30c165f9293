import { type Chord, describeChord } from '../../core/chord.ts';
import { WireError } from '../../protocol/errors.ts';
import type { Clock } from '../../runtime/clock.ts';
import { Delay } from '../../runtime/delay.ts';
import { NoDaemonError } from '../address.ts';
import type { Api } from '../api.ts';
import { type Size, wireSize } from '../attach/size.ts';
import type { Input } from '../line/key.ts';
import type { Message } from './board.ts';
import { Viewer } from './viewer.ts';

/** Milliseconds that the bar must rest before another console is asked for, when it has just moved: a held key runs through. */
const REST = 80;

/** Milliseconds before a console that was lost is asked for again. */
const RETRY = 1000;

/** A console that is to be seen, and how large its pane is. */
export interface Wanted {
  readonly name: string;
  readonly size: Size;
}

export interface PanesOptions {
  readonly connect: (signal: AbortSignal) => Api;
  readonly clock: Clock;
  /** What the daemon shows to others of who types. */
  readonly label: string;
  readonly chordFor: (daemonKeys: string | null) => Chord;
  readonly onMessage: (message: Message) => void;
  readonly onBug: (error: unknown) => void;
}

/** One for each console that is to be seen. */
interface Open {
  readonly isTyping: boolean;
  readonly ending: AbortController;
  size: Size;
  pane: Viewer | undefined;
  /** It ended, and is not asked for again as long as it is to be seen. */
  isDone: boolean;
}

/** Keeps a connection for each console that is to be seen, and none for others. */
export class Panes implements Disposable {
  private readonly options: PanesOptions;
  private readonly open = new Map<string, Open>();
  private readonly resting: Delay;
  private readonly retrying: Delay;
  private wanted: readonly Wanted[] = [];
  private typing: string | undefined;
  private changedAt = Number.NEGATIVE_INFINITY;

  constructor(options: PanesOptions) {
    this.options = options;
    this.resting = new Delay(options.clock);
    this.retrying = new Delay(options.clock);
  }

  /**
   * These are to be seen from now on, and `typing` is the one that keys go to. A change is acted upon at once, unless there
   * was another a moment ago.
   */
  show(wanted: readonly Wanted[], typing: string | undefined): void {
    if (typing === this.typing && sameWanted(wanted, this.wanted)) return;
    const isHurried = typing !== this.typing;
    this.wanted = wanted;
    this.typing = typing;
    const { clock } = this.options;
    const isResting = clock.now() - this.changedAt >= REST;
    this.changedAt = clock.now();
    if (isResting || isHurried) this.apply();
    else this.resting.set(REST, () => this.apply());
  }

  /** All connections anew: the daemon is back. */
  reopen(): void {
    for (const name of [...this.open.keys()]) this.close(name);
    this.apply();
  }

  /** What was typed goes to the program; false when it takes nothing. */
  type(input: Input): boolean {
    const open = this.typing === undefined ? undefined : this.open.get(this.typing);
    return open?.pane?.type(input) ?? false;
  }

  /** What came has been drawn. */
  acknowledge(): void {
    for (const { pane } of this.open.values()) pane?.acknowledge();
  }

  [Symbol.dispose](): void {
    this.resting[Symbol.dispose]();
    this.retrying[Symbol.dispose]();
    this.wanted = [];
    for (const name of [...this.open.keys()]) this.close(name);
  }

  private apply(): void {
    this.resting[Symbol.dispose]();
    for (const [name, { isTyping }] of [...this.open]) {
      const isWanted = this.wanted.some(wanted => wanted.name === name);
      if (!isWanted || isTyping !== (name === this.typing)) this.close(name);
      if (!isWanted) this.options.onMessage({ type: 'pane closed', name });
    }
    for (const { name, size } of this.wanted) {
      const open = this.open.get(name);
      if (open === undefined) this.begin(name, size);
      else if (open.size.cols !== size.cols || open.size.rows !== size.rows) {
        open.size = size;
        this.options.onMessage({ type: 'pane opened', name, pane: size });
        open.pane?.resize(size);
      }
    }
  }

  private begin(name: string, size: Size): void {
    const isTyping = name === this.typing;
    const open: Open = { isTyping, ending: new AbortController(), size, pane: undefined, isDone: false };
    this.open.set(name, open);
    this.options.onMessage({ type: 'pane opened', name, pane: size });
    this.connect(name, open).catch((error: unknown) => {
      if (open.ending.signal.aborted) return;
      if (!(error instanceof NoDaemonError || error instanceof WireError)) {
        this.options.onBug(error);
        return;
      }
      this.lost(name, open, error.message);
    });
  }

  private async connect(name: string, open: Open): Promise<void> {
    const { connect, clock, label, chordFor, onMessage } = this.options;
    const { cols, rows } = wireSize(open.size);
    const query = {
      cols: String(cols),
      rows: String(rows),
      pane: '1',
      acks: '1',
      label,
      readonly: open.isTyping ? undefined : '1',
    };
    const upgraded = await connect(open.ending.signal).attach({ name, query });
    if (open.ending.signal.aborted) {
      upgraded.socket.destroy();
      return;
    }
    open.pane = new Viewer({
      upgraded,
      clock,
      chordFor: open.isTyping ? chordFor : undefined,
      listener: {
        attached: (viewer, keys) => {
          onMessage({ type: 'pane text', name, text: undefined }); // what was said of the connection before
          if (open.isTyping) onMessage({ type: 'typing', name, viewer, chord: describeChord(chordFor(keys)) });
        },
        frame: frame => onMessage({ type: 'pane', name, frame }),
        text: text => onMessage({ type: 'pane text', name, text }),
        left: () => onMessage({ type: 'typing over', text: undefined }),
        closed: (isForGood, reason) => {
          open.isDone = isForGood;
          this.lost(name, open, reason);
        },
      },
    });
    if (open.size.cols !== cols || open.size.rows !== rows) open.pane.resize(open.size); // it changed meanwhile
  }

  private lost(name: string, open: Open, reason: string): void {
    const { onMessage } = this.options;
    open.pane = undefined;
    onMessage({ type: 'pane text', name, text: reason === '' ? 'the daemon went away' : reason });
    // What the daemon itself says of an end begins with whose end it is.
    const told = open.isDone ? reason : `${name}: ${reason || 'the daemon went away'}`;
    if (open.isTyping) onMessage({ type: 'typing over', text: told });
    if (this.open.get(name) !== open || open.isDone) return;
    this.open.delete(name);
    if (!this.retrying.isSet) this.retrying.set(RETRY, () => this.apply());
  }

  private close(name: string): void {
    const open = this.open.get(name);
    this.open.delete(name);
    open?.ending.abort();
    open?.pane?.[Symbol.dispose]();
  }
}

function sameWanted(a: readonly Wanted[], b: readonly Wanted[]): boolean {
  return (
    a.length === b.length &&
    a.every(({ name, size }, i) => {
      const other = b[i];
      return other?.name === name && other.size.cols === size.cols && other.size.rows === size.rows;
    })
  );
}
