/** Bytes [start, end) of a stream, by absolute offset. */
export interface Span {
  readonly start: number;
  readonly end: number;
}

/**
 * What of a stream viewers are not to get: the questions that the daemon answers itself. Spans come in order and are
 * forgotten once every reader is past them.
 */
export class Cuts {
  private spans: Span[] = [];

  add(span: Span): void {
    this.spans.push(span);
  }

  /** Forgets what ends at or before this offset. */
  forget(before: number): void {
    if (this.spans.length === 0) return;
    const kept = this.spans.findIndex(span => span.end > before);
    this.spans = kept === -1 ? [] : kept === 0 ? this.spans : this.spans.slice(kept);
  }

  /** What is left of [from, to), in order. */
  *left(from: number, to: number): Generator<Span> {
    let at = from;
    for (const { start, end } of this.spans) {
      if (end <= at) continue;
      if (start >= to) break;
      if (start > at) yield { start: at, end: start };
      at = Math.max(at, end);
    }
    if (at < to) yield { start: at, end: to };
  }
}
