import { type EditorState, editKey, editPaste, newEditor, searchLabel, withCompletion } from '../line/editor.ts';
import type { Input } from '../line/key.ts';
import type { Completion, Line } from '../line/line.ts';
import { menuRows } from '../line/menuview.ts';
import { type Drawn, erase, redraw } from './drawing.ts';
import type { TerminalHold } from './hold.ts';

const [PASTE_ON, PASTE_OFF] = ['\x1b[?2004h', '\x1b[?2004l'];
const CLEAR = '\x1b[H\x1b[2J';
const BELL = '\x07';

/** What a line is read with. */
export interface Question {
  /** What stands before the line; asked anew for each drawing, as it tells of the daemon. */
  readonly prompt: () => string;
  /** Oldest first. */
  readonly history: readonly string[];
  readonly complete?: (line: Line) => Completion;
  readonly color: boolean;
}

/** A line, or how reading ended without one: Ctrl-C, Ctrl-D on an empty line, or that there is nobody to type any more. */
export type Answer =
  | { readonly kind: 'line'; readonly text: string }
  | { readonly kind: 'cancelled' }
  | { readonly kind: 'end' };

interface Reading {
  readonly question: Question;
  readonly answer: (answer: Answer) => void;
}

/** Keys typed ahead that are kept while a command runs. */
const MOST_AHEAD = 4096;

/** Shows a prompt, edits the line behind it, and prints above it. */
export class Prompt {
  private readonly hold: TerminalHold;
  private reading: Reading | undefined;
  private editor: EditorState = newEditor([]);
  private drawn: Drawn | undefined;
  private ahead: Input[] = [];
  /** Whether the line is another one than what is drawn: a paste without marks is drawn once, not for each of its characters. */
  private isStale = false;
  /** Whether somebody else has the terminal. */
  private isHidden = false;

  constructor(hold: TerminalHold) {
    this.hold = hold;
  }

  /** Whether a line is being typed. */
  get isReading(): boolean {
    return this.reading !== undefined;
  }

  /** What the terminal must be told before it is given back. */
  get farewell(): string {
    return this.reading === undefined ? '' : PASTE_OFF;
  }

  /** Reads one line. What was typed ahead is taken first. */
  read(question: Question): Promise<Answer> {
    if (!this.hold.isAtRowStart) void this.hold.print('\n');
    this.editor = newEditor(question.history, this.editor);
    return new Promise(resolve => {
      this.reading = { question, answer: resolve };
      this.hold.draw(PASTE_ON);
      this.show();
      for (const input of this.ahead.splice(0)) this.input(input);
      this.inputEnded();
    });
  }

  /** Nobody types any more. */
  end(): void {
    this.finish({ kind: 'end' });
  }

  /** Forgets what was typed ahead, and tells what that was. */
  forget(): readonly Uint8Array[] {
    return this.ahead.splice(0).map(({ bytes }) => bytes);
  }

  /** What a person did: now, or for the next line. */
  input(input: Input): void {
    if (this.reading === undefined) {
      if (this.ahead.length < MOST_AHEAD) this.ahead.push(input);
      return;
    }
    if (input.type === 'paste') this.apply(editPaste(this.editor, input.text));
    else if (input.type === 'key') this.apply(editKey(this.editor, input.key));
  }

  /** What came at once has been told of. */
  inputEnded(): void {
    if (this.isStale) this.show();
  }

  /** Draws it again, as after a resize or when the prompt is another. */
  refresh(): void {
    if (this.reading !== undefined) this.show();
  }

  /** Draws it where the cursor is now, as when something else was on the terminal meanwhile. */
  showAgain(): void {
    this.isHidden = false;
    if (this.reading === undefined) return;
    this.drawn = undefined;
    this.hold.draw(PASTE_ON);
    this.show();
  }

  /** Takes the line away before the terminal is given to somebody else for a while. */
  hide(): void {
    this.isHidden = true;
    if (this.reading === undefined) return;
    this.hold.draw(erase(this.drawn, this.hold.size.cols));
    this.drawn = undefined;
  }

  /** Prints whole lines above what is being typed. */
  above(text: string): void {
    if (this.reading === undefined || this.isHidden) {
      void this.hold.print(text);
      return;
    }
    this.hold.draw(erase(this.drawn, this.hold.size.cols));
    this.drawn = undefined;
    void this.hold.print(text);
    this.show();
  }

  private apply({ state, outcome }: ReturnType<typeof editKey>): void {
    this.editor = state;
    switch (outcome) {
      case 'edited':
        break;
      case 'bell':
        this.hold.draw(BELL);
        break;
      case 'redraw':
        this.hold.draw(CLEAR);
        this.drawn = undefined;
        break;
      case 'complete':
        this.complete();
        break;
      case 'accepted':
        this.finish({ kind: 'line', text: state.line.text });
        return;
      case 'cancelled':
        this.finish({ kind: 'cancelled' });
        return;
      case 'end':
        this.finish({ kind: 'end' });
        return;
    }
    this.isStale = true;
  }

  private complete(): void {
    const completion = this.reading?.question.complete?.(this.editor.line);
    if (completion === undefined || completion.candidates.length === 0) this.hold.draw(BELL);
    else this.editor = withCompletion(this.editor, completion);
  }

  /** The line stays to be read, without what was offered below it. */
  private finish(answer: Answer): void {
    const { reading } = this;
    if (reading === undefined) return;
    const { text } = this.editor.line;
    this.editor = { ...this.editor, line: { text, cursor: text.length }, completion: undefined, search: undefined };
    this.show();
    this.reading = undefined;
    this.drawn = undefined;
    this.hold.draw(PASTE_OFF);
    void this.hold.print(answer.kind === 'cancelled' ? '^C\n' : '\n');
    reading.answer(answer);
  }

  private show(): void {
    if (this.reading === undefined || this.isHidden) return;
    this.isStale = false;
    const { prompt, color } = this.reading.question;
    const { size } = this.hold;
    const { line, search, completion, chosen } = this.editor;
    const rows = Math.max(1, Math.floor(size.rows / 2));
    const below = completion === undefined ? [] : menuRows(completion, chosen, { cols: size.cols, rows, color });
    const label = search === undefined ? prompt() : searchLabel(search);
    const { text, drawn } = redraw({ prompt: label, line, below }, size, this.drawn);
    this.drawn = drawn;
    this.hold.draw(text);
  }
}
