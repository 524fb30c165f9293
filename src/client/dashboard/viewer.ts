import type { Chord } from '../../core/chord.ts';
import { parseRecord } from '../../core/fields.ts';
import { ChordMatcher } from '../../core/keys.ts';
import type { ClientFrame, ServerFrame } from '../../protocol/frames.ts';
import type { Clock } from '../../runtime/clock.ts';
import { MutableDisposable } from '../../runtime/lifetime.ts';
import type { PaneFrame, PaneKeyboard } from '../../terminal/pane.ts';
import { type Size, wireSize } from '../attach/size.ts';
import { Typing } from '../attach/typing.ts';
import { type Upgraded, WebSocket, type WebSocketListener } from '../attach/websocket.ts';
import type { Input } from '../line/key.ts';

import { typedBytes } from './typedbytes.ts';

/** What becomes of a pane. */
export interface ViewerListener {
  /** The daemon shows it. `viewer` is its number for it; `keys` the chord that the config asks for. */
  attached(viewer: number, keys: string | null): void;
  frame(frame: PaneFrame): void;
  /** A sentence in place of the program: how it ended, why there is nothing more. */
  text(text: string | undefined): void;
  /** The chord was typed. */
  left(): void;
  /** Nothing follows. `isForGood`: it was said why, and asking again would be of no use. */
  closed(isForGood: boolean, reason: string): void;
}

export interface ViewerOptions {
  readonly upgraded: Upgraded;
  readonly clock: Clock;
  readonly listener: ViewerListener;
  /** For one that may be typed into: the chord that ends it, given what the config asks for. */
  readonly chordFor: ((daemonKeys: string | null) => Chord) | undefined;
}

/** Keys and parts of pastes that wait for a daemon which has not answered yet: what anybody types in a few seconds. */
const MOST_EARLY = 256;

/** One console over one connection: pictures come, and what is typed goes, where it may. */
export class Viewer implements WebSocketListener, Disposable {
  private readonly options: ViewerOptions;
  private readonly socket: WebSocket;
  private readonly typing: Typing;
  private readonly keyDeadline = new MutableDisposable();
  private matcher: ChordMatcher | undefined;
  /** Typed before the daemon had said which keys end it. */
  private early: Input[] = [];
  private keyboard: PaneKeyboard | undefined;
  private pieces: Uint8Array[] = [];
  private received = 0;
  private acknowledged = 0;
  private isOver = false;

  constructor(options: ViewerOptions) {
    this.options = options;
    this.socket = new WebSocket(options.upgraded, this);
    this.typing = new Typing(bytes => this.socket.sendBytes(bytes));
  }

  resize(size: Size): void {
    this.tell({ type: 'size', ...wireSize(size) });
  }

  /** Tells the daemon that what it sent has been shown, so that more may come. */
  acknowledge(): void {
    if (this.received === this.acknowledged || this.isOver) return;
    this.acknowledged = this.received;
    this.tell({ type: 'ack', bytes: this.received });
  }

  /** What was typed or pasted; false when the program does not take what went before. */
  type(input: Input): boolean {
    if (this.typing.isFull || this.early.length >= MOST_EARLY) return false;
    if (this.matcher === undefined) this.early.push(input);
    else this.take(this.matcher.feed(typedBytes(input, this.keyboard), this.options.clock.now()));
    return true;
  }

  binary(piece: Uint8Array, isEnd: boolean): void {
    this.received += piece.length;
    this.pieces.push(piece);
    if (!isEnd) return;
    const text = new TextDecoder().decode(this.pieces.length === 1 ? this.pieces[0] : Buffer.concat(this.pieces));
    this.pieces = [];
    const frame = pictureIn(text);
    this.keyboard = frame?.keyboard;
    if (frame === undefined) this.end(false, 'this daemon is older, and knows no panes');
    else this.options.listener.frame(frame);
  }

  text(text: string): void {
    const { listener } = this.options;
    const frame = JSON.parse(text) as ServerFrame; // as above
    switch (frame.type) {
      case 'attached':
        this.attached(frame);
        break;
      case 'state':
        listener.text(frame.pid === null && frame.text !== '' ? frame.text : undefined);
        break;
      case 'typed':
        this.typing.confirm(frame.bytes);
        break;
      case 'exit':
      case 'detach':
        this.end(true, frame.text);
        break;
      default: // of the others a pane needs nothing
    }
  }

  closed(_code: number, reason: string): void {
    this.end(false, reason);
  }

  [Symbol.dispose](): void {
    this.isOver = true;
    this.keyDeadline[Symbol.dispose]();
    this.socket[Symbol.dispose]();
  }

  private attached({ id, detachKeys }: Extract<ServerFrame, { type: 'attached' }>): void {
    const { chordFor, listener } = this.options;
    if (chordFor !== undefined) this.matcher = new ChordMatcher(chordFor(detachKeys));
    listener.attached(id, detachKeys);
    for (const input of this.early.splice(0)) this.type(input);
  }

  private take({ pass, detached }: ReturnType<ChordMatcher['feed']>): void {
    if (pass.length > 0) this.typing.add(pass.slice()); // a part of what was fed, which may change
    if (detached) {
      this.options.listener.left();
      return;
    }
    const { clock } = this.options;
    const deadline = this.matcher?.deadline;
    this.keyDeadline.value =
      deadline === undefined ? undefined : clock.after(Math.max(0, deadline - clock.now()), () => this.expire());
  }

  private expire(): void {
    if (this.matcher !== undefined && !this.isOver) this.take(this.matcher.expire(this.options.clock.now()));
  }

  private end(isForGood: boolean, reason: string): void {
    if (this.isOver) return;
    this[Symbol.dispose]();
    this.options.listener.closed(isForGood, reason);
  }

  private tell(frame: ClientFrame): void {
    if (!this.isOver) this.socket.sendText(JSON.stringify(frame));
  }
}

/** Undefined for what a program printed: a daemon that knows no panes sends that. */
function pictureIn(text: string): PaneFrame | undefined {
  const record = parseRecord(text);
  return Array.isArray(record?.lines) ? (record as unknown as PaneFrame) : undefined; // one that knows them sends what the type says
}
