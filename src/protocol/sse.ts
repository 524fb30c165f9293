/**
 * Server-Sent Events, read piece by piece (WHATWG HTML, section 9.2). The daemon's side writes them; this is the
 * client's.
 */

/** One event of a stream. */
export interface SseMessage {
  /** The `event:` field; `message` when there was none. */
  readonly event: string;
  readonly data: string;
  /** The last `id:` seen, in this event or before it: what `Last-Event-ID` takes to go on. Empty when none was. */
  readonly id: string;
}

/** Characters of one event, far above any that a daemon sends: whatever is longer is not one of ours. */
const MESSAGE_LIMIT = 1024 * 1024;

/**
 * Turns the bytes of a stream into events. Bytes may be cut anywhere, within a character too; an event that the stream's
 * end cuts off is dropped, as the standard says. Throws when one event grows beyond a megabyte.
 */
export class SseParser {
  private readonly decoder = new TextDecoder();
  private line = '';
  private endedByCr = false;
  private event = '';
  private data: string[] = [];
  private size = 0;
  private id = '';

  /** Takes the next bytes and gives the events that they complete. */
  push(bytes: Uint8Array): SseMessage[] {
    let text = this.decoder.decode(bytes, { stream: true });
    if (this.endedByCr && text.startsWith('\n')) text = text.slice(1);
    if (text !== '') this.endedByCr = text.endsWith('\r');
    const lines = (this.line + text).split(/\r\n|\r|\n/);
    this.line = lines.pop() ?? '';
    const messages = lines.flatMap(line => this.take(line) ?? []);
    if (this.size + this.line.length > MESSAGE_LIMIT)
      throw new Error('an event of the stream is longer than a megabyte');
    return messages;
  }

  private take(line: string): SseMessage | undefined {
    if (line === '') return this.dispatch();
    const colon = line.indexOf(':');
    const name = colon === -1 ? line : line.slice(0, colon);
    const value = colon === -1 ? '' : line.slice(colon + 1).replace(/^ /, '');
    this.size += line.length;
    if (name === 'data') this.data.push(value);
    if (name === 'event') this.event = value;
    if (name === 'id' && !value.includes('\0')) this.id = value;
    return undefined;
  }

  /** An empty line ends an event; one without data is none, though its id counts. */
  private dispatch(): SseMessage | undefined {
    const message = { event: this.event || 'message', data: this.data.join('\n'), id: this.id };
    const isEmpty = this.data.length === 0;
    this.event = '';
    this.data = [];
    this.size = 0;
    return isEmpty ? undefined : message;
  }
}
