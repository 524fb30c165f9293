import type { Duplex } from 'node:stream';
import { FrameError, FrameReader, frameOf, OPCODE } from './frames.ts';

/** A connection that the daemon has turned into a WebSocket, and the bytes that came behind its answer. */
export interface Upgraded {
  readonly socket: Duplex;
  readonly head: Uint8Array;
}

/** What comes from the daemon. */
export interface WebSocketListener {
  /** A piece of a binary message; it may be kept. `isEnd`: the message ends with it. */
  binary(piece: Uint8Array, isEnd: boolean): void;
  text(text: string): void;
  /** Nothing follows. `code` is RFC 6455's (section 7.4): 1006 when the connection broke. Called once. */
  closed(code: number, reason: string): void;
}

const [NORMAL, PROTOCOL_ERROR, NO_STATUS, BROKEN] = [1000, 1002, 1005, 1006];

/**
 * The client's end of a WebSocket. It is written here as `ws` costs a fifth of what Node takes to start, and most of that
 * is for servers, for extensions and for networks (native-notes/attach.md).
 */
export class WebSocket implements Disposable {
  private readonly socket: Duplex;
  private readonly listener: WebSocketListener;
  private isOver = false;

  /** The listener is called from the event loop only. */
  constructor({ socket, head }: Upgraded, listener: WebSocketListener) {
    this.socket = socket;
    this.listener = listener;
    const reader = new FrameReader({
      binary: (piece, isEnd) => listener.binary(piece, isEnd),
      text: text => listener.text(text),
      control: (opcode, payload) => this.control(opcode, payload),
    });
    const read = (chunk: Uint8Array): void => {
      if (this.isOver) return;
      try {
        reader.push(chunk);
      } catch (error) {
        if (!(error instanceof FrameError)) throw error;
        this.end(PROTOCOL_ERROR, error.message);
      }
    };
    if (head.length > 0) socket.unshift(head);
    socket.on('data', read);
    socket.on('error', () => this.over(BROKEN, '')); // ECONNRESET and the like: the daemon went away
    socket.on('close', () => this.over(BROKEN, ''));
    socket.on('end', () => this.over(BROKEN, ''));
  }

  /** One binary message. What the daemon does not take yet waits without a bound: whoever sends has a window to keep to. */
  sendBytes(bytes: Uint8Array): void {
    if (!this.isOver) this.socket.write(frameOf(OPCODE.binary, bytes));
  }

  sendText(text: string): void {
    if (!this.isOver) this.socket.write(frameOf(OPCODE.text, Buffer.from(text)));
  }

  /** Stops reading, so that the daemon must wait, or goes on. */
  setPaused(isPaused: boolean): void {
    if (isPaused) this.socket.pause();
    else this.socket.resume();
  }

  /** Says goodbye and lets go of the connection. The listener is not called any more. */
  [Symbol.dispose](): void {
    if (this.isOver) return;
    this.isOver = true;
    this.leave(NORMAL);
  }

  private control(opcode: number, payload: Uint8Array): void {
    if (opcode === OPCODE.ping) this.socket.write(frameOf(OPCODE.pong, payload));
    if (opcode !== OPCODE.close) return;
    const code = payload.length >= 2 ? new DataView(payload.buffer, payload.byteOffset).getUint16(0) : NO_STATUS;
    this.end(code, new TextDecoder().decode(payload.subarray(2)));
  }

  private end(code: number, reason: string): void {
    if (this.isOver) return;
    this.leave(code === NO_STATUS ? NORMAL : code);
    this.over(code, reason);
  }

  private leave(code: number): void {
    const payload = new Uint8Array(2);
    new DataView(payload.buffer).setUint16(0, code);
    this.socket.end(frameOf(OPCODE.close, payload));
    this.socket.resume(); // what is still under way is thrown away, and the end is seen
  }

  private over(code: number, reason: string): void {
    if (this.isOver) return;
    this.isOver = true;
    this.listener.closed(code, reason);
  }
}
