import { InputReader, type InputToken } from '../core/inputs.ts';
import { INPUT_WINDOW } from '../protocol/frames.ts';
import { XOFF } from './flowcontrol.ts';

/** What becomes of what one viewer types. */
export interface KeyboardListener {
  type(bytes: Uint8Array, taken: () => void): void;
  askFlowControl(tell: (isOn: boolean | undefined) => void): void;
  /** What its terminal says by itself that is neither mouse nor focus; returns whether the program is to have it. */
  reply(token: InputToken): boolean;
  /** So many bytes of all that came have been taken. */
  taken(total: number): void;
  /** It did what makes it the driver. */
  drive(): void;
  notice(text: string): void;
}

/** The viewer is told what has been taken when that is this much more than it knows of, in bytes. */
const TELL_EVERY = INPUT_WINDOW / 4;

/** The kinds of input that reach the program as they are. What a terminal sends by itself makes nobody the driver. */
const DRIVING: readonly InputToken['kind'][] = ['keys', 'paste'];

/**
 * One viewer's keyboard: tells keys from what its terminal sends by itself, keeps the order, and counts what the program
 * has not taken, which the viewer's window bounds. A Ctrl-S waits until it is known whether it would stop the program's
 * output: it is not passed on then, as nobody else could see why everything stands still.
 */
export class Keyboard implements Disposable {
  private readonly isReadOnly: boolean;
  private readonly listener: KeyboardListener;
  private readonly reader = new InputReader();
  /** What came behind a Ctrl-S that is being asked about. */
  private waiting: InputToken[] | undefined;
  /** Bytes of keys and pastes that it has sent on. */
  private keys = 0;
  private came = 0;
  private took = 0;
  private told = 0;

  constructor(isReadOnly: boolean, listener: KeyboardListener) {
    this.isReadOnly = isReadOnly;
    this.listener = listener;
  }

  /** How much somebody has typed here, in bytes: not what the terminal says by itself, nor what went nowhere. */
  get typedBytes(): number {
    return this.keys;
  }

  /** Takes bytes that came. Returns false when they are more than the viewer may send. */
  typed(bytes: Uint8Array): boolean {
    this.came += bytes.length;
    if (this.came - this.took > INPUT_WINDOW) return false;
    const tokens = this.reader.feed(bytes);
    if (this.waiting) this.waiting.push(...tokens);
    else this.pass(tokens);
    return true;
  }

  [Symbol.dispose](): void {
    this.waiting = [];
  }

  private pass(tokens: readonly InputToken[]): void {
    for (const [index, token] of tokens.entries()) {
      const { bytes, kind } = token;
      if (this.isReadOnly) {
        if (DRIVING.includes(kind)) this.listener.notice('read-only: keys are not sent');
        this.onTaken(bytes.length);
      } else if (kind === 'reply') {
        if (this.listener.reply(token)) this.type(token);
        else this.onTaken(bytes.length);
      } else if (bytes.includes(XOFF)) {
        this.passWithoutXoff(token, tokens.slice(index + 1));
        return;
      } else this.type(token);
    }
  }

  private type({ bytes, kind }: Pick<InputToken, 'bytes' | 'kind'>, length = bytes.length): void {
    if (DRIVING.includes(kind)) {
      this.keys += bytes.length;
      this.listener.drive();
    }
    if (bytes.length === 0) this.onTaken(length);
    else this.listener.type(bytes, () => this.onTaken(length));
  }

  private passWithoutXoff(token: InputToken, rest: InputToken[]): void {
    this.waiting = rest;
    this.listener.askFlowControl(isOn => {
      const { waiting } = this;
      this.waiting = undefined;
      if (isOn === true) {
        this.type({ kind: token.kind, bytes: token.bytes.filter(byte => byte !== XOFF) }, token.bytes.length);
        this.listener.notice('Ctrl-S would stop the program, so it was not sent');
      } else {
        this.type(token);
        if (isOn === undefined) this.listener.notice('Ctrl-S sent: if the output stops, any key lets it go on');
      }
      this.pass(waiting ?? []);
    });
  }

  private onTaken(bytes: number): void {
    this.took += bytes;
    if (this.took - this.told < TELL_EVERY) return;
    this.told = this.took;
    this.listener.taken(this.took);
  }
}
