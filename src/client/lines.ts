/** Most characters held of a line without end; a longer one is handed on in pieces. */
const LINE_LIMIT = 64 * 1024;

/** Cuts a stream of bytes into lines of text. A line is given once it is complete, or when the stream ends. */
export class LineSplitter {
  private readonly decoder = new TextDecoder();
  private rest = '';

  /** Takes the next bytes and gives the lines that they complete, without their `\n`. */
  push(bytes: Uint8Array): string[] {
    const lines = (this.rest + this.decoder.decode(bytes, { stream: true })).split('\n');
    this.rest = lines.pop() ?? '';
    if (this.rest.length <= LINE_LIMIT) return lines;
    lines.push(this.rest);
    this.rest = '';
    return lines;
  }

  /** The stream has ended: the line that it left open, if any. */
  end(): string[] {
    const rest = this.rest + this.decoder.decode();
    this.rest = '';
    return rest === '' ? [] : [rest];
  }
}

/** The lines of a stream, as they come. */
export async function* linesOf(stream: AsyncIterable<Uint8Array>): AsyncGenerator<string> {
  const splitter = new LineSplitter();
  for await (const bytes of stream) yield* splitter.push(bytes);
  yield* splitter.end();
}
