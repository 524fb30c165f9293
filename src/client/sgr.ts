/**
 * Keeps the colours of a terminal's output and drops all that would move the cursor, clear, set modes or titles, or make
 * the terminal type an answer: what is left can be printed a line at a time beside the lines of others. `\t` and `\n` stay.
 */

type State = 'text' | 'escape' | 'intermediate' | 'csi' | 'string';

/** Longest parameters of a CSI sequence that are kept; a colour needs some 30. */
const CSI_LIMIT = 128;

/** Characters after which a title or the like without end is taken for text again, or it would swallow all that follows. */
const STRING_LIMIT = 4096;

/** A filter with a memory: sequences may be cut anywhere between two calls. */
export class SgrOnly {
  private state: State = 'text';
  private parameters = '';
  private swallowed = 0;
  private readonly keep: string;
  private readonly finals: string;

  /**
   * With `overwriting` also stays what rewrites the line that the cursor is in, as progress bars do: `\r`, `\b` and
   * erasing in the line (EL).
   */
  constructor({ overwriting = false }: { readonly overwriting?: boolean } = {}) {
    this.keep = overwriting ? '\n\t\r\b' : '\n\t';
    this.finals = overwriting ? 'mK' : 'm';
  }

  /** Takes the next text and gives what may be printed of it. */
  push(text: string): string {
    let out = '';
    for (const char of text) out += this.take(char);
    return out;
  }

  private take(char: string): string {
    if (char === '\x18' || char === '\x1a') return this.enter('text');
    switch (this.state) {
      case 'text':
        return this.takeText(char);
      case 'escape':
        return this.takeEscape(char);
      case 'intermediate':
        return char >= ' ' && char <= '/' ? '' : this.enter('text');
      case 'csi':
        return this.takeCsi(char);
      case 'string':
        return this.takeString(char);
    }
  }

  private takeText(char: string): string {
    if (char === '\x1b') return this.enter('escape');
    if (char === '\x9b') return this.enter('csi');
    if ('\x90\x98\x9d\x9e\x9f'.includes(char)) return this.enter('string');
    const isControl = char < ' ' || (char >= '\x7f' && char <= '\x9f');
    return isControl && !this.keep.includes(char) ? '' : char;
  }

  private takeEscape(char: string): string {
    if (char === '[') return this.enter('csi');
    if ('P]X^_'.includes(char)) return this.enter('string');
    if (char === '\x1b') return '';
    return this.enter(char >= ' ' && char <= '/' ? 'intermediate' : 'text');
  }

  private takeCsi(char: string): string {
    if (char === '\x1b') return this.enter('escape');
    if (char < '@' || char > '~') {
      if (char >= ' ') this.parameters += char;
      return this.parameters.length > CSI_LIMIT ? this.enter('text') : '';
    }
    const isKept = this.finals.includes(char) && /^[\d;:]*$/.test(this.parameters);
    const sequence = isKept ? `\x1b[${this.parameters}${char}` : '';
    this.enter('text');
    return sequence;
  }

  /** Ends at BEL, or at an escape: `ESC \` is its proper end, and any other sequence aborts it, as in terminals. */
  private takeString(char: string): string {
    if (char === '\x1b') return this.enter('escape');
    const ended = char === '\x07' || char === '\x9c' || ++this.swallowed > STRING_LIMIT;
    return ended ? this.enter('text') : '';
  }

  private enter(state: State): string {
    this.state = state;
    this.parameters = '';
    this.swallowed = 0;
    return '';
  }
}
