import type { ExitFrame, ViewerInfo } from '../protocol/frames.ts';
import type { Size } from '../terminal/emulator.ts';
import type { Wire } from './websocket.ts';

export interface OnlookerOptions {
  readonly id: number;
  readonly label: string;
  /** Its client, and from where its user came. */
  readonly origin: string;
  readonly readOnly: boolean;
  readonly size: Size;
  /** The client says with `ack` frames what has reached it; else what the kernel has taken counts. */
  readonly acks: boolean;
  /** What a viewer is told over its last row until it types, for a while at most. */
  readonly hint?: string;
}

/** One client that looks at a process: a `Viewer`, whose terminal shows all of it, or a `Pane` of a larger picture. */
export interface Onlooker extends Disposable {
  readonly kind: 'viewer' | 'pane';
  readonly options: OnlookerOptions;
  readonly wire: Wire;
  size: Size;
  /** The least offset of the stream that it still needs; undefined while it gets pictures. */
  readonly needs: number | undefined;
  info(drives: boolean): ViewerInfo;
  /** Something may have changed: it looks in a later turn of the event loop, once for all that came until then. */
  touch(): void;
  /** Sends at once what there is of the stream, as it is about to leave the ring, or the life to end. */
  flush(): void;
  /** All that it shows is out of date. `keep`: as a new life begins, what it shows goes into its scrollback. */
  renew(options: { readonly keep: boolean }): void;
  /** Covers the last row with a text for a while. */
  show(notice: string): void;
  /** So many bytes of all that were sent have reached it, as its client says. */
  onArrived(total: number): void;
  /** Sends the last of what there is to see, then why there is no more, and closes. */
  finish(frame: Omit<ExitFrame, 'rows'>): void;
  /** Tells why it is to leave, and closes. */
  dismiss(text: string): void;
}
