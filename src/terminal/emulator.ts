/**
 * The emulator: what a terminal shows, after any bytes. The only file that knows @xterm/headless, of the exact version
 * that package.json pins, because it reads the state that the public API keeps to itself (native-notes/emulator.md).
 */
import { createRequire } from 'node:module';

export interface Size {
  readonly cols: number;
  readonly rows: number;
}

/** The part of @xterm/headless 6.0.0 that is leaned on. */
interface XtermTerminal {
  readonly cols: number;
  readonly rows: number;
  readonly _core: XtermCore;
  resize(cols: number, rows: number): void;
  reset(): void;
  dispose(): void;
}

interface XtermCore {
  readonly _inputHandler: { parse(data: Uint8Array): unknown };
}

type Xterm = {
  readonly Terminal: new (options: object) => XtermTerminal;
};

let loaded: Xterm | undefined;

/** Loaded at the first need: most daemons run for days without one, and it costs 10 ms and some megabytes. */
function xterm(): Xterm {
  loaded ??= createRequire(import.meta.url)('@xterm/headless') as Xterm; // pinned: its shape is checked by the tests
  return loaded;
}

export class Emulator implements Disposable {
  private readonly terminal: XtermTerminal;

  /** `scrollback`: lines kept above the screen. */
  constructor({ cols, rows }: Size, scrollback = 0) {
    this.terminal = new (xterm().Terminal)({ cols, rows, scrollback, allowProposedApi: true });
  }

  get size(): Size {
    return { cols: this.terminal.cols, rows: this.terminal.rows };
  }

  /** Takes in bytes at once: no timer, no callback. */
  write(bytes: Uint8Array): void {
    this.terminal._core._inputHandler.parse(bytes);
  }

  resize({ cols, rows }: Size): void {
    this.terminal.resize(cols, rows);
  }

  reset(): void {
    this.terminal.reset();
  }

  [Symbol.dispose](): void {
    this.terminal.dispose();
  }
}
