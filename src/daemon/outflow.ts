import { Watermark } from '../core/watermark.ts';
import type { Clock } from '../runtime/clock.ts';
import type { Wire } from './websocket.ts';

export interface OutflowOptions {
  readonly clock: Clock;
  /** The client says what has reached its terminal; else what the kernel has taken counts. */
  readonly acks: boolean;
  /** Something has arrived: there may be room for more. */
  readonly onArrived: () => void;
}

/** The bytes that are sent to one client, and how many of them are under way. */
export class Outflow {
  readonly mark = new Watermark();
  private readonly wire: Wire;
  private readonly options: OutflowOptions;
  /** Bytes that the kernel has taken, and how many of all that were sent its client has acknowledged. */
  private flushed = 0;
  private acknowledged = 0;

  constructor(wire: Wire, options: OutflowOptions) {
    this.wire = wire;
    this.options = options;
  }

  send(bytes: Uint8Array): void {
    this.mark.onSent(bytes.length, this.options.clock.now());
    this.wire.send(bytes, () => {
      const had = this.flushed;
      this.flushed += bytes.length;
      if (!this.options.acks || this.acknowledged > had) this.noteArrived();
    });
  }

  /** So many bytes of all that were sent have reached its terminal, as its client says. */
  onAck(total: number): void {
    if (!this.options.acks) return;
    this.acknowledged = Math.max(this.acknowledged, total);
    this.noteArrived();
  }

  /** What is still in our hands has not arrived, whatever its client says: else one that lies could make us keep it all. */
  private noteArrived(): void {
    const arrived = this.options.acks ? Math.min(this.acknowledged, this.flushed) : this.flushed;
    this.mark.onArrived(arrived, this.options.clock.now());
    this.options.onArrived();
  }
}
