import type { Chord } from '../../core/chord.ts';
import { ChordMatcher } from '../../core/keys.ts';
import { ACK_EVERY, type ClientFrame, type ServerFrame } from '../../protocol/frames.ts';
import type { Clock } from '../../runtime/clock.ts';
import { isErrno } from '../../runtime/errno.ts';
import { MutableDisposable } from '../../runtime/lifetime.ts';
import { type Ending, lineFor, printable } from './ending.ts';
import { END_MARK, EndMarkReader } from './endmark.ts';
import { Shown } from './shown.ts';
import { type Size, wireSize } from './size.ts';
import { type HandledSignal, SIGNAL_NUMBERS, type TerminalListener, type UserTerminal } from './terminal.ts';
import { Typing } from './typing.ts';
import { type Upgraded, WebSocket, type WebSocketListener } from './websocket.ts';
import { TerminalWriter } from './writer.ts';

/**
 * Milliseconds that restoring the terminal may take, once for what is written and once for the terminal's answer: more than
 * the way to the other side of the world and back, and short enough for who pressed the keys.
 */
export const RESTORE_WITHIN = 300;

/**
 * Bytes that may wait for a terminal that takes nothing. The daemon's window is far smaller; a daemon that has none is not
 * read until the terminal has taken half of them.
 */
const WAITING_LIMIT = 8 * 1024 * 1024;

/** Milliseconds that the daemon has to say where the screen ends. */
const LEAVE_WITHIN = 100;

/** What an attachment is made of. */
export interface Attaching {
  /** As it was named on the command line; the daemon tells the full name. */
  readonly name: string;
  readonly terminal: UserTerminal;
  /** The terminal's size as the daemon was told. */
  readonly size: Size;
  readonly clock: Clock;
  /** Nothing that is typed is sent. */
  readonly readOnly: boolean;
  /** The chord, given what the daemon's config asks for. */
  readonly chordFor: (daemonKeys: string | null) => Chord;
  /** Whether the terminal is the one of the process of this full name. */
  readonly isOwnTerminal: (name: string) => boolean;
}

/**
 * One attachment over one connection. Nothing of the user's terminal is touched before the daemon's first frame has come,
 * so that whatever goes wrong until then is told as for any other command. Then the terminal is the program's, until
 * `ended`; and `giveBack` makes it what it was.
 */
export class Attachment implements TerminalListener, WebSocketListener {
  readonly ended: Promise<Ending>;
  /** The full name, once the daemon has told it. */
  name: string;
  private readonly options: Attaching;
  private readonly socket: WebSocket;
  private readonly writer: TerminalWriter;
  private readonly typing: Typing;
  private readonly shown = new Shown();
  private readonly keyDeadline = new MutableDisposable();
  private readonly endMark = new EndMarkReader();
  private matcher: ChordMatcher | undefined;
  private finish: (ending: Ending) => void = () => {};
  /** How it is to end once everything before has been written. */
  private lastWords: Ending | undefined;
  private entered: Promise<void> | undefined;
  /** Called when all is written or nothing can be, and when the terminal has answered, while it is given back. */
  private onRestored: () => void = () => {};
  private onAnswered: () => void = () => {};
  private isOver = false;
  private isGone = false;
  /** Rows of the main screen that hold something, as the daemon said at the end; null while that is not known. */
  private rowsInUse: number | null = null;
  private isLeaving = false;
  private isPainted = false;
  private isMessageOpen = false;
  private isDeaf = false;
  private isMute = false;
  private acknowledged = 0;
  private lastState = '';

  constructor(upgraded: Upgraded, options: Attaching) {
    this.options = options;
    this.name = options.name;
    this.ended = new Promise(resolve => {
      this.finish = ending => {
        this.isOver = true;
        resolve(ending);
      };
    });
    this.writer = new TerminalWriter({
      write: bytes => options.terminal.write(bytes),
      writeWhenReady: (bytes, done) => options.terminal.writeWhenReady(bytes, done),
      clock: options.clock,
      onWritten: bytes => this.shown.wrote(bytes),
      onSettled: () => this.settled(),
      onGone: () => this.gone(),
    });
    this.socket = new WebSocket(upgraded, this);
    this.typing = new Typing(bytes => this.socket.sendBytes(bytes));
  }

