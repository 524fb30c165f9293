/** Which kind of message a frame belongs to, or what a control frame asks for (RFC 6455, section 5.2). */
export const OPCODE = { more: 0, text: 1, binary: 2, close: 8, ping: 9, pong: 10 } as const;

/** Most bytes of a control frame, and of a payload whose length fits into the second byte (section 5.5). */
const SMALL = 125;
const LENGTH_16 = 126;
const LENGTH_64 = 127;

/** Longest text message that is taken, in bytes: a list of 256 viewers is a fifth of it. */
const TEXT_LIMIT = 1024 * 1024;

/** Most bytes of a frame's header without a mask. */
const LONGEST_HEADER = 10;

/** The other end does not keep to the protocol: the connection is of no use any more. */
export class FrameError extends Error {
  override readonly name = 'FrameError';
}

/** What frames hold, in the order in which it came. */
export interface FrameListener {
  /**
   * A piece of a binary message, as soon as it is there. It is a view of what was pushed. `isEnd`: the message ends with it.
   */
  binary(piece: Uint8Array, isEnd: boolean): void;
  /** A whole text message. */
  text(text: string): void;
  /** A control frame with all it carries. */
  control(opcode: number, payload: Uint8Array): void;
}

/**
 * Reads a server's frames from a stream cut anywhere. Binary messages are handed on as they come, so that nothing of them
 * is held, however long they are; text and control frames are bounded. `push` throws FrameError, and what the listener
 * throws.
 */
export class FrameReader {
  private readonly listener: FrameListener;
  private readonly header = new Uint8Array(LONGEST_HEADER);
  private headerLength = 0;
  private headerWanted = 2;
  /** Bytes of the payload that are yet to come; undefined while the header is read. */
  private left: number | undefined;
  private opcode: number = OPCODE.more;
  private isFinal = false;
  /** The message that frames continue. */
  private message: typeof OPCODE.text | typeof OPCODE.binary | undefined;
  private held: Uint8Array[] = [];
  private heldLength = 0;
  private controlHeld: Uint8Array[] = [];

  constructor(listener: FrameListener) {
    this.listener = listener;
  }

  push(chunk: Uint8Array): void {
    let at = 0;
    while (at < chunk.length) {
      if (this.left === undefined) {
        at = this.readHeader(chunk, at);
        if (this.left === undefined) return;
        if (this.left > 0 && at === chunk.length) return;
      }
      const end = Math.min(chunk.length, at + this.left);
      this.left -= end - at;
      const isEnd = this.left === 0;
      if (isEnd) this.left = undefined;
      this.take(chunk.subarray(at, end), isEnd);
      at = end;
    }
  }

  private readHeader(chunk: Uint8Array, from: number): number {
    let at = from;
    while (this.headerLength < this.headerWanted) {
      if (at === chunk.length) return at;
      this.header[this.headerLength++] = chunk[at++] ?? 0;
      if (this.headerLength === 2) this.headerWanted = headerLengthFor(this.header[1] ?? 0);
    }
    this.headerLength = 0;
    this.headerWanted = 2;
    this.begin();
    return at;
  }

  private begin(): void {
    const [first = 0, second = 0] = this.header;
    this.opcode = first & 0x0f;
    this.isFinal = (first & 0x80) !== 0;
    if ((first & 0x70) !== 0) throw new FrameError('a frame uses an extension that nobody asked for');
    if ((second & 0x80) !== 0) throw new FrameError("a server's frame is masked");
    this.left = payloadLength(this.header);
    switch (this.opcode) {
      case OPCODE.more:
        if (this.message === undefined) throw new FrameError('a frame continues no message');
        break;
      case OPCODE.text:
      case OPCODE.binary:
        if (this.message !== undefined) throw new FrameError('a message begins within another');
        this.message = this.opcode;
        break;
      case OPCODE.close:
      case OPCODE.ping:
      case OPCODE.pong:
        if (!this.isFinal || this.left > SMALL) throw new FrameError('a control frame is cut or too long');
        return;
      default:
        throw new FrameError(`there is no opcode ${this.opcode}`);
    }
    if (this.message === OPCODE.text && this.heldLength + this.left > TEXT_LIMIT)
      throw new FrameError('a text message is too long');
  }

  private take(piece: Uint8Array, isFrameEnd: boolean): void {
    if (this.opcode >= OPCODE.close) {
      this.controlHeld.push(piece);
      if (!isFrameEnd) return;
      const payload = join(this.controlHeld);
      this.controlHeld = [];
      this.listener.control(this.opcode, payload);
      return;
    }
    const isEnd = isFrameEnd && this.isFinal;
    const { message } = this;
    if (isEnd) this.message = undefined;
    if (message === OPCODE.binary) {
      this.listener.binary(piece, isEnd);
      return;
    }
    this.held.push(piece);
    this.heldLength += piece.length;
    if (!isEnd) return;
    const text = new TextDecoder().decode(join(this.held));
    this.held = [];
    this.heldLength = 0;
    this.listener.text(text);
  }
}

/**
 * A whole client's frame. Clients must mask; the key here is zero, which changes nothing: an unpredictable one is there to
 * keep a browser's script from talking to proxies in the page's name, and a UNIX socket has neither.
 */
export function frameOf(opcode: number, payload: Uint8Array): Uint8Array {
  const { length } = payload;
  const head = length <= SMALL ? 2 : length <= 0xffff ? 4 : 10;
  const frame = new Uint8Array(head + MASK_BYTES + length);
  frame[0] = 0x80 | opcode;
  frame[1] = 0x80 | (length <= SMALL ? length : length <= 0xffff ? LENGTH_16 : LENGTH_64);
  const view = new DataView(frame.buffer);
  if (head === 4) view.setUint16(2, length);
  if (head === 10) view.setBigUint64(2, BigInt(length));
  frame.set(payload, head + MASK_BYTES);
  return frame;
}

const MASK_BYTES = 4;

function headerLengthFor(second: number): number {
  const length = second & 0x7f;
  return length === LENGTH_64 ? 10 : length === LENGTH_16 ? 4 : 2;
}

function payloadLength(header: Uint8Array): number {
  const view = new DataView(header.buffer);
  const length = view.getUint8(1) & 0x7f;
  if (length === LENGTH_16) return view.getUint16(2);
  if (length !== LENGTH_64) return length;
  const long = view.getBigUint64(2);
  if (long > BigInt(Number.MAX_SAFE_INTEGER)) throw new FrameError('a frame is longer than any number');
  return Number(long);
}

function join(pieces: readonly Uint8Array[]): Uint8Array {
  return pieces.length === 1 && pieces[0] ? pieces[0] : Buffer.concat(pieces);
}