  /** Ends it from outside. */
  end(ending: Ending): void {
    this.finish(ending);
  }

  /**
   * Lets go of the daemon, undoes what the program made of the terminal, throws away what the terminal still had to say,
   * and resolves once it is as it was, or with false when there was nothing to give back. Says how it ended.
   */
  async giveBack(ending: Ending): Promise<boolean> {
    const { terminal, clock } = this.options;
    this.isOver = true;
    this.keyDeadline[Symbol.dispose]();
    this.socket[Symbol.dispose]();
    this.writer.abandon();
    if (this.entered === undefined) return false;
    this.setMute(false); // what was typed and not read is thrown away, not left for the shell
    const line = lineFor(ending, this.name);
    const restored = new Promise<void>(resolve => {
      this.onRestored = resolve;
    });
    const answered = new Promise<void>(resolve => {
      this.onAnswered = resolve;
    });
    this.writer.say(
      () => `${this.shown.undo(terminal.size, this.rowsInUse)}${line === undefined ? '' : `${line}\r\n`}${END_MARK}`,
    );
    this.writer.start();
    if (!this.isGone && ending.kind !== 'hung up') {
      await within(RESTORE_WITHIN, restored, clock);
      if (this.writer.isIdle) await within(RESTORE_WITHIN, answered, clock);
    }
    this.writer[Symbol.dispose]();
    await terminal.leave();
    return true;
  }

  // What comes from the daemon.

  binary(piece: Uint8Array, isEnd: boolean): void {
    if (this.isOver) return;
    this.isMessageOpen = !isEnd;
    this.writer.write(piece);
    if (this.writer.waiting > WAITING_LIMIT) this.setDeaf(true);
  }

  text(text: string): void {
    if (this.isOver) return;
    const frame = JSON.parse(text) as ServerFrame; // a daemon of the same protocol sends what the type says
    switch (frame.type) {
      case 'attached':
        this.attached(frame);
        break;
      case 'reset':
        this.writer.say(() => this.shown.reset(this.options.terminal.size, frame));
        break;
      case 'size':
        this.isPainted = frame.painted;
        break;
      case 'skipped':
        this.isPainted = true;
        break;
      case 'state':
        this.between(frame);
        break;
      case 'typed':
        this.typing.confirm(frame.bytes);
        if (!this.typing.isFull) this.setMute(false);
        break;
      case 'exit':
        this.rowsInUse = frame.rows;
        this.endWhenWritten({ kind: 'exit', code: frame.code, text: frame.text });
        break;
      case 'detach':
        this.rowsInUse = frame.rows;
        this.endWhenWritten({ kind: 'sent away', text: frame.text });
        break;
      case 'viewers': // the daemon paints what is to be seen of them
        break;
    }
  }

  closed(_code: number, reason: string): void {
    this.endWhenWritten({ kind: 'lost', reason });
  }

  // What comes from the terminal.

  input(bytes: Uint8Array): void {
    if (this.isOver) {
      if (this.endMark.push(bytes)) this.onAnswered();
      return;
    }
    if (this.matcher) this.take(this.matcher.feed(bytes, this.options.clock.now()));
  }

  resized(): void {
    if (!this.isOver) this.tell({ type: 'size', ...wireSize(this.options.terminal.size) });
  }

  gone(): void {
    this.isGone = true;
    this.finish({ kind: 'hung up' });
    this.onRestored();
    this.onAnswered();
  }

  signal(name: HandledSignal): void {
    if (name === 'SIGTSTP' || name === 'SIGCONT') this.finish({ kind: 'suspended', isContinued: name === 'SIGCONT' });
    else this.finish({ kind: 'signal', number: SIGNAL_NUMBERS[name], name });
  }

  crashing(): void {
    this.writer[Symbol.dispose]();
    let bytes: Uint8Array = Buffer.from(this.shown.undo(this.options.terminal.size, null));
    try {
      while (bytes.length > 0) bytes = bytes.subarray(this.options.terminal.write(bytes));
    } catch {
      // It takes nothing, or is gone: there is no more time than this.
    }
  }

  private attached({ name, detachKeys }: Extract<ServerFrame, { type: 'attached' }>): void {
    this.name = name;
    if (this.options.isOwnTerminal(name)) {
      this.finish({ kind: 'loop' });
      return;
    }
    this.matcher = new ChordMatcher(this.options.chordFor(detachKeys));
    this.entered = this.enter();
  }

  private async enter(): Promise<void> {
    try {
      await this.options.terminal.enter(this);
    } catch (error) {
      if (!isErrno(error, 'EIO', 'ENOTTY', 'ENXIO')) throw error;
      this.gone(); // closed a moment ago
    }
    if (this.isOver) return;
    this.writer.start();
    const { size, terminal } = this.options;
    const { cols, rows } = terminal.size;
    if (cols !== size.cols || rows !== size.rows) this.resized(); // it changed before anybody listened
  }

  private take({ pass, detached }: ReturnType<ChordMatcher['feed']>): void {
    const { clock, readOnly } = this.options;
    if (!readOnly && pass.length > 0) this.typing.add(pass);
    if (detached) {
      this.leave();
      return;
    }
    if (this.typing.isFull) this.setMute(true);
    const deadline = this.matcher?.deadline;
    this.keyDeadline.value =
      deadline === undefined ? undefined : clock.after(Math.max(0, deadline - clock.now()), () => this.keysExpired());
  }

  /** Asks the daemon where the screen ends, for the prompt to come right below, unless there is more to write than that. */
  private leave(): void {
    const left = { kind: 'detached' } as const;
    this.typing.abandon();
    if (!this.writer.isIdle) {
      this.finish(left);
      return;
    }
    this.isLeaving = true;
    this.matcher = undefined; // what is typed now is nobody's
    this.tell({ type: 'leave' });
    this.keyDeadline.value = this.options.clock.after(LEAVE_WITHIN, () => this.finish(left));
  }

  private keysExpired(): void {
    if (this.matcher && !this.isOver) this.take(this.matcher.expire(this.options.clock.now()));
  }

  /** One line for people while no program runs; the picture of the next life comes as bytes. */
  private between({ pid, text }: Extract<ServerFrame, { type: 'state' }>): void {
    if (pid === null && text !== '' && text !== this.lastState) {
      this.writer.say(() => `${this.shown.interruption()}\x1b[m\r\n[${printable(text)}]\r\n`);
    }
    this.lastState = pid === null ? text : '';
  }

  private endWhenWritten(ending: Ending): void {
    this.lastWords ??= this.isLeaving ? { kind: 'detached' } : ending;
    if (this.writer.isIdle || this.entered === undefined) this.finish(this.lastWords);
  }

  private settled(): void {
    const { total } = this.shown;
    const isPicture = this.isPainted && this.writer.isIdle && !this.isMessageOpen && total > this.acknowledged;
    if (!this.isOver && (isPicture || total - this.acknowledged >= ACK_EVERY)) {
      this.acknowledged = total;
      this.tell({ type: 'ack', bytes: total });
    }
    if (this.isDeaf && this.writer.waiting <= WAITING_LIMIT / 2) this.setDeaf(false);
    if (!this.writer.isIdle) return;
    if (this.isOver) this.onRestored();
    else if (this.lastWords) this.finish(this.lastWords);
  }

  /** Whether the daemon is not listened to, as its window has failed. */
  private setDeaf(isDeaf: boolean): void {
    if (this.isDeaf !== isDeaf) this.socket.setPaused(isDeaf);
    this.isDeaf = isDeaf;
  }

  /** Whether nothing is read from the terminal, as too much waits already. */
  private setMute(isMute: boolean): void {
    if (this.isMute !== isMute) this.options.terminal.setPaused(isMute);
    this.isMute = isMute;
  }

  private tell(frame: ClientFrame): void {
    this.socket.sendText(JSON.stringify(frame));
  }
}

/** Resolves when the promise does, or after so many milliseconds. */
async function within(ms: number, promise: Promise<void>, clock: Clock): Promise<void> {
  const deadline = new MutableDisposable();
  const over = new Promise<void>(resolve => {
    deadline.value = clock.after(ms, resolve);
  });
  await Promise.race([promise, over]);
  deadline[Symbol.dispose]();
}
